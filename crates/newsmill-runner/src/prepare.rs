//! Before a run: whether its directory is free, or holds a run to go on with.

use std::io;

use crate::journal::{Commit, last_commit};
use crate::metrics::Counts;
use crate::parts::Whole;
use crate::run::{RunError, Start};
use crate::session::Session;

/// What is to be done.
pub(crate) enum Prepared {
    /// Nothing is left to do.
    Complete(Counts),
    /// Go on from here, or from the beginning.
    From(Option<Commit>),
}

impl Session<'_> {
    /// Makes the directory ready.
    pub(crate) fn prepare(&self) -> Result<Prepared, RunError> {
        match self.options.start {
            Start::Resume => return self.prepare_to_resume(),
            Start::Force => {
                Whole::open(self.dir.path())?.remove_parts(self.plan)?;
                self.dir.clean(self.plan)?;
            }
            _ => {}
        }
        self.begin_anew()
    }

    /// What can be said before anything is touched.
    pub(crate) fn check_directory(&self) -> Result<(), RunError> {
        self.refuse_own_input()?;
        match self.dir.in_use(self.plan) {
            Some(what) if self.options.start == Start::Fresh => Err(RunError::Directory(format!(
                "the output directory {} {what}; replace it with --force, go on with it with --resume, or choose \
                 another directory with --output",
                self.dir.path().display()
            ))),
            _ => Ok(()),
        }
    }

    /// Outputs are replaced by `--force` and read by nobody: an input among them would be lost, or be newsmill's own
    /// quarantine taken for news.
    fn refuse_own_input(&self) -> Result<(), RunError> {
        let dir = self.top.as_ref().unwrap_or(&self.dir);
        let Ok(dir) = dir.path().canonicalize() else { return Ok(()) };
        let mut looked_at: Option<&std::path::Path> = None;
        for file in &self.inputs.files {
            let folder = file.path.parent();
            if folder == looked_at {
                continue;
            }
            looked_at = folder;
            if file.path.canonicalize().is_ok_and(|path| path.starts_with(&dir)) {
                return Err(RunError::Directory(format!(
                    "the input {} lies in the output directory {}; choose a directory without articles with --output",
                    file.path.display(),
                    self.dir.path().display()
                )));
            }
        }
        Ok(())
    }

    fn begin_anew(&self) -> Result<Prepared, RunError> {
        self.dir.begin(&self.identity, self.plan)?;
        Ok(Prepared::From(None))
    }

    fn prepare_to_resume(&self) -> Result<Prepared, RunError> {
        if self.inputs.has_stdin() {
            return Err(RunError::Directory(
                "what comes from standard input can't be read again, so its run can't be gone on with; begin anew with \
                 --force, or write it to a file first"
                    .to_owned(),
            ));
        }
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
            if state.build != crate::identity::build() {
                return Err(RunError::Directory(format!(
                    "{shown} holds a run that another build of newsmill began, and its results may differ; go on with \
                     the same program, or replace it with --force"
                )));
            }
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
}
