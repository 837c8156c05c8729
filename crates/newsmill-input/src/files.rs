//! The list of files to read: entries in config order, the paths of each in bytewise order.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use newsmill_core::Plan;
use newsmill_core::config::json::Place;
use newsmill_core::config::{Problem, Severity};
use newsmill_core::plan::PlannedInput;

use crate::archive::{self, Member};
use crate::walk::{self, Found};

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileToRead {
    /// Where it is.
    pub path: PathBuf,
    /// As ids and messages name it: relative to the folder that the config names, with `/`.
    pub name: String,
    /// Its length in bytes, as listed; of a member of an archive that in it.
    pub bytes: u64,
    /// Index of its entry in the plan's inputs.
    pub input: usize,
    /// Which of the entry's formats it has.
    pub kind: &'static str,
    /// It is standard input and `path` says nothing.
    pub stdin: bool,
    /// It is a member of the archive at `path`.
    pub member: Option<Member>,
}

/// Files that the input holds and that are not read, because their names don't tell a format, and entries that the
/// system doesn't show.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// How many there are with each ending (`.pdf`; empty for names without one).
    pub endings: BTreeMap<String, u64>,
    /// Links that lead nowhere, folders without permission.
    pub unreadable: u64,
    /// Some of them by name, the first of each ending before others.
    pub examples: Vec<String>,
}

/// Names that [`Skipped::examples`] holds at most.
const EXAMPLES: usize = 10;

impl Skipped {
    /// How many entries were skipped.
    pub fn count(&self) -> u64 {
        self.endings.values().sum::<u64>() + self.unreadable
    }

    fn unknown(&mut self, name: &str) {
        let ending = match ending_of(name) {
            Some(ending) if ending.len() <= 12 => format!(".{ending}"),
            _ => String::new(),
        };
        let count = self.endings.entry(ending).or_default();
        *count += 1;
        let first = *count == 1;
        self.example(name, first);
    }

    pub(crate) fn unreadable(&mut self, what: &str) {
        self.unreadable += 1;
        self.example(what, true);
    }

    fn example(&mut self, what: &str, first: bool) {
        // Leaves room for endings that are yet to come.
        let room = if first { EXAMPLES } else { EXAMPLES / 2 };
        if self.examples.len() < room {
            self.examples.push(what.to_owned());
        }
    }
}

/// The input of a run.
#[derive(Debug, Default)]
pub struct Listed {
    /// Files to read, in order.
    pub files: Vec<FileToRead>,
    /// What lies beside them.
    pub skipped: Skipped,
}

/// Lists all files of a plan. A file that several patterns find is read once, where the first finds it.
///
/// # Errors
/// Patterns that can't be read or match nothing, with their places in the config.
pub fn expand(plan: &Plan) -> Result<Listed, Vec<Problem>> {
    let (mut listed, mut problems) = (Listed::default(), Vec::new());
    let mut seen: HashSet<(PathBuf, Option<Member>)> = HashSet::new();
    for (index, input) in plan.inputs.iter().enumerate() {
        for (pattern, at) in &input.files {
            match (Entry { input, index }).expand(pattern, &mut listed.skipped) {
                Ok(found) => listed
                    .files
                    .extend(found.into_iter().filter(|f| seen.insert((f.path.clone(), f.member.clone())))),
                Err(message) => problems.push(problem(plan, at, message)),
            }
        }
    }
    if problems.is_empty() { Ok(listed) } else { Err(problems) }
}

fn problem(plan: &Plan, at: &Place, message: String) -> Problem {
    Problem { file: plan.file.clone(), at: Some(at.clone()), severity: Severity::Error, message }
}

/// An entry of the config's input.
#[derive(Clone, Copy)]
struct Entry<'a> {
    input: &'a PlannedInput,
    index: usize,
}

