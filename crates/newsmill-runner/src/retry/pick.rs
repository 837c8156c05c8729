//! A source that gives out some records of a file.

use std::io;
use std::str::from_utf8;

use newsmill_core::input::{DecodeError, Fault, FileContext, Filled, FrameInfo, Position, RawBatch, Source};

use crate::files::{Inputs, Reading};

/// Code of what can't be found again.
pub(crate) const CHANGED: &str = "changed";
/// A record that lies so much further on is gone to, not read up to; bytes.
const GAP: u64 = 4 << 20;
/// Bytes that are read at once.
const BATCH: usize = 256 << 10;

/// A record that is wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub record: u64,
    pub line: u64,
    pub offset: u64,
    /// All records from this one on are wanted too.
    pub rest: bool,
    /// Its length, if `raw` is only its beginning.
    pub raw_bytes: Option<u64>,
    /// What the quarantine has of it.
    pub raw: Option<Vec<u8>>,
}

/// Gives out wanted records, those that aren't where they were from what is kept of them.
pub(crate) struct Picker<'p> {
    inputs: &'p Inputs<'p>,
    file: u32,
    /// What of `wanted` comes next.
    next: usize,
    /// Where the file is opened first.
    start: Position,
    reading: Option<Reading<'p>>,
    opened: bool,
    /// Its bytes are decompressed or recoded.
    packed: bool,
    /// Why it can't be read on, to be told after what was read.
    failed: Option<io::Error>,
    /// What was read and not looked at.
    buffered: RawBatch,
    looked_at: usize,
    context: Option<FileContext>,
    position: Position,
}

impl<'p> Picker<'p> {
    pub(crate) fn new(inputs: &'p Inputs<'p>, start: Position) -> Self {
        let wanted = inputs.asked_of(start.file);
        let next = wanted.iter().position(|w| w.rest || w.record >= start.record).unwrap_or(wanted.len());
        Picker {
            inputs,
            file: start.file,
            next,
            start: start.clone(),
            reading: None,
            opened: false,
            packed: false,
            failed: None,
            buffered: RawBatch::default(),
            looked_at: 0,
            context: None,
            position: start,
        }
    }

    fn place_of(&self, wanted: &Wanted) -> Position {
        let Wanted { record, line, offset, .. } = *wanted;
        let there = Position { file: self.file, record, line, offset };
        if wanted.rest && self.start.record > record { self.start.clone() } else { there }
    }

    /// Opens the file, or goes on to where a record should be if that is far.
    fn approach(&mut self, wanted: &Wanted) -> io::Result<()> {
        let place = self.place_of(wanted);
        if !self.opened {
            self.opened = true;
            let beginning = Position { file: self.file, ..Position::default() };
            let reading = self.inputs.open_file(beginning)?;
            self.packed = reading.packed.is_some();
            self.reading = Some(reading);
        }
        let Some(reading) = &self.reading else { return Ok(()) };
        if !self.packed && place.offset > reading.source.position().offset + GAP {
            self.buffered.clear();
            self.looked_at = 0;
            self.reading = Some(self.inputs.open_file(place)?);
        }
        Ok(())
    }

    /// The next frame of the file, if there is one that can be read.
    fn peek(&mut self) -> io::Result<Option<&FrameInfo>> {
        while self.looked_at >= self.buffered.frames.len() {
            let Some(reading) = &mut self.reading else {
                return self.failed.take().map_or(Ok(None), Err);
            };
            self.buffered.clear();
            self.looked_at = 0;
            let filled = reading.source.fill(&mut self.buffered, BATCH);
            if !matches!(filled, Ok(Filled::More)) {
                self.reading = None;
                self.failed = filled.err();
            }
            self.context =
                self.buffered.frames.iter().find_map(|f| f.context.clone()).or(self.context.take());
        }
        Ok(self.buffered.frames.get(self.looked_at))
    }

    /// Whether the next frame is the record of this number.
    fn find(&mut self, record: u64) -> io::Result<bool> {
        while let Some(frame) = self.peek()? {
            if frame.fault.is_none() && frame.position.record >= record {
                return Ok(frame.position.record == record);
            }
            self.looked_at += 1;
        }
        Ok(false)
    }

    /// Whether the next frame is what the quarantine says. Of a file that is recoded bytes that are no text can't be told.
    fn is_as_it_was(&self, wanted: &Wanted) -> bool {
        let (Some(frame), Some(raw)) = (self.buffered.frames.get(self.looked_at), &wanted.raw) else {
            return true;
        };
        let bytes = &self.buffered.bytes[frame.range.clone()];
        let is_same = match (wanted.raw_bytes, frame.oversize) {
            (None, None) => bytes == raw,
            _ => bytes.starts_with(raw) || raw.starts_with(bytes),
        };
        is_same || (self.packed && from_utf8(raw).is_err())
    }

    fn give(&mut self, wanted: &Wanted, batch: &mut RawBatch) {
        let found = self.approach(wanted).and_then(|()| self.find(wanted.record)).unwrap_or(false);
        let start = batch.bytes.len();
        if found && self.is_as_it_was(wanted) {
            let frame = &self.buffered.frames[self.looked_at];
            batch.bytes.extend_from_slice(&self.buffered.bytes[frame.range.clone()]);
            batch.frames.push(FrameInfo { range: start..batch.bytes.len(), ..frame.clone() });
            return;
        }
        let raw = wanted.raw.as_deref().unwrap_or_default();
        batch.bytes.extend_from_slice(raw);
        let frame = FrameInfo::new(start..batch.bytes.len(), self.place_of(wanted));
        batch.frames.push(match (&wanted.raw, wanted.raw_bytes) {
            (Some(_), None) => FrameInfo { context: self.context.clone(), ..frame },
            _ => {
                let message =
                    "the record isn't any more where it was, and the quarantine doesn't hold all of it";
                let fault = Some(Fault { error: DecodeError::new(CHANGED, message), lost: true });
                FrameInfo { fault, oversize: wanted.raw_bytes, ..frame }
            }
        });
    }

    /// Gives out all that follows.
    fn fill_rest(&mut self, wanted: &Wanted, batch: &mut RawBatch, budget: usize) -> io::Result<Filled> {
        self.approach(wanted)?;
        let from = self.place_of(wanted).record;
        while batch.bytes.len() < budget {
            let Some(frame) = self.peek()?.cloned() else { return Ok(Filled::End) };
            let start = batch.bytes.len();
            if frame.position.record >= from {
                batch.bytes.extend_from_slice(&self.buffered.bytes[frame.range.clone()]);
                let position = frame.position.clone();
                batch.frames.push(FrameInfo { range: start..batch.bytes.len(), ..frame });
                self.position = Position { record: position.record + 1, ..position };
            }
            self.looked_at += 1;
        }
        Ok(Filled::More)
    }
}

impl Source for Picker<'_> {
    fn fill(&mut self, batch: &mut RawBatch, budget: usize) -> io::Result<Filled> {
        let wanted = self.inputs.asked_of(self.file);
        while batch.bytes.len() < budget {
            let Some(next) = wanted.get(self.next) else { return Ok(Filled::End) };
            if next.rest {
                return self.fill_rest(next, batch, budget);
            }
            self.give(next, batch);
            self.next += 1;
            self.position = match wanted.get(self.next) {
                Some(next) => self.place_of(next),
                None => Position { record: next.record + 1, ..self.place_of(next) },
            };
        }
        Ok(Filled::More)
    }

    fn position(&self) -> Position {
        self.position.clone()
    }
}
