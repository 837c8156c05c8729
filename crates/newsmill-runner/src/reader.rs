//! The reader thread: frames of one file after the other, in batches of about equal size.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use newsmill_core::input::{DecodeError, Fault, Filled, FrameInfo, Position};

use crate::batch::Batch;
use crate::files::{Inputs, Reading, is_of_the_file};
use crate::flow::Flow;

/// Batches of tiny records end here: their bytes say little about the work they make.
const MAX_RECORDS: usize = 4096;

/// What the reader needs to know.
pub(crate) struct Reader<'a> {
    pub inputs: &'a Inputs<'a>,
    /// Where to begin.
    pub start: Position,
    /// Size of a batch; bytes.
    pub batch_bytes: usize,
    /// Records to read at most.
    pub limit: u64,
    pub stop: &'a AtomicBool,
    pub flow: &'a Flow,
}

/// How reading ended.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    /// Everything was read (or as many records as were asked for).
    pub complete: bool,
    /// What went wrong with which file.
    pub error: Option<String>,
    pub reading: Duration,
    pub waiting: Duration,
}

impl Reader<'_> {
    /// Reads until the end, an error, or a stop; every batch that it hands on holds whole records.
    pub(crate) fn run(self, empty: &Receiver<Box<Batch>>, full: &Sender<Box<Batch>>) -> Ended {
        let mut ended = Ended::default();
        let (at, start) = (self.start.clone(), self.start.clone());
        let mut cursor = Cursor { inputs: self.inputs, at, start, reading: None, counted: 0 };
        let mut left = self.limit;
        let mut ticket = 0;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return ended;
            }
            let asked = Instant::now();
            let Ok(mut batch) = empty.recv() else { return ended };
            let began = Instant::now();
            ended.waiting += began - asked;
            let filled = cursor.fill(&mut batch, self.batch_bytes, left);
            ended.reading += began.elapsed();
            ended.error = filled.err();
            let records = batch.raw.frames.iter().filter(|f| f.fault.is_none()).count() as u64;
            if batch.raw.frames.is_empty() {
                ended.complete = ended.error.is_none();
                return ended;
            }
            left -= records;
            batch.ticket = ticket;
            ticket += 1;
            if !self.flow.enter(batch.raw.bytes.len()) || full.send(batch).is_err() || ended.error.is_some() {
                return ended;
            }
        }
    }
}

/// A place in the list of files, with the file that is open there.
struct Cursor<'a> {
    inputs: &'a Inputs<'a>,
    at: Position,
    /// Where the run began or goes on.
    start: Position,
    reading: Option<Reading>,
    /// Bytes of this file that batches stand for already.
    counted: u64,
}

impl Cursor<'_> {
    /// Fills a batch from as many files as it takes.
    fn fill(&mut self, batch: &mut Batch, budget: usize, limit: u64) -> Result<(), String> {
        batch.input_bytes = 0;
        let result = self.fill_from_files(batch, budget, limit);
        if batch.raw.frames.len() as u64 > limit {
            let cut = batch.raw.frames[limit as usize].position.clone();
            batch.raw.frames.truncate(limit as usize);
            self.at = cut;
        }
        batch.end = self.at.clone();
        result
    }

    fn fill_from_files(&mut self, batch: &mut Batch, budget: usize, limit: u64) -> Result<(), String> {
        let has_room =
            |b: &Batch| b.raw.bytes.len() < budget && b.raw.frames.len() < MAX_RECORDS.min(limit as usize);
        while has_room(batch) && (self.at.file as usize) < self.inputs.files.len() {
            let filled = self.step(batch, budget);
            batch.input_bytes += self.progress();
            match filled {
                Ok(Filled::More) => {}
                Ok(Filled::End) => {
                    let notes = self.reading.as_ref().map(|r| r.notes.take()).unwrap_or_default();
                    notes.into_iter().for_each(|error| self.fault(batch, Fault { error, lost: false }));
                    batch.input_bytes += self.next_file();
                }
                Err(e) if is_of_the_file(&e) => {
                    let error = explain(&e, self.reading.is_some());
                    self.fault(batch, Fault { error, lost: true });
                    batch.input_bytes += self.next_file();
                }
                Err(e) => {
                    let path = self.inputs.files[self.at.file as usize].path.display();
                    return Err(format!("can't read {path}: {e}"));
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, batch: &mut Batch, budget: usize) -> std::io::Result<Filled> {
        let reading = match &mut self.reading {
            Some(reading) => reading,
            None => {
                self.counted = if self.at == self.start { self.at.offset } else { 0 };
                self.reading.insert(self.inputs.open(self.at.clone())?)
            }
        };
        let filled = reading.source.fill(&mut batch.raw, budget);
        self.at = reading.source.position();
        filled
    }

    /// Tells what is wrong with the file as a frame of its own, in its place among the records.
    fn fault(&self, batch: &mut Batch, fault: Fault) {
        let end = batch.raw.bytes.len();
        let fault = Some(fault);
        batch.raw.frames.push(FrameInfo { fault, ..FrameInfo::new(end..end, self.at.clone()) });
    }

    /// Bytes of the file that were read since the last call.
    fn progress(&mut self) -> u64 {
        let packed = self.reading.as_ref().and_then(|r| r.packed.as_ref());
        let now = packed.map_or(self.at.offset, |bytes| bytes.load(Ordering::Relaxed));
        let new = now.saturating_sub(self.counted);
        self.counted += new;
        new
    }

    /// Goes to the beginning of the next file; the bytes of this one that weren't counted.
    fn next_file(&mut self) -> u64 {
        let left = self.inputs.files[self.at.file as usize].bytes.saturating_sub(self.counted);
        self.reading = None;
        self.counted = 0;
        self.at = Position { file: self.at.file + 1, ..Position::default() };
        left
    }
}

fn explain(error: &std::io::Error, is_open: bool) -> DecodeError {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    match error.kind() {
        UnexpectedEof => {
            DecodeError::new("truncated", format!("{error}; the records before that are in the tables"))
        }
        InvalidData if is_open => {
            DecodeError::new("damaged", format!("{error}; the records before that are in the tables"))
        }
        InvalidData => DecodeError::new("damaged", error.to_string()),
        _ => DecodeError::new("unreadable", format!("the file can't be opened: {error}")),
    }
}
