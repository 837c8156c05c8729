//! `newsmill gazetteer` as a user types it.

use std::path::PathBuf;
use std::process::{Command, Output};

fn newsmill(folder: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsmill"));
    command.current_dir(folder).arg("gazetteer").args(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder(name: &str, files: &[(&str, &str)]) -> String {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a folder for the test");
    for (file, text) in files {
        std::fs::write(dir.join(file), text).expect("a file for the test");
    }
    dir.to_str().expect("a path in UTF-8").to_owned()
}

const LIST: &str =
    "entity_id,type,name,alias,flags,prior\nx:1,place,New Zealand,New Zealand|NZ,,5\nx:2,place,Moscow,,,9\n";

#[test]
fn a_list_is_compiled_checked_and_asked() {
    let dir = folder("gazetteer-build", &[("a.csv", LIST)]);
    let built = newsmill(&dir, &["build", "a.nmg", "a.csv"]);
    assert!(text(&built.stdout).starts_with("a.nmg: 2 entities, 3 names, "), "{built:?}");
    let found = newsmill(&dir, &["find", "New Zeleand", "a.nmg"]);
    assert_eq!(
        text(&found.stdout),
        "New Zealand (2 letters off)\n  x:1 New Zealand (place), prior 5\n    a.csv:2\n"
    );
    assert_eq!(text(&newsmill(&dir, &["check", "a.nmg"]).stdout), "2 entities, 3 names, 0 warnings\n");
    std::fs::write(format!("{dir}/a.csv"), LIST.replace("NZ", "N.Z.")).expect("a file for the test");
    let stale = text(&newsmill(&dir, &["check", "a.nmg"]).stderr);
    assert!(stale.contains("stale: its source a.csv has changed since"), "{stale}");
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let dir = folder(
        "gazetteer-wrong",
        &[("a.csv", "entity_id,type,name,flags\nx:1,place,Moscow,exakt\n"), ("b.nmg", "no")],
    );
    for (args, code, expected) in [
        (["check", "a.csv"], 2, "error: a.csv:2: unknown flag `exakt`; did you mean `exact`?"),
        (["check", "none.csv"], 2, "error: can't read none.csv"),
        (["check", "b.nmg"], 1, "error: b.nmg: not a compiled name list"),
    ] {
        let told = newsmill(&dir, &args);
        assert_eq!(told.status.code(), Some(code), "{told:?}");
        assert!(text(&told.stderr).starts_with(expected), "{told:?}");
    }
}

#[test]
fn a_dump_becomes_a_list() {
    let line = "2643743\tLondon\tLondon\tLondres\t51.5\t-0.12\tP\tPPLC\tGB\t\tENG\t\t\t\t8961989\t\t25\tEurope/London\t2024\n";
    let dir = folder("gazetteer-import", &[("GB.txt", line)]);
    let told = newsmill(&dir, &["import", "geonames", "GB.txt", "gb.csv"]);
    assert_eq!(text(&told.stdout), "gb.csv: 1 entities of 1 records, 0 malformed\n", "{told:?}");
    assert!(
        text(&newsmill(&dir, &["find", "londres", "gb.csv"]).stdout)
            .contains("geonames:2643743 London (place, capital, GB)")
    );
}
