//! Finds the records of an archive by their lengths.

use std::io::{self, BufRead, BufReader, Read};

use newsmill_core::input::{DecodeError, Fault, Filled, FrameInfo, InputFile, Position, RawBatch, Source};

use super::http;

/// Header lines of a record together; bytes.
const MAX_HEADERS: u64 = 64 << 10;
/// How much of a record over the limit is kept; bytes.
const KEPT: u64 = 4 << 10;

/// Hands on records that may hold an article, passes over all others.
pub(crate) struct Records {
    reader: BufReader<Box<dyn Read + Send>>,
    max_bytes: u64,
    position: Position,
    headers: Vec<u8>,
}

/// What a record begins with.
struct Head {
    length: u64,
    wanted: bool,
}

impl Records {
    pub(crate) fn new(file: InputFile) -> Self {
        Records {
            reader: BufReader::with_capacity(128 << 10, file.reader),
            max_bytes: file.max_record_bytes as u64,
            position: Position { file: file.index, ..file.start },
            headers: Vec::new(),
        }
    }

    /// Reads a line into `headers`; `false` at the end of the file.
    fn line(&mut self) -> io::Result<bool> {
        let n = self.reader.by_ref().take(MAX_HEADERS).read_until(b'\n', &mut self.headers)?;
        self.position.offset += n as u64;
        Ok(n > 0)
    }

    /// Goes to the next line that begins a record; whether anything but blank lines had to be passed over.
    fn find(&mut self) -> io::Result<Option<bool>> {
        let mut other = false;
        loop {
            self.headers.clear();
            let start = self.position.offset;
            if !self.line()? {
                return Ok(None);
            }
            if self.headers.starts_with(b"WARC/") {
                self.position.offset = start;
                return Ok(Some(other));
            }
            other |= !self.headers.trim_ascii().is_empty();
        }
    }

    /// Reads the header lines that follow the first, which is in `headers`.
    fn head(&mut self) -> io::Result<Result<Head, &'static str>> {
        self.position.offset += self.headers.len() as u64;
        loop {
            let before = self.headers.len();
            if !self.line()? {
                return Err(cut());
            }
            if self.headers[before..].trim_ascii().is_empty() {
                break;
            }
            if self.headers.len() as u64 > MAX_HEADERS {
                return Ok(Err("its header lines are longer than 64 KiB"));
            }
        }
        let length = http::value(&self.headers, "content-length").and_then(|v| v.parse().ok());
        let Some(length) = length else { return Ok(Err("it doesn't say how long it is")) };
        let kind = http::value(&self.headers, "warc-type").unwrap_or_default();
        Ok(Ok(Head { length, wanted: matches!(&*kind, "response" | "resource" | "conversion") }))
    }

    /// Appends the block of a record to the batch, or its beginning if it is too long, or passes over it.
    fn block(&mut self, head: &Head, out: &mut Vec<u8>) -> io::Result<()> {
        let kept = match () {
            () if !head.wanted => 0,
            () if head.length > self.max_bytes => KEPT.min(head.length),
            () => head.length,
        };
        let got = self.reader.by_ref().take(kept).read_to_end(out)? as u64;
        let rest = head.length - kept;
        let passed = io::copy(&mut self.reader.by_ref().take(rest), &mut io::sink())?;
        self.position.offset += got + passed;
        if got + passed < head.length { Err(cut()) } else { Ok(()) }
    }

    fn fault(&self, batch: &mut RawBatch, position: Position, message: &str) {
        let end = batch.bytes.len();
        let error = DecodeError::new("damaged", message);
        let fault = Some(Fault { error, lost: true });
        batch.frames.push(FrameInfo { fault, ..FrameInfo::new(end..end, position) });
    }

    /// Reads one record; `false` at the end of the file.
    fn step(&mut self, batch: &mut RawBatch) -> io::Result<bool> {
        let before = self.position.clone();
        let Some(other) = self.find()? else {
            if self.headers.is_empty() && self.position.offset > before.offset + 1024 {
                self.fault(batch, before, "what follows is no record of a web archive");
            }
            return Ok(false);
        };
        if other {
            self.fault(batch, before, "what stands between two records is none; it was passed over");
        }
        let mut position = self.position.clone();
        let head = match self.head()? {
            Ok(head) => head,
            Err(why) => {
                self.fault(
                    batch,
                    position,
                    &format!("the record can't be read, for {why}; it was passed over"),
                );
                return Ok(true);
            }
        };
        let start = batch.bytes.len();
        if head.wanted {
            batch.bytes.extend_from_slice(&self.headers);
        }
        if let Err(e) = self.block(&head, &mut batch.bytes) {
            batch.bytes.truncate(start);
            return Err(e);
        }
        if head.wanted {
            position.record = self.position.record;
            let oversize = (head.length > self.max_bytes).then_some(head.length);
            batch.frames.push(FrameInfo { oversize, ..FrameInfo::new(start..batch.bytes.len(), position) });
            self.position.record += 1;
        }
        Ok(true)
    }
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the archive ends inside a record")
}

