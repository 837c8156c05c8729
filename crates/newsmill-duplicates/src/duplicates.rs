//! The second pass: who copies whom.

use newsmill_core::hash::xxh64;
use newsmill_core::prelude::*;
use rustc_hash::FxHashMap;

use crate::fingerprints::text_hash;
use crate::index::{Found, Index};
use crate::signature::from_hex;

/// Options of the stage.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The table `fingerprints` that the first pass wrote, as CSV; relative to the config file.
    fingerprints: String,
    /// Similarity from which an article is a duplicate, 0.5 to 1.
    threshold: f64,
    /// Drop duplicates, rather than only say so.
    drop: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { fingerprints: String::new(), threshold: 0.7, drop: false }
    }
}

/// The layer: one row an article.
#[derive(Debug, Default)]
pub struct DuplicateRow(Option<Row>);

#[derive(Debug)]
struct Row {
    duplicate_of: String,
    similarity: Option<f32>,
    copies: u32,
}

impl Layer for DuplicateRow {
    fn clear(&mut self) {
        self.0 = None;
    }
    fn len(&self) -> usize {
        usize::from(self.0.is_some())
    }
}

impl Table for DuplicateRow {
    fn schema() -> Schema {
        Schema::new([
            Column::text("duplicate_of", "id of the earlier article that it copies; empty for originals"),
            Column::float("similarity", "estimated share of common shingles of four words, 0 to 1"),
            Column::int("copies", "how many articles of the corpus copy it"),
        ])
    }
    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        if let Some(row) = &self.0 {
            out.text(&row.duplicate_of);
            match row.similarity {
                Some(similarity) => out.float(similarity),
                None => out.absent(),
            }
            out.int(u64::from(row.copies));
            out.end_row();
        }
    }
}

/// The stage of the second pass.
pub struct Duplicates {
    drop: bool,
    /// By the hashes of id and text what the article is; `None` if it is too short to tell.
    articles: FxHashMap<(u64, u64), Option<Found>>,
    /// Id of each original, and how many copies it has.
    originals: Vec<(Box<str>, u32)>,
    row: Write<DuplicateRow>,
}

impl Stage for Duplicates {
    const KIND: &'static str = "duplicates";
    const ABOUT: &'static str = "near-duplicates, second pass: which article copies which";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "fingerprints": "fingerprints.csv", "threshold": 0.7 }"#;
    type Config = Options;
    type Scratch = ();

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        if !(0.5..=1.0).contains(&options.threshold) {
            let message = format!("`threshold` is {}; 0.5 to 1 are possible", options.threshold);
            return Err(BuildError::new(message).at("/threshold"));
        }
        let row = cx.write("duplicates")?;
        let path = &options.fingerprints;
        if path.is_empty() {
            let help = "run a config with the stage `fingerprints` first, and name the CSV that it writes";
            return Err(BuildError::new("`fingerprints` names no file").help(help).at("/fingerprints"));
        }
        let bytes = cx.file(path).map_err(|e| e.at("/fingerprints"))?;
        let mut stage =
            Duplicates { drop: options.drop, articles: FxHashMap::default(), originals: Vec::new(), row };
        let of_file = |line: u64, message: String| {
            BuildError::new(message).in_resource(cx.path(path), line).at("/fingerprints")
        };
        stage.load(&bytes, options.threshold as f32).map_err(|(line, message)| of_file(line, message))?;
        Ok(stage)
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let Some(found) = self.articles.get(&(id_hash(doc.id()), text_hash(doc))) else {
            let message = "the fingerprints hold no such id and text; make them from the same input, with no stage before \
                           that drops this article";
            return Err(DocError::new("no-fingerprint", message));
        };
        let original =
            |n: u32| self.originals.get(n as usize).map_or(("", 0), |(id, copies)| (&**id, *copies));
        let row = match *found {
            None => Row { duplicate_of: String::new(), similarity: None, copies: 0 },
            Some(Found::Original(n)) => {
                Row { duplicate_of: String::new(), similarity: None, copies: original(n).1 }
            }
            Some(Found::CopyOf(n, similarity)) => {
                if self.drop {
                    return Ok(Verdict::Drop("near-duplicate"));
                }
                Row { duplicate_of: original(n).0.to_owned(), similarity: Some(similarity), copies: 0 }
            }
        };
        out.get(&self.row).0 = Some(row);
        Ok(Verdict::Keep)
    }
}

fn id_hash(id: &str) -> u64 {
    xxh64(id.as_bytes(), 1)
}

impl Duplicates {
    /// Reads the first pass's table; errors are a line and what is wrong there.
    fn load(&mut self, bytes: &[u8], threshold: f32) -> Result<(), (u64, String)> {
        let mut reader = csv::Reader::from_reader(bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes));
        let header = reader.headers().map_err(|e| (1, e.to_string()))?.clone();
        let column = |name: &str| {
            let at = header.iter().position(|h| h == name);
            at.ok_or_else(|| (1, format!("there is no column `{name}`; this isn't the table `fingerprints`")))
        };
        let (id, hash, signature) = (column("article_id")?, column("text_hash")?, column("signature")?);
        let mut index = Index::default();
        let mut record = csv::StringRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(e) => return Err((line, e.to_string())),
            }
            let (id, signature) = (&record[id], &record[signature]);
            let hash = u64::from_str_radix(&record[hash], 16)
                .map_err(|_| (line, format!("`{}` isn't a hash of 16 hexadecimal digits", &record[hash])))?;
            let found = match signature {
                "" => None,
                text => {
                    let signature = from_hex(text)
                        .ok_or((line, "the signature isn't 512 hexadecimal digits".to_owned()))?;
                    Some(index.add(signature, threshold))
                }
            };
            match found {
                Some(Found::Original(_)) => self.originals.push((id.into(), 0)),
                Some(Found::CopyOf(n, _)) => {
                    if let Some((_, copies)) = self.originals.get_mut(n as usize) {
                        *copies += 1;
                    }
                }
                None => {}
            }
            // Articles of the same id and text can't be told apart: the first one's finding is that of all.
            self.articles.entry((id_hash(id), hash)).or_insert(found);
        }
    }
}
