//! Formats: how bytes on disk become articles.
//!
//! A [`Source`] runs on the reader thread and only finds where records begin and end; a [`Decoder`] runs in the
//! workers and turns one record's bytes into articles.

use std::any::Any;
use std::io::Read;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::build::{BuildContext, BuildError};
use crate::document::Article;

/// A way to read articles, written and registered like a stage.
pub trait Format: Send + Sync + Sized + 'static {
    /// The name in config files (`"kind": "jsonl"`).
    const KIND: &'static str;
    /// One line for `newsmill stages`.
    const ABOUT: &'static str;
    /// Part of a run's fingerprint: raise it whenever decoded articles change.
    const VERSION: u32;
    /// A valid entry of `input` without `kind` and `files` (JSON).
    const EXAMPLE: &'static str;
    /// File name endings, lower case without a dot, by which the kind is told.
    const EXTENSIONS: &'static [&'static str];
    /// The options.
    type Config: DeserializeOwned + JsonSchema;
    /// Per-worker memory of [`decode`](Format::decode).
    type Scratch: Default + Send + 'static;

    /// Checks the options.
    ///
    /// # Errors
    /// What is wrong with them.
    fn build(config: Self::Config, cx: &mut BuildContext<'_>) -> Result<Self, BuildError>;

    /// How a file's bytes have to be changed before [`source`](Format::source) sees them, given its first ones: UTF-16
    /// to UTF-8, say. Positions then count changed bytes. `None` leaves them as they are.
    fn recode(&self, _head: &[u8]) -> Option<Recode> {
        None
    }

    /// What is worth noting about a file that begins with `head`: that its encoding is a guess, say. Nothing is lost by
    /// it; the run's summary tells it.
    fn note(&self, _head: &[u8]) -> Option<DecodeError> {
        None
    }

    /// What is worth noting about the list of all files of this entry and format, by their names: that a table of
    /// metadata has rows for none of them, say.
    fn remarks(&self, _names: &mut dyn Iterator<Item = &str>) -> Vec<String> {
        Vec::new()
    }

    /// Columns of the input that decoded articles carry through to the table `articles`, as the user named them.
    fn carried(&self) -> &[String] {
        &[]
    }

    /// A source over one file's bytes; the runner opens the file.
    fn source(&self, file: InputFile) -> Box<dyn Source>;

    /// Decodes one frame that a source of this format made; called from many threads.
    ///
    /// Calls `emit` once for every article or failed record, in order, after clearing and filling `article` (of a
    /// failed record it holds the id, if that much could be read).
    fn decode(
        &self,
        frame: &Frame<'_>,
        article: &mut Article,
        scratch: &mut Self::Scratch,
        emit: &mut Emit<'_>,
    );
}

/// Receives what a decoder made of a record: an article, or why it couldn't be one.
pub type Emit<'a> = dyn FnMut(&mut Article, Result<(), DecodeError>) + 'a;

/// Wraps a reader that stands at the beginning of a file.
pub type Recode = Box<dyn FnOnce(Box<dyn Read + Send>) -> Box<dyn Read + Send> + Send>;

/// A file to read.
pub struct InputFile {
    /// Index in the run's list of files.
    pub index: u32,
    /// The name that ids and messages show: relative to the folder that the config named, with `/`.
    pub name: String,
    /// Where `reader` stands: the beginning, or where an interrupted run goes on.
    pub start: Position,
    /// Its bytes from there on, decompressed and recoded.
    pub reader: Box<dyn Read + Send>,
    /// Its first bytes, decompressed and recoded, wherever `start` is: all, or the first [`HEAD_BYTES`].
    pub head: Vec<u8>,
    /// The file itself, if it is on disk and not compressed, for formats that have to jump about in it.
    pub file: Option<std::fs::File>,
    /// Records longer than this are cut and quarantined; bytes.
    pub max_record_bytes: usize,
    /// Records at offsets below this aren't wanted. A source may pass over them, if it can faster than by reading them;
    /// their numbers count.
    pub wanted_from: u64,
}

impl InputFile {
    /// A file that is all in memory, for tests of formats.
    pub fn in_memory(name: &str, bytes: &[u8], max_record_bytes: usize) -> Self {
        InputFile {
            index: 0,
            name: name.to_owned(),
            start: Position::default(),
            head: bytes[..bytes.len().min(HEAD_BYTES)].to_vec(),
            reader: Box::new(std::io::Cursor::new(bytes.to_vec())),
            file: None,
            max_record_bytes,
            wanted_from: 0,
        }
    }
}

