//! Names of people who are in no list, hidden in everything that is written.

use std::collections::BTreeSet;

use crate::support::{Place, Tables, newsmill, report, root};

const KEY: &str = "a key that nobody can guess";

/// Names that nobody is called, and what is made of them.
const FULL: &str = "Zelmira Quandrop";
const PARTS: [&str; 3] = ["zelmira", "quandrop", "zelmiraquandrop"];

fn corpus(place: &Place) {
    let body = format!(
        "PARIS (Reuters) — {FULL}, a baker, said on Monday that she would stay. “I am {FULL} and I bake,” she said. \
         “Quandrop bread is bread,” Quandrop told the Reuters news agency. President Emmanuel Macron said Quandrop’s bread \
         was good. Ms. Quandrop thanked Macron."
    );
    let article = |id: &str, url: &str| {
        serde_json::json!({ "id": id, "title": format!("{} bakes on", FULL.to_uppercase()), "body": body, "url": url,
            "section": format!("People/{FULL}"), "language": "en" })
        .to_string()
    };
    let lines = [
        article("1", "https://news.test/2024/zelmira-quandrop-bakes"),
        article("", "https://news.test/2024/zelmira_quandrop_bakes_more"),
        "{\"id\": \"zelmira-quandrop\", \"nothing\": \"by Zelmira Quandrop\"}".to_owned(),
    ];
    place.write("input/a.jsonl", lines.join("\n"));
    let shipped = root().join("config/gazetteer");
    let sinks: Vec<String> = [
        "articles",
        "texts",
        "tokens",
        "sentences",
        "matches",
        "entities",
        "mentions",
        "quotes",
        "quote_parts",
        "quote_speakers",
        "terms",
    ]
    .iter()
    .flat_map(|table| {
        let context = if ["mentions", "quotes"].contains(table) { ", \"context\": 40" } else { "" };
        ["csv", "jsonl"].map(|kind| format!("{{ \"kind\": \"{kind}\", \"table\": \"{table}\"{context} }}"))
    })
    .collect();
    let nested =
        r#"{ "kind": "jsonl", "table": "texts", "file": "nested.jsonl", "nest": ["mentions", "quotes"] }"#;
    place.write(
        "config.json",
        format!(
            r#"{{ "input": [{{ "files": ["input"], "carry": ["section"] }}],
                  "stages": [{{ "kind": "tokenize" }}, {{ "kind": "gazetteer", "with": {{ "files": ["{}/*.csv"] }} }},
                             {{ "kind": "entities" }}, {{ "kind": "quotes" }}, {{ "kind": "terms" }}],
                  "output": {{ "sinks": [{}, {nested}] }} }}"#,
            shipped.display(),
            sinks.join(", ")
        ),
    );
}

fn hidden(place: &Place, out: &str, more: &[&str]) -> Tables {
    let key = format!("output.privacy.key={KEY}");
    let mut options = vec!["--set", &*key];
    options.extend(more);
    place.run_ok(out, &options)
}

