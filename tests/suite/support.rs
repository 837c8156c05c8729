//! Running the binary, and looking at what it left.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use newsmill_generate::{Generator, Names};
use tempfile::TempDir;

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_newsmill-under-test");

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// A folder beside the checkout that not everybody has; says so and gives nothing where it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    #[expect(clippy::disallowed_macros, reason = "whoever runs the tests should see it")]
    {
        eprintln!("skipped: {} isn't there", path.display());
    }
    None
}

/// How a run of the binary ended.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the binary with these arguments.
pub fn newsmill<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Ran {
    let output = Command::new(BINARY).args(arguments).output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A place for a config, its input and its output.
pub struct Place {
    dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Place { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A config with these stages that reads `input` and writes these tables.
    pub fn config(&self, stages: &str, tables: &[&str]) -> PathBuf {
        self.config_of(
            stages,
            &tables.iter().map(|table| format!("csv {table}")).collect::<Vec<_>>().join(", "),
        )
    }

    /// A config with these stages that reads `input`, and these sinks: kind and table of each.
    pub fn config_of(&self, stages: &str, kinds_and_tables: &str) -> PathBuf {
        let mut sinks = String::new();
        for (kind, table) in kinds_and_tables.split(", ").filter_map(|sink| sink.split_once(' ')) {
            write!(sinks, "{{ \"kind\": \"{kind}\", \"table\": \"{table}\" }},").unwrap();
        }
        self.write(
            "config.json",
            format!(r#"{{ "input": [{{ "files": ["input"] }}], "stages": [{stages}], "output": {{ "sinks": [{sinks}] }} }}"#),
        )
    }

    /// Generated articles as JSON lines, about this many bytes.
    pub fn generate(&self, name: &str, bytes: u64, seed: u64) {
        let mut text = String::new();
        for article in Generator::new(Names::default(), seed).articles(bytes) {
            text.push_str(&article.to_json_line());
        }
        self.write(name, text);
    }

    /// Runs `newsmill run` on the config into `out`, with more arguments.
    pub fn run(&self, out: &str, more: &[&str]) -> Ran {
        let mut command = self.command(out, more);
        let output = command.output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn command(&self, out: &str, more: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.arg("run").arg(self.path("config.json")).arg("--output").arg(self.path(out)).args(more);
        command
    }

    /// Runs and expects success.
    pub fn run_ok(&self, out: &str, more: &[&str]) -> Tables {
        let ran = self.run(out, more);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        Tables::read(&self.path(out))
    }
}

/// Waits until a run in this directory has committed something.
pub fn wait_for_commit(dir: &Path) {
    let journal = dir.join(".newsmill/journal");
    while std::fs::metadata(&journal).map_or(0, |m| m.len()) == 0 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

/// The files of a run by their path in it, without `run.json`, which says how long it took.
#[derive(Debug, PartialEq, Eq)]
pub struct Tables(pub BTreeMap<String, Vec<u8>>);

impl Tables {
    pub fn read(dir: &Path) -> Self {
        let mut files = BTreeMap::new();
        Self::read_into(dir, "", &mut files);
        Tables(files)
    }

    fn read_into(dir: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            match entry.file_type().unwrap().is_dir() {
                true if name == ".newsmill" => {}
                true => Self::read_into(&entry.path(), &format!("{prefix}{name}/"), files),
                false if name == "run.json" => {}
                false => {
                    files.insert(format!("{prefix}{name}"), std::fs::read(entry.path()).unwrap());
                }
            }
        }
    }

    pub fn text(&self, name: &str) -> &str {
        let bytes = self.0.get(name).unwrap_or_else(|| panic!("no {name} among {:?}", self.names()));
        std::str::from_utf8(bytes).unwrap()
    }

    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// The rows of a table by column name.
    pub fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_reader(self.text(name).as_bytes());
        reader.deserialize().map(Result::unwrap).collect()
    }

    /// The lines of the quarantine.
    pub fn quarantine(&self) -> Vec<serde_json::Value> {
        self.text("quarantine.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The same files but for the run's id.
    pub fn assert_same_but_id(&self, other: &Tables, what: &str) {
        let without = |tables: &Tables| {
            let files = tables.0.iter().filter(|(name, _)| *name != "_SUCCESS");
            Tables(files.map(|(name, bytes)| (name.clone(), bytes.clone())).collect())
        };
        without(self).assert_same(&without(other), what);
    }

    /// Panics with the names of the files that differ, not with their content.
    pub fn assert_same(&self, other: &Tables, what: &str) {
        assert_eq!(self.names(), other.names(), "{what}");
        for (name, bytes) in &self.0 {
            let theirs = &other.0[name];
            if bytes != theirs {
                let at = bytes.iter().zip(theirs).take_while(|(a, b)| a == b).count();
                panic!("{what}: {name} differs at byte {at} ({} and {} bytes)", bytes.len(), theirs.len());
            }
        }
    }
}

/// What `run.json` says.
pub fn report(dir: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(dir.join("run.json")).unwrap()).unwrap()
}

/// Generated articles (id, title, body), about this many bytes; ids of other seeds are others.
pub fn articles(bytes: u64, seed: u64) -> Vec<[String; 3]> {
    let generator = Generator::new(Names::default(), seed);
    generator.articles(bytes).map(|a| [format!("{seed}/{}", a.id), a.title, a.body]).collect()
}

/// Articles as JSON lines.
pub fn json_lines(articles: &[[String; 3]]) -> String {
    let line = |[id, title, body]: &[String; 3]| {
        format!("{}\n", serde_json::json!({ "id": id, "title": title, "body": body }))
    };
    articles.iter().map(line).collect()
}

/// Articles as a table.
pub fn table(articles: &[[String; 3]]) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["id", "title", "body"]).unwrap();
    articles.iter().for_each(|a| table.write_record(a).unwrap());
    table.into_inner().unwrap()
}

/// Bytes as a gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// Writes a Parquet file of articles (id, title, body) in row groups of twenty.
pub fn write_parquet(path: &Path, articles: &[[String; 3]]) {
    use parquet::data_type::{ByteArray, ByteArrayType};
    let schema = "message articles { optional binary id (UTF8); optional binary title (UTF8);
        optional binary body (UTF8); }";
    let schema = parquet::schema::parser::parse_message_type(schema).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer =
        parquet::file::writer::SerializedFileWriter::new(file, schema.into(), Default::default()).unwrap();
    for rows in articles.chunks(20) {
        let mut group = writer.next_row_group().unwrap();
        for column in 0..3 {
            let values: Vec<ByteArray> =
                rows.iter().map(|row| row[column].as_bytes().to_vec().into()).collect();
            let mut out = group.next_column().unwrap().unwrap();
            out.typed::<ByteArrayType>().write_batch(&values, Some(&vec![1; values.len()]), None).unwrap();
            out.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
}

/// A web archive of articles' texts.
pub fn warc(articles: &[[String; 3]]) -> String {
    let mut archive = String::new();
    for [id, title, body] in articles {
        let block = format!("{title}\n\n{body}");
        write!(
            archive,
            "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://x/{id}\r\nContent-Length: {}\r\n\r\n\
             {block}\r\n\r\n",
            block.len()
        )
        .unwrap();
    }
    archive
}
