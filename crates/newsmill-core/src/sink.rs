//! Sinks turn layers into bytes, in the workers; the runner puts the bytes in input order into files.

use std::io::{self, Write};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::build::{BuildContext, BuildError};
use crate::document::Doc;
use crate::table::Schema;

/// Encodes one or several tables into as many output files.
///
/// Bytes of an article may depend on the article alone, so that they are the same for every number of workers.
pub trait Sink: Send + Sync + Sized + 'static {
    /// The name in config files.
    const KIND: &'static str;
    /// One line for `newsmill stages`.
    const ABOUT: &'static str;
    /// Part of a run's fingerprint: raise it whenever bytes change.
    const VERSION: u32;
    /// A valid entry of `output.sinks` without its `kind` (JSON).
    const EXAMPLE: &'static str;
    /// The options.
    type Config: DeserializeOwned + JsonSchema;
    /// Per-worker memory.
    type Scratch: Default + Send + 'static;

    /// Checks the options and claims the tables to read (`cx.read_any`).
    ///
    /// # Errors
    /// What is wrong with the options; the message is shown with the entry's position in the config.
    fn build(config: Self::Config, cx: &mut BuildContext<'_>) -> Result<Self, BuildError>;

    /// The files that this sink fills, relative to the output directory. Asked once, after `build`.
    fn outputs(&self) -> Vec<OutputFile>;

    /// What stands at the beginning of output `index`.
    fn header(&self, index: usize, buf: &mut Vec<u8>);

    /// Appends an article's bytes to one buffer per output, in the order of [`outputs`](Sink::outputs).
    /// For an [`OutputKind::Reduced`] output it appends with [`ReducedRows`](crate::reduce::ReducedRows) instead.
    fn encode(&self, doc: Doc<'_>, buffers: &mut [Vec<u8>], scratch: &mut Self::Scratch);

    /// Encodes one finished row of a reduced output; rows arrive ordered by key.
    fn encode_reduced(&self, index: usize, row: &crate::reduce::ReducedRow, buf: &mut Vec<u8>) {
        let _ = (index, row, buf);
    }
}

/// A file that a sink fills.
#[derive(Clone)]
pub struct OutputFile {
    /// Path relative to the output directory, with `/`.
    pub name: String,
    /// How it comes to be.
    pub kind: OutputKind,
    /// What makes a file of the rows, if they aren't the file themselves.
    pub container: Option<Arc<dyn Container>>,
}

/// A file format that isn't rows one after the other, but chunks of rows and something around them.
///
/// The runner gathers the bytes that [`Sink::encode`] makes of whole articles, has them encoded chunk by chunk in threads
/// of its own, keeps the encoded chunks in a file that is appended to, and has them assembled when all are there. Where
/// chunks end depends on the articles alone, so the file does too.
pub trait Container: Send + Sync + 'static {
    /// A chunk ends after the article with which it has so many bytes of rows.
    fn chunk_bytes(&self) -> usize;

    /// Encodes the rows of a chunk.
    ///
    /// # Errors
    /// The bytes aren't what the sink's `encode` makes.
    fn encode(&self, rows: &[u8]) -> io::Result<Vec<u8>>;

    /// Writes the file that holds these chunks, which may be none.
    ///
    /// # Errors
    /// Reading a chunk or writing failed.
    fn assemble(
        &self,
        chunks: &mut dyn Iterator<Item = io::Result<Vec<u8>>>,
        out: &mut (dyn Write + Send),
    ) -> io::Result<()>;
}

/// Whether files are compressed, by their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// They aren't.
    #[default]
    None,
    /// gzip, `.gz`.
    Gzip,
    /// Zstandard, `.zst`.
    Zstd,
}

impl Compression {
    /// What a file's name says.
    pub fn of_name(name: &str) -> Self {
        match name.rsplit_once('.') {
            Some((_, "gz")) => Compression::Gzip,
            Some((_, "zst")) => Compression::Zstd,
            _ => Compression::None,
        }
    }

    /// What names end with.
    pub fn ending(self) -> &'static str {
        match self {
            Compression::None => "",
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
        }
    }
}

/// Files of a run's own in the output directory, which no sink can write.
pub const RESERVED_FILES: [&str; 4] = ["quarantine.jsonl", "run.json", "_SUCCESS", ".newsmill"];

