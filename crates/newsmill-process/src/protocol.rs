//! The protocol, version 1: JSON objects, one a line, UTF-8.
//!
//! newsmill writes to the program's standard input and reads its standard output; what the program writes to standard
//! error is logged. It ends when its input does.
//!
//! | newsmill says | the program answers |
//! |---|---|
//! | `{"type":"hello","protocol":1}` | `{"type":"hello","protocol":1}` |
//! | `{"type":"configure","id":ID,"options":{…},"sends":[LAYER, …]}` | `{"type":"configured","layers":[LAYER, …],"drops":[TEXT, …]}` or `{"type":"error","message":TEXT,"at":"/option"}` |
//! | `{"type":"batch","batch":N,"articles":K}`, then `K` lines `{"type":"article","id":…,"text":…,"body_start":…,"meta":{…},"layers":{NAME:[ROW, …]}}` | `K` lines in the same order: `{"type":"result","batch":N,"article":I,"layers":{NAME:[ROW, …]},"note":TEXT}`, or with `"drop":REASON` or `"error":TEXT` in place of `layers` |
//!
//! A LAYER is `{"name":TEXT,"columns":[{"name":TEXT,"kind":"text"|"int"|"float"|"bool"|"span","doc":TEXT}, …]}`. A ROW is an
//! array with a cell for each column; `null` is a cell without a value. A span is `[start, end]` in code points of `text`,
//! half open. `text` is the title, a blank line and the body (without a title the body alone); the body begins at
//! `body_start`. `meta` has the texts `source`, `date`, `date_raw`, `url`, `language` and `author`, absent ones left out.
//!
//! `layers` of `configured` may be left out if the config declares them; `drops` are the reasons for which it may drop an
//! article. In a result, `note` may be left out, and so may a layer without rows. Members that a side doesn't know it
//! ignores, so that later versions can add some; a change that isn't such an addition raises the number of the version.

use std::collections::BTreeMap;

use newsmill_core::Doc;
use newsmill_core::layer::AnyTable;
use newsmill_core::offsets::OffsetUnit;
use newsmill_core::prelude::*;
use serde_json::{Value, json};

use crate::options::LayerDeclaration;

/// The version of the protocol.
pub const PROTOCOL: u32 = 1;

/// The first line.
pub fn hello() -> Vec<u8> {
    line(&json!({ "type": "hello", "protocol": PROTOCOL }))
}

/// The second line.
pub fn configure(id: &str, options: &serde_json::Map<String, Value>, sends: &[LayerDeclaration]) -> Vec<u8> {
    line(&json!({ "type": "configure", "id": id, "options": options, "sends": sends }))
}

fn line(value: &Value) -> Vec<u8> {
    let mut bytes = value.to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

/// Appends the first line of a batch.
pub fn push_batch(batch: u64, articles: usize, buf: &mut Vec<u8>) {
    buf.extend(line(&json!({ "type": "batch", "batch": batch, "articles": articles })));
}

/// Appends an article with the layers that the program wants to see.
pub fn push_article<'a>(
    doc: Doc<'_>,
    layers: impl Iterator<Item = (&'a str, &'a dyn AnyTable)>,
    buf: &mut Vec<u8>,
) {
    buf.extend(b"{\"type\":\"article\",\"id\":");
    push_text(doc.id(), buf);
    buf.extend(b",\"text\":");
    push_text(doc.text(), buf);
    let body = doc.article().sections().last().map_or(0, |s| s.span.start);
    let body = doc.article().offsets().convert(doc.text(), body, OffsetUnit::Char);
    buf.extend(format!(",\"body_start\":{body},\"meta\":{{").bytes());
    let meta = doc.meta();
    let texts = [
        ("source", &meta.source),
        ("date", &meta.date),
        ("date_raw", &meta.date_raw),
        ("url", &meta.url),
        ("language", &meta.language),
        ("author", &meta.author),
    ];
    for (i, (name, text)) in texts.into_iter().filter(|(_, text)| !text.is_empty()).enumerate() {
        push_name(i, name, buf);
        push_text(text, buf);
    }
    buf.extend(b"},\"layers\":{");
    for (i, (name, table)) in layers.enumerate() {
        push_name(i, name, buf);
        let mut rows = JsonRows { doc, buf, cells: 0, rows: 0 };
        rows.buf.push(b'[');
        table.rows(doc, &mut rows);
        buf.push(b']');
    }
    buf.extend(b"}}\n");
}

fn push_name(index: usize, name: &str, buf: &mut Vec<u8>) {
    if index > 0 {
        buf.push(b',');
    }
    push_text(name, buf);
    buf.push(b':');
}

