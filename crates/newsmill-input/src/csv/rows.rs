//! Where rows end and what their fields are.
//!
//! Both parts read a row by the same rules, the first without looking at its content: a quotation mark opens a field at
//! its very beginning alone, two of them inside one stand for one, a single one closes it.

use newsmill_core::input::DecodeError;

use crate::lines::Boundary;

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
    state: State,
}

impl Rows {
    /// At the beginning of a row.
    pub fn new(dialect: Dialect) -> Self {
        Rows { dialect, state: State::Begin }
    }
}

impl Boundary for Rows {
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
                    at += memchr::memchr2(self.dialect.delimiter, b'\n', &bytes[at..])?;
                    self.state = State::Begin;
                    if bytes[at] == b'\n' {
                        return Some(at);
                    }
                    at += 1;
                }
                State::Quoted => {
                    at += memchr::memchr(b'"', &bytes[at..])? + 1;
                    self.state = State::Closing;
                }
                State::Closing => {
                    let again = bytes[at] == b'"';
                    self.state = if again { State::Quoted } else { State::Plain };
                    at += usize::from(again);
                }
            }
        }
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
                        "a quoted field doesn't end; all that follows it in the file is taken for part of it",
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
