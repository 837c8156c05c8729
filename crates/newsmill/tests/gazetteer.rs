//! `newsmill gazetteer` as a user types it.

use std::io::Write;
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

fn read(dir: &str, file: &str) -> String {
    std::fs::read_to_string(format!("{dir}/{file}")).expect("a file that was written")
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

const GEONAMES: &str = "2643743\tLondon\tLondon\tLondres\t51.5\t-0.12\tP\tPPLC\tGB\t\tENG\t\t\t\t8961989\t\t25\tEurope/London\t2024\n";

const LONDON: &str = "entity_id,type,subtype,name,alias,flags,country,prior,source,population,lat,lon,admin1,admin2\n\
    geonames:2643743,place,capital,London,London,,GB,8961989,geonames,8961989,51.5,-0.12,ENG,\n";

#[test]
fn a_dump_becomes_a_list() {
    let dir = folder("gazetteer-import", &[("GB.txt", GEONAMES)]);
    let told = newsmill(&dir, &["import", "geonames", "GB.txt", "gb.csv"]);
    assert_eq!(text(&told.stdout), "gb.csv: 1 entities of 1 records, 0 malformed\n", "{told:?}");
    let expected = format!(
        "{LONDON}{}",
        LONDON.lines().nth(1).unwrap_or_default().replace("London,London,", "London,Londres,variant")
    );
    assert_eq!(read(&dir, "gb.csv"), format!("{expected}\n"));
    assert!(
        text(&newsmill(&dir, &["find", "londres", "gb.csv"]).stdout)
            .contains("geonames:2643743 London (place, capital, GB)")
    );
}

#[test]
fn files_beside_a_geonames_dump_are_read_by_language() {
    let dir = folder(
        "gazetteer-beside",
        &[
            ("GB.txt", GEONAMES),
            ("names.txt", "1\t2643743\tfr\tLondres\t\t\t\t\n2\t2643743\ten\tThe Smoke\t\t\t1\t\n"),
            ("admin1.txt", "GB.ENG\tEngland\tEngland\t6269131\n"),
        ],
    );
    let args =
        "import geonames GB.txt gb.csv --alternate-names names.txt --languages en,de --admin1 admin1.txt";
    let told = newsmill(&dir, &args.split(' ').collect::<Vec<_>>());
    assert!(told.status.success(), "{told:?}");
    let rows = read(&dir, "gb.csv");
    assert!(
        rows.contains("London,The Smoke,variant,GB,8961989,geonames,8961989,51.5,-0.12,ENG,,England\n"),
        "{rows}"
    );
    assert!(!rows.contains("Londres"), "{rows}");
}

#[test]
fn a_compressed_dump_is_unpacked() {
    let dir = folder("gazetteer-packed", &[]);
    let gzip = || {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(GEONAMES.as_bytes()).and_then(|()| packer.finish())
    };
    let bzip2 = || {
        let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        packer.write_all(GEONAMES.as_bytes()).and_then(|()| packer.finish())
    };
    let zstd = || zstd::stream::encode_all(GEONAMES.as_bytes(), 1);
    for packed in [gzip(), bzip2(), zstd()] {
        let packed = packed.expect("packed in memory");
        std::fs::write(format!("{dir}/dump"), &packed).expect("a file for the test");
        let told = newsmill(&dir, &["import", "geonames", "dump", "gb.csv"]);
        assert_eq!(text(&told.stdout), "gb.csv: 1 entities of 1 records, 0 malformed\n", "{told:?}");
        std::fs::remove_file(format!("{dir}/gb.csv")).expect("the list");
        std::fs::write(format!("{dir}/dump"), &packed[..packed.len() / 2]).expect("a file for the test");
        let told = newsmill(&dir, &["import", "geonames", "dump", "gb.csv"]);
        assert!(text(&told.stderr).starts_with("error: import of dump: "), "{told:?}");
        assert!(!PathBuf::from(&dir).join("gb.csv").exists(), "half a list");
    }
    std::fs::write(format!("{dir}/dump"), b"PK\x03\x04").expect("a file for the test");
    let told = newsmill(&dir, &["import", "geonames", "dump", "gb.csv"]);
    assert!(text(&told.stderr).contains("can't read dump: it is a zip archive; pipe"), "{told:?}");
}

const WIKIDATA: &str = r#"[
{"type":"item","id":"Q90","labels":{"en":{"language":"en","value":"Paris"},"de":{"language":"de","value":"Paris"}},"aliases":{"en":[{"language":"en","value":"City of Light"}],"fr":[{"language":"fr","value":"Paname"}]},"claims":{"P31":[{"rank":"normal","mainsnak":{"datavalue":{"value":{"id":"Q515"}}}}]},"sitelinks":{"enwiki":{},"dewiki":{}}},
{"type":"item","id":"Q142","labels":{"fr":{"language":"fr","value":"France"}},"claims":{"P31":[{"rank":"normal","mainsnak":{"datavalue":{"value":{"id":"Q6256"}}}}]},"sitelinks":{}},
{"type":"item","id":"Q7259","labels":{"en":{"language":"en","value":"Ada Lovelace"}},"claims":{"P31":[{"rank":"normal","mainsnak":{"datavalue":{"value":{"id":"Q5"}}}}]},"sitelinks":{"enwiki":{}}},
{"type":"item","id"
]
"#;

#[test]
fn a_wikidata_dump_is_filtered_by_class_language_and_fame() {
    let dir = folder("gazetteer-wikidata", &[("all.json", WIKIDATA)]);
    let import = |more: &str| {
        let args = format!("import wikidata all.json w.csv {more}");
        let told = newsmill(&dir, &args.split_whitespace().collect::<Vec<_>>());
        let (told, list) = (text(&told.stderr), read(&dir, "w.csv"));
        let ids = list.lines().skip(1).filter_map(|row| row.split(',').next().map(str::to_owned));
        (ids.collect::<Vec<_>>().join(" "), told)
    };
    let (ids, told) = import("");
    assert_eq!(ids, "wikidata:Q90 wikidata:Q7259");
    assert!(told.starts_with("warning: all.json:5: "), "{told}");
    assert_eq!(import("--languages en,fr").0, "wikidata:Q90 wikidata:Q142 wikidata:Q7259");
    assert!(read(&dir, "w.csv").contains("Paris|City of Light|Paname"));
    assert_eq!(import("--classes Q5=person").0, "wikidata:Q7259");
    assert_eq!(import("--min-sitelinks 2").0, "wikidata:Q90");
}

#[test]
fn a_table_with_other_headers_becomes_a_list() {
    let dir = folder(
        "gazetteer-table",
        &[("ships.tsv", "imo\tvessel\taka\tflag\n1\tMoskva\tSlava;Glory\tRU\n2\tlost\n")],
    );
    let args = "import table ships.tsv s.csv --tabs --columns entity_id=imo,name=vessel,alias=aka --constants type=ship --alias-separator ;";
    let told = newsmill(&dir, &args.split(' ').collect::<Vec<_>>());
    assert_eq!(text(&told.stdout), "s.csv: 1 entities of 2 records, 1 malformed\n", "{told:?}");
    assert!(text(&told.stderr).starts_with("warning: ships.tsv:3: "), "{told:?}");
    let found = text(&newsmill(&dir, &["find", "glory", "s.csv"]).stdout);
    assert!(found.contains("1 Moskva (ship)"), "{found}");
    let told = newsmill(&dir, &["import", "table", "ships.tsv", "s.csv", "--tabs", "--columns", "name=ship"]);
    assert!(
        text(&told.stderr).contains("the table has no column `ship`; it has imo, vessel, aka, flag"),
        "{told:?}"
    );
}

#[test]
fn lists_of_every_format_are_read_and_clashes_told() {
    let dir = folder(
        "gazetteer-formats",
        &[
            ("a.csv", LIST),
            ("b.tsv", "entity_id\ttype\tname\talias\nx:1\tplace\tNew Zealand\tAotearoa \"NZ\"\n"),
            (
                "c.jsonl",
                "{\"entity_id\":\"x:2\",\"type\":\"place\",\"name\":\"Moscow\",\"alias\":[\"Moskva\",\"Moskau\"]}\n",
            ),
            (
                "d.csv",
                "entity_id,type,name,alias,country\ny:1,place,Rome,Rome,IT\ny:1,place,Roma,Rome|Roma,US\n",
            ),
        ],
    );
    let checked = newsmill(&dir, &["check", "a.csv", "b.tsv", "c.jsonl", "d.csv"]);
    assert_eq!(text(&checked.stdout), "3 entities, 8 names, 3 warnings\n", "{checked:?}");
    let told = text(&checked.stderr);
    for expected in [
        "warning: d.csv:3: y:1 (place) has name \"Roma\" here and \"Rome\" on line 2; the first is kept\n",
        "warning: d.csv:3: y:1 (place) has country \"US\" here and \"IT\" on line 2; the first is kept\n",
        "warning: d.csv:3: the form \"Rome\" of y:1 is listed twice, first on line 2; take one out\n",
    ] {
        assert!(told.contains(expected), "{told}");
    }
    let built = newsmill(&dir, &["build", "all.nmg", "a.csv", "b.tsv", "c.jsonl"]);
    assert!(built.status.success(), "{built:?}");
    for (name, of) in [("Moskau", "c.jsonl:1"), ("Aotearoa NZ", "b.tsv:2"), ("NZ", "a.csv:2")] {
        let found = text(&newsmill(&dir, &["find", name, "all.nmg"]).stdout);
        assert!(found.contains(of), "{name}: {found}");
    }
}

#[test]
fn a_damaged_compiled_list_is_refused_with_its_reason() {
    let dir = folder(
        "gazetteer-damaged",
        &[
            ("a.csv", LIST),
            ("one.txt", "In Moscow."),
            (
                "config.json",
                r#"{ "input": [{ "files": ["*.txt"] }], "output": { "sinks": [] },
                    "stages": [{ "kind": "tokenize" }, { "kind": "gazetteer", "with": { "files": ["a.nmg"] } }] }"#,
            ),
        ],
    );
    newsmill(&dir, &["build", "a.nmg", "a.csv"]);
    let whole = std::fs::read(format!("{dir}/a.nmg")).expect("a compiled list");
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 0x40;
    let mut older = whole.clone();
    older[8] -= 1;
    let mut folding = whole.clone();
    folding[12] ^= 1;
    for (bytes, expected) in [
        (&changed[..], "is corrupt: its content doesn't have its hash"),
        (&whole[..whole.len() - 8], "is corrupt: it has "),
        (&whole[..30], "is corrupt"),
        (&older, "is stale: its format is version "),
        (&folding, "is stale: it was made by a newsmill that folds or hashes words differently"),
        (b"entity_id,type,name\n", "not a compiled name list"),
    ] {
        std::fs::write(format!("{dir}/a.nmg"), bytes).expect("a file for the test");
        let found = newsmill(&dir, &["find", "Moscow", "a.nmg"]);
        let run = Command::new(env!("CARGO_BIN_EXE_newsmill"))
            .current_dir(&dir)
            .args(["check", "config.json"])
            .output()
            .expect("the binary runs");
        for told in [found, run] {
            assert!(!told.status.success(), "{told:?}");
            let told = text(&told.stderr);
            assert!(
                told.contains(expected) && told.contains("newsmill gazetteer build"),
                "{expected}: {told}"
            );
        }
    }
}
