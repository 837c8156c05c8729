//! What fails is contained to its article, told, and counted.

use crate::support::{Place, report};

const THREE: &str = r#"{"id": "a", "body": "This one is fine, and long enough not to be dropped by any stage."}
{"id": "b", "title": "Té", "body": "This one has the trigger word in the middle of its text, you see."}
{"id": "c", "body": "This one is fine as well, and long enough not to be dropped by any stage."}
"#;

fn ids(place: &Place, out: &str) -> Vec<String> {
    let tables = crate::support::Tables::read(&place.path(out));
    tables.rows("articles.csv").into_iter().map(|r| format!("{}:{}", r["article_id"], r["status"])).collect()
}

#[test]
fn a_panic_costs_one_article_and_no_noise() {
    let place = Place::new();
    place.write("input/x.jsonl", THREE);
    place.config(r#"{"kind": "misbehave", "with": {"panic_on": "trigger"}}"#, &["articles", "seen"]);
    let ran = place.run("out", &[]);
    assert_eq!(ran.code, Some(0));
    assert!(!ran.stderr.contains("panicked at"), "{}", ran.stderr);
    assert!(ran.stderr.contains("misbehave/panic 1"), "{}", ran.stderr);
    assert_eq!(ids(&place, "out"), ["a:ok", "c:ok"]);
    let tables = crate::support::Tables::read(&place.path("out"));
    let line = &tables.quarantine()[0];
    assert_eq!(
        (&line["id"], &line["stage"], &line["code"]),
        (&"b".into(), &"misbehave".into(), &"panic".into())
    );
    assert_eq!((&line["file"], &line["line"], &line["record"]), (&"x.jsonl".into(), &2.into(), &1.into()));
    assert_eq!(line["raw"], THREE.lines().nth(1).unwrap());
    // All others are as if it had never been there.
    place.write(
        "input/x.jsonl",
        THREE.lines().filter(|l| !l.contains("trigger")).collect::<Vec<_>>().join("\n"),
    );
    let without = place.run_ok("without", &[]);
    for name in ["articles.csv", "seen.csv"] {
        assert_eq!(without.text(name), tables.text(name));
    }
}

#[test]
fn on_error_decides_what_a_failure_means() {
    let place = Place::new();
    place.write("input/x.jsonl", THREE);
    let stage = |on_error: &str| {
        format!(r#"{{"kind": "misbehave", "on_error": "{on_error}", "with": {{"fail_on": "trigger"}}}}"#)
    };
    place.config(&stage("quarantine"), &["articles", "seen"]);
    let tables = place.run_ok("quarantine", &[]);
    assert_eq!(ids(&place, "quarantine"), ["a:ok", "c:ok"]);
    let span = &tables.quarantine()[0]["span"];
    assert_eq!(*span, serde_json::json!({"field": "body", "start_char": 17, "end_char": 24}));

    place.config(&stage("keep"), &["articles", "seen"]);
    let tables = place.run_ok("keep", &[]);
    assert_eq!(ids(&place, "keep"), ["a:ok", "b:ok; no misbehave: bad-word", "c:ok"]);
    assert_eq!(tables.quarantine().len(), 0);
    assert_eq!(report(&place.path("keep"))["counts"]["kept"]["misbehave/bad-word"], 1);

    place.config(&stage("fail"), &["articles", "seen"]);
    let ran = place.run("fail", &[]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("x.jsonl:2 (article \"b\"): misbehave/bad-word: the word is there"),
        "{}",
        ran.stderr
    );
    assert!(!place.path("fail/_SUCCESS").exists());
    assert!(!place.path("fail/articles.csv").exists());
}

#[test]
fn dropping_is_a_result() {
    let place = Place::new();
    place.write("input/x.jsonl", format!("{THREE}{}", r#"{"id": "d", "body": "Too short."}"#));
    place.config(r#"{"kind": "drop_short"}, {"kind": "words"}"#, &["articles", "words"]);
    let tables = place.run_ok("out", &[]);
    assert_eq!(ids(&place, "out")[3], "d:short");
    assert!(!tables.text("words.csv").contains("Too"));
    assert_eq!(report(&place.path("out"))["counts"]["dropped"]["drop_short/short"], 1);
}

#[test]
fn a_run_stops_when_too_much_fails() {
    let place = Place::new();
    place.write("input/x.jsonl", "nonsense\n".repeat(50));
    place.config("", &["articles"]);
    let budget = r#"limits.max_failures={"ratio": 0.5, "after": 10}"#;
    let ran = place.run("out", &["--set", budget, "--batch-bytes", "20"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("max_failures"), "{}", ran.stderr);
    assert!(!place.path("out/_SUCCESS").exists());
    assert_eq!(report(&place.path("out"))["status"], "failure-budget");
    // The whole is complete, but a user who reads nothing should hear of it.
    let ran = place.run("all", &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("no record became an article; x.jsonl:1: expected ident"), "{}", ran.stderr);
    assert!(place.path("all/_SUCCESS").exists());
    place.write("input/y.txt", "One article.");
    assert_eq!(place.run("some", &[]).code, Some(0));
    assert_eq!(place.run("strict", &["--strict"]).code, Some(3));
}

#[test]
fn a_body_over_the_limit_is_named_and_the_next_article_is_whole() {
    let place = Place::new();
    let long = "word ".repeat(1000);
    place.write(
        "input/x.jsonl",
        format!("{{\"id\": \"long\", \"body\": \"{long}\"}}\n{{\"id\": \"next\", \"body\": \"x\"}}"),
    );
    place.write("input/y.txt", &long);
    place.config("", &["articles"]);
    let tables = place.run_ok("out", &["--set", "limits.max_body_bytes=4999"]);
    assert_eq!(ids(&place, "out"), ["next:ok"]);
    let lines = tables.quarantine();
    assert_eq!(
        lines.iter().map(|l| l["code"].as_str().unwrap()).collect::<Vec<_>>(),
        ["too-large", "too-large"]
    );
    assert!(lines[0]["message"].as_str().unwrap().contains("5000 bytes"), "{}", lines[0]);
    assert_eq!(place.run_ok("more", &["--set", "limits.max_body_bytes=5000"]).quarantine().len(), 0);
}

#[test]
fn two_runs_do_not_write_to_one_directory() {
    let place = Place::new();
    place.generate("input/x.jsonl", 200_000, 1);
    place.config(r#"{"kind": "misbehave", "with": {"sleep_ms": 10}}"#, &["articles"]);
    let mut first = place.command("out", &["--quiet", "--workers", "1"]).spawn().unwrap();
    let begun = place.path("out/.newsmill/state.json");
    while !begun.exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    for how in ["--force", "--resume"] {
        let ran = place.run("out", &[how]);
        assert_eq!(ran.code, Some(2));
        assert!(ran.stderr.contains("another run writes to"), "{}", ran.stderr);
    }
    assert!(first.wait().unwrap().success());
    place.run_ok("out", &["--force"]);
}

#[test]
fn a_used_directory_is_refused_and_force_removes_only_what_is_ours() {
    let place = Place::new();
    place.write("input/x.jsonl", THREE);
    place.config(r#"{"kind": "misbehave"}"#, &["articles", "seen"]);
    place.run_ok("out", &[]);
    place.write("out/notes.txt", "mine");
    place.config("", &["articles"]);
    let ran = place.run("out", &[]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--force"), "{}", ran.stderr);
    let tables = place.run_ok("out", &["--force"]);
    assert_eq!(tables.names(), ["_SUCCESS", "articles.csv", "notes.txt", "quarantine.jsonl"]);
}

#[test]
fn slow_articles_are_named_and_change_no_table() {
    let place = Place::new();
    place.write("input/x.jsonl", THREE);
    let stage = |ms: u32| format!(r#"{{"kind": "misbehave", "with": {{"sleep_ms": {ms}}}}}"#);
    place.config(&stage(30), &["articles", "seen"]);
    let ran = place.run("slow", &["--set", "limits.slow_ms=20"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("x.jsonl:2 (article \"b\") took"), "{}", ran.stderr);
    assert!(ran.stderr.contains("3 over limits.slow_ms (20 ms)"), "{}", ran.stderr);
    let slow = &report(&place.path("slow"))["timings"]["slow"];
    assert_eq!((&slow["count"], &slow["slowest"][0]["most"]), (&3.into(), &"in stage misbehave".into()));
    assert!(slow["slowest"][0]["ms"].as_u64() >= Some(30));
    // The limit is no part of what a run is.
    let again = place.run("slow", &["--resume"]);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    let off = place.run("off", &["--set", "limits.slow_ms=0"]);
    assert!(!off.stderr.contains("slow"), "{}", off.stderr);
    let tables = |out: &str| crate::support::Tables::read(&place.path(out));
    tables("slow").assert_same(&tables("off"), "slow");
}
