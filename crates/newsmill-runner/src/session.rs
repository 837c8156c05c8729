//! A run: threads, and what comes after the last batch.

use std::sync::atomic::AtomicBool;
use std::time::Instant;
use std::{io, panic, thread};

use crossbeam_channel::{Receiver, Sender, bounded};
use newsmill_core::Plan;
use serde_json::Value;

use crate::batch::Batch;
use crate::directory::{Directory, RUN_JSON, SUCCESS, State};
use crate::files::Inputs;
use crate::flow::Flow;
use crate::identity::Identity;
use crate::journal::{Commit, Journal};
use crate::metrics::{Counts, Timings};
use crate::outputs::{Finished, Outputs, need_ends};
use crate::prepare::Prepared;
use crate::progress::Progress;
use crate::reader::{Ended, Reader};
use crate::report::report;
use crate::run::{RunError, RunOptions, Status, Summary, unix_now};
use crate::sample::Sample;
use crate::selection::Selection;
use crate::worker::Worker;
use crate::writer::{End, Message, Writer};

/// Where a run is written to.
pub(crate) struct Target {
    pub dir: Directory,
    /// The run that it is added to, as the part of this number.
    pub top: Option<Directory>,
    pub part: u32,
}

/// Everything that doesn't change while a run goes on.
pub(crate) struct Session<'a> {
    pub plan: &'a Plan,
    pub options: &'a RunOptions,
    pub identity: Identity,
    pub inputs: Inputs<'a>,
    pub selection: Selection,
    pub dir: Directory,
    pub top: Option<Directory>,
    pub part: u32,
    pub started: u64,
    pub began: Instant,
}

impl<'a> Session<'a> {
    /// `more` is part of what the run is, by a name; draws the sample, for which the input may have to be read.
    pub(crate) fn new(
        plan: &'a Plan,
        options: &'a RunOptions,
        inputs: Inputs<'a>,
        target: Target,
        mut selection: Selection,
        more: (&str, Value),
        stop: &AtomicBool,
    ) -> Result<Self, RunError> {
        let identity = Identity::new(plan, &inputs, options, more)?;
        if let Some(size) = options.sample {
            selection.sample = Some(Sample::new(size, &inputs, stop).map_err(RunError::Directory)?);
        }
        Ok(Session {
            plan,
            options,
            identity,
            inputs,
            selection,
            dir: target.dir,
            top: target.top,
            part: target.part,
            started: unix_now(),
            began: Instant::now(),
        })
    }

    /// Whether a directory holds this very run, begun by this program.
    pub(crate) fn is_that_of(&self, dir: &Directory) -> bool {
        let same = |state: State| {
            state.fingerprint == self.identity.fingerprint && state.build == crate::identity::build()
        };
        dir.state().is_some_and(same)
    }

    /// Runs from the beginning, or from where an earlier session ended.
    pub(crate) fn run(self, progress: &Progress, stop: &AtomicBool) -> Result<Summary, RunError> {
        self.check_directory()?;
        let _lock = self.dir.lock()?;
        // Another run may have come and gone before this one had the lock.
        self.check_directory()?;
        match self.prepare()? {
            Prepared::Complete(counts) => {
                Ok(self.summary(Status::AlreadyComplete, counts, Timings::default(), 0))
            }
            Prepared::From(commit) => self.go(commit, progress, stop),
        }
    }

    pub(crate) fn summary(
        &self,
        status: Status,
        counts: Counts,
        timings: Timings,
        bytes_read: u64,
    ) -> Summary {
        let run_id = self.identity.id.clone();
        let (skipped, remarks) = (self.inputs.skipped.clone(), self.inputs.remarks.clone());
        let (dir, part) = (self.dir.path().to_owned(), self.part);
        Summary {
            status,
            run_id,
            counts,
            timings,
            bytes_read,
            skipped,
            remarks,
            duplicates: Vec::new(),
            dir,
            part,
        }
    }

