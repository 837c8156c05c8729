//! A sink of one's own: a table as lines of `column=value`. `docs/extending.md` points here.

use newsmill_core::flat::{Cells, FlatColumn, FlatScratch, FlatTable};
use newsmill_core::prelude::*;
use newsmill_core::reduce::ReducedRow;
use newsmill_core::sink::OutputFile;
use newsmill_testkit::GivenTokens;

use newsmill_example_stage::WordsPerSentence;

/// Options: beside `kind`, in an entry of `output.sinks`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Options {
    /// The table to write.
    table: String,
}

/// Writes a line a row, and only the cells that have a value.
struct Pairs {
    table: FlatTable,
}

impl Sink for Pairs {
    const KIND: &'static str = "pairs";
    const ABOUT: &'static str = "writes a table as lines of column=value";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "table": "articles" }"#;
    type Config = Options;
    type Scratch = FlatScratch;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        // Claims the layer and those that continue its rows; knows none by name.
        Ok(Pairs { table: FlatTable::build(&options.table, 0, cx)? })
    }

    fn outputs(&self) -> Vec<OutputFile> {
        vec![OutputFile::new(format!("{}.txt", self.table.name()), self.table.output_kind())]
    }

    fn header(&self, _: usize, _: &mut Vec<u8>) {}

    fn encode(&self, doc: Doc<'_>, buffers: &mut [Vec<u8>], scratch: &mut FlatScratch) {
        // A reduced table's rows go to the runner first, which folds them.
        match self.table.is_reduced() {
            true => self.table.encode_for_reduce(doc, scratch, &mut buffers[0]),
            false => self.table.rows(doc, scratch, &mut Lines::new(self, doc.id(), &mut buffers[0])),
        }
    }

    fn encode_reduced(&self, _: usize, row: &ReducedRow, buf: &mut Vec<u8>) {
        self.table.reduced_row(row, &mut Lines::new(self, "", buf));
    }
}

/// Turns cells into a line.
struct Lines<'a> {
    columns: &'a [FlatColumn],
    id: &'a str,
    buf: &'a mut Vec<u8>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn new(sink: &'a Pairs, id: &'a str, buf: &'a mut Vec<u8>) -> Self {
        Lines { columns: sink.table.columns(), id, buf, at: 0 }
    }

    fn pair(&mut self, value: impl std::fmt::Display) {
        if self.at == 0 && !self.id.is_empty() {
            self.buf.extend(format!("article_id={} ", self.id).bytes());
        }
        self.buf.extend(format!("{}={value} ", self.columns[self.at].name).bytes());
        self.at += 1;
    }
}

impl Cells for Lines<'_> {
    fn text(&mut self, value: &str) {
        self.pair(format_args!("{value:?}"));
    }
    fn int(&mut self, value: u64) {
        self.pair(value);
    }
    fn float(&mut self, value: f32) {
        self.pair(value);
    }
    fn bool(&mut self, value: bool) {
        self.pair(value);
    }
    fn absent(&mut self) {
        self.at += 1;
    }
    fn end_row(&mut self) {
        self.buf.push(b'\n');
        self.at = 0;
    }
}

#[test]
fn any_table_is_written_by_name() {
    let config = r#"{
        "input": [{ "files": ["news"] }],
        "stages": [{ "kind": "given-tokens" }, { "kind": "words-per-sentence" }],
        "output": { "sinks": [{ "kind": "pairs", "table": "words_per_sentence" }] } }"#;
    let config = ConfigFile::parse("config.json", ".", config).unwrap();
    let registry = Registry::new().with::<GivenTokens>().with::<WordsPerSentence>().with_sink::<Pairs>();
    let plan = Plan::new(&config, &registry).map_err(|p| p[0].to_string()).unwrap();
    let mut workspace = plan.workspace();
    workspace.article = Article::new("a", "It rained.");
    let mut files = vec![Vec::new()];
    assert_eq!(plan.process(&mut workspace, &mut files, &mut ()), Outcome::Done);
    let line =
        "article_id=a sentence=0 words=2 field=\"body\" start_char=0 end_char=10 text=\"It rained.\" \n";
    assert_eq!(String::from_utf8(files.remove(0)).unwrap(), line);
}
