//! The writer: finished batches in the order of their tickets, commits, and when to stop.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use newsmill_core::Plan;
use newsmill_core::input::Position;

use crate::batch::Batch;
use crate::flow::Flow;
use crate::journal::{Commit, Journal};
use crate::metrics::{Counts, Timings};
use crate::outputs::Outputs;
use crate::progress::Progress;

/// A commit after at most this much output; bytes.
const COMMIT_BYTES: u64 = 64 << 20;

/// What a worker tells the writer.
pub(crate) enum Message {
    /// A batch is done.
    Done(Box<Batch>),
    /// A worker is gone, which is a bug of newsmill's.
    Dead(String),
}

/// Why writing ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// No more batches.
    Drained,
    /// More failures than the config allows.
    FailureBudget,
    /// Something that the run can't go on after; all before it is committed.
    Fatal(String),
}

/// Everything that the writer owns.
pub(crate) struct Writer<'a> {
    pub plan: &'a Plan,
    pub outputs: Outputs<'a>,
    pub journal: Journal,
    pub flow: &'a Flow,
    pub progress: &'a Progress,
    pub counts: Counts,
    pub timings: Timings,
    /// Up to where everything is on disk.
    pub committed: Commit,
    /// Up to where everything is handed to the outputs.
    pub position: Position,
    pub commit_every: Duration,
    pub last_commit: Instant,
}

impl Writer<'_> {
    /// Takes batches until there are no more. `empty` takes them back.
    pub(crate) fn run(
        &mut self,
        done: &Receiver<Message>,
        empty: Sender<Box<Batch>>,
    ) -> std::io::Result<End> {
        // The front is the batch that is written next.
        let mut ring: VecDeque<Option<Box<Batch>>> = VecDeque::new();
        let mut next = 0;
        while let Ok(message) = done.recv() {
            let batch = match message {
                Message::Done(batch) => batch,
                Message::Dead(why) => return Ok(End::Fatal(why)),
            };
            let slot = (batch.ticket - next) as usize;
            if ring.len() <= slot {
                ring.resize_with(slot + 1, || None);
            }
            ring[slot] = Some(batch);
            while let Some(Some(_)) = ring.front() {
                let Some(Some(mut batch)) = ring.pop_front() else { break };
                next += 1;
                if let Some(end) = self.write(&mut batch)? {
                    return Ok(end);
                }
                self.flow.leave(batch.raw.bytes.len());
                batch.clear();
                // At the end of a run nobody takes it any more.
                let _ = empty.send(batch);
            }
        }
        Ok(End::Drained)
    }

    fn write(&mut self, batch: &mut Batch) -> std::io::Result<Option<End>> {
        if let Some(why) = batch.fatal.take() {
            // Nothing of this batch is written, so that the run can go on with it once the cause is mended.
            return Ok(Some(End::Fatal(why)));
        }
        let began = Instant::now();
        self.outputs.append(batch, self.counts.articles)?;
        self.position = batch.end.clone();
        self.counts.add(&batch.counts);
        self.timings.add(&batch.times);
        self.progress.advance(batch.input_bytes, batch.counts.articles, batch.counts.failures());
        let due =
            self.last_commit.elapsed() >= self.commit_every || self.outputs.uncommitted() >= COMMIT_BYTES;
        if due {
            self.commit()?;
        }
        self.timings.writing += began.elapsed().as_secs_f64();
        let budget = &self.plan.limits.max_failures;
        let (failed, records) = (self.counts.failures(), self.counts.records);
        let over = records >= budget.after && failed as f64 > budget.ratio * records as f64;
        Ok(over.then_some(End::FailureBudget))
    }

    /// Makes everything so far safe, and says so in the journal.
    pub(crate) fn commit(&mut self) -> std::io::Result<()> {
        let saved = self.outputs.sync()?;
        let Position { file, record, line, offset } = self.position;
        let commit = Commit {
            sequence: self.committed.sequence + 1,
            position: (file, record, line, offset),
            lengths: saved.iter().map(|s| s.length).collect(),
            chunks: saved.iter().map(|s| (s.chunks, s.tail)).collect(),
            counts: self.counts.clone(),
        };
        self.journal.append(&commit)?;
        self.outputs.committed()?;
        self.committed = commit;
        self.last_commit = Instant::now();
        Ok(())
    }
}
