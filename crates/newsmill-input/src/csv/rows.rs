//! Where rows end and what their fields are.
//!
//! Both parts read a row by the same rules, the first without looking at its content: a quotation mark opens a field at
//! its very beginning alone, two of them inside one stand for one, a single one closes it.

use newsmill_core::input::DecodeError;

use crate::lines::{Boundary, Ends};

/// Rows in a row that must have the header's number of fields before a line is taken for the beginning of one.
const CONVINCING: usize = 8;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between two fields; ASCII.
    pub delimiter: u8,
    /// Quotation marks enclose fields.
    pub quotes: bool,
}

impl Dialect {
    /// The first row of a text, without its newline; `None` if it doesn't end in it.
    pub fn first_row(self, text: &[u8]) -> Option<&[u8]> {
        Rows::new(self).find(text).map(|end| &text[..end])
    }

    /// The fields of a row.
    pub(crate) fn fields(self, row: &str) -> FieldsOf<'_> {
        FieldsOf { rest: Some(row.strip_suffix('\r').unwrap_or(row)), dialect: self }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the beginning of a field.
    Begin,
    /// In a field without quotation marks, or behind the closing one.
    Plain,
    Quoted,
    /// Behind a quotation mark in a quoted field: it closes the field unless another one follows.
    Closing,
}

/// Finds the newlines that end rows.
#[derive(Clone, Debug)]
pub struct Rows {
    dialect: Dialect,
    /// Fields that the header has; 0 if that isn't known.
    columns: usize,
    state: State,
    /// Delimiters in the row so far.
    delimiters: usize,
    /// The last quotation mark stands where a field could begin.
    at_field: bool,
    /// The byte before those that `find` is given next.
    before: u8,
    /// A mark that could open a field closed one, and it goes on: the mark before it isn't that field's.
    stray: bool,
}

impl Rows {
    /// At the beginning of a row.
    pub fn new(dialect: Dialect) -> Self {
        let (state, before) = (State::Begin, b'\n');
        Rows { dialect, columns: 0, state, delimiters: 0, at_field: false, before, stray: false }
    }

    /// The same for rows that have so many fields, by which the next one is found after a quotation mark too many.
    pub(crate) fn with_columns(self, columns: usize) -> Self {
        Rows { columns, ..self }
    }

    /// Where lines of a record begin, the first one's left out, and whether a row begins there that has as many fields
    /// as the header. A row whose end isn't there may have fewer.
    fn lines(&self, record: &[u8], ends: Ends) -> Vec<(usize, bool)> {
        let mut lines = Vec::new();
        let mut at = memchr::memchr(b'\n', record).map_or(record.len(), |end| end + 1);
        let mut rows = Rows::new(self.dialect);
        while at < record.len() {
            rows.restart();
            let end = rows.find(&record[at..]);
            let fields = rows.delimiters + 1;
            let fits = match (end, ends) {
                (None, Ends::Limit) => fields <= self.columns,
                (None, Ends::Line) if rows.state == State::Quoted => fields <= self.columns,
                _ => fields == self.columns && rows.state != State::Quoted,
            };
            lines.push((at, fits && !rows.stray));
            // Marks pair otherwise here than they did for who found the record, so a row seldom spans lines.
            at = end.map_or(record.len(), |end| at + end + 1);
        }
        lines
    }
}

impl Boundary for Rows {
    fn restart(&mut self) {
        (self.state, self.delimiters, self.stray, self.before) = (State::Begin, 0, false, b'\n');
    }

    fn is_suspicious(&self) -> bool {
        self.stray || self.state == State::Quoted
    }

    /// A mark that is missing or too many lets a quoted field run on into later rows. It is taken to end with its line if
    /// what follows are rows of the header's number of fields, up to the record's end or a good number of them.
    fn resync(&self, record: &[u8], ends: Ends) -> Option<usize> {
        if !self.dialect.quotes || self.columns < 2 {
            return None;
        }
        // A record that is cut off proves nothing by its end.
        let mut fitting = if ends == Ends::Limit { 0 } else { CONVINCING };
        let mut found = None;
        for (at, fits) in self.lines(record, ends).into_iter().rev() {
            if matches!(record.get(at), Some(b'\n' | b'\r')) {
                continue;
            }
            fitting = if fits { fitting + 1 } else { 0 };
            if fitting >= CONVINCING {
                found = Some(at);
            }
        }
        found
    }

    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        if !self.dialect.quotes {
            return memchr::memchr(b'\n', bytes);
        }
        let mut at = 0;
        while at < bytes.len() {
            match self.state {
                State::Begin => {
                    let opens = bytes[at] == b'"';
                    self.state = if opens { State::Quoted } else { State::Plain };
                    at += usize::from(opens);
                }
                State::Plain => {
                    let Some(found) = memchr::memchr2(self.dialect.delimiter, b'\n', &bytes[at..]) else {
                        break;
                    };
                    at += found;
                    self.state = State::Begin;
                    if bytes[at] == b'\n' {
                        return Some(at);
                    }
                    self.delimiters += 1;
                    at += 1;
                }
                State::Quoted => {
                    let Some(found) = memchr::memchr(b'"', &bytes[at..]) else { break };
                    at += found + 1;
                    self.state = State::Closing;
                    let before = if at > 1 { bytes[at - 2] } else { self.before };
                    self.at_field = before == self.dialect.delimiter || before == b'\n';
                }
                State::Closing => {
                    let next = bytes[at];
                    let again = next == b'"';
                    self.state = if again { State::Quoted } else { State::Plain };
                    let ends = next == self.dialect.delimiter || matches!(next, b'\n' | b'\r');
                    self.stray |= self.at_field && !again && !ends;
                    at += usize::from(again);
                }
            }
        }
        self.before = *bytes.last()?;
        None
    }
}

