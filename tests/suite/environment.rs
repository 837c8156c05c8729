//! What the machine does to a run: no room, no permission, a reader that has gone away.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{BINARY, Place, Tables, newsmill, report};

#[expect(clippy::disallowed_macros, reason = "whoever runs the tests should see it")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// A place with a corpus and a config whose tables are some megabytes.
fn some_megabytes() -> Place {
    let place = Place::new();
    place.generate("input/a.jsonl", 1_000_000, 1);
    place.config(r#"{"kind": "tokenize"}, {"kind": "words"}"#, &["articles", "tokens", "words"]);
    place
}

/// Arguments of a run for a shell, which finds the config, the output directory and the binary in its own.
const RUN: &str = r#""$BINARY" run "$CONFIG" --output "$OUT" --quiet --commit-ms 20"#;

fn shell(place: &Place, script: &str, out: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("BINARY", BINARY).env("CONFIG", place.path("config.json"));
    command.env("OUT", place.path(out));
    command
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_stops_the_run_and_it_goes_on_when_it_may() {
    let place = some_megabytes();
    let whole = place.run_ok("whole", &[]);
    // In blocks of 512 bytes or 1 KiB, as the shell likes; the signal that would end the process is ignored.
    let output = shell(&place, &format!("trap '' XFSZ; ulimit -f 1000; {RUN}"), "out").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("can't write") && said.contains("tokens.csv"), "{said}");
    assert!(!place.path("out/_SUCCESS").exists());
    assert!(!place.path("out/articles.csv").exists());
    whole.assert_same(&place.run_ok("out", &["--resume"]), "resumed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_the_run_and_it_goes_on_when_there_is_room() {
    let place = some_megabytes();
    let whole = place.run_ok("whole", &[]);
    std::fs::create_dir(place.path("disk")).unwrap();
    let script = format!(
        r#"mount -t tmpfs -o size=1m none "$DISK" || exit 99
           OUT="$DISK/out"; {RUN}; first=$?
           mount -o remount,size=64m none "$DISK" || exit 99
           {RUN} --resume; second=$?
           cp -r "$DISK/out" "$COPY"; echo "$first $second""#
    );
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    command.env("BINARY", BINARY).env("CONFIG", place.path("config.json"));
    command.env("DISK", place.path("disk")).env("COPY", place.path("out"));
    let Ok(output) = command.output() else {
        return skipped("there is no unshare to mount a small disk with");
    };
    let (code, said) = (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned());
    if code != Some(0) {
        return skipped(&format!("no small disk can be mounted here: {said}"));
    }
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "1 0", "{said}");
    assert!(said.contains("No space left on device"), "{said}");
    whole.assert_same(&Tables::read(&place.path("out")), "resumed");
}

#[test]
fn an_output_that_cannot_be_written_is_told_before_anything_is_read() {
    let place = Place::new();
    place.write("input/a.txt", "One.");
    place.config("", &["articles"]);
    place.write("file", "mine");
    let ran = place.run("file/out", &[]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("can't use the output directory") && ran.stderr.contains("file/out"),
        "{}",
        ran.stderr
    );
    assert_eq!(std::fs::read_to_string(place.path("file")).unwrap(), "mine");
}

#[test]
fn an_input_that_vanished_between_runs_is_noticed() {
    let place = Place::new();
    place.generate("input/a.jsonl", 100_000, 1);
    place.generate("input/b.jsonl", 100_000, 2);
    place.config(r#"{"kind": "misbehave", "with": {"sleep_ms": 5}}"#, &["articles"]);
    let mut child =
        place.command("out", &["--quiet", "--commit-ms", "1", "--batch-bytes", "2000"]).spawn().unwrap();
    while !place.path("out/.newsmill/journal").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let there = std::fs::read(place.path("input/b.jsonl")).unwrap();
    for (change, message) in [(None, "differs in files"), (Some("more"), "differs in files")] {
        match change {
            None => std::fs::remove_file(place.path("input/b.jsonl")).unwrap(),
            Some(more) => drop(place.write("input/b.jsonl", [&there[..], more.as_bytes()].concat())),
        }
        let ran = place.run("out", &["--resume"]);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
    place.write("input/b.jsonl", &there);
    place.run_ok("out", &["--resume"]);
    std::fs::remove_dir_all(place.path("input")).unwrap();
    let ran = place.run("out", &["--resume"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("can't find"), "{}", ran.stderr);
}

#[test]
fn a_file_that_vanishes_while_the_run_goes_on_costs_that_file() {
    let place = Place::new();
    place.generate("input/a.jsonl", 60_000, 1);
    place.write("input/b.txt", "The end.");
    place.config(r#"{"kind": "misbehave", "with": {"sleep_ms": 20}}"#, &["articles"]);
    let options =
        ["--quiet", "--workers", "1", "--in-flight", "1", "--batch-bytes", "2000", "--commit-ms", "1"];
    let child = place.command("out", &options).spawn().unwrap();
    while !place.path("out/.newsmill/journal").exists() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    std::fs::remove_file(place.path("input/b.txt")).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    let tables = Tables::read(&place.path("out"));
    assert_eq!(tables.quarantine()[0]["code"], "unreadable");
    assert_eq!(tables.quarantine()[0]["file"], "b.txt");
    assert!(tables.rows("articles.csv").len() > 10);
}

#[test]
fn a_reader_that_has_gone_away_stops_nothing() {
    let place = some_megabytes();
    let whole = place.run_ok("whole", &[]);
    // Progress and the summary find nobody who reads them.
    let mut child = place.command("out", &["--progress", "json"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    whole.assert_same(&Tables::read(&place.path("out")), "without a reader");
    for command in [&["stages", "quotes"][..], &["schema"]] {
        let mut child =
            Command::new(BINARY).args(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{command:?}");
    }
    // A full disk behind it is an error.
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let output = Command::new(BINARY).arg("schema").stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("can't write to stdout"));
    }
}

#[test]
fn one_huge_article_in_the_middle_costs_no_more_memory_than_the_limit() {
    let place = Place::new();
    let (mut peaks, limit) = (Vec::new(), 1 << 20);
    for huge in [0usize, 200_000_000] {
        let mut lines =
            std::io::BufWriter::new(std::fs::File::create(place.write("input/a.jsonl", "")).unwrap());
        let mut table =
            std::io::BufWriter::new(std::fs::File::create(place.write("input/b.csv", "")).unwrap());
        let mut list =
            std::io::BufWriter::new(std::fs::File::create(place.write("input/c.json", "")).unwrap());
        writeln!(table, "id,body").unwrap();
        writeln!(list, "[").unwrap();
        for n in 0..3000 {
            let body = match n {
                1500 => "So said the mayor, at length. ".repeat(huge / 30),
                _ => format!("Article {n}, it said. ").repeat(100),
            };
            writeln!(lines, "{{\"id\": \"a{n}\", \"body\": \"{body}\"}}").unwrap();
            writeln!(table, "b{n},\"{body}\"").unwrap();
            writeln!(list, "{{\"id\": \"c{n}\", \"body\": \"{body}\"}},").unwrap();
        }
        writeln!(list, "{{\"id\": \"c\", \"body\": \"\"}}]").unwrap();
        drop((lines, table, list));
        place.write("input/d.txt", "So said the mayor, at length. ".repeat(huge / 30));
        place.config(r#"{"kind": "tokenize"}"#, &["articles", "sentences"]);
        let options = ["--force", "--workers", "1", "--set", &format!("limits.max_body_bytes={limit}")];
        let tables = place.run_ok("out", &options);
        let lost = if huge > 0 { 4 } else { 0 };
        let codes: Vec<_> = tables.quarantine().iter().map(|l| l["code"].clone()).collect();
        assert_eq!(codes, vec!["too-large"; lost]);
        assert_eq!(tables.rows("articles.csv").len(), 3 * 3000 + 2 - lost);
        peaks.push(report(&place.path("out"))["peak_memory_bytes"].as_u64());
    }
    let (Some(plain), Some(huge)) = (peaks[0], peaks[1]) else { return };
    // A record may be three times as long as its body in UTF-8, and one MiB besides.
    let most = plain + 2 * (3 * limit + (1 << 20));
    assert!(huge <= most, "{plain} bytes without the article, {huge} with it");
}

#[test]
fn what_cannot_stand_beside_each_other_is_told_before_the_run() {
    let place = Place::new();
    place.write("input/a.txt", "One.");
    place.write(
        "config.json",
        r#"{ "input": [{ "files": ["input"] }], "stages": [{ "kind": "tokenize" }, { "kind": "words" }],
             "output": { "parts": 1, "sinks": [
               { "kind": "csv", "table": "articles" },
               { "kind": "csv", "table": "words", "file": "articles/part-00000.csv" } ] } }"#,
    );
    let config = place.path("config.json");
    let ran = newsmill(&["check", config.to_str().unwrap()]);
    assert_eq!(ran.code, Some(2));
    let told =
        "4:51: error: `articles/part-00000.csv` can't stand beside `articles.csv` of the sink on line 3";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}
