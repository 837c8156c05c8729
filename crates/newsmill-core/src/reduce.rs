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

impl Cell {
    /// A view of it.
    pub fn as_ref(&self) -> CellRef<'_> {
        match self {
            Cell::Absent => CellRef::Absent,
            Cell::Text(s) => CellRef::Text(s),
            Cell::Int(n) => CellRef::Int(*n),
            Cell::Float(x) => CellRef::Float(*x),
            Cell::Bool(b) => CellRef::Bool(*b),
        }
    }
}

/// A row of a run-level table.
#[derive(Clone, Debug, PartialEq)]
pub struct ReducedRow {
    /// One cell a column of the schema.
    pub cells: Vec<Cell>,
}

/// A cell that still lies in the internal file's bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellRef<'a> {
    /// No value.
    Absent,
    /// Text.
    Text(&'a str),
    /// Whole number.
    Int(u64),
    /// Number.
    Float(f32),
    /// True or false.
    Bool(bool),
}

impl<'b> CellRef<'b> {
    /// Reads a cell in the internal form from the front of `bytes`; `None` if they aren't one.
    pub fn read(bytes: &mut &'b [u8]) -> Option<Self> {
        Some(match take::<1>(bytes)?[0] {
            ABSENT => CellRef::Absent,
            INT => CellRef::Int(u64::from_le_bytes(take(bytes)?)),
            FLOAT => CellRef::Float(f32::from_le_bytes(take(bytes)?)),
            FALSE => CellRef::Bool(false),
            TRUE => CellRef::Bool(true),
            TEXT => {
                let len = u32::from_le_bytes(take(bytes)?) as usize;
                let (text, rest) = bytes.split_at_checked(len)?;
                *bytes = rest;
                CellRef::Text(std::str::from_utf8(text).ok()?)
            }
            _ => return None,
        })
    }

    /// Appends the cell in the internal form.
    pub fn append_to(self, buf: &mut Vec<u8>) {
        match self {
            CellRef::Absent => buf.push(ABSENT),
            CellRef::Text(s) => {
                buf.push(TEXT);
                buf.extend_from_slice(&(s.len() as u32).to_le_bytes());
                buf.extend_from_slice(s.as_bytes());
            }
            CellRef::Int(n) => {
                buf.push(INT);
                buf.extend_from_slice(&n.to_le_bytes());
            }
            CellRef::Float(x) => {
                buf.push(FLOAT);
                buf.extend_from_slice(&x.to_le_bytes());
            }
            CellRef::Bool(b) => buf.push(if b { TRUE } else { FALSE }),
        }
    }

    fn to_cell(self) -> Cell {
        match self {
            CellRef::Absent => Cell::Absent,
            CellRef::Text(s) => Cell::Text(s.to_owned()),
            CellRef::Int(n) => Cell::Int(n),
            CellRef::Float(x) => Cell::Float(x),
            CellRef::Bool(b) => Cell::Bool(b),
        }
    }
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
        CellRef::Text(&self.doc.shown_text(value)).append_to(self.buf);
    }
    fn int(&mut self, value: u64) {
        CellRef::Int(value).append_to(self.buf);
    }
    fn float(&mut self, value: f32) {
        CellRef::Float(value).append_to(self.buf);
    }
    fn bool(&mut self, value: bool) {
        CellRef::Bool(value).append_to(self.buf);
    }
    /// A run-level row has no article to point into, so a span stands for its text.
    fn span(&mut self, value: Span) {
        let text = self.doc.slice(self.doc.shown_place(value));
        CellRef::Text(text).append_to(self.buf);
    }
    fn absent(&mut self) {
        CellRef::Absent.append_to(self.buf);
    }
    fn end_row(&mut self) {}
}

impl ReducedRow {
    /// Reads one row of `schema` from the front of `bytes` into `cells`; `false` at a clean end.
    ///
    /// # Errors
    /// The bytes aren't rows of this schema (the internal file is damaged).
    pub fn read<'b>(
        bytes: &mut &'b [u8],
        schema: &Schema,
        cells: &mut Vec<CellRef<'b>>,
    ) -> Result<bool, String> {
        cells.clear();
        if bytes.is_empty() {
            return Ok(false);
        }
        for _ in &schema.columns {
            cells.push(CellRef::read(bytes).ok_or("a row of the internal file is damaged")?);
        }
        Ok(true)
    }

    /// A row of its own of cells that were read.
    pub fn new(cells: &[CellRef<'_>]) -> Self {
        ReducedRow { cells: cells.iter().map(|c| c.to_cell()).collect() }
    }

    /// Folds a later row of the same key into this one.
    pub fn fold(&mut self, later: &[CellRef<'_>], schema: &Schema) {
        for ((mine, theirs), column) in self.cells.iter_mut().zip(later).zip(&schema.columns) {
            match (column.reduce, &mut *mine, theirs) {
                (Some(Reduce::Sum), Cell::Int(a), CellRef::Int(b)) => *a = a.saturating_add(*b),
                (Some(Reduce::First), mine @ Cell::Absent, theirs) => *mine = theirs.to_cell(),
                (Some(Reduce::First), Cell::Text(a), CellRef::Text(b)) if a.is_empty() => a.push_str(b),
                _ => {}
            }
        }
    }

    /// The key's text, by which rows are ordered bytewise.
    pub fn key(&self, schema: &Schema) -> &str {
        match self.cells.get(key_column(schema)) {
            Some(Cell::Text(s)) => s,
            _ => "",
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
        for cell in &self.cells {
            cell.as_ref().append_to(buf);
        }
    }
}

/// The text of the key of cells that were read.
pub fn key_of<'b>(cells: &[CellRef<'b>], schema: &Schema) -> &'b str {
    match cells.get(key_column(schema)) {
        Some(CellRef::Text(s)) => s,
        _ => "",
    }
}

fn key_column(schema: &Schema) -> usize {
    schema.columns.iter().position(|c| c.reduce == Some(Reduce::Key)).unwrap_or(0)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}
