//! JSON lines: one article a line.

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Article;
use newsmill_core::input::{DecodeError, Emit, Format, Frame, InputFile, Source};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::fields::{FieldMap, Fields};
use crate::lines::Lines;
use crate::record::Record;
use crate::text::too_large;

/// Options of JSON lines.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JsonLinesOptions {
    /// Which fields hold what: `{ "body": "maintext" }`, or a list of names, the first that isn't empty counting.
    fields: Fields,
}

/// A line is an object, its fields are an article's. Blank lines are skipped.
pub struct JsonLines {
    map: FieldMap,
}

/// Per-worker memory.
#[derive(Default)]
pub struct Scratch {
    record: Record,
}

impl Format for JsonLines {
    const KIND: &'static str = "jsonl";
    const ABOUT: &'static str = "JSON lines, one article each";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "fields": { "body": "maintext" } }"#;
    const EXTENSIONS: &'static [&'static str] = &["jsonl", "ndjson"];
    type Config = JsonLinesOptions;
    type Scratch = Scratch;

    fn build(options: JsonLinesOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(JsonLines { map: FieldMap::new(options.fields) })
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        Box::new(Lines::new(file))
    }

    fn decode(&self, frame: &Frame<'_>, article: &mut Article, scratch: &mut Scratch, emit: &mut Emit<'_>) {
        article.clear();
        let result = self.read(frame, &mut scratch.record).and_then(|()| scratch.record.fill(article));
        emit(article, result);
    }
}

impl JsonLines {
    fn read(&self, frame: &Frame<'_>, record: &mut Record) -> Result<(), DecodeError> {
        if let Some(bytes) = frame.oversize {
            return Err(too_large(bytes));
        }
        let json = std::str::from_utf8(frame.bytes).map_err(|e| {
            let at = e.valid_up_to();
            DecodeError::new(
                "invalid-utf8",
                format!("byte {at} of the line isn't valid UTF-8; convert the file to UTF-8"),
            )
        })?;
        record.read(json, &self.map).map_err(|e| {
            let first = json.trim_ascii_start();
            let object = first.starts_with('{');
            let value = first
                .starts_with(|c: char| matches!(c, '[' | '"' | '-' | 'n' | 't' | 'f') || c.is_ascii_digit());
            if !object && value && e.is_data() {
                return DecodeError::new(
                    "not-an-object",
                    "the line is JSON but not an object with an article's fields",
                );
            }
            DecodeError::new("invalid-json", format!("{} (column {})", reason(&e), e.column()))
        })
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
        let format = JsonLines { map: FieldMap::new(Fields::default()) };
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
