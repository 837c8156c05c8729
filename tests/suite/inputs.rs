//! Every way in: compressed, from a pipe, damaged, mixed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::{Place, Tables, newsmill, report, shared};

pub fn gzip(text: &[u8]) -> Vec<u8> {
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
pub fn run(place: &Place, out: &str, inputs: &[&Path], more: &[&str]) -> (Tables, String) {
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

pub fn codes(tables: &Tables) -> Vec<String> {
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
fn a_run_over_any_input_goes_on_where_it_stopped() {
    let place = Place::new();
    let text = articles(0..800);
    place.write("input/a.jsonl.gz", gzip(text.as_bytes()));
    place.write("input/b.jsonl.zst", zstd(text.as_bytes()));
    place.write("input/c.jsonl.gz", gzip(b"nonsense\n"));
    let rows: String = (0..800).map(|n| format!("{n},\"Row {n}\nand more, it said.\"\n")).collect();
    let table = format!("id,body\n{rows}");
    place.write("input/d.csv", &table);
    let utf16: Vec<u8> = format!("\u{FEFF}{table}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("input/e.csv", utf16);
    let pages: Vec<u8> = (0..200)
        .flat_map(|n| {
            let body = page(&format!(
                "Page {n}. The council of Tarn voted on Monday to keep the ferry, said the mayor."
            ));
            let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}");
            gzip(&warc("response", &format!("https://x.test/{n}"), http.as_bytes()))
        })
        .collect();
    place.write("input/f.warc.gz", &pages[..pages.len() - 30]);
    if let Some(clean) = shared("corpora/clean/wikinews_en.parquet") {
        std::fs::copy(clean, place.path("input/g.parquet")).unwrap();
    }
    place.write("input/h.txt.gz", gzip(b"The end."));
    place.config(r#"{"kind": "tokenize"}, {"kind": "words"}"#, &["articles", "tokens", "words"]);
    let whole = place.run_ok("whole", &[]);
    assert!(whole.rows("articles.csv").len() > 3000);
    // Killed every now and then, somewhere in the middle of each file.
    for (workers, sleep) in [("1", 1), ("3", 1)] {
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

#[test]
fn fields_are_found_mapped_and_carried() {
    let place = Place::new();
    place.write(
        "input/a.jsonl",
        r#"{"doc": {"id": 7, "text": ["One.", "Two."]}, "Section": "World", "n": 1.50, "link": "https://news.test/a"}"#,
    );
    place.write("input/b.csv", "headline,Section,text,extra\nTitle,\"Local, \"\"north\"\"\",\"A\nB\",x\n");
    place.write(
        "config.json",
        r#"{ "input": [
                { "files": ["input/*.jsonl"], "fields": { "body": "/doc/text/1", "id": ["/doc/id", "id"] }, "carry": ["section", "n"] },
                { "files": ["input/b.csv"], "carry": ["section", "extra"] } ],
            "stages": [], "output": { "sinks": [{ "kind": "csv", "table": "articles" }] } }"#,
    );
    let tables = place.run_ok("out", &[]);
    let rows = tables.rows("articles.csv");
    let cells = |row: usize, names: &[&str]| names.iter().map(|n| rows[row][*n].clone()).collect::<Vec<_>>();
    assert_eq!(
        cells(0, &["article_id", "source", "chars", "section", "n", "extra"]),
        ["7", "news.test", "4", "World", "1.50", ""]
    );
    assert_eq!(
        cells(1, &["title", "chars", "section", "n", "extra"]),
        ["Title", "3", "Local, \"north\"", "", "x"]
    );
}

#[test]
fn a_field_map_that_fits_nothing_is_loud() {
    let place = Place::new();
    place.write("input/a.jsonl", r#"{"id": 1, "words": "One."}"#);
    place.config("", &["articles"]);
    let ran = place.run("out", &["--set", "input.fields.body=wrods"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains(
            "error: no record became an article; a.jsonl:1: no field is the body (fields: id, words)"
        ),
        "{}",
        ran.stderr
    );
    let ran = place.run("carried", &["--set", r#"input.carry=["title"]"#]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("`articles` has a column `title` already"), "{}", ran.stderr);
}

#[test]
fn json_lines_and_tables_come_in_any_encoding() {
    let place = Place::new();
    let text = "{\"id\": \"1\", \"body\": \"Größe: “10”\"}\n{\"id\": \"2\", \"body\": \"x\"}\n";
    let utf16: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("in/a.jsonl", text);
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let (plain, _) = run(&place, "out", &[&place.path("in")], &[]);
    place.write("in/a.jsonl", &utf16);
    let (marked, _) = run(&place, "out-16", &[&place.path("in")], &[]);
    assert_eq!(marked.text("articles.csv"), plain.text("articles.csv"));
    place.write("in/a.jsonl", gzip(&utf16));
    let (packed, _) = run(&place, "out-16-gz", &[&place.path("in")], &["--batch-bytes", "1"]);
    assert_eq!(packed.text("articles.csv"), plain.text("articles.csv"));
    let table = place.write("b.csv", b"id,body\n1,Gr\xF6\xDFe: \x9310\x94\n2,x\n");
    let (latin, _) = run(&place, "out-1252", &[&table], &["--set", "input.encoding=windows-1252"]);
    assert_eq!(latin.text("tokens.csv"), plain.text("tokens.csv"));
    let (lossy, _) = run(&place, "lossy", &[&table], &["--set", "input.invalid=replace"]);
    let status: Vec<String> = lossy.rows("articles.csv").iter().map(|r| r["status"].clone()).collect();
    assert_eq!(status, ["ok; input: 4 invalid sequences replaced", "ok"]);
    let surrogate = place.write("c.jsonl", r#"{"body": "\ud83d!"}"#);
    let (lossy, _) = run(&place, "half", &[&surrogate], &["--set", "input.invalid=replace"]);
    assert_eq!(lossy.rows("articles.csv")[0]["status"], "ok; input: 1 invalid sequence replaced");
}

#[test]
fn nasty_tables_have_their_verdicts() {
    let Some(bad) = shared("corpora/nasty/bad.csv") else { return };
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    let (tables, _) = run(&place, "out", &[&bad], &["--check-layers"]);
    let bad_records: Vec<(u64, String)> = tables
        .quarantine()
        .iter()
        .map(|l| (l["record"].as_u64().unwrap() + 1, l["code"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [
        (3, "field-count"),
        (4, "field-count"),
        (5, "invalid-utf8"),
        (8, "stray-quote"),
        (11, "unclosed-quote"),
    ];
    assert_eq!(bad_records, expected.map(|(n, code)| (n, code.to_owned())));
    assert_eq!(tables.rows("articles.csv").len(), 6);
    let semicolon = shared("corpora/nasty/semicolon_cp1252.csv").unwrap();
    for encoding in ["windows-1252", "detect"] {
        let (tables, _) =
            run(&place, encoding, &[&semicolon], &["--set", &format!("input.encoding={encoding}")]);
        let rows = tables.rows("articles.csv");
        assert_eq!(rows.len(), 5);
        assert!(rows.iter().all(|r| r["date"].starts_with("20") && !r["title"].is_empty()), "{rows:?}");
    }
}

/// The same articles in every format: the same tables.
#[test]
fn clean_articles_give_the_same_tables_from_every_format() {
    let Some(clean) = shared("corpora/clean") else { return };
    let place = Place::new();
    let tables = ["articles", "tokens", "sentences"];
    place.config(r#"{"kind": "tokenize"}"#, &tables);
    let (plain, _) = run(&place, "jsonl", &[&clean.join("wikinews_en.jsonl")], &[]);
    assert_eq!(plain.rows("articles.csv").len(), 295);
    for ending in ["jsonl.gz", "jsonl.zst", "csv", "parquet"] {
        let (other, _) = run(&place, ending, &[&clean.join(format!("wikinews_en.{ending}"))], &[]);
        for table in tables {
            let name = format!("{table}.csv");
            assert!(other.text(&name) == plain.text(&name), "{name} from {ending} differs");
        }
    }
}

#[test]
fn a_table_beside_a_folder_of_texts_says_what_they_do_not() {
    let place = Place::new();
    place.write("input/a/one.txt", "One.");
    place.write("input/two.txt.gz", gzip(b"Two."));
    place.write("input/three.txt", "Three.");
    place.write("meta.csv", "filename,headline,published,publisher,id,desk\none.txt,First,14.10.2025,Herald,7,Local\ntwo,Second,2025-10-15,,,\n");
    place.config("", &["articles"]);
    let tables =
        place.run_ok("out", &["--set", "input.metadata=meta.csv", "--set", r#"input.carry=["desk"]"#]);
    let rows: Vec<Vec<String>> = tables
        .rows("articles.csv")
        .iter()
        .map(|r| ["article_id", "title", "date", "source", "desk", "status"].map(|c| r[c].clone()).to_vec())
        .collect();
    assert_eq!(
        rows,
        [
            ["7", "First", "2025-10-14", "Herald", "Local", "ok"],
            ["three.txt", "", "", "", "", "ok; input: not in the metadata"],
            ["two.txt.gz", "Second", "2025-10-15", "", "", "ok"],
        ]
    );
    place.write("meta.csv", "a,b\n1,2\n");
    let ran = place.run("bad", &["--set", "input.metadata=meta.csv"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("no column says which file a row is about"), "{}", ran.stderr);
}

fn page(body: &str) -> String {
    format!(
        "<html lang=en><head><title>T</title><meta property=og:type content=article>\
         <script type=\"application/ld+json\">{{\"@type\": \"NewsArticle\", \"headline\": \"Ferry stays\", \
         \"datePublished\": \"2025-10-14\", \"articleSection\": \"Local\"}}</script></head><body><nav><a href=/>Home</a></nav>\
         <article><p>{body}</p></article><footer>Subscribe to our newsletter</footer></body></html>"
    )
}

fn warc(kind: &str, url: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype={kind}\r\n\
         Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

#[test]
fn pages_become_articles_and_other_things_do_not() {
    let place = Place::new();
    let text =
        "The council of Tarn voted on Monday to keep the ferry, said the mayor, Olaf Brink. ".repeat(4);
    place.write("input/a.html", page(&text));
    place.write("input/b.html", "<html><body>gone</body></html>");
    let response = |status: &str, kind: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n{body}").into_bytes()
    };
    let archive = [
        warc("response", "https://x.test/one", &response("200 OK", "text/html", &page(&text))),
        warc("request", "https://x.test/one", b"GET /"),
        warc("response", "https://x.test/none", &response("404 Not Found", "text/html", &page(&text))),
        warc("response", "https://x.test/p.png", &response("200 OK", "image/png", "x")),
        warc("response", "https://x.test/two", &response("200 OK", "text/html; charset=utf-8", &page(&text))),
    ];
    place.write("input/c.warc", archive.concat());
    let packed: Vec<u8> = archive.iter().flat_map(|record| gzip(record)).collect();
    place.write("input/d.warc.gz", &packed[..packed.len() - 20]);
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let carry = r#"input.carry=["section"]"#;
    let tables = place.run_ok("out", &["--set", carry]);
    assert_eq!(codes(&tables), ["decode/no-article", "read/truncated"]);
    let rows = tables.rows("articles.csv");
    let ids: Vec<&str> = rows.iter().map(|r| r["article_id"].as_str()).collect();
    assert_eq!(ids, ["a.html", "https://x.test/one", "https://x.test/two", "https://x.test/one"]);
    for row in &rows {
        assert_eq!((&*row["title"], &*row["date"], &*row["section"]), ("Ferry stays", "2025-10-14", "Local"));
        assert_eq!(row["chars"], text.trim().chars().count().to_string());
    }
    let skipped = &report(&place.path("out"))["counts"]["skipped"];
    assert_eq!(skipped, &serde_json::json!({ "decode/not-found": 2, "decode/not-html": 2 }));
    for batch in ["1", "1000000"] {
        let again =
            place.run_ok("again", &["--set", carry, "--force", "--batch-bytes", batch, "--workers", "3"]);
        again.assert_same(&tables, batch);
    }
}

#[test]
fn nasty_archives_have_their_verdicts() {
    for name in ["odd.warc", "odd.warc.gz"] {
        let Some(file) = shared("corpora/nasty").map(|f| f.join(name)) else { return };
        let place = Place::new();
        place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
        let (tables, _) = run(&place, "out", &[&file], &["--check-layers"]);
        assert_eq!(codes(&tables), Vec::<String>::new());
        let rows = tables.rows("articles.csv");
        let ids: Vec<&str> = rows.iter().map(|r| r["article_id"].rsplit('/').next().unwrap()).collect();
        assert_eq!(ids, ["ok", "gzip", "chunked", "cp1252", "lying", "badld"]);
        let hash = |i: usize| &rows[i]["hash"];
        assert_eq!((hash(0), hash(3)), (hash(1), hash(4)), "{name}");
        assert_eq!(hash(0), hash(2), "{name}");
    }
    let Some((articles, codes, _)) = nasty("truncated.warc.gz") else { return };
    assert!(articles >= 4, "{articles}");
    assert_eq!(codes, ["read/truncated"]);
}

/// The main text holds every paragraph of the article and nothing of what stands around it.
#[test]
fn clean_pages_give_their_articles() {
    let Some(clean) = shared("corpora/clean") else { return };
    let place = Place::new();
    place.config("", &["articles", "texts"]);
    let (tables, _) = run(&place, "out", &[&clean.join("wikinews_pages.warc.gz")], &[]);
    let rows = tables.rows("articles.csv");
    let lines = std::fs::read_to_string(clean.join("wikinews_en.jsonl")).unwrap();
    let articles: Vec<serde_json::Value> =
        lines.lines().take(120).map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(rows.len(), 120);
    let texts = tables.rows("texts.csv");
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut paragraphs, mut found) = (0, 0);
    for ((row, text), article) in rows.iter().zip(&texts).zip(&articles) {
        let body = squeezed(&text["body"]);
        for boilerplate in ["Most read", "Ten things to know", "Subscribe to our newsletter"] {
            assert!(!body.contains(boilerplate), "{}: {boilerplate}", row["article_id"]);
        }
        assert_eq!(row["date"], article["date"].as_str().unwrap());
        assert_eq!(row["title"], article["title"].as_str().unwrap());
        for paragraph in article["body"].as_str().unwrap().split('\n').filter(|p| !p.trim().is_empty()) {
            paragraphs += 1;
            found += usize::from(body.contains(&squeezed(paragraph)));
        }
    }
    assert!(found * 100 >= paragraphs * 99, "{found} of {paragraphs} paragraphs");
}

#[test]
fn nasty_parquet_files_have_their_verdicts() {
    let Some(file) = shared("corpora/nasty/odd_types.parquet") else { return };
    let place = Place::new();
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    let (tables, _) = run(&place, "out", &[&file], &[]);
    assert_eq!(codes(&tables), ["decode/missing-body"]);
    let rows = tables.rows("articles.csv");
    assert_eq!(rows.len(), 4);
    assert!(
        rows.iter().all(|r| !r["article_id"].contains(['.', 'e'])),
        "whole numbers keep their digits: {rows:?}"
    );
    assert!(rows.iter().filter(|r| r["date"].ends_with('Z')).count() >= 3, "{rows:?}");
    assert!(rows.iter().all(|r| !r["source"].is_empty()), "{rows:?}");
    for (name, expected) in [("truncated.parquet", "read/damaged"), ("empty_file.parquet", "read/damaged")] {
        let Some((articles, codes, _)) = nasty(name) else { return };
        assert_eq!((articles, codes), (0, vec![expected.to_owned()]), "{name}");
    }
    assert_eq!(nasty("zero_rows.parquet").map(|(articles, codes, _)| (articles, codes)), Some((0, vec![])));
    let packed = place.write("x.parquet.gz", gzip(&std::fs::read(&file).unwrap()));
    let ran = place.run("packed", &["--input", packed.to_str().unwrap()]);
    assert!(ran.stderr.contains("can't be read from a pipe or compressed"), "{}", ran.stderr);
}

#[test]
fn a_json_file_holds_an_article_or_a_list_of_them() {
    let place = Place::new();
    place.write("in/one.json", "{\n  \"id\": \"1\",\n  \"body\": \"One.\"\n}\n");
    place.write("in/list.json", r#"[{"id": "2", "body": "Two."}, 7, {"id": "3", "body": "Three."}]"#);
    place.write(
        "in/lines.json.gz",
        gzip(b"{\"id\": \"4\", \"body\": \"Four.\"}\n{\"id\": \"5\", \"body\": \"Five.\"}\n"),
    );
    // Neither closed nor followed by a comma.
    place.write("in/torn.json", "[{\"id\": \"6\", \"body\": \"Six.\n{\"id\": \"7\", \"body\": \"Seven.\"}]");
    let list = place.write("list", "  [{\"id\": \"8\", \"body\": \"Eight.\"}]");
    place.config(r#"{"kind": "tokenize"}"#, &["articles"]);
    let (tables, _) = run(&place, "out", &[&place.path("in"), &list], &[]);
    let ids: Vec<String> = tables.rows("articles.csv").iter().map(|r| r["article_id"].clone()).collect();
    assert_eq!(ids, ["4", "5", "2", "3", "1", "7", "8"]);
    assert_eq!(codes(&tables), ["decode/not-an-object", "decode/invalid-json"]);
}

#[test]
fn a_long_list_is_gone_on_with_in_its_middle() {
    let place = Place::new();
    let list = articles(0..3000).trim_end().replace('\n', ",\n");
    place.write("input/a.json", format!("[{list}]"));
    place.config("", &["articles"]);
    let whole = place.run_ok("whole", &["--batch-bytes", "3000"]);
    assert_eq!(whole.rows("articles.csv").len(), 3000);
    let mut child =
        place.command("out", &["--quiet", "--batch-bytes", "3000", "--commit-ms", "1"]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(60));
    let _ = child.kill();
    child.wait().unwrap();
    whole.assert_same(&place.run_ok("out", &["--resume"]), "resumed");
}

#[test]
fn rows_after_a_mark_too_many_are_read() {
    let place = Place::new();
    let good: String = (10..2000).map(|n| format!("{n},\"Row {n}\nand more, it said.\"\n")).collect();
    place.write("input/a.csv", format!("id,body\n1,\"x\"\n2,\"never closed\n{good}"));
    let plain: String = (10..2000).map(|n| format!("{n},row {n}\n")).collect();
    place.write("input/b.csv", format!("id,body\n1,\"x\"\n2,\"never closed\n{plain}"));
    place.config("", &["articles"]);
    let tables = place.run_ok("out", &[]);
    assert_eq!(codes(&tables), ["decode/unclosed-quote", "decode/unclosed-quote"]);
    assert_eq!(tables.rows("articles.csv").len(), 2 * (1 + 1990));
    assert_eq!(tables.quarantine()[0]["raw"], "2,\"never closed");
}

#[test]
fn an_encoding_that_was_guessed_is_told() {
    let place = Place::new();
    let text = "id,body\n1,\"Il café di Trieste è chiuso, perché il barista è malato.\"\n";
    let latin: Vec<u8> = text.chars().map(|c| c as u32 as u8).collect();
    place.write("input/a.csv", latin);
    place.write("input/b.csv", text);
    place.config("", &["articles"]);
    let ran = place.run("out", &["--set", "input.encoding=detect"]);
    assert!(ran.stderr.contains("noted        1 (read/guessed-encoding 1)"), "{}", ran.stderr);
    assert!(ran.stderr.contains("a.csv:3: read as windows-1252, which is a guess"), "{}", ran.stderr);
    let rows = Tables::read(&place.path("out")).rows("articles.csv");
    assert_eq!(rows[0]["hash"], rows[1]["hash"]);
}

#[test]
fn metadata_about_no_file_is_told() {
    let place = Place::new();
    place.write("news/a.txt", "One.");
    place.write("news/b.txt", "Two.");
    place.write("meta.csv", "file,date\na.txt,2024-01-05\nc.txt,2024-01-06\nd.txt,2024-01-07\n");
    place.write(
        "config.json",
        r#"{ "input": [{ "files": ["news"], "metadata": "meta.csv" }], "stages": [],
             "output": { "sinks": [{ "kind": "csv", "table": "articles" }] } }"#,
    );
    let ran = place.run("out", &[]);
    let told = "2 of the 3 rows of meta.csv are about none of the files, such as \"c.txt\"";
    assert!(ran.stderr.contains(&format!("metadata     {told}")), "{}", ran.stderr);
    assert_eq!(report(&place.path("out"))["input"]["remarks"], serde_json::json!([told]));
}
