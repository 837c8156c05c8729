//! The files beside a GeoNames dump: names by language, and names of regions.

use std::io::{self, BufRead};

use rustc_hash::FxHashMap;

use super::super::is_usable;

/// What the other files of GeoNames say of places. Empty without them.
#[derive(Clone, Debug, Default)]
pub struct SideFiles {
    /// `alternateNamesV2.txt`, of the languages that were asked for.
    pub alternates: AlternateNames,
    /// `admin1CodesASCII.txt`.
    pub regions: Regions,
}

/// How a place is called, by its id. About 100 bytes of memory a name.
#[derive(Clone, Debug, Default)]
pub struct AlternateNames(FxHashMap<u64, Vec<AlternateName>>);

/// A name of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlternateName {
    /// As it is written.
    pub form: String,
    /// The flags that it has in a list.
    pub flags: &'static str,
}

/// GeoNames' own code for abbreviations, in the column of languages.
const ABBREVIATION: &str = "abbr";

impl AlternateNames {
    /// Reads the names in these languages, and abbreviations, which need context. Former and colloquial names are variants.
    ///
    /// # Errors
    /// Reading failed, or a line isn't one of the file's.
    pub fn read(file: impl BufRead, languages: &[String]) -> io::Result<AlternateNames> {
        let mut names: FxHashMap<u64, Vec<AlternateName>> = FxHashMap::default();
        each_line(file, "alternateNamesV2.txt", |cells| {
            let &[_, id, language, form, _, _, colloquial, former, ..] = cells else { return None };
            let id: u64 = id.parse().ok()?;
            let flags = match (language, colloquial, former) {
                (ABBREVIATION, ..) => "abbr amb",
                (_, "1", _) | (_, _, "1") => "variant",
                _ => "",
            };
            let wanted = language == ABBREVIATION || languages.iter().any(|l| l == language);
            if wanted && is_usable(form) {
                names.entry(id).or_default().push(AlternateName { form: form.to_owned(), flags });
            }
            Some(())
        })?;
        Ok(AlternateNames(names))
    }

    /// Whether there was no file, or no name in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of a place, in the order of the file.
    pub fn of(&self, id: u64) -> &[AlternateName] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}

/// Names of regions by code, as in `US.CA`.
#[derive(Clone, Debug, Default)]
pub struct Regions(FxHashMap<String, String>);

impl Regions {
    /// Reads them.
    ///
    /// # Errors
    /// Reading failed, or a line isn't one of the file's.
    pub fn read(file: impl BufRead) -> io::Result<Regions> {
        let mut regions = FxHashMap::default();
        each_line(file, "admin1CodesASCII.txt", |cells| {
            let &[code, name, ..] = cells else { return None };
            code.split_once('.')?;
            regions.insert(code.to_owned(), name.to_owned());
            Some(())
        })?;
        Ok(Regions(regions))
    }

    /// Whether there was no file, or nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of a region of a country; empty if it isn't known.
    pub fn name(&self, country: &str, code: &str) -> &str {
        self.0.get(&format!("{country}.{code}")).map_or("", String::as_str)
    }
}

fn each_line(file: impl BufRead, what: &str, mut take: impl FnMut(&[&str]) -> Option<()>) -> io::Result<()> {
    for (i, line) in file.lines().enumerate() {
        let line = line?;
        let cells: Vec<&str> = line.split('\t').collect();
        if !line.is_empty() && take(&cells).is_none() {
            let message = format!("line {} isn't one of GeoNames' {what}: {} columns", i + 1, cells.len());
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
    }
    Ok(())
}
