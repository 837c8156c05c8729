//! What a run would do, for `run --dry-run` and `check --first`.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use newsmill_core::Plan;
use newsmill_core::layers::names;
use newsmill_runner::{Inputs, Preview, PreviewedInput};

use super::FAILED;
use crate::ui::{self, grouped, size};

/// Looks at the first records of each kind of input and prints what was seen; the exit code.
pub(super) fn show(plan: &Plan, inputs: Inputs<'_>, records: u64) -> u8 {
    match newsmill_runner::preview(plan, inputs, records, &AtomicBool::new(false)) {
        Ok(preview) => {
            let printed = ui::print(&text(plan, &preview));
            let all = |n: fn(&PreviewedInput) -> u64| preview.inputs.iter().map(n).sum::<u64>();
            let nothing = all(|i| i.counts.articles) == 0 && all(|i| i.counts.failures()) > 0;
            if nothing { FAILED } else { printed }
        }
        Err(message) => {
            ui::note(&format!("error: {message}"));
            FAILED
        }
    }
}

fn text(plan: &Plan, preview: &Preview) -> String {
    let mut lines = Vec::new();
    for input in &preview.inputs {
        let PreviewedInput { entry, kind, files, bytes, .. } = input;
        lines.push(format!(
            "input {entry}: {kind}, {} files, {}",
            grouped(*files as u64),
            size(*bytes as f64)
        ));
        lines.extend(lines_of(plan, input).into_iter().map(|(name, text)| format!("  {name:<12} {text}")));
    }
    let seen = preview.inputs.iter().map(|i| i.counts.articles).sum::<u64>();
    let took = preview.inputs.iter().map(|i| i.took.as_secs_f64()).sum::<f64>();
    if seen > 0 {
        let each = 1000.0 * took / seen as f64;
        lines.push(format!("stages and tables took {each:.2} ms an article; nothing was written"));
    }
    lines.join("\n") + "\n"
}

fn lines_of(plan: &Plan, input: &PreviewedInput) -> Vec<(&'static str, String)> {
    let counts = &input.counts;
    let of = |n: u64| format!("{} of {}", grouped(n), grouped(counts.articles));
    let looked_at = counts.records + counts.failures();
    let mut lines =
        vec![("articles", format!("{} of the first {looked_at} records", grouped(counts.articles)))];
    for (name, map) in [
        ("failed", &counts.failed),
        ("no articles", &counts.skipped),
        ("dropped", &counts.dropped),
        ("incomplete", &counts.kept),
    ] {
        if !map.is_empty() {
            lines.push((name, listed(map)));
            lines.extend(map.keys().filter_map(|key| counts.examples.get(key)).map(|e| ("", e.clone())));
        }
    }
    if input.ids_from.is_empty() {
        return lines;
    }
    let examples = input.ids.iter().map(|id| format!("{id:?}")).collect::<Vec<_>>().join(", ");
    lines.push(("ids", format!("from {}; {examples}", listed(&input.ids_from))));
    if counts.duplicate_ids > 0 {
        lines.push(("same ids", of(counts.duplicate_ids)));
    }
    lines.push(("fields", listed(&input.fields)));
    if counts.unreadable_dates > 0 {
        lines.push(("odd dates", of(counts.unreadable_dates)));
    }
    let language = |(tag, n): (&String, &u64)| {
        format!("{} {}", if tag.is_empty() { "not told" } else { tag }, grouped(*n))
    };
    lines.push(("languages", input.languages.iter().map(language).collect::<Vec<_>>().join(", ")));
    let layers = [
        (names::SENTENCES, counts.sentences),
        (names::TOKENS, counts.tokens),
        (names::MENTIONS, counts.mentions),
        (names::QUOTES, counts.quotes),
    ];
    let found = layers.iter().filter(|(layer, _)| plan.layers().any(|(name, _)| name == *layer));
    let found: Vec<String> = found.map(|(layer, n)| format!("{layer} {}", grouped(*n))).collect();
    if !found.is_empty() {
        lines.push(("found", found.join(", ")));
    }
    lines
}

fn listed<K: AsRef<str>>(map: &BTreeMap<K, u64>) -> String {
    map.iter().map(|(key, n)| format!("{} {}", key.as_ref(), grouped(*n))).collect::<Vec<_>>().join(", ")
}
