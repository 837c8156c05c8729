//! The sink: options, files, and rows put together from a table and its extensions.

use newsmill_core::Article;
use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Doc;
use newsmill_core::handle::ReadTable;
use newsmill_core::reduce::{ReducedRow, ReducedRows};
use newsmill_core::sink::{OutputFile, OutputKind, Sink};
use newsmill_core::span::Span;
use newsmill_core::table::{Column, RowWriter, Schema};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::cells::{Cells, Lead, Style, push_text};
use crate::columns::{names_of, width_of};

/// Options of the sink.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Name of the layer to write.
    table: String,
    /// File in the output directory. Default: the table's name with the format's ending.
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
    header: Vec<String>,
    table: Part,
    extensions: Vec<Part>,
    /// Columns of the run-level table, if it is one.
    reduced: Option<Schema>,
}

/// A layer that gives columns to the file.
struct Part {
    layer: ReadTable,
    columns: Vec<Column>,
    /// Flat columns.
    width: usize,
}

/// Memory for rows that are put together from several layers.
#[derive(Default)]
pub struct Scratch {
    id: Vec<u8>,
    /// Cells of each layer, with the ends of its rows.
    parts: Vec<(Vec<u8>, Vec<usize>)>,
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
        let layer = cx.read_any(&options.table).map_err(|e| e.at("/table"))?;
        let extensions = cx.extensions(&layer);
        let part = |layer: ReadTable, cx: &BuildContext<'_>| {
            let columns = cx.schema(&layer).columns.clone();
            Part { layer, width: columns.iter().map(width_of).sum(), columns }
        };
        let reduced = cx.schema(&layer).is_reduced();
        let table = part(layer, cx);
        let extensions =
            extensions.into_iter().map(|e| part(e, cx)).filter(|e| e.width > 0).collect::<Vec<_>>();
        if table.width == 0 {
            return Err(BuildError::new(format!("the layer `{}` has no columns", options.table)).at("/table"));
        }
        if options.file.as_deref().is_some_and(|f| f.ends_with('/') || f.ends_with(".partial")) {
            return Err(BuildError::new("`file` must be a file's name, and not one that ends in `.partial`")
                .help("unfinished files are called so; choose another name")
                .at("/file"));
        }
        let ending = if options.format == Format::Tsv { "tsv" } else { "csv" };
        let style = Style { delimiter, unit: cx.offsets() };
        let reduced = reduced.then(|| {
            let columns = [&table].into_iter().chain(&extensions).flat_map(|p| p.columns.clone());
            Schema::new(columns.collect::<Vec<_>>())
        });
        Ok(Csv {
            file: options.file.unwrap_or_else(|| format!("{}.{ending}", options.table)),
            bom: options.bom,
            header: header(&table, &extensions, style, reduced.is_some()),
            style,
            table,
            extensions,
            reduced,
        })
    }

    fn outputs(&self) -> Vec<OutputFile> {
        let kind = match &self.reduced {
            Some(schema) => OutputKind::Reduced(schema.clone()),
            None => OutputKind::Appended,
        };
        vec![OutputFile { name: self.file.clone(), kind }]
    }

    fn header(&self, _index: usize, buf: &mut Vec<u8>) {
        if self.bom {
            buf.extend_from_slice("\u{FEFF}".as_bytes());
        }
        for (i, name) in self.header.iter().enumerate() {
            if i > 0 {
                buf.push(self.style.delimiter);
            }
            push_text(buf, name, self.style.delimiter);
        }
        buf.push(b'\n');
    }

    fn encode(&self, doc: Doc<'_>, buffers: &mut [Vec<u8>], scratch: &mut Scratch) {
        let Some(buf) = buffers.first_mut() else { return };
        if self.reduced.is_some() {
            return self.encode_for_reduce(doc, buf, scratch);
        }
        scratch.id.clear();
        push_text(&mut scratch.id, doc.id(), self.style.delimiter);
        if self.extensions.is_empty() {
            let lead = Lead::Cell(&scratch.id);
            let (columns, mut ends) = (&self.table.columns, Vec::new());
            doc.table(&self.table.layer)
                .rows(doc, &mut Cells::new(doc, self.style, columns, lead, buf, &mut ends));
            return;
        }
        self.each_part(scratch, |part, bytes, ends| {
            let mut cells = Cells::new(doc, self.style, &part.columns, Lead::Nothing, bytes, ends);
            doc.table(&part.layer).rows(doc, &mut cells);
        });
        self.join(scratch, buf);
    }

    fn encode_reduced(&self, _index: usize, row: &ReducedRow, buf: &mut Vec<u8>) {
        let Some(schema) = &self.reduced else { return };
        let nowhere = Article::default();
        let mut ends = Vec::new();
        let doc = Doc::bare(&nowhere);
        let mut cells = Cells::new(doc, self.style, &[], Lead::Nothing, buf, &mut ends);
        row.write(schema, &mut cells);
        buf.push(b'\n');
    }
}

