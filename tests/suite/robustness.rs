//! Hostile input: everything that can be taken is taken, everything else is told.

use crate::support::{Place, Tables, newsmill, report, root, shared};

fn run(place: &Place, out: &str, input: &std::path::Path) -> Tables {
    let config = place.path("config.json");
    let out = place.path(out);
    let arguments =
        ["run", config.to_str().unwrap(), "--output", out.to_str().unwrap(), "--check-layers", "--input"];
    let mut arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(|a| a.as_ref()).collect();
    arguments.push(input.as_os_str());
    let ran = newsmill(&arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    Tables::read(&out)
}

#[test]
fn every_odd_input_has_the_verdict_that_is_written_down() {
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let odd = root().join("corpus/odd");
    let tables = run(&place, "out", &odd);
    let expected: Vec<serde_json::Value> = std::fs::read_to_string(odd.join("expected.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut wanted: Vec<(String, u64, String)> = expected
        .iter()
        .filter(|e| e["verdict"] == "quarantined")
        .map(|e| {
            let text = |key: &str| e[key].as_str().unwrap().to_owned();
            (text("file"), e["line"].as_u64().unwrap(), text("reason"))
        })
        .collect();
    let mut seen: Vec<(String, u64, String)> = tables
        .quarantine()
        .iter()
        .map(|l| {
            let text = |key: &str| l[key].as_str().unwrap().to_owned();
            (text("file"), l["line"].as_u64().unwrap_or(0), format!("{}/{}", text("stage"), text("code")))
        })
        // It lies in the folder too and is read as articles without bodies.
        .filter(|(file, ..)| file != "expected.jsonl")
        .collect();
    wanted.sort();
    seen.sort();
    // Nothing about lines is known of whole files; the verdicts have 1 there.
    let line = |(file, line, reason): &(String, u64, String)| match file.ends_with(".parquet") {
        true => (file.clone(), 0, reason.clone()),
        false => (file.clone(), *line, reason.clone()),
    };
    assert_eq!(seen.iter().map(line).collect::<Vec<_>>(), wanted.iter().map(line).collect::<Vec<_>>());
    let ok = expected.iter().filter(|e| e["verdict"] == "ok").count();
    assert_eq!(tables.rows("articles.csv").len(), ok);
}

#[test]
fn nasty_json_lines_have_their_verdicts() {
    let Some(nasty) = shared("corpora/nasty/bad.jsonl") else { return };
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    let tables = run(&place, "out", &nasty);
    let bad: Vec<u64> = tables.quarantine().iter().map(|l| l["line"].as_u64().unwrap()).collect();
    // Line 18 has the key `body` twice, 39 a byte order mark in the middle: both may be refused.
    assert_eq!(bad, [3, 4, 8, 9, 10, 13, 14, 17, 18, 26, 27, 38, 39]);
    assert_eq!(report(&place.path("out"))["counts"]["duplicate_ids"], 1);
    let rows = tables.rows("articles.csv");
    assert_eq!(rows.len(), 40 - 2 - bad.len());
    let of =
        |id: &str| rows.iter().find(|r| r["article_id"] == id).unwrap_or_else(|| panic!("no article {id}"));
    assert_eq!(rows[0]["article_id"], "n00");
    assert_eq!(of("n08")["chars"], "0");
    assert_eq!(of("n17")["date"], "");
    assert_eq!(of("n17")["date_raw"], "yesterday");
    assert!(rows.iter().all(|r| r["language"].chars().all(|c| !c.is_uppercase())));
    assert!(
        rows.iter().any(|r| r["article_id"].starts_with("1234567890")),
        "an id beyond 53 bits keeps its digits"
    );
}

#[test]
fn nasty_text_files_have_their_verdicts() {
    let Some(nasty) = shared("corpora/nasty/txt") else { return };
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let tables = run(&place, "out", &nasty);
    let bad: Vec<String> =
        tables.quarantine().iter().map(|l| l["file"].as_str().unwrap().to_owned()).collect();
    let expected = ["binary.txt", "cp1251.txt", "cp1252.txt", "cut_in_character.txt", "invalid_utf8.txt"];
    assert_eq!(bad, expected);
    let rows = tables.rows("articles.csv");
    let hash = |id: &str| rows.iter().find(|r| r["article_id"] == id).unwrap()["hash"].clone();
    for same in ["utf8_bom.txt", "utf16be_bom.txt", "utf16le_bom.txt"] {
        assert_eq!(hash("utf8.txt"), hash(same), "{same}");
    }
    assert_eq!(hash("utf8.txt"), hash("name with spaces & ünïcode’s.txt"));
    assert!(!rows.iter().any(|r| r["article_id"] == ".hidden.txt"));
    assert_eq!(rows.len(), 17);
}

#[test]
fn nasty_text_files_are_told_or_guessed_or_mended() {
    let Some(nasty) = shared("corpora/nasty/txt") else { return };
    let place = Place::new();
    place.config("", &["articles"]);
    let with = |set: &str, file: &str| {
        let out = place.path("out");
        let input = nasty.join(file);
        let config = place.path("config.json");
        let arguments =
            ["run", config.to_str().unwrap(), "--output", out.to_str().unwrap(), "--force", "--set", set];
        let mut arguments = arguments.to_vec();
        arguments.extend(["--input", input.to_str().unwrap()]);
        let ran = newsmill(&arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let row = Tables::read(&out).rows("articles.csv").remove(0);
        (row["hash"].clone(), row["status"].clone())
    };
    let (hash, status) = with("input.encoding=detect", "utf8.txt");
    assert_eq!(status, "ok");
    assert_eq!(with("input.encoding=windows-1252", "cp1252.txt"), (hash.clone(), "ok".to_owned()));
    assert_eq!(
        with("input.encoding=detect", "cp1252.txt"),
        (hash, "ok; input: read as windows-1252".to_owned())
    );
    assert_eq!(with("input.encoding=detect", "cp1251.txt").1, "ok; input: read as windows-1251");
    assert!(with("input.invalid=replace", "invalid_utf8.txt").1.contains("invalid sequences replaced"));
    let (_, status) = with("input.invalid=replace", "cut_in_character.txt");
    assert_eq!(status, "ok; input: 1 invalid sequence replaced");
}

/// Through the whole shipped pipeline.
#[test]
fn the_shipped_pipeline_survives_everything() {
    let place = Place::new();
    let config = root().join("config/all.json");
    let mut inputs = vec![root().join("corpus/odd")];
    inputs.extend(shared("corpora/nasty/bad.jsonl"));
    inputs.extend(shared("corpora/nasty/txt"));
    let out = place.path("out");
    let mut arguments =
        vec!["run", config.to_str().unwrap(), "--output", out.to_str().unwrap(), "--check-layers", "--input"];
    arguments.extend(inputs.iter().map(|i| i.to_str().unwrap()));
    let ran = newsmill(&arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for line in Tables::read(&out).quarantine() {
        assert!(line["stage"] == "decode" || line["stage"] == "read", "{}", line["message"]);
    }
}

#[test]
fn an_output_directory_that_holds_an_input_is_refused_and_nothing_in_it_is_touched() {
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    let folder = place.path("news");
    std::fs::create_dir(&folder).unwrap();
    let article = "{\"id\":\"1\",\"body\":\"x\"}\n";
    std::fs::write(folder.join("quarantine.jsonl"), article).unwrap();
    let (config, folder_text) = (place.path("config.json"), folder.to_str().unwrap().to_owned());
    let config = config.to_str().unwrap();
    for how in ["--force", "--resume"] {
        let ran = newsmill(&["run", config, "--input", &folder_text, "--output", &folder_text, how]);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains("lies in the output directory"), "{}", ran.stderr);
        assert_eq!(std::fs::read_to_string(folder.join("quarantine.jsonl")).unwrap(), article);
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_do_not_stop_a_run() {
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    let folder = place.path("news");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.txt"), "One article.").unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("loop")).unwrap();
    std::os::unix::fs::symlink(folder.join("nothing"), folder.join("b.txt")).unwrap();
    let tables = run(&place, "out", &folder);
    assert_eq!(tables.rows("articles.csv").len(), 1);
}
