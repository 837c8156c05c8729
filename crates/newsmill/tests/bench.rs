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

#[test]
fn some_stages_can_be_measured_alone() {
    let measured = bench(&["--generate", "50kB", "--workers", "1", "--stages", "tokenize,gazetteer"]);
    let steps = measured["results"][0]["steps"].as_array().expect("steps");
    let names: Vec<&str> = steps.iter().filter_map(|s| s["name"].as_str()).collect();
    assert_eq!(names, ["decode", "tokenize", "gazetteer", "encode"]);
    // Though without the gazetteer nobody needs its names.
    let alone = bench(&["--generate", "50kB", "--workers", "1", "--stages", "tokenize"]);
    assert_eq!(alone["corpus"]["hash"], measured["corpus"]["hash"]);

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsmill"));
    let output = command.current_dir(root).args(["bench", "--stages", "tokenise"]).output().expect("starts");
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        message.contains("no stage has the id `tokenise`; known: tokenize, gazetteer, entities, quotes"),
        "{message}"
    );
}

#[test]
fn a_page_draws_this_run_beside_a_saved_one() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let (saved, page) = (place.path().join("<first>.json"), place.path().join("page.html"));
    let small = ["--generate", "20kB", "--workers", "1"];
    let first = bench(&small);
    std::fs::write(&saved, first.to_string()).expect("written");
    let html = ["--html", page.to_str().expect("UTF-8"), "--compare", saved.to_str().expect("UTF-8")];
    bench(&[&small[..], &html[..]].concat());
    let html = std::fs::read_to_string(&page).expect("the page is there");
    assert_eq!(html.matches("<svg").count(), html.matches("</svg>").count());
    for told in ["&lt;first&gt;, 1 worker", "this run, 1 worker", "quotes: ", "MB/s", "start-up"] {
        assert!(html.contains(told), "{told} isn't in {html}");
    }
    assert!(!html.contains("different corpora"), "{html}");
}

/// What `bench --json` wrote, of the kept runs; others there are of other programs.
fn kept_runs() -> Vec<String> {
    let runs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/runs");
    let files = std::fs::read_dir(runs).expect("kept runs").map(|entry| entry.expect("an entry").path());
    let is_bench = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        path.extension().is_some_and(|e| e == "json") && text.contains("\"startup_seconds\"")
    };
    let mut kept: Vec<String> = files.filter(is_bench).map(|p| p.display().to_string()).collect();
    kept.sort();
    kept
}

/// The numbers of an attribute, wherever it stands in a piece of a page.
fn numbers(html: &str, attribute: &str) -> Vec<f64> {
    let begin = format!(" {attribute}=\"");
    let values = html.split(&begin).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(|value| value.parse().unwrap_or_else(|_| panic!("{begin}{value}\" is no number"))).collect()
}

/// No browser is at hand: what one would draw is checked by its numbers.
#[test]
fn every_kept_run_is_drawn_inside_the_page() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let page = place.path().join("page.html");
    let kept = kept_runs();
    assert!(!kept.is_empty());
    let mut arguments = vec!["--generate", "20kB", "--workers", "1", "--html", page.to_str().expect("UTF-8")];
    kept.iter().for_each(|run| arguments.extend(["--compare", run]));
    bench(&arguments);
    let html = std::fs::read_to_string(&page).expect("the page is there");
    for run in &kept {
        let name = Path::new(run).file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(html.contains(&format!("{name}, 1 worker")), "{name} isn't drawn");
    }
    for tag in ["svg", "text", "rect", "title", "table", "tr", "td", "th", "ul", "li", "p", "body", "html"] {
        let opened = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let mut bars = 0;
    for plot in html.split("<svg").skip(1).filter_map(|rest| rest.split("</svg>").next()) {
        let (width, height) = (numbers(plot, "width")[0], numbers(plot, "height")[0]);
        for rect in plot.split("<rect").skip(1).filter_map(|rest| rest.split('>').next()) {
            let [x, y, w, h] = ["x", "y", "width", "height"].map(|a| numbers(rect, a)[0]);
            assert!(w >= 0.0 && x >= 0.0 && x + w <= width && y >= 0.0 && y + h <= height, "<rect{rect}>");
            bars += 1;
        }
    }
    // A bar a run for the speed, and one for each of its steps.
    assert!(bars >= 7 * (kept.len() + 1), "{bars} bars");
}
