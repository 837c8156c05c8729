//! `newsmill plan`: what a config does, stage by stage.

use newsmill_core::Registry;
use serde_json::Value;

use super::plan_or_tell;
use crate::cli::PlanArgs;
use crate::ui;

pub(super) fn plan(args: &PlanArgs, registry: &Registry) -> u8 {
    let plan = match plan_or_tell(&args.config, registry) {
        Ok(plan) => plan,
        Err(code) => return code,
    };
    let described = plan.describe();
    if args.json {
        return ui::print(&format!("{described:#}\n"));
    }
    let mut text = String::from("stages\n");
    for stage in list(&described["stages"]) {
        let id = stage["id"].as_str().unwrap_or_default();
        let kind = stage["kind"].as_str().unwrap_or_default();
        let name = if id == kind { id.to_owned() } else { format!("{id} ({kind})") };
        text += &format!(
            "  {name}\n    reads   {}\n    writes  {}\n",
            names(&stage["reads"]),
            names(&stage["writes"])
        );
    }
    text += "layers\n";
    for layer in list(&described["layers"]) {
        let columns: Vec<&str> = list(&layer["columns"]).filter_map(|c| c["name"].as_str()).collect();
        let columns: Vec<&str> =
            columns.into_iter().map(|c| if c.is_empty() { "(span)" } else { c }).collect();
        text += &format!("  {}: {}\n", layer["name"].as_str().unwrap_or_default(), columns.join(", "));
    }
    text += "files\n";
    for output in list(&described["outputs"]) {
        let whole = if output["whole_run"] == true { "  (one row a key, for the whole run)" } else { "" };
        text += &format!("  {}{whole}\n", output["file"].as_str().unwrap_or_default());
    }
    ui::print(&text)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn names(value: &Value) -> String {
    let names: Vec<&str> = list(value).filter_map(Value::as_str).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
