//! The reader thread: frames of one file after the other, in batches of about equal size.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use newsmill_core::input::{Filled, Position, Source};

use crate::batch::Batch;
use crate::files::Inputs;
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
        let mut cursor = Cursor { inputs: self.inputs, at: self.start.clone(), source: None };
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
            let records = batch.raw.frames.len() as u64;
            if records == 0 {
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

/// A place in the list of files, with the source that stands there.
struct Cursor<'a> {
    inputs: &'a Inputs<'a>,
    at: Position,
    source: Option<Box<dyn Source>>,
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
            let before = self.at.offset;
            let filled = self.step(batch, budget);
            batch.input_bytes += self.at.offset.saturating_sub(before);
            match filled {
                Ok(Filled::More) => {}
                Ok(Filled::End) => {
                    self.source = None;
                    self.at = Position { file: self.at.file + 1, ..Position::default() };
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
        let source = match &mut self.source {
            Some(source) => source,
            None => self.source.insert(self.inputs.open(self.at.clone())?),
        };
        let filled = source.fill(&mut batch.raw, budget);
        self.at = source.position();
        filled
    }
}
