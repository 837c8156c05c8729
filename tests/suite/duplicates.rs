//! Near-duplicates over a made corpus with known copies, through the real binary in two runs.

use std::collections::BTreeMap;
use std::fmt::Write;

use newsmill_core::hash::xxh64;
use newsmill_generate::{Generator, Names};
use serde_json::json;

use crate::support::{Place, Tables, report};

/// A way to make a copy that an editor might.
type Edit = fn(&str) -> String;

const EDITS: [(&str, Edit); 6] = [
    ("dateline and contact", |b| format!("LONDON (Agency) - {b}\n\nContact the newsroom for corrections.")),
    ("last tenth cut", |b| first_words(b, 9, 10)),
    ("one word in forty changed", |b| changed(b, 40)),
    ("capitals and marks", |b| b.to_uppercase().replace(['“', '”'], "\"").replace(", ", " - ")),
    ("two paragraphs swapped", |b| {
        let mut paragraphs: Vec<&str> = b.split("\n\n").collect();
        let last = paragraphs.len() - 1;
        paragraphs.swap(last / 2, last);
        paragraphs.join("\n\n")
    }),
    ("last quarter cut", |b| first_words(b, 3, 4)),
];

/// The first so many parts of so many of a text's words, line breaks kept.
fn first_words(body: &str, parts: usize, of: usize) -> String {
    let words: Vec<&str> = body.split(' ').collect();
    words[..words.len() * parts / of].join(" ")
}

/// Every `n`th word is another.
fn changed(body: &str, n: usize) -> String {
    let word = |(i, w): (usize, &str)| if i % n == n / 2 { format!("revised{i}") } else { w.to_owned() };
    body.split(' ').enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// What is an article's original, and how it was made of it.
type Truth = BTreeMap<String, (String, &'static str)>;

/// Originals, copies of a third of them, and follow-ups that repeat a quarter of an earlier article as background.
fn corpus() -> (String, Truth) {
    let generator = Generator::new(Names::default(), 11);
    let originals: Vec<_> = (0..900).map(|n| generator.article(n)).filter(|a| a.body.len() > 900).collect();
    let (mut lines, mut truth) = (String::new(), Truth::new());
    let mut add = |id: &str, title: &str, body: &str| {
        writeln!(lines, "{}", json!({ "id": id, "title": title, "body": body })).unwrap();
    };
    for (n, article) in originals.iter().enumerate() {
        add(&format!("o{n}"), &article.title, &article.body);
        if n >= 60 && n % 3 == 0 {
            // Of an article some way back, as in a stream of news.
            let of = n - 50;
            let (name, edit) = EDITS[n / 3 % EDITS.len()];
            let id = format!("c{n}");
            add(&id, "Another headline", &edit(&originals[of].body));
            truth.insert(id, (format!("o{of}"), name));
        }
        if n >= 60 && n % 7 == 0 {
            let background = first_words(&originals[n - 40].body, 1, 4);
            let new = generator.article(5000 + n as u64).body;
            add(&format!("f{n}"), "A later development", &format!("{new}\n\n{background}"));
        }
    }
    (lines, truth)
}

fn config(place: &Place, stage: &str, table: &str) {
    place.write(
        "config.json",
        format!(
            r#"{{ "input": [{{ "files": ["input"] }}], "stages": [{stage}],
                "output": {{ "sinks": [{{ "kind": "csv", "table": "{table}" }}, {{ "kind": "csv", "table": "articles" }}] }} }}"#
        ),
    );
}

/// Both passes with so many workers.
fn run(place: &Place, workers: &str) -> Tables {
    let more = ["--workers", workers, "--force", "--batch-bytes", "9000"];
    config(place, r#"{ "kind": "fingerprints" }"#, "fingerprints");
    place.run_ok("first", &more);
    config(
        place,
        r#"{ "kind": "duplicates", "with": { "fingerprints": "first/fingerprints.csv" } }"#,
        "duplicates",
    );
    place.run_ok(&format!("second-{workers}"), &more)
}

#[test]
fn copies_are_found_and_follow_ups_are_not_for_any_number_of_workers() {
    let place = Place::new();
    let (lines, truth) = corpus();
    place.write("input/news.jsonl", lines);
    let tables = run(&place, "1");
    assert_eq!(tables, run(&place, "3"));

    let mut reader = csv::Reader::from_reader(&*tables.0["duplicates.csv"]);
    let found: BTreeMap<String, String> = reader
        .records()
        .map(|r| r.unwrap())
        .filter(|r| !r[1].is_empty())
        .map(|r| (r[0].to_owned(), r[1].to_owned()))
        .collect();
    let right = found.iter().filter(|(id, of)| truth.get(*id).is_some_and(|(o, _)| o == *of)).count();
    let (precision, recall) = (right as f64 / found.len() as f64, right as f64 / truth.len() as f64);
    let mut by_kind: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (id, (of, kind)) in &truth {
        let (hit, all) = by_kind.entry(kind).or_default();
        *all += 1;
        *hit += usize::from(found.get(id) == Some(of));
    }
    let seen = format!("precision {precision:.3}, recall {recall:.3} of {} copies; {by_kind:?}", truth.len());
    say(&seen);
    assert!(truth.len() > 150, "{seen}");
    assert!(precision >= 0.99, "{seen}");
    assert!(recall >= 0.95, "{seen}");
    assert!(by_kind.values().all(|(hit, all)| *hit as f64 >= 0.8 * *all as f64), "{seen}");
}

/// A table of so many fingerprints: each article's own, or all the same but for a few values.
fn fingerprints(count: u64, copies: bool) -> String {
    let mut text = "article_id,words,text_hash,signature\n".to_owned();
    for n in 0..count {
        let id = format!("https://news.example.org/2026/11/24/{n:08}.html");
        write!(text, "{id},500,{n:016x},").unwrap();
        for value in 0..32 {
            let seed = if copies && value > 4 { value } else { n * 32 + value };
            write!(text, "{:016x}", xxh64(&seed.to_le_bytes(), 7)).unwrap();
        }
        text.push('\n');
    }
    text
}

/// Peak memory of a second run over one article and so many fingerprints; bytes. `None` where the system doesn't tell.
fn peak(count: u64, copies: bool) -> Option<u64> {
    let place = Place::new();
    place.write("input/a.jsonl", "{\"id\": \"a\", \"body\": \"b\"}\n");
    place.write("first/fingerprints.csv", fingerprints(count, copies));
    config(
        &place,
        r#"{ "kind": "duplicates", "with": { "fingerprints": "first/fingerprints.csv" }, "on_error": "keep" }"#,
        "duplicates",
    );
    place.run_ok("out", &["--workers", "1"]);
    report(&place.path("out"))["peak_memory_bytes"].as_u64()
}

/// The crate's documentation says how much. `NEWSMILL_FINGERPRINTS=1000000` measures a whole million.
#[test]
fn memory_is_what_the_documentation_says() {
    #[expect(clippy::disallowed_methods, reason = "a switch for people who run tests")]
    let count = std::env::var("NEWSMILL_FINGERPRINTS").map_or(40_000, |n| n.parse().unwrap());
    for (copies, most) in [(false, 2_000), (true, 900)] {
        let (Some(none), Some(all)) = (peak(1, copies), peak(count, copies)) else { return };
        let each = all.saturating_sub(none) / count;
        say(&format!("{count} {}: {each} bytes each", if copies { "duplicates" } else { "originals" }));
        assert!(each < most, "{each} bytes each");
    }
}

#[expect(clippy::disallowed_macros, reason = "a measurement, shown with --nocapture")]
fn say(line: &str) {
    println!("{line}");
}
