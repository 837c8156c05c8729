//! A config with some of its stages alone, for `bench --stages`.

use newsmill_core::config::json::{Node, Value};
use newsmill_core::{ConfigFile, Plan};

/// Keeps the stages with these ids, and the sinks whose table no other stage writes. `full` is the plan of the whole config.
///
/// # Errors
/// An id that no stage has.
pub(super) fn narrow(config: &mut ConfigFile, full: &Plan, ids: &[String]) -> Result<(), String> {
    let known: Vec<&str> = full.stage_ids().collect();
    if let Some(unknown) = ids.iter().find(|id| !known.contains(&id.as_str())) {
        return Err(format!("--stages: no stage has the id `{unknown}`; known: {}", known.join(", ")));
    }
    let kept: Vec<bool> = known.iter().map(|id| ids.iter().any(|i| i == id)).collect();
    let gone = tables_of_others(full, ids);
    let mut kept = kept.iter();
    retain(config.root.get_mut("stages"), |_| kept.next().copied().unwrap_or(false));
    let sinks = config.root.get_mut("output").and_then(|o| o.get_mut("sinks"));
    retain(sinks, |sink| match sink.get("table").map(|t| &t.value) {
        Some(Value::String(table)) => !gone.contains(table),
        _ => true,
    });
    Ok(())
}

/// The layers of the stages that go.
fn tables_of_others(full: &Plan, ids: &[String]) -> Vec<String> {
    let described = full.describe();
    let stages = described["stages"].as_array().map_or(&[][..], Vec::as_slice);
    let others = stages.iter().filter(|s| !ids.iter().any(|id| s["id"] == *id));
    let layers = others.filter_map(|s| s["writes"].as_array()).flatten();
    layers.filter_map(|layer| layer.as_str()).map(str::to_owned).collect()
}

fn retain(list: Option<&mut Node>, keep: impl FnMut(&Node) -> bool) {
    if let Some(Value::Array(entries)) = list.map(|n| &mut n.value) {
        entries.retain(keep);
    }
}
