//! Runs the stages on a gold file and writes predictions in the form that its scorer reads.
//!
//! ```text
//! cargo run --release -p newsmill-eval -- quotes GOLD.jsonl --set quotes.scope=all > PRED.jsonl
//! python3 ../shared/eval/quotes/score.py GOLD.jsonl PRED.jsonl
//! ```
//! Gold files are JSON lines with `id` and `text`; offsets in predictions count code points.
//!
//! `tokens GOLD.jsonl --variant wrap` reads each text hard-wrapped (or `curly`, `nbsp`, `zero-width`, `crlf`) and
//! predicts for the original: the score's loss is what that way of writing costs.

mod variants;

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use newsmill_core::config::json::{Node, Value};
use newsmill_core::layers::{Entities, Mentions, QuoteParts, Quotes, Sentences, Tokens};
use newsmill_core::offsets::OffsetUnit;
use newsmill_core::prelude::*;
use newsmill_quotes::QuoteReasons;
use serde_json::json;

use variants::{Rewritten, Variant};

#[derive(Parser)]
#[command(about = "Writes predictions for the scorers of ../shared/eval")]
struct Args {
    /// What to predict.
    layer: Predicted,
    /// JSON lines with `id` and `text`.
    gold: PathBuf,
    /// Pipeline to run; its input and sinks are left out.
    #[arg(long, default_value = "config/news.json")]
    config: PathBuf,
    /// Overrides an option, as in `newsmill run`.
    #[arg(long = "set", value_name = "ID.OPTION=VALUE")]
    sets: Vec<String>,
    /// Reads each text written in another way; for `tokens`.
    #[arg(long)]
    variant: Option<Variant>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Predicted {
    /// Token and sentence spans.
    Tokens,
    /// Mentions with type and id.
    Entities,
    /// Quotations with source, cue and content.
    Quotes,
}

#[derive(serde::Deserialize)]
struct GoldArticle {
    id: String,
    text: String,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    if args.variant.is_some() && args.layer != Predicted::Tokens {
        return Err("--variant is for `tokens`: other layers' offsets aren't mapped back".to_owned());
    }
    let plan = plan(args)?;
    let mut workspace = plan.workspace();
    let gold = std::fs::read_to_string(&args.gold).map_err(|e| format!("{}: {e}", args.gold.display()))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (number, line) in gold.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let article: GoldArticle =
            serde_json::from_str(line).map_err(|e| format!("{}:{}: {e}", args.gold.display(), number + 1))?;
        let rewritten = args.variant.map(|variant| variant.rewrite(&article.text));
        let text = rewritten.as_ref().map_or(&article.text, |r| &r.text);
        workspace.article = Article::new(&article.id, text);
        let outcome = plan.process(&mut workspace, &mut [], &mut ());
        if outcome != Outcome::Done {
            return Err(format!("{}: {outcome:?}", article.id));
        }
        plan.check_layers(&workspace).map_err(|e| format!("{}: {e}", article.id))?;
        let prediction = match args.layer {
            Predicted::Tokens => tokens(&workspace, rewritten.as_ref()),
            Predicted::Entities => entities(&workspace),
            Predicted::Quotes => quotes(&workspace),
        };
        writeln!(out, "{}", prediction.ok_or("the pipeline has no stage that writes this layer")?)
            .map_err(|e| format!("can't write: {e}"))?;
    }
    out.flush().map_err(|e| format!("can't write: {e}"))
}

/// The config's stages as far as the layer needs them, without input and sinks.
fn plan(args: &Args) -> Result<Plan, String> {
    let mut config = ConfigFile::read(&args.config).map_err(|p| p.to_string())?;
    for set in &args.sets {
        config.set(set).map_err(|p| p.to_string())?;
    }
    let unneeded: &[&str] = match args.layer {
        Predicted::Tokens => &["gazetteer", "entities", "quotes"],
        Predicted::Entities => &["quotes"],
        Predicted::Quotes => &[],
    };
    let at = config.root.at.clone();
    if let Value::Object(sections) = &mut config.root.value {
        for section in sections {
            match section.key.as_str() {
                "input" => section.value = Node::from_json(&json!([]), &at),
                "output" => section.value = Node::from_json(&json!({ "sinks": [] }), &at),
                "stages" => {
                    if let Value::Array(entries) = &mut section.value.value {
                        entries.retain(|e| {
                            !matches!(e.get("kind"), Some(Node { value: Value::String(k), .. })
                            if unneeded.contains(&k.as_str()))
                        });
                    }
                }
                _ => {}
            }
        }
    }
    Plan::new(&config, &newsmill::builtin())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

type Pair = [u32; 2];

fn chars(doc: Doc<'_>, span: Span) -> Pair {
    let at = |offset| doc.article().offsets().convert(doc.text(), offset, OffsetUnit::Char);
    [at(span.start), at(span.end)]
}

/// Collects the spans of a table's rows: what an export would show, in whatever view is configured.
struct Spans<'a>(Doc<'a>, Vec<Pair>);

