//! Daily runs: what is new or changed is added as a part of its own, nothing else is touched.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::{Place, Ran, Tables, articles, json_lines, report, wait_for_commit};

const STAGES: &str =
    r#"{"kind": "tokenize"}, {"kind": "words"}, {"kind": "misbehave", "with": {"fail_on": "resign"}}"#;
const SINKS: &str = "csv articles, csv tokens, csv words, jsonl sentences, parquet tokens";

fn append(place: &Place, more: &[&str]) -> Ran {
    let ran = place.run("out", &[&["--append"], more].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran
}

fn part(place: &Place, number: u32) -> std::path::PathBuf {
    place.path(&format!("out/append-{number:05}"))
}

/// The rows of a table in all parts, the first run first.
fn rows(place: &Place, table: &str, parts: u32) -> Vec<BTreeMap<String, String>> {
    let first = Tables::read(&place.path("out")).rows(table);
    (1..=parts).fold(first, |all, n| [all, Tables::read(&part(place, n)).rows(table)].concat())
}

fn write_articles(place: &Place, name: &str, articles: &[(&str, &str)]) {
    let line = |(id, body): &(&str, &str)| format!("{}\n", json!({ "id": id, "body": body }));
    place.write(name, articles.iter().map(line).collect::<String>());
}

#[test]
fn three_appends_are_row_for_row_one_run() {
    let place = Place::new();
    place.config_of(STAGES, SINKS);
    for (day, bytes) in [("a", 120_000), ("b", 60_000), ("c", 90_000)] {
        let articles = articles(bytes, u64::from(day.as_bytes()[0]));
        place.write(&format!("input/{day}.jsonl"), json_lines(&articles));
        // Everything so far is read each day, as from a folder that grows.
        let ran = append(&place, &["--batch-bytes", "3000"]);
        assert!(day == "a" || ran.stderr.contains("added, 0 changed"), "{}", ran.stderr);
    }
    place.run_ok("whole", &[]);
    let whole = Tables::read(&place.path("whole"));
    assert!(whole.rows("articles.csv").len() > 40);
    assert!(whole.rows("articles.csv") == rows(&place, "articles.csv", 2));
    assert!(whole.rows("tokens.csv") == rows(&place, "tokens.csv", 2));
    let counts = |dir: &std::path::Path| report(dir)["counts"].clone();
    let articles = |dir: &std::path::Path| counts(dir)["articles"].as_u64().unwrap();
    let parts = articles(&part(&place, 1)) + articles(&part(&place, 2));
    assert_eq!(articles(&place.path("whole")), articles(&place.path("out")) + parts);
    assert_eq!(
        counts(&part(&place, 2))["unchanged"],
        articles(&place.path("out")) + articles(&part(&place, 1))
    );
    // Counts of words are sums over the parts.
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows(&place, "words.csv", 2) {
        *sums.entry(row["word"].clone()).or_default() += row["count"].parse::<u64>().unwrap();
    }
    let expected =
        whole.rows("words.csv").into_iter().map(|r| (r["word"].clone(), r["count"].parse().unwrap()));
    assert!(expected.collect::<BTreeMap<String, u64>>() == sums);
    // What failed is tried again, and fails again; nothing else is new.
    let failed = counts(&place.path("whole"))["failed"]["misbehave/bad-word"].as_u64().unwrap();
    assert!(failed > 0);
    let ran = append(&place, &[]);
    assert!(ran.stderr.contains("0 added, 0 changed"), "{}", ran.stderr);
}

#[test]
fn what_changed_is_a_row_of_the_newer_part() {
    let place = Place::new();
    place.config("", &["articles"]);
    let day = |articles: &[(&str, &str)]| write_articles(&place, "input/day.jsonl", articles);
    let status = |number: u32| -> Vec<String> {
        let rows = Tables::read(&part(&place, number)).rows("articles.csv");
        rows.into_iter().map(|r| format!("{} {}", r["article_id"], r["status"])).collect()
    };
    day(&[("a", "one"), ("b", "two"), ("twice", "x"), ("twice", "y")]);
    append(&place, &[]);
    let first = Tables::read(&place.path("out"));
    day(&[("a", "one"), ("b", "TWO"), ("c", "three"), ("twice", "y"), ("twice", "x")]);
    let ran = append(&place, &[]);
    assert!(ran.stderr.contains("1 added, 1 changed, 3 unchanged and left out"), "{}", ran.stderr);
    assert_eq!(status(1), ["b ok; input: changed", "c ok"]);
    let counts = &report(&part(&place, 1))["counts"];
    assert_eq!(
        (&counts["changed"], &counts["unchanged"], &counts["records"]),
        (&1.into(), &3.into(), &5.into())
    );
    // The same again is nothing new, and leaves nothing behind.
    let ran = append(&place, &[]);
    assert!(ran.stderr.contains("0 added, 0 changed, 5 unchanged"), "{}", ran.stderr);
    assert!(!part(&place, 2).exists());
    // Back to the first text is a change, too.
    day(&[("b", "two")]);
    append(&place, &[]);
    assert_eq!(status(2), ["b ok; input: changed"]);
    // Nothing of the earlier parts was touched.
    let now = Tables::read(&place.path("out"));
    assert!(first.0.iter().all(|(name, bytes)| now.0[name] == *bytes));
    // A new run replaces all of it.
    place.run_ok("out", &["--force"]);
    assert!(!part(&place, 1).exists() && !part(&place, 2).exists());
}

#[test]
fn a_killed_append_goes_on_and_earlier_parts_stay() {
    let place = Place::new();
    let stages = r#"{"kind": "tokenize"}, {"kind": "misbehave", "with": {"sleep_ms": 20}}"#;
    place.config_of(stages, "csv articles, parquet tokens, csv seen");
    place.write("input/a.jsonl", json_lines(&articles(40_000, 1)));
    append(&place, &[]);
    let first = Tables::read(&place.path("out"));
    place.write("input/b.jsonl", json_lines(&articles(300_000, 2)));
    let options = ["--append", "--quiet", "--commit-ms", "5", "--batch-bytes", "3000", "--workers", "1"];
    let mut child = place.command("out", &options).spawn().unwrap();
    wait_for_commit(&part(&place, 1));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!part(&place, 1).join("_SUCCESS").exists());
    let now = Tables::read(&place.path("out"));
    assert!(first.0.iter().all(|(name, bytes)| now.0[name] == *bytes));
    // Another input can't be gone on with: what was begun would be lost.
    place.write("input/c.jsonl", json_lines(&articles(20_000, 3)));
    let ran = place.run("out", &["--append"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("differs in files"), "{}", ran.stderr);
    std::fs::remove_file(place.path("input/c.jsonl")).unwrap();
    append(&place, &[]);
    let resumed = Tables::read(&part(&place, 1));
    std::fs::remove_file(place.path("input/a.jsonl")).unwrap();
    place.run_ok("only", &[]).assert_same_but_id(&resumed, "what was added");
}

#[test]
fn what_does_not_fit_is_not_added() {
    let place = Place::new();
    place.config("", &["articles"]);
    write_articles(&place, "input/a.jsonl", &[("a", "one")]);
    append(&place, &[]);
    write_articles(&place, "input/a.jsonl", &[("b", "two")]);
    let other = ["--append", "--set", "output.offsets=byte"];
    let ran = place.run("out", &other);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("differs in offsets"), "{}", ran.stderr);
    assert!(!part(&place, 1).exists());
    assert_eq!(place.run("out", &[&other[..], &["--force"]].concat()).code, Some(0));
    std::fs::remove_file(part(&place, 1).join(".newsmill/seen")).unwrap();
    let ran = place.run("out", &[&other[..], &["--force"]].concat());
    assert!(ran.stderr.contains("can't be added to"), "{}", ran.stderr);
}
