//! `newsmill run`: the pipeline over a corpus, with progress and a summary.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use newsmill_core::layers::names;
use newsmill_core::privacy::HIDDEN_KEY;
use newsmill_core::{Plan, Registry};
use newsmill_runner::{Command, Counts, Progress, RunOptions, Start, Status, Summary};
use signal_hook::consts::{SIGINT, SIGTERM};

use super::{FAILED, plan_or_tell};
use crate::cli::{ConfigArgs, HowArgs, ProgressKind, RunArgs};
use crate::ui::{self, grouped, size};

pub(super) fn run(args: &RunArgs, registry: &Registry) -> u8 {
    let plan = match plan_or_tell(&args.config, registry) {
        Ok(plan) => plan,
        Err(code) => return code,
    };
    let options = RunOptions {
        start: match (args.force, args.resume, args.append) {
            (false, _, true) => Start::Append,
            (true, _, true) => Start::AppendAnew,
            (true, ..) => Start::Force,
            (_, true, _) => Start::Resume,
            _ => Start::Fresh,
        },
        limit: args.limit,
        shard: args.shard,
        sample: args.sample,
        command: Some(command_of(&args.config)),
        ..options_of(&args.how)
    };
    if let Some(first) = args.dry_run {
        return match newsmill_runner::check(&plan, &options) {
            Ok(()) => super::check::tell(&plan, Some(first)),
            Err(error) => super::merge_runs::tell(&error),
        };
    }
    let go = |progress: &Progress, stop: &AtomicBool| newsmill_runner::run(&plan, &options, progress, stop);
    match with_progress(&args.how, go) {
        Ok(summary) => conclude(&plan, &summary, &args.how),
        Err(error) => super::merge_runs::tell(&error),
    }
}

/// What isn't about what is run.
pub(super) fn options_of(how: &HowArgs) -> RunOptions {
    RunOptions {
        workers: how.workers,
        batch_bytes: how.batch_bytes,
        in_flight: how.in_flight,
        commit_every: Duration::from_millis(how.commit_ms),
        check_layers: how.check_layers,
        ..RunOptions::default()
    }
}

/// For `run.json`, with paths that hold wherever one stands.
pub(super) fn command_of(args: &ConfigArgs) -> Command {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let input = |path: &String| match path.as_str() {
        "" | "-" => path.clone(),
        path => absolute(path.as_ref()).to_string_lossy().into_owned(),
    };
    Command {
        config: absolute(&args.config),
        input: args.input.iter().map(input).collect(),
        sets: args.sets.iter().map(|set| without_key(set)).collect(),
    }
}

/// The key to pseudonyms is kept nowhere; who processes a quarantine again gives it again.
fn without_key(set: &str) -> String {
    match set.split_once('=') {
        Some((option @ "output.privacy.key", _)) => format!("{option}={HIDDEN_KEY}"),
        Some((option @ "output.privacy", value)) => {
            let mut value: serde_json::Value = serde_json::from_str(value).unwrap_or_default();
            if let Some(key) = value.get_mut("key") {
                *key = HIDDEN_KEY.into();
            }
            format!("{option}={value}")
        }
        _ => set.to_owned(),
    }
}

/// Says what a run did; the exit code.
pub(super) fn conclude(plan: &Plan, summary: &Summary, how: &HowArgs) -> u8 {
    if !how.quiet {
        ui::note(&summary_text(plan, summary));
    }
    let counts = &summary.counts;
    let failures = counts.failures();
    match summary.status {
        Status::Complete | Status::AlreadyComplete if how.strict && failures > 0 => {
            ui::note(&format!("error: {failures} records are in the quarantine, and --strict allows none"));
            Status::FailureBudget.exit_code()
        }
        Status::Complete | Status::AlreadyComplete
            if counts.articles + counts.unchanged == 0 && failures > 0 && summary.part == 0 =>
        {
            ui::note(&nothing_but_failures(counts));
            FAILED
        }
        status => status.exit_code(),
    }
}

/// Most often a config that doesn't fit the input.
fn nothing_but_failures(counts: &Counts) -> String {
    let most = counts.failed.iter().max_by_key(|(_, n)| **n).map(|(key, _)| key.as_str()).unwrap_or_default();
    let example = counts.examples.get(most).map_or(most, String::as_str);
    format!("error: no record became an article; {example}")
}

/// Shows progress while something runs, until a signal says to stop.
pub(super) fn with_progress<T>(how: &HowArgs, run: impl FnOnce(&Progress, &AtomicBool) -> T) -> T {
    let kind = if how.quiet { ProgressKind::None } else { how.progress };
    let stop = stop_flag();
    let progress = Progress::default();
    let (running, done) = mpsc::channel();
    thread::scope(|scope| {
        let progress = &progress;
        scope.spawn(move || crate::progress::show(kind, progress, &done));
        let result = run(progress, &stop);
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
    let dir = summary.dir.display();
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
    lines.extend(summary.remarks.iter().map(|text| row("metadata", text)));
    lines.push(row("time", &format!("{:.2} s, {}", timings.total, rates(summary))));
    let busy = timings.busy().max(f64::MIN_POSITIVE);
    let mut parts = vec![("decode".to_owned(), timings.decode)];
    parts.extend(timings.stages.iter().cloned());
    parts.push(("encode".to_owned(), timings.encode));
    for (name, seconds) in parts {
        lines.push(format!("    {name:<12} {seconds:>8.2} s  {:>3.0} %", 100.0 * seconds / busy));
    }
    if timings.encoders > 0.0 {
        // By threads of their own, so no share of the workers' time.
        lines.push(format!("    {:<12} {:>8.2} s", "compression", timings.encoders));
    }
    if let Some(slowest) = timings.slow.slowest.first() {
        let slow_ms = plan.limits.slow_ms;
        let count = grouped(timings.slow.count);
        lines.push(row("slow", &format!("{count} over limits.slow_ms ({slow_ms} ms); {slowest}")));
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
    if summary.part > 0 {
        let added = grouped(counts.articles - counts.changed);
        let (changed, unchanged) = (grouped(counts.changed), grouped(counts.unchanged));
        lines[0] =
            row("articles", &format!("{added} added, {changed} changed, {unchanged} unchanged and left out"));
    }
    if counts.left_out > 0 {
        lines.push(row("not sampled", &grouped(counts.left_out)));
    }
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