impl Source for Records {
    fn fill(&mut self, batch: &mut RawBatch, budget: usize) -> Result<Filled, io::Error> {
        while batch.bytes.len() < budget {
            if !self.step(batch)? {
                return Ok(Filled::End);
            }
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

    fn record(kind: &str, block: &str) -> String {
        format!("WARC/1.0\r\nWARC-Type: {kind}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n", block.len())
    }

    /// Blocks, faults as their codes, and how it ended.
    fn read(archive: &[u8], budget: usize, max: usize) -> (Vec<String>, Option<io::ErrorKind>) {
        let mut source = Records::new(InputFile::in_memory("a.warc", archive, max));
        let mut all = Vec::new();
        loop {
            let mut batch = RawBatch::default();
            let filled = source.fill(&mut batch, budget);
            for info in &batch.frames {
                let record = &archive[info.position.offset as usize..];
                let (_, block) = http::split(&batch.bytes[info.range.clone()]);
                all.push(match (&info.fault, info.oversize) {
                    (Some(fault), _) => fault.error.code.to_owned(),
                    (_, Some(n)) => format!("{n} bytes"),
                    _ => {
                        assert!(record.starts_with(b"WARC/"));
                        String::from_utf8_lossy(block).into_owned()
                    }
                });
            }
            match filled {
                Ok(Filled::More) => {}
                Ok(Filled::End) => return (all, None),
                Err(e) => return (all, Some(e.kind())),
            }
        }
    }

    #[test]
    fn pages_are_handed_on_and_all_else_is_passed_over() {
        let archive = [
            record("warcinfo", "x"),
            record("response", "one"),
            record("request", "no"),
            record("conversion", "WARC/1.0 two"),
            record("response", &"y".repeat(50)),
            record("resource", ""),
        ]
        .concat();
        for budget in [1, 100, 10_000] {
            let (all, end) = read(archive.as_bytes(), budget, 40);
            assert_eq!((all, end), (["one", "WARC/1.0 two", "50 bytes", ""].map(str::to_owned).into(), None));
        }
        let cut = &archive.as_bytes()[..archive.len() - 40];
        assert_eq!(read(cut, 1, 40).1, Some(io::ErrorKind::UnexpectedEof));
    }

    #[test]
    fn damage_between_records_is_passed_over_and_told() {
        let archive = [
            record("response", "one"),
            "garbage\r\nmore\r\n".to_owned(),
            "WARC/1.0\r\nWARC-Type: response\r\n\r\nlost\r\n\r\n".to_owned(),
            record("response", "two"),
        ]
        .concat();
        let (all, end) = read(archive.as_bytes(), 1, 100);
        assert_eq!(all, ["one", "damaged", "damaged", "damaged", "two"].map(str::to_owned));
        assert_eq!(end, None);
    }

    #[test]
    fn a_source_that_starts_at_a_position_goes_on_from_there() {
        let archive =
            [record("response", "one"), record("request", "no"), record("response", "two")].concat();
        let mut first = Records::new(InputFile::in_memory("a", archive.as_bytes(), 100));
        let mut batch = RawBatch::default();
        first.fill(&mut batch, 1).unwrap();
        let start = first.position();
        let rest = &archive.as_bytes()[start.offset as usize..];
        let mut second = Records::new(InputFile { start, ..InputFile::in_memory("a", rest, 100) });
        second.fill(&mut batch, 10_000).unwrap();
        let places: Vec<u64> = batch.frames.iter().map(|f| f.position.record).collect();
        assert_eq!(places, [0, 1]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(bytes in "(WARC/1.0\r\n|WARC-Type: response\r\n|Content-Length: [0-9]{1,20}\r\n|\r\n|[a-z]{0,5}){0,30}", budget in 1usize..50) {
            read(bytes.as_bytes(), budget, 20);
        }
    }
}
