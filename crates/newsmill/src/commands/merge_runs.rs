//! `newsmill merge-runs`: the runs of all shards become one.

use newsmill_core::Registry;
use newsmill_runner::RunError;

use super::{FAILED, USAGE};
use crate::cli::MergeArgs;
use crate::ui::{self, grouped};

pub(super) fn merge_runs(args: &MergeArgs, registry: &Registry) -> u8 {
    match newsmill_runner::merge(registry, &args.out, &args.runs, args.force) {
        Ok(merged) => {
            merged.warnings.iter().for_each(|w| ui::note(&format!("warning: {w}")));
            let counts = &merged.counts;
            ui::note(&format!(
                "run {} complete in {}: {} articles, {} quarantined, of {} shards",
                merged.run_id,
                args.out.display(),
                grouped(counts.articles),
                grouped(counts.failures()),
                args.runs.len()
            ));
            0
        }
        Err(error) => tell(&error),
    }
}

/// Says on stderr why a run couldn't be; the exit code.
pub(super) fn tell(error: &RunError) -> u8 {
    match error {
        RunError::Problems(problems) => ui::problems(problems),
        RunError::Directory(message) | RunError::Failed(message) => ui::note(&format!("error: {message}")),
    }
    if matches!(error, RunError::Failed(_)) { FAILED } else { USAGE }
}
