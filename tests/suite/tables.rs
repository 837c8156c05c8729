//! The tables are a public contract: columns are only ever appended.

use std::fmt::Write;

use crate::support::{Place, Tables, newsmill, root};

/// Every table of `config/all.json` over two articles.
fn tables(place: &Place, more: &[&str]) -> Tables {
    let input = place.write(
        "two.jsonl",
        concat!(
            r#"{"id": "one", "title": "Russia’s “plan”", "date": "14 Oct. 2025", "source": "Wire", "language": "EN", "#,
            r#""body": "“The plan is dead, 😀” President Vladimir Putin said in Moscow on Tuesday. "#,
            r#"Putin denied that China had agreed.\n\nAnalysts said that the “so-called” deal, a first, had failed."}"#,
            "\n",
            r#"{"id": "two, with a comma", "url": "https://example.org/2", "body": "Nobody \"spoke\"."}"#
        ),
    );
    let config = root().join("config/all.json");
    let out = place.path("out");
    let mut arguments = vec!["run", config.to_str().unwrap(), "--force", "--output", out.to_str().unwrap()];
    arguments.extend(more);
    arguments.extend(["--input", input.to_str().unwrap()]);
    let ran = newsmill(&arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    Tables::read(&out)
}

#[test]
fn columns_are_those_of_the_contract() {
    let tables = tables(&Place::new(), &[]);
    let mut seen = String::new();
    for name in tables.names().iter().filter(|n| n.ends_with(".csv")) {
        writeln!(seen, "{name}: {}", tables.text(name).lines().next().unwrap().replace(',', ", ")).unwrap();
    }
    let expected = std::fs::read_to_string(root().join("tests/columns.txt")).unwrap();
    assert_eq!(seen, expected, "tables_version in run.json must be raised when columns are appended");
}

/// Wherever a row has offsets, its text is exactly that slice of its field.
#[test]
fn text_is_the_slice_that_the_offsets_say() {
    let place = Place::new();
    let body = "“The plan is dead, 😀” President Vladimir Putin said in Moscow on Tuesday. Putin denied that China had \
                agreed.\n\nAnalysts said that the “so-called” deal, a first, had failed.";
    let title = "Russia’s “plan”";
    for unit in ["char", "byte", "utf16"] {
        let tables = tables(&place, &["--set", &format!("output.offsets={unit}")]);
        let slice = |text: &str, start: usize, end: usize| match unit {
            "byte" => text[start..end].to_owned(),
            "char" => text.chars().skip(start).take(end - start).collect(),
            _ => String::from_utf16(&text.encode_utf16().collect::<Vec<_>>()[start..end]).unwrap(),
        };
        let mut checked = 0;
        for name in ["tokens.csv", "sentences.csv", "mentions.csv", "quote_parts.csv"] {
            for row in tables.rows(name).iter().filter(|r| r["article_id"] == "one") {
                let at = |column: &str| row[&format!("{column}_{unit}")].parse::<usize>().unwrap();
                let field = if row["field"] == "title" { title } else { body };
                assert_eq!(slice(field, at("start"), at("end")), row["text"], "{name} {row:?}");
                checked += 1;
            }
        }
        for row in tables.rows("quotes.csv").iter().filter(|r| r["article_id"] == "one") {
            for column in ["cue", "speaker"] {
                let at = |end: &str| row[&format!("{column}_{end}_{unit}")].parse::<usize>();
                if let (Ok(start), Ok(end)) = (at("start"), at("end")) {
                    assert_eq!(slice(body, start, end), row[column], "{row:?}");
                    checked += 1;
                }
            }
        }
        assert!(checked > 30, "{checked} rows");
    }
}

#[test]
fn articles_say_what_is_known_of_them() {
    let tables = tables(&Place::new(), &[]);
    let rows = tables.rows("articles.csv");
    let one = &rows[0];
    for (column, expected) in [
        ("article_id", "one"),
        ("source", "Wire"),
        ("title", "Russia’s “plan”"),
        ("date", "2025-10-14"),
        ("date_raw", "14 Oct. 2025"),
        ("language", "en"),
        ("status", "ok"),
    ] {
        assert_eq!(one[column], expected, "{column}");
    }
    assert_eq!(
        one["tokens"].parse::<usize>().unwrap(),
        tables.rows("tokens.csv").iter().filter(|r| r["article_id"] == "one").count()
    );
    assert_eq!(rows[1]["article_id"], "two, with a comma");
    assert_eq!(rows[1]["source"], "example.org");
}

#[test]
fn layers_that_extend_a_table_continue_its_rows() {
    let place = Place::new();
    place.write("input/a.txt", "Één sentence. Another one here.");
    place.config(r#"{"kind": "tokenize"}, {"kind": "lengths"}"#, &["sentences", "lengths"]);
    let tables = place.run_ok("out", &[]);
    assert_eq!(
        tables.text("sentences.csv"),
        "article_id,sentence,field,start_char,end_char,text,bytes,first,first_start_char,first_end_char\n\
         a.txt,0,body,0,13,Één sentence.,15,É,0,1\n\
         a.txt,1,body,14,31,Another one here.,17,A,14,15\n"
    );
    assert!(
        tables
            .text("lengths.csv")
            .starts_with("article_id,bytes,first,first_start_char,first_end_char\na.txt,15,É,0,1\n")
    );
}

#[test]
fn the_sink_writes_tabs_and_marks_as_asked() {
    let place = Place::new();
    place.write("input/a.jsonl", r#"{"id": "a\tb", "title": "t, \"q\"", "body": "x"}"#);
    place.write(
        "config.json",
        r#"{ "input": [{ "files": ["input"] }], "stages": [], "output": { "sinks": [
            { "kind": "csv", "table": "articles", "format": "tsv", "bom": true },
            { "kind": "csv", "table": "articles", "delimiter": ";", "file": "deep/er/semi.csv" } ] } }"#,
    );
    let tables = place.run_ok("out", &[]);
    assert!(tables.text("articles.tsv").starts_with("\u{FEFF}article_id\tsource\t"));
    assert!(tables.text("articles.tsv").contains("\n\"a\tb\"\t\t\"t, \"\"q\"\"\"\t"));
    let semi = std::fs::read_to_string(place.path("out/deep/er/semi.csv")).unwrap();
    assert!(semi.contains("\na\tb;;\"t, \"\"q\"\"\";"), "{semi}");
}
