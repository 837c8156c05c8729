//! Finding files: folders and patterns.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::{DirEntry, WalkDir};

use crate::files::Skipped;

pub(crate) fn is_glob(pattern: &str) -> bool {
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

/// A file that was found.
pub(crate) struct Found {
    pub path: PathBuf,
    /// Relative to the folder, with `/`.
    pub name: String,
    pub bytes: u64,
}

/// Files that a pattern matches, below the folder before its first wildcard.
pub(crate) fn glob(base: &Path, pattern: &str, skipped: &mut Skipped) -> Result<Vec<Found>, String> {
    let (folder, rest) = split_glob(pattern);
    let glob = GlobBuilder::new(rest)
        .literal_separator(true)
        .build()
        .map_err(|e| format!("the pattern \"{pattern}\" can't be read: {}", e.kind()))?;
    below(&base.join(folder), Some((&glob.compile_matcher(), rest)), skipped)
}

/// All files of a folder.
pub(crate) fn walk(folder: &Path, skipped: &mut Skipped) -> Result<Vec<Found>, String> {
    below(folder, None, skipped)
}

/// Files below a folder, without hidden ones unless the pattern asks for them.
///
/// What can't be looked at (a link to itself or to nothing, a folder without permission) is left out and told: one bad
/// entry must not stop a run over a million good ones.
fn below(
    folder: &Path,
    glob: Option<(&GlobMatcher, &str)>,
    skipped: &mut Skipped,
) -> Result<Vec<Found>, String> {
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
                skipped.unreadable(&e.to_string());
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
        let name = name_of(below);
        let bytes = entry.metadata().map(|m| m.len()).unwrap_or(0);
        files.push(Found { path: entry.into_path(), name, bytes });
    }
    Ok(files)
}

/// A path as ids and messages show it: with `/`, and bytes that are no UTF-8 as `\xE9`, so that no two files share a
/// name.
pub(crate) fn name_of(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        name.push_str(chunk.valid());
        for byte in chunk.invalid() {
            name.push_str(&format!("\\x{byte:02X}"));
        }
    }
    name.replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn names_that_are_no_utf8_stay_different() {
        let name = |bytes: &[u8]| name_of(Path::new(OsStr::from_bytes(bytes)));
        assert_eq!(name(b"caf\xE9/\xC3\xA9.txt"), "caf\\xE9/\u{e9}.txt");
        assert_ne!(name(b"caf\xE8"), name(b"caf\xE9"));
    }
}
