//! Broken configs: each has its message, with line and column. `tests/configs/NAME.json` is the config,
//! `NAME.expected` what stderr says; `NEWSMILL_UPDATE=1` rewrites the latter, and the review is the diff.

use std::path::PathBuf;

use crate::support::{newsmill, root};

#[test]
fn every_broken_config_has_its_message() {
    let folder = root().join("tests/configs");
    let mut configs: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    configs.sort();
    assert!(configs.len() >= 15, "{} configs", configs.len());
    let mut wrong = Vec::new();
    for config in configs {
        let ran = newsmill(&["check", config.to_str().unwrap()]);
        let said = ran.stderr.replace(&format!("{}/", folder.display()), "");
        let expected = config.with_extension("expected");
        if update() {
            std::fs::write(&expected, &said).unwrap();
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        if ran.code != Some(2) || said != wanted {
            let name = config.file_name().unwrap().display();
            wrong.push(format!("{name} (exit {:?})\n--- expected\n{wanted}--- said\n{said}", ran.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the tests")]
fn update() -> bool {
    std::env::var("NEWSMILL_UPDATE").is_ok()
}

#[test]
fn overrides_are_checked_like_the_config() {
    let config = root().join("config/news.json");
    let check = |more: &[&str]| {
        let mut arguments = vec!["check", config.to_str().unwrap()];
        arguments.extend(more);
        newsmill(&arguments)
    };
    assert_eq!(check(&[]).code, Some(0));
    for (arguments, expected) in [
        (
            &["--set", "qoutes.scope=all"][..],
            "--set qoutes.scope=all: error: no stage has the id `qoutes`; did you mean `quotes`?",
        ),
        (
            &["--set", "limits.max_body_byte=5"],
            "--set limits.max_body_byte=5: error: unknown key \"max_body_byte\"; did you mean \"max_body_bytes\"?",
        ),
        (&["--set", "output.offsets=bytes"], "unknown value \"bytes\"; did you mean \"byte\"?"),
        (&["--set", "nonsense"], "expected ID.OPTION=VALUE"),
        (&["--input", "nowhere.txt"], "--input: error: can't find"),
        (&["--output", ""], "--output: error: the output directory's name is empty"),
    ] {
        let ran = check(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(ran.stderr.contains(expected), "{arguments:?}: {}", ran.stderr);
    }
}

/// A full disk is an error, a reader that has gone away isn't.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_is_an_error() {
    use std::process::{Command, Stdio};
    let run = |stdout: Stdio| {
        Command::new(crate::support::BINARY)
            .arg("schema")
            .stdout(stdout)
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    };
    let full = run(std::fs::File::options().write(true).open("/dev/full").unwrap().into());
    assert_eq!(full.status.code(), Some(1));
    assert!(String::from_utf8(full.stderr).unwrap().contains("can't write to stdout"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let broken = run(writer.into());
    assert_eq!((broken.status.code(), broken.stderr), (Some(0), Vec::new()));
}

#[test]
fn commands_describe_what_there_is() {
    let stages = newsmill(&["stages"]);
    assert!(stages.stdout.contains("tokenize"), "{}", stages.stdout);
    let one = newsmill(&["stages", "csv"]);
    assert!(one.stdout.contains("format; its options"), "{}", one.stdout);
    assert!(one.stdout.contains("sink; its options"), "{}", one.stdout);
    assert!(one.stdout.contains("neutralize_formulas: boolean"), "{}", one.stdout);
    assert!(newsmill(&["stages", "tokenise"]).stderr.contains("did you mean `tokenize`?"));
    let schema: serde_json::Value = serde_json::from_str(&newsmill(&["schema"]).stdout).unwrap();
    assert_eq!(schema["title"], "newsmill config");
    let config = root().join("config/news.json");
    let plan = newsmill(&["plan", config.to_str().unwrap()]);
    assert!(plan.stdout.contains("entities.csv  (one row a key, for the whole run)"), "{}", plan.stdout);
    assert_eq!(newsmill(&["nonsense"]).code, Some(2));
    let swallowed = newsmill(&["run", "--input", "a.jsonl", "my.json"]);
    assert_eq!(swallowed.code, Some(2));
    assert!(swallowed.stderr.contains("put the config first: newsmill run my.json"), "{}", swallowed.stderr);
}
