//! From a layer's cells to flat ones.

use super::{Cells, Part};
use crate::document::{Doc, Field, Section};
use crate::offsets::OffsetUnit;
use crate::reduce::{CellRef, ReducedRows};
use crate::span::Span;
use crate::table::{Column, ColumnKind, RowWriter, SpanStyle};

/// What follows a row's own cells.
#[derive(Clone, Copy, Default)]
pub(super) struct Tail<'a> {
    pub extensions: &'a [Part],
    /// The rows of each extension.
    pub recorded: &'a [Recorded],
    /// Code points of context, 0 for none.
    pub context: u32,
}

/// Turns each cell of a layer into flat ones.
pub(super) struct Flatten<'a, C> {
    doc: Doc<'a>,
    unit: OffsetUnit,
    columns: &'a [Column],
    cells: &'a mut C,
    tail: Tail<'a>,
    /// Next column.
    at: usize,
    row: usize,
    /// The first place of the row, which may have a context.
    place: Option<Span>,
    /// Title and body with the offset of their first byte.
    bases: [(Section, u32); 2],
    /// The last place whose offset was told, and that offset from the start of the text.
    last: (u32, u32),
}

impl<'a, C: Cells> Flatten<'a, C> {
    pub(super) fn new(
        doc: Doc<'a>,
        unit: OffsetUnit,
        columns: &'a [Column],
        cells: &'a mut C,
        tail: Tail<'a>,
    ) -> Self {
        let article = doc.article();
        let base =
            |section: Section| (section, article.offsets().convert(doc.text(), section.span.start, unit));
        let bases = [base(article.section_at(0)), base(article.section_at(doc.text().len() as u32))];
        Flatten { doc, unit, columns, cells, tail, at: 0, row: 0, place: None, bases, last: (0, 0) }
    }

    /// The section that a place lies in, and the offset of its first byte.
    fn section(&self, place: Span) -> (Section, u32) {
        let [title, body] = self.bases;
        if place.start < body.0.span.start { title } else { body }
    }

    fn offsets(&mut self, span: Span, base: u32) {
        let (map, text) = (self.doc.article().offsets(), self.doc.text());
        for at in [span.start, span.end] {
            let offset = map.convert_from(text, self.last, at, self.unit);
            self.last = (at, offset);
            self.cells.int(u64::from(offset.saturating_sub(base)));
        }
    }

    fn context(&mut self, code_points: u32) {
        let Some(place) = self.place else {
            self.cells.absent();
            return self.cells.absent();
        };
        let section = self.section(place).0.span;
        let code_points = code_points as usize;
        let before = self.doc.slice(Span::new(section.start, place.start.max(section.start)));
        let from = before.char_indices().rev().take(code_points).last().map_or(before.len(), |(at, _)| at);
        self.cells.text(&before[from..]);
        let after = self.doc.slice(Span::new(place.end.min(section.end), section.end));
        let to = after.char_indices().nth(code_points).map_or(after.len(), |(at, _)| at);
        self.cells.text(&after[..to]);
    }
}

impl<C: Cells> RowWriter for Flatten<'_, C> {
    fn text(&mut self, value: &str) {
        self.at += 1;
        self.cells.text(&self.doc.shown_text(value));
    }

    fn int(&mut self, value: u64) {
        self.at += 1;
        self.cells.int(value);
    }

    fn float(&mut self, value: f32) {
        self.at += 1;
        self.cells.float(value);
    }

    fn bool(&mut self, value: bool) {
        self.at += 1;
        self.cells.bool(value);
    }

    fn span(&mut self, value: Span) {
        let kind = self.columns.get(self.at).map(|c| c.kind);
        let style = if let Some(ColumnKind::Span(style)) = kind { style } else { SpanStyle::Full };
        self.at += 1;
        let value = self.doc.shown_place(value);
        let (section, base) = self.section(value);
        let text = self.doc.slice(value);
        if matches!(style, SpanStyle::Full | SpanStyle::Place) {
            self.place = self.place.or(Some(value));
            self.cells.text(match section.field {
                Field::Title => "title",
                Field::Body => "body",
            });
        }
        if style == SpanStyle::Named {
            self.cells.text(text);
        }
        self.offsets(value, base);
        if matches!(style, SpanStyle::Full | SpanStyle::Bare) {
            self.cells.text(text);
        }
    }

    fn absent(&mut self) {
        let width = self.columns.get(self.at).map_or(1, super::width_of);
        self.at += 1;
        (0..width).for_each(|_| self.cells.absent());
    }

    fn end_row(&mut self) {
        let Tail { extensions, recorded, context } = self.tail;
        for (part, recorded) in extensions.iter().zip(recorded) {
            recorded.replay(self.row, part.width, self.cells);
        }
        if context > 0 {
            self.context(context);
        }
        self.cells.end_row();
        (self.at, self.place) = (0, None);
        self.row += 1;
    }
}

/// Rows that were written down to be repeated, in the form of [`reduce`](crate::reduce).
#[derive(Default)]
pub(super) struct Recorded {
    bytes: Vec<u8>,
    /// Where each row ends.
    ends: Vec<usize>,
}

impl Recorded {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn row(&self, row: usize) -> Option<&[u8]> {
        let end = *self.ends.get(row)?;
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        self.bytes.get(start..end)
    }

    /// The cells of a row; absent ones if there is no such row.
    fn replay(&self, row: usize, width: usize, cells: &mut impl Cells) {
        let mut bytes = self.row(row).unwrap_or_default();
        for _ in 0..width {
            match CellRef::read(&mut bytes) {
                Some(CellRef::Text(s)) => cells.text(s),
                Some(CellRef::Int(n)) => cells.int(n),
                Some(CellRef::Float(x)) => cells.float(x),
                Some(CellRef::Bool(b)) => cells.bool(b),
                Some(CellRef::Absent) | None => cells.absent(),
            }
        }
    }

    /// Records rows of a run-level table, whose spans are texts.
    pub(super) fn reduced_rows<'a>(&'a mut self, doc: Doc<'a>) -> RecordReduced<'a> {
        RecordReduced { doc, recorded: self }
    }
}

/// Writes down flat cells. The internal form needs no article, as there are no spans among them.
impl Cells for Recorded {
    fn text(&mut self, value: &str) {
        CellRef::Text(value).append_to(&mut self.bytes);
    }
    fn int(&mut self, value: u64) {
        CellRef::Int(value).append_to(&mut self.bytes);
    }
    fn float(&mut self, value: f32) {
        CellRef::Float(value).append_to(&mut self.bytes);
    }
    fn bool(&mut self, value: bool) {
        CellRef::Bool(value).append_to(&mut self.bytes);
    }
    fn absent(&mut self) {
        CellRef::Absent.append_to(&mut self.bytes);
    }
    fn end_row(&mut self) {
        self.ends.push(self.bytes.len());
    }
}

/// [`ReducedRows`] that note where each row ends.
pub(super) struct RecordReduced<'a> {
    doc: Doc<'a>,
    recorded: &'a mut Recorded,
}

impl RecordReduced<'_> {
    fn rows(&mut self) -> ReducedRows<'_> {
        ReducedRows::new(self.doc, &mut self.recorded.bytes)
    }
}

impl RowWriter for RecordReduced<'_> {
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
        self.recorded.ends.push(self.recorded.bytes.len());
    }
}
