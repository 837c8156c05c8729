//! CSV and TSV as lists are written: cells that lie in the file as they are, found in one pass over its bytes.
//!
//! RFC 4180 with what spreadsheets and people make of it: lines end with LF, CRLF or CR; empty lines and those that begin with `#` are
//! nothing; a quotation mark matters only at the start of a cell; what follows a closing one belongs to the cell.

use std::borrow::Cow;

/// The records of a file that is UTF-8.
pub(crate) struct Records<'f> {
    text: &'f str,
    at: usize,
    /// Of `at`, from 1.
    line: u64,
    delimiter: u8,
    /// Whether quotation marks mean something.
    quoting: bool,
}

impl<'f> Records<'f> {
    /// Quotation marks mean something between commas, not between tabs.
    pub fn new(text: &'f str, delimiter: u8) -> Self {
        Records { text, at: 0, line: 1, delimiter, quoting: delimiter != b'\t' }
    }

    /// Appends the cells of the next record; its line, or `None` at the end.
    pub fn next(&mut self, cells: &mut Vec<Cow<'f, str>>) -> Option<u64> {
        self.skip_nothing();
        let line = self.line;
        self.peek()?;
        loop {
            let cell = if self.quoting && self.peek() == Some(b'"') { self.quoted() } else { self.plain() };
            cells.push(cell);
            match self.peek() {
                Some(b) if b == self.delimiter => self.at += 1,
                _ => break,
            }
        }
        self.end_line();
        Some(line)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes to the first line that is a record's.
    fn skip_nothing(&mut self) {
        loop {
            match self.peek() {
                Some(b'\n' | b'\r') => {}
                Some(b'#') => {
                    let rest = &self.text.as_bytes()[self.at..];
                    self.at += rest.iter().position(|&b| is_end(b)).unwrap_or(rest.len());
                }
                _ => return,
            }
            self.end_line();
        }
    }

    /// Past the end of a line, if one is here.
    fn end_line(&mut self) {
        match self.text.as_bytes().get(self.at..) {
            Some([b'\r', b'\n', ..]) => self.at += 2,
            Some([b'\n' | b'\r', ..]) => self.at += 1,
            _ => return,
        }
        self.line += 1;
    }

    fn slice(&self, from: usize) -> &'f str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    #[inline]
    fn plain(&mut self) -> Cow<'f, str> {
        let from = self.at;
        let rest = &self.text.as_bytes()[from..];
        let delimiter = self.delimiter;
        self.at += rest.iter().position(|&b| b == delimiter || is_end(b)).unwrap_or(rest.len());
        Cow::Borrowed(self.slice(from))
    }

    /// A cell whose first byte is a quotation mark. Two of them inside are one; without a closing one it goes on to the file's end.
    fn quoted(&mut self) -> Cow<'f, str> {
        self.at += 1;
        let mut cell = Cow::Borrowed(self.inner());
        while self.peek() == Some(b'"') {
            self.at += 1;
            if self.peek() != Some(b'"') {
                break;
            }
            self.at += 1;
            let more = self.inner();
            let cell = cell.to_mut();
            cell.push('"');
            cell.push_str(more);
        }
        match self.plain() {
            more if more.is_empty() => cell,
            more => cell + more,
        }
    }

    /// Up to the next quotation mark.
    fn inner(&mut self) -> &'f str {
        let from = self.at;
        let rest = &self.text.as_bytes()[from..];
        self.at += rest.iter().position(|&b| b == b'"').unwrap_or(rest.len());
        let inner = self.slice(from);
        self.line += inner.bytes().filter(|&b| b == b'\n').count() as u64;
        inner
    }
}

fn is_end(b: u8) -> bool {
    matches!(b, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, delimiter: u8) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text, delimiter);
        let (mut all, mut cells) = (Vec::new(), Vec::new());
        while let Some(line) = records.next(&mut cells) {
            all.push((line, cells.drain(..).map(Cow::into_owned).collect()));
        }
        all
    }

    #[test]
    fn lines_are_counted_where_a_record_begins() {
        let text = "# comment\r\n\r\na,b\r\n\"x\ny\",\"\"\"q\"\"\"z\n#\n1,\n";
        let expected = [(3, ["a", "b"]), (4, ["x\ny", "\"q\"z"]), (7, ["1", ""])];
        assert_eq!(read(text, b','), expected.map(|(line, cells)| (line, cells.map(str::to_owned).to_vec())));
        assert_eq!(read("a\t\"b\"", b'\t'), [(1, vec!["a".to_owned(), "\"b\"".to_owned()])]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_the_cells_that_the_csv_crate_finds(text in "([ab\u{e9},\t\"#]{0,7}\r?\n){0,8}", tabs: bool) {
            let delimiter = if tabs { b'\t' } else { b',' };
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(delimiter).quoting(!tabs).comment(Some(b'#')).has_headers(false).flexible(true)
                .from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> =
                reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
            let found: Vec<Vec<String>> = read(&text, delimiter).into_iter().map(|(_, cells)| cells).collect();
            proptest::prop_assert_eq!(found, expected);
        }
    }
}
