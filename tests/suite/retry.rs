//! The quarantine processed again: what was mended becomes a part of the run, the rest stays.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    BINARY, Place, Ran, Tables, articles, gzip, json_lines, newsmill, table, wait_for_commit, warc,
    write_parquet,
};

fn retry(place: &Place, more: &[&str]) -> Ran {
    let out = place.path("out");
    newsmill(&[&["retry", out.to_str().unwrap()], more].concat())
}

fn retry_ok(place: &Place, more: &[&str], says: &str) -> Ran {
    let ran = retry(place, more);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
    ran
}

fn quarantine(place: &Place) -> Vec<Value> {
    Tables::read(&place.path("out")).quarantine()
}

fn part(place: &Place) -> Tables {
    Tables::read(&place.path("out/append-00001"))
}

fn ids(tables: &Tables) -> Vec<String> {
    tables.rows("articles.csv").into_iter().map(|mut r| r.remove("article_id").unwrap()).collect()
}

const FAILING: &str = r#"{"kind": "tokenize"}, {"kind": "misbehave", "with": {"fail_on": "resign"}}"#;
const MENDED: &str = r#"{"kind": "tokenize"}, {"kind": "misbehave", "with": {"fail_on": "resigns as an"}}"#;

/// Articles in every format that can be read, some of which fail.
fn all_formats(place: &Place) {
    let of = |seed| articles(60_000, seed);
    place.write("input/a.jsonl", json_lines(&of(1)));
    place.write("input/b.csv", table(&of(2)));
    place.write("input/c.jsonl.gz", gzip(json_lines(&of(3)).as_bytes()));
    place.write("input/d.jsonl.zst", zstd::encode_all(json_lines(&of(4)).as_bytes(), 1).unwrap());
    write_parquet(&place.path("input/e.parquet"), &of(5));
    place.write("input/f.warc", warc(&of(6)));
    place.write("input/g.txt", "They resign.");
}

