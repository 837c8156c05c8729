//! Importers: from the dumps of others to lists of newsmill's own, record by record, whatever the dump's size.
//!
//! An importer reads from one stream and writes CSV to another; the caller opens both.

mod geonames;
mod table;
mod wikidata;

use std::io::{self, Write};

pub use geonames::{GeoNames, geonames};
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
    use newsmill_core::lexicon::Lexicon;

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
        let report = geonames(dump.as_bytes(), &mut out, &GeoNames::default()).expect("in memory");
        assert_eq!((report.read, report.written, report.malformed), (4, 2, 1));
        assert_eq!(report.examples[0].0, 3);
        let names = compiled(&out);
        let london = names.find("Londres").expect("an alternate name");
        let entry = names.entry(names.candidates(london)[0].entry);
        assert_eq!((entry.id, entry.subtype, entry.prior), ("geonames:2643743", "capital", 8_961_989));
        assert!(names.find("LON").is_none() && names.find("Hamlet").is_none());
        assert_eq!(names.extra(names.candidates(london)[0].entry, 0), "51.5");
    }

    #[test]
    fn wikidata_items_are_filtered_by_class_and_language() {
        let dump = r#"[
{"type":"item","id":"Q42","labels":{"en":{"language":"en","value":"Douglas Adams"},"fr":{"language":"fr","value":"Douglas Adams (fr)"}},"descriptions":{"en":{"language":"en","value":"English writer"}},"aliases":{"en":[{"language":"en","value":"Douglas Noel Adams"}]},"claims":{"P31":[{"mainsnak":{"snaktype":"value","datavalue":{"value":{"id":"Q5"}}}}],"P21":[{"mainsnak":{"snaktype":"value","datavalue":{"value":{"id":"Q6581097"}}}}]},"sitelinks":{"enwiki":{},"frwiki":{}}},
{"type":"item","id":"Q1","labels":{"en":{"language":"en","value":"universe"}},"aliases":[],"claims":[],"sitelinks":{}},
{"type":"item","id":"Q90","labels":{"fr":{"language":"fr","value":"Paris"}},"claims":{"P31":[{"mainsnak":{"snaktype":"value","datavalue":{"value":{"id":"Q515"}}}}]}},
{"broken
]"#;
        let mut out = Vec::new();
        let report = wikidata(dump.as_bytes(), &mut out, &Wikidata::default()).expect("in memory");
        assert_eq!((report.read, report.written, report.malformed), (4, 1, 1));
        let names = compiled(&out);
        let adams = names.find("Douglas Noel Adams").expect("an alias");
        let entry = names.candidates(adams)[0].entry;
        assert_eq!(
            (names.entry(entry).id, names.entry(entry).kind, names.entry(entry).prior),
            ("wikidata:Q42", "person", 2)
        );
        let columns = names.extra_columns();
        assert_eq!(columns, ["gender", "description"]);
        assert_eq!((names.extra(entry, 0), names.extra(entry, 1)), ("m", "English writer"));
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
