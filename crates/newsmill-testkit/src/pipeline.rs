//! A list of stages over one article, in memory.

use std::path::Path;

use newsmill_core::config::json::{Node, Value};
use newsmill_core::{Article, ConfigFile, Outcome, Plan, Registry, Workspace};
use serde_json::json;

/// Builds a plan without input and output from a short description of its stages.
///
/// `stages` is one of: kinds with commas (`"tokenize, gazetteer"`); a JSON array of stage entries
/// (`[{ "kind": "tokenize" }]`); a whole config, whose input and sinks are left out; the path of a config file (ends
/// in `.json`). Resources are looked up relative to the config file, else to the working directory.
///
/// # Panics
/// The plan can't be built; the message lists the problems.
pub fn plan(registry: &Registry, stages: &str) -> Plan {
    plan_in(registry, Path::new("."), stages)
}

/// As [`plan`], with resources looked up relative to `base`.
///
/// # Panics
/// The plan can't be built; the message lists the problems.
pub fn plan_in(registry: &Registry, base: &Path, stages: &str) -> Plan {
    match config(base, stages).and_then(|c| build(&c, registry)) {
        Ok(plan) => plan,
        Err(message) => panic!("{message}"),
    }
}

/// The config behind a short description of stages, see [`plan`].
pub(crate) fn config(base: &Path, stages: &str) -> Result<ConfigFile, String> {
    let stages = stages.trim();
    let mut config = match stages.chars().next() {
        Some('{') => ConfigFile::parse("config", base, stages),
        Some('[') => ConfigFile::parse("config", base, &format!("{{ \"stages\": {stages} }}")),
        _ if stages.ends_with(".json") => ConfigFile::read(&base.join(stages)),
        _ => {
            let kinds = stages.split(',').map(str::trim).filter(|k| !k.is_empty());
            let entries: Vec<_> = kinds.map(|kind| json!({ "kind": kind })).collect();
            ConfigFile::parse("config", base, &json!({ "stages": entries }).to_string())
        }
    }
    .map_err(|problem| problem.to_string())?;
    let at = config.root.at.clone();
    if let Value::Object(members) = &mut config.root.value {
        members.retain(|m| m.key != "input" && m.key != "output");
    }
    for (section, empty) in [("input", json!([])), ("output", json!({ "sinks": [] }))] {
        if let Some(node) = config.root.get_or_insert(section, &at) {
            *node = Node::from_json(&empty, &at);
        }
    }
    Ok(config)
}

pub(crate) fn build(config: &ConfigFile, registry: &Registry) -> Result<Plan, String> {
    Plan::new(config, registry)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// Runs a plan over a text and checks its layers' invariants.
///
/// # Panics
/// A stage failed on the text, or a layer's check did.
pub fn run(plan: &Plan, body: &str) -> Workspace {
    run_titled(plan, "", body)
}

/// As [`run`], for an article with a headline.
///
/// # Panics
/// A stage failed on the text, or a layer's check did.
pub fn run_titled(plan: &Plan, title: &str, body: &str) -> Workspace {
    let mut workspace = plan.workspace();
    match process(plan, &mut workspace, Article::titled("test", title, body)) {
        Ok(()) => workspace,
        Err(message) => panic!("{message}"),
    }
}

/// A layer's rows as text, one cell a column; of a span the text under it, see [`table::read`](crate::table::read).
///
/// # Panics
/// No stage writes it, or its rows aren't what its schema says.
pub fn rows(plan: &Plan, workspace: &Workspace, layer: &str) -> Vec<Vec<String>> {
    let schema = plan.layers().find(|(name, _)| *name == layer).map(|(_, schema)| schema);
    let (Some(schema), Some(table)) = (schema, plan.table(workspace, layer)) else {
        panic!("no stage writes a layer `{layer}`");
    };
    match crate::table::read(table, schema, workspace.doc()) {
        Ok(table) => table.rows,
        Err(message) => panic!("layer `{layer}`: {message}"),
    }
}

/// Runs a plan over an article; the workspace may have served others before.
pub(crate) fn process(plan: &Plan, workspace: &mut Workspace, article: Article) -> Result<(), String> {
    workspace.article = article;
    match plan.process(workspace, &mut [], &mut ()) {
        Outcome::Done | Outcome::Dropped { .. } => plan.check_layers(workspace),
        Outcome::Failed(f) => Err(format!("stage `{}` failed: {}: {}", f.id, f.code, f.message)),
        Outcome::Kept(failures) => {
            let each = failures.iter().map(|f| format!("stage `{}` failed: {}: {}", f.id, f.code, f.message));
            Err(each.collect::<Vec<_>>().join("\n"))
        }
    }
}
