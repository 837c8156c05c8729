//! Importers: from the dumps of others to lists of newsmill's own, record by record, whatever the dump's size.
//!
//! An importer reads from one stream and writes CSV to another; the caller opens both.

mod geonames;
mod table;
mod wikidata;

use std::io::{self, Write};

pub use geonames::{AlternateName, AlternateNames, GeoNames, Regions, SideFiles, geonames};
pub use table::{Table, table};
pub use wikidata::{Wikidata, wikidata};

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Records read.
    pub read: u64,
    /// Entities written.
    pub written: u64,
    /// Records that couldn't be understood.
    pub malformed: u64,
    /// Line and reason of the first malformed records.
    pub examples: Vec<(u64, String)>,
}

/// Most malformed records that are told one by one.
const TOLD: usize = 5;

impl Report {
    fn malformed(&mut self, line: u64, reason: impl Into<String>) {
        self.malformed += 1;
        if self.examples.len() < TOLD {
            self.examples.push((line, reason.into()));
        }
    }
}

/// Writes lists: the known columns, then an importer's own.
struct ListWriter<W: Write> {
    csv: csv::Writer<W>,
    source: &'static str,
}

/// A row of a list to be written.
#[derive(Clone, Copy, Default)]
struct Out<'a> {
    entity_id: &'a str,
    kind: &'a str,
    subtype: &'a str,
    name: &'a str,
    alias: &'a str,
    flags: &'a str,
    country: &'a str,
    prior: &'a str,
}

impl<W: Write> ListWriter<W> {
    fn new(out: W, source: &'static str, own_columns: &[&str]) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(crate::read::COLUMNS.iter().chain(own_columns))?;
        Ok(ListWriter { csv, source })
    }

    fn row(&mut self, row: Out<'_>, own: &[&str]) -> io::Result<()> {
        let Out { entity_id, kind, subtype, name, alias, flags, country, prior } = row;
        let known = [entity_id, kind, subtype, name, alias, flags, country, prior, self.source];
        self.csv.write_record(known.iter().chain(own))?;
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}

/// Whether a form can stand in an `alias` cell and be found in a text in Latin letters.
fn is_usable(form: &str) -> bool {
    let is_latin = |c: char| {
        c.is_ascii() || matches!(c, '\u{A0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '‘' | '’' | '–')
    };
    let letters = form.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 2 && form.len() <= 200 && !form.contains('|') && form.chars().all(is_latin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Compiler, read};
    use newsmill_core::lexicon::{Lexicon, NameFlags};

    fn compiled(csv: &[u8]) -> crate::Names {
        let mut lists = Compiler::default();
        read::read("import.csv", csv, &mut lists).expect("importers write well-formed lists");
        lists.finish().0
    }

    #[test]
    fn geonames_places_become_entities_with_population_as_prior() {
        let dump = "2643743\tLondon\tLondon\tLondinium,Londres,Лондон,LON\t51.5\t-0.12\tP\tPPLC\tGB\t\tENG\t\t\t\t8961989\t\t25\tEurope/London\t2024\n\
                    1\tHamlet\tHamlet\t\t1\t2\tP\tPPL\tGB\t\t\t\t\t\t12\t\t\t\t\nbad line\n\
                    2635167\tUnited Kingdom\tUnited Kingdom\tGreat Britain\t54\t-2\tA\tPCLI\tGB\t\t\t\t\t\t66488991\t\t\t\t\n";
        let mut out = Vec::new();
        let options = GeoNames::default();
        let report = geonames(dump.as_bytes(), &SideFiles::default(), &mut out, &options).expect("in memory");
        assert_eq!((report.read, report.written, report.malformed), (4, 2, 1));
        assert_eq!(report.examples[0].0, 3);
        let names = compiled(&out);
        let london = names.find("Londres").expect("an alternate name");
        let entry = names.entry(names.candidates(london)[0].entry);
        assert_eq!((entry.id, entry.subtype, entry.prior), ("geonames:2643743", "capital", 8_961_989));
        assert!(names.find("LON").is_none() && names.find("Hamlet").is_none());
        assert_eq!(extra(&names, "London"), ["8961989", "51.5", "-0.12", "ENG", ""]);
        assert_eq!(names.extra_columns(), ["population", "lat", "lon", "admin1", "admin2"]);
    }

    /// The cells of the list's own columns of an entity with this name.
    fn extra<'n>(names: &'n crate::Names, name: &str) -> Vec<&'n str> {
        let entry = names.candidates(names.find(name).expect("a name"))[0].entry;
        (0..names.extra_columns().len()).map(|column| names.extra(entry, column)).collect()
    }

