//! `newsmill run`: the pipeline over a corpus, with progress and a summary.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use newsmill_core::layers::names;
use newsmill_core::{Plan, Registry};
use newsmill_runner::{Counts, Progress, RunError, RunOptions, Start, Status, Summary};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::{FAILED, USAGE, plan_or_tell};
use crate::cli::{ProgressKind, RunArgs};
use crate::ui::{self, grouped, size};

pub(super) fn run(args: &RunArgs, registry: &Registry) -> u8 {
    let plan = match plan_or_tell(&args.config, registry) {
        Ok(plan) => plan,
        Err(code) => return code,
    };
    let options = RunOptions {
        workers: args.workers,
        batch_bytes: args.batch_bytes,
        in_flight: args.in_flight,
        commit_every: Duration::from_millis(args.commit_ms),
        start: match (args.force, args.resume) {
            (true, _) => Start::Force,
            (_, true) => Start::Resume,
            _ => Start::Fresh,
        },
        limit: args.limit,
        check_layers: args.check_layers,
    };
    let kind = if args.quiet { ProgressKind::None } else { args.progress };
    match with_progress(&plan, &options, kind) {
        Ok(summary) => {
            if !args.quiet {
                ui::note(&summary_text(&plan, &summary));
            }
            let failures = summary.counts.failures();
            match summary.status {
                Status::Complete | Status::AlreadyComplete if args.strict && failures > 0 => {
                    ui::note(&format!(
                        "error: {failures} records are in the quarantine, and --strict allows none"
                    ));
                    Status::FailureBudget.exit_code()
                }
                Status::Complete | Status::AlreadyComplete
                    if summary.counts.articles == 0 && failures > 0 =>
                {
                    ui::note(&nothing_but_failures(&summary.counts));
                    FAILED
                }
                status => status.exit_code(),
            }
        }
        Err(RunError::Problems(problems)) => {
            ui::problems(&problems);
            USAGE
        }
        Err(RunError::Directory(message)) => {
            ui::note(&format!("error: {message}"));
            USAGE
        }
        Err(RunError::Failed(message)) => {
            ui::note(&format!("error: {message}"));
            FAILED
        }
    }
}

/// Most often a config that doesn't fit the input.
fn nothing_but_failures(counts: &Counts) -> String {
    let most = counts.failed.iter().max_by_key(|(_, n)| **n).map(|(key, _)| key.as_str()).unwrap_or_default();
    let example = counts.examples.get(most).map_or(most, String::as_str);
    format!("error: no record became an article; {example}")
}

fn with_progress(plan: &Plan, options: &RunOptions, kind: ProgressKind) -> Result<Summary, RunError> {
    let stop = stop_flag();
    let progress = Progress::default();
    let (running, done) = mpsc::channel();
    thread::scope(|scope| {
        let progress = &progress;
        scope.spawn(move || crate::progress::show(kind, progress, &done));
        let result = newsmill_runner::run(plan, options, progress, &stop);
        drop(running);
        result
    })
}

/// Raised by the first SIGINT or SIGTERM; the second one ends the process at once.
fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        let second = signal_hook::flag::register_conditional_shutdown(signal, 130, stop.clone());
        let first = signal_hook::flag::register(signal, stop.clone());
        if let Err(e) = second.and(first) {
            tracing::warn!("can't watch for signal {signal}: {e}; an interrupt will end the run at once");
        }
    }
    stop
}

fn summary_text(plan: &Plan, summary: &Summary) -> String {
    let Summary { status, counts, timings, .. } = summary;
    let dir = &plan.output.dir;
    let mut lines = vec![match status {
        Status::Complete => format!("run {} complete in {dir}", summary.run_id),
        Status::AlreadyComplete => {
            return format!("run {} is complete already in {dir}: nothing to do", summary.run_id);
        }
        Status::FailureBudget => format!(
            "run {} stopped: {} of {} records failed, more than limits.max_failures allows; see {dir}/quarantine.jsonl\
             .partial; go on with --resume once the cause is mended",
            summary.run_id,
            grouped(counts.failures()),
            grouped(counts.records)
        ),
        Status::Interrupted => format!("run {} interrupted; go on with --resume", summary.run_id),
    }];
    lines.extend(result_lines(plan, summary));
    if let Some(text) = ui::skipped(&summary.skipped) {
        lines.push(row("not read", &text));
    }
    lines.push(row("time", &format!("{:.2} s, {}", timings.total, rates(summary))));
    let busy = timings.busy().max(f64::MIN_POSITIVE);
    let mut parts = vec![("decode".to_owned(), timings.decode)];
    parts.extend(timings.stages.iter().cloned());
    parts.push(("encode".to_owned(), timings.encode));
    for (name, seconds) in parts {
        lines.push(format!("    {name:<12} {seconds:>8.2} s  {:>3.0} %", 100.0 * seconds / busy));
    }
    lines.push(row("bottleneck", &timings.bottleneck()));
    lines.join("\n")
}

fn row(name: &str, text: &str) -> String {
    format!("  {name:<12} {text}")
}

fn result_lines(plan: &Plan, summary: &Summary) -> Vec<String> {
    let counts = &summary.counts;
    let mut lines = vec![row("articles", &grouped(counts.articles))];
    let listed = |map: &std::collections::BTreeMap<String, u64>| {
        let total: u64 = map.values().sum();
        let parts: Vec<String> = map.iter().map(|(key, n)| format!("{key} {}", grouped(*n))).collect();
        format!("{} ({})", grouped(total), parts.join(", "))
    };
    for (name, map) in [
        ("quarantined", &counts.failed),
        ("no articles", &counts.skipped),
        ("dropped", &counts.dropped),
        ("incomplete", &counts.kept),
        ("noted", &counts.noted),
    ] {
        if !map.is_empty() {
            lines.push(row(name, &listed(map)));
            lines.extend(map.keys().filter_map(|key| counts.examples.get(key)).map(|e| format!("    {e}")));
        }
    }
    for (name, n) in [("empty", counts.empty), ("odd dates", counts.unreadable_dates)] {
        if n > 0 {
            lines.push(row(name, &grouped(n)));
        }
    }
    if counts.duplicate_ids > 0 {
        let named = summary.duplicates.iter().take(5).map(|id| format!("{id:?}")).collect::<Vec<_>>();
        let more = if counts.duplicate_ids > named.len() as u64 { ", …" } else { "" };
        lines.push(row(
            "same ids",
            &format!("{} ({}{more})", grouped(counts.duplicate_ids), named.join(", ")),
        ));
    }
    let layers = [
        (names::SENTENCES, counts.sentences),
        (names::TOKENS, counts.tokens),
        (names::MENTIONS, counts.mentions),
        (names::QUOTES, counts.quotes),
    ];
    for (layer, n) in layers {
        if plan.layers().any(|(name, _)| name == layer) {
            lines.push(row(layer, &grouped(n)));
        }
    }
    lines
}

fn rates(summary: &Summary) -> String {
    let timings = &summary.timings;
    let rate = summary.bytes_read as f64 / timings.total.max(0.001);
    let workers = timings.workers.max(1);
    format!("{} of input, {}/s with {workers} workers", size(summary.bytes_read as f64), size(rate))
}