#[test]
fn mended_articles_of_all_formats_are_added() {
    let place = Place::new();
    all_formats(&place);
    let sinks = ["articles", "tokens", "seen"];
    place.config(MENDED, &sinks);
    let mended = place.run_ok("mended", &[]);
    place.config(FAILING, &sinks);
    let first = place.run_ok("out", &[]);
    let files: std::collections::BTreeSet<_> =
        quarantine(&place).into_iter().map(|l| l["file"].to_string()).collect();
    assert_eq!(files.len(), 7, "each format has its failures: {files:?}");
    let failed = quarantine(&place).len();
    retry_ok(&place, &[], &format!("{failed} records retried: 0 mended, {failed} still fail"));
    assert_eq!(quarantine(&place).len(), failed);
    assert!(!place.path("out/append-00001").exists());

    place.config(MENDED, &sinks);
    retry_ok(&place, &["--workers", "3", "--batch-bytes", "1000"], " mended, ");
    let still = quarantine(&place);
    assert_eq!(ids(&part(&place)).len() + still.len(), failed);
    assert!(!still.is_empty() && still.iter().all(|line| line["message"] == "the word is there"));
    assert_eq!(
        still.len(),
        mended.quarantine().iter().filter(|l| first.quarantine().iter().any(|f| f["id"] == l["id"])).count()
    );
    // The rows are those of a run with the mended config.
    let rows = |tables: &Tables| tables.rows("tokens.csv");
    let wanted = ids(&part(&place));
    let expected: Vec<_> = rows(&mended).into_iter().filter(|r| wanted.contains(&r["article_id"])).collect();
    assert!(expected == rows(&part(&place)));
    // Daily runs go on from there.
    let ran = place.run("out", &["--append"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    retry_ok(&place, &["--set", "misbehave.fail_on=null"], " 0 still fail");
    assert!(quarantine(&place).is_empty());
    retry_ok(&place, &[], "nothing is in the quarantine");
}

#[test]
fn limits_and_input_options_can_be_mended() {
    let place = Place::new();
    let long = "A long story. ".repeat(200_000);
    let line = |id: &str, body: &str| format!("{}\n", json!({ "id": id, "body": body }));
    place.write("input/a.jsonl", [line("a", "x"), line("long", &long), line("z", "y")].concat());
    place.write("input/b.csv", b"id,body\nlatin,caf\xE9\nplain,coffee\n");
    place.config("", &["articles"]);
    let small = "limits.max_body_bytes=1000";
    place.run_ok("out", &["--set", small]);
    let codes = |place: &Place| -> Vec<String> {
        quarantine(place).iter().map(|l| l["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&place), ["too-large", "invalid-utf8"]);
    retry_ok(
        &place,
        &["--set", "limits.max_body_bytes=4000000"],
        "2 records retried: 1 mended, 1 still fail",
    );
    assert_eq!(
        (ids(&part(&place)), codes(&place)),
        (vec!["long".to_owned()], vec!["invalid-utf8".to_owned()])
    );
    retry_ok(&place, &["--set", "input.encoding=windows-1252"], "1 records retried: 1 mended, 0 still fail");
    let last = Tables::read(&place.path("out/append-00002"));
    assert_eq!(ids(&last), ["latin"]);
}

#[test]
fn a_file_that_changed_or_is_gone_is_replaced_by_what_the_quarantine_keeps() {
    let place = Place::new();
    let line = |id: &str, body: &str| format!("{}\n", json!({ "id": id, "body": body }));
    let a = [line("1", "They resign."), line("2", "x"), line("3", "We resign.")].concat();
    place.write("input/a.jsonl", &a);
    place.write("input/b.jsonl", line("4", "I resign."));
    place.write("input/c.csv", "id,body\n5,\"You\nresign.\"\n");
    place.write("input/d.csv", "body,id\nresign,6\nno,7\n");
    place.config(FAILING, &["articles", "seen"]);
    place.run_ok("out", &[]);
    assert_eq!(quarantine(&place).len(), 5);
    place.write("input/a.jsonl", format!("{}{a}", line("0", "A new first line.")));
    std::fs::remove_file(place.path("input/b.jsonl")).unwrap();
    std::fs::remove_file(place.path("input/c.csv")).unwrap();
    place.write("input/d.csv", "body,id\nno,7\nmore,8\n");
    place.config(MENDED, &["articles", "seen"]);
    retry_ok(&place, &[], "5 records retried: 4 mended, 1 still fail");
    assert_eq!(ids(&part(&place)), ["1", "3", "6", "4"]);
    let left = &quarantine(&place)[0];
    assert_eq!(
        (&left["file"], &left["code"], &left["raw"]),
        (&"c.csv".into(), &"header".into(), &"5,\"You\nresign.\"".into())
    );
    place.write("input/c.csv", "id,body\n5,\"You\nresign.\"\n");
    retry_ok(&place, &[], "1 records retried: 1 mended, 0 still fail");
}

#[test]
fn a_mended_file_is_read_to_its_end() {
    let place = Place::new();
    let packed = gzip(json_lines(&articles(200_000, 3)).as_bytes());
    place.write("input/a.jsonl.gz", &packed[..packed.len() / 2]);
    place.config("", &["articles"]);
    let first = place.run_ok("out", &[]);
    assert_eq!(quarantine(&place)[0]["code"], "truncated");
    retry_ok(&place, &[], "1 records retried: 0 mended, 1 still fail");
    place.write("input/a.jsonl.gz", &packed);
    retry_ok(&place, &[], "0 still fail");
    let whole = place.run_ok("whole", &[]);
    assert_eq!([ids(&first), ids(&part(&place))].concat(), ids(&whole));
    assert!(!ids(&first).is_empty() && !ids(&part(&place)).is_empty());
}

#[test]
fn a_killed_retry_goes_on() {
    let place = Place::new();
    let line =
        |i: usize| format!("{}\n", json!({ "id": i.to_string(), "body": format!("They resign {i} times.") }));
    place.write("input/a.jsonl", (0..300).map(line).collect::<String>());
    place.config(FAILING, &["articles", "seen"]);
    place.run("out", &[]);
    assert_eq!(quarantine(&place).len(), 300);
    let slow = r#"{"kind": "tokenize"}, {"kind": "misbehave", "with": {"fail_on": "99", "sleep_ms": 10}}"#;
    place.config(slow, &["articles", "seen"]);
    let options = ["--quiet", "--commit-ms", "5", "--batch-bytes", "300", "--workers", "1"];
    let mut child = Command::new(BINARY).arg("retry").arg(place.path("out")).args(options).spawn().unwrap();
    wait_for_commit(&place.path("out/append-00001"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(quarantine(&place).len(), 300, "nothing is moved before all is done");
    let ran = place.run("out", &["--append"]);
    assert!(ran.stderr.contains("begun by `newsmill retry`"), "{}", ran.stderr);
    retry_ok(&place, &[], "300 records retried: 297 mended, 3 still fail");
    assert_eq!(ids(&part(&place)).len(), 297);
    assert_eq!(part(&place).quarantine().len(), 0);
    let still: Vec<_> = quarantine(&place).into_iter().map(|l| l["id"].clone()).collect();
    assert_eq!(still, ["99", "199", "299"]);
}