impl Entry<'_> {
    fn expand(self, pattern: &str, skipped: &mut Skipped) -> Result<Vec<FileToRead>, String> {
        match pattern {
            "" => return Err("the input path is empty; name a file, a folder or a pattern".to_owned()),
            "-" => return self.stdin(),
            _ => {}
        }
        let full = self.input.base.join(pattern);
        let (found, by_name) = match std::fs::metadata(&full) {
            Ok(meta) if meta.is_dir() => (walk::walk(&full, skipped)?, false),
            Ok(meta) if !meta.is_file() => {
                return Err(format!(
                    "{} is no file or folder; write its content to a file first, or pipe it in with \"-\"",
                    full.display()
                ));
            }
            Ok(meta) => return self.single(full, meta.len(), skipped),
            Err(_) if walk::is_glob(pattern) => (walk::glob(&self.input.base, pattern, skipped)?, true),
            Err(e) => {
                return Err(format!(
                    "can't find {}: {e}; input paths in a config are relative to the config file, those of --input to \
                     the working directory",
                    full.display()
                ));
            }
        };
        let mut count = found.len();
        let mut files = Vec::new();
        let mut others = Vec::new();
        for Found { path, name, bytes } in found {
            if archive::is_archive(&name) {
                let members = self.members(&path, &format!("{name}/"), by_name, &mut files, &mut others);
                count += members.saturating_sub(1);
                continue;
            }
            match self.kind_of(&name, by_name).or_else(|| self.sniff(&path).filter(|_| by_name)) {
                Some(kind) => files.push(self.file(path, name, bytes, kind)),
                None => others.push(name),
            }
        }
        if files.is_empty() {
            return Err(match count {
                0 => format!("\"{pattern}\" matches no file; hidden files are skipped"),
                n => format!(
                    "none of the {n} files that \"{pattern}\" matches has a known ending ({}); say their \"kind\" and \
                     match them by a pattern such as \"folder/**\"",
                    self.endings()
                ),
            });
        }
        Ok(in_order(files, others, skipped))
    }

    fn file(self, path: PathBuf, name: String, bytes: u64, kind: &'static str) -> FileToRead {
        FileToRead { path, name, bytes, input: self.index, kind, stdin: false, member: None }
    }

    /// Adds the members of an archive, each called by its path in it after `prefix`; how many there are. An archive
    /// that can't be read is a file that can't.
    fn members(
        self,
        path: &Path,
        prefix: &str,
        by_name: bool,
        files: &mut Vec<FileToRead>,
        others: &mut Vec<String>,
    ) -> usize {
        let members = archive::members(path).unwrap_or_else(|why| vec![(String::new(), Member::broken(why))]);
        let count = members.len();
        for (inside, member) in members {
            let (name, kind) = match &*inside {
                "" => {
                    let name = path.file_name().map(|n| walk::name_of(Path::new(n))).unwrap_or_default();
                    // It fails before anybody asks what it holds.
                    (name, self.input.formats.keys().next().copied())
                }
                inside => (format!("{prefix}{inside}"), self.kind_of(inside, by_name)),
            };
            match kind {
                Some(kind) => {
                    let file = self.file(path.to_owned(), name, member.bytes(), kind);
                    files.push(FileToRead { member: Some(member), ..file });
                }
                None => others.push(name),
            }
        }
        count
    }

    /// Standard input: JSON lines unless the entry says otherwise.
    fn stdin(self) -> Result<Vec<FileToRead>, String> {
        let kind = self.input.kind.or(self.input.formats.keys().copied().find(|kind| *kind == "jsonl"));
        let kind = kind.ok_or("say the \"kind\" of what comes from standard input")?;
        let (path, name) = (PathBuf::from("-"), "stdin".to_owned());
        Ok(vec![FileToRead { stdin: true, ..self.file(path, name, 0, kind) }])
    }

    fn single(self, path: PathBuf, bytes: u64, skipped: &mut Skipped) -> Result<Vec<FileToRead>, String> {
        let name = path.file_name().map(|n| walk::name_of(Path::new(n))).unwrap_or_default();
        if archive::is_archive(&name) {
            let (mut files, mut others) = (Vec::new(), Vec::new());
            let count = self.members(&path, "", true, &mut files, &mut others);
            if files.is_empty() {
                return Err(format!(
                    "none of the {count} files in \"{name}\" has a known ending ({}); say their \"kind\"",
                    self.endings()
                ));
            }
            return Ok(in_order(files, others, skipped));
        }
        match self.kind_of(&name, true).or_else(|| self.sniff(&path)) {
            Some(kind) => Ok(vec![self.file(path, name, bytes, kind)]),
            None => Err(format!(
                "can't tell the format of \"{name}\" by its name (known endings: {}) or its content; add \"kind\"",
                self.endings()
            )),
        }
    }

    /// The format that a name tells; files that a folder merely holds must have an ending of the entry's kind.
    fn kind_of(self, name: &str, chosen_by_name: bool) -> Option<&'static str> {
        if let Some(kind) = self.input.kind.filter(|_| chosen_by_name) {
            return Some(kind);
        }
        let ending = ending_of(name)?;
        self.input.formats.values().find(|f| f.extensions().contains(&&*ending)).map(|f| f.kind())
    }

    /// The format that a file's first bytes tell.
    fn sniff(self, path: &Path) -> Option<&'static str> {
        let head = crate::open::peek(path).ok()?;
        let start = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head).trim_ascii_start();
        let begins =
            |with: &str| start.get(..with.len()).is_some_and(|s| s.eq_ignore_ascii_case(with.as_bytes()));
        let kind = match () {
            () if head.starts_with(b"WARC/") => "warc",
            () if head.starts_with(b"PAR1") => "parquet",
            () if begins("<!doctype html") || begins("<html") => "html",
            () if begins("[") => "json",
            // An object that is written on several lines.
            () if begins("{\n") || begins("{\r\n") => "json",
            () if begins("{") => "jsonl",
            () => return None,
        };
        self.input.formats.keys().copied().find(|known| *known == kind)
    }

    fn endings(self) -> String {
        let all = self.input.formats.values().flat_map(|f| f.extensions());
        all.map(|e| format!(".{e}")).collect::<Vec<_>>().join(", ")
            + "; each also with .gz or .zst after it, or in a .zip"
    }
}

