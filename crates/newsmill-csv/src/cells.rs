//! Rows as bytes: quoting, numbers, formulas.

use std::io::Write;

use newsmill_core::flat;

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

/// How cells become bytes.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub delimiter: u8,
    /// Put an apostrophe before what a spreadsheet would take for a formula.
    pub neutralize: bool,
}

impl Style {
    /// Appends a text as a cell.
    pub(crate) fn push_cell(self, buf: &mut Vec<u8>, text: &str) {
        if self.neutralize && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            return push_text(buf, &format!("'{text}"), self.delimiter);
        }
        push_text(buf, text, self.delimiter);
    }
}

/// Writes a table's rows as delimited text.
pub(crate) struct Cells<'a> {
    style: Style,
    /// What stands in front of every row: finished cells with their delimiters.
    lead: &'a [u8],
    buf: &'a mut Vec<u8>,
    /// Whether the row has a cell already.
    begun: bool,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(style: Style, lead: &'a [u8], buf: &'a mut Vec<u8>) -> Self {
        Cells { style, lead, buf, begun: false }
    }

    /// The separator before a cell; before the first one of a row, the lead.
    fn separate(&mut self) {
        if self.begun {
            self.buf.push(self.style.delimiter);
        } else {
            self.begun = true;
            self.buf.extend_from_slice(self.lead);
        }
    }
}

impl flat::Cells for Cells<'_> {
    fn text(&mut self, value: &str) {
        self.separate();
        self.style.push_cell(self.buf, value);
    }

    fn int(&mut self, value: u64) {
        self.separate();
        self.buf.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    fn float(&mut self, value: f32) {
        self.separate();
        if value.is_finite() {
            // Writing to a `Vec` can't fail. `Display` of a float is its shortest form that reads back the same.
            let _ = write!(self.buf, "{value}");
        }
    }

    fn bool(&mut self, value: bool) {
        self.separate();
        self.buf.extend_from_slice(if value { b"true" } else { b"false" });
    }

    fn absent(&mut self) {
        self.separate();
    }

    fn end_row(&mut self) {
        self.buf.push(b'\n');
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
    fn formulas_are_neutralized_on_demand() {
        let cell = |neutralize, text| {
            let mut buf = Vec::new();
            Style { delimiter: b',', neutralize }.push_cell(&mut buf, text);
            String::from_utf8(buf).unwrap()
        };
        for (text, safe) in [
            ("=1+2", "'=1+2"),
            ("-5 degrees", "'-5 degrees"),
            ("+\"x\"", "\"'+\"\"x\"\"\""),
            ("@a", "'@a"),
            ("\ta", "'\ta"),
            ("\ra", "\"'\ra\""),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(cell(true, text), safe, "{text:?}");
            assert!(!cell(false, text).contains('\''));
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
