//! What this machine can do at most, and each step of the pipeline beside it: the table of `docs/throughput.md`.
//!
//! ```text
//! cargo run --release -p newsmill-bench-limits [-- --write]
//! ```
//!
//! Limits are those of one core: memory, and the fastest libraries for what newsmill can't do without. Steps are those of
//! `config/news.json` on generated articles, on warm memory. Both are the least CPU time of several passes, over bytes of text
//! or of what the limit reads. With `--write` the table of the page is replaced.

mod limits;
mod steps;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use newsmill_core::{ConfigFile, Plan};
use newsmill_generate::{Generated, Generator, Names};
use rustix::time::{ClockId, clock_gettime};

/// Bytes of body text.
const CORPUS: u64 = 64_000_000;
/// The least of so many passes counts.
const PASSES: usize = 5;
/// The table stands between these lines.
const MARKS: [&str; 2] =
    ["<!-- made by: cargo run --release -p newsmill-bench-limits -- --write -->\n", "<!-- end -->"];

/// A row of the table.
struct Rate {
    what: String,
    /// Nanoseconds a byte.
    ns_per_byte: f64,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let config = ConfigFile::read(&root.join("config/news.json")).map_err(|p| p.to_string())?;
    let plan = Plan::new(&config, &newsmill::builtin()).map_err(|p| p[0].to_string())?;
    let lists: Vec<PathBuf> = plan.resources.iter().map(|r| r.path.clone()).collect();
    let lists = lists.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect::<Vec<_>>();
    let names = Names::from_csv(lists.iter().map(String::as_str));
    let articles: Vec<Generated> = Generator::new(names, 1).articles(CORPUS).collect();
    let table = table(&limits::measure(&articles)?, &steps::measure(&plan, &articles)?);
    if !std::env::args().any(|a| a == "--write") {
        say(&table);
        return Ok(());
    }
    let page = root.join("docs/throughput.md");
    let text = std::fs::read_to_string(&page)?;
    let (before, rest) =
        text.split_once(MARKS[0]).ok_or("docs/throughput.md has no mark where the table begins")?;
    let (_, after) =
        rest.split_once(MARKS[1]).ok_or("docs/throughput.md has no mark where the table ends")?;
    std::fs::write(&page, format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]))?;
    Ok(())
}

fn table(limits: &[Rate], steps: &[Rate]) -> String {
    let mut text = format!("\n{}\n\n| limit of one core | GB/s | ns/byte |\n|---|---|---|\n", machine());
    for limit in limits {
        // Writing to memory can't fail.
        let _ =
            writeln!(text, "| {} | {:.2} | {:.3} |", limit.what, 1.0 / limit.ns_per_byte, limit.ns_per_byte);
    }
    let all: f64 = steps.iter().map(|s| s.ns_per_byte).sum();
    let memory = limits.first().map_or(0.0, |l| l.ns_per_byte);
    text += "\n| step | MB/s | ns/byte | share | × reading the text from memory |\n|---|---|---|---|---|\n";
    let total = Rate { what: "**all**".to_owned(), ns_per_byte: all };
    for step in steps.iter().chain([&total]) {
        let ns = step.ns_per_byte;
        let _ = writeln!(
            text,
            "| {} | {:.0} | {ns:.2} | {:.0} % | {:.0} |",
            step.what,
            1e3 / ns,
            100.0 * ns / all,
            ns / memory
        );
    }
    text + "\n"
}

/// Model and load: whoever reads the numbers needs them.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|l| l.strip_prefix("model name")).unwrap_or(": an unknown processor");
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "{}, load {}; CPU time, the least of {PASSES} passes.",
        model.trim_start_matches([' ', '\t', ':']),
        load.split(' ').next().unwrap_or("unknown")
    )
}

/// CPU time of this thread; nanoseconds.
fn now() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Nanoseconds of the fastest of several passes.
fn least(mut pass: impl FnMut()) -> f64 {
    (0..PASSES).fold(f64::INFINITY, |least, _| {
        let start = now();
        pass();
        least.min(now() - start)
    })
}

#[expect(clippy::disallowed_macros, reason = "the table is this program's output")]
fn say(text: &str) {
    println!("{text}");
}
