//! Speed of tokens and sentences, with flags, hashes and offsets, against ICU's word and sentence segmenters.
//!
//! ```text
//! cargo run --release -p newsmill-bench-tokenize [ROUNDS [TEXT]] > benches/runs/tokenize-DATE.md
//! ```
//! Both read the same articles in the same run, turn by turn, on one thread, measured in processor time; a figure is the median over the rounds, the
//! ratio in brackets that of the fastest rounds (what a busy machine disturbs least).
//! The texts are the articles of `corpus/sample`: with ASCII marks only, with 3 % of the characters outside ASCII, and
//! transliterated to Cyrillic letters.

use std::hint::black_box;
use std::io::Write;

use icu_segmenter::{SentenceSegmenter, WordSegmenter};
use newsmill_core::prelude::*;
use newsmill_tokenize::Tokenize;
use rustix::time::{ClockId, clock_gettime};

const CONFIG: &str = r#"{ "input": [], "stages": [ { "kind": "tokenize" } ], "output": { "sinks": [] } }"#;
/// How often the sample is read in one measurement of ours; ICU reads it once.
const REPEAT: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = std::env::args().nth(1).map_or(Ok(15), |n| n.parse())?;
    let sample = sample()?;
    let config = ConfigFile::parse("bench.json", ".", CONFIG).map_err(|e| e.to_string())?;
    let plan = Plan::new(&config, &Registry::new().with::<Tokenize>()).map_err(|e| format!("{e:?}"))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "| text | KB | non-ASCII | newsmill MB/s | ns/byte | ICU MB/s | times ICU |")?;
    writeln!(out, "|---|---|---|---|---|---|---|")?;
    for (name, rewrite) in
        [("ASCII", ascii as fn(&str) -> String), ("3 % non-ASCII", accented), ("Cyrillic", cyrillic)]
    {
        if std::env::args().nth(2).is_some_and(|only| only != name) {
            continue;
        }
        let texts: Vec<String> = sample.iter().map(|t| rewrite(t)).collect();
        let bytes: usize = texts.iter().map(String::len).sum();
        let chars: usize = texts.iter().map(|t| t.chars().count()).sum();
        let wide: usize = texts.iter().map(|t| t.chars().filter(|c| !c.is_ascii()).count()).sum();
        let (ours, icu) = compare(&plan, &texts, rounds);
        let fastest = icu[0] * REPEAT as f64 / ours[0];
        let best = ours[0] / (bytes * REPEAT) as f64;
        let (ours, icu) = (median(&ours) / (bytes * REPEAT) as f64, median(&icu) / bytes as f64);
        writeln!(
            out,
            "| {name} | {} | {:.1} % | {:.0} | {:.2} | {:.0} | {:.1} ({fastest:.1}, {best:.2} ns/byte) |",
            bytes / 1000,
            100.0 * wide as f64 / chars as f64,
            1e3 / ours,
            ours,
            1e3 / icu,
            icu / ours
        )?;
    }
    Ok(())
}

fn sample() -> Result<Vec<String>, String> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/sample");
    let mut paths = Vec::new();
    collect(std::path::Path::new(dir), &mut paths)?;
    paths.sort();
    paths.iter().map(|p| std::fs::read_to_string(p).map_err(|e| format!("{}: {e}", p.display()))).collect()
}

fn collect(dir: &std::path::Path, paths: &mut Vec<std::path::PathBuf>) -> Result<(), String> {
    for entry in std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))? {
        let path = entry.map_err(|e| e.to_string())?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|e| e == "txt") {
            paths.push(path);
        }
    }
    Ok(())
}

/// Nanoseconds of each round, ascending: ours for `REPEAT` readings, ICU's for one.
fn compare(plan: &Plan, texts: &[String], rounds: usize) -> (Vec<f64>, Vec<f64>) {
    let mut workspace = plan.workspace();
    let mut articles: Vec<Article> = texts.iter().map(|t| Article::new("a", t)).collect();
    let words = WordSegmenter::new_dictionary(Default::default());
    let sentences = SentenceSegmenter::new(Default::default());
    let (mut ours, mut icu) = (Vec::new(), Vec::new());
    let mut bounds: Vec<u32> = Vec::new();
    for round in 0..=rounds {
        let start = cpu_time();
        for _ in 0..REPEAT {
            for article in &mut articles {
                std::mem::swap(&mut workspace.article, article);
                black_box(plan.process(&mut workspace, &mut [], &mut ()));
                std::mem::swap(&mut workspace.article, article);
            }
        }
        let middle = cpu_time();
        for text in texts {
            bounds.clear();
            bounds.extend(words.segment_str(text).map(|b| b as u32));
            bounds.extend(sentences.segment_str(text).map(|b| b as u32));
            black_box(&bounds);
        }
        let end = cpu_time();
        // The first round warms up.
        if round > 0 {
            ours.push(middle - start);
            icu.push(end - middle);
        }
    }
    ours.sort_by(f64::total_cmp);
    icu.sort_by(f64::total_cmp);
    (ours, icu)
}

/// Nanoseconds that this thread has had a processor: other programs on the machine don't count.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn median(values: &[f64]) -> f64 {
    values[values.len() / 2]
}

fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '“' | '”' => '"',
            '‘' | '’' => '\'',
            '—' | '–' => '-',
            c if c.is_ascii() => c,
            _ => 'e',
        })
        .collect()
}

/// Every 20th letter gets an accent, quotes are curly: about 3 % of the characters.
fn accented(text: &str) -> String {
    let mut out = String::new();
    let mut letters = 0;
    let mut before = ' ';
    for c in ascii(text).chars() {
        letters += usize::from(matches!(c, 'a' | 'e' | 'o' | 'u'));
        let turn = letters % 10 == 0;
        out.push(match c {
            '"' if before.is_whitespace() => '“',
            '"' => '”',
            '\'' => '’',
            'a' if turn => 'á',
            'e' if turn => 'é',
            'o' if turn => 'ö',
            'u' if turn => 'ü',
            c => c,
        });
        before = c;
    }
    out
}

fn cyrillic(text: &str) -> String {
    const LETTERS: [char; 26] = [
        'а', 'б', 'ц', 'д', 'е', 'ф', 'г', 'х', 'и', 'й', 'к', 'л', 'м', 'н', 'о', 'п', 'я', 'р', 'с', 'т',
        'у', 'в', 'ш', 'ж', 'ы', 'з',
    ];
    let letter = |c: char| LETTERS.get((c as usize).wrapping_sub('a' as usize)).copied();
    let mut out = String::new();
    for c in ascii(text).chars() {
        match (letter(c), letter(c.to_ascii_lowercase())) {
            (Some(lower), _) => out.push(lower),
            (None, Some(lower)) => out.extend(lower.to_uppercase()),
            _ => out.push(c),
        }
    }
    out
}
