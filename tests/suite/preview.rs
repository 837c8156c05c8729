//! A dry run tells what would happen and writes nothing.

use crate::support::{Place, articles, gzip, json_lines, newsmill};

#[test]
fn a_dry_run_tells_what_the_input_holds_and_writes_nothing() {
    let place = Place::new();
    place.write("input/a.jsonl.gz", gzip(json_lines(&articles(50_000, 1)).as_bytes()));
    let odd = concat!(
        "{\"url\": \"http://x/1\", \"headline\": \"T\", \"text\": \"One.\", \"date\": \"2024-05-06\", \"lang\": \"DE\"}\n",
        "nonsense\n{\"text\": \"Two.\", \"date\": \"soon\"}\n{\"text\": \"Two.\"}\n"
    );
    place.write("input/b.csv", "id,body\n1,They resign.\n2,x\n");
    place.write("input/c.txt", "x");
    let config = r#"{ "input": [{ "files": ["input"] }, { "files": ["odd.jsonl"] }],
        "stages": [{"kind": "tokenize"}, {"kind": "misbehave", "with": {"fail_on": "They resign"}}],
        "output": { "sinks": [{"kind": "csv", "table": "tokens"}, {"kind": "csv", "table": "seen"}] } }"#;
    place.write("odd.jsonl", odd);
    place.write("config.json", config);
    let ran = place.run("out", &["--dry-run=10"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for part in [
        "input 1: csv, 1 files, 27 B",
        "1 of the first 2 records",
        "misbehave/bad-word 1",
        "b.csv:2: the word is there",
        "input 1: jsonl, 1 files",
        "10 of the first 10 records",
        "from a field 10; \"1/",
        "from the path 1; \"c.txt\"",
        "input 2: jsonl",
        "3 of the first 4 records",
        "decode/invalid-json 1",
        "from the address 1, the text 2;",
        "same ids     1 of 3",
        "author 0, body 3, date 2, language 1, source 1, title 1, url 1",
        "odd dates    1 of 3",
        "languages    not told 2, de 1",
        "nothing was written",
    ] {
        assert!(ran.stdout.contains(part), "no {part:?} in\n{}", ran.stdout);
    }
    assert!(!place.path("out").exists());
    let checked = newsmill(&["check", place.path("config.json").to_str().unwrap(), "--first", "3"]);
    assert!(checked.stdout.contains("3 of the first 3 records"), "{}", checked.stdout);
    // What a run would refuse, a dry one does.
    place.run_ok("out", &[]);
    assert_eq!(place.run("out", &["--dry-run"]).code, Some(2));
    assert_eq!(place.run("out", &["--dry-run", "--force"]).code, Some(0));
    place.write("odd.jsonl", "nonsense\n");
    place.write("config.json", config.replace("[\"input\"]", "[\"odd.jsonl\"]"));
    let ran = place.run("none", &["--dry-run"]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
}
