//! `newsmill gazetteer import`: from the dumps of others to a list.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use newsmill_gazetteer::import::{
    self, AlternateNames, GeoNames, Regions, Report, SideFiles, Table, Wikidata,
};

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
        /// Smallest population of a place whose alternate names in the dump itself are taken (any language and quality).
        #[arg(long, default_value_t = 100_000)]
        alternates_from: u64,
        /// `alternateNamesV2.txt`, instead of the alternate names in the dump.
        #[arg(long, value_name = "FILE")]
        alternate_names: Option<PathBuf>,
        /// Languages of the names to take from `alternateNamesV2.txt`.
        #[arg(long, value_delimiter = ',', default_value = "en")]
        languages: Vec<String>,
        /// `admin1CodesASCII.txt`: names of regions, for the column `admin1_name`.
        #[arg(long, value_name = "FILE")]
        admin1: Option<PathBuf>,
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
    /// The dump, plain or as .gz, .bz2 or .zst; `-` reads standard input.
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
        Import::Geonames {
            streams,
            classes,
            min_population,
            alternates_from,
            alternate_names,
            languages,
            admin1,
            countries,
        } => {
            let options = GeoNames {
                classes: classes.clone(),
                min_population: *min_population,
                alternates_from: *alternates_from,
                countries: countries.clone(),
            };
            let alternates = beside(alternate_names, |file| AlternateNames::read(file, languages))?;
            let beside = SideFiles { alternates, regions: beside(admin1, Regions::read)? };
            run(streams, |dump, out| import::geonames(dump, &beside, out, &options))
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

/// A file beside a dump, if there is one.
fn beside<T: Default>(
    path: &Option<PathBuf>,
    read: impl FnOnce(Box<dyn BufRead>) -> io::Result<T>,
) -> Result<T, Failure> {
    let Some(path) = path else { return Ok(T::default()) };
    open(path).and_then(read).map_err(|e| (USAGE, format!("can't read {}: {e}", path.display())))
}

fn run(
    streams: &Streams,
    import: impl FnOnce(Box<dyn BufRead>, &mut dyn Write) -> io::Result<Report>,
) -> Result<u8, Failure> {
    let Streams { dump, out } = streams;
    let input = open(dump).map_err(|e| (USAGE, format!("can't read {}: {e}", dump.display())))?;
    let part = super::part_of(out);
    let told = |e: io::Error| (FAILED, format!("can't write {}: {e}", out.display()));
    let mut file = BufWriter::new(File::create(&part).map_err(told)?);
    let report = import(input, &mut file).map_err(|e| {
        let _ = std::fs::remove_file(&part);
        (FAILED, format!("import of {}: {e}", dump.display()))
    })?;
    file.flush().and_then(|()| std::fs::rename(&part, out)).map_err(told)?;
    for (line, reason) in &report.examples {
        ui::note(&format!("warning: {}:{line}: {reason}; left out", dump.display()));
    }
    let [read, written, malformed] = [report.read, report.written, report.malformed].map(ui::grouped);
    Ok(ui::print(&format!(
        "{}: {written} entities of {read} records, {malformed} malformed\n",
        out.display()
    )))
}

/// Bytes that are read and decompressed at a time.
const BUFFER: usize = 1 << 20;

/// A dump as it is unpacked, by its first bytes.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut packed: Box<dyn BufRead> = match path.as_os_str() == "-" {
        true => Box::new(BufReader::with_capacity(BUFFER, io::stdin())),
        false => Box::new(BufReader::with_capacity(BUFFER, File::open(path)?)),
    };
    let unpacked: Box<dyn Read> = match packed.fill_buf()? {
        [0x1F, 0x8B, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(packed)),
        [b'B', b'Z', b'h', ..] => Box::new(bzip2::bufread::MultiBzDecoder::new(packed)),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
            // Dumps packed with `--long=31` say so; the memory is taken only if the file asks for it.
            decoder.window_log_max(31)?;
            Box::new(decoder)
        }
        [b'P', b'K', 3, 4, ..] => {
            let message = "it is a zip archive; pipe the file that is in it, for example \
                           `unzip -p allCountries.zip | newsmill gazetteer import geonames - places.csv`";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        _ => return Ok(packed),
    };
    Ok(Box::new(BufReader::with_capacity(BUFFER, unpacked)))
}
