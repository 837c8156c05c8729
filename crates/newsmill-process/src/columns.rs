//! Declared layers, and cells between JSON and tables.

use newsmill_core::layers::Rows;
use newsmill_core::layers::rows::Value as Cell;
use newsmill_core::prelude::*;
use newsmill_core::reduce::Cell as Plain;
use serde_json::Value;

use crate::options::{CellKind, ColumnDeclaration, LayerDeclaration};

/// The schema of a declared layer.
///
/// # Errors
/// It has no columns, or their names won't do in a table.
pub(crate) fn schema(layer: &LayerDeclaration) -> Result<Schema, String> {
    if !is_name(&layer.name) {
        return Err(format!("`{}` can't be a layer's name; use a–z, 0–9 and _", layer.name));
    }
    if layer.columns.is_empty() {
        return Err(format!("the layer `{}` has no columns", layer.name));
    }
    for (i, column) in layer.columns.iter().enumerate() {
        let unnamed_span = column.kind == CellKind::Span && column.name.is_empty();
        if !unnamed_span && !is_name(&column.name) {
            let (name, layer) = (&column.name, &layer.name);
            return Err(format!(
                "`{name}` in the layer `{layer}` can't be a column's name; use a–z, 0–9 and _"
            ));
        }
        if layer.columns[..i].iter().any(|c| c.name == column.name) {
            return Err(format!("the layer `{}` has two columns `{}`", layer.name, column.name));
        }
    }
    Ok(Schema::new(layer.columns.iter().map(column).collect::<Vec<_>>()))
}

fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(allowed)
}

fn column(declared: &ColumnDeclaration) -> Column {
    let (name, doc) = (declared.name.clone(), declared.doc.clone());
    match declared.kind {
        CellKind::Text => Column::text(name, doc),
        CellKind::Int => Column::int(name, doc),
        CellKind::Float => Column::float(name, doc),
        CellKind::Bool => Column::bool(name, doc),
        CellKind::Span if name.is_empty() => Column::span(name, SpanStyle::Full, doc),
        CellKind::Span => Column::span(name, SpanStyle::Named, doc),
    }
}

/// A layer of another stage as the program is told of it.
pub(crate) fn declaration(name: &str, schema: &Schema) -> LayerDeclaration {
    let column = |c: &Column| ColumnDeclaration {
        name: c.name.to_string(),
        kind: match c.kind {
            ColumnKind::Text => CellKind::Text,
            ColumnKind::Int => CellKind::Int,
            ColumnKind::Float => CellKind::Float,
            ColumnKind::Bool => CellKind::Bool,
            ColumnKind::Span(_) => CellKind::Span,
        },
        doc: c.doc.to_string(),
    };
    LayerDeclaration { name: name.to_owned(), columns: schema.columns.iter().map(column).collect() }
}

/// Byte offsets of an article's code points; made once, if an answer has spans.
#[derive(Default)]
pub(crate) struct Places {
    /// Empty for ASCII text, whose code points are its bytes.
    starts: Vec<u32>,
    made: bool,
}

impl Places {
    fn span(&mut self, text: &str, start: u64, end: u64) -> Option<Span> {
        if !self.made {
            self.made = true;
            if !text.is_ascii() {
                self.starts.extend(text.char_indices().map(|(at, _)| at as u32));
                self.starts.push(text.len() as u32);
            }
        }
        let byte = |n: u64| match self.starts.is_empty() {
            true => (n <= text.len() as u64).then_some(n as u32),
            false => self.starts.get(usize::try_from(n).ok()?).copied(),
        };
        let (start, end) = (byte(start)?, byte(end)?);
        (start <= end).then(|| Span::new(start, end))
    }
}

/// Appends the rows of an answer to a layer.
///
/// # Errors
/// The first cell that isn't as declared.
pub(crate) fn fill(
    rows: &mut Rows,
    layer: &LayerDeclaration,
    answered: &[Vec<Value>],
    text: &str,
    places: &mut Places,
) -> Result<(), String> {
    for (i, row) in answered.iter().enumerate() {
        if row.len() != layer.columns.len() {
            let (name, wanted) = (&layer.name, layer.columns.len());
            return Err(format!("layer `{name}`, row {i}: {} cells in place of {wanted}", row.len()));
        }
        let mut cells = Vec::with_capacity(row.len());
        for (value, column) in row.iter().zip(&layer.columns) {
            let cell = cell(value, column.kind, text, places).ok_or_else(|| {
                let (name, kind) = (&layer.name, format!("{:?}", column.kind).to_lowercase());
                let mut value = value.to_string();
                if let Some((at, _)) = value.char_indices().nth(60) {
                    value.truncate(at);
                    value.push('…');
                }
                format!(
                    "layer `{name}`, row {i}, column `{}`: {value} isn't a cell of the kind {kind}",
                    column.name
                )
            })?;
            cells.push(cell);
        }
        rows.push(cells);
    }
    Ok(())
}

fn cell(value: &Value, kind: CellKind, text: &str, places: &mut Places) -> Option<Cell> {
    if value.is_null() {
        return Some(Cell::Cell(Plain::Absent));
    }
    Some(Cell::Cell(match kind {
        CellKind::Text => Plain::Text(value.as_str()?.to_owned()),
        CellKind::Int => Plain::Int(value.as_u64()?),
        CellKind::Float => Plain::Float(Some(value.as_f64()? as f32).filter(|x| x.is_finite())?),
        CellKind::Bool => Plain::Bool(value.as_bool()?),
        CellKind::Span => {
            let [start, end] = value.as_array()?.as_slice() else { return None };
            return places.span(text, start.as_u64()?, end.as_u64()?).map(Cell::Span);
        }
    }))
}
