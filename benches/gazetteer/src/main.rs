//! The gazetteer's matcher against `aho-corasick`, `daachorse` and `fst`, on the same names and the same text, in one run.
//!
//! Time of a scan is the sum of each article's best pass, so that a busy machine disturbs it little; the article is in the
//! cache, where a pipeline has it. Time to build is the thread's own CPU time.

mod clock;
mod names;
mod rivals;
mod texts;

use std::path::PathBuf;

use clap::Parser;
use newsmill_core::layers::Tokens;
use newsmill_core::lexicon::{EntryId, Lexicon};
use newsmill_gazetteer::artefact;
use newsmill_gazetteer::scan::{Hit, Scan};

/// Options of the benchmark.
#[derive(Parser)]
struct Options {
    /// Numbers of names.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000, 1_000_000])]
    names: Vec<usize>,
    /// Files of news: `.txt`, `.jsonl` with a `body`, or folders of them. Without any, text is generated.
    #[arg(long)]
    text: Vec<PathBuf>,
    /// Name lists: tab separated, the form in the fourth column. Without enough, names are generated.
    #[arg(long)]
    lists: Vec<PathBuf>,
    /// newsmill's own lists (CSV), measured together besides.
    #[arg(long)]
    own: Vec<PathBuf>,
    /// Passes over the text; each article's best counts.
    #[arg(long, default_value_t = 5)]
    passes: usize,
    /// Leave the rivals out, for a quick look.
    #[arg(long)]
    no_rivals: bool,
    /// Show how large the compiled lists are and how fast they load, too.
    #[arg(long)]
    artefacts: bool,
}

/// One engine on one number of names.
struct Row {
    names: usize,
    engine: &'static str,
    build_s: f64,
    mb_per_s: f64,
    matches: usize,
    memory_mb: f64,
}

fn main() {
    let options = Options::parse();
    let articles = texts::articles(&options.text);
    let bytes: usize = articles.iter().map(String::len).sum();
    let tokens: Vec<Tokens> = texts::tokenize(&articles);
    say(&format!(
        "{} articles, {:.2} MB; the best of {} passes",
        articles.len(),
        bytes as f64 / 1e6,
        options.passes
    ));
    let all = names::names(options.names.iter().copied().max().unwrap_or(0), &options.lists);
    if options.artefacts {
        artefacts(&options, &all, &articles[0], &tokens[0]);
        return;
    }
    say("| names | engine | build s | MB/s | matches | memory MB | x contiguous NFA |");
    say("|---|---|---|---|---|---|---|");
    if !options.own.is_empty() {
        let lists: Vec<Vec<u8>> =
            options.own.iter().map(|path| std::fs::read(path).expect("a list")).collect();
        show(&own(&lists, &articles, &tokens, bytes, options.passes), f64::NAN);
    }
    for &count in &options.names {
        let names = names::sample(&all, count);
        let lists = [names::as_csv(&names, "exact").into_bytes()];
        let mut rows = vec![own(&lists, &articles, &tokens, bytes, options.passes)];
        if !options.no_rivals {
            let on = rivals::On { names: &names, articles: &articles, bytes, passes: options.passes };
            rows.extend(rivals::all(&on));
        }
        let base = rows.iter().find(|r| r.engine == rivals::BASE).map_or(f64::NAN, |r| r.mb_per_s);
        rows.iter().for_each(|row| show(row, base));
    }
}

fn show(r: &Row, base: f64) {
    say(&format!(
        "| {} | {} | {:.2} | {:.0} | {} | {:.0} | {:.1} |",
        r.names,
        r.engine,
        r.build_s,
        r.mb_per_s,
        r.matches,
        r.memory_mb,
        r.mb_per_s / base
    ));
}

fn own(lists: &[Vec<u8>], articles: &[String], tokens: &[Tokens], bytes: usize, passes: usize) -> Row {
    let mut compiled = None;
    let build_s = clock::time(|| {
        let mut compiler = newsmill_gazetteer::Compiler::default();
        for list in lists {
            newsmill_gazetteer::read::read("names.csv", list, &mut compiler).expect("a well-formed list");
        }
        compiled = Some(compiler.finish().0);
    });
    let compiled = compiled.expect("compiled");
    let memory_mb = compiled.memory() as f64 / 1e6;
    let mut hits: Vec<Hit> = Vec::new();
    let mut matches = vec![0; articles.len()];
    let seconds = clock::best(
        passes,
        articles.len(),
        |i| texts::touch(&articles[i], Some(&tokens[i])),
        |i| {
            hits.clear();
            Scan::new(&compiled, &articles[i], &tokens[i]).longest(&mut hits);
            matches[i] = hits.len();
        },
    );
    Row {
        names: compiled.name_count(),
        engine: "newsmill, on tokens",
        build_s,
        mb_per_s: bytes as f64 / 1e6 / seconds,
        matches: matches.iter().sum(),
        memory_mb,
    }
}

/// Compiled lists: time to make one from CSV, size, time from a file in the system's cache to the first article's hits,
/// then to the first entity and to the answer of the first question for a name that is nearly right; all of it CPU time.
fn artefacts(options: &Options, all: &[String], text: &str, tokens: &Tokens) {
    say(
        "| names | compile s | artefact MB | load to first article ms | first entity ms | first near name ms | memory MB |",
    );
    say("|---|---|---|---|---|---|---|");
    let file = std::env::temp_dir().join(format!("newsmill-bench-{}.nmg", std::process::id()));
    for &count in &options.names {
        let csv = names::as_csv(&names::sample(all, count), "").into_bytes();
        let list = [("names.csv".to_owned(), csv)];
        let mut bytes = Vec::new();
        let compile = clock::time(|| bytes = artefact::build(&list).expect("a well-formed list").0);
        let size = bytes.len() as f64 / 1e6;
        std::fs::write(&file, bytes).expect("room for the compiled list");
        let (mut best, mut memory) = ([f64::INFINITY; 3], 0);
        for _ in 0..options.passes {
            let mut opened = None;
            let load = clock::time(|| {
                let names =
                    artefact::open(std::fs::read(&file).expect("the compiled list")).expect("a good file");
                Scan::new(&names, text, tokens).longest(&mut Vec::new());
                opened = Some(names);
            });
            let names = opened.expect("opened");
            let entity = clock::time(|| _ = std::hint::black_box(names.entry(EntryId(0))));
            let near = clock::time(|| _ = std::hint::black_box(names.nearest("New Zeleand", 2)));
            for (best, now) in best.iter_mut().zip([load, entity, near]) {
                *best = now.min(*best);
            }
            memory = names.memory();
        }
        let [load, entity, near] = best.map(|seconds| seconds * 1e3);
        say(&format!(
            "| {count} | {compile:.2} | {size:.1} | {load:.1} | {entity:.1} | {near:.1} | {:.0} |",
            memory as f64 / 1e6
        ));
    }
    let _ = std::fs::remove_file(&file);
}

#[expect(clippy::disallowed_macros, reason = "the table is this program's output")]
fn say(line: &str) {
    println!("{line}");
}
