//! Every layer is a table: what a sink needs to know to export a layer it has never heard of.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// The columns of a table and what its rows stand for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The columns, in order. Public contract of a released stage: columns are only ever appended.
    pub columns: Vec<Column>,
    /// Name of the layer whose rows these columns continue, if any. A layer that extends another has exactly as
    /// many rows as it, and sinks show its columns after the other's own.
    pub extends: Option<Cow<'static, str>>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Header. For a [`ColumnKind::Span`] it is a prefix or unused, see [`SpanStyle`].
    pub name: Cow<'static, str>,
    /// What the cells are.
    pub kind: ColumnKind,
    /// One line for the reference documentation, with units.
    pub doc: Cow<'static, str>,
    /// How rows of the same entity are folded into one row for the run; all columns of a table say it or none does.
    pub reduce: Option<Reduce>,
    /// Set for columns that a user's own resource brought along (for example a gazetteer's extra columns).
    pub extra: bool,
}

/// The type of a column's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColumnKind {
    /// Text, written by [`RowWriter::text`]. The empty text is an absent cell.
    Text,
    /// A whole number, written by [`RowWriter::int`].
    Int,
    /// A number, written by [`RowWriter::float`].
    Float,
    /// True or false, written by [`RowWriter::bool`].
    Bool,
    /// A place in the article, written by [`RowWriter::span`]; one span becomes several columns of a flat table.
    Span(SpanStyle),
}

/// Which flat columns a span becomes. `U` is the unit of offsets (`char`, `byte` or `utf16`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpanStyle {
    /// `field, start_U, end_U, text`.
    Full,
    /// `field, start_U, end_U`: the row's text is another column.
    Place,
    /// `start_U, end_U, text`: the field is that of the row it belongs to.
    Bare,
    /// `NAME, NAME_start_U, NAME_end_U`, the first being the text; all three empty if there is none.
    Named,
}

/// How a column of a run-level table is folded over the rows that share its key.
///
/// A table with these is written once, at the end of a run, ordered by key; without the article id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reduce {
    /// The identity of the row: exactly one column of the table, a text.
    Key,
    /// The value of the first row in input order.
    First,
    /// The sum (integers only).
    Sum,
}

impl Schema {
    /// A schema of these columns, extending no other table.
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Schema { columns: columns.into(), extends: None }
    }

    /// A schema whose columns continue the rows of the layer `name`.
    pub fn extending(name: impl Into<Cow<'static, str>>, columns: impl Into<Vec<Column>>) -> Self {
        Schema { columns: columns.into(), extends: Some(name.into()) }
    }

    /// Whether the table is reduced to one row a key for the whole run.
    pub fn is_reduced(&self) -> bool {
        self.columns.iter().any(|c| c.reduce == Some(Reduce::Key))
    }
}

impl Column {
    fn of(name: impl Into<Cow<'static, str>>, kind: ColumnKind, doc: impl Into<Cow<'static, str>>) -> Self {
        Column { name: name.into(), kind, doc: doc.into(), reduce: None, extra: false }
    }

    /// A text column.
    pub fn text(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::of(name, ColumnKind::Text, doc)
    }

    /// A column of whole numbers.
    pub fn int(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::of(name, ColumnKind::Int, doc)
    }

    /// A column of numbers.
    pub fn float(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::of(name, ColumnKind::Float, doc)
    }

    /// A true/false column.
    pub fn bool(name: impl Into<Cow<'static, str>>, doc: impl Into<Cow<'static, str>>) -> Self {
        Self::of(name, ColumnKind::Bool, doc)
    }

    /// A place in the article.
    pub fn span(
        name: impl Into<Cow<'static, str>>,
        style: SpanStyle,
        doc: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::of(name, ColumnKind::Span(style), doc)
    }

    /// The same column with a rule for the run-level table.
    pub fn reduced(mut self, reduce: Reduce) -> Self {
        self.reduce = Some(reduce);
        self
    }

    /// The same column marked as brought along by a resource of the user's.
    pub fn extra(mut self) -> Self {
        self.extra = true;
        self
    }
}

/// Receives a table's rows, cell by cell in schema order. Implemented by sinks.
///
/// The number and kind of the cells between two [`end_row`](RowWriter::end_row) must be those of the schema; the
/// contract test of the test kit checks it.
pub trait RowWriter {
    /// A cell of a [`ColumnKind::Text`] column.
    fn text(&mut self, value: &str);
    /// A cell of a [`ColumnKind::Int`] column.
    fn int(&mut self, value: u64);
    /// A cell of a [`ColumnKind::Float`] column.
    fn float(&mut self, value: f32);
    /// A cell of a [`ColumnKind::Bool`] column.
    fn bool(&mut self, value: bool);
    /// A cell of a [`ColumnKind::Span`] column.
    fn span(&mut self, value: Span);
    /// A cell of any kind that has no value.
    fn absent(&mut self);
    /// Ends the row.
    fn end_row(&mut self);

    /// A span, or nothing.
    fn span_or_absent(&mut self, value: Option<Span>) {
        match value {
            Some(span) => self.span(span),
            None => self.absent(),
        }
    }

    /// A whole number, or nothing.
    fn int_or_absent(&mut self, value: Option<u32>) {
        match value {
            Some(n) => self.int(u64::from(n)),
            None => self.absent(),
        }
    }
}
