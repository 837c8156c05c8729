//! The names that articles are about: those of the user's gazetteer.

use std::collections::BTreeMap;

/// Names by type, the likeliest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub(crate) people: Vec<String>,
    pub(crate) places: Vec<String>,
    pub(crate) organizations: Vec<String>,
    pub(crate) demonyms: Vec<String>,
}

/// Enough to write an article with when there is no gazetteer.
impl Default for Names {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Names {
            people: list(&["Angela Merkel", "Xi Jinping", "Barack Obama", "Emmanuel Macron"]),
            places: list(&["Moscow", "Beijing", "Washington", "São Paulo", "Geneva", "Nairobi"]),
            organizations: list(&["NATO", "the World Health Organization", "the European Union"]),
            demonyms: list(&["Russian", "Chinese", "American", "French"]),
        }
    }
}

impl Names {
    /// The names of gazetteer files in CSV (`type`, `name`, `alias`, `prior`, with a header line); the defaults for types that
    /// the files have no name of. Files that aren't of that form add nothing.
    pub fn from_csv<'a>(files: impl IntoIterator<Item = &'a str>) -> Names {
        let mut lists: [BTreeMap<String, u64>; 4] = Default::default();
        for file in files {
            add(file, &mut lists);
        }
        let defaults = Names::default();
        let [people, places, organizations, demonyms] = lists.map(by_prior);
        let or = |list: Vec<String>, default| if list.is_empty() { default } else { list };
        Names {
            people: or(people, defaults.people),
            places: or(places, defaults.places),
            organizations: or(organizations, defaults.organizations),
            demonyms: or(demonyms, defaults.demonyms),
        }
    }
}

/// Names with their priors: people, places, organizations, demonyms.
fn add(file: &str, lists: &mut [BTreeMap<String, u64>; 4]) {
    let mut lines = file.lines().filter(|l| !l.starts_with('#'));
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let at = |column: &str| header.iter().position(|h| h.trim_start_matches('\u{FEFF}') == column);
    let (Some(kind), Some(name)) = (at("type"), at("name")) else { return };
    let (alias, prior) = (at("alias"), at("prior"));
    // Quoted cells are rare in name lists and not needed here.
    for line in lines.filter(|l| !l.contains('"')) {
        let cells: Vec<&str> = line.split(',').collect();
        let cell = |at: Option<usize>| at.and_then(|i| cells.get(i)).copied().unwrap_or_default();
        // A demonym's name is its country; the word itself is the alias.
        let (list, name) = match cell(Some(kind)) {
            "person" if cell(Some(name)).contains(' ') => (0, cell(Some(name))),
            "place" => (1, cell(Some(name))),
            "organization" => (2, cell(Some(name))),
            "demonym" => (3, cell(alias).split('|').next().unwrap_or_default()),
            _ => continue,
        };
        if !name.is_empty() {
            let known = lists[list].entry(name.to_owned()).or_default();
            *known = cell(prior).parse().unwrap_or(0).max(*known);
        }
    }
}

/// The likeliest first.
fn by_prior(list: BTreeMap<String, u64>) -> Vec<String> {
    let mut names: Vec<(String, u64)> = list.into_iter().collect();
    names.sort_by_key(|(_, prior)| std::cmp::Reverse(*prior));
    names.into_iter().map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_columns_by_their_headers() {
        let names =
            Names::from_csv(["name,type\nKyiv,place\nKyiv,place\nAna Petrović,person\n", "no,header\n"]);
        assert_eq!(names.places, ["Kyiv"]);
        assert_eq!(names.people, ["Ana Petrović"]);
        assert_eq!(names.demonyms, Names::default().demonyms);
    }
}