/// The file that a sink writes: what the option `file` says, else the table's name with the format's ending.
///
/// # Errors
/// The name could be taken for an unfinished file or a folder.
pub fn file_name(given: Option<String>, table: &str, ending: &str) -> Result<String, BuildError> {
    let name = given.unwrap_or_else(|| format!("{table}.{ending}"));
    if name.ends_with('/') || name.ends_with(".partial") {
        return Err(BuildError::new("`file` must be a file's name, and not one that ends in `.partial`")
            .help("unfinished files are called so; choose another name")
            .at("/file"));
    }
    Ok(name)
}

/// The folder and the ending of an output's files if it is split in parts: `mentions.csv.gz` → `mentions`, `.csv.gz`.
pub fn part_folder(name: &str) -> (&str, &str) {
    let file = name.rfind('/').map_or(0, |at| at + 1);
    // A name may begin with a dot.
    let dot = name[file..].char_indices().skip(1).find(|(_, c)| *c == '.');
    name.split_at(dot.map_or(name.len(), |(at, _)| file + at))
}

impl OutputFile {
    /// Whether both can't be in one directory, because one is a folder where the other is a file, or its folder of parts
    /// would hold the other. `parts` says that outputs are split.
    pub fn collides(&self, other: &OutputFile, parts: bool) -> bool {
        let is_split = |o: &OutputFile| parts && o.kind == OutputKind::Appended;
        let place =
            |o: &'_ OutputFile| if is_split(o) { part_folder(&o.name).0.to_owned() } else { o.name.clone() };
        let below =
            |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        let (mine, theirs) = (place(self), place(other));
        match (is_split(self), is_split(other)) {
            (true, true) => mine == theirs && part_folder(&self.name) == part_folder(&other.name),
            _ => mine == theirs || below(&mine, &theirs) || below(&theirs, &mine),
        }
    }

    /// A file.
    pub fn new(name: impl Into<String>, kind: OutputKind) -> Self {
        OutputFile { name: name.into(), kind, container: None }
    }

    /// The same file, made by a container.
    #[must_use]
    pub fn in_container(mut self, container: impl Container) -> Self {
        self.container = Some(Arc::new(container));
        self
    }

    /// Whether the name leads to a file of a sink's inside the output directory.
    pub fn is_allowed(&self) -> bool {
        use std::path::{Component, Path};
        let mut components = Path::new(&self.name).components();
        let first = components.next();
        let reserved = RESERVED_FILES.iter().any(|r| first == Some(Component::Normal(r.as_ref())));
        let normal = |c| matches!(c, Component::Normal(_));
        !reserved && first.is_some_and(normal) && components.all(normal)
    }
}

/// How the rows of an output file come to be.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputKind {
    /// Articles' bytes one after the other.
    Appended,
    /// Rows are folded by key over the whole run and written at its end.
    Reduced(Schema),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_of_one_name_collide() {
        let file = |name: &str| OutputFile::new(name, OutputKind::Appended);
        let run_level = |name: &str| OutputFile::new(name, OutputKind::Reduced(Schema::new([])));
        for (a, b, whole, split) in [
            (file("a.csv"), file("b.csv"), false, false),
            (file("a.csv"), file("a.jsonl"), false, false),
            (file("a"), file("a/b.csv"), true, false),
            (file("a.csv"), file("a"), false, false),
            (file("a.csv"), run_level("a"), false, true),
            (file("a.csv"), run_level("a/part-00000.csv"), false, true),
            (file("a.csv"), run_level("a.jsonl"), false, false),
            (run_level("a.csv"), run_level("a.csv/b"), true, true),
        ] {
            assert_eq!(
                (a.collides(&b, false), a.collides(&b, true)),
                (whole, split),
                "{} {}",
                a.name,
                b.name
            );
            assert_eq!(
                (b.collides(&a, false), b.collides(&a, true)),
                (whole, split),
                "{} {}",
                b.name,
                a.name
            );
        }
    }

    #[test]
    fn only_files_inside_the_directory_are_allowed() {
        let allowed = |name: &str| OutputFile::new(name, OutputKind::Appended).is_allowed();
        assert!(allowed("a.csv") && allowed("sub/a.csv") && allowed("sub/run.json"));
        for name in ["", "/a.csv", "../a.csv", "a/../../b", "run.json", "_SUCCESS", ".newsmill/x"] {
            assert!(!allowed(name), "{name}");
        }
    }
}
