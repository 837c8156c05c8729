//! The formats of outputs: the same rows in all of them.

use std::io::Read;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};

use crate::support::{Place, report};

fn config(place: &Place, sinks: &str) {
    place.write(
        "config.json",
        format!(
            r#"{{ "input": [{{ "files": ["input"] }}], "stages": [{{"kind": "tokenize"}}, {{"kind": "lengths"}},
                {{"kind": "words"}}], "output": {{ "sinks": [{sinks}] }} }}"#
        ),
    );
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A cell of a CSV file, of the same type as the JSON value beside it.
fn typed(cell: &str, like: &Value) -> Value {
    match like {
        _ if cell.is_empty() => Value::Null,
        Value::Number(_) => serde_json::from_str(cell).unwrap(),
        Value::Bool(_) => json!(cell == "true"),
        _ => json!(cell),
    }
}

#[test]
fn json_lines_hold_the_rows_of_the_csv() {
    let place = Place::new();
    place.generate("input/a.jsonl", 100_000, 1);
    place.write(
        "input/odd.jsonl",
        r#"{"id": "\u0007\"q\"", "title": "a\\b", "body": "Two\nlines. Ünïcode 😀 \t."}"#,
    );
    let tables = ["articles", "sentences", "tokens", "words", "lengths"];
    let sinks: Vec<String> = tables
        .iter()
        .flat_map(|t| ["csv", "jsonl"].map(|kind| format!(r#"{{"kind": "{kind}", "table": "{t}"}}"#)))
        .collect();
    config(&place, &sinks.join(","));
    let out = place.run_ok("out", &[]);
    for table in tables {
        let rows = objects(out.text(&format!("{table}.jsonl")));
        let expected = out.rows(&format!("{table}.csv"));
        assert_eq!(rows.len(), expected.len(), "{table}");
        assert!(rows.len() > 20, "{table}");
        let header = out.text(&format!("{table}.csv")).lines().next().unwrap();
        assert_eq!(rows[0].as_object().unwrap().len(), header.split(',').count());
        for (row, expected) in rows.iter().zip(&expected) {
            for (key, cell) in expected {
                assert_eq!(row[key], typed(cell, &row[key]), "{table}, {key}: {row}");
            }
        }
    }
}

#[test]
fn an_article_holds_the_rows_of_its_tables() {
    let place = Place::new();
    place.write(
        "input/a.jsonl",
        "{\"id\": \"1\", \"title\": \"T\", \"body\": \"A b. Cé.\"}\n{\"id\": \"2\", \"body\": \"\"}",
    );
    config(
        &place,
        r#"{"kind": "jsonl", "nest": ["sentences", "lengths"], "context": 2, "file": "all.jsonl"}"#,
    );
    let rows = objects(place.run_ok("out", &[]).text("all.jsonl"));
    assert_eq!((&rows[0]["article_id"], &rows[0]["title"]), (&json!("1"), &json!("T")));
    assert_eq!(
        rows[0]["sentences"][2],
        json!({ "sentence": 2, "field": "body", "start_char": 5, "end_char": 8, "text": "Cé.", "bytes": 4, "first": "C",
            "first_start_char": 5, "first_end_char": 6, "before": ". ", "after": null })
    );
    assert_eq!(rows[0]["lengths"].as_array().unwrap().len(), 3);
    assert_eq!(rows[0]["lengths"][0]["bytes"], 1);
    assert_eq!((&rows[1]["sentences"], &rows[1]["tokens"]), (&json!([]), &json!(0)));
}

#[test]
fn context_stays_inside_the_field_and_formulas_are_neutralized() {
    let place = Place::new();
    place.write("input/a.jsonl", r#"{"id": "=1", "title": "-Tü", "body": "Één two. +3"}"#);
    config(
        &place,
        r#"{"kind": "csv", "table": "tokens", "context": 3, "neutralize_formulas": true},
           {"kind": "csv", "table": "texts"}"#,
    );
    let tables = place.run_ok("out", &[]);
    assert_eq!(tables.text("texts.csv"), "article_id,title,body\n=1,-Tü,Één two. +3\n");
    let tokens = tables.rows("tokens.csv");
    let of = |text: &str| {
        let row = tokens.iter().find(|r| r["text"] == text).unwrap_or_else(|| panic!("{text} in {tokens:?}"));
        (row["before"].as_str(), row["after"].as_str())
    };
    assert_eq!(of("Tü"), ("'-", ""));
    assert_eq!(of("Één"), ("", " tw"));
    assert_eq!(of("two"), ("én ", ". +"));
    assert!(tokens.iter().all(|r| r["article_id"] == "'=1"));
}

#[test]
fn what_a_sink_cannot_do_is_told() {
    let place = Place::new();
    place.write("input/a.txt", "x");
    for (sink, message) in [
        (
            r#"{"kind": "jsonl", "table": "tokens", "nest": ["sentences"]}"#,
            "`tokens` can't hold other tables",
        ),
        (r#"{"kind": "jsonl", "nest": ["words"]}"#, "`words` is a table of the whole run"),
        (r#"{"kind": "jsonl", "nest": ["sentence"]}"#, "did you mean `sentences`?"),
        (
            r#"{"kind": "csv", "table": "articles", "context": 5}"#,
            "rows of `articles` have no place in the text",
        ),
        (r#"{"kind": "csv", "table": "articles", "file": "a.partial"}"#, "not one that ends in `.partial`"),
    ] {
        config(&place, sink);
        let ran = place.run("out", &[]);
        assert_eq!(ran.code, Some(2));
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
}

/// Any number of members or frames.
fn decompressed(name: &str, bytes: &[u8]) -> String {
    let mut text = String::new();
    match name.rsplit_once('.').unwrap().1 {
        "gz" => flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap(),
        "zst" => zstd::stream::read::Decoder::new(bytes).unwrap().read_to_string(&mut text).unwrap(),
        other => panic!("{other}"),
    };
    text
}

#[test]
fn compressed_tables_hold_the_same_bytes_however_the_run_went() {
    let place = Place::new();
    place.generate("input/a.jsonl", 2_500_000, 1);
    let sinks = r#"{"kind": "csv", "table": "articles"}, {"kind": "csv", "table": "tokens"},
        {"kind": "jsonl", "table": "words"}, {"kind": "jsonl", "nest": ["sentences"]}"#;
    config(&place, sinks);
    let plain = place.run_ok("plain", &[]);
    for (compression, ending) in [("gzip", ".gz"), ("zstd", ".zst")] {
        let set = format!("output.compression={compression}");
        let first = place.run_ok("first", &["--force", "--set", &set, "--workers", "1"]);
        for name in ["articles.csv", "tokens.csv", "words.jsonl", "articles.jsonl"] {
            let bytes = &first.0[&format!("{name}{ending}")];
            assert_eq!(decompressed(ending, bytes), plain.text(name), "{name}{ending}");
            assert!(bytes.len() * 2 < plain.0[name].len(), "{name}{ending}");
        }
        let other = ["--force", "--set", &set, "--workers", "3", "--batch-bytes", "3000", "--commit-ms", "1"];
        place.run_ok("again", &other).assert_same(&first, &set);
    }
    place.write("input/a.jsonl", "nonsense\n");
    place.write("input/b.jsonl", "{\"body\": \"\"}\n");
    let tables = place.run_ok("none", &["--set", "output.compression=gzip"]);
    assert_eq!(decompressed(".gz", &tables.0["tokens.csv.gz"]).lines().count(), 1);
    assert_eq!(decompressed(".gz", &tables.0["words.jsonl.gz"]), "");
}

#[test]
fn parts_are_whole_tables_of_so_many_articles() {
    let place = Place::new();
    place.generate("input/a.jsonl", 300_000, 1);
    config(
        &place,
        r#"{"kind": "csv", "table": "articles"}, {"kind": "csv", "table": "tokens", "file": "deep/tokens.csv.gz"},
           {"kind": "csv", "table": "words"}"#,
    );
    let plain = place.run_ok("plain", &[]);
    let parts = place.run_ok("parts", &["--set", "output.parts=10", "--workers", "1"]);
    let rows: Vec<_> = plain.text("articles.csv").lines().collect();
    let (header, rows) = rows.split_first().unwrap();
    assert!(rows.len() > 30);
    for (i, expected) in rows.chunks(10).enumerate() {
        let part: Vec<_> = parts.text(&format!("articles/part-{i:05}.csv")).lines().collect();
        assert_eq!((part[0], &part[1..]), (*header, expected));
        assert!(parts.0.contains_key(&format!("deep/tokens/part-{i:05}.csv.gz")));
    }
    let count = parts.names().iter().filter(|n| n.starts_with("articles/")).count();
    assert_eq!(count, rows.len().div_ceil(10));
    assert_eq!(parts.text("words.csv"), plain.text("words.csv"));
    let other = [
        "--force",
        "--set",
        "output.parts=10",
        "--workers",
        "3",
        "--batch-bytes",
        "3000",
        "--commit-ms",
        "1",
    ];
    place.run_ok("again", &other).assert_same(&parts, "parts");
    // Another run leaves nothing of this one.
    let whole = place.run_ok("parts", &["--force"]);
    whole.assert_same(&plain, "whole");
    assert!(!place.path("parts/articles").exists());
}

/// Rows of a Parquet file as a CSV file has them.
pub fn parquet_rows(bytes: &[u8]) -> Vec<std::collections::BTreeMap<String, String>> {
    let file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut &file, bytes).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let cell = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Str(s) => s.clone(),
        Field::Long(n) => n.to_string(),
        Field::Float(x) => x.to_string(),
        Field::Bool(b) => b.to_string(),
        other => panic!("{other:?}"),
    };
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().get_column_iter().map(|(name, f)| (name.clone(), cell(f))).collect())
        .collect()
}

#[test]
fn parquet_holds_the_rows_of_the_csv() {
    let place = Place::new();
    place.generate("input/a.jsonl", 400_000, 1);
    let tables = ["articles", "sentences", "tokens", "words"];
    let sinks: Vec<String> = tables
        .iter()
        .flat_map(|t| ["csv", "parquet"].map(|kind| format!(r#"{{"kind": "{kind}", "table": "{t}"}}"#)))
        .collect();
    config(&place, &sinks.join(","));
    let out = place.run_ok("out", &["--workers", "1"]);
    for table in tables {
        let rows = parquet_rows(&out.0[&format!("{table}.parquet")]);
        assert!(rows.len() > 50);
        assert!(rows == out.rows(&format!("{table}.csv")), "{table}");
    }
    let other = ["--force", "--workers", "3", "--batch-bytes", "3000", "--commit-ms", "1"];
    place.run_ok("out", &other).assert_same(&out, "parquet");
    let parts = place.run_ok("parts", &["--set", "output.parts=30", "--set", "output.compression=gzip"]);
    let of_parts: Vec<_> = (0..)
        .map_while(|i| parts.0.get(&format!("tokens/part-{i:05}.parquet")))
        .flat_map(|b| parquet_rows(b))
        .collect();
    assert!(of_parts == out.rows("tokens.csv"));
}

/// `lengths` is a layer of a stage that newsmill doesn't ship, and no output knows of it.
#[test]
fn a_layer_of_ones_own_is_in_every_output_and_in_the_report_by_name() {
    let place = Place::new();
    place.write("input/a.txt", "Één sentence. Another one here.");
    let sinks =
        ["csv", "jsonl", "parquet"].map(|kind| format!(r#"{{"kind": "{kind}", "table": "lengths"}}"#));
    config(&place, &format!(r#"{}, {{"kind": "jsonl", "nest": ["lengths"]}}"#, sinks.join(",")));
    let out = place.run_ok("out", &[]);
    let rows = out.rows("lengths.csv");
    assert_eq!(rows.iter().map(|row| &*row["bytes"]).collect::<Vec<_>>(), ["15", "17"]);
    assert_eq!(parquet_rows(&out.0["lengths.parquet"]), rows);
    let lengths = objects(out.text("lengths.jsonl"));
    assert_eq!(lengths.iter().map(|row| &row["bytes"]).collect::<Vec<_>>(), [15, 17]);
    assert_eq!(objects(out.text("articles.jsonl"))[0]["lengths"][1]["bytes"], 17);

    let report = report(&place.path("out"));
    assert_eq!(report["fingerprint"]["versions"]["lengths"], 1);
    let names = |list: &str, member: &str| -> Vec<String> {
        let all = report["plan"].get(list).unwrap_or(&report[list]).as_array().unwrap();
        all.iter().map(|entry| entry[member].as_str().unwrap().to_owned()).collect()
    };
    assert!(names("layers", "name").contains(&"lengths".to_owned()), "{report:#}");
    assert!(names("stages", "id").contains(&"lengths".to_owned()), "{report:#}");
    for file in ["lengths.csv", "lengths.jsonl", "lengths.parquet"] {
        assert!(names("outputs", "file").contains(&file.to_owned()), "{report:#}");
    }
}
