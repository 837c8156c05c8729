//! `newsmill gazetteer import`: from the dumps of others to a list.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use newsmill_gazetteer::import::{self, GeoNames, Report, Table, Wikidata};

use super::Failure;
use crate::commands::{FAILED, USAGE};
use crate::ui;

/// Formats of dumps.
#[derive(Subcommand)]
pub(crate) enum Import {
    /// GeoNames: `allCountries.txt`, `cities15000.txt` and the like.
    Geonames {
        #[command(flatten)]
        streams: Streams,
        /// Feature classes: A countries and regions, P settlements, H waters, T mountains, L areas.
        #[arg(long, default_value = "AP")]
        classes: String,
        /// Smallest population of a settlement.
        #[arg(long, default_value_t = 1000)]
        min_population: u64,
        /// Smallest population of a place whose alternate names are taken.
        #[arg(long, default_value_t = 100_000)]
        alternates_from: u64,
        /// ISO 3166 alpha-2 codes [default: all].
        #[arg(long, value_delimiter = ',')]
        countries: Vec<String>,
    },
    /// Wikidata: the JSON dump, an entity a line.
    Wikidata {
        #[command(flatten)]
        streams: Streams,
        /// Classes and what they are, Q515=place:city [default: some forty, see rules/wikidata_classes.csv].
        #[arg(long, value_delimiter = ',', value_parser = class)]
        classes: Vec<(String, (String, String))>,
        /// Languages of names, the best first.
        #[arg(long, value_delimiter = ',', default_value = "en")]
        languages: Vec<String>,
        /// Fewest sites that have an article on an item.
        #[arg(long, default_value_t = 0)]
        min_sitelinks: usize,
    },
    /// A CSV or TSV table with other headers.
    Table {
        #[command(flatten)]
        streams: Streams,
        /// Columns of the list and what the table calls them, name=canonical.
        #[arg(long, value_delimiter = ',', value_parser = pair)]
        columns: Vec<(String, String)>,
        /// Columns of the list that have the same value everywhere, type=ship.
        #[arg(long, value_delimiter = ',', value_parser = pair)]
        constants: Vec<(String, String)>,
        /// What stands between the forms in the table, if not a bar.
        #[arg(long)]
        alias_separator: Option<String>,
        /// The table is tab-separated.
        #[arg(long)]
        tabs: bool,
    },
}

/// From where to where.
#[derive(Args)]
pub(crate) struct Streams {
    /// The dump, unpacked; `-` reads standard input.
    dump: PathBuf,
    /// The list to write (.csv).
    out: PathBuf,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (left, right) = text.split_once('=').ok_or("write it as LEFT=RIGHT")?;
    Ok((left.to_owned(), right.to_owned()))
}

fn class(text: &str) -> Result<(String, (String, String)), String> {
    let (class, kind) = pair(text)?;
    let (kind, subtype) = kind.split_once(':').unwrap_or((kind.as_str(), ""));
    Ok((class, (kind.to_owned(), subtype.to_owned())))
}

pub(super) fn import(command: &Import) -> Result<u8, Failure> {
    match command {
        Import::Geonames { streams, classes, min_population, alternates_from, countries } => {
            let options = GeoNames {
                classes: classes.clone(),
                min_population: *min_population,
                alternates_from: *alternates_from,
                countries: countries.clone(),
            };
            run(streams, |dump, out| import::geonames(dump, out, &options))
        }
        Import::Wikidata { streams, classes, languages, min_sitelinks } => {
            let mut options = Wikidata { min_sitelinks: *min_sitelinks, ..Wikidata::default() };
            options.languages.clone_from(languages);
            if !classes.is_empty() {
                options.classes = classes.iter().cloned().collect();
            }
            run(streams, |dump, out| import::wikidata(dump, out, &options))
        }
        Import::Table { streams, columns, constants, alias_separator, tabs } => {
            let options = Table {
                delimiter: if *tabs { b'\t' } else { b',' },
                columns: columns.clone(),
                constants: constants.clone(),
                alias_separator: alias_separator.clone(),
            };
            run(streams, |dump, out| import::table(dump, out, &options))
        }
    }
}

fn run(
    streams: &Streams,
    import: impl FnOnce(Box<dyn BufRead>, &mut dyn Write) -> io::Result<Report>,
) -> Result<u8, Failure> {
    let Streams { dump, out } = streams;
    let input = open(dump).map_err(|e| (USAGE, format!("can't read {}: {e}", dump.display())))?;
    let told = |e: io::Error| (FAILED, format!("can't write {}: {e}", out.display()));
    let mut file = BufWriter::new(File::create(out).map_err(told)?);
    let report =
        import(input, &mut file).map_err(|e| (FAILED, format!("import of {}: {e}", dump.display())))?;
    file.flush().map_err(told)?;
    for (line, reason) in &report.examples {
        ui::note(&format!("warning: {}:{line}: {reason}; left out", dump.display()));
    }
    let [read, written, malformed] = [report.read, report.written, report.malformed].map(ui::grouped);
    Ok(ui::print(&format!(
        "{}: {written} entities of {read} records, {malformed} malformed\n",
        out.display()
    )))
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 20, File::open(path)?)))
}
