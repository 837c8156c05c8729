//! Formats: how bytes on disk become articles.
//!
//! A [`Source`] runs on the reader thread and only finds where records begin and end; a [`Decoder`] runs in the
//! workers and turns one record's bytes into articles.

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

/// A file to read.
pub struct InputFile {
    /// Index in the run's list of files.
    pub index: u32,
    /// The name that ids and messages show: relative to the folder that the config named, with `/`.
    pub name: String,
    /// Where `reader` stands: the beginning, or where an interrupted run goes on.
    pub start: Position,
    /// Its bytes from there on, decompressed.
    pub reader: Box<dyn std::io::Read + Send>,
    /// Records longer than this are cut and quarantined; bytes.
    pub max_record_bytes: usize,
}

/// Finds record boundaries. Sequential and cheap.
pub trait Source: Send {
    /// Appends whole records to the batch until it holds about `budget` bytes or the file ends.
    ///
    /// # Errors
    /// The file can't be read on; everything before is in the batch.
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
}

/// Why a record isn't an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Stable, lower case with hyphens; shown as `decode/CODE`.
    pub code: &'static str,
    /// What is wrong, with numbers, and what to do.
    pub message: String,
}

impl DecodeError {
    /// A decode error.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        DecodeError { code, message: message.into() }
    }
}
