//! `newsmill bench` measures the same corpus every time, and its numbers hang together.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn bench(more: &[&str]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsmill"));
    command.current_dir(root).args(["bench", "config/news.json", "--runs", "1", "--json"]).args(more);
    let output = command.output().expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON on stdout")
}

#[test]
fn a_seed_is_a_corpus_and_the_shares_are_of_one_whole() {
    let one = bench(&["--generate", "200kB", "--seed", "7", "--workers", "1"]);
    let two = bench(&["--generate", "200kB", "--seed", "7", "--workers", "2"]);
    assert_eq!(one["corpus"], two["corpus"]);
    assert!(one["corpus"]["text_bytes"].as_u64().is_some_and(|n| n >= 200_000), "{}", one["corpus"]);
    assert_eq!(two["results"][0]["workers"], 2);
    for counted in ["mentions", "quotes"] {
        assert!(one["results"][0][counted].as_u64().is_some_and(|n| n > 100), "{}", one["results"]);
        assert_eq!(one["results"][0][counted], two["results"][0][counted]);
    }
    let steps = one["results"][0]["steps"].as_array().expect("steps");
    let names: Vec<&str> = steps.iter().filter_map(|s| s["name"].as_str()).collect();
    assert_eq!(names, ["decode", "tokenize", "gazetteer", "entities", "quotes", "encode"]);
    let whole: f64 = steps.iter().filter_map(|s| s["share"].as_f64()).sum();
    assert!((whole - 1.0).abs() < 1e-6, "{whole}");
}

#[test]
fn a_corpus_of_the_users_is_read_in_place() {
    let measured = bench(&["--corpus", "corpus/sample", "--workers", "1"]);
    assert_eq!(measured["corpus"]["what"], "corpus/sample");
    assert!(measured["corpus"]["articles"].as_u64().is_some_and(|n| n > 50), "{}", measured["corpus"]);
}
