//! What goes round between the threads.

use newsmill_core::input::{Position, RawBatch};

use crate::metrics::{Counts, WorkerTimes};

/// A batch of records on its way: raw when the reader hands it on, encoded when a worker does.
#[derive(Default)]
pub(crate) struct Batch {
    /// Its place in the order of input, from 0.
    pub ticket: u64,
    /// The records.
    pub raw: RawBatch,
    /// Where the first record after it begins.
    pub end: Position,
    /// Bytes of input that it stands for.
    pub input_bytes: u64,
    /// Encoded rows, one buffer an output of the plan.
    pub outputs: Vec<Vec<u8>>,
    /// Where each article of the tables ends in each of these buffers, if somebody needs to know.
    pub ends: Vec<Vec<usize>>,
    /// Lines for the quarantine.
    pub quarantine: Vec<u8>,
    /// Each article's id, for finding duplicates; see [`crate::ids`].
    pub ids: Vec<u8>,
    /// What became of its records.
    pub counts: Counts,
    /// Where the worker's time went.
    pub times: WorkerTimes,
    /// Why the run must stop here.
    pub fatal: Option<String>,
}

/// Buffers that grew beyond this for one odd batch are given back; bytes.
const KEPT: usize = 4 << 20;

impl Batch {
    /// With a buffer for each output; `with_ends` of articles in them.
    pub(crate) fn new(outputs: usize, with_ends: bool) -> Self {
        let ends = if with_ends { vec![Vec::new(); outputs] } else { Vec::new() };
        Batch { outputs: vec![Vec::new(); outputs], ends, ..Batch::default() }
    }

    /// Makes it ready for other records.
    pub(crate) fn clear(&mut self) {
        self.raw.clear();
        self.raw.bytes.shrink_to(KEPT);
        for buffer in self.outputs.iter_mut().chain([&mut self.quarantine, &mut self.ids]) {
            buffer.clear();
            buffer.shrink_to(KEPT);
        }
        self.ends.iter_mut().for_each(Vec::clear);
        self.counts = Counts::default();
        self.times.clear();
        self.fatal = None;
    }
}