/// Gives out the fields of a row.
pub(crate) struct FieldsOf<'a> {
    rest: Option<&'a str>,
    dialect: Dialect,
}

impl FieldsOf<'_> {
    /// Replaces `field` by the next one; `false` if there is none.
    ///
    /// # Errors
    /// A quoted field that doesn't end, or doesn't end where the delimiter is.
    pub(crate) fn next_into(&mut self, field: &mut String) -> Result<bool, DecodeError> {
        field.clear();
        let Some(mut rest) = self.rest else { return Ok(false) };
        if self.dialect.quotes && rest.starts_with('"') {
            rest = &rest[1..];
            loop {
                let Some((inside, after)) = rest.split_once('"') else {
                    return Err(DecodeError::new(
                        "unclosed-quote",
                        "a quoted field doesn't end; rows that can be told from it are read, the rest is lost in this record",
                    ));
                };
                field.push_str(inside);
                rest = after;
                match rest.strip_prefix('"') {
                    Some(after) => {
                        field.push('"');
                        rest = after;
                    }
                    None => break,
                }
            }
        } else {
            let end = memchr::memchr(self.dialect.delimiter, rest.as_bytes()).unwrap_or(rest.len());
            let (inside, after) = rest.split_at(end);
            field.push_str(inside);
            rest = after;
        }
        self.rest = match rest.as_bytes().first() {
            None => None,
            Some(&byte) if byte == self.dialect.delimiter => Some(&rest[1..]),
            Some(_) => {
                let message = "something follows the closing quotation mark of a field; inside it a mark is written twice";
                return Err(DecodeError::new("stray-quote", message));
            }
        };
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect { delimiter: b',', quotes: true };

    fn rows(text: &str, piece: usize) -> Vec<String> {
        let (mut boundary, mut rows, mut row) = (Rows::new(COMMA), Vec::new(), Vec::new());
        for chunk in text.as_bytes().chunks(piece) {
            let mut chunk = chunk;
            while let Some(end) = boundary.find(chunk) {
                row.extend_from_slice(&chunk[..end]);
                rows.push(String::from_utf8(std::mem::take(&mut row)).unwrap());
                chunk = &chunk[end + 1..];
            }
            row.extend_from_slice(chunk);
        }
        if !row.is_empty() {
            rows.push(String::from_utf8(row).unwrap());
        }
        rows
    }

    fn fields(row: &str) -> Vec<String> {
        let (mut fields, mut field, mut all) = (COMMA.fields(row), String::new(), Vec::new());
        while fields.next_into(&mut field).unwrap() {
            all.push(field.clone());
        }
        all
    }

    #[test]
    fn a_row_that_ran_on_is_cut_where_rows_of_the_right_width_begin() {
        let rows = Rows::new(COMMA).with_columns(2);
        for (record, ends, at) in [
            ("5,\"open\n6,x\n7,y", Ends::File, Some(8)),
            ("5,\"open\n6,\"text one, more\"", Ends::Line, Some(8)),
            // The next row goes on behind the record.
            ("5,\"open\n6,\"text", Ends::Line, Some(8)),
            ("5,\"a cut\nbody, of prose\nin lines", Ends::File, None),
            ("5,\"a cut\nbody", Ends::File, None),
            ("5,\"open\n\n6,x\n\n", Ends::File, Some(9)),
            ("5,\"long\n6,x\n7,y\n8", Ends::Limit, None),
        ] {
            assert_eq!(rows.resync(record.as_bytes(), ends), at, "{record}");
        }
        let many = format!("5,\"long\n{}6", "6,x\n".repeat(CONVINCING));
        assert_eq!(rows.resync(many.as_bytes(), Ends::Limit), Some(8));
        assert_eq!(Rows::new(COMMA).resync(many.as_bytes(), Ends::Limit), None);
    }

    proptest::proptest! {
        /// What the `csv` crate writes is read back, in pieces of any size.
        #[test]
        fn what_another_program_writes_is_read(
            table in proptest::collection::vec(proptest::collection::vec("[a\",\\n\\ré]{0,6}", 3), 1..6),
            piece in 1usize..20,
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let got: Vec<Vec<String>> = rows(&text, piece).iter().map(|row| fields(row)).collect();
            proptest::prop_assert_eq!(got, table);
        }

        /// Nothing panics, and a row never ends inside what its fields take for a quoted field.
        #[test]
        fn rows_end_where_their_fields_end(text in "[a\",\\n\\r]{0,30}", piece in 1usize..8) {
            for row in rows(&text, piece) {
                let (mut fields, mut field) = (COMMA.fields(&row), String::new());
                while let Ok(true) = fields.next_into(&mut field) {}
            }
        }
    }
}
