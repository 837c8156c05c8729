//! Text files: one article a file.

use std::io::{self, Read};

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Article;
use newsmill_core::hash::content_hash_of;
use newsmill_core::input::{
    DecodeError, Emit, Filled, Format, Frame, FrameInfo, InputFile, Position, RawBatch, Source,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::encoding::{Decoding, Invalid, push_note};
use crate::fields::{FieldMap, Fields};
use crate::record::Record;
use crate::sidecar::Sidecar;

/// Options of text files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TextOptions {
    /// What the files are encoded in: a name such as `windows-1252`, or `detect`. Default: UTF-8, or what a byte order
    /// mark says.
    encoding: String,
    /// What to do about bytes that are no text.
    invalid: Invalid,
    /// A table (CSV, relative to the config) that says of the files what they don't: title, date, source and so on. Its
    /// column `file` (or `filename`, `path`, `name`, `id`) has their paths, names, or names without ending; an id in
    /// another column becomes the article's.
    metadata: Option<String>,
    /// Which columns of that table hold what: `{ "date": "published_on" }`, or a list of names.
    fields: Fields,
    /// Columns of that table to carry through to the table `articles`: `["section"]`.
    carry: Vec<String>,
}

/// A file is an article: its whole text is the body, its path relative to the named folder the id.
///
/// The first line isn't taken for a title, since nothing tells a headline from a first sentence.
pub struct Text {
    decoding: Decoding,
    map: FieldMap,
    sidecar: Option<Sidecar>,
}

impl Format for Text {
    const KIND: &'static str = "text";
    const ABOUT: &'static str = "text files, one article each";
    const VERSION: u32 = 2;
    const EXAMPLE: &'static str = "{}";
    const EXTENSIONS: &'static [&'static str] = &["txt"];
    type Config = TextOptions;
    type Scratch = Record;

    fn build(options: TextOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let sidecar = options.metadata.map(|path| Sidecar::load(&path, cx).map_err(|e| e.at("/metadata")));
        Ok(Text {
            decoding: Decoding::new(&options.encoding, options.invalid)?,
            map: FieldMap::new(options.fields, options.carry)?,
            sidecar: sidecar.transpose()?,
        })
    }

    fn remarks(&self, names: &mut dyn Iterator<Item = &str>) -> Vec<String> {
        self.sidecar.iter().filter_map(|sidecar| sidecar.unused(names)).collect()
    }

    fn carried(&self) -> &[String] {
        self.map.carried()
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        Box::new(WholeFile::new(file))
    }

    fn decode(&self, frame: &Frame<'_>, article: &mut Article, record: &mut Record, emit: &mut Emit<'_>) {
        article.clear();
        let result = self.read(frame, article, record);
        if article.id.is_empty() {
            article.id.push_str(frame.file_name);
        }
        emit(article, result);
    }
}

impl Text {
    fn read(&self, frame: &Frame<'_>, article: &mut Article, record: &mut Record) -> Result<(), DecodeError> {
        if let Some(bytes) = frame.oversize {
            return Err(too_large(bytes));
        }
        let mut note = String::new();
        let body = self.decoding.whole(frame.bytes, &mut note)?;
        if let Some(sidecar) = &self.sidecar {
            record.clear(&self.map);
            if !sidecar.fill(frame.file_name, &self.map, record) {
                push_note(&mut note, "not in the metadata");
            }
            record.fill_text(&body, article, &self.map);
        } else {
            article.set_text("", &body);
            article.hash = content_hash_of(&[b"", body.as_bytes()]);
        }
        article.note = note;
        Ok(())
    }
}

/// A record is over the limit.
pub fn too_large(bytes: u64) -> DecodeError {
    DecodeError::new(
        "too-large",
        format!("the record is {bytes} bytes long; raise limits.max_body_bytes to let it through"),
    )
}

/// A file as one record.
pub struct WholeFile {
    reader: Box<dyn Read + Send>,
    max_bytes: usize,
    /// Record 0 is the file, record 1 its end.
    position: Position,
}

impl WholeFile {
    /// The source over this file.
    pub fn new(file: InputFile) -> Self {
        WholeFile {
            reader: file.reader,
            max_bytes: file.max_record_bytes,
            position: Position { file: file.index, line: file.start.line.max(1), ..file.start },
        }
    }
}

impl Source for WholeFile {
    fn fill(&mut self, batch: &mut RawBatch, _budget: usize) -> Result<Filled, io::Error> {
        if self.position.record > 0 {
            return Ok(Filled::End);
        }
        let start = batch.bytes.len();
        let limit = self.max_bytes as u64 + 1;
        let mut bytes = self.reader.by_ref().take(limit).read_to_end(&mut batch.bytes)? as u64;
        let mut oversize = None;
        if bytes == limit {
            batch.bytes.truncate(start + self.max_bytes);
            bytes += io::copy(&mut self.reader, &mut io::sink())?;
            oversize = Some(bytes);
        }
        let range = start..batch.bytes.len();
        batch.frames.push(FrameInfo { oversize, ..FrameInfo::new(range, self.position.clone()) });
        self.position.record = 1;
        self.position.offset = bytes;
        Ok(Filled::End)
    }

    fn position(&self) -> Position {
        self.position.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> (String, Result<String, DecodeError>) {
        let file = InputFile::in_memory("a/b.txt", bytes, 100);
        let decoding = Decoding::new("", Invalid::Quarantine).unwrap();
        let map = FieldMap::new(Fields::default(), Vec::new()).unwrap();
        let format = Text { decoding, map, sidecar: None };
        let (mut batch, mut article) = (RawBatch::default(), Article::default());
        assert_eq!(format.source(file).fill(&mut batch, 10).unwrap(), Filled::End);
        let mut seen = None;
        let frame = batch.frame(&batch.frames[0], "a/b.txt");
        format.decode(&frame, &mut article, &mut Record::default(), &mut |article, result| {
            assert_eq!(article.title(), None);
            seen = Some((article.id.clone(), result.map(|()| article.body().to_owned())));
        });
        seen.unwrap()
    }

    #[test]
    fn the_path_is_the_id_and_the_file_the_body() {
        assert_eq!(decode(b"Headline?\n\nText."), ("a/b.txt".into(), Ok("Headline?\n\nText.".into())));
        assert_eq!(decode(b"\xEF\xBB\xBFText").1.unwrap(), "Text");
        assert_eq!(decode(b"").1.unwrap(), "");
        assert_eq!(decode(b"a\0b").1.unwrap(), "a\0b");
    }

    #[test]
    fn what_is_not_utf8_is_told_with_its_place() {
        let error = decode(b"\xEF\xBB\xBFab\xFF").1.unwrap_err();
        assert_eq!(
            (error.code, &*error.message),
            (
                "invalid-utf8",
                "byte 5 isn't valid UTF-8; say which \"encoding\" it is (or \"detect\"), or set \"invalid\" to \"replace\""
            )
        );
        assert_eq!(decode(b"\xFF\xFEa\0").1.unwrap(), "a");
        assert_eq!(decode(b"\xE2\x82").1.unwrap_err().code, "invalid-utf8");
    }

    #[test]
    fn a_file_over_the_limit_is_cut_and_measured() {
        assert!(decode(&[b'x'; 100]).1.is_ok());
        let error = decode(&[b'x'; 250]).1.unwrap_err();
        assert_eq!(error.code, "too-large");
        assert!(error.message.contains("250 bytes"), "{}", error.message);
    }
}
