//! The list of files to read: entries in config order, the paths of each in bytewise order.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use newsmill_core::Plan;
use newsmill_core::config::json::Place;
use newsmill_core::config::{Problem, Severity};
use newsmill_core::plan::PlannedInput;
use walkdir::{DirEntry, WalkDir};

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileToRead {
    /// Where it is.
    pub path: PathBuf,
    /// As ids and messages name it: relative to the folder that the config names, with `/`.
    pub name: String,
    /// Its length in bytes, as listed.
    pub bytes: u64,
    /// Index of its entry in the plan's inputs.
    pub input: usize,
    /// Which of the entry's formats it has.
    pub kind: &'static str,
}

/// Lists all files of a plan. A file that several patterns find is read once, where the first finds it.
///
/// # Errors
/// Patterns that can't be read or match nothing, with their places in the config.
pub fn expand(plan: &Plan) -> Result<Vec<FileToRead>, Vec<Problem>> {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for (index, input) in plan.inputs.iter().enumerate() {
        for (pattern, at) in &input.files {
            match expand_one(input, index, pattern) {
                Ok(found) => files.extend(found.into_iter().filter(|f| seen.insert(f.path.clone()))),
                Err(message) => problems.push(problem(plan, at, message)),
            }
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

fn problem(plan: &Plan, at: &Place, message: String) -> Problem {
    Problem { file: plan.file.clone(), at: Some(at.clone()), severity: Severity::Error, message }
}

fn expand_one(input: &PlannedInput, index: usize, pattern: &str) -> Result<Vec<FileToRead>, String> {
    let full = input.base.join(pattern);
    let listed = match std::fs::metadata(&full) {
        Ok(meta) if meta.is_dir() => walk(&full, None)?,
        Ok(meta) if !meta.is_file() => {
            return Err(format!(
                "{} is no file or folder; write its content to a file first",
                full.display()
            ));
        }
        Ok(meta) => {
            let name = full.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            return single(input, index, full, name, meta.len());
        }
        Err(_) if is_glob(pattern) => {
            let (folder, rest) = split_glob(pattern);
            let glob = GlobBuilder::new(rest)
                .literal_separator(true)
                .build()
                .map_err(|e| format!("the pattern \"{pattern}\" can't be read: {}", e.kind()))?;
            walk(&input.base.join(folder), Some((&glob.compile_matcher(), rest)))?
        }
        Err(e) => {
            return Err(format!(
                "can't find {}: {e}; input paths in a config are relative to the config file, those of --input to the \
                 working directory",
                full.display()
            ));
        }
    };
    let count = listed.len();
    let mut files: Vec<FileToRead> = listed
        .into_iter()
        .filter_map(|(path, name, bytes)| {
            let kind = kind_of(input, &name, is_glob(pattern))?;
            Some(FileToRead { path, name, bytes, input: index, kind })
        })
        .collect();
    if files.is_empty() {
        let known = endings(input);
        return Err(match count {
            0 => format!("\"{pattern}\" matches no file; hidden files are skipped"),
            n => format!(
                "none of the {n} files that \"{pattern}\" matches has a known ending ({known}); say their \"kind\" and \
                 match them by a pattern such as \"folder/**\""
            ),
        });
    }
    files.sort_unstable_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
    Ok(files)
}

fn single(
    input: &PlannedInput,
    index: usize,
    path: PathBuf,
    name: String,
    bytes: u64,
) -> Result<Vec<FileToRead>, String> {
    match kind_of(input, &name, true) {
        Some(kind) => Ok(vec![FileToRead { path, name, bytes, input: index, kind }]),
        None => Err(format!(
            "can't tell the format of \"{name}\" by its name (known endings: {}); add \"kind\"",
            endings(input)
        )),
    }
}

/// The format of a file; files that a folder merely holds must have the ending of the entry's kind.
fn kind_of(input: &PlannedInput, name: &str, chosen_by_name: bool) -> Option<&'static str> {
    if let Some(kind) = input.kind.filter(|_| chosen_by_name) {
        return Some(kind);
    }
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    input.formats.values().find(|f| f.extensions().contains(&ending.as_str())).map(|f| f.kind())
}

fn endings(input: &PlannedInput) -> String {
    let all = input.formats.values().flat_map(|f| f.extensions());
    all.map(|e| format!(".{e}")).collect::<Vec<_>>().join(", ")
}

fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '{'])
}

/// The folder before the first wildcard, and the rest.
fn split_glob(pattern: &str) -> (&str, &str) {
    let wild = pattern.find(['*', '?', '[', '{']).unwrap_or(0);
    match pattern[..wild].rfind('/') {
        Some(at) => pattern.split_at(at + 1),
        None => ("", pattern),
    }
}

/// Files below a folder, without hidden ones unless the pattern asks for them: path, name, length.
///
/// What can't be looked at (a link to itself or to nothing, a folder without permission) is left out with a warning: one
/// bad entry must not stop a run over a million good ones.
fn walk(folder: &Path, glob: Option<(&GlobMatcher, &str)>) -> Result<Vec<(PathBuf, String, u64)>, String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let hidden_too = glob.is_some_and(|(_, rest)| rest.starts_with('.') || rest.contains("/."));
    let visible =
        |e: &DirEntry| e.depth() == 0 || hidden_too || !e.file_name().as_encoded_bytes().starts_with(b".");
    let depth = match glob {
        Some((_, rest)) if !rest.contains("**") => rest.split('/').count(),
        _ => usize::MAX,
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).max_depth(depth).into_iter().filter_entry(visible) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(e) if e.depth() == 0 => return Err(format!("can't list {}: {e}", folder.display())),
            Err(e) => {
                tracing::warn!("left out, for it can't be read: {e}");
                continue;
            }
        };
        if !entry.file_type().is_file() {
            continue;
        }
        let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        if glob.is_some_and(|(glob, _)| !glob.is_match(below)) {
            continue;
        }
        let name = below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        let bytes = entry.metadata().map(|m| m.len()).unwrap_or(0);
        files.push((entry.into_path(), name, bytes));
    }
    Ok(files)
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
            Ok(files) => Ok(files.into_iter().map(|f| format!("{}:{}", f.kind, f.name)).collect()),
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
