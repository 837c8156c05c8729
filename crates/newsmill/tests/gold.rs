//! Scores of the whole pipeline on the hand-made gold of `corpus/gold`, held to the floors of `corpus/gold/floors.csv`.
//!
//! Gold has no offsets: tokens and sentences are compared by their place among the characters that aren't white space,
//! mentions and quotations by their text. With `NEWSMILL_UPDATE=1` the measured values are written, and floors that
//! can be higher are raised.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use newsmill_testkit::case::Case;
use newsmill_testkit::{Score, check, plan, render, run};

type Scores = BTreeMap<&'static str, Score>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Points of F1 that a floor stands under what was measured.
const MARGIN: f64 = 1.0;

#[test]
fn scores_on_the_gold_stay_above_their_floors() {
    let scores = scores();
    let file = root().join("corpus/gold/floors.csv");
    let floors = read_floors(&fs::read_to_string(&file).unwrap_or_default());
    let mut table = String::new();
    let mut below = String::new();
    let mut updated = String::from("measure,floor,measured\n");
    for (measure, score) in &scores {
        let f1 = 100.0 * score.f1();
        let floor = floors.get(*measure).copied().unwrap_or(0.0);
        let _ = writeln!(table, "{measure:16} {score}, floor {floor:.1}");
        if f1 < floor {
            let _ = writeln!(below, "{measure}: F1 {f1:.1} is under its floor {floor:.1}");
        }
        let _ =
            writeln!(updated, "{measure},{:.1},{f1:.1}", floor.max(((f1 - MARGIN) * 10.0).floor() / 10.0));
    }
    let _ = std::io::Write::write_all(&mut std::io::stderr(), table.as_bytes());
    #[expect(clippy::disallowed_methods, reason = "the switch is for people who run tests, not an option")]
    if std::env::var("NEWSMILL_UPDATE").is_ok_and(|v| v == "1") {
        fs::write(&file, updated).unwrap();
    }
    assert!(floors.len() >= scores.len(), "a measure has no floor; run with NEWSMILL_UPDATE=1\n{table}");
    assert!(below.is_empty(), "{below}\n{table}");
}

fn read_floors(text: &str) -> BTreeMap<String, f64> {
    let row = |line: &str| {
        let mut cells = line.split(',');
        Some((cells.next()?.to_owned(), cells.next()?.parse().ok()?))
    };
    text.lines().skip(1).filter_map(row).collect()
}

fn scores() -> Scores {
    let config = root().join("config/news.json");
    let plan = plan(&newsmill::builtin(), &config.display().to_string());
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("corpus/gold"))
        .expect("the gold folder is there")
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "gold"))
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{} gold files", files.len());
    let mut scores = Scores::new();
    for file in files {
        let case =
            Case::parse(&fs::read_to_string(&file).expect("gold is readable")).expect("gold is a case");
        let (_, text) = check::article(&case, &file).expect("the article of the gold is there");
        let workspace = run(&plan, &text);
        for section in &case.sections {
            let found = render(&plan, &workspace, &section.name).expect("the pipeline writes this layer");
            for (measure, score) in compare(&section.name, &section.lines, &found) {
                *scores.entry(measure).or_default() += score;
            }
        }
    }
    scores
}

fn compare(section: &str, gold: &[String], found: &[String]) -> Vec<(&'static str, Score)> {
    let columns = |rows: &[String], n: usize| rows.iter().map(|r| cells(r, n)).collect::<Vec<_>>();
    match section {
        "sentences" => {
            let (gold, found) = (spans(gold), spans(found));
            vec![("tokens", Score::of(gold.0, found.0)), ("sentences", Score::of(gold.1, found.1))]
        }
        "mentions" => vec![
            ("mentions", Score::of(columns(gold, 2), columns(found, 2))),
            ("mention_names", Score::of(columns(gold, 3), columns(found, 3))),
        ],
        "quotes" => {
            let (gold, found) = (quotes(gold), quotes(found));
            let words = |rows: &[Quote]| {
                rows.iter().flat_map(|q| q.content.split(' ').map(str::to_owned)).collect::<Vec<_>>()
            };
            let score = |of: fn(&Quote) -> [String; 2]| Score::of(gold.iter().map(of), found.iter().map(of));
            vec![
                ("quote_contents", score(|q| [q.content.clone(), String::new()])),
                ("quote_speakers", score(|q| [q.content.clone(), q.speaker.clone()])),
                ("quote_kinds", score(|q| [q.content.clone(), q.kind.clone()])),
                ("quote_words", Score::of(words(&gold), words(&found))),
            ]
        }
        other => panic!("no score for a section `{other}`"),
    }
}

/// Tokens and sentences as ranges of the characters that aren't white space.
fn spans(lines: &[String]) -> (Vec<[usize; 2]>, Vec<[usize; 2]>) {
    let (mut tokens, mut sentences) = (Vec::new(), Vec::new());
    let mut at = 0;
    for line in lines.iter().filter(|l| !l.trim().is_empty()) {
        let start = at;
        for token in line.split(' ') {
            let end = at + token.chars().count();
            tokens.push([at, end]);
            at = end;
        }
        sentences.push([start, at]);
    }
    (tokens, sentences)
}

/// The first cells of a line.
fn cells(line: &str, count: usize) -> Vec<String> {
    line.split('|').take(count).map(|c| c.trim().to_owned()).collect()
}

struct Quote {
    kind: String,
    speaker: String,
    content: String,
}

fn quotes(lines: &[String]) -> Vec<Quote> {
    let row = |line: &String| {
        let cells = cells(line, 6);
        let cell = |i: usize| cells.get(i).cloned().unwrap_or_default();
        Quote { kind: cell(0), speaker: cell(2).to_lowercase(), content: plain(&cell(4)) }
    };
    lines.iter().filter(|l| !l.trim().is_empty()).map(row).collect()
}

/// A content without what the guide leaves open: breaks, marks and stops at the edges.
fn plain(content: &str) -> String {
    let words = content.replace("⏎", " ").replace(" // ", " ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let edge = |c: char| !c.is_alphanumeric() && !matches!(c, '$' | '€' | '£' | '@' | '#');
    words.join(" ").trim_matches(edge).to_owned()
}
