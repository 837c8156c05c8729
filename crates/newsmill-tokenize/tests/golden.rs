//! The 48 golden rules of English sentence segmentation (pragmatic_segmenter, K. Dias, MIT), read from the data shared
//! beside the checkout; `golden_exceptions.txt` argues what isn't met.

use std::path::Path;

use newsmill_core::layers::Sentences;
use newsmill_core::offsets::OffsetUnit;
use newsmill_core::prelude::*;
use newsmill_tokenize::Tokenize;

#[test]
fn golden_rules_hold() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/eval/tokens/golden_en.jsonl");
    let Ok(rules) = std::fs::read_to_string(&path) else {
        let skipped = "skipped: no ../shared/eval/tokens/golden_en.jsonl beside the checkout\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), skipped.as_bytes());
        return;
    };
    let config = r#"{ "input": [], "stages": [ { "kind": "tokenize" } ], "output": { "sinks": [] } }"#;
    let config = ConfigFile::parse("test.json", ".", config).expect("config");
    let plan = Plan::new(&config, &Registry::new().with::<Tokenize>()).expect("plan");
    let mut workspace = plan.workspace();
    let mut failed = Vec::new();
    for line in rules.lines() {
        let rule: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let id = rule["id"].as_str().expect("id");
        workspace.article = Article::new(id, rule["text"].as_str().expect("text"));
        plan.process(&mut workspace, &mut [], &mut ());
        let doc = workspace.doc();
        let at = |o| u64::from(doc.article().offsets().convert(doc.text(), o, OffsetUnit::Char));
        let sentences = workspace.layer::<Sentences>().expect("sentences");
        let found: Vec<_> =
            sentences.span.iter().map(|s| serde_json::json!([at(s.start), at(s.end)])).collect();
        if rule["sentences"] != serde_json::Value::Array(found) {
            failed.push(id.to_owned());
        }
    }
    let exceptions: Vec<&str> = include_str!("golden_exceptions.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    assert_eq!(failed, exceptions, "rules that fail, and those that golden_exceptions.txt argues");
}
