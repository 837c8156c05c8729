//! Formats: text files, JSON and tables, and the list of files to read.
//!
//! A format is split where threads are: its source finds record boundaries on the reader thread (a newline, the end of
//! a file) and knows nothing of content; its decoder runs in the workers and decides whether a record is an article.
//! So one big file keeps all cores busy, and what a record becomes never depends on its neighbours.
//!
//! - [`Text`]: a file is an article, its id the path relative to the folder that the config names.
//! - [`JsonLines`]: a line is an article, fields found by [many names](fields).
//! - [`Json`]: a file is an article or a list of them.
//! - [`Csv`]: a row is an article.
//! - [`files`]: folders, globs, files and members of archives as a sorted list.
//! - [`open`]: a file of that list as a stream of bytes, decompressed.

mod ahead;
mod archive;
mod csv;
pub mod date;
mod encoding;
pub mod fields;
pub mod files;
mod json;
mod json_file;
mod jsonl;
mod lines;
pub mod open;
mod record;
mod sidecar;
mod text;
mod unpack;
mod walk;

pub use archive::Member;
pub use csv::{Csv, CsvOptions};
pub use encoding::{Decoding, Invalid, guess as guess_encoding};
pub use json_file::Json;
pub use jsonl::{JsonLines, JsonLinesOptions};
pub use record::Record;
pub use text::{Text, TextOptions, WholeFile, too_large};
pub use unpack::Notes;
