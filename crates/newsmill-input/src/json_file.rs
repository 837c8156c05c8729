//! JSON files: one object, a list of objects, or objects one after the other, each an article.

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Article;
use newsmill_core::input::{DecodeError, Emit, Format, Frame, InputFile, Recode, Source};

use crate::jsonl::{JsonLines, JsonLinesOptions, Scratch};
use crate::lines::{Boundary, Ends, Lines};

/// A file holds one object or a list of them; an object's fields are an article's.
///
/// A list is never held as a whole: its members are found one by one, so that a list of any length is read in bounded
/// memory and gone on with in its middle.
pub struct Json(JsonLines);

impl Format for Json {
    const KIND: &'static str = "json";
    const ABOUT: &'static str = "JSON files that hold one article or a list of them";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "fields": { "body": "maintext" } }"#;
    const EXTENSIONS: &'static [&'static str] = &["json"];
    type Config = JsonLinesOptions;
    type Scratch = Scratch;

    fn build(options: JsonLinesOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        JsonLines::build(options, cx).map(Json)
    }

    fn recode(&self, head: &[u8]) -> Option<Recode> {
        self.0.recode(head)
    }

    fn note(&self, head: &[u8]) -> Option<DecodeError> {
        self.0.note(head)
    }

    fn carried(&self) -> &[String] {
        self.0.carried()
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        Box::new(Lines::new(file, Members::default()))
    }

    fn decode(&self, frame: &Frame<'_>, article: &mut Article, scratch: &mut Scratch, emit: &mut Emit<'_>) {
        self.0.decode(frame, article, scratch, emit);
    }
}

/// Finds what stands between values: outside of all objects and texts a comma, a bracket or a newline.
///
/// So the brackets of a list separate its members like commas, and what is between two separators without being blank is
/// a record. A member that isn't closed ends before a line that begins an object where JSON can't have one.
#[derive(Debug, Default)]
struct Members {
    /// Brackets and braces that are open, the outermost list's left out.
    open: Vec<u8>,
    in_text: bool,
    escaped: bool,
    /// The last byte outside of texts that isn't white space.
    last: u8,
    /// The byte before is a newline.
    at_line: bool,
    /// The record isn't closed, but another one begins.
    broken: bool,
}

impl Members {
    /// Whether an object that begins here can't be part of what is open.
    fn is_impossible(&self) -> bool {
        let expected = match self.open.last() {
            Some(b'[') => matches!(self.last, b'[' | b','),
            Some(_) => self.last == b':',
            None => true,
        };
        self.in_text || !expected
    }

    /// Takes a byte in a text; as many before it as are nothing but text are skipped.
    fn text(&mut self, bytes: &[u8], at: usize) -> usize {
        if self.escaped {
            self.escaped = false;
            self.at_line = bytes[at] == b'\n';
            return at + 1;
        }
        let Some(found) = memchr::memchr3(b'"', b'\\', b'\n', &bytes[at..]) else {
            self.at_line = false;
            return bytes.len();
        };
        let byte = bytes[at + found];
        self.escaped = byte == b'\\';
        self.in_text = byte != b'"';
        self.at_line = byte == b'\n';
        if byte == b'"' {
            self.last = byte;
        }
        at + found + 1
    }
}

impl Boundary for Members {
    fn restart(&mut self) {
        let mut open = std::mem::take(&mut self.open);
        open.clear();
        open.shrink_to(1 << 10);
        *self = Members { open, ..Members::default() };
    }

    fn is_suspicious(&self) -> bool {
        self.broken
    }

    /// The newline before the object that begins another record is the last byte of the broken one.
    fn resync(&self, record: &[u8], ends: Ends) -> Option<usize> {
        (self.broken && ends == Ends::Line).then_some(record.len())
    }

    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte == b'{' && self.at_line && !self.escaped && self.is_impossible() {
                self.broken = true;
                return Some(at);
            }
            if self.in_text {
                at = self.text(bytes, at);
                continue;
            }
            match byte {
                b'"' => self.in_text = true,
                b'[' | b']' | b',' | b'\n' if self.open.is_empty() => return Some(at),
                b'{' | b'[' => self.open.push(byte),
                b'}' | b']' => drop(self.open.pop()),
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                self.last = byte;
            }
            self.at_line = byte == b'\n';
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use newsmill_core::input::{Filled, RawBatch};

    use super::*;
    use crate::fields::{FieldMap, Fields};

    /// Line and body, or code, of every record, read in batches of this size.
    fn read(text: &str, budget: usize, max: usize) -> Vec<String> {
        let map = FieldMap::new(Fields::default(), Vec::new()).unwrap();
        let format = Json(JsonLines::with_fields(map).unwrap());
        let mut source = format.source(InputFile::in_memory("a.json", text.as_bytes(), max));
        let (mut all, mut scratch, mut article) = (Vec::new(), Scratch::default(), Article::default());
        loop {
            let mut batch = RawBatch::default();
            let filled = source.fill(&mut batch, budget).unwrap();
            for info in &batch.frames {
                let frame = batch.frame(info, "a.json");
                format.decode(&frame, &mut article, &mut scratch, &mut |a, result| {
                    let what = result.map_or_else(|e| e.code.to_owned(), |()| a.body().to_owned());
                    all.push(format!("{}:{what}", info.position.line));
                });
            }
            if filled == Filled::End {
                return all;
            }
        }
    }

    #[test]
    fn one_object_a_list_or_many_objects_are_articles() {
        for (text, expected) in [
            ("\u{FEFF}{\n \"body\": \"a [b], {c\\\"}\"\n}\n", &["1:a [b], {c\"}"][..]),
            ("[{\"body\": \"a\"}, {\"body\": \"b\", \"x\": [[1], {}]}]", &["1:a", "1:b"]),
            ("[\n  {\n    \"body\": \"a\"\n  },\n  {\n    \"body\": \"b\"\n  }\n]\n", &["2:a", "5:b"]),
            ("{\"body\": \"a\"}\r\n{\"body\": \"b\"}\r\n", &["1:a", "2:b"]),
            ("", &[]),
            ("[]", &[]),
            (
                "[1, \"x, y\", {\"body\": \"a\"}, null]",
                &["1:not-an-object", "1:not-an-object", "1:a", "1:not-an-object"],
            ),
        ] {
            for budget in [1, 9, 1000] {
                assert_eq!(read(text, budget, 1000), expected, "{text}");
            }
        }
    }

    #[test]
    fn a_member_that_is_not_closed_costs_itself_alone() {
        for broken in [
            "{\"body\": \"x\"",
            "{\"body\": \"x",
            "{\"body\": {\"y\": 1}",
            "{\"body\": \"x\"}}",
            "{\"body\": x}",
        ] {
            for end in [",", ""] {
                let text = format!("[{{\"body\": \"a\"}},\n{broken}{end}\n{{\"body\": \"b\"}}]");
                assert_eq!(read(&text, 1, 1000), ["1:a", "2:invalid-json", "3:b"], "{text}");
            }
        }
        let long = format!("[{{\"body\": \"{}\"}},\n{{\"body\": \"b\"}}]", "x".repeat(100));
        assert_eq!(read(&long, 1, 50), ["1:too-large", "2:b"]);
    }
}