/// Sorts what is read by its name, and notes what isn't.
fn in_order(mut files: Vec<FileToRead>, mut others: Vec<String>, skipped: &mut Skipped) -> Vec<FileToRead> {
    others.sort_unstable();
    others.iter().for_each(|name| skipped.unknown(name));
    files.sort_by(|a, b| (a.name.as_bytes(), &a.path).cmp(&(b.name.as_bytes(), &b.path)));
    files
}

/// What a name ends with, in lower case and without a dot; of a compressed file what stands before `.gz`.
fn ending_of(name: &str) -> Option<String> {
    let (stem, ending) = name.rsplit_once('.')?;
    let ending = ending.to_ascii_lowercase();
    if !crate::unpack::ENDINGS.contains(&&*ending) {
        return Some(ending);
    }
    let inner = stem.rsplit_once('.').map(|(_, inner)| inner.to_ascii_lowercase());
    Some(inner.unwrap_or(ending))
}

#[cfg(test)]
mod tests {
    use newsmill_core::{ConfigFile, Registry};

    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in names {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        dir
    }

    /// Names of the files that `input` finds in the folder, or the messages.
    fn names(dir: &tempfile::TempDir, input: &str) -> Result<Vec<String>, Vec<String>> {
        let text = format!(r#"{{ "input": [{input}], "stages": [], "output": {{ "sinks": [] }} }}"#);
        let config = ConfigFile::parse("c.json", dir.path(), &text).unwrap();
        let registry = Registry::new().with_format::<crate::Text>().with_format::<crate::JsonLines>();
        match expand(&Plan::new(&config, &registry).unwrap()) {
            Ok(listed) => Ok(listed.files.into_iter().map(|f| format!("{}:{}", f.kind, f.name)).collect()),
            Err(problems) => Err(problems.into_iter().map(|p| p.to_string()).collect()),
        }
    }

    #[test]
    fn folders_are_read_whole_and_in_bytewise_order() {
        let dir = folder(&[
            "n/b.txt",
            "n/a/z.txt",
            "n/a.txt",
            "n/B.txt",
            "n/.h.txt",
            "n/.d/x.txt",
            "n/c.jsonl",
            "n/d.md",
        ]);
        let all = ["text:B.txt", "text:a.txt", "text:a/z.txt", "text:b.txt", "jsonl:c.jsonl"];
        assert_eq!(names(&dir, r#"{"files": ["n"]}"#).unwrap(), all);
        assert_eq!(names(&dir, r#"{"files": ["n/a.txt", "n"]}"#).unwrap().len(), 5);
        assert_eq!(names(&dir, r#"{"files": ["n"], "kind": "jsonl"}"#).unwrap(), ["jsonl:c.jsonl"]);
    }

    #[test]
    fn globs_match_below_their_folder() {
        let dir = folder(&["n/a.txt", "n/x/b.txt", "n/x/c.jsonl", "n/.h.txt", "n/odd[1].txt"]);
        let of = |files: &str| names(&dir, &format!(r#"{{"files": [{files}]}}"#));
        assert_eq!(of(r#""n/*.txt""#).unwrap(), ["text:a.txt", "text:odd[1].txt"]);
        assert_eq!(of(r#""n/**/*.txt""#).unwrap(), ["text:a.txt", "text:odd[1].txt", "text:x/b.txt"]);
        assert_eq!(of(r#""n/*/*.{txt,jsonl}""#).unwrap(), ["text:x/b.txt", "jsonl:x/c.jsonl"]);
        assert_eq!(of(r#""n/odd[1].txt""#).unwrap(), ["text:odd[1].txt"]);
        assert_eq!(of(r#""n/.*.txt""#).unwrap(), ["text:.h.txt"]);
    }

    #[test]
    fn what_finds_nothing_is_told_with_its_place() {
        let dir = folder(&["n/a.md", "e/.h.txt"]);
        let of = |files: &str| names(&dir, &format!(r#"{{"files": [{files}]}}"#)).unwrap_err().join("\n");
        let three = of(r#""n", "gone", "e""#);
        assert!(
            three.contains("c.json:1:24: error: none of the 1 files that \"n\" matches has a known ending"),
            "{three}"
        );
        assert!(three.contains("c.json:1:29: error: can't find"), "{three}");
        assert!(three.contains("\"e\" matches no file; hidden files are skipped"), "{three}");
        assert!(of(r#""n/a.md""#).contains("can't tell the format of \"a.md\""));
        assert!(of(r#""n/[.txt""#).contains("can't be read"));
        assert_eq!(names(&dir, r#"{"files": ["n/a.md"], "kind": "text"}"#).unwrap(), ["text:a.md"]);
        assert_eq!(names(&dir, r#"{"files": ["n/**"], "kind": "text"}"#).unwrap(), ["text:a.md"]);
    }
}
