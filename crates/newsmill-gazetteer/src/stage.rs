//! The stage: lists from the config, matches into the document.

use std::path::Path;
use std::sync::Arc;

use newsmill_core::layers::{Match, Matches, Tokens};
use newsmill_core::lexicon::Lexicon;
use newsmill_core::prelude::*;

use crate::artefact;
use crate::compile::Compiler;
use crate::names::Names;
use crate::overlap::Overlap;
use crate::read::{self, InlineRow, ListError};
use crate::scan::{Hit, Scan};

/// Options of the stage.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Name lists (`.csv`, `.tsv`, `.jsonl`, or compiled `.nmg`), relative to the config; `*` and `?` are wildcards. A list overrides
    /// those before it, in the order of this array; files of one wildcard are ordered by name.
    pub files: Vec<String>,
    /// Rows in the config itself; they override the files.
    pub entries: Vec<InlineRow>,
    /// What to do with names that lie over one another.
    pub overlap: Overlap,
    /// Types, most important first, for `"overlap": "priority"`.
    pub priority: Vec<String>,
}

/// Whole-word matching of name lists.
pub struct Gazetteer {
    names: Arc<Names>,
    overlap: Overlap,
    priority: Vec<String>,
    tokens: Read<Tokens>,
    matches: Write<Matches>,
}

impl Stage for Gazetteer {
    const KIND: &'static str = "gazetteer";
    const ABOUT: &'static str = "finds the names of name lists, whole words only";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "entries": [
        { "entity_id": "my:moskva", "type": "ship", "name": "Moskva", "alias": "Moskva|cruiser Moskva" } ] }"#;
    type Config = Options;
    type Scratch = Vec<Hit>;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let tokens = cx.read(names::TOKENS)?;
        if options.files.is_empty() && options.entries.is_empty() {
            return Err(BuildError::new("the gazetteer has no names")
                .help("list files, for example \"files\": [\"gazetteer/*.csv\"], or \"entries\""));
        }
        if options.overlap == Overlap::Priority && options.priority.is_empty() {
            return Err(BuildError::new("\"overlap\": \"priority\" needs the types in order")
                .help("add for example \"priority\": [\"person\", \"organization\", \"place\"]")
                .at("/overlap"));
        }
        let (list, warnings) = load(&options, cx)?;
        warnings.into_iter().for_each(|w| cx.warn(w));
        let schema = Matches::schema_with(list.extra_columns());
        let matches = cx.write_with_schema(names::MATCHES, schema)?;
        Ok(Gazetteer {
            names: Arc::new(list),
            overlap: options.overlap,
            priority: options.priority,
            tokens,
            matches,
        })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, hits: &mut Vec<Hit>) -> Result<Verdict, DocError> {
        let tokens = doc.get(&self.tokens);
        let matches = out.get(&self.matches);
        if matches.lexicon.is_none() {
            matches.lexicon = Some(self.names.clone());
        }
        hits.clear();
        let scan = Scan::new(&self.names, doc.text(), tokens);
        self.overlap.find(&scan, &self.priority, hits);
        matches.rows.extend(hits.iter().map(|hit| Match {
            span: tokens.cover(hit.first_token..hit.end_token),
            first_token: hit.first_token,
            end_token: hit.end_token,
            name: hit.name,
            entry: self.names.candidates(hit.name)[0].entry,
            kind: hit.kind(),
        }));
        Ok(Verdict::Keep)
    }
}

fn load(options: &Options, cx: &mut BuildContext<'_>) -> Result<(Names, Vec<String>), BuildError> {
    let mut files = Vec::new();
    for (i, pattern) in options.files.iter().enumerate() {
        let at = format!("/files/{i}");
        let found = expand(pattern, cx).map_err(|e| e.at(at.clone()))?;
        files.extend(found.into_iter().map(|path| (path, at.clone())));
    }
    let mut lists = Compiler::default();
    for (path, at) in &files {
        let bytes = cx.file(path).map_err(|e| e.at(at.clone()))?;
        let full = cx.path(path);
        if files.len() == 1 && options.entries.is_empty() && artefact::is_artefact(path, &bytes) {
            let refused = |e: artefact::Refusal| {
                BuildError::new(format!("{}: {e}", full.display())).help(artefact::REMEDY).at(at.clone())
            };
            return Ok((artefact::open(bytes).map_err(refused)?, Vec::new()));
        }
        read::read(path, &bytes, &mut lists).map_err(|e| list_error(e, &full).at(at.clone()))?;
    }
    if !options.entries.is_empty() {
        read::read_inline(&options.entries, &mut lists)
            .map_err(|e| BuildError::new(e.message).help(e.help).at(format!("/entries/{}", e.line)))?;
    }
    Ok(lists.finish())
}

fn list_error(error: ListError, file: &Path) -> BuildError {
    BuildError::new(error.message).help(error.help).in_resource(file, error.line)
}

/// The files that a pattern names, by name. Wildcards stand in the file name only: the folder of a list is known.
fn expand(pattern: &str, cx: &BuildContext<'_>) -> Result<Vec<String>, BuildError> {
    let is_wild = |s: &str| s.contains(['*', '?', '[', '{']);
    if !is_wild(pattern) {
        return Ok(vec![pattern.to_owned()]);
    }
    let (folder, name) = pattern.rsplit_once('/').map_or(("", pattern), |(f, n)| (f, n));
    if is_wild(folder) {
        return Err(BuildError::new(format!("the wildcard in \"{folder}\" is not in a file name"))
            .help("name the folders, and use wildcards for their files only"));
    }
    let glob = globset::Glob::new(name)
        .map_err(|e| BuildError::new(format!("the wildcard \"{pattern}\" is malformed: {e}")))?
        .compile_matcher();
    let full = cx.path(folder);
    let listed = std::fs::read_dir(&full)
        .map_err(|e| BuildError::new(format!("can't list {}: {e}", full.display())).help(PATHS))?;
    let mut files: Vec<String> = listed
        .flatten()
        .filter_map(|file| file.file_name().into_string().ok())
        .filter(|file| glob.is_match(file))
        .map(|file| if folder.is_empty() { file } else { format!("{folder}/{file}") })
        .collect();
    files.sort_unstable();
    if files.is_empty() {
        return Err(BuildError::new(format!("no file matches \"{}\"", full.join(name).display())).help(PATHS));
    }
    Ok(files)
}

const PATHS: &str = "paths are relative to the config file; check the spelling";
