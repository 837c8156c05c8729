//! Shards of an input, merged: the same bytes as one run over all of it.

use crate::support::{
    Place, Ran, Tables, articles, gzip, json_lines, newsmill, report, table, warc, write_parquet,
};

const STAGES: &str = r#"{"kind": "tokenize"}, {"kind": "lengths"}, {"kind": "words"},
    {"kind": "misbehave", "with": {"panic_on": "resign", "fail_on": "minister of"}}"#;
const SINKS: &str = "csv articles, csv tokens, csv words, jsonl sentences, jsonl words, csv seen";

/// Files of all kinds, some that can be cut and some that can't, with dirt between.
fn mixed_input(place: &Place) {
    place.generate("input/a.jsonl", 300_000, 1);
    place.write("input/b.txt", "“One text,” she said.\n\nAnd more of it.");
    place.write("input/c/empty.txt", "");
    place.write(
        "input/d.jsonl",
        "\n{\"body\": 5}\n{\"id\": \"x\", \"body\": \"Yes.\"}\nnonsense\n\n{\"id\": \"x\", \"body\": \"é\"}",
    );
    let csv = table(&articles(150_000, 2));
    assert!(csv.iter().filter(|b| **b == b'\n').count() > 500, "rows span lines");
    place.write("input/e.csv", &csv);
    place.write("input/f.jsonl.gz", gzip(json_lines(&articles(100_000, 3)).as_bytes()));
    write_parquet(&place.path("input/h.parquet"), &articles(150_000, 4));
    place.write("input/i.warc", warc(&articles(150_000, 5)));
    place.write("input/g.csv", "id,body\nd,\"unclosed, and so on to its end\n1,2\n");
}

fn merge(place: &Place, out: &str, runs: &[String]) -> Ran {
    let mut arguments = vec!["merge-runs".to_owned(), place.path(out).to_string_lossy().into_owned()];
    arguments.extend(runs.iter().map(|run| place.path(run).to_string_lossy().into_owned()));
    newsmill(&arguments)
}

/// Runs all shards, each with other workers and batches; the names of their directories.
fn shards(place: &Place, of: usize, more: &[&str]) -> Vec<String> {
    let run = |number: usize| {
        let (out, shard) = (format!("shard{number}of{of}"), format!("{number}/{of}"));
        let (workers, batch) = ((1 + number % 3).to_string(), [500, 5000, 50_000][number % 3].to_string());
        let options = ["--force", "--shard", &shard, "--workers", &workers, "--batch-bytes", &batch];
        place.run_ok(&out, &[&options, more].concat());
        out
    };
    (1..=of).map(run).collect()
}

#[test]
fn merged_shards_are_the_bytes_of_one_run() {
    let place = Place::new();
    mixed_input(&place);
    place.config_of(STAGES, SINKS);
    let whole = place.run_ok("whole", &[]);
    assert!(whole.quarantine().len() > 5 && whole.rows("articles.csv").len() > 100);
    for of in [1, 2, 3, 5, 17] {
        let mut runs = shards(&place, of, &[]);
        let articles = |run: &String| report(&place.path(run))["counts"]["articles"].as_u64().unwrap();
        assert!(of != 3 || runs.iter().all(|run| articles(run) > 20), "each has its share");
        runs.reverse();
        let ran = merge(&place, &format!("merged{of}"), &runs);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let merged = place.path(&format!("merged{of}"));
        Tables::read(&merged).assert_same(&whole, &format!("{of} shards"));
        let (merged, one) = (report(&merged), report(&place.path("whole")));
        for key in ["counts", "duplicate_ids", "run_id", "fingerprint", "outputs", "failed", "input"] {
            assert_eq!(merged[key], one[key], "{key} of {of} shards");
        }
        assert_eq!(merged["shards"].as_array().unwrap().len(), of);
    }
    assert!(report(&place.path("whole"))["counts"]["duplicate_ids"].as_u64() > Some(0));
    // It is that very run.
    let again = place.run("merged3", &["--resume"]);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
}

