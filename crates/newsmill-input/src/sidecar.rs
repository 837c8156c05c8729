//! A table beside a folder of texts that says what the texts don't: dates, sources, titles.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use newsmill_core::build::{BuildContext, BuildError};

use crate::csv::{Dialect, Rows, guess_delimiter};
use crate::encoding::without_bom;
use crate::fields::FieldMap;
use crate::lines::Boundary;
use crate::record::Record;

/// Columns that name the file a row is about, best first.
const KEYS: [&str; 9] =
    ["file", "filename", "file_name", "path", "filepath", "file_path", "name", "id", "article_id"];

/// The rows, by file.
#[derive(Debug)]
pub(crate) struct Sidecar {
    /// As the config names it.
    name: String,
    dialect: Dialect,
    names: Vec<String>,
    /// Which column names the file.
    key: usize,
    /// By what the key column says.
    rows: HashMap<String, String>,
}

impl Sidecar {
    /// Loads a table.
    ///
    /// # Errors
    /// It can't be read, has no column that names files, rows that don't fit its header, or two for one file.
    pub(crate) fn load(path: &str, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let bytes = cx.file(path)?;
        let sidecar = Self::read(&bytes, &cx.path(path))?;
        Ok(Sidecar { name: path.to_owned(), ..sidecar })
    }

    fn read(bytes: &[u8], path: &Path) -> Result<Self, BuildError> {
        let at = |line: u64, message: String| BuildError::new(message).in_resource(path, line);
        let text = std::str::from_utf8(without_bom(bytes)).map_err(|e| {
            let line = 1 + memchr::memchr_iter(b'\n', &bytes[..e.valid_up_to()]).count() as u64;
            at(line, "it isn't valid UTF-8".to_owned()).help("save the table as UTF-8")
        })?;
        let name = path.to_string_lossy();
        let head = Dialect { delimiter: b',', quotes: true }.first_row(text.as_bytes());
        let delimiter = guess_delimiter(&name, head.unwrap_or(text.as_bytes()));
        let dialect = Dialect { delimiter, quotes: true };
        let (mut names, mut rows, mut key) = (Vec::new(), HashMap::new(), 0);
        let (mut rest, mut line) = (text, 1);
        let mut fields = Vec::new();
        while !rest.is_empty() {
            let (row, after) = match Rows::new(dialect).find(rest.as_bytes()) {
                Some(end) => (&rest[..end], &rest[end + 1..]),
                None => (rest, ""),
            };
            let first = line;
            line += 1 + memchr::memchr_iter(b'\n', row.as_bytes()).count() as u64;
            rest = after;
            if row.trim().is_empty() {
                continue;
            }
            split(dialect, row, &mut fields).map_err(|message| at(first, message))?;
            if names.is_empty() {
                names = fields.iter().map(|f| f.trim().to_owned()).collect();
                key = key_of(&names).ok_or_else(|| {
                    at(first, "no column says which file a row is about".to_owned())
                        .help(format!("name one of them {}", KEYS.join(", ")))
                })?;
                continue;
            }
            if fields.len() != names.len() {
                let message = format!("the row has {} fields, the header {}", fields.len(), names.len());
                return Err(at(first, message));
            }
            if rows.insert(fields[key].trim().to_owned(), row.to_owned()).is_some() {
                return Err(at(first, format!("\"{}\" has a second row", fields[key].trim())));
            }
        }
        if names.is_empty() {
            return Err(at(1, "the table is empty".to_owned()));
        }
        Ok(Sidecar { name: name.into_owned(), dialect, names, key, rows })
    }

    /// Sets a record's fields to what the table says of a file; `false` if it says nothing.
    pub(crate) fn fill(&self, file: &str, map: &FieldMap, record: &mut Record) -> bool {
        let Some(row) = self.row(file) else { return false };
        let mut fields = Vec::new();
        // It was split once before.
        let _ = split(self.dialect, row, &mut fields);
        for (index, (name, field)) in self.names.iter().zip(&fields).enumerate() {
            // A file's name is no title, and no id that is any better.
            if index != self.key || name.eq_ignore_ascii_case("id") {
                record.set(map, name, field);
            }
        }
        true
    }

