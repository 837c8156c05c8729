//! `newsmill retry`: what is in the quarantine of a run is processed again.

use std::sync::atomic::AtomicBool;

use newsmill_core::Registry;
use newsmill_runner::{Progress, Quarantined, RunOptions, command_of_run};

use super::run::{command_of, conclude, options_of, with_progress};
use super::{USAGE, plan_or_tell};
use crate::cli::{ConfigArgs, RetryArgs};
use crate::ui::{self, grouped};

pub(super) fn retry(args: &RetryArgs, registry: &Registry) -> u8 {
    let config = match config_of(args) {
        Ok(config) => config,
        Err(message) => {
            ui::note(&format!("error: {message}"));
            return USAGE;
        }
    };
    let plan = match plan_or_tell(&config, registry) {
        Ok(plan) => plan,
        Err(code) => return code,
    };
    let options = RunOptions { command: Some(command_of(&config)), ..options_of(&args.how) };
    let go = |progress: &Progress, stop: &AtomicBool| newsmill_runner::retry(&plan, &options, progress, stop);
    match with_progress(&args.how, go) {
        Ok(None) => {
            ui::note(&format!("nothing is in the quarantine of {}", args.run.display()));
            0
        }
        Ok(Some(Quarantined { records, summary })) => {
            let code = conclude(&plan, &summary, &args.how);
            if summary.is_complete() && !args.how.quiet {
                let (mended, still) = (summary.counts.articles, summary.counts.failures());
                let text = [records, mended, still].map(grouped);
                ui::note(&format!("{} records retried: {} mended, {} still fail", text[0], text[1], text[2]));
            }
            code
        }
        Err(error) => super::merge_runs::tell(&error),
    }
}

/// How the run was made, with what the arguments say in its place.
fn config_of(args: &RetryArgs) -> Result<ConfigArgs, String> {
    let made = command_of_run(&args.run);
    let Some(config) = args.config.clone().or(made.as_ref().map(|made| made.config.clone())) else {
        return Err(format!(
            "{} holds no run that says which config made it; name one with --config",
            args.run.display()
        ));
    };
    let made = made.unwrap_or_default();
    Ok(ConfigArgs {
        config,
        input: made.input,
        output: Some(args.run.to_string_lossy().into_owned()),
        sets: [made.sets, args.sets.clone()].concat(),
    })
}
