//! The directory of a run: what lies in it, whether it is in use, and how it is emptied.
//!
//! ```text
//!   out/
//!     articles.csv …        tables, called NAME.partial until all are complete
//!     quarantine.jsonl
//!     run.json              what was run, with which result
//!     _SUCCESS              there if and only if the run is complete
//!     .newsmill/            journal and spools, while it isn't; then which articles it has; a lock that a run holds
//!     append-00001/ …       complete runs that were added to it, see [`parts`](crate::parts)
//! ```

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use newsmill_core::Plan;
use newsmill_core::table::Schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::Identity;
use crate::outputs::names::{files_of, folder_of, partial};
use crate::piece::Shard;
use crate::run::RunError;

/// Ending of outputs that aren't complete.
pub(crate) const PARTIAL: &str = ".partial";
pub(crate) const QUARANTINE: &str = "quarantine.jsonl";
pub(crate) const RUN_JSON: &str = "run.json";
pub(crate) const SUCCESS: &str = "_SUCCESS";
const WORK: &str = ".newsmill";
const STATE: &str = "state.json";
const LOCK: &str = "lock";
/// Which articles a complete run has.
pub(crate) const SEEN: &str = "seen";
/// What a complete run may keep of its work.
const KEPT: [&str; 5] = [LOCK, SEEN, SHARD, RETRY, STILL];
/// The lines of quarantines that a part processes again, and those that fail again; until the quarantines say so.
pub(crate) const RETRY: &str = "retry.jsonl";
pub(crate) const STILL: &str = "still.jsonl";
/// What of its work a complete shard keeps, for merging.
const SHARD: &str = "shard.json";

/// What a run notes before it writes anything else.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub run_id: String,
    pub fingerprint: Value,
    /// A hash of the program: two builds may give other results under the same versions.
    pub build: Option<String>,
    pub outputs: Vec<String>,
}

/// What a complete shard says for those who merge it, beside its `run.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ShardNote {
    pub shard: Shard,
    pub build: Option<String>,
    /// The layers of its plan: who merges it needn't load what its stages loaded.
    pub layers: Vec<(String, Schema)>,
    /// Files of the work that it keeps, with their lengths.
    pub kept: Vec<(String, u64)>,
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

    /// Notes which run begins here.
    pub(crate) fn begin(&self, identity: &Identity, plan: &Plan) -> io::Result<()> {
        let state = State {
            run_id: identity.id.clone(),
            fingerprint: identity.fingerprint.clone(),
            build: crate::identity::build(),
            outputs: plan.outputs().map(|o| o.name.clone()).collect(),
        };
        let json = serde_json::to_vec_pretty(&state).map_err(io::Error::other)?;
        self.write_whole(&self.state_path(), &json)
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
        for name in KEPT.iter().filter(|name| **name != LOCK) {
            remove_file(&self.work().join(name))?;
        }
        self.remove_work()
    }

    /// Where a complete run notes which articles it has.
    pub(crate) fn seen_path(&self) -> PathBuf {
        self.work().join(SEEN)
    }

    /// Has it forget which articles it has: a later part knows.
    pub(crate) fn forget_seen(&self) -> io::Result<()> {
        remove_file(&self.seen_path())
    }

    /// Removes what a run needs only until it is complete; first what tells that it isn't. The lock stays: who removed
    /// it would let in two others, one by the old file and one by a new one. So does what a shard keeps.
    pub(crate) fn remove_work(&self) -> io::Result<()> {
        remove_file(&self.state_path())?;
        let mut kept: Vec<String> = KEPT.map(str::to_owned).into();
        kept.extend(self.shard_note().into_iter().flat_map(|note| note.kept).map(|(name, _)| name));
        for entry in std::fs::read_dir(self.work())? {
            let entry = entry?;
            if !entry.file_name().to_str().is_some_and(|name| kept.iter().any(|k| k == name)) {
                remove_file(&entry.path())?;
            }
        }
        Ok(())
    }

    /// What a complete shard says of itself.
    pub(crate) fn shard_note(&self) -> Option<ShardNote> {
        serde_json::from_slice(&std::fs::read(self.work().join(SHARD)).ok()?).ok()
    }

    /// Has the spools of a shard kept when its work is removed.
    pub(crate) fn keep_for_merge(&self, plan: &Plan, shard: Shard) -> io::Result<()> {
        let mut kept = Vec::new();
        for entry in std::fs::read_dir(self.work())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("rows-") || name.starts_with("chunks-") {
                kept.push((name, entry.metadata()?.len()));
            }
        }
        kept.sort_unstable();
        let layers = plan.layers().map(|(name, schema)| (name.to_owned(), schema.clone())).collect();
        let note = ShardNote { shard, build: crate::identity::build(), layers, kept };
        let json = serde_json::to_vec(&note).map_err(io::Error::other)?;
        self.write_whole(&self.work().join(SHARD), &json)
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

    /// Writes a file of the work, whole or not at all.
    pub(crate) fn write_work(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        std::fs::create_dir_all(self.work())?;
        self.write_whole(&self.work().join(name), bytes)
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