    /// Runs on from a commit, or from the beginning.
    pub(crate) fn go(
        self,
        from: Option<Commit>,
        progress: &Progress,
        stop: &AtomicBool,
    ) -> Result<Summary, RunError> {
        let workers = match self.options.workers {
            0 => thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        let outputs = Outputs::open(self.plan, &self.dir, from.as_ref(), workers)?;
        let start = from.as_ref().map_or_else(|| self.inputs.start(), Commit::start);
        let committed = from.unwrap_or_default();
        let before = self.inputs.piece_bytes(Some(&start));
        progress.begin(self.inputs.piece_bytes(None), before);
        let stages = self.plan.stage_ids().map(|id| (id.to_owned(), 0.0)).collect();
        let most = (self.plan.limits.max_body_bytes as usize).saturating_mul(workers);
        let flow = Flow::new(most.max(self.in_flight(workers) * self.options.batch_bytes));
        let mut writer = Writer {
            plan: self.plan,
            outputs,
            journal: Journal::open(&self.dir.journal())?,
            flow: &flow,
            progress,
            counts: committed.counts.clone(),
            timings: Timings { workers, stages, ..Timings::default() },
            position: start,
            committed,
            commit_every: self.options.commit_every,
            last_commit: Instant::now(),
        };
        let (read, written) = self.pipeline(&mut writer, workers, &flow, stop);
        let bytes_read = progress.snapshot().bytes_done.saturating_sub(before);
        self.conclude(writer, read, written?, progress, bytes_read)
    }

    fn in_flight(&self, workers: usize) -> usize {
        match self.options.in_flight {
            0 => 4 * workers,
            n => n,
        }
    }

    /// Reader, workers and writer until all are done.
    fn pipeline(
        &self,
        writer: &mut Writer<'_>,
        workers: usize,
        flow: &Flow,
        stop: &AtomicBool,
    ) -> (Ended, io::Result<End>) {
        let in_flight = self.in_flight(workers);
        let (to_reader, empty) = bounded(in_flight);
        let (to_workers, full) = bounded(in_flight);
        let (to_writer, done) = bounded(in_flight + workers);
        for _ in 0..in_flight {
            // The channel holds as many.
            let _ = to_reader.send(Box::new(Batch::new(self.plan.outputs().count(), need_ends(self.plan))));
        }
        let reader = Reader {
            inputs: &self.inputs,
            start: writer.position.clone(),
            batch_bytes: self.options.batch_bytes.max(1),
            limit: self.options.limit.map_or(u64::MAX, |n| n.saturating_sub(writer.counts.records)),
            stop,
            flow,
        };
        thread::scope(|scope| {
            let named = |name: &str| thread::Builder::new().name(format!("newsmill-{name}"));
            let reading = named("reader").spawn_scoped(scope, move || reader.run(&empty, &to_workers));
            let mut spawned = reading.is_ok();
            for _ in 0..workers {
                let (full, to_writer) = (full.clone(), to_writer.clone());
                let work = move || self.work(&full, &to_writer);
                spawned &= named("worker").spawn_scoped(scope, work).is_ok();
            }
            drop((full, to_writer));
            let written = match spawned {
                true => writer.run(&done, to_reader),
                false => Err(io::Error::other("the system gives no more threads; try fewer --workers")),
            };
            // Wakes the others if the writer gave up.
            drop(done);
            flow.close();
            let read = reading.map(|handle| handle.join().unwrap_or_default()).unwrap_or_default();
            (read, written)
        })
    }

    fn work(&self, full: &Receiver<Box<Batch>>, done: &Sender<Message>) {
        crate::panics::contained_here();
        let work = || {
            let mut worker = Worker::new(self.plan, &self.inputs, &self.selection, self.options.check_layers);
            let mut asked = Instant::now();
            while let Ok(mut batch) = full.recv() {
                batch.times.wait += asked.elapsed();
                worker.process(&mut batch);
                asked = Instant::now();
                if done.send(Message::Done(batch)).is_err() {
                    break;
                }
            }
        };
        if panic::catch_unwind(panic::AssertUnwindSafe(work)).is_err() {
            let _ = done.send(Message::Dead("a worker thread died; please report this as a bug".to_owned()));
        }
    }

    /// What comes after the last batch.
    fn conclude(
        &self,
        mut writer: Writer<'_>,
        read: Ended,
        end: End,
        progress: &Progress,
        bytes_read: u64,
    ) -> Result<Summary, RunError> {
        let began = Instant::now();
        writer.timings.reading = read.reading.as_secs_f64();
        writer.timings.reader_waiting = read.waiting.as_secs_f64();
        if end == End::Drained && read.complete {
            progress.finish();
        }
        writer.commit()?;
        let complete = match (end, read.error) {
            (End::Fatal(why), _) | (End::Drained, Some(why)) => {
                return Err(RunError::Failed(format!(
                    "{why}; what came before is kept, go on with --resume"
                )));
            }
            (End::FailureBudget, _) => Err(Status::FailureBudget),
            (End::Drained, None) if read.complete => Ok(()),
            (End::Drained, None) => Err(Status::Interrupted),
        };
        let Writer { outputs, mut counts, mut timings, .. } = writer;
        let encoders = outputs.encoders();
        let (status, finished) = match complete {
            Ok(()) => (Status::Complete, outputs.finish(self.selection.seen.as_ref())?),
            Err(status) => (status, Finished::default()),
        };
        counts.duplicate_ids = finished.duplicates.articles;
        timings.encoders = encoders.seconds();
        timings.finishing = began.elapsed().as_secs_f64();
        timings.total = self.began.elapsed().as_secs_f64();
        let mut summary = self.summary(status, counts, timings, bytes_read);
        summary.duplicates = finished.duplicates.ids;
        let report = report(self, &summary, &finished.files, unix_now());
        let mut json = serde_json::to_vec_pretty(&report).map_err(io::Error::other)?;
        json.push(b'\n');
        self.dir.write_whole(&self.dir.path().join(RUN_JSON), &json)?;
        if status == Status::Complete {
            if let Some(shard) = self.options.shard {
                self.dir.keep_for_merge(self.plan, shard)?;
            }
            self.dir
                .write_whole(&self.dir.path().join(SUCCESS), format!("{}\n", summary.run_id).as_bytes())?;
            self.dir.remove_work()?;
        }
        Ok(summary)
    }
}
