//! Parts that are added to a complete run: each a complete run of its own in a folder of the first one's.
//!
//! ```text
//!   out/
//!     articles.csv … run.json _SUCCESS     the first run
//!     append-00001/                        what was added first, in the same layout
//!     append-00002/ …
//! ```
//!
//! Nothing of an earlier part is ever written to when another one is added. So a reader may read what is complete at any
//! time, and a part that was killed goes on, or is begun anew, like any other run.

use std::io;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use newsmill_core::Plan;
use serde_json::{Value, json};

use crate::directory::{Directory, QUARANTINE, RETRY};
use crate::files::Inputs;
use crate::identity::Identity;
use crate::progress::Progress;
use crate::run::{Command, RunError, RunOptions, Start, Summary};
use crate::seen::Seen;
use crate::selection::Selection;
use crate::session::{Session, Target};

const PREFIX: &str = "append-";

/// Parts of a fingerprint that may differ between the parts of a run.
const FREE: [&str; 5] = ["files", "limit", "sample", "after", "retry"];

/// A run with its parts.
pub(crate) struct Whole {
    pub top: Directory,
    /// Numbers of the parts that were added, ascending.
    pub parts: Vec<u32>,
}

impl Whole {
    pub(crate) fn open(top: &Path) -> io::Result<Self> {
        let mut parts = Vec::new();
        for entry in std::fs::read_dir(top)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
            parts.extend(number.filter(|n| n.len() >= 5).and_then(|n| n.parse::<u32>().ok()));
        }
        parts.sort_unstable();
        Ok(Whole { top: Directory::new(top), parts })
    }

    /// The directory of a part; number 0 is the first run.
    pub(crate) fn part(&self, number: u32) -> Directory {
        match number {
            0 => Directory::new(self.top.path()),
            n => Directory::new(self.top.path().join(format!("{PREFIX}{n:05}"))),
        }
    }

    /// All that are complete, the first run first.
    pub(crate) fn complete(&self) -> impl DoubleEndedIterator<Item = (u32, Directory)> + '_ {
        [0].iter().chain(&self.parts).map(|n| (*n, self.part(*n))).filter(|(_, dir)| dir.is_complete())
    }

    /// The last complete one.
    pub(crate) fn newest(&self) -> Result<(u32, Directory), RunError> {
        self.complete().next_back().ok_or_else(|| {
            RunError::Directory(format!("{} holds no complete run", self.top.path().display()))
        })
    }

    /// The number of the part to write, and whether it was begun already.
    pub(crate) fn next(&self) -> Result<(u32, bool), RunError> {
        let (newest, _) = self.newest()?;
        let begun = self.parts.iter().rev().find(|n| **n > newest && self.part(**n).state_path().exists());
        Ok(begun.map_or((newest + 1, false), |n| (*n, true)))
    }

    /// The quarantines of all complete parts.
    pub(crate) fn quarantines(&self) -> io::Result<Vec<u8>> {
        let mut lines = Vec::new();
        for (_, dir) in self.complete() {
            lines.append(&mut std::fs::read(dir.path().join(QUARANTINE))?);
        }
        Ok(lines)
    }

    /// What the run has, as its newest part says.
    pub(crate) fn seen(&self) -> Result<Seen, RunError> {
        let (_, newest) = self.newest()?;
        Seen::load(&newest.seen_path()).map_err(|e| {
            RunError::Directory(format!(
                "{} can't be added to: what it has seen can't be read from {} ({e}); it was made by an earlier version of \
                 newsmill, or copied without its .newsmill",
                newest.path().display(),
                newest.seen_path().display()
            ))
        })
    }

    /// Removes all parts, with what they wrote.
    pub(crate) fn remove_parts(&self, plan: &Plan) -> io::Result<()> {
        self.parts.iter().rev().try_for_each(|n| remove(&self.part(*n), plan))
    }

    /// Records of what was seen are needed of the newest part, and of the one before if a user removes that.
    pub(crate) fn forget_old(&self) -> io::Result<()> {
        let complete: Vec<Directory> = self.complete().map(|(_, dir)| dir).collect();
        let old = complete.len().saturating_sub(2);
        complete[..old].iter().skip(1).try_for_each(Directory::forget_seen)
    }
}

