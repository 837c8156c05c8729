//! `newsmill check`: everything that can be told without running.

use newsmill_core::{Plan, Registry};
use newsmill_runner::Inputs;

use super::{USAGE, plan_or_tell};
use crate::cli::CheckArgs;
use crate::ui;

pub(super) fn check(args: &CheckArgs, registry: &Registry) -> u8 {
    match plan_or_tell(&args.config, registry) {
        Ok(plan) => tell(&plan, args.first),
        Err(code) => code,
    }
}

/// Says what a plan reads and writes, and what the first records of its input hold.
pub(super) fn tell(plan: &Plan, first: Option<u64>) -> u8 {
    let inputs = match Inputs::new(plan) {
        Ok(inputs) => inputs,
        Err(problems) => {
            ui::problems(&problems);
            return USAGE;
        }
    };
    let stages: Vec<&str> = plan.stage_ids().collect();
    let outputs: Vec<&str> = plan.outputs().map(|o| o.name.as_str()).collect();
    let skipped = ui::skipped(&inputs.skipped).map(|text| format!("  not read {text}\n")).unwrap_or_default();
    let remarks: String = inputs.remarks.iter().map(|text| format!("  metadata {text}\n")).collect();
    let printed = ui::print(&format!(
        "{}: ok\n  input    {} files, {}\n{skipped}{remarks}  stages   {}\n  output   {}: {}\n",
        plan.file,
        ui::grouped(inputs.files.len() as u64),
        ui::size(inputs.bytes() as f64),
        stages.join(" → "),
        plan.output.dir,
        outputs.join(", "),
    ));
    first.map_or(printed, |records| super::preview::show(plan, inputs, records))
}
