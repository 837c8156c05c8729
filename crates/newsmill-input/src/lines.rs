//! Records of a file that end with a newline: any newline, or those that the format says.

use std::io::{self, Read};
use std::ops::Range;

use newsmill_core::input::{FileContext, Filled, FrameInfo, InputFile, Position, RawBatch, Source};

const CHUNK: usize = 256 << 10;
/// How much of a line over the limit is kept for the quarantine; bytes.
const KEPT: usize = 4 << 10;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Finds the newlines that end records, in bytes that come piece by piece.
pub(crate) trait Boundary: Send {
    /// Where the record ends that goes on in `bytes`, if it ends there: the place of its newline.
    fn find(&mut self, bytes: &[u8]) -> Option<usize>;

    /// Another record begins.
    fn restart(&mut self) {}

    /// Whether the record that `find` found, or didn't find an end of, may hold others.
    fn is_suspicious(&self) -> bool {
        false
    }

    /// Where in a record another one must begin, because this one is broken: behind a newline. May depend on the record's
    /// bytes alone.
    fn resync(&self, _record: &[u8], _ends: Ends) -> Option<usize> {
        None
    }
}

/// What a record ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// What [`Boundary::find`] says.
    Line,
    /// The file.
    File,
    /// It goes on, but is longer than any may be.
    Limit,
}

/// Every newline.
pub(crate) struct Newline;

impl Boundary for Newline {
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        memchr::memchr(b'\n', bytes)
    }
}

/// Finds records. Blank lines are none, a byte order mark at the beginning of the file belongs to none.
pub(crate) struct Lines<B> {
    reader: Box<dyn Read + Send>,
    max_bytes: usize,
    buf: Vec<u8>,
    /// `buf[start..end]` is read but not handed on; `buf[start..scanned]` holds no newline.
    start: usize,
    scanned: usize,
    end: usize,
    at_eof: bool,
    /// Where `buf[start]` lies.
    position: Position,
    boundary: B,
    /// Goes with every record.
    context: Option<FileContext>,
    /// The first record of the file is a header.
    header: bool,
}

/// A line without its newline.
struct Line {
    /// In the buffer.
    range: Range<usize>,
    /// In the file, newline included.
    bytes: u64,
    /// Newlines in it, that at its end included.
    lines: u64,
    oversize: Option<u64>,
}

impl<B: Boundary> Lines<B> {
    pub(crate) fn new(file: InputFile, boundary: B) -> Self {
        let position = Position { file: file.index, line: file.start.line.max(1), ..file.start };
        Lines {
            reader: file.reader,
            max_bytes: file.max_record_bytes,
            buf: Vec::new(),
            start: 0,
            scanned: 0,
            end: 0,
            at_eof: false,
            position,
            boundary,
            context: None,
            header: false,
        }
    }

