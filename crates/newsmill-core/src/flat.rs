//! Tables as flat files have them: what sinks share, whatever bytes they make of it.
//!
//! A layer's column is a cell, but a span is several (see [`SpanStyle`]), in the unit that the user asked for and counted
//! from the start of its field. Layers that *extend* a table have their columns appended to its own. A sink builds a
//! [`FlatTable`] once and implements [`Cells`]; it knows no layer by name.

mod writer;

use crate::build::{BuildContext, BuildError};
use crate::document::{Article, Doc};
use crate::handle::ReadTable;
use crate::offsets::OffsetUnit;
use crate::reduce::{ReducedRow, ReducedRows};
use crate::sink::OutputKind;
use crate::table::{Column, ColumnKind, RowWriter, Schema, SpanStyle};
use writer::{Flatten, Recorded, Tail};

/// Receives a flat table's rows, cell by cell in the order of [`FlatTable::columns`].
pub trait Cells {
    /// A cell of a [`FlatKind::Text`] column. The empty text is an absent cell.
    fn text(&mut self, value: &str);
    /// A cell of a [`FlatKind::Int`] column.
    fn int(&mut self, value: u64);
    /// A cell of a [`FlatKind::Float`] column.
    fn float(&mut self, value: f32);
    /// A cell of a [`FlatKind::Bool`] column.
    fn bool(&mut self, value: bool);
    /// A cell of any kind that has no value.
    fn absent(&mut self);
    /// Ends the row.
    fn end_row(&mut self);
}

/// A column of a flat table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlatColumn {
    /// Its name, unique in the table.
    pub name: String,
    /// What its cells are.
    pub kind: FlatKind,
}

/// The type of a flat column's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlatKind {
    /// UTF-8.
    Text,
    /// A whole number, not negative.
    Int,
    /// A number.
    Float,
    /// True or false.
    Bool,
}

/// A table with its extensions, ready to be written.
pub struct FlatTable {
    name: String,
    table: Part,
    extensions: Vec<Part>,
    columns: Vec<FlatColumn>,
    unit: OffsetUnit,
    context: u32,
    reduced: Option<Schema>,
}

/// A layer that gives columns to the table.
struct Part {
    layer: ReadTable,
    columns: Vec<Column>,
    /// Flat columns.
    width: usize,
}

/// Memory for rows that are put together from several layers.
#[derive(Default)]
pub struct FlatScratch {
    extensions: Vec<Recorded>,
}