#[test]
fn compressed_tables_and_parts_of_shards_are_merged() {
    let place = Place::new();
    place.generate("input/a.jsonl", 600_000, 1);
    place.config_of(r#"{"kind": "tokenize"}"#, "csv articles, csv tokens, jsonl tokens, parquet tokens");
    for compression in ["gzip", "zstd"] {
        let set = format!("output.compression={compression}");
        let whole = place.run_ok("whole", &["--force", "--set", &set]);
        let runs = shards(&place, 3, &["--set", &set]);
        let out = format!("merged-{compression}");
        assert_eq!(merge(&place, &out, &runs).code, Some(0));
        let merged = Tables::read(&place.path(&out));
        for name in whole.names().into_iter().filter(|name| !name.ends_with(".parquet")) {
            assert!(whole.0[name] == merged.0[name], "{name}");
        }
        let rows = |tables: &Tables| crate::formats::parquet_rows(&tables.0["tokens.parquet"]);
        assert!(rows(&whole) == rows(&merged));
    }
    let whole = place.run_ok("whole", &["--force"]);
    let parts = shards(&place, 3, &["--set", "output.parts=20"]);
    assert_eq!(merge(&place, "parts", &parts).code, Some(0));
    let merged = Tables::read(&place.path("parts"));
    let part = |table: &str, i: usize| merged.0.get(&format!("{table}/part-{i:05}.{}", table_ending(table)));
    let rows: Vec<&str> = (0..)
        .map_while(|i| part("articles", i))
        .flat_map(|bytes| std::str::from_utf8(bytes).unwrap().lines().skip(1))
        .collect();
    assert!(rows == whole.text("articles.csv").lines().skip(1).collect::<Vec<_>>());
    let parquet: Vec<_> = (0..)
        .map_while(|i| merged.0.get(&format!("tokens/part-{i:05}.parquet")))
        .flat_map(|bytes| crate::formats::parquet_rows(bytes))
        .collect();
    assert!(parquet == whole.rows("tokens.csv"));
}

fn table_ending(table: &str) -> &'static str {
    if table == "articles" { "csv" } else { "jsonl" }
}

#[test]
fn a_killed_shard_goes_on_and_another_shard_does_not() {
    let place = Place::new();
    place.generate("input/a.jsonl", 300_000, 1);
    place.config(
        r#"{"kind": "tokenize"}, {"kind": "misbehave", "with": {"sleep_ms": 20}}"#,
        &["articles", "tokens"],
    );
    let whole = place.run_ok("whole", &[]);
    let options = ["--quiet", "--commit-ms", "5", "--batch-bytes", "3000", "--workers", "1"];
    let mut child = place.command("second", &[&options[..], &["--shard", "2/2"]].concat()).spawn().unwrap();
    crate::support::wait_for_commit(&place.path("second"));
    child.kill().unwrap();
    child.wait().unwrap();
    place.run_ok("first", &["--shard", "1/2"]);
    let runs = ["first".to_owned(), "second".to_owned()];
    let ran = merge(&place, "merged", &runs);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("isn't complete") || ran.stderr.contains("holds no run"), "{}", ran.stderr);
    let other = place.run("second", &["--resume", "--shard", "1/2"]);
    assert!(other.stderr.contains("differs in shard"), "{}", other.stderr);
    place.run_ok("second", &["--resume", "--shard", "2/2"]);
    assert_eq!(merge(&place, "merged", &runs).code, Some(0));
    Tables::read(&place.path("merged")).assert_same(&whole, "merged");
}

#[test]
fn what_does_not_belong_together_is_not_merged() {
    let place = Place::new();
    place.generate("input/a.jsonl", 50_000, 1);
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    let runs = shards(&place, 2, &[]);
    let thirds = shards(&place, 3, &[]);
    place.run_ok("whole", &[]);
    place.run_ok("other", &["--shard", "2/2", "--set", "output.offsets=byte"]);
    let refused = |runs: &[&str], why: &str| {
        let runs: Vec<String> = runs.iter().map(|r| (*r).to_owned()).collect();
        let ran = merge(&place, "merged", &runs);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    };
    refused(&[&runs[0]], "missing: shard 2/2");
    refused(&[&runs[0], &runs[1], &runs[0]], "are the same");
    refused(&[&runs[0], &thirds[1]], "split differently");
    refused(&[&runs[0], "other"], "differ in offsets");
    refused(&[&runs[0], "whole"], "holds no shard");
    refused(&[&runs[0], "nowhere"], "holds no run");
    let table = place.path(&runs[1]).join("articles.csv");
    let bytes = std::fs::read(&table).unwrap();
    std::fs::write(&table, &bytes[..bytes.len() - 1]).unwrap();
    refused(&[&runs[0], &runs[1]], "copy the whole run");
    std::fs::write(&table, bytes).unwrap();
    assert_eq!(merge(&place, "merged", &runs).code, Some(0));
    refused(&[&runs[0], &runs[1]], "holds a complete run");
    assert_eq!(merge(&place, &runs[0], &runs).code, Some(2), "into one of them");
    for shard in ["0/2", "3/2", "1", "a/b"] {
        assert_eq!(place.run("no", &["--shard", shard]).code, Some(2), "{shard}");
    }
}
