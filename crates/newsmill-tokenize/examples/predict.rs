//! Writes token and sentence spans of a gold file, as the scorer of `../shared/eval/tokens` reads them, without the
//! rest of the pipeline: `cargo run -p newsmill-tokenize --example predict -- GOLD.jsonl [OPTION=VALUE …] > PRED.jsonl`.

use std::io::Write;

use newsmill_core::layers::{Sentences, Tokens};
use newsmill_core::offsets::OffsetUnit;
use newsmill_core::prelude::*;
use newsmill_tokenize::Tokenize;

const CONFIG: &str = r#"{ "input": [], "stages": [ { "kind": "tokenize" } ], "output": { "sinks": [] } }"#;

struct Spans<'a>(Doc<'a>, Vec<[u32; 2]>);

impl RowWriter for Spans<'_> {
    fn text(&mut self, _: &str) {}
    fn int(&mut self, _: u64) {}
    fn float(&mut self, _: f32) {}
    fn bool(&mut self, _: bool) {}
    fn span(&mut self, value: Span) {
        let at = |offset| self.0.article().offsets().convert(self.0.text(), offset, OffsetUnit::Char);
        let pair = [at(value.start), at(value.end)];
        self.1.push(pair);
    }
    fn absent(&mut self) {}
    fn end_row(&mut self) {}
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: predict GOLD.jsonl")?;
    let mut config = ConfigFile::parse("predict.json", ".", CONFIG).map_err(|e| e.to_string())?;
    for option in std::env::args().skip(2) {
        config.set(&format!("tokenize.{option}")).map_err(|e| e.to_string())?;
    }
    let plan = Plan::new(&config, &Registry::new().with::<Tokenize>()).map_err(|e| format!("{e:?}"))?;
    let mut workspace = plan.workspace();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::fs::read_to_string(path)?.lines() {
        let gold: serde_json::Value = serde_json::from_str(line)?;
        let id = gold["id"].as_str().unwrap_or("");
        workspace.article = Article::new(id, gold["text"].as_str().unwrap_or(""));
        plan.process(&mut workspace, &mut [], &mut ());
        plan.check_layers(&workspace)?;
        let (mut tokens, mut sentences) =
            (Spans(workspace.doc(), Vec::new()), Spans(workspace.doc(), Vec::new()));
        workspace.layer::<Tokens>().ok_or("no tokens")?.rows(workspace.doc(), &mut tokens);
        workspace.layer::<Sentences>().ok_or("no sentences")?.rows(workspace.doc(), &mut sentences);
        writeln!(out, "{}", serde_json::json!({ "id": id, "tokens": tokens.1, "sentences": sentences.1 }))?;
    }
    Ok(())
}
