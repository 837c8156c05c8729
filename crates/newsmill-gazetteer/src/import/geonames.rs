//! GeoNames dumps (`allCountries.txt`, `cities15000.txt`, `XX.txt`): tab-separated, without a header.

use std::io::{self, BufRead, Write};

use newsmill_core::fold::fold;

use super::{ListWriter, Out, Report, is_usable};

/// Which places, and which of their names.
#[derive(Clone, Debug)]
pub struct GeoNames {
    /// Feature classes to take: `A` countries and regions, `P` settlements, `H` waters, `T` mountains, `L` areas.
    pub classes: String,
    /// Smallest population of a settlement.
    pub min_population: u64,
    /// Smallest population of a place whose alternate names are taken; they are many and of any quality.
    pub alternates_from: u64,
    /// ISO 3166 alpha-2 codes to take; empty: all.
    pub countries: Vec<String>,
}

impl Default for GeoNames {
    fn default() -> Self {
        GeoNames {
            classes: "AP".to_owned(),
            min_population: 1000,
            alternates_from: 100_000,
            countries: Vec::new(),
        }
    }
}

/// Number of columns of a dump.
const COLUMNS: usize = 19;

/// Turns a dump into a list.
///
/// # Errors
/// Reading or writing failed.
pub fn geonames(dump: impl BufRead, out: impl Write, options: &GeoNames) -> io::Result<Report> {
    let mut list = ListWriter::new(out, "geonames", &["latitude", "longitude"])?;
    let mut report = Report::default();
    for (i, line) in dump.split(b'\n').enumerate() {
        let line = line?;
        let number = i as u64 + 1;
        if line.is_empty() {
            continue;
        }
        report.read += 1;
        let Ok(line) = std::str::from_utf8(&line) else {
            report.malformed(number, "not valid UTF-8");
            continue;
        };
        let cells: Vec<&str> = line.split('\t').collect();
        match Place::new(&cells) {
            None => report.malformed(
                number,
                format!("{} columns, or a cell that is no number; GeoNames has {COLUMNS}", cells.len()),
            ),
            Some(place) if place.is_wanted(options) => {
                place.write(&mut list, options)?;
                report.written += 1;
            }
            Some(_) => {}
        }
    }
    list.finish()?;
    Ok(report)
}

struct Place<'a> {
    id: &'a str,
    name: &'a str,
    ascii: &'a str,
    alternates: &'a str,
    latitude: &'a str,
    longitude: &'a str,
    class: &'a str,
    code: &'a str,
    country: &'a str,
    population: u64,
}

impl<'a> Place<'a> {
    fn new(cells: &[&'a str]) -> Option<Place<'a>> {
        let &[
            id,
            name,
            ascii,
            alternates,
            latitude,
            longitude,
            class,
            code,
            country,
            _,
            _,
            _,
            _,
            _,
            population,
            ..,
        ] = cells
        else {
            return None;
        };
        id.parse::<u64>().ok()?;
        let population = if population.is_empty() { 0 } else { population.parse().ok()? };
        (cells.len() == COLUMNS && !name.is_empty()).then_some(Place {
            id,
            name,
            ascii,
            alternates,
            latitude,
            longitude,
            class,
            code,
            country,
            population,
        })
    }

    fn is_wanted(&self, options: &GeoNames) -> bool {
        let class = !self.class.is_empty() && options.classes.contains(self.class);
        let country = options.countries.is_empty() || options.countries.iter().any(|c| c == self.country);
        // Former places keep their records, with codes that end in H.
        let former = self.code.ends_with('H') && matches!(self.class, "A" | "P");
        let large = self.class != "P" || self.population >= options.min_population;
        class && country && large && !former && is_usable(self.name)
    }

    fn subtype(&self) -> &'static str {
        match (self.class, self.code) {
            ("A", code) if code.starts_with("PCL") => "country",
            ("A", "ADM1") => "region",
            ("A", _) => "district",
            ("P", "PPLC") => "capital",
            ("P", _) => "city",
            ("H", _) => "water",
            ("T", _) => "mountain",
            _ => "area",
        }
    }

    fn write<W: Write>(&self, list: &mut ListWriter<W>, options: &GeoNames) -> io::Result<()> {
        let id = format!("geonames:{}", self.id);
        let prior = self.population.min(u64::from(u32::MAX)).to_string();
        let mut forms = vec![self.name];
        if fold(self.ascii) != fold(self.name) && is_usable(self.ascii) {
            forms.push(self.ascii);
        }
        let row = Out {
            entity_id: &id,
            kind: "place",
            subtype: self.subtype(),
            name: self.name,
            country: self.country,
            prior: &prior,
            ..Out::default()
        };
        let own = [self.latitude, self.longitude];
        list.row(Out { alias: &forms.join("|"), ..row }, &own)?;
        let mut alternates: Vec<&str> = Vec::new();
        if self.population >= options.alternates_from {
            let mut known: Vec<String> = forms.iter().map(|f| fold(f)).collect();
            for form in self.alternates.split(',').map(str::trim).filter(|f| is_usable(f) && !is_code(f)) {
                let folded = fold(form);
                if !known.contains(&folded) {
                    known.push(folded);
                    alternates.push(form);
                }
            }
        }
        if alternates.is_empty() {
            return Ok(());
        }
        list.row(Out { alias: &alternates.join("|"), flags: "variant", ..row }, &own)
    }
}

/// Codes of airports and the like among the alternate names.
fn is_code(form: &str) -> bool {
    form.len() <= 4 && form.chars().all(|c| !c.is_lowercase())
}
