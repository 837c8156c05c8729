//! The sink: options, the file, its header and rows.

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Doc;
use newsmill_core::flat::{FlatScratch, FlatTable};
use newsmill_core::reduce::ReducedRow;
use newsmill_core::sink::{OutputFile, Sink, file_name};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cells::{Cells, Style, push_text};

/// Options of the sink.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Name of the layer to write.
    table: String,
    /// File in the output directory. Default: the table's name with the format's ending. With `.gz` or `.zst` at its
    /// end it is compressed.
    #[serde(default)]
    file: Option<String>,
    /// Delimiter and ending of the file.
    #[serde(default)]
    format: Format,
    /// Begin the file with a UTF-8 byte order mark, as Excel wants it.
    #[serde(default)]
    bom: bool,
    /// One ASCII character between cells, in place of the format's own.
    #[serde(default)]
    delimiter: Option<String>,
    /// Put an apostrophe before texts that a spreadsheet would take for a formula: those that begin with `=`, `+`, `-`,
    /// `@`, a tab or a carriage return.
    #[serde(default)]
    neutralize_formulas: bool,
    /// Add the columns `before` and `after` with so many characters around the row's place.
    #[serde(default)]
    context: u32,
}

/// The flavour of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Commas.
    #[default]
    Csv,
    /// Tabs; quoted like CSV.
    Tsv,
}

/// Writes one table to one file.
pub struct Csv {
    file: String,
    bom: bool,
    style: Style,
    table: FlatTable,
}

/// Per-worker memory.
#[derive(Default)]
pub struct Scratch {
    id: Vec<u8>,
    rows: FlatScratch,
}

impl Sink for Csv {
    const KIND: &'static str = "csv";
    const ABOUT: &'static str = "writes a table as CSV or TSV";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "table": "articles", "file": "articles.csv" }"#;
    type Config = Options;
    type Scratch = Scratch;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let delimiter = delimiter(&options)?;
        let table = FlatTable::build(&options.table, options.context, cx)?;
        let ending = if options.format == Format::Tsv { "tsv" } else { "csv" };
        let style = Style { delimiter, neutralize: options.neutralize_formulas };
        Ok(Csv { file: file_name(options.file, &options.table, ending)?, bom: options.bom, style, table })
    }

    fn outputs(&self) -> Vec<OutputFile> {
        vec![OutputFile::new(self.file.clone(), self.table.output_kind())]
    }

    fn header(&self, _index: usize, buf: &mut Vec<u8>) {
        if self.bom {
            buf.extend_from_slice("\u{FEFF}".as_bytes());
        }
        let id = (!self.table.is_reduced()).then_some("article_id");
        let names = id.into_iter().chain(self.table.columns().iter().map(|c| c.name.as_str()));
        for (i, name) in names.enumerate() {
            if i > 0 {
                buf.push(self.style.delimiter);
            }
            push_text(buf, name, self.style.delimiter);
        }
        buf.push(b'\n');
    }

    fn encode(&self, doc: Doc<'_>, buffers: &mut [Vec<u8>], scratch: &mut Scratch) {
        let Some(buf) = buffers.first_mut() else { return };
        if self.table.is_reduced() {
            return self.table.encode_for_reduce(doc, &mut scratch.rows, buf);
        }
        scratch.id.clear();
        self.style.push_cell(&mut scratch.id, doc.id());
        scratch.id.push(self.style.delimiter);
        self.table.rows(doc, &mut scratch.rows, &mut Cells::new(self.style, &scratch.id, buf));
    }

    fn encode_reduced(&self, _index: usize, row: &ReducedRow, buf: &mut Vec<u8>) {
        self.table.reduced_row(row, &mut Cells::new(self.style, &[], buf));
    }
}

fn delimiter(options: &Options) -> Result<u8, BuildError> {
    let Some(text) = &options.delimiter else {
        return Ok(if options.format == Format::Tsv { b'\t' } else { b',' });
    };
    match text.as_bytes() {
        [b] if b.is_ascii() && !matches!(b, b'"' | b'\n' | b'\r' | b'.') && !b.is_ascii_alphanumeric() => {
            Ok(*b)
        }
        _ => Err(BuildError::new(format!("the delimiter {text:?} can't stand between cells"))
            .help("use one ASCII character such as \",\", \";\", \"|\" or \"\\t\"")
            .at("/delimiter")),
    }
}
