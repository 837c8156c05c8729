//! GeoNames dumps (`allCountries.txt`, `cities15000.txt`, `XX.txt`): tab-separated, without a header.

mod side;

use std::io::{self, BufRead, Write};

use newsmill_core::fold::fold;

pub use side::{AlternateName, AlternateNames, Regions, SideFiles};

use super::{ListWriter, Out, Report, is_usable};

/// Which places, and which of their names.
#[derive(Clone, Debug)]
pub struct GeoNames {
    /// Feature classes to take: `A` countries and regions, `P` settlements, `H` waters, `T` mountains, `L` areas.
    pub classes: String,
    /// Smallest population of a settlement.
    pub min_population: u64,
    /// Smallest population of a place whose alternate names in the dump itself are taken: they are many, of any language and
    /// quality. Not asked if there are [`AlternateNames`].
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

/// Columns of the list besides the known ones.
const OWN: [&str; 5] = ["population", "lat", "lon", "admin1", "admin2"];

/// Turns a dump into a list, with population, coordinates in degrees and the codes of the region and the county (`admin1`,
/// `admin2`, as in the list's entries for these) as columns of their own; with [`Regions`] the region's name, too (`admin1_name`).
///
/// # Errors
/// Reading or writing failed.
pub fn geonames(
    dump: impl BufRead,
    beside: &SideFiles,
    out: impl Write,
    options: &GeoNames,
) -> io::Result<Report> {
    let with_regions = !beside.regions.is_empty();
    let own: Vec<&str> = OWN.into_iter().chain(with_regions.then_some("admin1_name")).collect();
    let mut list = ListWriter::new(out, "geonames", &own)?;
    let mut report = Report::default();
    for (i, line) in dump.split(b'\n').enumerate() {
        let line = line?;
        let number = i as u64 + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if line.is_empty() {
            continue;
        }
        report.read += 1;
        let Ok(line) = std::str::from_utf8(line) else {
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
                place.write(&mut list, beside, options)?;
                report.written += 1;
            }
            Some(_) => {}
        }
    }
    list.finish()?;
    Ok(report)
}

struct Place<'a> {
    id: u64,
    name: &'a str,
    ascii: &'a str,
    alternates: &'a str,
    latitude: &'a str,
    longitude: &'a str,
    class: &'a str,
    code: &'a str,
    country: &'a str,
    admin1: &'a str,
    admin2: &'a str,
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
            admin1,
            admin2,
            _,
            _,
            population,
            ..,
        ] = cells
        else {
            return None;
        };
        let id = id.parse().ok()?;
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
            // What lies in no region has this code.
            admin1: if admin1 == "00" { "" } else { admin1 },
            admin2,
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
            ("A", "ADM2") => "county",
            ("A", _) => "district",
            ("P", "PPLC") => "capital",
            ("P", _) => "city",
            ("H", _) => "water",
            ("T", _) => "mountain",
            _ => "area",
        }
    }

    fn write<W: Write>(
        &self,
        list: &mut ListWriter<W>,
        beside: &SideFiles,
        options: &GeoNames,
    ) -> io::Result<()> {
        let id = format!("geonames:{}", self.id);
        let population = self.population.to_string();
        let prior = self.population.min(u64::from(u32::MAX)).to_string();
        let mut own = vec![population.as_str(), self.latitude, self.longitude, self.admin1, self.admin2];
        if !beside.regions.is_empty() {
            own.push(beside.regions.name(self.country, self.admin1));
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
        for (flags, forms) in self.forms(beside, options) {
            if !forms.is_empty() {
                list.row(Out { alias: &forms.join("|"), flags, ..row }, &own)?;
            }
        }
        Ok(())
    }

    /// The forms by their flags, each once.
    fn forms<'b>(&'b self, beside: &'b SideFiles, options: &GeoNames) -> [(&'static str, Vec<&'b str>); 3] {
        let mut forms = [("", vec![self.name]), ("variant", Vec::new()), ("abbr amb", Vec::new())];
        let mut known = vec![fold(self.name)];
        let mut add = |form: &'b str, flags: &str| {
            let folded = fold(form);
            if !known.contains(&folded) {
                known.push(folded);
                forms.iter_mut().filter(|(own, _)| *own == flags).for_each(|(_, same)| same.push(form));
            }
        };
        if is_usable(self.ascii) {
            add(self.ascii, "");
        }
        for name in beside.alternates.of(self.id) {
            add(&name.form, name.flags);
        }
        if beside.alternates.is_empty() && self.population >= options.alternates_from {
            let alternates = self.alternates.split(',').map(str::trim);
            alternates.filter(|f| is_usable(f) && !is_code(f)).for_each(|form| add(form, "variant"));
        }
        forms
    }
}

/// Codes of airports and the like among the alternate names.
fn is_code(form: &str) -> bool {
    form.len() <= 4 && form.chars().all(|c| !c.is_lowercase())
}
