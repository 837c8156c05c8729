//! Any layer as rows of text cells, with what is wrong about the rows.

use newsmill_core::layer::AnyTable;
use newsmill_core::prelude::*;

/// A layer's rows as text, one cell a column of its schema; absent cells are empty, a span shows the text under it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextTable {
    /// Names of the columns; an unnamed span column is called `text`.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// Reads a layer as text.
///
/// # Errors
/// The first row that isn't one of the schema: number or kind of cells, a span outside the text, a number that isn't
/// finite, another count of rows than announced.
pub fn read(layer: &dyn AnyTable, schema: &Schema, doc: Doc<'_>) -> Result<TextTable, String> {
    let mut reader = Reader { doc, schema, rows: Vec::new(), row: Vec::new(), fault: None };
    layer.rows(doc, &mut reader);
    let Reader { rows, row, fault, .. } = reader;
    if let Some(fault) = fault {
        return Err(fault);
    }
    if !row.is_empty() {
        return Err(format!("the last row has {} cells and no end", row.len()));
    }
    if rows.len() != layer.row_count() {
        return Err(format!("{} rows, but row_count() says {}", rows.len(), layer.row_count()));
    }
    Ok(TextTable { columns: column_names(schema), rows })
}

fn column_names(schema: &Schema) -> Vec<String> {
    let name = |c: &Column| match c.kind {
        ColumnKind::Span(SpanStyle::Full | SpanStyle::Bare) => "text".to_owned(),
        ColumnKind::Span(SpanStyle::Place) => "place".to_owned(),
        _ => c.name.to_string(),
    };
    schema.columns.iter().map(name).collect()
}

struct Reader<'a> {
    doc: Doc<'a>,
    schema: &'a Schema,
    rows: Vec<Vec<String>>,
    row: Vec<String>,
    fault: Option<String>,
}

impl Reader<'_> {
    fn cell(&mut self, value: String, kind: &str, fits: impl Fn(ColumnKind) -> bool) {
        let column = self.schema.columns.get(self.row.len());
        let fault = match column {
            None => Some(format!("a {} cell after the last of {} columns", kind, self.schema.columns.len())),
            Some(c) if !fits(c.kind) => Some(format!("a {kind} cell in column `{}` ({:?})", c.name, c.kind)),
            Some(_) => None,
        };
        if let Some(fault) = fault {
            self.report(fault);
        }
        self.row.push(value);
    }

    fn report(&mut self, fault: String) {
        let row = self.rows.len();
        self.fault.get_or_insert_with(|| format!("row {row}: {fault}"));
    }
}

impl RowWriter for Reader<'_> {
    fn text(&mut self, value: &str) {
        self.cell(value.to_owned(), "text", |k| k == ColumnKind::Text);
    }
    fn int(&mut self, value: u64) {
        self.cell(value.to_string(), "int", |k| k == ColumnKind::Int);
    }
    fn float(&mut self, value: f32) {
        if !value.is_finite() {
            self.report(format!("{value} isn't a finite number"));
        }
        self.cell(value.to_string(), "float", |k| k == ColumnKind::Float);
    }
    fn bool(&mut self, value: bool) {
        self.cell(value.to_string(), "bool", |k| k == ColumnKind::Bool);
    }
    fn span(&mut self, value: Span) {
        let text = self.doc.text().get(value.range());
        if text.is_none() {
            self.report(format!("{value:?} isn't a place on character boundaries of the text"));
        }
        self.cell(text.unwrap_or_default().to_owned(), "span", |k| matches!(k, ColumnKind::Span(_)));
    }
    fn absent(&mut self) {
        self.cell(String::new(), "absent", |_| true);
    }
    fn end_row(&mut self) {
        if self.row.len() < self.schema.columns.len() {
            self.report(format!("{} cells for {} columns", self.row.len(), self.schema.columns.len()));
        }
        self.rows.push(std::mem::take(&mut self.row));
    }
}
