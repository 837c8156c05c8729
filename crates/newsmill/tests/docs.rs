//! What the documents say is true: their commands run, their excerpts and columns are those of the tables.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout is there")
}

fn document(name: &str) -> String {
    fs::read_to_string(root().join(name)).expect("the document is there")
}

/// The lines of the blocks marked `sh`.
fn commands(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut commands = Vec::new();
    for line in text.lines().map(str::trim) {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            _ if inside && !line.is_empty() => commands.push(line),
            _ => {}
        }
    }
    commands
}

/// A folder that looks like the checkout to commands and takes their output.
fn workplace() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a temporary folder");
    for name in ["config", "corpus"] {
        std::os::unix::fs::symlink(root().join(name), place.path().join(name)).expect("a link");
    }
    place
}

/// Runs one command of a document; `cargo run` starts the binary that this test was built with.
fn run(command: &str, place: &Path) {
    let words: Vec<&str> = command.split_whitespace().collect();
    let arguments = match words.as_slice() {
        ["cargo", "run", "--release", "--", arguments @ ..] => arguments,
        // This very test run, or a part of it.
        ["cargo", "test", ..] => return,
        _ => panic!("`{command}` isn't a command that this test knows to run; mark the block `console`"),
    };
    let output = Command::new(env!("CARGO_BIN_EXE_newsmill")).args(arguments).current_dir(place).output();
    let output = output.expect("the binary starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{command}` failed: {errors}");
    let quiet = output.stdout.is_empty() && errors.is_empty();
    assert!(!quiet, "`{command}` said nothing");
}

#[test]
fn commands_of_the_readme_run_and_its_tables_are_true() {
    let readme = document("README.md");
    let place = workplace();
    let commands = commands(&readme);
    assert!(commands.len() >= 8, "{commands:?}");
    for command in commands {
        run(command, place.path());
    }
    // All tables, tokens and sentences too.
    run("cargo run --release -- run config/all.json --output out --force", place.path());
    let mut seen = 0;
    for (what, file, rows) in tables(&readme) {
        let text = fs::read_to_string(place.path().join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        seen += 1;
        match what {
            "columns" => {
                let named: Vec<String> =
                    rows[1..].iter().flat_map(|r| r[0].split(", ").map(str::to_owned)).collect();
                let header = text.lines().next().unwrap_or_default();
                assert_eq!(named.join(","), header, "columns of {file}");
            }
            _ => check_excerpt(&file, &text, &rows),
        }
    }
    assert_eq!(seen, 10, "tables of the README that are compared");
}

/// Markdown tables after `<!-- WHAT of FILE -->`: what, file, rows without the rule.
fn tables(text: &str) -> Vec<(&str, String, Vec<Vec<String>>)> {
    let mut tables: Vec<(&str, String, Vec<Vec<String>>)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let marked = line.strip_prefix("<!-- ").and_then(|l| l.strip_suffix(" -->"));
        if let Some((what, file)) = marked.and_then(|m| m.split_once(" of ")) {
            tables.push((what.split(' ').next().unwrap_or_default(), file.to_owned(), Vec::new()));
            inside = true;
        } else if !line.starts_with('|') {
            inside = false;
        } else if let Some((_, _, rows)) = tables.last_mut().filter(|_| inside && !line.starts_with("|--")) {
            let cells = line.trim_matches('|').split('|');
            rows.push(cells.map(|c| c.trim().to_owned()).collect());
        }
    }
    tables
}

/// Every row of an excerpt is a row of the file, by the columns that it shows.
fn check_excerpt(file: &str, text: &str, rows: &[Vec<String>]) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let columns: Vec<usize> = rows[0]
        .iter()
        .map(|name| header.iter().position(|h| h == name).unwrap_or_else(|| panic!("{file} has no {name}")))
        .collect();
    let real: Vec<Vec<String>> = reader
        .records()
        .map(|r| r.expect("a record"))
        .map(|r| columns.iter().map(|&c| r.get(c).unwrap_or_default().to_owned()).collect())
        .collect();
    for row in &rows[1..] {
        assert!(real.contains(row), "{file} has no such row as the README shows: {row:?}");
    }
}

#[test]
fn commands_of_the_guide_are_known() {
    let guide = document("CONTRIBUTING.md");
    let commands = commands(&guide);
    assert!(!commands.is_empty());
    for command in commands {
        run(command, &root());
    }
}

/// So that it is true: it holds there.
#[test]
fn case_of_the_guide_is_one_of_the_example_stage() {
    let guide = document("CONTRIBUTING.md");
    let cases = root().join("crates/newsmill-example-stage/tests/cases");
    let case = fs::read_to_string(cases.join("min_letters.case")).expect("the case is there");
    let unindented: String = guide.lines().map(|l| format!("{}\n", l.trim_start())).collect();
    let body = case.split_once("== article").map(|(_, body)| body.trim()).expect("a case has an article");
    assert!(unindented.contains(body), "the guide shows another case than {body}");
}

/// The first block of a language in a document.
fn block<'t>(text: &'t str, language: &str) -> &'t str {
    let begin = format!("```{language}\n");
    text.split_once(&*begin).and_then(|(_, rest)| rest.split_once("```")).expect("the block is there").0
}

#[test]
fn the_python_stage_of_the_guide_runs() {
    let guide = document("docs/extending.md");
    let place = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| fs::write(place.path().join(name), text).expect("it can be written");
    write("newsmill_stage.py", &document("python/newsmill_stage.py"));
    write("shouting.py", block(&guide, "python"));
    write("config.json", block(&guide, "jsonc"));
    fs::create_dir(place.path().join("articles")).expect("a folder");
    write("articles/a.txt", "“WE WON’T GO,” the NATO spokesman of ÖSTERREICH shouted. BREAKING news.");
    run("cargo run --release -- run config.json", place.path());
    let shouts = fs::read_to_string(place.path().join("out/shouts.csv")).expect("a table");
    let expected = "article_id,letters,field,start_char,end_char,text\na.txt,8,body,57,65,BREAKING\n";
    assert_eq!(shouts, expected);
}
