//! The reader thread: frames of one file after the other, in batches of about equal size.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use newsmill_core::document::Article;
use newsmill_core::input::{DecodeError, Fault, Filled, Frame, FrameInfo, Position};

use crate::batch::Batch;
use crate::files::{Inputs, Reading, is_of_the_file};
use crate::flow::Flow;

/// Batches of tiny records end here: their bytes say little about the work they make.
const MAX_RECORDS: usize = 4096;
/// Bytes that are read at once where there is one thread alone.
const BATCH: usize = 256 << 10;

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
        let mut cursor = Cursor::new(self.inputs, self.start.clone(), self.stop);
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
                ended.complete = ended.error.is_none() && !cursor.stopped();
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
    reading: Option<Reading<'a>>,
    /// Bytes of this file that batches stand for already.
    counted: u64,
    stop: &'a AtomicBool,
}

impl<'a> Cursor<'a> {
    fn new(inputs: &'a Inputs<'a>, start: Position, stop: &'a AtomicBool) -> Self {
        Cursor { inputs, at: start.clone(), start, reading: None, counted: 0, stop }
    }

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
        while has_room(batch) && !self.inputs.piece.is_over(&self.at) && !self.stopped() {
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

    /// Whether the run is to stop; while what other shards have is passed over, there is no batch to look at it after.
    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn step(&mut self, batch: &mut Batch, budget: usize) -> std::io::Result<Filled> {
        let reading = match &mut self.reading {
            Some(reading) => reading,
            None => {
                let (from, _) = self.inputs.piece.part_of(self.at.file, u64::MAX);
                let resumed = if self.at == self.start { self.at.offset } else { 0 };
                self.counted = from.max(resumed);
                self.reading.insert(self.inputs.open(self.at.clone())?)
            }
        };
        let before = (batch.raw.frames.len(), batch.raw.bytes.len());
        let filled = reading.source.fill(&mut batch.raw, budget);
        self.at = reading.source.position();
        self.leave_out_others(batch, before);
        filled
    }

    /// Leaves the records out that other shards have.
    fn leave_out_others(&self, batch: &mut Batch, (frames, bytes): (usize, usize)) {
        let piece = &self.inputs.piece;
        let Some(new) = batch.raw.frames.get(frames..) else { return };
        if new.iter().all(|frame| piece.holds(&frame.position)) {
            return;
        }
        let kept: Vec<FrameInfo> = new.iter().filter(|f| piece.holds(&f.position)).cloned().collect();
        batch.raw.frames.truncate(frames);
        if kept.is_empty() {
            batch.raw.bytes.truncate(bytes);
        }
        batch.raw.frames.extend(kept);
    }

    /// Tells what is wrong with the file as a frame of its own, in its place among the records.
    fn fault(&self, batch: &mut Batch, fault: Fault) {
        if !self.inputs.piece.holds(&self.at) {
            return;
        }
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
        let bytes = self.inputs.files[self.at.file as usize].bytes;
        let (_, end) = self.inputs.piece.part_of(self.at.file, bytes);
        let left = end.saturating_sub(self.counted);
        self.reading = None;
        self.counted = 0;
        self.at = Position { file: self.at.file + 1, ..Position::default() };
        left
    }
}

/// Decodes all records here and now, one after the other, until `each` says no.
pub(crate) fn each_article(
    inputs: &Inputs<'_>,
    stop: &AtomicBool,
    mut each: impl FnMut(&Frame<'_>, &mut Article, Result<(), DecodeError>) -> bool,
) -> Result<(), String> {
    let mut cursor = Cursor::new(inputs, inputs.start(), stop);
    let mut scratches: Vec<_> = inputs.formats().iter().map(|f| f.scratch()).collect();
    let (mut batch, mut article) = (Batch::default(), Article::default());
    loop {
        batch.clear();
        cursor.fill(&mut batch, BATCH, u64::MAX)?;
        if batch.raw.frames.is_empty() {
            return Ok(());
        }
        for info in &batch.raw.frames {
            let frame = batch.raw.frame(info, &inputs.files[info.position.file as usize].name);
            if let Some(fault) = &info.fault {
                article.clear();
                if !each(&frame, &mut article, Err(fault.error.clone())) {
                    return Ok(());
                }
                continue;
            }
            let index = inputs.format_of(info.position.file);
            let mut go_on = true;
            let mut emit = |article: &mut Article, result: Result<(), DecodeError>| {
                go_on = go_on && each(&frame, article, result);
            };
            let decode = || {
                inputs.formats()[index].decode(&frame, &mut article, scratches[index].as_mut(), &mut emit);
            };
            if catch_unwind(AssertUnwindSafe(decode)).is_err() {
                scratches[index] = inputs.formats()[index].scratch();
                article.clear();
                go_on &= each(&frame, &mut article, Err(DecodeError::new("panic", "the decoder panicked")));
            }
            if !go_on {
                return Ok(());
            }
        }
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
