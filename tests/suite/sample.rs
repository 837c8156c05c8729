//! Samples depend on ids, not on order, files, workers or batches.

use std::collections::BTreeSet;

use newsmill_generate::{Generator, Names};

use crate::support::{Place, Tables, report};

fn ids(tables: &Tables) -> BTreeSet<String> {
    tables.rows("articles.csv").into_iter().map(|mut r| r.remove("article_id").unwrap()).collect()
}

#[test]
fn a_sample_is_the_same_in_any_order() {
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let lines: Vec<String> =
        Generator::new(Names::default(), 7).articles(1_000_000).map(|a| a.to_json_line()).collect();
    place.write("input/a.jsonl", lines.concat());
    let whole = ids(&place.run_ok("whole", &[]));
    let share = place.run_ok("share", &["--sample", "0.2"]);
    let count = place.run_ok("count", &["--sample", "25", "--batch-bytes", "1000"]);
    let expected = whole.len() as f64 * 0.2;
    assert!(
        (ids(&share).len() as f64 - expected).abs() < expected / 2.0,
        "{} of {}",
        ids(&share).len(),
        whole.len()
    );
    assert_eq!(ids(&count).len(), 25);
    assert!(ids(&count).is_subset(&ids(&place.run_ok("more", &["--sample", "26"]))), "samples grow");
    let left_out = report(&place.path("share"))["counts"]["left_out"].as_u64().unwrap();
    assert_eq!(left_out as usize + ids(&share).len(), whole.len());
    // The other way round, and in two files.
    let (front, back) = lines.split_at(lines.len() / 3);
    place.write("input/a.jsonl", back.iter().rev().map(String::as_str).collect::<String>());
    place.write("input/b.jsonl", front.concat());
    for (name, sample) in [("share", "20%"), ("count", "25")] {
        let again = place.run_ok("again", &["--force", "--sample", sample, "--workers", "3"]);
        let first = Tables::read(&place.path(name));
        assert_eq!(ids(&again), ids(&first), "{name}");
    }
    assert_eq!(ids(&place.run_ok("all", &["--sample", "1.0"])), whole);
    assert_eq!(ids(&place.run_ok("too-many", &["--sample", "1000000"])), whole);
    for wrong in ["0", "1.5", "-1", "x", "200%"] {
        assert_eq!(place.run("no", &[&format!("--sample={wrong}")]).code, Some(2), "{wrong}");
    }
}
