//! `newsmill bench`: how fast a pipeline is on this machine, as a whole and by its steps.
//!
//! It times real runs, files in and files out, on a generated corpus or on the user's own, several times for every
//! number of workers, and reports medians with their range.

mod machine;
mod narrow;
mod page;
mod report;

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use newsmill_core::hash::xxh64;
use newsmill_core::{ConfigFile, Plan, Registry};
use newsmill_generate::{Generator, Names};
use newsmill_runner::{Inputs, Progress, RunOptions, Start, Summary};
use serde::{Deserialize, Serialize};

use super::{FAILED, USAGE};
use crate::cli::BenchArgs;
use crate::ui;

pub(super) fn bench(args: &BenchArgs, registry: &Registry) -> u8 {
    match measure_and_draw(args, registry) {
        Ok(measured) if args.json => {
            // A tree of plain numbers and texts always serialises.
            let json = serde_json::to_string_pretty(&measured).unwrap_or_default();
            ui::print(&format!("{json}\n"))
        }
        Ok(measured) => ui::print(&report::text(&measured)),
        Err((code, message)) => {
            ui::note(&message);
            code
        }
    }
}

/// Measures; with `--html`, writes the page of this run and of the saved ones that it is compared with.
fn measure_and_draw(args: &BenchArgs, registry: &Registry) -> Result<Measured, Failure> {
    let mut runs = Vec::new();
    for path in &args.compare {
        let fail = |e: &dyn std::fmt::Display| (USAGE, format!("error: --compare {}: {e}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| fail(&e))?;
        let saved: Measured = serde_json::from_str(&text)
            .map_err(|e| fail(&format!("{e}; expected what `bench --json` wrote")))?;
        runs.push((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), saved));
    }
    let measured = measure(args, registry)?;
    if let Some(path) = &args.html {
        runs.push(("this run".to_owned(), measured));
        std::fs::write(path, page::html(&runs))
            .map_err(|e| (FAILED, format!("error: can't write {}: {e}", path.display())))?;
        return runs
            .pop()
            .map(|(_, measured)| measured)
            .ok_or((FAILED, "error: nothing measured".to_owned()));
    }
    Ok(measured)
}

/// All that a bench tells.
#[derive(Serialize, Deserialize)]
struct Measured {
    newsmill: String,
    optimised: bool,
    machine: machine::Machine,
    config: String,
    corpus: Corpus,
    /// From the config file to a plan that can run, resources loaded; seconds.
    startup_seconds: f64,
    results: Vec<Measurement>,
}

/// What was read.
#[derive(Serialize, Deserialize)]
struct Corpus {
    /// `generated`, or the paths.
    what: String,
    /// Of a generated corpus.
    seed: Option<u64>,
    files: usize,
    /// As stored.
    bytes: u64,
    /// XXH64 of a generated corpus.
    hash: Option<String>,
    articles: u64,
    /// Titles and bodies, UTF-8.
    text_bytes: u64,
}

/// The runs with one number of workers.
#[derive(Serialize, Deserialize)]
struct Measurement {
    workers: usize,
    /// Wall-clock seconds of each run, in order.
    seconds: Vec<f64>,
    /// The run that the rest is about: the one with the median time.
    median_seconds: f64,
    /// Of text; 1 MB is 1,000,000 bytes.
    mb_per_second: f64,
    articles_per_second: f64,
    cpu_seconds: Option<f64>,
    /// Text by CPU time: what one core does when nothing else wants it.
    mb_per_cpu_second: Option<f64>,
    /// Largest resident size during these runs; bytes.
    peak_resident_bytes: Option<u64>,
    steps: Vec<Step>,
    mentions: u64,
    quotes: u64,
}

/// A stage, or decoding or encoding: its time in all workers.
#[derive(Serialize, Deserialize)]
struct Step {
    name: String,
    seconds: f64,
    /// Of text, by one worker that does nothing else.
    mb_per_second: f64,
    ns_per_byte: f64,
    /// Of the workers' busy time; 0 to 1.
    share: f64,
}

type Failure = (u8, String);

fn measure(args: &BenchArgs, registry: &Registry) -> Result<Measured, Failure> {
    let directory = tempfile::Builder::new().prefix("newsmill-bench-").tempdir();
    let directory = directory.map_err(|e| (FAILED, format!("error: can't make a temporary folder: {e}")))?;
    let mut config = ConfigFile::read(&args.config).map_err(|p| (USAGE, p.to_string()))?;
    for set in &args.sets {
        config.set(set).map_err(|p| (USAGE, p.to_string()))?;
    }
    // The whole config says which stages there are, and which names a generated corpus is about: it is the same corpus
    // whatever part of the stages is measured.
    let full = build(&config, registry)?;
    if !args.stages.is_empty() {
        narrow::narrow(&mut config, &full, &args.stages).map_err(|m| (USAGE, format!("error: {m}")))?;
    }
    let (input, hash) = match &args.corpus {
        corpus if !corpus.is_empty() => (corpus.clone(), None),
        _ => {
            let path = directory.path().join("generated.jsonl");
            let hash = generate(&full, args, &path)
                .map_err(|e| (FAILED, format!("error: can't write the generated corpus: {e}")))?;
            (vec![path.display().to_string()], Some(hash))
        }
    };
    drop(full);
    config.set_input(&input);
    let start = Instant::now();
    let mut plan = build(&config, registry)?;
    let startup_seconds = start.elapsed().as_secs_f64();
    plan.output.dir = directory.path().join("out").display().to_string();
    let (files, bytes) = {
        let inputs = Inputs::new(&plan).map_err(|problems| (USAGE, super::listed(&problems)))?;
        (inputs.files.len(), inputs.bytes())
    };
    let mut corpus = Corpus {
        what: if hash.is_some() { "generated".to_owned() } else { input.join(" ") },
        seed: hash.is_some().then_some(args.seed),
        files,
        bytes,
        hash: hash.map(|h| format!("{h:016x}")),
        articles: 0,
        text_bytes: 0,
    };
    let mut results = Vec::new();
    for &workers in &args.workers {
        let (measurement, summary) = runs(&plan, workers, args.runs.max(1))?;
        corpus.articles = summary.counts.articles;
        corpus.text_bytes = summary.counts.text_bytes;
        results.push(measurement);
    }
    Ok(Measured {
        newsmill: env!("CARGO_PKG_VERSION").to_owned(),
        optimised: !cfg!(debug_assertions),
        machine: machine::Machine::of_this(),
        config: args.config.display().to_string(),
        corpus,
        startup_seconds,
        results,
    })
}

fn build(config: &ConfigFile, registry: &Registry) -> Result<Plan, Failure> {
    Plan::new(config, registry).map_err(|problems| (USAGE, super::listed(&problems)))
}

/// Writes a generated corpus about the names of the plan's gazetteers; its hash.
fn generate(plan: &Plan, args: &BenchArgs, path: &Path) -> std::io::Result<u64> {
    let is_csv = |path: &PathBuf| path.extension().is_some_and(|e| e == "csv");
    let lists = plan.resources.iter().map(|r| r.path.clone()).filter(is_csv);
    let lists = lists.map(std::fs::read_to_string).collect::<std::io::Result<Vec<String>>>()?;
    let generator = Generator::new(Names::from_csv(lists.iter().map(String::as_str)), args.seed);
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let mut hash = 0;
    for article in generator.articles(args.generate) {
        let line = article.to_json_line();
        hash = xxh64(line.as_bytes(), hash);
        out.write_all(line.as_bytes())?;
    }
    out.flush()?;
    Ok(hash)
}

/// Runs the plan several times with so many workers.
fn runs(plan: &Plan, workers: usize, count: usize) -> Result<(Measurement, Summary), Failure> {
    let options = RunOptions { workers, start: Start::Force, ..RunOptions::default() };
    let mut done: Vec<(Summary, Option<f64>)> = Vec::with_capacity(count);
    machine::reset_peak();
    for _ in 0..count {
        let before = machine::cpu_seconds();
        let summary = newsmill_runner::run(plan, &options, &Progress::default(), &AtomicBool::new(false))
            .map_err(|e| (FAILED, format!("error: {e}")))?;
        let cpu = before.zip(machine::cpu_seconds()).map(|(before, after)| after - before);
        done.push((summary, cpu));
    }
    let peak_resident_bytes = machine::peak_resident();
    let seconds: Vec<f64> = done.iter().map(|(s, _)| s.timings.total).collect();
    done.sort_by(|a, b| a.0.timings.total.total_cmp(&b.0.timings.total));
    let (summary, cpu_seconds) = done.swap_remove(done.len() / 2);
    let (timings, counts) = (&summary.timings, &summary.counts);
    let rate = |n: u64| n as f64 / timings.total.max(f64::MIN_POSITIVE);
    let measurement = Measurement {
        workers: timings.workers,
        seconds,
        median_seconds: timings.total,
        mb_per_second: rate(counts.text_bytes) / 1e6,
        articles_per_second: rate(counts.articles),
        cpu_seconds,
        mb_per_cpu_second: cpu_seconds.map(|s| counts.text_bytes as f64 / s.max(0.01) / 1e6),
        peak_resident_bytes,
        steps: steps(&summary),
        mentions: counts.mentions,
        quotes: counts.quotes,
    };
    Ok((measurement, summary))
}

fn steps(summary: &Summary) -> Vec<Step> {
    let timings = &summary.timings;
    let bytes = summary.counts.text_bytes.max(1) as f64;
    let busy = timings.busy().max(f64::MIN_POSITIVE);
    let step = |name: &str, seconds: f64| Step {
        name: name.to_owned(),
        seconds,
        mb_per_second: bytes / seconds.max(f64::MIN_POSITIVE) / 1e6,
        ns_per_byte: 1e9 * seconds / bytes,
        share: seconds / busy,
    };
    let stages = timings.stages.iter().map(|(id, seconds)| step(id, *seconds));
    std::iter::once(step("decode", timings.decode))
        .chain(stages)
        .chain([step("encode", timings.encode)])
        .collect()
}

/// `64MB`, `1.5GB`, `300k` or a number of bytes; decimal units.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().trim_end_matches('b') {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        _ => return Err(format!("{unit:?} isn't a unit; use kB, MB or GB")),
    };
    match number.parse::<f64>() {
        Ok(number) if number > 0.0 => Ok((number * factor) as u64),
        _ => Err("expected a size such as 64MB".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!(parse_size("64MB"), Ok(64_000_000));
        assert_eq!(parse_size("1.5 gb"), Ok(1_500_000_000));
        assert_eq!(parse_size("300"), Ok(300));
        assert!(parse_size("0MB").is_err());
        assert!(parse_size("3 pounds").is_err());
        assert!(parse_size("MB").is_err());
    }
}
