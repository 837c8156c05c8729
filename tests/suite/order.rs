//! The same bytes for any number of workers, size of batches and number of them on their way.

use crate::support::{Place, Tables, newsmill, root};

const STAGES: &str = r#"{"kind": "tokenize"}, {"kind": "lengths"}, {"kind": "words"},
    {"kind": "misbehave", "with": {"panic_on": "resign", "fail_on": "minister of"}}"#;

fn mixed_input(place: &Place) {
    place.generate("input/a.jsonl", 300_000, 1);
    place.write("input/b.txt", "“One text,” she said.\n\nAnd more of it.");
    place.write("input/c/empty.txt", "");
    place.write(
        "input/d.jsonl",
        "\n{\"body\": 5}\n{\"body\": \"Yes.\"}\nnonsense\n{\"body\": \"Ünïcode “is” here\"}",
    );
    place.generate("input/e.jsonl", 100_000, 2);
}

#[test]
fn workers_batches_and_queues_change_nothing() {
    let place = Place::new();
    mixed_input(&place);
    place.config(STAGES, &["articles", "tokens", "sentences", "words", "seen"]);
    let first = place.run_ok("first", &["--workers", "1"]);
    assert!(first.quarantine().len() > 3, "the input has records that fail");
    assert!(first.rows("words.csv").len() > 100);
    for workers in ["1", "2", "8"] {
        for batch in ["1", "1024", "65536", "4194304"] {
            for in_flight in ["1", "4", "64"] {
                let options =
                    ["--workers", workers, "--batch-bytes", batch, "--in-flight", in_flight, "--force"];
                let again = place.run_ok("again", &options);
                again.assert_same(&first, &options.join(" "));
            }
        }
    }
}

#[test]
fn articles_are_in_the_order_of_the_input() {
    let place = Place::new();
    mixed_input(&place);
    place.config("", &["articles"]);
    let tables = place.run_ok("out", &["--workers", "4", "--batch-bytes", "100"]);
    let ids: Vec<String> =
        tables.rows("articles.csv").into_iter().map(|mut r| r.remove("article_id").unwrap()).collect();
    let at = |id: &str| ids.iter().position(|i| i == id).unwrap();
    assert!(at("b.txt") < at("c/empty.txt"));
    let generated = newsmill_generate::Generator::new(newsmill_generate::Names::default(), 1);
    assert_eq!(ids[0], generated.article(0).id);
    assert_eq!(ids[1], generated.article(1).id);
}

#[test]
fn a_limit_is_a_prefix() {
    let place = Place::new();
    place.generate("input/a.jsonl", 200_000, 1);
    place.generate("input/b.jsonl", 200_000, 2);
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let whole = place.run_ok("whole", &[]);
    for limit in [0, 1, 7, 60] {
        let tables = place.run_ok("some", &["--force", "--limit", &limit.to_string()]);
        assert_eq!(tables.rows("articles.csv").len(), limit);
        for name in ["articles.csv", "tokens.csv"] {
            assert!(whole.text(name).starts_with(tables.text(name)), "{name} at {limit}");
        }
    }
}

/// The shipped pipeline over the sample, as a user runs it.
#[test]
fn the_sample_is_the_same_for_1_2_and_8_workers() {
    let place = Place::new();
    let config = root().join("config/all.json");
    let run = |workers: &str| {
        let out = place.path(&format!("out{workers}"));
        let arguments =
            ["run", config.to_str().unwrap(), "--output", out.to_str().unwrap(), "--workers", workers];
        let ran = newsmill(&arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        Tables::read(&out)
    };
    let one = run("1");
    assert!(one.rows("articles.csv").len() >= 60);
    assert_eq!(one.quarantine().len(), 0);
    for workers in ["2", "8"] {
        run(workers).assert_same(&one, workers);
    }
}
