//! The commands, one module each, and what they share.

mod bench;
mod check;
mod gazetteer;
mod merge_runs;
mod new_stage;
mod plan;
mod preview;
mod retry;
mod run;
mod schema;
mod stages;

use std::process::ExitCode;

use newsmill_core::config::{Problem, Severity};
use newsmill_core::{ConfigFile, Plan, Registry};

use crate::cli::{Command, ConfigArgs};
use crate::ui;

pub(crate) use bench::parse_size;
pub(crate) use gazetteer::GazetteerCommand;

/// Usage or config.
const USAGE: u8 = 2;
pub(crate) const FAILED: u8 = 1;

pub(crate) fn dispatch(command: Command, registry: &Registry) -> ExitCode {
    let code = match command {
        Command::Run(args) => run::run(&args, registry),
        Command::Retry(args) => retry::retry(&args, registry),
        Command::MergeRuns(args) => merge_runs::merge_runs(&args, registry),
        Command::Check(args) => check::check(&args, registry),
        Command::Plan(args) => plan::plan(&args, registry),
        Command::Stages { kind } => stages::stages(kind.as_deref(), registry),
        Command::Schema => schema::schema(registry),
        Command::NewStage(args) => new_stage::new_stage(&args, registry),
        Command::Bench(args) => bench::bench(&args, registry),
        Command::Gazetteer(command) => gazetteer::gazetteer(&command),
    };
    code.into()
}

/// Reads a config, applies the overrides and builds the plan.
fn plan_of(args: &ConfigArgs, registry: &Registry) -> Result<Plan, Vec<Problem>> {
    let mut config = ConfigFile::read(&args.config).map_err(|p| vec![p])?;
    let mut problems = Vec::new();
    if !args.input.is_empty() {
        config.set_input(&args.input);
    }
    for set in &args.sets {
        problems.extend(config.set(set).err());
    }
    if let Some(dir) = &args.output {
        problems.extend(config.set_output(dir).err());
    }
    match Plan::new(&config, registry) {
        Ok(plan) if problems.is_empty() => Ok(plan),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

/// [`plan_of`], with all problems told on stderr; the exit code if there are errors.
fn plan_or_tell(args: &ConfigArgs, registry: &Registry) -> Result<Plan, u8> {
    match plan_of(args, registry) {
        Ok(plan) => {
            ui::problems(&plan.warnings);
            Ok(plan)
        }
        Err(problems) => {
            debug_assert!(problems.iter().any(|p| p.severity == Severity::Error));
            ui::problems(&problems);
            Err(USAGE)
        }
    }
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
