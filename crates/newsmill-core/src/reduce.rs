//! Run-level tables: one row a key, folded over all articles.
//!
//! Workers append an article's rows in the compact form below to an internal file; at the end of the run the runner
//! folds the rows of each key together (first value in input order, sums) and has the sink encode the result, ordered
//! by key. Numbers are little endian; a text is its length in bytes (`u32`) and its bytes.

use crate::document::Doc;
use crate::span::Span;
use crate::table::{ColumnKind, Reduce, RowWriter, Schema};

/// A cell of a folded row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Absent,
    /// Text.
    Text(String),
    /// Whole number.
    Int(u64),
    /// Number.
    Float(f32),
    /// True or false.
    Bool(bool),
}

/// A row of a run-level table.
#[derive(Clone, Debug, PartialEq)]
pub struct ReducedRow {
    /// One cell a column of the schema.
    pub cells: Vec<Cell>,
}

const ABSENT: u8 = 0;
const TEXT: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const FALSE: u8 = 4;
const TRUE: u8 = 5;

/// Writes rows in the internal form, key first in every row.
pub struct ReducedRows<'a> {
    buf: &'a mut Vec<u8>,
    doc: Doc<'a>,
}

impl<'a> ReducedRows<'a> {
    /// Appends to `buf`.
    pub fn new(doc: Doc<'a>, buf: &'a mut Vec<u8>) -> Self {
        ReducedRows { buf, doc }
    }
}

impl RowWriter for ReducedRows<'_> {
    fn text(&mut self, value: &str) {
        self.buf.push(TEXT);
        self.buf.extend_from_slice(&(value.len() as u32).to_le_bytes());
        self.buf.extend_from_slice(value.as_bytes());
    }
    fn int(&mut self, value: u64) {
        self.buf.push(INT);
        self.buf.extend_from_slice(&value.to_le_bytes());
    }
    fn float(&mut self, value: f32) {
        self.buf.push(FLOAT);
        self.buf.extend_from_slice(&value.to_le_bytes());
    }
    fn bool(&mut self, value: bool) {
        self.buf.push(if value { TRUE } else { FALSE });
    }
    /// A run-level row has no article to point into, so a span stands for its text.
    fn span(&mut self, value: Span) {
        let text = self.doc.slice(value);
        self.text(text);
    }
    fn absent(&mut self) {
        self.buf.push(ABSENT);
    }
    fn end_row(&mut self) {}
}

impl ReducedRow {
    /// Reads one row of `schema` from the front of `bytes`; `None` at a clean end.
    ///
    /// # Errors
    /// The bytes aren't rows of this schema (the internal file is damaged).
    pub fn read(bytes: &mut &[u8], schema: &Schema) -> Result<Option<ReducedRow>, String> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let cells = schema.columns.iter().map(|_| read_cell(bytes)).collect::<Option<Vec<_>>>();
        cells.map(|cells| Some(ReducedRow { cells })).ok_or_else(|| "row is cut short".to_owned())
    }

    /// Folds a later row of the same key into this one.
    pub fn fold(&mut self, later: &ReducedRow, schema: &Schema) {
        for ((mine, theirs), column) in self.cells.iter_mut().zip(&later.cells).zip(&schema.columns) {
            match (column.reduce, &mut *mine, theirs) {
                (Some(Reduce::Sum), Cell::Int(a), Cell::Int(b)) => *a = a.saturating_add(*b),
                (Some(Reduce::First), mine @ Cell::Absent, theirs) => *mine = theirs.clone(),
                (Some(Reduce::First), Cell::Text(a), Cell::Text(b)) if a.is_empty() => a.push_str(b),
                _ => {}
            }
        }
    }

    /// The key's text, by which rows are ordered bytewise.
    pub fn key(&self, schema: &Schema) -> String {
        let at = schema.columns.iter().position(|c| c.reduce == Some(Reduce::Key)).unwrap_or(0);
        match self.cells.get(at) {
            Some(Cell::Text(s)) => s.clone(),
            Some(Cell::Int(n)) => n.to_string(),
            _ => String::new(),
        }
    }

    /// Hands the cells to a row writer.
    pub fn write(&self, schema: &Schema, out: &mut dyn RowWriter) {
        for (cell, column) in self.cells.iter().zip(&schema.columns) {
            match (cell, column.kind) {
                (Cell::Text(s), _) => out.text(s),
                (Cell::Int(n), ColumnKind::Text) => out.text(&n.to_string()),
                (Cell::Int(n), _) => out.int(*n),
                (Cell::Float(x), _) => out.float(*x),
                (Cell::Bool(b), _) => out.bool(*b),
                (Cell::Absent, _) => out.absent(),
            }
        }
        out.end_row();
    }

    /// The row in the internal form, for spilling.
    pub fn append_to(&self, buf: &mut Vec<u8>) {
        let empty = crate::document::Article::default();
        let mut rows = ReducedRows { buf, doc: Doc::bare(&empty) };
        for cell in &self.cells {
            match cell {
                Cell::Absent => rows.absent(),
                Cell::Text(s) => rows.text(s),
                Cell::Int(n) => rows.int(*n),
                Cell::Float(x) => rows.float(*x),
                Cell::Bool(b) => rows.bool(*b),
            }
        }
    }
}

fn read_cell(bytes: &mut &[u8]) -> Option<Cell> {
    Some(match take::<1>(bytes)?[0] {
        ABSENT => Cell::Absent,
        INT => Cell::Int(u64::from_le_bytes(take(bytes)?)),
        FLOAT => Cell::Float(f32::from_le_bytes(take(bytes)?)),
        FALSE => Cell::Bool(false),
        TRUE => Cell::Bool(true),
        TEXT => {
            let len = u32::from_le_bytes(take(bytes)?) as usize;
            let (text, rest) = bytes.split_at_checked(len)?;
            *bytes = rest;
            Cell::Text(std::str::from_utf8(text).ok()?.to_owned())
        }
        _ => return None,
    })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}
