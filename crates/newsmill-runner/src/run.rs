//! A run from its directory to its report.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{io, panic, thread};

use crossbeam_channel::{Receiver, Sender, bounded};
use newsmill_core::Plan;
use newsmill_core::config::Problem;
use serde::Serialize;

use crate::batch::Batch;
use crate::directory::{Directory, RUN_JSON, SUCCESS, State};
use crate::files::Inputs;
use crate::flow::Flow;
use crate::identity::Identity;
use crate::journal::{Commit, Journal, last_commit};
use crate::metrics::{Counts, Timings};
use crate::outputs::{Finished, Outputs};
use crate::progress::Progress;
use crate::reader::{Ended, Reader};
use crate::report::report;
use crate::worker::Worker;
use crate::writer::{End, Message, Writer};

/// How to run. Nothing here changes a byte of the outputs, save `limit`.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Worker threads; 0 for one a core.
    pub workers: usize,
    /// Size of a batch of input; bytes.
    pub batch_bytes: usize,
    /// Batches on their way at once; 0 for four a worker.
    pub in_flight: usize,
    /// Time between commits, beyond which nothing is lost when the process is killed.
    pub commit_every: Duration,
    /// What to do about an earlier run in the directory.
    pub start: Start,
    /// Records to read at most.
    pub limit: Option<u64>,
    /// Check the invariants of every layer of every article.
    pub check_layers: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions {
            workers: 0,
            batch_bytes: 256 << 10,
            in_flight: 0,
            commit_every: Duration::from_secs(2),
            start: Start::Fresh,
            limit: None,
            check_layers: false,
        }
    }
}

/// What to do about an earlier run in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Refuse.
    Fresh,
    /// Replace it.
    Force,
    /// Go on with it.
    Resume,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// All input is in the tables or in the quarantine.
    Complete,
    /// Nothing was to be done: the directory holds this very run, complete.
    AlreadyComplete,
    /// More records failed than `limits.max_failures` allows. Resumable.
    FailureBudget,
    /// It was told to stop. Resumable.
    Interrupted,
}

impl Status {
    /// As `run.json` names it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Complete | Status::AlreadyComplete => "complete",
            Status::FailureBudget => "failure-budget",
            Status::Interrupted => "interrupted",
        }
    }

    /// The exit code of the process.
    pub fn exit_code(self) -> u8 {
        match self {
            Status::Complete | Status::AlreadyComplete => 0,
            Status::FailureBudget => 3,
            Status::Interrupted => 130,
        }
    }
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Summary {
    /// How it ended.
    pub status: Status,
    /// Derives from everything that determines the results.
    pub run_id: String,
    /// What became of the records; of the whole run, also if it was resumed.
    pub counts: Counts,
    /// Where the time of this session went.
    pub timings: Timings,
    /// Bytes of input that this session read.
    pub bytes_read: u64,
}

