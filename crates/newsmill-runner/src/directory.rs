//! The directory of a run: what lies in it, whether it is in use, and how it is emptied.
//!
//! ```text
//!   out/
//!     articles.csv …        tables, called NAME.partial until all are complete
//!     quarantine.jsonl
//!     run.json              what was run, with which result
//!     _SUCCESS              there if and only if the run is complete
//!     .newsmill/            journal and spools, while it isn't; a lock that a run holds
//! ```

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use newsmill_core::Plan;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outputs::names::{files_of, folder_of, partial};
use crate::run::RunError;

/// Ending of outputs that aren't complete.
pub(crate) const PARTIAL: &str = ".partial";
pub(crate) const QUARANTINE: &str = "quarantine.jsonl";
pub(crate) const RUN_JSON: &str = "run.json";
pub(crate) const SUCCESS: &str = "_SUCCESS";
const WORK: &str = ".newsmill";
const STATE: &str = "state.json";
const LOCK: &str = "lock";

/// What a run notes before it writes anything else.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub run_id: String,
    pub fingerprint: Value,
    /// A hash of the program: two builds may give other results under the same versions.
    pub build: Option<String>,
    pub outputs: Vec<String>,
}

/// A run's directory.
pub(crate) struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Directory { path: path.into() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the journal and the spools are.
    pub(crate) fn work(&self) -> PathBuf {
        self.path.join(WORK)
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.work().join("journal")
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.path.join(SUCCESS).exists()
    }

    /// What a complete run says of itself.
    pub(crate) fn report(&self) -> Option<Value> {
        serde_json::from_slice(&std::fs::read(self.path.join(RUN_JSON)).ok()?).ok()
    }

    /// Where an unfinished run notes what it is.
    pub(crate) fn state_path(&self) -> PathBuf {
        self.work().join(STATE)
    }

    /// What an unfinished run noted.
    pub(crate) fn state(&self) -> Option<State> {
        serde_json::from_slice(&std::fs::read(self.state_path()).ok()?).ok()
    }

    /// Keeps other runs out of the directory until the file is closed, by the system also when the process dies.
    pub(crate) fn lock(&self) -> Result<File, RunError> {
        let work = self.work();
        let failed = |e: io::Error| {
            RunError::Failed(format!("can't use the output directory {}: {e}", work.display()))
        };
        std::fs::create_dir_all(&work).map_err(failed)?;
        let file =
            File::options().create(true).truncate(false).write(true).open(work.join(LOCK)).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(RunError::Directory(format!(
                "another run writes to {} at this moment; wait until it ends, or choose another directory with --output",
                self.path.display()
            ))),
            Err(TryLockError::Error(e)) => {
                tracing::warn!(
                    "{}: can't be locked ({e}); take care that no other run writes to it",
                    work.display()
                );
                Ok(file)
            }
        }
    }

    /// Which sign of an earlier run (or of a file that would be overwritten) the directory shows.
    pub(crate) fn in_use(&self, plan: &Plan) -> Option<String> {
        if self.is_complete() {
            return Some("holds a complete run".to_owned());
        }
        if self.state_path().exists() {
            return Some("holds an unfinished run".to_owned());
        }
        let names = plan.outputs().map(|o| o.name.as_str()).chain([QUARANTINE, RUN_JSON]);
        let found = names.flat_map(|name| files_of(&self.path, name)).next()?;
        Some(format!("has a file {}", found.strip_prefix(&self.path).unwrap_or(&found).display()))
    }

    /// Removes what an earlier run left, and files that this one would overwrite; nothing else.
    pub(crate) fn clean(&self, plan: &Plan) -> io::Result<()> {
        let mut names: Vec<String> = plan.outputs().map(|o| o.name.clone()).collect();
        names.extend(self.state().into_iter().flat_map(|s| s.outputs));
        let report = self.report().unwrap_or_default();
        let listed = report["outputs"].as_array().into_iter().flatten();
        names.extend(listed.filter_map(|o| o["file"].as_str()).map(str::to_owned));
        names.push(QUARANTINE.to_owned());
        names.push(RUN_JSON.to_owned());
        // First the mark, so that a half-cleaned directory doesn't look complete.
        remove_file(&self.path.join(SUCCESS))?;
        for name in names.iter().filter(|n| is_inside(n)) {
            for file in files_of(&self.path, name) {
                remove_file(&file)?;
            }
            // Fails, as it should, if there is something else in it.
            let _ = std::fs::remove_dir(folder_of(&self.path, name));
        }
        self.remove_work()
    }

    /// Removes what a run needs only until it is complete; first what tells that it isn't. The lock stays: who removed
    /// it would let in two others, one by the old file and one by a new one.
    pub(crate) fn remove_work(&self) -> io::Result<()> {
        remove_file(&self.state_path())?;
        for entry in std::fs::read_dir(self.work())? {
            let entry = entry?;
            if entry.file_name() != LOCK {
                remove_file(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Gives outputs that an interrupted end of a run renamed already their partial names back.
    pub(crate) fn unrename(&self, plan: &Plan) -> io::Result<()> {
        for name in plan.outputs().map(|o| o.name.as_str()).chain([QUARANTINE]) {
            for done in files_of(&self.path, name) {
                let is_partial = done.to_str().is_some_and(|name| name.ends_with(PARTIAL));
                let partial = partial(&done);
                if !is_partial && !partial.exists() {
                    std::fs::rename(done, partial)?;
                }
            }
        }
        Ok(())
    }

    /// Writes a file so that it is there whole or not at all.
    pub(crate) fn write_whole(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let partial = partial(path);
        let write = || {
            std::fs::write(&partial, bytes)?;
            File::open(&partial)?.sync_all()?;
            std::fs::rename(&partial, path)
        };
        write().map_err(|e| io::Error::new(e.kind(), format!("can't write {}: {e}", path.display())))
    }
}

/// Whether a name leads to a file in the directory.
fn is_inside(name: &str) -> bool {
    use std::path::Component;
    !name.is_empty() && Path::new(name).components().all(|c| matches!(c, Component::Normal(_)))
}

fn remove_file(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if !matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Err(io::Error::new(e.kind(), format!("can't remove {}: {e}", path.display())))
        }
        _ => Ok(()),
    }
}