impl RowWriter for Spans<'_> {
    fn text(&mut self, _: &str) {}
    fn int(&mut self, _: u64) {}
    fn float(&mut self, _: f32) {}
    fn bool(&mut self, _: bool) {}
    fn span(&mut self, value: Span) {
        self.1.push(chars(self.0, value));
    }
    fn absent(&mut self) {}
    fn end_row(&mut self) {}
}

fn spans<T: Table>(workspace: &Workspace) -> Option<Vec<Pair>> {
    let mut spans = Spans(workspace.doc(), Vec::new());
    workspace.layer::<T>()?.rows(workspace.doc(), &mut spans);
    Some(spans.1)
}

fn tokens(workspace: &Workspace, rewritten: Option<&Rewritten>) -> Option<serde_json::Value> {
    let (mut tokens, mut sentences) = (spans::<Tokens>(workspace)?, spans::<Sentences>(workspace)?);
    if let Some(rewritten) = rewritten {
        for span in tokens.iter_mut().chain(&mut sentences) {
            *span = rewritten.original(*span);
        }
    }
    Some(json!({ "id": workspace.article.id, "tokens": tokens, "sentences": sentences }))
}

fn entities(workspace: &Workspace) -> Option<serde_json::Value> {
    let mentions: &Mentions = workspace.layer()?;
    workspace.layer::<Entities>()?;
    let rows: Vec<_> = mentions
        .rows
        .iter()
        .map(|m| {
            let [start, end] = chars(workspace.doc(), m.span);
            let kind = match mentions.strings.get(m.kind) {
                "person" => "PER",
                "place" => "LOC",
                "organization" => "ORG",
                _ => "MISC",
            };
            let (id, name) = (mentions.strings.get(m.entity_id), mentions.strings.get(m.name));
            json!({ "start": start, "end": end, "type": kind, "id": id, "name": name, "match": m.how })
        })
        .collect();
    Some(json!({ "id": workspace.article.id, "entities": rows }))
}

/// The gold views of `*.speech.jsonl` and `*.all.jsonl` hold outer quotations only, so nested ones are left out.
fn is_outer(quotes: &Quotes, index: usize) -> bool {
    let own = quotes.rows[index].span;
    !quotes.rows[..index].iter().any(|q| q.span.contains(own))
}

fn quotes(workspace: &Workspace) -> Option<serde_json::Value> {
    let (quotes, parts): (&Quotes, &QuoteParts) = (workspace.layer()?, workspace.layer()?);
    let reasons: &QuoteReasons = workspace.layer()?;
    let doc = workspace.doc();
    let pair = |span: Option<Span>| -> Vec<Pair> { span.map(|s| chars(doc, s)).into_iter().collect() };
    let rows: Vec<_> = quotes
        .rows
        .iter()
        .enumerate()
        .filter(|(i, _)| is_outer(quotes, *i))
        .map(|(i, q)| {
            let own = parts.rows.iter().filter(|p| p.quote.at() == i);
            let content: Vec<Pair> = own.map(|p| chars(doc, p.span)).collect();
            let why = &reasons.rows[i];
            let reason = [why.template, why.source, reasons.strings.get(why.verb)];
            json!({ "source": pair(q.speaker), "cue": pair(q.cue), "content": content, "kind": q.kind.as_str(),
                    "reference": quotes.strings.get(q.speaker_name), "confidence": q.confidence,
                    "reason": reason })
        })
        .collect();
    Some(json!({ "id": workspace.article.id, "quotes": rows }))
}
