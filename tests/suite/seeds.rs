//! What fuzzing found worth keeping goes through the parsers in every run of the tests, on a stable toolchain.

#[path = "../../fuzz/src/lib.rs"]
mod checks;

use crate::support::root;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = root().join("fuzz/seeds").join(target);
    let mut seeds = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let data = std::fs::read(&path).unwrap();
        // The name of the seed stands in the message of whatever fails.
        let seen = std::panic::catch_unwind(|| check(&data));
        assert!(seen.is_ok(), "{} fails", path.display());
        seeds += 1;
    }
    assert!(seeds > 5, "{} has {seeds} seeds", folder.display());
}

#[test]
fn seeds_of_json_lines_are_read_the_same_in_any_pieces() {
    replay("jsonl", checks::jsonl);
}

#[test]
fn seeds_of_json_files_are_read_the_same_in_any_pieces() {
    replay("json", checks::json);
}

#[test]
fn seeds_of_tables_are_read_the_same_in_any_pieces() {
    replay("csv", checks::csv);
}

#[test]
fn seeds_of_web_archives_are_read_the_same_in_any_pieces() {
    replay("warc", checks::warc);
}

#[test]
fn seeds_of_journals_are_good_up_to_their_last_whole_line() {
    replay("journal", checks::journal);
}

#[test]
fn seeds_of_configs_are_read_or_refused_with_a_place() {
    replay("config", checks::config);
}
