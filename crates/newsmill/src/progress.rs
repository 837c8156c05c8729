//! Progress on stderr while a run goes on, seen from a thread of its own.

use std::io::IsTerminal;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use newsmill_runner::{Progress, Snapshot};

use crate::cli::ProgressKind;
use crate::ui::{grouped, note, size};

/// Shows progress until `done` closes.
pub(crate) fn show(kind: ProgressKind, progress: &Progress, done: &Receiver<()>) {
    let terminal = std::io::stderr().is_terminal();
    match kind {
        ProgressKind::None => {}
        ProgressKind::Auto if terminal => bar(progress, done),
        ProgressKind::Auto | ProgressKind::Plain => {
            every(Duration::from_secs(10), progress, done, |now, elapsed| note(&line(now, elapsed)));
        }
        ProgressKind::Json => every(Duration::from_secs(1), progress, done, |now, elapsed| {
            let mut value = serde_json::json!(now);
            value["seconds"] = elapsed.as_secs_f64().into();
            note(&value.to_string());
        }),
    }
}

fn every(
    period: Duration,
    progress: &Progress,
    done: &Receiver<()>,
    mut show: impl FnMut(&Snapshot, Duration),
) {
    let began = Instant::now();
    while done.recv_timeout(period) == Err(RecvTimeoutError::Timeout) {
        show(&progress.snapshot(), began.elapsed());
    }
}

fn line(now: &Snapshot, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(0.001);
    // The length of what comes through a pipe isn't known.
    let percent = match now.bytes_total {
        0 => String::new(),
        total => format!("{} %, ", 100 * now.bytes_done / total),
    };
    let left = match now.bytes_done {
        0 => String::new(),
        _ if now.bytes_total == 0 => String::new(),
        done => {
            let left = seconds * (now.bytes_total.saturating_sub(done)) as f64 / done as f64;
            format!(", {left:.0} s left")
        }
    };
    format!(
        "{percent}{} articles, {}/s, {} articles/s, {} failed{left}",
        grouped(now.articles),
        size(now.bytes_done as f64 / seconds),
        grouped((now.articles as f64 / seconds) as u64),
        grouped(now.failed),
    )
}

fn bar(progress: &Progress, done: &Receiver<()>) {
    let template = "{percent:>3} % {wide_bar} {decimal_bytes_per_sec}, {msg}, {eta} left";
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let began = Instant::now();
    every(Duration::from_millis(100), progress, done, |now, _| {
        bar.set_length(now.bytes_total);
        bar.set_position(now.bytes_done);
        let rate = now.articles as f64 / began.elapsed().as_secs_f64().max(0.001);
        let phase = if now.finishing { ", writing run-level tables" } else { "" };
        bar.set_message(format!(
            "{} articles, {}/s, {} failed{phase}",
            grouped(now.articles),
            grouped(rate as u64),
            grouped(now.failed)
        ));
    });
    bar.finish_and_clear();
}
