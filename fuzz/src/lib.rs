//! What the fuzz targets of parsers check, without what fuzzing needs: an ordinary test replays the kept seeds by it.

mod config;
mod journal;

use std::sync::LazyLock;

use newsmill_core::input::{Filled, InputFile, Position, RawBatch};
use newsmill_core::registry::AnyFormat;
use newsmill_core::{Article, ConfigFile, Plan, Registry};

pub use config::check as config;
pub use journal::check as journal;

/// Any bytes as JSON lines; see [`Under::check`] for what has to hold.
pub fn jsonl(data: &[u8]) {
    static FORMAT: LazyLock<Under> = LazyLock::new(|| {
        let registry = Registry::new().with_format::<newsmill_input::JsonLines>();
        Under::new(registry, "jsonl", "\"invalid\": \"replace\", \"carry\": [\"x\"],")
    });
    FORMAT.check(data);
}

/// Any bytes as a JSON file.
pub fn json(data: &[u8]) {
    static FORMAT: LazyLock<Under> = LazyLock::new(|| {
        let registry = Registry::new().with_format::<newsmill_input::Json>();
        Under::new(registry, "json", "\"invalid\": \"replace\", \"carry\": [\"x\"],")
    });
    FORMAT.check(data);
}

/// Any bytes as a table.
pub fn csv(data: &[u8]) {
    static FORMAT: LazyLock<Under> = LazyLock::new(|| {
        let registry = Registry::new().with_format::<newsmill_input::Csv>();
        Under::new(registry, "csv", "\"invalid\": \"replace\", \"carry\": [\"x\"],")
    });
    FORMAT.check(data);
}

/// Any bytes as a web archive: records, HTTP, encodings, pages.
pub fn warc(data: &[u8]) {
    static FORMAT: LazyLock<Under> = LazyLock::new(|| {
        let registry = Registry::new().with_format::<newsmill_html::Warc>();
        Under::new(registry, "warc", "\"carry\": [\"section\"],")
    });
    FORMAT.check(data);
}

/// Records over this are cut; small, so that fuzzing gets there.
const MAX_RECORD: usize = 200;

/// A format as a config builds it.
struct Under {
    plan: Plan,
    kind: &'static str,
}

/// What one frame was and became.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    position: Position,
    bytes: Vec<u8>,
    oversize: Option<u64>,
    fault: bool,
    became: Vec<String>,
}

impl Under {
    /// `options` as they stand in an entry of `input`, with a comma after each.
    fn new(registry: Registry, kind: &'static str, options: &str) -> Self {
        let text = format!(
            r#"{{ "input": [{{ {options} "kind": "{kind}", "files": ["x"] }}], "stages": [], "output": {{ "sinks": [] }} }}"#
        );
        let config = ConfigFile::parse("fuzz.json", ".", &text).expect("the config can be read");
        let plan = Plan::new(&config, &registry).unwrap_or_else(|problems| panic!("{}", problems[0]));
        Under { plan, kind }
    }

    fn format(&self) -> &dyn AnyFormat {
        &*self.plan.inputs[0].formats[self.kind]
    }

    fn read(&self, data: &[u8], start: &Position, budget: usize) -> Vec<Seen> {
        let format = self.format();
        let rest = &data[start.offset as usize..];
        let file = InputFile {
            start: start.clone(),
            head: data.to_vec(),
            reader: Box::new(std::io::Cursor::new(rest.to_vec())),
            ..InputFile::in_memory("x", b"", MAX_RECORD)
        };
        let mut source = format.source(file);
        let (mut all, mut scratch, mut article) = (Vec::new(), format.scratch(), Article::default());
        loop {
            let mut batch = RawBatch::default();
            let filled = source.fill(&mut batch, budget);
            for info in &batch.frames {
                let mut became = Vec::new();
                if info.fault.is_none() {
                    format.decode(
                        &batch.frame(info, "x"),
                        &mut article,
                        scratch.as_mut(),
                        &mut |a, result| {
                            became.push(match result {
                                Ok(()) => format!("{} {} {:?}", a.id, a.text(), a.meta),
                                Err(e) => format!("{}: {}", e.code, e.message),
                            });
                        },
                    );
                }
                all.push(Seen {
                    position: info.position.clone(),
                    bytes: batch.bytes[info.range.clone()].to_vec(),
                    oversize: info.oversize,
                    fault: info.fault.is_some(),
                    became,
                });
            }
            if !matches!(filled, Ok(Filled::More)) {
                return all;
            }
        }
    }

    /// Records are the same for batches of any size, lie in order, and a source that starts at one of them yields it and
    /// all that follow.
    fn check(&self, data: &[u8]) {
        let start = Position::default();
        let all = self.read(data, &start, 1);
        assert_eq!(all, self.read(data, &start, 50));
        assert_eq!(all, self.read(data, &start, usize::MAX));
        for pair in all.windows(2) {
            assert!(pair[0].position.offset <= pair[1].position.offset);
        }
        let records: Vec<&Seen> = all.iter().filter(|seen| !seen.fault).collect();
        for (i, seen) in records.iter().enumerate() {
            assert_eq!(seen.position.record, i as u64);
        }
        if let Some(middle) = records.get(records.len() / 2).filter(|m| m.position.offset > 0) {
            let rest = self.read(data, &middle.position, 50);
            let expected: Vec<&Seen> = all.iter().skip_while(|s| s.position != middle.position).collect();
            assert_eq!(rest.iter().collect::<Vec<_>>(), expected);
        }
    }
}
