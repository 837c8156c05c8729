//! Every way in: compressed, from a pipe, damaged, mixed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::{Place, Tables, newsmill, report, shared};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(text, 1).unwrap()
}

fn articles(numbers: std::ops::Range<u32>) -> String {
    numbers.map(|n| format!("{{\"id\": \"{n}\", \"body\": \"Article {n}, it said.\"}}\n")).collect()
}

/// Runs over these inputs; the tables and what was said.
fn run(place: &Place, out: &str, inputs: &[&Path], more: &[&str]) -> (Tables, String) {
    let (config, out) = (place.path("config.json"), place.path(out));
    let mut arguments: Vec<&std::ffi::OsStr> =
        vec!["run".as_ref(), config.as_ref(), "--output".as_ref(), out.as_ref()];
    arguments.extend(more.iter().map(|m| AsRef::<std::ffi::OsStr>::as_ref(*m)));
    arguments.push("--input".as_ref());
    arguments.extend(inputs.iter().map(|i| i.as_os_str()));
    let ran = newsmill(&arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    (Tables::read(&out), ran.stderr)
}

fn codes(tables: &Tables) -> Vec<String> {
    let text = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    tables.quarantine().iter().map(|l| format!("{}/{}", text(l, "stage"), text(l, "code"))).collect()
}

#[test]
fn compressed_input_gives_what_plain_input_gives() {
    let place = Place::new();
    let text = articles(0..3000);
    place.write("plain/a.jsonl", &text);
    place.write("packed/a.jsonl.gz", gzip(text.as_bytes()));
    place.write("parts/a.jsonl.zst", [zstd(&text.as_bytes()[..777]), zstd(&text.as_bytes()[777..])].concat());
    // The content tells, not the name.
    place.write("named/a.jsonl", gzip(text.as_bytes()));
    place.write("unpacked/a.jsonl.gz", &text);
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let (plain, _) = run(&place, "out", &[&place.path("plain")], &[]);
    assert_eq!(plain.rows("articles.csv").len(), 3000);
    for name in ["packed", "parts", "named", "unpacked"] {
        let (tables, _) = run(&place, &format!("out-{name}"), &[&place.path(name)], &[]);
        for table in ["articles.csv", "tokens.csv", "quarantine.jsonl"] {
            assert_eq!(tables.text(table), plain.text(table), "{name}");
        }
    }
}

#[test]
fn a_damaged_file_costs_what_is_damaged_and_the_run_goes_on() {
    let place = Place::new();
    let packed = gzip(articles(0..2000).as_bytes());
    place.write("in/a.jsonl.gz", &packed[..packed.len() - 100]);
    place.write("in/b.jsonl.gz", [packed, b"\0\0\0\0and garbage".to_vec()].concat());
    place.write("in/c.txt", "The end.");
    place.config("", &["articles"]);
    let (tables, said) = run(&place, "out", &[&place.path("in")], &[]);
    assert_eq!(codes(&tables), ["read/truncated"]);
    let line = &tables.quarantine()[0];
    assert_eq!(line["file"], "a.jsonl.gz");
    let before = line["record"].as_u64().unwrap() as usize;
    assert!(before > 1000, "{line}");
    assert_eq!(tables.rows("articles.csv").len(), before + 2000 + 1);
    assert!(said.contains("read/trailing-garbage 1"), "{said}");
    assert!(said.contains("b.jsonl.gz"), "{said}");
    assert_eq!(report(&place.path("out"))["counts"]["noted"]["read/trailing-garbage"], 1);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_opened_costs_that_file() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("in/a.txt", "One.");
    let closed = place.write("in/b.txt", "Two.");
    place.write("in/c.txt", "Three.");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::File::open(&closed).is_ok() {
        // Whoever is root may read everything.
        return;
    }
    place.config("", &["articles"]);
    let (tables, _) = run(&place, "out", &[&place.path("in")], &[]);
    assert_eq!(codes(&tables), ["read/unreadable"]);
    assert_eq!(tables.rows("articles.csv").len(), 2);
}

#[test]
fn json_lines_come_through_a_pipe() {
    let place = Place::new();
    place.write("input/a.jsonl", articles(0..500));
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let (plain, _) = run(&place, "out", &[&place.path("input")], &[]);
    for (name, bytes) in
        [("plain", articles(0..500).into_bytes()), ("packed", gzip(articles(0..500).as_bytes()))]
    {
        let mut command = place.command(name, &["--input", "-"]);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert!(child.wait().unwrap().success());
        let tables = Tables::read(&place.path(name));
        for table in ["articles.csv", "tokens.csv"] {
            assert_eq!(tables.text(table), plain.text(table));
        }
    }
    let ran = place.run("plain", &["--input", "-", "--resume"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("can't be read again"), "{}", ran.stderr);
}

#[test]
fn what_is_not_read_is_named() {
    let place = Place::new();
    for name in ["a.txt", "b.pdf", "c.pdf", "notes", "x/d.docx"] {
        place.write(&format!("in/{name}"), "x");
    }
    place.config("", &["articles"]);
    let (_, said) = run(&place, "out", &[&place.path("in")], &[]);
    assert!(said.contains("not read     4 (no ending 1, .docx 1, .pdf 2), such as b.pdf"), "{said}");
    let skipped = &report(&place.path("out"))["input"]["skipped"];
    assert_eq!(skipped["endings"][".pdf"], 2);
    assert!(skipped["examples"].to_string().contains("x/d.docx"), "{skipped}");
}

#[test]
fn the_kind_is_told_by_the_content_if_the_name_tells_nothing() {
    let place = Place::new();
    let dump = place.write("dump", articles(0..3));
    let packed = place.write("dump.gz", gzip(articles(3..5).as_bytes()));
    place.config("", &["articles"]);
    let (tables, _) = run(&place, "out", &[&dump, &packed], &[]);
    assert_eq!(tables.rows("articles.csv").len(), 5);
    let other = place.write("other", "Plain text.");
    let ran = place.run("none", &["--input", other.to_str().unwrap()]);
    assert!(ran.stderr.contains("add \"kind\""), "{}", ran.stderr);
    let (tables, _) = run(&place, "told", &[&other], &["--set", "input.kind=text"]);
    assert_eq!(tables.rows("articles.csv")[0]["article_id"], "other");
}

#[test]
fn an_empty_path_is_no_folder() {
    let place = Place::new();
    place.config("", &["articles"]);
    let ran = place.run("out", &["--input", ""]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("the input path is empty"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn files_whose_names_are_no_utf8_have_ids_of_their_own() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    for name in [&b"caf\xE9.txt"[..], b"caf\xE8.txt"] {
        let path = place.path("in").join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir_all(place.path("in")).unwrap();
        if std::fs::write(path, "x").is_err() {
            // Some file systems refuse such names.
            return;
        }
    }
    place.config("", &["articles"]);
    let (tables, _) = run(&place, "out", &[&place.path("in")], &[]);
    let ids: Vec<String> = tables.rows("articles.csv").iter().map(|r| r["article_id"].clone()).collect();
    assert_eq!(ids, ["caf\\xE8.txt", "caf\\xE9.txt"]);
}

#[test]
fn ids_that_several_articles_have_are_named() {
    let place = Place::new();
    place.write("input/a.jsonl", format!("{}{}", articles(0..5), articles(3..4)));
    place.config("", &["articles"]);
    let ran = place.run("out", &[]);
    assert!(ran.stderr.contains("same ids     1 (\"3\")"), "{}", ran.stderr);
    assert_eq!(report(&place.path("out"))["duplicate_ids"], serde_json::json!(["3"]));
}

#[test]
fn a_run_over_compressed_input_goes_on_where_it_stopped() {
    let place = Place::new();
    let text = articles(0..4000);
    place.write("input/a.jsonl.gz", gzip(text.as_bytes()));
    place.write("input/b.jsonl.zst", zstd(text.as_bytes()));
    place.write("input/c.jsonl.gz", gzip(b"nonsense\n"));
    place.config(r#"{"kind": "tokenize"}, {"kind": "words"}"#, &["articles", "tokens", "words"]);
    let whole = place.run_ok("whole", &[]);
    // Stops by itself somewhere in the middle of each file.
    for (workers, sleep) in [("1", 2), ("3", 1)] {
        let out = format!("out{workers}");
        let slow = format!(
            "{{\"kind\": \"tokenize\"}}, {{\"kind\": \"words\"}}, {{\"kind\": \"misbehave\", \"with\": {{\"sleep_ms\": {sleep}}}}}"
        );
        place.config(&slow, &["articles", "tokens", "words"]);
        loop {
            let options =
                ["--resume", "--quiet", "--commit-ms", "10", "--batch-bytes", "3000", "--workers", workers];
            let mut child = place.command(&out, &options).spawn().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(700));
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                break;
            }
        }
        let tables = Tables::read(&place.path(&out));
        for table in ["articles.csv", "tokens.csv", "words.csv", "quarantine.jsonl"] {
            assert_eq!(tables.text(table), whole.text(table));
        }
    }
}

/// How many articles a file of the shared hostile set gives, and what is wrong with it.
fn nasty(name: &str) -> Option<(usize, Vec<String>, String)> {
    let file: PathBuf = shared("corpora/nasty")?.join(name);
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    let ran = place.run("out", &["--check-layers", "--input", file.to_str().unwrap()]);
    let tables = Tables::read(&place.path("out"));
    let articles = tables.rows("articles.csv").len();
    let nothing_but_failures = articles == 0 && !tables.quarantine().is_empty();
    assert_eq!(ran.code, Some(if nothing_but_failures { 1 } else { 0 }), "{name}: {}", ran.stderr);
    Some((articles, codes(&tables), ran.stderr))
}

#[test]
fn nasty_compressed_files_have_their_verdicts() {
    for (name, articles, expected) in [
        ("multi_member.jsonl.gz", 6, vec![]),
        ("trailing_garbage.jsonl.gz", 5, vec![]),
        ("bad_crc.jsonl.gz", 5, vec!["read/damaged"]),
        ("not_gzip.jsonl.gz", 5, vec![]),
        ("gzip_named_plain.jsonl", 5, vec![]),
        ("multi_frame.jsonl.zst", 6, vec![]),
    ] {
        let Some((found, codes, _)) = nasty(name) else { return };
        assert_eq!((found, codes), (articles, expected.into_iter().map(str::to_owned).collect()), "{name}");
    }
    for name in ["truncated.jsonl.gz", "truncated.jsonl.zst"] {
        let Some((found, codes, _)) = nasty(name) else { return };
        assert!(found <= 5, "{name}: {found}");
        assert_eq!(codes, ["read/truncated"], "{name}");
    }
    let Some((_, _, said)) = nasty("trailing_garbage.jsonl.gz") else { return };
    assert!(said.contains("read/trailing-garbage 1"), "{said}");
}