/// How much of a file [`InputFile::head`] holds at most; bytes.
pub const HEAD_BYTES: usize = 64 << 10;

/// Finds record boundaries. Sequential and cheap.
pub trait Source: Send {
    /// Appends whole records to the batch until it holds about `budget` bytes or the file ends.
    ///
    /// # Errors
    /// The file can't be read on; everything before is in the batch. `InvalidData` and `UnexpectedEof` mean that the
    /// file itself is damaged: the run notes it and goes on with the next one. Other errors stop it.
    fn fill(&mut self, batch: &mut RawBatch, budget: usize) -> Result<Filled, std::io::Error>;

    /// Where the next record begins: a source that starts there yields the records that this one hasn't.
    fn position(&self) -> Position;
}

/// What [`Source::fill`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// There may be more.
    More,
    /// The file is at its end.
    End,
}

/// Records as they were in their files, with exact positions.
#[derive(Debug, Default)]
pub struct RawBatch {
    /// The bytes of all frames.
    pub bytes: Vec<u8>,
    /// Where each record lies in `bytes` and in its file.
    pub frames: Vec<FrameInfo>,
}

/// A record's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    /// In [`RawBatch::bytes`].
    pub range: std::ops::Range<usize>,
    /// Where it was read.
    pub position: Position,
    /// Length in the file, if the record was over the limit and `range` holds only its beginning; bytes.
    pub oversize: Option<u64>,
    /// What the decoder has to know of the record's file.
    pub context: Option<FileContext>,
    /// It is no record but tells what is wrong with its file, and no decoder sees it.
    pub fault: Option<Fault>,
}

impl FrameInfo {
    /// A record with nothing odd about it.
    pub fn new(range: std::ops::Range<usize>, position: Position) -> Self {
        FrameInfo { range, position, oversize: None, context: None, fault: None }
    }
}

/// What a source found out about a file and its decoder has to know, such as the header of a table. Shared by all
/// frames of the file.
#[derive(Clone)]
pub struct FileContext(Arc<dyn Any + Send + Sync>);

impl FileContext {
    /// Holds any value.
    pub fn new<T: Any + Send + Sync>(value: T) -> Self {
        FileContext(Arc::new(value))
    }

    /// The value, if it is of this type.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl std::fmt::Debug for FileContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileContext")
    }
}

impl PartialEq for FileContext {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for FileContext {}

/// Something wrong with a file rather than with one of its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub error: DecodeError,
    /// Records are lost, so it is a failure; else it is only worth noting.
    pub lost: bool,
}

/// Where a record begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Index in the run's list of files.
    pub file: u32,
    /// Number of the record in its file, from 0.
    pub record: u64,
    /// Number of the line in its file, from 1 (0 if the format has no lines).
    pub line: u64,
    /// Byte offset in the decompressed file.
    pub offset: u64,
}

impl RawBatch {
    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.frames.clear();
    }

    /// The record behind a frame.
    pub fn frame<'a>(&'a self, info: &'a FrameInfo, file_name: &'a str) -> Frame<'a> {
        Frame {
            bytes: &self.bytes[info.range.clone()],
            position: &info.position,
            file_name,
            oversize: info.oversize,
            context: info.context.as_ref(),
        }
    }
}

/// One record's bytes with its place.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The record.
    pub bytes: &'a [u8],
    /// Where it was read.
    pub position: &'a Position,
    /// Name of its file, as in [`InputFile::name`].
    pub file_name: &'a str,
    /// See [`FrameInfo::oversize`].
    pub oversize: Option<u64>,
    /// See [`FrameInfo::context`].
    pub context: Option<&'a FileContext>,
}

impl<'a> Frame<'a> {
    /// A whole record with nothing odd about it.
    pub fn new(bytes: &'a [u8], position: &'a Position, file_name: &'a str) -> Self {
        Frame { bytes, position, file_name, oversize: None, context: None }
    }
}

/// Why a record isn't an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Stable, lower case with hyphens; shown as `decode/CODE`.
    pub code: &'static str,
    /// What is wrong, with numbers, and what to do.
    pub message: String,
    /// The record isn't meant to be an article (a picture in a web archive): it is counted, not quarantined.
    pub skip: bool,
}

impl DecodeError {
    /// A decode error.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        DecodeError { code, message: message.into(), skip: false }
    }

    /// A record that isn't meant to be an article.
    pub fn skipped(code: &'static str) -> Self {
        DecodeError { code, message: String::new(), skip: true }
    }
}
