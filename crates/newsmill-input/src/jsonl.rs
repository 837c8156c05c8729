//! JSON lines: one article a line.

use std::sync::Arc;

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Article;
use newsmill_core::input::{DecodeError, Emit, Format, Frame, InputFile, Recode, Source};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::encoding::{Decoding, Invalid, push_replaced};
use crate::fields::{FieldMap, Fields};
use crate::json;
use crate::lines::{Lines, Newline};
use crate::record::Record;
use crate::text::too_large;

/// Options of JSON lines.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JsonLinesOptions {
    /// Which fields hold what: `{ "body": "maintext" }`, or a list of names, the first that isn't empty counting.
    fields: Fields,
    /// Fields to carry through to columns of the table `articles`, by the same rules as `fields`: `["section"]`.
    carry: Vec<String>,
    /// What the files are encoded in: a name such as `windows-1252`, or `detect`. Default: UTF-8, or what a byte order
    /// mark says.
    encoding: String,
    /// What to do about bytes that are no text.
    invalid: Invalid,
}

/// A line is an object, its fields are an article's. Blank lines are skipped.
pub struct JsonLines {
    map: Arc<FieldMap>,
    decoding: Decoding,
}

/// Per-worker memory.
#[derive(Default)]
pub struct Scratch {
    record: Record,
}

impl Format for JsonLines {
    const KIND: &'static str = "jsonl";
    const ABOUT: &'static str = "JSON lines, one article each";
    const VERSION: u32 = 2;
    const EXAMPLE: &'static str = r#"{ "fields": { "body": "maintext" } }"#;
    const EXTENSIONS: &'static [&'static str] = &["jsonl", "ndjson"];
    type Config = JsonLinesOptions;
    type Scratch = Scratch;

    fn build(options: JsonLinesOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let decoding = Decoding::new(&options.encoding, options.invalid)?;
        Ok(JsonLines { map: Arc::new(FieldMap::new(options.fields, options.carry)?), decoding })
    }

    fn recode(&self, head: &[u8]) -> Option<Recode> {
        self.decoding.recode(head)
    }

    fn note(&self, head: &[u8]) -> Option<DecodeError> {
        self.decoding.note(head)
    }

    fn carried(&self) -> &[String] {
        self.map.carried()
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        Box::new(Lines::new(file, Newline))
    }

    fn decode(&self, frame: &Frame<'_>, article: &mut Article, scratch: &mut Scratch, emit: &mut Emit<'_>) {
        article.clear();
        let result = self.read(frame, &mut scratch.record, article);
        emit(article, result);
    }
}

impl JsonLines {
    /// Which fields it looks for.
    pub fn fields(&self) -> &Arc<FieldMap> {
        &self.map
    }

    /// With these fields, for formats whose records become JSON.
    pub fn with_fields(map: FieldMap) -> Result<Self, BuildError> {
        Ok(JsonLines { map: Arc::new(map), decoding: Decoding::new("", Invalid::Quarantine)? })
    }

    fn read(&self, frame: &Frame<'_>, record: &mut Record, article: &mut Article) -> Result<(), DecodeError> {
        if let Some(bytes) = frame.oversize {
            return Err(too_large(bytes));
        }
        let (json, mut replaced) = self.decoding.record(frame.bytes)?;
        let mut result = self.parse(&json, record, article);
        if result.is_err()
            && self.decoding.replaces()
            && let Some((mended, halves)) = json::without_half_pairs(&json)
        {
            replaced += halves;
            article.clear();
            result = self.parse(&mended, record, article);
        }
        push_replaced(&mut article.note, replaced);
        result
    }

    fn parse(&self, json: &str, record: &mut Record, article: &mut Article) -> Result<(), DecodeError> {
        json::read(json, record, &self.map).map_err(|e| {
            let first = json.trim_ascii_start();
            let value = first
                .starts_with(|c: char| matches!(c, '[' | '"' | '-' | 'n' | 't' | 'f') || c.is_ascii_digit());
            if value && e.is_data() {
                return DecodeError::new(
                    "not-an-object",
                    "it is JSON but not an object with an article's fields (a file that holds one list of them is read with \
                     \"kind\": \"json\")",
                );
            }
            DecodeError::new("invalid-json", format!("{} (column {})", reason(&e), e.column()))
        })?;
        record.fill(article, &self.map, || json::names(json))
    }
}

/// serde_json's message without its place: its line is always 1.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use newsmill_core::input::Position;

    use super::*;

    fn code(line: &[u8], oversize: Option<u64>) -> Result<String, (&'static str, String)> {
        let format = JsonLines::with_fields(FieldMap::new(Fields::default(), Vec::new()).unwrap()).unwrap();
        let position = Position::default();
        let frame = Frame { oversize, ..Frame::new(line, &position, "x.jsonl") };
        let mut seen = None;
        format.decode(&frame, &mut Article::default(), &mut Scratch::default(), &mut |article, result| {
            seen = Some(result.map(|()| article.id.clone()).map_err(|e| (e.code, e.message)));
        });
        seen.unwrap()
    }

    #[test]
    fn failures_have_codes_and_places() {
        for (line, expected, part) in [
            (&b"[1, 2]"[..], "not-an-object", "not an object"),
            (b"null", "not-an-object", "not an object"),
            (b"{\"body\": \"x", "invalid-json", "column 11"),
            (b"{'body': 'x'}", "invalid-json", "key must be a string"),
            (b"nonsense", "invalid-json", "column"),
            (b"{\"body\": \"\xFF\"}", "invalid-utf8", "byte 10"),
            (b"\xEF\xBB\xBF{}", "invalid-json", "column"),
            (b"{}", "missing-body", "fields"),
        ] {
            let (code, message) = code(line, None).unwrap_err();
            assert_eq!(code, expected, "{message}");
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(code(b"{\"body\"", Some(100)).unwrap_err().0, "too-large");
    }

    #[test]
    fn nul_is_a_character_like_others() {
        assert_eq!(code(br#"{"id": "a\u0000b", "body": "\u0000"}"#, None).unwrap(), "a\0b");
    }
}
