//! Names of the files of an output: one, or a folder of parts.

use std::path::{Path, PathBuf};

use newsmill_core::sink::part_folder;

use crate::directory::PARTIAL;

/// `mentions.csv.gz` → `mentions/part-00012.csv.gz`.
pub(crate) fn part_name(name: &str, part: u64) -> String {
    let (folder, ending) = part_folder(name);
    format!("{folder}/part-{part:05}{ending}")
}

/// The file of an output in a directory, before it is complete.
pub(crate) fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PARTIAL);
    name.into()
}

/// All files that there are of an output, complete or not, in one piece or in parts.
pub(crate) fn files_of(dir: &Path, name: &str) -> Vec<PathBuf> {
    let whole = dir.join(name);
    let mut files: Vec<PathBuf> =
        [partial(&whole), whole].into_iter().filter(|path| path.is_file()).collect();
    let (folder, ending) = part_folder(name);
    for entry in std::fs::read_dir(dir.join(folder)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let number = name
            .to_str()
            .and_then(|n| n.strip_prefix("part-"))
            .and_then(|n| n.strip_suffix(PARTIAL).unwrap_or(n).strip_suffix(ending));
        if number.is_some_and(|n| n.len() >= 5 && n.bytes().all(|b| b.is_ascii_digit())) {
            files.push(entry.path());
        }
    }
    files.sort();
    files
}

/// The folder of an output's parts.
pub(crate) fn folder_of(dir: &Path, name: &str) -> PathBuf {
    dir.join(part_folder(name).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_the_endings_of_their_table() {
        for (name, part) in [
            ("mentions.csv.gz", "mentions/part-00007.csv.gz"),
            ("a.b/c.jsonl", "a.b/c/part-00007.jsonl"),
            ("bare", "bare/part-00007"),
            (".x.csv", ".x/part-00007.csv"),
        ] {
            assert_eq!(part_name(name, 7), part);
        }
    }

    #[test]
    fn only_files_of_the_output_are_found() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("a")).unwrap();
        for name in [
            "a.csv",
            "a/part-00000.csv",
            "a/part-00001.csv.partial",
            "a/part-x.csv",
            "a/part-00002.tsv",
            "b.csv",
        ] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let found: Vec<_> = files_of(dir.path(), "a.csv")
            .iter()
            .map(|p| p.strip_prefix(dir.path()).unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, ["a/part-00000.csv", "a/part-00001.csv.partial", "a.csv"]);
    }
}
