//! The rules that are seen by running texts: `panic`, `check`, `rows`, `repeat`, `scratch`, `group`.

use newsmill_core::layers::ArticleRow;
use newsmill_core::prelude::*;

use super::Report;
use crate::odd::{self, OddText};
use crate::table;

/// The stage's layers on one text, or what went wrong, as comparable text.
type Seen = Vec<String>;

pub(super) fn check(plan: &Plan, report: &mut Report) {
    let texts = odd::texts();
    let layers = layers_of_last(plan);
    let mut used = plan.workspace();
    let mut alone: Vec<Seen> = Vec::with_capacity(texts.len());
    for text in &texts {
        let mut fresh = plan.workspace();
        let first = look(plan, &layers, &mut fresh, text, report);
        let again = look(plan, &layers, &mut fresh, text, report);
        if let Some(what) = difference(&first, &again) {
            report.add("repeat", format!("{}: run twice, {what}", text.name));
        }
        let after_others = look(plan, &layers, &mut used, text, report);
        if let Some(what) = difference(&first, &after_others) {
            report.add("scratch", format!("{}: after other articles, {what}", text.name));
        }
        alone.push(first);
    }
    check_groups(plan, &layers, &texts, &alone, report);
    check_threads(plan, &layers, &texts, &alone, report);
}

/// Runs the texts several at once, if the stage wants that.
fn check_groups(plan: &Plan, layers: &[String], texts: &[OddText], alone: &[Seen], report: &mut Report) {
    let size = plan.group().min(texts.len());
    // The second time the groups are others.
    for first in [size, size / 2].into_iter().filter(|_| size > 1) {
        let mut group: Vec<Workspace> = (0..size).map(|_| plan.workspace()).collect();
        let (head, rest) = texts.split_at(first);
        for chunk in [head].into_iter().chain(rest.chunks(size)) {
            for (ws, text) in group.iter_mut().zip(chunk) {
                ws.article = Article::titled(text.name, &text.title, &text.body);
            }
            let outcomes = plan.process_group(&mut group[..chunk.len()], &mut [], &mut ());
            for ((ws, text), outcome) in group.iter().zip(chunk).zip(outcomes) {
                // What is wrong with its rows was told when it was alone.
                let seen = seen(plan, layers, ws, text, outcome, &mut Report::default());
                let expected = texts.iter().position(|t| t.name == text.name).map(|i| &alone[i]);
                if let Some(what) = expected.and_then(|expected| difference(expected, &seen)) {
                    report.add("group", format!("{}: together with other articles, {what}", text.name));
                }
            }
        }
    }
}

/// Runs the texts on two threads at once, in opposite orders.
fn check_threads(plan: &Plan, layers: &[String], texts: &[OddText], alone: &[Seen], report: &mut Report) {
    // Long texts were compared above; the threads' many short articles are what shared state would show in.
    let order: Vec<usize> = (0..texts.len()).filter(|&i| texts[i].body.len() < 10_000).collect();
    let run = |order: Vec<usize>| {
        let mut workspace = plan.workspace();
        let mut found = Report::default();
        for i in order {
            let seen = look(plan, layers, &mut workspace, &texts[i], &mut found);
            if let Some(what) = difference(&alone[i], &seen) {
                found.add("repeat", format!("{}: beside another thread, {what}", texts[i].name));
            }
        }
        found
    };
    let backwards: Vec<usize> = order.iter().rev().copied().collect();
    let found = std::thread::scope(|scope| {
        let other = scope.spawn(|| run(backwards));
        let mut found = run(order.clone()).0;
        found.extend(other.join().map(|r| r.0).unwrap_or_default());
        found
    });
    for violation in found {
        report.add(violation.rule, violation.message);
    }
}

/// Names of the layers that the plan's last stage writes.
fn layers_of_last(plan: &Plan) -> Vec<String> {
    let description = plan.describe();
    let last = description["stages"].as_array().and_then(|stages| stages.last());
    let writes = last.and_then(|stage| stage["writes"].as_array());
    writes.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn look(plan: &Plan, layers: &[String], ws: &mut Workspace, text: &OddText, report: &mut Report) -> Seen {
    ws.article = Article::titled(text.name, &text.title, &text.body);
    let outcome = plan.process(ws, &mut [], &mut ());
    seen(plan, layers, ws, text, outcome, report)
}

/// What became of a text, as comparable text.
fn seen(
    plan: &Plan,
    layers: &[String],
    ws: &Workspace,
    text: &OddText,
    outcome: Outcome,
    report: &mut Report,
) -> Seen {
    let last = plan.stage_ids().last().unwrap_or_default();
    match outcome {
        Outcome::Done => {}
        Outcome::Dropped { reason, .. } => return vec![format!("dropped: {reason}")],
        Outcome::Failed(f) => {
            if f.code == "panic" && f.id == last {
                report.add("panic", format!("{}: {}", text.name, f.message));
            } else if f.id != last {
                report.add("example", format!("{}: `{}` failed before it: {}", text.name, f.id, f.message));
            }
            return vec![format!("failed: {}: {}", f.code, f.message)];
        }
        Outcome::Kept(failures) => return vec![format!("kept: {failures:?}")],
    }
    if let Err(e) = plan.check_layers(ws) {
        report.add("check", format!("{}: {e}", text.name));
    }
    let status = ws.layer::<ArticleRow>().map_or("", |row| row.status.as_str());
    let mut seen = vec![format!("status: {status}"), format!("language: {}", ws.article.meta.language)];
    for name in layers {
        rows(plan, ws, name, text, &mut seen, report);
    }
    seen
}

fn rows(plan: &Plan, ws: &Workspace, name: &str, text: &OddText, seen: &mut Seen, report: &mut Report) {
    let Some(layer) = plan.table(ws, name) else { return };
    let Some((_, schema)) = plan.layers().find(|(n, _)| *n == name) else { return };
    match table::read(layer, schema, ws.doc()) {
        Ok(table) => {
            seen.extend(
                table.rows.iter().enumerate().map(|(i, row)| format!("{name} {i}: {}", row.join(" | "))),
            );
        }
        Err(e) => report.add("rows", format!("{}: layer `{name}`: {e}", text.name)),
    }
    let extended = schema.extends.as_deref().and_then(|base| plan.table(ws, base));
    if let Some(base) = extended.filter(|base| base.row_count() != layer.row_count()) {
        let counts =
            format!("{} rows, but the layer that it extends has {}", layer.row_count(), base.row_count());
        report.add("rows", format!("{}: layer `{name}` has {counts}", text.name));
    }
}

fn difference(first: &Seen, second: &Seen) -> Option<String> {
    let at = first.iter().zip(second).position(|(a, b)| a != b);
    let at = at.or((first.len() != second.len()).then_some(first.len().min(second.len())))?;
    let show = |seen: &Seen| match seen.get(at) {
        Some(row) => row.chars().take(120).collect::<String>(),
        None => "nothing".to_owned(),
    };
    Some(format!("`{}` became `{}`", show(first), show(second)))
}
