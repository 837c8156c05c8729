//! `docs/stages.md` and `docs/layers.md` are made of the code; `NEWSMILL_UPDATE=1` makes them anew.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use newsmill_core::table::{Column, ColumnKind, SpanStyle};
use newsmill_core::{ConfigFile, Plan};

const MADE: &str = "<!-- Made by a test: NEWSMILL_UPDATE=1 cargo test -p newsmill --test reference -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout is there")
}

fn compare(name: &str, text: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("NEWSMILL_UPDATE").is_some() {
        fs::write(&path, text).expect("docs can be written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let line = known.lines().zip(text.lines()).take_while(|(a, b)| a == b).count() + 1;
    assert!(
        known == text,
        "docs/{name} isn't what the code says, from line {line} on; NEWSMILL_UPDATE=1 makes it anew"
    );
}

#[test]
fn stage_reference_is_what_the_code_says() {
    let registry = newsmill::builtin();
    let mut text =
        format!("{MADE}\n# Stages, formats and sinks\n\nWhat `newsmill stages KIND` says of each.\n");
    let stages: Vec<&str> = registry.stages().map(|k| k.kind).collect();
    let formats: Vec<&str> = registry.formats().map(|(k, _)| k.kind).collect();
    let sinks: Vec<&str> = registry.sinks().map(|k| k.kind).collect();
    for (title, kinds) in [("Stages", stages), ("Formats", formats), ("Sinks", sinks)] {
        write!(text, "\n## {title}\n").unwrap();
        for kind in kinds {
            let said = Command::new(env!("CARGO_BIN_EXE_newsmill")).args(["stages", kind]).output().unwrap();
            assert!(said.status.success(), "{kind}");
            let said = String::from_utf8(said.stdout).unwrap();
            write!(text, "\n### {kind}\n\n```text\n{}\n```\n", said.trim_end()).unwrap();
        }
    }
    compare("stages.md", &text);
}

/// Every stage whose layers are known without a program or a first pass of its own.
fn plan(dir: &Path) -> Plan {
    fs::write(dir.join("fingerprints.csv"), "article_id,words,text_hash,signature\n")
        .expect("the folder can be written");
    fs::write(dir.join("terms.csv"), "term,count,articles\n").expect("the folder can be written");
    let lists = root().join("config/gazetteer");
    let config = serde_json::json!({
        "input": [{ "files": ["news"] }],
        "stages": [
            { "kind": "language" },
            { "kind": "tokenize" },
            { "kind": "gazetteer", "with": { "files": [lists.join("people-us.csv"), lists.join("countries.csv")] } },
            { "kind": "entities" },
            { "kind": "quotes" },
            { "kind": "dates" },
            { "kind": "regex", "with": { "patterns": [{ "name": "money", "regex": "[$€£](?<amount>[0-9]+)" }] } },
            { "kind": "fingerprints" },
            { "kind": "duplicates", "with": { "fingerprints": "fingerprints.csv" } },
            { "kind": "terms" },
            { "kind": "keywords", "with": { "terms": "terms.csv" } },
        ],
        "output": { "sinks": [] },
    });
    let config = ConfigFile::parse("reference.json", dir, &config.to_string()).expect("it is JSON");
    Plan::new(&config, &newsmill::builtin()).map_err(|p| p[0].to_string()).expect("it is a plan")
}

#[test]
fn layer_reference_is_what_the_code_says() {
    let dir = tempfile::tempdir().unwrap();
    let plan = plan(dir.path());
    let description = plan.describe();
    let writer = |layer: &str| {
        let layers = description["layers"].as_array().into_iter().flatten();
        layers
            .filter(|l| l["name"] == layer)
            .find_map(|l| l["writer"].as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    // Storage of core's own, whose fields every stage may read.
    let storage = |layer: &str| {
        let mut layers = description["layers"].as_array().into_iter().flatten();
        let path = layers.find(|l| l["name"] == layer)?["type"].as_str()?;
        let (module, name) = path.rsplit_once("::")?;
        (module.starts_with("newsmill_core::layers") && name != "Rows").then(|| format!("layers::{name}"))
    };
    let mut text = format!(
        "{MADE}\n# Layers\n\nEvery layer is a table; `\"table\": NAME` of a sink writes it. Rows of an article begin with \
         `article_id`, those of the whole run don't. Offsets (`…_char`) count Unicode code points within their field; with \
         `\"offsets\": \"byte\"` or `\"utf16\"` the columns are called and counted so. A cell may be empty. `process` \
         declares layers of its own; `regex` has a column for each named group. Where a type of `newsmill_core::layers` is \
         named, a stage reads its fields with `cx.read::<Type>(NAME)`: `cargo doc -p newsmill-core --open` shows them.\n"
    );
    for (name, schema) in plan.layers() {
        write!(text, "\n## {name}\n\nWritten by `{}`", writer(name)).unwrap();
        match (&schema.extends, schema.is_reduced()) {
            (Some(base), _) => write!(text, "; its columns continue the rows of `{base}`").unwrap(),
            (None, true) => write!(text, "; one row a key for the whole run").unwrap(),
            _ => {}
        }
        if let Some(storage) = storage(name) {
            write!(text, "; in Rust `{storage}`").unwrap();
        }
        text += ".\n\n| column | kind | what |\n|---|---|---|\n";
        for column in &schema.columns {
            writeln!(text, "| {} | {} | {} |", names(column), kind(column), column.doc).unwrap();
        }
    }
    assert!(!text.contains("| |"), "a column has no documentation");
    compare("layers.md", &text);
}

/// The columns that a flat table has of it.
fn names(column: &Column) -> String {
    let name = &column.name;
    match column.kind {
        ColumnKind::Span(SpanStyle::Full) => "field, start_char, end_char, text".to_owned(),
        ColumnKind::Span(SpanStyle::Place) => "field, start_char, end_char".to_owned(),
        ColumnKind::Span(SpanStyle::Bare) => "start_char, end_char, text".to_owned(),
        ColumnKind::Span(SpanStyle::Named) => format!("{name}, {name}_start_char, {name}_end_char"),
        _ => name.to_string(),
    }
}

fn kind(column: &Column) -> &'static str {
    match column.kind {
        ColumnKind::Text => "text",
        ColumnKind::Int => "whole number",
        ColumnKind::Float => "number",
        ColumnKind::Bool => "true or false",
        ColumnKind::Span(_) => "place",
    }
}
