//! The sink: options, and an article's rows in the internal form.

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Doc;
use newsmill_core::flat::{Cells, FlatColumn, FlatKind, FlatScratch, FlatTable};
use newsmill_core::reduce::{CellRef, ReducedRow};
use newsmill_core::sink::{OutputFile, Sink, file_name};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::file::File;

/// Options of the sink.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Name of the layer to write.
    table: String,
    /// File in the output directory. Default: the table's name with `.parquet`.
    #[serde(default)]
    file: Option<String>,
    /// Add the columns `before` and `after` with so many characters around the row's place.
    #[serde(default)]
    context: u32,
}

/// Writes one table to one file.
pub struct Parquet {
    file: String,
    table: FlatTable,
    container: File,
}

impl Sink for Parquet {
    const KIND: &'static str = "parquet";
    const ABOUT: &'static str = "writes a table as Parquet, compressed with Zstandard";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "table": "articles", "file": "articles.parquet" }"#;
    type Config = Options;
    type Scratch = FlatScratch;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let table = FlatTable::build(&options.table, options.context, cx)?;
        let mut columns = table.columns().to_vec();
        if !table.is_reduced() {
            columns.insert(0, FlatColumn { name: "article_id".to_owned(), kind: FlatKind::Text });
        }
        let container = File::new(&columns).map_err(BuildError::new)?;
        Ok(Parquet { file: file_name(options.file, &options.table, "parquet")?, table, container })
    }

    fn outputs(&self) -> Vec<OutputFile> {
        let file = OutputFile::new(self.file.clone(), self.table.output_kind());
        vec![file.in_container(self.container.clone())]
    }

    fn header(&self, _index: usize, _buf: &mut Vec<u8>) {}

    fn encode(&self, doc: Doc<'_>, buffers: &mut [Vec<u8>], scratch: &mut FlatScratch) {
        let Some(buf) = buffers.first_mut() else { return };
        if self.table.is_reduced() {
            return self.table.encode_for_reduce(doc, scratch, buf);
        }
        self.table.rows(doc, scratch, &mut Row { id: Some(doc.id()), begun: false, buf });
    }

    fn encode_reduced(&self, _index: usize, row: &ReducedRow, buf: &mut Vec<u8>) {
        self.table.reduced_row(row, &mut Row { id: None, begun: false, buf });
    }
}

/// Writes rows in the internal form, each with the article's id first.
struct Row<'a> {
    id: Option<&'a str>,
    begun: bool,
    buf: &'a mut Vec<u8>,
}

impl Row<'_> {
    fn cell(&mut self, cell: CellRef<'_>) {
        if let Some(id) = self.id.filter(|_| !self.begun) {
            CellRef::Text(id).append_to(self.buf);
        }
        self.begun = true;
        cell.append_to(self.buf);
    }
}

impl Cells for Row<'_> {
    fn text(&mut self, value: &str) {
        self.cell(if value.is_empty() { CellRef::Absent } else { CellRef::Text(value) });
    }
    fn int(&mut self, value: u64) {
        self.cell(CellRef::Int(value));
    }
    fn float(&mut self, value: f32) {
        self.cell(CellRef::Float(value));
    }
    fn bool(&mut self, value: bool) {
        self.cell(CellRef::Bool(value));
    }
    fn absent(&mut self) {
        self.cell(CellRef::Absent);
    }
    fn end_row(&mut self) {
        self.begun = false;
    }
}