impl FlatTable {
    /// Claims the layer `name` and those that extend it. With `context`, the columns `before` and `after` hold so many
    /// code points around the row's place, as far as its field reaches.
    ///
    /// # Errors
    /// No stage writes the layer, it has no columns, or no place that could have a context. The errors are about the
    /// options `/table` and `/context`.
    pub fn build(name: &str, context: u32, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        cx.flat = true;
        let layer = cx.read_any(name).map_err(|e| e.at("/table"))?;
        let extensions = cx.extensions(&layer);
        let reduced = cx.schema(&layer).is_reduced();
        let part = |layer: ReadTable| {
            let columns = cx.schema(&layer).columns.clone();
            Part { layer, width: columns.iter().map(width_of).sum(), columns }
        };
        let table = part(layer);
        let extensions: Vec<Part> = extensions.into_iter().map(part).filter(|e| e.width > 0).collect();
        if table.width == 0 {
            return Err(BuildError::new(format!("the layer `{name}` has no columns")).at("/table"));
        }
        let unit = cx.offsets();
        let mut columns = columns_of(&table, &extensions, unit, reduced);
        if context > 0 {
            let placed = |c: &Column| matches!(c.kind, ColumnKind::Span(SpanStyle::Full | SpanStyle::Place));
            if reduced || !table.columns.iter().any(placed) {
                let message = format!("rows of `{name}` have no place in the text that could have a context");
                return Err(BuildError::new(message)
                    .help("leave \"context\" out, or use it with mentions or quotes")
                    .at("/context"));
            }
            columns
                .extend(["before", "after"].map(|n| FlatColumn { name: n.to_owned(), kind: FlatKind::Text }));
        }
        let schema = reduced.then(|| {
            let columns = [&table].into_iter().chain(&extensions).flat_map(|p| p.columns.clone());
            Schema::new(columns.collect::<Vec<_>>())
        });
        Ok(FlatTable { name: name.to_owned(), table, extensions, columns, unit, context, reduced: schema })
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The flat columns, without the article's id, which a sink puts before them unless the table is run-level.
    pub fn columns(&self) -> &[FlatColumn] {
        &self.columns
    }

    /// Whether the table has one row a key for the whole run.
    pub fn is_reduced(&self) -> bool {
        self.reduced.is_some()
    }

    /// How a file of this table comes to be.
    pub fn output_kind(&self) -> OutputKind {
        self.reduced.clone().map_or(OutputKind::Appended, OutputKind::Reduced)
    }

    /// Number of rows of the article.
    pub fn row_count(&self, doc: Doc<'_>) -> usize {
        doc.table(&self.table.layer).row_count()
    }

    /// Writes an article's rows. The table decides how many there are; where an extension has none (its stage failed on
    /// the article and the config says to keep it) its cells are absent.
    pub fn rows<C: Cells>(&self, doc: Doc<'_>, scratch: &mut FlatScratch, cells: &mut C) {
        self.record_extensions(doc, scratch);
        let tail =
            Tail { extensions: &self.extensions, recorded: &scratch.extensions, context: self.context };
        let mut rows = Flatten::new(doc, self.unit, &self.table.columns, cells, tail);
        doc.table(&self.table.layer).rows(doc, &mut rows);
    }

    fn record_extensions(&self, doc: Doc<'_>, scratch: &mut FlatScratch) {
        scratch.extensions.resize_with(self.extensions.len(), Recorded::default);
        for (part, recorded) in self.extensions.iter().zip(&mut scratch.extensions) {
            recorded.clear();
            let mut rows = Flatten::new(doc, self.unit, &part.columns, recorded, Tail::default());
            doc.table(&part.layer).rows(doc, &mut rows);
        }
    }

    /// Appends an article's rows of a run-level table in the internal form, see [`reduce`](crate::reduce).
    pub fn encode_for_reduce(&self, doc: Doc<'_>, scratch: &mut FlatScratch, buf: &mut Vec<u8>) {
        if self.extensions.is_empty() {
            return doc.table(&self.table.layer).rows(doc, &mut ReducedRows::new(doc, buf));
        }
        // A run-level row has no article to point into: its spans are texts, so widths are numbers of columns.
        scratch.extensions.resize_with(1 + self.extensions.len(), Recorded::default);
        let parts = || [&self.table].into_iter().chain(&self.extensions);
        for (part, recorded) in parts().zip(&mut scratch.extensions) {
            recorded.clear();
            doc.table(&part.layer).rows(doc, &mut recorded.reduced_rows(doc));
        }
        for row in 0..scratch.extensions[0].len() {
            for (part, recorded) in parts().zip(&scratch.extensions) {
                match recorded.row(row) {
                    Some(cells) => buf.extend_from_slice(cells),
                    None => (0..part.columns.len()).for_each(|_| ReducedRows::new(doc, buf).absent()),
                }
            }
        }
    }

    /// Writes a finished row of a run-level table.
    pub fn reduced_row<C: Cells>(&self, row: &ReducedRow, cells: &mut C) {
        let Some(schema) = &self.reduced else { return };
        let nowhere = Article::default();
        row.write(schema, &mut Flatten::new(Doc::bare(&nowhere), self.unit, &[], cells, Tail::default()));
    }
}

/// Flat columns, unique: a name that an earlier layer has already is preceded by its own layer's name.
fn columns_of(table: &Part, extensions: &[Part], unit: OffsetUnit, reduced: bool) -> Vec<FlatColumn> {
    let mut taken = if reduced { Vec::new() } else { vec!["article_id".to_owned()] };
    let mut all = Vec::new();
    for part in [table].into_iter().chain(extensions) {
        let mut columns = Vec::with_capacity(part.width);
        if reduced {
            columns.extend(part.columns.iter().map(|c| (c.name.to_string(), kind_of(c.kind))));
        } else {
            part.columns.iter().for_each(|c| flatten(c, unit, &mut columns));
        }
        for (name, kind) in columns {
            let name = if taken.contains(&name) { format!("{}_{name}", part.layer.name()) } else { name };
            taken.push(name.clone());
            all.push(FlatColumn { name, kind });
        }
    }
    all
}

/// The kind of a column that is one flat column; a span alone is its text.
fn kind_of(kind: ColumnKind) -> FlatKind {
    match kind {
        ColumnKind::Text | ColumnKind::Span(_) => FlatKind::Text,
        ColumnKind::Int => FlatKind::Int,
        ColumnKind::Float => FlatKind::Float,
        ColumnKind::Bool => FlatKind::Bool,
    }
}

/// Appends the flat columns of one column.
fn flatten(column: &Column, unit: OffsetUnit, columns: &mut Vec<(String, FlatKind)>) {
    let unit = unit.suffix();
    let name = &column.name;
    let ColumnKind::Span(style) = column.kind else {
        columns.push((name.to_string(), kind_of(column.kind)));
        return;
    };
    let prefix = if name.is_empty() { String::new() } else { format!("{name}_") };
    if matches!(style, SpanStyle::Full | SpanStyle::Place) {
        columns.push((format!("{prefix}field"), FlatKind::Text));
    }
    if style == SpanStyle::Named {
        columns.push((name.to_string(), FlatKind::Text));
    }
    columns.push((format!("{prefix}start_{unit}"), FlatKind::Int));
    columns.push((format!("{prefix}end_{unit}"), FlatKind::Int));
    if matches!(style, SpanStyle::Full | SpanStyle::Bare) {
        columns.push((format!("{prefix}text"), FlatKind::Text));
    }
}

/// Number of flat columns of one column.
fn width_of(column: &Column) -> usize {
    match column.kind {
        ColumnKind::Span(SpanStyle::Full) => 4,
        ColumnKind::Span(_) => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_has_its_columns() {
        for (name, style, unit, expected) in [
            ("", SpanStyle::Full, OffsetUnit::Char, "field start_char end_char text"),
            ("", SpanStyle::Place, OffsetUnit::Byte, "field start_byte end_byte"),
            ("", SpanStyle::Bare, OffsetUnit::Utf16, "start_utf16 end_utf16 text"),
            ("cue", SpanStyle::Named, OffsetUnit::Char, "cue cue_start_char cue_end_char"),
            ("link", SpanStyle::Full, OffsetUnit::Char, "link_field link_start_char link_end_char link_text"),
        ] {
            let column = Column::span(name, style, "");
            let mut columns = Vec::new();
            flatten(&column, unit, &mut columns);
            let names: Vec<&str> = columns.iter().map(|c| c.0.as_str()).collect();
            assert_eq!(names.join(" "), expected);
            assert_eq!(columns.len(), width_of(&column));
        }
    }
}