#[test]
fn a_name_that_is_in_no_list_stands_in_no_output() {
    let place = Place::new();
    corpus(&place);
    let open = place.run_ok("open", &[]);
    assert!(
        open.text("mentions.csv").contains("discovered:person:zelmira-quandrop"),
        "{}",
        open.text("mentions.csv")
    );
    let tables = hidden(&place, "out", &[]);
    let mut files: Vec<(String, Vec<u8>)> = tables.0.clone().into_iter().collect();
    files.push(("run.json".to_owned(), std::fs::read(place.path("out/run.json")).unwrap()));
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        for part in PARTS {
            let at = text.find(part);
            let around = at.map(|at| text[..at + part.len()].chars().rev().take(120).collect::<String>());
            let around = around.map(|a| a.chars().rev().collect::<String>());
            assert_eq!(around, None, "{name} has a part of the name");
        }
        assert!(!text.contains(KEY), "{name} has the key");
    }
    // Whoever is listed stays.
    assert!(tables.text("mentions.csv").contains("Emmanuel Macron"));
    // A name has one pseudonym everywhere, and a row's text is the slice at its place.
    let mentions = tables.rows("mentions.csv");
    let ids: BTreeSet<&str> =
        mentions.iter().map(|m| &*m["entity_id"]).filter(|id| id.starts_with("pseudonym:person:")).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let id = ids.into_iter().next().unwrap();
    let entity = tables.rows("entities.csv").into_iter().find(|e| e["entity_id"] == id).unwrap();
    assert_eq!(entity["articles"], "2");
    let quotes = tables.rows("quotes.csv");
    assert!(
        quotes.iter().any(|q| q["speaker_id"] == id && q["speaker_name"] == entity["name"]),
        "{quotes:?}"
    );
    let texts = tables.rows("texts.csv");
    for mention in &mentions {
        let text = texts.iter().find(|t| t["article_id"] == mention["article_id"]).unwrap();
        let at = |column: &str| mention[column].parse::<usize>().unwrap();
        let slice: String = text[&mention["field"]]
            .chars()
            .skip(at("start_char"))
            .take(at("end_char") - at("start_char"))
            .collect();
        assert_eq!(slice, mention["text"]);
    }
    // Counts are those of the run that hides nothing.
    for table in ["mentions.csv", "quotes.csv", "tokens.csv", "entities.csv"] {
        assert_eq!(tables.rows(table).len(), open.rows(table).len(), "{table}");
    }
}

#[test]
fn pseudonyms_are_the_same_in_every_run_with_the_key_and_other_ones_with_another() {
    let place = Place::new();
    corpus(&place);
    let first = hidden(&place, "a", &["--workers", "1"]);
    first.assert_same(&hidden(&place, "b", &["--workers", "3", "--batch-bytes", "100"]), "again");
    let other = place.run_ok("c", &["--set", "output.privacy.key=another key of this length"]);
    assert_ne!(first.text("mentions.csv"), other.text("mentions.csv"));
    // Another key is another run.
    let ran = place.run("a", &["--resume", "--set", "output.privacy.key=another key of this length"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("differs in privacy"), "{}", ran.stderr);
    let only = hidden(&place, "d", &["--set", r#"output.privacy.types=["organization"]"#]);
    assert!(only.text("mentions.csv").contains(FULL));
}

#[test]
fn what_would_leak_is_refused() {
    let place = Place::new();
    corpus(&place);
    let config = std::fs::read_to_string(place.path("config.json")).unwrap();
    let told = |set: &[&str]| {
        let path = place.path("config.json");
        let mut arguments = vec!["check", path.to_str().unwrap()];
        set.iter().for_each(|set| arguments.extend(["--set", set]));
        let ran = newsmill(&arguments);
        assert_eq!(ran.code, Some(2), "{}", ran.stdout);
        ran.stderr
    };
    let key = format!("output.privacy.key={KEY}");
    assert!(told(&["output.privacy.key=short"]).contains("the key has 5 characters; give at least 16"));
    place.write(
        "config.json",
        config.replace(r#""kind": "tokenize""#, r#""kind": "tokenize", "on_error": "keep""#),
    );
    assert!(told(&[&key]).contains("`tokenize` can't have \"on_error\": \"keep\""), "{}", told(&[&key]));
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    assert!(told(&[&key]).contains("no stage here finds any"), "{}", told(&[&key]));
}

#[test]
fn the_quarantine_repeats_nothing_if_told_so() {
    let place = Place::new();
    corpus(&place);
    place.config("", &["articles"]);
    let line = place.run_ok("open", &[]).quarantine().remove(0);
    assert!(line["raw"].as_str().unwrap().contains("zelmira"));
    let line = place.run_ok("out", &["--set", "output.raw_in_quarantine=false"]).quarantine().remove(0);
    assert_eq!((&line["raw"], &line["id"]), (&serde_json::Value::Null, &"zelmira-quandrop".into()));
    assert_eq!((&line["line"], line["raw_bytes"].as_u64() > Some(50)), (&3.into(), true));
    assert_eq!(report(&place.path("out"))["counts"]["failed"]["decode/missing-body"], 1);
}