    #[test]
    fn files_beside_a_dump_give_names_by_language_and_regions() {
        let dump = "5391959\tSan Francisco\tSan Francisco\tFrisco,SF,San Fran\t37.77\t-122.4\tP\tPPLA2\tUS\t\tCA\t075\t\t\t864816\t\t28\tAmerica/Los_Angeles\t2024\r\n";
        let alternates = "1\t5391959\ten\tCity by the Bay\t\t\t1\t\t\t\n2\t5391959\ten\tSan Francisco (Calif.)\t1\t\t\t\n\
                          3\t5391959\tabbr\tSF\t\t\t\t\n4\t5391959\tfr\tSaint-François\t\t\t\t\n5\t5391959\tlink\thttps://example.org\t\t\t\t\n";
        let regions = "US.CA\tCalifornia\tCalifornia\t5332921\nUS.NY\tNew York\tNew York\t5128638\n";
        let beside = SideFiles {
            alternates: AlternateNames::read(alternates.as_bytes(), &["en".to_owned()]).expect("in memory"),
            regions: Regions::read(regions.as_bytes()).expect("in memory"),
        };
        let mut out = Vec::new();
        geonames(dump.as_bytes(), &beside, &mut out, &GeoNames::default()).expect("in memory");
        let names = compiled(&out);
        assert_eq!(extra(&names, "San Francisco (Calif.)")[3..], ["CA", "075", "California"]);
        let flags = |name: &str| names.candidates(names.find(name).expect("a name"))[0].flags;
        assert!(flags("City by the Bay").has(NameFlags::VARIANT));
        assert!(flags("SF").has(NameFlags::ABBREVIATION.with(NameFlags::AMBIGUOUS)));
        assert!(["Saint-François", "Frisco", "San Fran"].iter().all(|other| names.find(other).is_none()));
        let wrong = Regions::read("5391959\tSan Francisco\n".as_bytes()).expect_err("another file");
        assert!(wrong.to_string().contains("line 1 isn't one of GeoNames' admin1CodesASCII.txt"), "{wrong}");
    }

    #[test]
    fn wikidata_items_are_filtered_by_class_and_language() {
        let dump = r#"[
{"type":"item","id":"Q42","labels":{"en":{"language":"en","value":"Douglas Adams"},"fr":{"language":"fr","value":"Douglas Adams (fr)"}},"descriptions":{"en":{"language":"en","value":"English writer"}},"aliases":{"en":[{"language":"en","value":"Douglas Noel Adams"}]},"claims":{"P31":[{"mainsnak":{"snaktype":"value","datavalue":{"value":{"id":"Q5"}}}}],"P21":[{"mainsnak":{"snaktype":"value","datavalue":{"value":{"id":"Q6581097"}}}}]},"sitelinks":{"enwiki":{},"frwiki":{}}},
{"type":"item","id":"Q1","labels":{"en":{"language":"en","value":"universe"}},"aliases":[],"claims":[],"sitelinks":{}},
{"type":"item","id":"Q90","labels":{"fr":{"language":"fr","value":"Paris"}},"claims":{"P31":[{"mainsnak":{"snaktype":"value","datavalue":{"value":{"id":"Q515"}}}}]}},
{"type":"item","id":"Q84","labels":{"en":{"language":"en","value":"London"}},"claims":{"P31":[{"rank":"normal","mainsnak":{"snaktype":"value","datavalue":{"value":{"id":"Q515"}}}}],"P1082":[{"rank":"preferred","mainsnak":{"datavalue":{"value":{"amount":"+8799728","unit":"1"}}}},{"rank":"normal","mainsnak":{"datavalue":{"value":{"amount":"+7172091","unit":"1"}}}}],"P625":[{"rank":"normal","mainsnak":{"datavalue":{"value":{"latitude":51.50722,"longitude":-0.1275,"precision":0.00001}}}}]}},
{"broken
]"#;
        let mut out = Vec::new();
        let report = wikidata(dump.as_bytes(), &mut out, &Wikidata::default()).expect("in memory");
        assert_eq!((report.read, report.written, report.malformed), (5, 2, 1));
        let names = compiled(&out);
        let adams = names.find("Douglas Noel Adams").expect("an alias");
        let entry = names.candidates(adams)[0].entry;
        assert_eq!(
            (names.entry(entry).id, names.entry(entry).kind, names.entry(entry).prior),
            ("wikidata:Q42", "person", 2)
        );
        assert_eq!(names.extra_columns(), ["gender", "description", "population", "lat", "lon"]);
        assert_eq!(extra(&names, "Douglas Adams"), ["m", "English writer", "", "", ""]);
        assert_eq!(extra(&names, "London"), ["", "", "8799728", "51.50722", "-0.1275"]);
    }

    #[test]
    fn tables_of_other_headers_are_renamed() {
        let options = Table {
            delimiter: b'\t',
            columns: vec![("entity_id".into(), "id".into()), ("name".into(), "canonical".into())],
            constants: vec![("type".into(), "ship".into())],
            ..Table::default()
        };
        let mut out = Vec::new();
        let dump = "id\tcanonical\tflag\nimo:1\tMoskva\tRU\nimo:2\n";
        let report = table(dump.as_bytes(), &mut out, &options).expect("in memory");
        assert_eq!((report.read, report.written, report.malformed), (2, 1, 1));
        let names = compiled(&out);
        assert_eq!(names.extra_columns(), ["flag"]);
        assert_eq!(names.entry(newsmill_core::lexicon::EntryId(0)).kind, "ship");
    }
}