/// How the newest part of a run was made, over the input of all its parts.
pub fn command_of_run(run: &Path) -> Option<Command> {
    let whole = Whole::open(run).ok()?;
    let reports: Vec<Value> = whole.complete().filter_map(|(_, dir)| dir.report()).collect();
    let command = |report: &Value| serde_json::from_value::<Command>(report["command"].clone()).ok();
    let commands = reports.iter().map(command).collect::<Option<Vec<Command>>>()?;
    let mut newest = commands.last()?.clone();
    if commands.iter().all(|command| command.input.is_empty()) {
        return Some(newest);
    }
    let mut inputs: Vec<String> = Vec::new();
    for (command, report) in commands.into_iter().zip(&reports) {
        let own = if command.input.is_empty() { input_of(report, &command) } else { command.input };
        inputs.extend(own);
    }
    let mut seen = std::collections::HashSet::new();
    inputs.retain(|input| seen.insert(input.clone()));
    newest.input = inputs;
    Some(newest)
}

/// The input that a run's config names itself.
fn input_of(report: &Value, command: &Command) -> Vec<String> {
    let base = command.config.parent().unwrap_or(Path::new(""));
    let entries = report["config"]["input"].as_array().into_iter().flatten();
    let files = entries.flat_map(|entry| entry["files"].as_array().into_iter().flatten());
    files.filter_map(Value::as_str).map(|f| base.join(f).to_string_lossy().into_owned()).collect()
}

/// Removes a part.
pub(crate) fn remove(dir: &Directory, plan: &Plan) -> io::Result<()> {
    if !dir.path().exists() {
        return Ok(());
    }
    let lock = dir.lock().map_err(|e| io::Error::other(e.to_string()))?;
    dir.clean(plan)?;
    drop(lock);
    std::fs::remove_dir_all(dir.work())?;
    // Fails, as it should, if there is something else in it.
    let _ = std::fs::remove_dir(dir.path());
    Ok(())
}

/// Adds to a run what it hasn't of the input.
pub(crate) fn append(
    plan: &Plan,
    options: &RunOptions,
    inputs: Inputs<'_>,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<Summary, RunError> {
    let top = Path::new(&plan.output.dir);
    let _lock = Directory::new(top).lock()?;
    crate::retry::settle(top)?;
    let whole = Whole::open(top)?;
    let (newest, newest_dir) = whole.newest()?;
    let before = newest_dir.report().unwrap_or_default();
    let (number, begun) = whole.next()?;
    if begun && whole.part(number).work().join(RETRY).exists() {
        return Err(RunError::Directory(format!(
            "{} has an unfinished part, {}, that was begun by `newsmill retry`; go on with it first",
            top.display(),
            whole.part(number).path().display()
        )));
    }
    let selection = Selection { seen: Some(whole.seen()?), ..Selection::default() };
    let target = Target { dir: whole.part(number), top: Some(Directory::new(top)), part: number };
    let after = json!({ "part": newest, "run": before["run_id"] });
    let discard = options.start == Start::AppendAnew;
    let start = match (begun, discard) {
        (true, true) => Start::Force,
        (true, false) => Start::Resume,
        (false, _) => Start::Fresh,
    };
    let options = RunOptions { start, ..options.clone() };
    let session = Session::new(plan, &options, inputs, target, selection, ("after", after), stop)?;
    if !discard {
        check_same_kind(&session.identity, &before["fingerprint"], &newest_dir)?;
    }
    let part = whole.part(number);
    let summary = session.run(progress, stop)?;
    if summary.is_complete() {
        if summary.counts.articles == 0 && summary.counts.failures() == 0 {
            remove(&part, plan)?;
        } else {
            Whole::open(top)?.forget_old()?;
        }
    }
    Ok(summary)
}

/// Parts of one run are made alike.
fn check_same_kind(identity: &Identity, before: &Value, dir: &Directory) -> Result<(), RunError> {
    let mut differences = identity.differences(before);
    differences.retain(|key| !FREE.contains(&key.as_str()));
    if differences.is_empty() {
        return Ok(());
    }
    Err(RunError::Directory(format!(
        "{} was made otherwise: this differs in {}; its tables and new ones wouldn't fit each other. Add with the same \
         config, lists and version, begin a run elsewhere with --output, or insist with --force",
        dir.path().display(),
        differences.join(", ")
    )))
}