fn push_text(text: &str, buf: &mut Vec<u8>) {
    // Writing to memory can't fail.
    let _ = serde_json::to_writer(&mut *buf, text);
}

/// Writes a table's rows as JSON arrays.
struct JsonRows<'a> {
    doc: Doc<'a>,
    buf: &'a mut Vec<u8>,
    cells: usize,
    rows: usize,
}

impl JsonRows<'_> {
    fn cell(&mut self) -> &mut Vec<u8> {
        match (self.cells, self.rows) {
            (0, 0) => self.buf.push(b'['),
            (0, _) => self.buf.extend(b",["),
            _ => self.buf.push(b','),
        }
        self.cells += 1;
        self.buf
    }
}

impl RowWriter for JsonRows<'_> {
    fn text(&mut self, value: &str) {
        push_text(value, self.cell());
    }
    fn int(&mut self, value: u64) {
        self.cell().extend(value.to_string().bytes());
    }
    fn float(&mut self, value: f32) {
        self.cell().extend(json!(value).to_string().bytes());
    }
    fn bool(&mut self, value: bool) {
        self.cell().extend(value.to_string().bytes());
    }
    fn span(&mut self, value: Span) {
        let (text, offsets) = (self.doc.text(), self.doc.article().offsets());
        let start = offsets.convert(text, value.start, OffsetUnit::Char);
        let end = offsets.convert_from(text, (value.start, start), value.end, OffsetUnit::Char);
        self.cell().extend(format!("[{start},{end}]").bytes());
    }
    fn absent(&mut self) {
        self.cell().extend(b"null");
    }
    fn end_row(&mut self) {
        if self.cells > 0 {
            self.buf.push(b']');
            (self.cells, self.rows) = (0, self.rows + 1);
        }
    }
}

/// What a program says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Greeting {
    #[serde(rename = "type")]
    kind: String,
    protocol: u32,
    /// The layers that it writes.
    pub layers: Vec<LayerDeclaration>,
    /// Why it may drop an article.
    pub drops: Vec<String>,
    message: String,
    at: Option<String>,
}

/// Why a program's first answers won't do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// Which of the program's options is, as a JSON pointer.
    pub at: Option<String>,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Refusal { message: message.into(), at: None }
    }
}

impl Greeting {
    /// Reads the answer to `hello` (`wanted` is its type) or `configure` (`configured`).
    ///
    /// # Errors
    /// It isn't one, speaks another version, or refuses the options.
    pub fn parse(line: &[u8], wanted: &str) -> Result<Greeting, Refusal> {
        let greeting: Greeting = serde_json::from_slice(line)
            .map_err(|e| Refusal::new(format!("expected `{wanted}`, but it said {}: {e}", shown(line))))?;
        match greeting.kind.as_str() {
            "error" => Err(Refusal { message: greeting.message, at: greeting.at }),
            kind if kind != wanted => {
                Err(Refusal::new(format!("expected `{wanted}`, but it said {}", shown(line))))
            }
            "hello" if greeting.protocol != PROTOCOL => Err(Refusal::new(format!(
                "it speaks version {} of the protocol, this newsmill version {PROTOCOL}",
                greeting.protocol
            ))),
            _ => Ok(greeting),
        }
    }
}

/// What a program answers for an article.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Answer {
    #[serde(rename = "type")]
    kind: String,
    batch: u64,
    article: u64,
    /// Rows by layer.
    pub layers: BTreeMap<String, Vec<Vec<Value>>>,
    /// For the article's status.
    pub note: Option<String>,
    /// Drop the article, for this reason.
    pub drop: Option<String>,
    /// The article can't be processed.
    pub error: Option<String>,
}

impl Answer {
    /// Reads the answer for an article of a batch.
    ///
    /// # Errors
    /// What is wrong with it. Nothing that follows can be relied on.
    pub fn parse(line: &[u8], batch: u64, article: u64) -> Result<Answer, String> {
        let answer: Answer =
            serde_json::from_slice(line).map_err(|e| format!("{} isn't an answer: {e}", shown(line)))?;
        if (answer.kind.as_str(), answer.batch, answer.article) != ("result", batch, article) {
            return Err(format!("{} isn't the result for article {article} of batch {batch}", shown(line)));
        }
        Ok(answer)
    }
}

/// The beginning of a line, for messages.
fn shown(line: &[u8]) -> String {
    const LONGEST: usize = 80;
    let text = String::from_utf8_lossy(&line[..line.len().min(4 * LONGEST)]);
    let mut beginning: String = text.trim_end().chars().take(LONGEST).collect();
    if beginning.len() < text.trim_end().len() || line.len() > 4 * LONGEST {
        beginning.push('…');
    }
    format!("`{beginning}`")
}
