//! Zipped-up folders.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::inputs::{codes, gzip, run};
use crate::support::{Place, Tables, newsmill, report};

/// An archive with these members, every other one stored as it is.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, (name, content)) in members.iter().enumerate() {
        let method = [CompressionMethod::DEFLATE, CompressionMethod::STORE][index % 2];
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn ids(tables: &Tables) -> Vec<String> {
    tables.rows("articles.csv").iter().map(|r| r["article_id"].clone()).collect()
}

/// Where the archive's directory has its entry for this member.
fn entry_of(archive: &[u8], name: &str) -> usize {
    let found = archive
        .windows(4 + 42 + name.len())
        .rposition(|w| w.starts_with(b"PK\x01\x02") && w.ends_with(name.as_bytes()));
    found.unwrap()
}

#[test]
fn a_zipped_up_folder_gives_what_the_folder_gives() {
    let place = Place::new();
    let long = "The ferry of Tarn is late again, said the mayor. ".repeat(9000);
    let page = format!(
        "<html><head><title>T</title></head><body><article><p>{}</p></article></body></html>",
        &long[..3000]
    );
    let lines = "{\"id\": \"x\", \"body\": \"One.\"}\n{\"id\": \"y\", \"body\": \"Two.\"}\n";
    let members: &[(&str, &[u8])] = &[
        ("2024/b.txt", b"Second."),
        ("2024/a.txt", b"First."),
        ("long.txt", long.as_bytes()),
        ("page.html", page.as_bytes()),
        ("many.jsonl", lines.as_bytes()),
        ("list.json", br#"[{"id": "z", "body": "Three."}]"#),
        ("packed.txt.gz", &gzip(b"Packed.")),
        ("__MACOSX/2024/._a.txt", b"not an article"),
        (".hidden.txt", b"not an article"),
        ("notes.pdf", b"not an article"),
    ];
    for (name, content) in members {
        place.write(&format!("folder/{name}"), content);
    }
    std::fs::remove_dir_all(place.path("folder/__MACOSX")).unwrap();
    let zip = place.write("news.zip", archive(members));
    place.config(r#"{"kind": "tokenize"}"#, &["articles", "tokens"]);
    let (folder, _) = run(&place, "from-folder", &[&place.path("folder")], &[]);
    let (tables, said) = run(&place, "out", &[&zip], &[]);
    for table in ["articles.csv", "tokens.csv", "quarantine.jsonl"] {
        assert_eq!(tables.text(table), folder.text(table), "{table}");
    }
    assert_eq!(
        ids(&tables),
        ["2024/a.txt", "2024/b.txt", "z", "long.txt", "x", "y", "packed.txt.gz", "page.html"]
    );
    assert!(said.contains("not read     1 (.pdf 1), such as notes.pdf"), "{said}");
    assert_eq!(report(&place.path("out"))["input"]["files"], 7);

    // Among other files it is a folder.
    place.write("both/n.zip", archive(&members[..2]));
    place.write("both/c.txt", "Third.");
    let (tables, _) = run(&place, "both-out", &[&place.path("both")], &[]);
    assert_eq!(ids(&tables), ["c.txt", "n.zip/2024/a.txt", "n.zip/2024/b.txt"]);
}

#[test]
fn what_cannot_be_read_of_an_archive_costs_itself_alone() {
    let place = Place::new();
    let noise: Vec<u8> = (0..20_000u64)
        .flat_map(|n| newsmill_core::hash::content_hash(&n.to_le_bytes()).to_le_bytes())
        .collect();
    let mut bytes = archive(&[
        ("a.txt", b"First."),
        ("b-encrypted.txt", b"Second."),
        ("c-damaged.txt", &noise),
        ("d-wrong-sum.txt", b"Fourth."),
        ("e-odd-method.txt", b"Fifth."),
        ("f.txt", b"Sixth."),
    ]);
    let entry = entry_of(&bytes, "b-encrypted.txt");
    bytes[entry + 8] |= 1;
    let damaged = bytes.windows(13).position(|w| w == b"c-damaged.txt").unwrap();
    bytes[damaged + 5000..damaged + 5040].fill(0xFF);
    let content = bytes.windows(7).position(|w| w == b"Fourth.").unwrap();
    bytes[content] = b'f';
    let entry = entry_of(&bytes, "e-odd-method.txt");
    bytes[entry + 10] = 14;
    place.write("in/n.zip", &bytes);
    place.write("in/o.zip", &bytes[..bytes.len() / 2]);
    place.write("in/p.txt", "The end.");
    place.config("", &["articles"]);
    let (tables, _) = run(&place, "out", &[&place.path("in")], &[]);
    assert_eq!(ids(&tables), ["n.zip/a.txt", "n.zip/f.txt", "p.txt"]);
    assert_eq!(codes(&tables), vec!["read/damaged"; 5]);
    let told: Vec<String> = tables
        .quarantine()
        .iter()
        .map(|l| format!("{} {}", l["file"].as_str().unwrap(), l["message"]))
        .collect();
    for (line, part) in told.iter().zip(["encrypted", "damaged", "checksum", "method", "can't be read"]) {
        assert!(line.contains(part), "{told:#?}");
    }
}

#[test]
fn an_archive_without_known_files_is_told() {
    let place = Place::new();
    let zip = place.write("a.zip", archive(&[("x", b"One article."), ("y", b"Another one.")]));
    place.config("", &["articles"]);
    let config = place.path("config.json");
    let arguments = ["check", config.to_str().unwrap(), "--input", zip.to_str().unwrap()];
    let ran = newsmill(&arguments);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("none of the 2 files in \"a.zip\" has a known ending"), "{}", ran.stderr);
    let (tables, _) = run(&place, "out", &[&zip], &["--set", "input.kind=text"]);
    assert_eq!(ids(&tables), ["x", "y"]);
}

#[test]
fn a_run_over_an_archive_goes_on_where_it_stopped() {
    let place = Place::new();
    let lines: String =
        (0..2000).map(|n| format!("{{\"id\": \"{n}\", \"body\": \"Article {n}, it said.\"}}\n")).collect();
    let texts: Vec<(String, String)> =
        (0..300).map(|n| (format!("t/{n:03}.txt"), format!("Text {n}."))).collect();
    let mut members: Vec<(&str, &[u8])> = vec![("a.jsonl", lines.as_bytes())];
    members.extend(texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())));
    place.write("input/n.zip", archive(&members));
    place.config(r#"{"kind": "misbehave", "with": {"sleep_ms": 1}}"#, &["articles"]);
    let whole = place.run_ok("whole", &["--workers", "2"]);
    assert_eq!(ids(&whole).len(), 2300);
    loop {
        let options = ["--resume", "--quiet", "--commit-ms", "10", "--batch-bytes", "2000", "--workers", "2"];
        let mut child = place.command("out", &options).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(700));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            break;
        }
    }
    whole.assert_same(&Tables::read(&place.path("out")), "resumed");
}