    /// What is to be said of rows that are about none of these files; `None` if there are no such rows.
    pub(crate) fn unused(&self, files: &mut dyn Iterator<Item = &str>) -> Option<String> {
        let used: HashSet<&str> =
            files.filter_map(|file| self.entry(file)).map(|(key, _)| key.as_str()).collect();
        let mut unused: Vec<&str> =
            self.rows.keys().map(String::as_str).filter(|key| !used.contains(key)).collect();
        unused.sort_unstable();
        let first = unused.first()?;
        let (n, all) = (unused.len(), self.rows.len());
        Some(format!(
            "{n} of the {all} rows of {} are about none of the files, such as \"{first}\"",
            self.name
        ))
    }

    fn row(&self, file: &str) -> Option<&str> {
        self.entry(file).map(|(_, row)| row.as_str())
    }

    /// Found by the file's path or its last part, with its endings or without.
    fn entry(&self, file: &str) -> Option<(&String, &String)> {
        let last = file.rsplit('/').next().unwrap_or(file);
        [file, last].into_iter().find_map(|name| {
            let mut name = name;
            loop {
                if let Some(entry) = self.rows.get_key_value(name) {
                    return Some(entry);
                }
                name = name.rsplit_once('.').map(|(stem, _)| stem).filter(|stem| !stem.ends_with('/'))?;
            }
        })
    }
}

fn key_of(names: &[String]) -> Option<usize> {
    KEYS.iter().find_map(|key| names.iter().position(|name| name.eq_ignore_ascii_case(key)))
}

fn split(dialect: Dialect, row: &str, fields: &mut Vec<String>) -> Result<(), String> {
    fields.clear();
    let (mut all, mut field) = (dialect.fields(row), String::new());
    while all.next_into(&mut field).map_err(|e| e.message)? {
        fields.push(field.clone());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Sidecar, String> {
        Sidecar::read(text.as_bytes(), Path::new("m.csv")).map_err(|e| e.to_string())
    }

    #[test]
    fn files_are_found_by_path_name_or_stem() {
        let sidecar = read("\u{FEFF}date;File\n1;a/x.txt\n2;y.txt\n3;z\n\n4;\"q;r\"\n").unwrap();
        let of = |file: &str| sidecar.row(file).map(|row| row[..1].to_owned());
        assert_eq!(of("a/x.txt").as_deref(), Some("1"));
        assert_eq!(of("b/x.txt"), None);
        assert_eq!(of("b/y.txt.gz").as_deref(), Some("2"));
        assert_eq!(of("b/z.txt").as_deref(), Some("3"));
        assert_eq!(of("q;r.txt").as_deref(), Some("4"));
        assert_eq!(of("a/.txt"), None);
        assert_eq!(of("other.txt"), None);
        let unused = |files: &[&str]| sidecar.unused(&mut files.iter().copied());
        let some = unused(&["b/y.txt", "y.txt", "other.txt"]).unwrap();
        assert_eq!(some, "3 of the 4 rows of m.csv are about none of the files, such as \"a/x.txt\"");
        assert_eq!(unused(&["a/x.txt", "y.txt", "z", "q;r"]), None);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, message) in [
            ("", "m.csv:1: the table is empty"),
            ("date,source\n1,2", "m.csv:1: no column says which file"),
            ("id,date\n1\n", "m.csv:2: the row has 1 fields, the header 2"),
            ("id,date\n1,\"a\nb\"\n1,x", "m.csv:4: \"1\" has a second row"),
            ("id,date\n1,\"x", "m.csv:2: a quoted field doesn't end"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
