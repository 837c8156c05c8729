//! Rows as bytes: quoting, numbers, and spans as offsets inside their field.

use std::io::Write;

use newsmill_core::document::{Doc, Field, Section};
use newsmill_core::offsets::OffsetUnit;
use newsmill_core::span::Span;
use newsmill_core::table::{Column, ColumnKind, RowWriter, SpanStyle};

use crate::columns::width_of;

/// Appends a text as a cell, quoted if it must be.
pub(crate) fn push_text(buf: &mut Vec<u8>, text: &str, delimiter: u8) {
    let bytes = text.as_bytes();
    if !needs_quotes(bytes, delimiter) {
        buf.extend_from_slice(bytes);
        return;
    }
    buf.push(b'"');
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'"', rest) {
        buf.extend_from_slice(&rest[..=at]);
        buf.push(b'"');
        rest = &rest[at + 1..];
    }
    buf.extend_from_slice(rest);
    buf.push(b'"');
}

/// Looks at 32 bytes at a time, without a branch in between, so that the compiler can use vectors.
fn needs_quotes(bytes: &[u8], delimiter: u8) -> bool {
    bytes.chunks(32).any(|chunk| {
        chunk
            .iter()
            .fold(false, |found, &b| found | (b == b'"') | (b == b'\n') | (b == b'\r') | (b == delimiter))
    })
}

/// What stands in front of every row.
#[derive(Clone, Copy)]
pub(crate) enum Lead<'a> {
    /// A finished cell (the article's id).
    Cell(&'a [u8]),
    /// Nothing: the row is put together later, and the ends of rows are noted here.
    Nothing,
}

/// How cells become bytes.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub delimiter: u8,
    pub unit: OffsetUnit,
}

/// Writes a table's rows as delimited text.
pub(crate) struct Cells<'a> {
    doc: Doc<'a>,
    style: Style,
    columns: &'a [Column],
    lead: Lead<'a>,
    buf: &'a mut Vec<u8>,
    /// Where each row ends in `buf`, if the lead is `Nothing`.
    ends: &'a mut Vec<usize>,
    /// Next column.
    at: usize,
    /// Whether the row has a cell already.
    begun: bool,
    /// Title and body with the offset of their first byte.
    bases: [(Section, u32); 2],
    /// The last place whose offset was told, and that offset from the start of the text.
    last: (u32, u32),
}

impl<'a> Cells<'a> {
    pub(crate) fn new(
        doc: Doc<'a>,
        style: Style,
        columns: &'a [Column],
        lead: Lead<'a>,
        buf: &'a mut Vec<u8>,
        ends: &'a mut Vec<usize>,
    ) -> Self {
        let article = doc.article();
        let base = |section: Section| {
            (section, article.offsets().convert(doc.text(), section.span.start, style.unit))
        };
        let bases = [base(article.section_at(0)), base(article.section_at(doc.text().len() as u32))];
        Cells { doc, style, columns, lead, buf, ends, at: 0, begun: false, bases, last: (0, 0) }
    }

    /// The separator before a cell; before the first one of a row, the lead.
    fn separate(&mut self) {
        if self.begun {
            self.buf.push(self.style.delimiter);
            return;
        }
        self.begun = true;
        if let Lead::Cell(cell) = self.lead {
            self.buf.extend_from_slice(cell);
            self.buf.push(self.style.delimiter);
        }
    }

    fn cell(&mut self, text: &str) {
        self.separate();
        push_text(self.buf, text, self.style.delimiter);
    }

    fn number(&mut self, value: u64) {
        self.separate();
        self.buf.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    fn offsets(&mut self, span: Span, base: u32) {
        let (map, text) = (self.doc.article().offsets(), self.doc.text());
        for at in [span.start, span.end] {
            let offset = map.convert_from(text, self.last, at, self.style.unit);
            self.last = (at, offset);
            self.number(u64::from(offset.saturating_sub(base)));
        }
    }

    fn empty(&mut self, cells: usize) {
        for _ in 0..cells {
            self.separate();
        }
    }
}

impl RowWriter for Cells<'_> {
    fn text(&mut self, value: &str) {
        self.at += 1;
        self.cell(value);
    }

