//! How to run a plan, and what comes of it.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use newsmill_core::Plan;
use newsmill_core::config::Problem;
use newsmill_input::files::Skipped;
use serde::Serialize;

use crate::directory::Directory;
use crate::files::Inputs;
use crate::metrics::{Counts, Timings};
use crate::parts;
use crate::piece::Shard;
use crate::progress::Progress;
use crate::sample::SampleSize;
use crate::selection::Selection;
use crate::session::{Session, Target};

/// How to run. Nothing here changes a byte of the outputs, save `limit`, `shard` and `sample`.
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
    /// The part of the input to read, for [`merge`](crate::merge()).
    pub shard: Option<Shard>,
    /// Only a sample of the articles.
    pub sample: Option<SampleSize>,
    /// For `run.json`: how the plan came to be, so that [`retry`](crate::retry()) can make it again.
    pub command: Option<Command>,
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
            shard: None,
            sample: None,
            command: None,
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
    /// Add to it what is new; begin a run if there is none, go on with what is unfinished.
    Append,
    /// Add to it what is new, whatever it was made with, and forget an unfinished part.
    AppendAnew,
}

/// What made a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Command {
    /// The config file.
    pub config: PathBuf,
    /// What was read in place of the config's input; empty if nothing was.
    pub input: Vec<String>,
    /// Overrides of options.
    pub sets: Vec<String>,
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
    /// Files that lie among the input and weren't read.
    pub skipped: Skipped,
    /// What is worth noting about the input as a whole.
    pub remarks: Vec<String>,
    /// The first ids that several articles have; known once the run is complete.
    pub duplicates: Vec<String>,
    /// Where the tables are.
    pub dir: PathBuf,
    /// Which part of a run it is: 0 for a run of its own.
    pub part: u32,
}

impl Summary {
    /// Whether all input was read, now or before.
    pub fn is_complete(&self) -> bool {
        matches!(self.status, Status::Complete | Status::AlreadyComplete)
    }
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
    let mut inputs = Inputs::new(plan).map_err(RunError::Problems)?;
    if let Some(shard) = options.shard {
        inputs.keep_shard(shard).map_err(RunError::Directory)?;
    }
    let dir = Directory::new(PathBuf::from(&plan.output.dir));
    let start = match options.start {
        Start::Append | Start::AppendAnew if dir.is_complete() => {
            return parts::append(plan, options, inputs, progress, stop);
        }
        Start::Append if dir.state().is_some() => Start::Resume,
        Start::AppendAnew if dir.state().is_some() => Start::Force,
        Start::Append | Start::AppendAnew => Start::Fresh,
        start => start,
    };
    let options = RunOptions { start, ..options.clone() };
    let target = Target { dir, top: None, part: 0 };
    let (selection, nothing) = (Selection::default(), ("", serde_json::Value::Null));
    Session::new(plan, &options, inputs, target, selection, nothing, stop)?.run(progress, stop)
}

/// Tells whether a run could begin, without beginning it.
///
/// # Errors
/// Why it couldn't.
pub fn check(plan: &Plan, options: &RunOptions) -> Result<(), RunError> {
    let mut inputs = Inputs::new(plan).map_err(RunError::Problems)?;
    if let Some(shard) = options.shard {
        inputs.keep_shard(shard).map_err(RunError::Directory)?;
    }
    let options = RunOptions { sample: None, ..options.clone() };
    let target = Target { dir: Directory::new(PathBuf::from(&plan.output.dir)), top: None, part: 0 };
    let (selection, nothing) = (Selection::default(), ("", serde_json::Value::Null));
    Session::new(plan, &options, inputs, target, selection, nothing, &AtomicBool::new(false))?
        .check_directory()
}

#[expect(clippy::disallowed_methods, reason = "`run.json` says when the run was; nothing else looks at it")]
pub(crate) fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}
