//! `newsmill check`: everything that can be told without running.

use newsmill_core::Registry;
use newsmill_runner::Inputs;

use super::{USAGE, plan_or_tell};
use crate::cli::ConfigArgs;
use crate::ui;

pub(super) fn check(args: &ConfigArgs, registry: &Registry) -> u8 {
    let plan = match plan_or_tell(args, registry) {
        Ok(plan) => plan,
        Err(code) => return code,
    };
    let inputs = match Inputs::new(&plan) {
        Ok(inputs) => inputs,
        Err(problems) => {
            ui::problems(&problems);
            return USAGE;
        }
    };
    let stages: Vec<&str> = plan.stage_ids().collect();
    let outputs: Vec<&str> = plan.outputs().map(|o| o.name.as_str()).collect();
    let skipped = ui::skipped(&inputs.skipped).map(|text| format!("  not read {text}\n")).unwrap_or_default();
    ui::print(&format!(
        "{}: ok\n  input    {} files, {}\n{skipped}  stages   {}\n  output   {}: {}\n",
        plan.file,
        ui::grouped(inputs.files.len() as u64),
        ui::size(inputs.bytes() as f64),
        stages.join(" → "),
        plan.output.dir,
        outputs.join(", "),
    ))
}