    fn int(&mut self, value: u64) {
        self.at += 1;
        self.number(value);
    }

    fn float(&mut self, value: f32) {
        self.at += 1;
        self.separate();
        if value.is_finite() {
            // Writing to a `Vec` can't fail. `Display` of a float is its shortest form that reads back the same.
            let _ = write!(self.buf, "{value}");
        }
    }

    fn bool(&mut self, value: bool) {
        self.at += 1;
        self.separate();
        self.buf.extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn span(&mut self, value: Span) {
        let kind = self.columns.get(self.at).map(|c| c.kind);
        let style = if let Some(ColumnKind::Span(style)) = kind { style } else { SpanStyle::Full };
        self.at += 1;
        let [title, body] = self.bases;
        let (section, base) = if value.start < body.0.span.start { title } else { body };
        let text = self.doc.slice(value);
        if matches!(style, SpanStyle::Full | SpanStyle::Place) {
            self.cell(match section.field {
                Field::Title => "title",
                Field::Body => "body",
            });
        }
        if style == SpanStyle::Named {
            self.cell(text);
        }
        self.offsets(value, base);
        if matches!(style, SpanStyle::Full | SpanStyle::Bare) {
            self.cell(text);
        }
    }

    fn absent(&mut self) {
        let width = self.columns.get(self.at).map_or(1, width_of);
        self.at += 1;
        self.empty(width);
    }

    fn end_row(&mut self) {
        match self.lead {
            Lead::Cell(_) => self.buf.push(b'\n'),
            Lead::Nothing => self.ends.push(self.buf.len()),
        }
        self.at = 0;
        self.begun = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_only_when_they_must_be() {
        for (text, csv, tsv) in [
            ("plain", "plain", "plain"),
            ("a, b", "\"a, b\"", "a, b"),
            ("a\tb", "a\tb", "\"a\tb\""),
            ("say \"x\"", "\"say \"\"x\"\"\"", "\"say \"\"x\"\"\""),
            ("\"", "\"\"\"\"", "\"\"\"\""),
            ("two\nlines", "\"two\nlines\"", "\"two\nlines\""),
            ("cr\r", "\"cr\r\"", "\"cr\r\""),
            (" spaces ", " spaces ", " spaces "),
            ("nul\0", "nul\0", "nul\0"),
        ] {
            for (delimiter, expected) in [(b',', csv), (b'\t', tsv)] {
                let mut buf = Vec::new();
                push_text(&mut buf, text, delimiter);
                assert_eq!(String::from_utf8(buf).unwrap(), expected, "{text:?}");
            }
        }
    }

    #[test]
    fn a_quote_anywhere_in_a_long_text_is_seen() {
        for at in 0..100 {
            let mut text = "x".repeat(100);
            text.replace_range(at..=at, "\"");
            assert!(needs_quotes(text.as_bytes(), b','), "{at}");
        }
        assert!(!needs_quotes(&[b'x'; 100], b','));
    }

    proptest::proptest! {
        /// Whatever the cells hold, an RFC 4180 reader gives them back.
        #[test]
        fn another_reader_reads_the_same_cells(
            rows in proptest::collection::vec(proptest::collection::vec("([a,;\t\"\r\n é😀\0]|.){0,12}", 3), 1..5),
            delimiter in proptest::sample::select(b",\t;".to_vec()),
        ) {
            // A reader may take a byte order mark at the very beginning for one.
            let mut buf = [b"1", &[delimiter][..], b"2", &[delimiter], b"3\n"].concat();
            for row in &rows {
                for (i, cell) in row.iter().enumerate() {
                    if i > 0 {
                        buf.push(delimiter);
                    }
                    push_text(&mut buf, cell, delimiter);
                }
                buf.push(b'\n');
            }
            let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(&*buf);
            let read: Vec<Vec<String>> =
                reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
            proptest::prop_assert_eq!(read, rows);
        }
    }
}
