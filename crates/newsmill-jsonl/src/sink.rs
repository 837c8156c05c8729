//! The sink: options, and articles as lines.

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Doc;
use newsmill_core::flat::{FlatScratch, FlatTable};
use newsmill_core::layers::names;
use newsmill_core::reduce::ReducedRow;
use newsmill_core::sink::{OutputFile, Sink, file_name};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::objects::{Keys, Objects, Shape, push_text};

/// Options of the sink.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Name of the layer to write.
    #[serde(default = "articles")]
    table: String,
    /// Tables to put into each article's object, as lists under their names (in place of a count that has the same
    /// name); for the tables `articles` and `texts`.
    #[serde(default)]
    nest: Vec<String>,
    /// File in the output directory. Default: the table's name with `.jsonl`. With `.gz` or `.zst` at its end it is
    /// compressed.
    #[serde(default)]
    file: Option<String>,
    /// Add `before` and `after` with so many characters around the row's place; of the nested rows if there are any.
    #[serde(default)]
    context: u32,
}

fn articles() -> String {
    names::ARTICLES.to_owned()
}

/// Writes one table, or articles with what they hold, to one file.
pub struct JsonLines {
    file: String,
    table: Table,
    /// `,"name":[` and the table.
    nested: Vec<(Vec<u8>, Table)>,
}

struct Table {
    rows: FlatTable,
    keys: Keys,
}

/// Per-worker memory.
#[derive(Default)]
pub struct Scratch {
    lead: Vec<u8>,
    rows: FlatScratch,
}

impl Sink for JsonLines {
    const KIND: &'static str = "jsonl";
    const ABOUT: &'static str = "writes a table as JSON lines, or articles with other tables nested in them";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "table": "articles", "file": "articles.jsonl" }"#;
    type Config = Options;
    type Scratch = Scratch;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        check_nesting(&options)?;
        let own_context = if options.nest.is_empty() { options.context } else { 0 };
        let table = Table::build(&options.table, own_context, &options.nest, cx)?;
        let mut nested = Vec::new();
        for (i, name) in options.nest.iter().enumerate() {
            let at = format!("/nest/{i}");
            let built = match Table::build(name, options.context, &[], cx) {
                // Rows without a place can be nested beside others that have one.
                Err(e) if e.at.as_deref() == Some("/context") => Table::build(name, 0, &[], cx),
                built => built,
            };
            let rows = built.map_err(|e| e.at(&at))?;
            if rows.rows.is_reduced() {
                let message = format!("`{name}` is a table of the whole run, which no article can hold");
                return Err(BuildError::new(message).help("give it a sink of its own").at(at));
            }
            let mut key = vec![b','];
            push_text(&mut key, name);
            key.extend_from_slice(b":[");
            nested.push((key, rows));
        }
        Ok(JsonLines { file: file_name(options.file, &options.table, "jsonl")?, table, nested })
    }

    fn outputs(&self) -> Vec<OutputFile> {
        vec![OutputFile::new(self.file.clone(), self.table.rows.output_kind())]
    }

    fn header(&self, _index: usize, _buf: &mut Vec<u8>) {}

    fn encode(&self, doc: Doc<'_>, buffers: &mut [Vec<u8>], scratch: &mut Scratch) {
        let Some(buf) = buffers.first_mut() else { return };
        let Scratch { lead, rows } = scratch;
        if self.table.rows.is_reduced() {
            return self.table.rows.encode_for_reduce(doc, rows, buf);
        }
        lead.clear();
        lead.extend_from_slice(b"\"article_id\":");
        push_text(lead, doc.id());
        lead.push(b',');
        if self.nested.is_empty() {
            return self.table.write(Shape::Lines, doc, lead, rows, buf);
        }
        self.table.write(Shape::Open, doc, lead, rows, buf);
        for (key, table) in &self.nested {
            buf.extend_from_slice(key);
            table.write(Shape::List, doc, &[], rows, buf);
            buf.push(b']');
        }
        buf.extend_from_slice(b"}\n");
    }

    fn encode_reduced(&self, _index: usize, row: &ReducedRow, buf: &mut Vec<u8>) {
        self.table.rows.reduced_row(row, &mut Objects::new(Shape::Lines, &self.table.keys, &[], buf));
    }
}

/// Only what is one row an article can hold other tables.
fn check_nesting(options: &Options) -> Result<(), BuildError> {
    let Options { table, nest, .. } = options;
    if nest.is_empty() || [names::ARTICLES, names::TEXTS].contains(&&**table) {
        return Ok(());
    }
    Err(BuildError::new(format!("`{table}` can't hold other tables: it isn't one row an article"))
        .help("nest them in \"articles\" or \"texts\", or leave \"nest\" out")
        .at("/nest"))
}

impl Table {
    /// A column that a nested table's name replaces (the number of mentions, say) is left out.
    fn build(
        name: &str,
        context: u32,
        nested: &[String],
        cx: &mut BuildContext<'_>,
    ) -> Result<Self, BuildError> {
        let rows = FlatTable::build(name, context, cx)?;
        Ok(Table { keys: Keys::of(&rows, nested), rows })
    }

    fn write(&self, shape: Shape, doc: Doc<'_>, lead: &[u8], scratch: &mut FlatScratch, buf: &mut Vec<u8>) {
        self.rows.rows(doc, scratch, &mut Objects::new(shape, &self.keys, lead, buf));
    }
}