    /// The file begins with a record that is none of its own but tells of the others, as the context does.
    pub(crate) fn with_header(mut self, header: bool, context: FileContext) -> Self {
        self.header = header;
        self.context = Some(context);
        self
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            if let Some(n) = self.boundary.find(&self.buf[self.scanned..self.end]) {
                return Ok(Some(self.found(self.scanned + n)));
            }
            self.scanned = self.end;
            if self.end - self.start > self.max_bytes {
                if let Some(line) = self.cut(self.start + self.max_bytes + 1, Ends::Limit) {
                    return Ok(Some(line));
                }
                let line = self.skip_long_line()?;
                self.boundary.restart();
                return Ok(Some(line));
            }
            if self.at_eof {
                if self.boundary.is_suspicious()
                    && let Some(line) = self.cut(self.end, Ends::File)
                {
                    return Ok(Some(line));
                }
                let range = self.start..self.end;
                self.start = self.end;
                return Ok((!range.is_empty()).then(|| self.line(range, 0)));
            }
            self.read_more()?;
        }
    }

    /// The line that ends at `end`, or as much of it as is one record.
    fn found(&mut self, end: usize) -> Line {
        let long = end - self.start > self.max_bytes;
        let cut = match (long, self.boundary.is_suspicious()) {
            (true, _) => self.cut(self.start + self.max_bytes + 1, Ends::Limit),
            (false, true) => self.cut(end, Ends::Line),
            (false, false) => None,
        };
        cut.unwrap_or_else(|| {
            let range = self.start..end;
            self.start = end + 1;
            self.scanned = self.start;
            self.boundary.restart();
            self.line(range, 1)
        })
    }

    /// Ends the record before another one that must begin in it, if there is one before `end`.
    fn cut(&mut self, end: usize, ends: Ends) -> Option<Line> {
        let at = self.start + self.boundary.resync(&self.buf[self.start..end], ends)?;
        let range = self.start..at - 1;
        self.start = at;
        self.scanned = at;
        self.boundary.restart();
        Some(self.line(range, 1))
    }

    /// A line that lies in the buffer whole, with `end` bytes behind it that are none of its own. One over the limit is cut all the same: what becomes of a record may not
    /// depend on how much was read at once.
    fn line(&self, range: Range<usize>, end: u64) -> Line {
        let length = range.len() as u64;
        let lines = newlines(&self.buf[range.start..range.end + end as usize]);
        match range.len() > self.max_bytes {
            true => {
                Line { range: self.kept(range.start), bytes: length + end, lines, oversize: Some(length) }
            }
            false => Line { range, bytes: length + end, lines, oversize: None },
        }
    }

    fn kept(&self, start: usize) -> Range<usize> {
        start..start + KEPT.min(self.max_bytes)
    }

    fn read_more(&mut self) -> io::Result<()> {
        self.buf.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.scanned -= self.start;
        self.start = 0;
        if self.buf.len() - self.end < CHUNK / 2 {
            self.buf.resize(self.end + CHUNK, 0);
        }
        let n = loop {
            match self.reader.read(&mut self.buf[self.end..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += n;
        self.at_eof = n == 0;
        Ok(())
    }

    /// The line at `start` is over the limit: keeps its beginning, reads past its newline.
    fn skip_long_line(&mut self) -> io::Result<Line> {
        let kept = self.kept(self.start);
        let mut bytes = (self.end - self.start) as u64;
        let mut lines = newlines(&self.buf[self.start..self.end]);
        // What follows is read behind the kept part, over and over.
        let behind = kept.end;
        loop {
            self.end = behind;
            let n = match self.reader.read(&mut self.buf[behind..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            let found = self.boundary.find(&self.buf[behind..behind + n]);
            lines += newlines(&self.buf[behind..behind + found.map_or(n, |at| at + 1)]);
            self.at_eof = n == 0;
            if let Some(at) = found {
                self.start = behind + at + 1;
                self.end = behind + n;
                bytes += at as u64 + 1;
            } else {
                self.start = behind;
                bytes += n as u64;
            }
            if found.is_some() || self.at_eof {
                self.scanned = self.start;
                let length = bytes - u64::from(found.is_some());
                return Ok(Line { range: kept, bytes, lines, oversize: Some(length) });
            }
        }
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

impl<B: Boundary> Source for Lines<B> {
    fn fill(&mut self, batch: &mut RawBatch, budget: usize) -> Result<Filled, io::Error> {
        while batch.bytes.len() < budget {
            let Some(line) = self.next_line()? else { return Ok(Filled::End) };
            let mut bytes = &self.buf[line.range];
            if self.position.offset == 0 {
                bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
            }
            if self.header && self.position.offset == 0 {
                // The context has it.
            } else if line.oversize.is_some() || !bytes.iter().all(u8::is_ascii_whitespace) {
                let start = batch.bytes.len();
                batch.bytes.extend_from_slice(bytes);
                let range = start..batch.bytes.len();
                let position = self.position.clone();
                let context = self.context.clone();
                let (oversize, frame) = (line.oversize, FrameInfo::new(range, position));
                batch.frames.push(FrameInfo { oversize, context, ..frame });
                self.position.record += 1;
            }
            self.position.line += line.lines;
            self.position.offset += line.bytes;
        }
        Ok(Filled::More)
    }

    fn position(&self) -> Position {
        self.position.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8], start: Position, max: usize) -> Lines<Newline> {
        let rest = &bytes[start.offset as usize..];
        Lines::new(InputFile { start, ..InputFile::in_memory("x", rest, max) }, Newline)
    }

    /// (line, offset, text or length of an oversize record) of every record, read in batches of this size.
    fn records(bytes: &[u8], budget: usize, max: usize) -> Vec<(u64, u64, String)> {
        let mut source = source(bytes, Position::default(), max);
        let (mut batch, mut all) = (RawBatch::default(), Vec::new());
        loop {
            batch.clear();
            let filled = source.fill(&mut batch, budget).unwrap();
            for info in &batch.frames {
                let text = match info.oversize {
                    Some(n) => format!("{n} bytes"),
                    None => String::from_utf8_lossy(&batch.bytes[info.range.clone()]).into_owned(),
                };
                all.push((info.position.line, info.position.offset, text));
                assert_eq!(info.position.record, all.len() as u64 - 1);
            }
            if filled == Filled::End {
                return all;
            }
        }
    }

    #[test]
    fn lines_are_records_whatever_the_batch() {
        let text = b"\xEF\xBB\xBF{1}\n\n  \t\n{2}\r\n{3}\n{4}";
        let expected: Vec<(u64, u64, String)> =
            vec![(1, 0, "{1}".into()), (4, 12, "{2}\r".into()), (5, 17, "{3}".into()), (6, 21, "{4}".into())];
        for budget in [1, 4, 5, 1000] {
            assert_eq!(records(text, budget, 100), expected, "{budget}");
        }
        assert_eq!(records(b"", 10, 100), vec![]);
        assert_eq!(records(b"\n\n", 10, 100), vec![]);
    }

    #[test]
    fn a_long_line_is_measured_and_the_next_one_is_whole() {
        for long in [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let mut text = b"a\n".to_vec();
            text.extend(vec![b'x'; long]);
            text.extend(b"\nb\nc");
            let expected = vec![
                (1, 0, "a".to_owned()),
                (2, 2, format!("{long} bytes")),
                (3, long as u64 + 3, "b".to_owned()),
                (4, long as u64 + 5, "c".to_owned()),
            ];
            let got: Vec<_> = records(&text, 10, 1000);
            assert_eq!(got, expected, "{long}");
        }
        assert_eq!(records(&[b'x'; 5000], 10, 1000), vec![(1, 0, "5000 bytes".to_owned())]);
    }

    #[test]
    fn a_source_that_starts_at_a_position_goes_on_from_there() {
        let text = b"{1}\n\n{2}\n{3}\n";
        let mut first = source(text, Position::default(), 100);
        let mut batch = RawBatch::default();
        first.fill(&mut batch, 4).unwrap();
        let mut second = source(text, first.position(), 100);
        let mut rest = RawBatch::default();
        while second.fill(&mut rest, 1000).unwrap() == Filled::More {}
        batch.frames.extend(rest.frames);
        let places: Vec<_> = batch.frames.iter().map(|f| (f.position.record, f.position.line)).collect();
        assert_eq!(places, [(0, 1), (1, 3), (2, 4)]);
    }

    /// Gives out what it holds in pieces of changing length.
    struct Dribble {
        bytes: Vec<u8>,
        at: usize,
        pieces: Vec<usize>,
    }

    impl Read for Dribble {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.pieces.rotate_left(1);
            let n = self.pieces[0].min(buf.len()).min(self.bytes.len() - self.at);
            buf[..n].copy_from_slice(&self.bytes[self.at..self.at + n]);
            self.at += n;
            Ok(n)
        }
    }

    proptest::proptest! {
        /// However the bytes come and however large the batches are, records are the lines that aren't blank, and
        /// those over the limit have their length.
        #[test]
        fn records_are_the_lines(
            lines in proptest::collection::vec("[ab \\t\\r]{0,40}", 0..12),
            last_ends in proptest::bool::ANY,
            pieces in proptest::collection::vec(1usize..50, 1..6),
            budget in 1usize..200,
            max in 8usize..30,
        ) {
            let text = lines.join("\n") + if last_ends { "\n" } else { "" };
            let reader = Box::new(Dribble { bytes: text.clone().into_bytes(), at: 0, pieces });
            let file = InputFile { reader, ..InputFile::in_memory("x", b"", max) };
            let mut source = Lines::new(file, Newline);
            let mut got = Vec::new();
            loop {
                let mut batch = RawBatch::default();
                let filled = source.fill(&mut batch, budget).unwrap();
                for f in &batch.frames {
                    let bytes = batch.bytes[f.range.clone()].to_vec();
                    got.push((f.position.line, f.position.offset, f.oversize, bytes));
                }
                if filled == Filled::End {
                    break;
                }
            }
            let mut expected = Vec::new();
            let mut offset = 0;
            for (i, line) in text.split('\n').enumerate() {
                let (number, long) = (i as u64 + 1, line.len() > max);
                if long || !line.as_bytes().trim_ascii().is_empty() {
                    let bytes = line.as_bytes()[..line.len().min(max)].to_vec();
                    expected.push((number, offset as u64, long.then_some(line.len() as u64), bytes));
                }
                offset += line.len() + 1;
            }
            proptest::prop_assert_eq!(got, expected);
        }
    }
}
