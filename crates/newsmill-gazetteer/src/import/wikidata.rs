//! Wikidata's JSON dumps: an array with an entity a line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ListWriter, Out, Report, is_usable};

/// Which items, and their names in which languages.
#[derive(Clone, Debug)]
pub struct Wikidata {
    /// Classes (`Q5`) and what they are: type and subtype. The first class of an item that is here decides.
    pub classes: BTreeMap<String, (String, String)>,
    /// Languages of names, the best first: the first that an item has gives its canonical name.
    pub languages: Vec<String>,
    /// Fewest sites that have an article on an item.
    pub min_sitelinks: usize,
}

impl Default for Wikidata {
    /// The classes of `rules/wikidata_classes.csv`, in English.
    fn default() -> Self {
        Wikidata { classes: default_classes(), languages: vec!["en".to_owned()], min_sitelinks: 0 }
    }
}

fn default_classes() -> BTreeMap<String, (String, String)> {
    let rules = include_str!("../../rules/wikidata_classes.csv");
    let cells = |line: &'static str| {
        let mut cells = line.split(',').map(str::to_owned);
        Some((cells.next()?, (cells.next()?, cells.next()?)))
    };
    rules.lines().filter(|line| line.starts_with('Q')).filter_map(cells).collect()
}

#[derive(Deserialize)]
struct Item<'a> {
    id: &'a str,
    #[serde(borrow, default)]
    labels: Option<&'a RawValue>,
    #[serde(borrow, default)]
    descriptions: Option<&'a RawValue>,
    #[serde(borrow, default)]
    aliases: Option<&'a RawValue>,
    #[serde(borrow, default)]
    claims: Option<&'a RawValue>,
    #[serde(borrow, default)]
    sitelinks: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Text<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(rename = "P31", borrow, default)]
    class: Vec<Statement<'a>>,
    #[serde(rename = "P21", borrow, default)]
    gender: Vec<Statement<'a>>,
    #[serde(rename = "P625", borrow, default)]
    place: Vec<Statement<'a>>,
    #[serde(rename = "P1082", borrow, default)]
    population: Vec<Statement<'a>>,
}

#[derive(Deserialize)]
struct Statement<'a> {
    #[serde(borrow)]
    mainsnak: Snak<'a>,
    #[serde(borrow, default)]
    rank: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Snak<'a> {
    #[serde(borrow, default)]
    datavalue: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Value<T> {
    value: T,
}

#[derive(Deserialize)]
struct ItemId<'a> {
    id: &'a str,
}

#[derive(Deserialize)]
struct Coordinates {
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize)]
struct Quantity<'a> {
    amount: &'a str,
}

/// Columns of the list besides the known ones.
const OWN: [&str; 5] = ["gender", "description", "population", "lat", "lon"];

/// Turns a dump into a list. Coordinates are in degrees; the population is that of the best rank, the last of several.
///
/// # Errors
/// Reading or writing failed.
pub fn wikidata(mut dump: impl BufRead, out: impl Write, options: &Wikidata) -> io::Result<Report> {
    let mut list = ListWriter::new(out, "wikidata", &OWN)?;
    let mut report = Report::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if dump.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let json = line.trim_ascii().strip_suffix(b",").unwrap_or(line.trim_ascii());
        if matches!(json, b"" | b"[" | b"]") {
            continue;
        }
        report.read += 1;
        match serde_json::from_slice::<Item<'_>>(json) {
            Err(e) => report.malformed(number, e.to_string()),
            Ok(item) => report.written += u64::from(write(&item, &mut list, options)?),
        }
    }
    list.finish()?;
    Ok(report)
}

/// Parts of an item that the dump leaves empty are arrays, not objects.
fn part<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

fn values<'a, T: Deserialize<'a>>(statements: &[Statement<'a>]) -> impl Iterator<Item = T> {
    statements.iter().filter_map(|s| Some(part::<Value<T>>(s.mainsnak.datavalue)?.value))
}

/// The last statement of the best rank.
fn best<'s, 'a>(statements: &'s [Statement<'a>]) -> &'s [Statement<'a>] {
    let at = statements.iter().rposition(|s| s.rank == "preferred");
    let at = at.or_else(|| statements.iter().rposition(|s| s.rank != "deprecated"));
    at.map_or(&[], |at| &statements[at..=at])
}

/// Whether the item is wanted, and was written.
fn write<W: Write>(item: &Item<'_>, list: &mut ListWriter<W>, options: &Wikidata) -> io::Result<bool> {
    let Some(claims) = part::<Claims<'_>>(item.claims) else { return Ok(false) };
    let Some((kind, subtype)) =
        values::<ItemId<'_>>(&claims.class).find_map(|class| options.classes.get(class.id))
    else {
        return Ok(false);
    };
    let sitelinks: BTreeMap<Cow<'_, str>, &RawValue> = part(item.sitelinks).unwrap_or_default();
    let labels: BTreeMap<Cow<'_, str>, Text<'_>> = part(item.labels).unwrap_or_default();
    let label = |language: &String| labels.get(language.as_str()).map(|t| t.value.as_ref());
    let Some(name) = options.languages.iter().find_map(label).filter(|name| is_usable(name)) else {
        return Ok(false);
    };
    if sitelinks.len() < options.min_sitelinks {
        return Ok(false);
    }
    let aliases: BTreeMap<Cow<'_, str>, Vec<Text<'_>>> = part(item.aliases).unwrap_or_default();
    let mut forms = vec![name];
    for language in &options.languages {
        let more = aliases.get(language.as_str()).into_iter().flatten().map(|t| t.value.as_ref());
        for form in label(language).into_iter().chain(more) {
            if is_usable(form) && !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    let descriptions: BTreeMap<Cow<'_, str>, Text<'_>> = part(item.descriptions).unwrap_or_default();
    let description = options.languages.iter().find_map(|l| descriptions.get(l.as_str()));
    let gender = values::<ItemId<'_>>(&claims.gender).find_map(|value| match value.id {
        "Q6581097" => Some("m"),
        "Q6581072" => Some("f"),
        _ => None,
    });
    let row = Out {
        entity_id: &format!("wikidata:{}", item.id),
        kind,
        subtype,
        name,
        alias: &forms.join("|"),
        prior: &sitelinks.len().to_string(),
        ..Out::default()
    };
    let population = values::<Quantity<'_>>(best(&claims.population)).next();
    let place = values::<Coordinates>(best(&claims.place)).next();
    let [lat, lon] =
        place.map_or_else(Default::default, |p| [p.latitude, p.longitude].map(|d| d.to_string()));
    let own = [
        gender.unwrap_or_default(),
        description.map_or("", |t| t.value.as_ref()),
        population.as_ref().map_or("", |p| p.amount.trim_start_matches('+')),
        &lat,
        &lon,
    ];
    list.row(row, &own)?;
    Ok(true)
}