/// Why a run couldn't begin, or had to stop.
#[derive(Debug)]
pub enum RunError {
    /// Mistakes in the config, with their places.
    Problems(Vec<Problem>),
    /// The directory is in use, or can't be gone on with.
    Directory(String),
    /// It stopped; what was committed is safe, and `--resume` goes on from there.
    Failed(String),
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RunError::Problems(problems) => {
                let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
            RunError::Directory(message) | RunError::Failed(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for RunError {}

impl From<io::Error> for RunError {
    fn from(error: io::Error) -> Self {
        RunError::Failed(error.to_string())
    }
}

/// Runs a plan over all its input. `stop` may be raised at any time: what is on its way is finished and committed.
///
/// # Errors
/// See [`RunError`].
pub fn run(
    plan: &Plan,
    options: &RunOptions,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<Summary, RunError> {
    let inputs = Inputs::new(plan).map_err(RunError::Problems)?;
    let session = Session {
        plan,
        options,
        identity: Identity::new(plan, &inputs, options.limit)?,
        inputs,
        dir: Directory::new(PathBuf::from(&plan.output.dir)),
        started: unix_now(),
        began: Instant::now(),
    };
    match session.prepare()? {
        Prepared::Complete(counts) => {
            Ok(session.summary(Status::AlreadyComplete, counts, Timings::default(), 0))
        }
        Prepared::From(commit) => session.go(commit, progress, stop),
    }
}

#[expect(clippy::disallowed_methods, reason = "`run.json` says when the run was; nothing else looks at it")]
fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

enum Prepared {
    /// Nothing is left to do.
    Complete(Counts),
    /// Go on from here, or from the beginning.
    From(Option<Commit>),
}

struct Session<'a> {
    plan: &'a Plan,
    options: &'a RunOptions,
    identity: Identity,
    inputs: Inputs<'a>,
    dir: Directory,
    started: u64,
    began: Instant,
}

impl Session<'_> {
    fn prepare(&self) -> Result<Prepared, RunError> {
        let shown = self.dir.path().display();
        match self.options.start {
            Start::Fresh => {
                if let Some(what) = self.dir.in_use(self.plan) {
                    return Err(RunError::Directory(format!(
                        "the output directory {shown} {what}; replace it with --force, go on with it with --resume, or \
                         choose another directory with --output"
                    )));
                }
            }
            Start::Force => self.dir.clean(self.plan)?,
            Start::Resume => return self.prepare_to_resume(),
        }
        self.begin_anew()
    }

    fn begin_anew(&self) -> Result<Prepared, RunError> {
        let work = self.dir.work();
        std::fs::create_dir_all(&work).map_err(|e| {
            RunError::Failed(format!("can't make the output directory {}: {e}", work.display()))
        })?;
        let state = State {
            run_id: self.identity.id.clone(),
            fingerprint: self.identity.fingerprint.clone(),
            outputs: self.plan.outputs().map(|o| o.name.clone()).collect(),
        };
        let json = serde_json::to_vec_pretty(&state).map_err(io::Error::other)?;
        self.dir.write_whole(&work.join("state.json"), &json)?;
        Ok(Prepared::From(None))
    }

    fn prepare_to_resume(&self) -> Result<Prepared, RunError> {
        let shown = self.dir.path().display();
        if self.dir.is_complete() {
            let report = self.dir.report().unwrap_or_default();
            self.check_same(&report["fingerprint"])?;
            self.dir.remove_work()?;
            let counts = serde_json::from_value(report["counts"].clone()).unwrap_or_default();
            return Ok(Prepared::Complete(counts));
        }
        if let Some(state) = self.dir.state() {
            self.check_same(&state.fingerprint)?;
            let bytes = match std::fs::read(self.dir.journal()) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
                result => {
                    result.map_err(|e| RunError::Failed(format!("can't read the journal in {shown}: {e}")))?
                }
            };
            if let (Some(commit), good) = last_commit(&bytes) {
                let journal = std::fs::OpenOptions::new().write(true).open(self.dir.journal())?;
                journal.set_len(good as u64)?;
                self.dir.unrename(self.plan)?;
                return Ok(Prepared::From(Some(commit)));
            }
            self.dir.clean(self.plan)?;
        } else if self.dir.work().exists() {
            // It was killed before it noted anything: nothing was written either.
            self.dir.remove_work()?;
        }
        match self.dir.in_use(self.plan) {
            Some(what) => Err(RunError::Directory(format!(
                "{shown} {what}, but no run that can be gone on with; replace it with --force"
            ))),
            None => self.begin_anew(),
        }
    }

    fn check_same(&self, other: &serde_json::Value) -> Result<(), RunError> {
        let differences = self.identity.differences(other);
        if differences.is_empty() {
            return Ok(());
        }
        Err(RunError::Directory(format!(
            "{} holds another run: it differs in {}; go on with the same config, options and input, or replace it with \
             --force",
            self.dir.path().display(),
            differences.join(", ")
        )))
    }

    fn summary(&self, status: Status, counts: Counts, timings: Timings, bytes_read: u64) -> Summary {
        Summary { status, run_id: self.identity.id.clone(), counts, timings, bytes_read }
    }

    fn go(self, from: Option<Commit>, progress: &Progress, stop: &AtomicBool) -> Result<Summary, RunError> {
        let workers = match self.options.workers {
            0 => thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        let outputs = Outputs::open(self.plan, &self.dir, from.as_ref().map(|c| &*c.lengths))?;
        let committed = from.unwrap_or_default();
        let start = committed.start();
        let before: u64 = self.inputs.files.iter().take(start.file as usize).map(|f| f.bytes).sum();
        progress.begin(self.inputs.bytes(), before + start.offset);
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
            let _ = to_reader.send(Box::new(Batch::new(self.plan.outputs().count())));
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
            let mut worker = Worker::new(self.plan, &self.inputs, self.options.check_layers);
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
        let (status, finished) = match complete {
            Ok(()) => (Status::Complete, outputs.finish(&self.dir.work())?),
            Err(status) => (status, Finished::default()),
        };
        counts.duplicate_ids = finished.duplicate_ids;
        timings.finishing = began.elapsed().as_secs_f64();
        timings.total = self.began.elapsed().as_secs_f64();
        let summary = self.summary(status, counts, timings, bytes_read);
        let report = report(
            self.plan,
            &self.inputs,
            &self.identity.fingerprint,
            &summary,
            &finished.files,
            self.started,
            unix_now(),
        );
        let mut json = serde_json::to_vec_pretty(&report).map_err(io::Error::other)?;
        json.push(b'\n');
        self.dir.write_whole(&self.dir.path().join(RUN_JSON), &json)?;
        if status == Status::Complete {
            self.dir
                .write_whole(&self.dir.path().join(SUCCESS), format!("{}\n", summary.run_id).as_bytes())?;
            self.dir.remove_work()?;
        }
        Ok(summary)
    }
}
