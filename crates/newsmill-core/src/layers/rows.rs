//! A ready-made layer whose columns are known only when a stage is built.

use crate::document::Doc;
use crate::layer::{Layer, Table};
use crate::reduce::Cell;
use crate::span::Span;
use crate::table::{RowWriter, Schema};

/// A cell of [`Rows`].
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A value that isn't a place.
    Cell(Cell),
    /// A place in the article.
    Span(Span),
}

/// Rows of cells. The stage claims it with `cx.write_with_schema` and pushes rows of that schema.
#[derive(Debug, Default)]
pub struct Rows {
    cells: Vec<Value>,
    width: usize,
    rows: usize,
}

impl Rows {
    /// Appends a row. All rows of an article must have the schema's width.
    pub fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        let before = self.cells.len();
        self.cells.extend(row);
        self.width = self.cells.len() - before;
        self.rows += 1;
    }

    /// The cells, row by row.
    pub fn iter(&self) -> impl Iterator<Item = &[Value]> {
        self.cells.chunks(self.width.max(1))
    }
}

impl Layer for Rows {
    fn clear(&mut self) {
        self.cells.clear();
        self.rows = 0;
    }

    fn len(&self) -> usize {
        self.rows
    }

    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        if self.cells.len() != self.width * self.rows {
            return Err("rows of different width".to_owned());
        }
        let bad =
            self.cells.iter().find(|v| matches!(v, Value::Span(s) if doc.text().get(s.range()).is_none()));
        bad.map_or(Ok(()), |v| Err(format!("{v:?} isn't a place in the text")))
    }
}

impl Table for Rows {
    fn schema() -> Schema {
        Schema::default()
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for row in self.iter() {
            for value in row {
                match value {
                    Value::Span(s) => out.span(*s),
                    Value::Cell(Cell::Absent) => out.absent(),
                    Value::Cell(Cell::Text(s)) => out.text(s),
                    Value::Cell(Cell::Int(n)) => out.int(*n),
                    Value::Cell(Cell::Float(x)) => out.float(*x),
                    Value::Cell(Cell::Bool(b)) => out.bool(*b),
                }
            }
            out.end_row();
        }
    }
}
