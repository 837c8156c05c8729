//! A bench as text for people.

use super::{Measured, Measurement};
use crate::ui::{grouped, size};

pub(super) fn text(measured: &Measured) -> String {
    let Measured { machine, corpus, .. } = measured;
    let mut out = String::new();
    if !measured.optimised {
        out.push_str("warning: this binary isn't optimised; use `cargo run --release -- bench`\n");
    }
    let memory = machine.memory_bytes.map_or("?".to_owned(), |b| size(b as f64));
    let cpu = machine.cpu.as_deref().unwrap_or(&machine.system);
    let load = machine.load.map_or(String::new(), |l| format!(", load {l:.1}"));
    out.push_str(&format!("machine   {cpu}, {} cores, {memory}{load}\n", machine.cores));
    let seed = corpus.seed.map_or(String::new(), |s| format!(", seed {s}"));
    out.push_str(&format!(
        "corpus    {}{seed}: {} articles, {} of text, {} stored\n",
        corpus.what,
        grouped(corpus.articles),
        size(corpus.text_bytes as f64),
        size(corpus.bytes as f64)
    ));
    out.push_str(&format!("start-up  {:.0} ms with {}\n", 1e3 * measured.startup_seconds, measured.config));
    for result in &measured.results {
        measurement(result, &mut out);
    }
    if let (Some(first), Some(last)) = (measured.results.first(), measured.results.last())
        && first.workers < last.workers
    {
        let speedup = first.median_seconds / last.median_seconds;
        out.push_str(&format!(
            "\n{} workers against {}: {speedup:.2} times as fast\n",
            last.workers, first.workers
        ));
    }
    out
}

fn measurement(result: &Measurement, out: &mut String) {
    let plural = if result.workers == 1 { "worker" } else { "workers" };
    let fastest = result.seconds.iter().copied().fold(f64::INFINITY, f64::min);
    let slowest = result.seconds.iter().copied().fold(0.0, f64::max);
    out.push_str(&format!(
        "\n{} {plural}: {:.1} MB/s of text, {} articles/s\n",
        result.workers,
        result.mb_per_second,
        grouped(result.articles_per_second as u64)
    ));
    let mut facts = vec![format!(
        "{:.2} s, median of {} ({fastest:.2} to {slowest:.2})",
        result.median_seconds,
        result.seconds.len()
    )];
    let cpu = result.cpu_seconds.zip(result.mb_per_cpu_second);
    facts.extend(cpu.map(|(s, mb)| format!("CPU {s:.2} s, {mb:.1} MB a CPU second")));
    facts.extend(result.peak_resident_bytes.map(|b| format!("peak memory {}", size(b as f64))));
    out.push_str(&format!("  {}\n", facts.join(", ")));
    out.push_str(&format!(
        "  {:<14} {:>8} {:>9} {:>8} {:>6}\n",
        "step", "seconds", "MB/s", "ns/byte", "share"
    ));
    for step in &result.steps {
        out.push_str(&format!(
            "  {:<14} {:>8.2} {:>9.1} {:>8.2} {:>4.0} %\n",
            step.name,
            step.seconds,
            step.mb_per_second,
            step.ns_per_byte,
            100.0 * step.share
        ));
    }
}
