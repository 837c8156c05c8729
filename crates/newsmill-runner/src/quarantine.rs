//! Lines of `quarantine.jsonl`: what failed, where, why, and the record itself.

use newsmill_core::config::OutputOptions;
use newsmill_core::document::Article;
use newsmill_core::input::Frame;
use newsmill_core::offsets::OffsetUnit;
use newsmill_core::span::Span;
use serde::Serialize;
use serde_json::{Map, Value};

/// Records longer than this are not repeated whole; bytes.
const RAW_LIMIT: usize = 256 << 10;
/// How much of a longer record is repeated; bytes.
const RAW_BEGINNING: usize = 4 << 10;

/// Why a record is in the quarantine.
pub(crate) struct Reason<'a> {
    /// Id of the stage, or `decode`, or `output`.
    pub stage: &'a str,
    pub code: &'a str,
    pub message: &'a str,
    pub span: Option<Span>,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    line: u64,
    record: u64,
    offset: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    stage: &'a str,
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    span: Option<Value>,
    /// Length of the record, if it isn't repeated whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// Appends a line.
pub(crate) fn push_line(
    out: &mut Vec<u8>,
    frame: &Frame<'_>,
    article: &Article,
    output: &OutputOptions,
    reason: &Reason<'_>,
) {
    let unit = output.offsets;
    let repeated = output.repeats_records();
    let whole = frame.oversize.is_none() && frame.bytes.len() <= RAW_LIMIT;
    let raw = if whole { frame.bytes } else { beginning(frame.bytes) };
    let text = std::str::from_utf8(raw).ok();
    let line = Line {
        file: frame.file_name,
        line: frame.position.line,
        record: frame.position.record,
        offset: frame.position.offset,
        // An address for an id may hold a name.
        id: if output.privacy.is_none() { &article.id } else { "" },
        stage: reason.stage,
        code: reason.code,
        message: reason.message,
        span: reason.span.map(|span| place(article, span, unit)),
        raw_bytes: (!whole || !repeated).then(|| frame.oversize.unwrap_or(frame.bytes.len() as u64)),
        raw: text.filter(|_| repeated),
        raw_base64: (repeated && text.is_none()).then(|| base64(raw)),
    };
    // Writing to a `Vec` can't fail, and the line has no map with keys that aren't strings.
    let _ = serde_json::to_writer(&mut *out, &line);
    out.push(b'\n');
}

/// The first bytes of a record, to the last whole character.
fn beginning(bytes: &[u8]) -> &[u8] {
    let cut = bytes.len().min(RAW_BEGINNING);
    let start =
        (cut.saturating_sub(3)..=cut).rev().find(|&at| bytes.get(at).is_none_or(|b| b & 0xC0 != 0x80));
    &bytes[..start.unwrap_or(cut)]
}

/// A span as field and offsets in it, as in tables.
fn place(article: &Article, span: Span, unit: OffsetUnit) -> Value {
    let section = article.section_at(span.start);
    let offset = |at: u32| {
        let convert = |at| article.offsets().convert(article.text(), at, unit);
        convert(at).saturating_sub(convert(section.span.start))
    };
    let mut map = Map::new();
    map.insert("field".into(), section.field.as_str().into());
    map.insert(format!("start_{}", unit.suffix()), offset(span.start).into());
    map.insert(format!("end_{}", unit.suffix()), offset(span.end).into());
    Value::Object(map)
}

/// Base 64 after RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |g, &b| (g << 8) | u32::from(b)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let shown = digit <= chunk.len();
            out.push(if shown { DIGITS[(group >> (18 - 6 * digit) & 63) as usize] as char } else { '=' });
        }
    }
    out
}

/// What [`base64`] was made of; `None` if it is something else.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = group.iter().try_fold(0u32, |g, &c| Some((g << 6) | u32::from(value(c)?)))?;
        let bytes = (bits << (6 * (4 - group.len()))).to_be_bytes();
        out.extend_from_slice(bytes.get(1..group.len())?);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use newsmill_core::input::Position;

    use super::*;

    fn line(bytes: &[u8], oversize: Option<u64>) -> Value {
        let position = Position { file: 0, record: 2, line: 7, offset: 99 };
        let frame = Frame { oversize, ..Frame::new(bytes, &position, "a.jsonl") };
        let reason = Reason { stage: "quotes", code: "panic", message: "m", span: Some(Span::new(6, 8)) };
        let mut out = Vec::new();
        push_line(&mut out, &frame, &Article::titled("x", "Té", "abc"), &OutputOptions::default(), &reason);
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_line_says_what_and_where() {
        let expected = serde_json::json!({
            "file": "a.jsonl", "line": 7, "record": 2, "offset": 99, "id": "x", "stage": "quotes", "code": "panic",
            "message": "m", "span": { "field": "body", "start_char": 1, "end_char": 3 }, "raw": "{}",
        });
        assert_eq!(line(b"{}", None), expected);
    }

    #[test]
    fn a_long_record_is_cut_at_a_character() {
        let long = "é".repeat(RAW_LIMIT);
        let cut = line(format!("x{long}").as_bytes(), None);
        assert_eq!(cut["raw_bytes"], (2 * RAW_LIMIT + 1) as u64);
        assert_eq!(cut["raw"].as_str().unwrap().len(), RAW_BEGINNING - 1);
        assert_eq!(line(b"abc", Some(1 << 30))["raw_bytes"], 1 << 30);
    }

    #[test]
    fn what_is_not_text_is_base_64() {
        assert_eq!(line(b"\xFF\xFE", None)["raw_base64"], "//4=");
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"foob", "Zm9vYg==")]
        {
            assert_eq!(base64(bytes), text);
            assert_eq!(from_base64(text).as_deref(), Some(bytes));
        }
    }
}
