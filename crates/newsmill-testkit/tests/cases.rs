//! Case files: what agrees passes, what differs is shown, and updating rewrites only the expectations.

use std::fs;
use std::path::{Path, PathBuf};

use newsmill_core::Registry;
use newsmill_testkit::check::{Mode, check_dir_with};
use newsmill_testkit::{GivenMentions, GivenTokens, check_dir};

const CONFIG: &str = r#"[
    { "kind": "given-tokens" },
    { "kind": "given-mentions", "with": { "names": { "Moscow": "place", "Dong": "person: Dong Jun" } } }
]"#;

fn registry() -> Registry {
    Registry::new().with::<GivenTokens>().with::<GivenMentions>()
}

/// A folder of this test's own with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("the target folder is writable");
    for (file, text) in files {
        fs::write(dir.join(file), text).expect("the target folder is writable");
    }
    dir
}

#[test]
fn cases_of_the_folder_hold() {
    check_dir("tests/cases", &registry(), CONFIG);
}

const WRONG: &str = "about: x\n== article\nDong left Moscow.\n\n== mentions\nDong | person | Dong Jun\nMoscow | person\n\n== sentences\nDong left Moscow .\n";

#[test]
fn a_difference_names_file_line_and_section() {
    let dir = folder("difference", &[("wrong.case", WRONG)]);
    let message = check_dir_with(&dir, &registry(), CONFIG, Mode::Compare).unwrap_err();
    let file = dir.join("wrong.case").display().to_string();
    let expected = format!(
        "{file}: 5: == mentions (2 expected, 2 found)\n    Dong | person | Dong Jun\n  - Moscow | person |\n  + Moscow | place | Moscow\n"
    );
    assert!(message.ends_with(&expected), "{message}");
}

#[test]
fn updating_keeps_the_text_and_the_columns() {
    let dir = folder("update", &[("wrong.case", WRONG)]);
    check_dir_with(&dir, &registry(), CONFIG, Mode::Update).unwrap();
    let updated = fs::read_to_string(dir.join("wrong.case")).unwrap();
    assert_eq!(updated, WRONG.replace("Moscow | person", "Moscow | place | Moscow"));
    assert_eq!(check_dir_with(&dir, &registry(), CONFIG, Mode::Compare), Ok(1));
}

#[test]
fn tables_are_compared_by_the_columns_that_the_case_names() {
    let case = "== article\nDong left.\n\n== entities\nname | mentions\nDong Jun | 1\n";
    let dir = folder("columns", &[("a.case", case)]);
    assert_eq!(check_dir_with(&dir, &registry(), CONFIG, Mode::Compare), Ok(1));
    let dir = folder("columns", &[("a.case", &case.replace("| 1", "| 2"))]);
    let message = check_dir_with(&dir, &registry(), CONFIG, Mode::Compare).unwrap_err();
    assert!(message.contains("== entities (1 expected, 1 found)"), "{message}");
}

#[test]
fn a_section_that_no_stage_writes_is_an_error() {
    let dir = folder("no-layer", &[("a.case", "== article\nx\n== qoutes\n")]);
    let message = check_dir_with(&dir, &registry(), CONFIG, Mode::Compare).unwrap_err();
    assert!(message.contains("no stage writes a layer `qoutes`"), "{message}");
}

#[test]
fn a_folder_without_cases_is_an_error() {
    let dir = folder("empty", &[("README.md", "nothing")]);
    assert!(check_dir_with(&dir, &registry(), CONFIG, Mode::Compare).unwrap_err().contains("no case file"));
}