impl Csv {
    fn parts(&self) -> impl Iterator<Item = &Part> {
        [&self.table].into_iter().chain(&self.extensions)
    }

    /// Has the rows of every layer written to a buffer of its own.
    fn each_part(&self, scratch: &mut Scratch, mut write: impl FnMut(&Part, &mut Vec<u8>, &mut Vec<usize>)) {
        scratch.parts.resize_with(1 + self.extensions.len(), Default::default);
        for (part, (bytes, ends)) in self.parts().zip(&mut scratch.parts) {
            bytes.clear();
            ends.clear();
            write(part, bytes, ends);
        }
    }

    /// Puts rows together. The table decides how many there are; where an extension has none (its stage failed on the
    /// article and the config says to keep it) its cells stay empty.
    fn join(&self, scratch: &Scratch, buf: &mut Vec<u8>) {
        for row in 0..scratch.parts[0].1.len() {
            buf.extend_from_slice(&scratch.id);
            for (part, (bytes, ends)) in self.parts().zip(&scratch.parts) {
                buf.push(self.style.delimiter);
                match row_of(bytes, ends, row) {
                    Some(cells) => buf.extend_from_slice(cells),
                    None => {
                        buf.extend(std::iter::repeat_n(self.style.delimiter, part.width.saturating_sub(1)))
                    }
                }
            }
            buf.push(b'\n');
        }
    }

    fn encode_for_reduce(&self, doc: Doc<'_>, buf: &mut Vec<u8>, scratch: &mut Scratch) {
        if self.extensions.is_empty() {
            return doc.table(&self.table.layer).rows(doc, &mut ReducedRows::new(doc, buf));
        }
        self.each_part(scratch, |part, bytes, ends| {
            let mut rows = Ended { doc, bytes, ends };
            doc.table(&part.layer).rows(doc, &mut rows);
        });
        for row in 0..scratch.parts[0].1.len() {
            for (part, (bytes, ends)) in self.parts().zip(&scratch.parts) {
                match row_of(bytes, ends, row) {
                    Some(cells) => buf.extend_from_slice(cells),
                    None => (0..part.columns.len()).for_each(|_| ReducedRows::new(doc, buf).absent()),
                }
            }
        }
    }
}

/// The bytes of one row.
fn row_of<'a>(bytes: &'a [u8], ends: &[usize], row: usize) -> Option<&'a [u8]> {
    let end = *ends.get(row)?;
    let start = if row == 0 { 0 } else { ends[row - 1] };
    bytes.get(start..end)
}

/// [`ReducedRows`] that note where each row ends.
struct Ended<'a> {
    doc: Doc<'a>,
    bytes: &'a mut Vec<u8>,
    ends: &'a mut Vec<usize>,
}

impl Ended<'_> {
    fn rows(&mut self) -> ReducedRows<'_> {
        ReducedRows::new(self.doc, self.bytes)
    }
}

impl RowWriter for Ended<'_> {
    fn text(&mut self, value: &str) {
        self.rows().text(value);
    }
    fn int(&mut self, value: u64) {
        self.rows().int(value);
    }
    fn float(&mut self, value: f32) {
        self.rows().float(value);
    }
    fn bool(&mut self, value: bool) {
        self.rows().bool(value);
    }
    fn span(&mut self, value: Span) {
        self.rows().span(value);
    }
    fn absent(&mut self) {
        self.rows().absent();
    }
    fn end_row(&mut self) {
        self.ends.push(self.bytes.len());
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

/// Column names, unique: one that an earlier layer has already is preceded by its own layer's name.
fn header(table: &Part, extensions: &[Part], style: Style, reduced: bool) -> Vec<String> {
    let mut all = if reduced { Vec::new() } else { vec!["article_id".to_owned()] };
    for part in [table].into_iter().chain(extensions) {
        let mut names = Vec::with_capacity(part.width);
        if reduced {
            // A run-level row has no article to point into: a span is one column, its text.
            names.extend(part.columns.iter().map(|c| c.name.to_string()));
        } else {
            part.columns.iter().for_each(|c| names_of(c, style.unit, &mut names));
        }
        for name in names {
            let taken = all.contains(&name);
            all.push(if taken { format!("{}_{name}", part.layer.name()) } else { name });
        }
    }
    all
}
