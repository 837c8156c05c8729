//! The input of a run: its files, each with its format, and their identity.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use newsmill_core::Plan;
use newsmill_core::config::Problem;
use newsmill_core::hash::content_hash_of;
use newsmill_core::input::{Position, Source};
use newsmill_core::registry::AnyFormat;
use newsmill_input::Notes;
use newsmill_input::files::{FileToRead, Listed, Skipped, expand};
use newsmill_input::open::{Opened, open};

/// The files that a run reads.
pub struct Inputs<'p> {
    /// In the order in which they are read.
    pub files: Vec<FileToRead>,
    /// What lies beside them and isn't read.
    pub skipped: Skipped,
    /// Formats of all entries.
    formats: Vec<&'p dyn AnyFormat>,
    /// Index in `formats` for each file.
    format_of: Vec<usize>,
    max_record_bytes: usize,
}

/// Bytes at each end of a file that its identity looks at.
const LOOKED_AT: u64 = 4 << 10;

impl<'p> Inputs<'p> {
    /// Lists the files of a plan.
    ///
    /// # Errors
    /// Patterns that match nothing or can't be read, with their places in the config.
    pub fn new(plan: &'p Plan) -> Result<Self, Vec<Problem>> {
        let Listed { files, skipped } = expand(plan)?;
        let mut known: Vec<(usize, &'static str)> = Vec::new();
        let (mut formats, mut format_of) = (Vec::new(), Vec::with_capacity(files.len()));
        for file in &files {
            let key = (file.input, file.kind);
            let index = known.iter().position(|k| *k == key).unwrap_or_else(|| {
                known.push(key);
                let found = plan.inputs[file.input].formats.iter().find(|(kind, _)| **kind == file.kind);
                formats.extend(found.map(|(_, format)| &**format));
                known.len() - 1
            });
            format_of.push(index);
        }
        // A JSON string can be three times as long as its text in UTF-8 (escapes of non-Latin letters).
        let max_record_bytes =
            (plan.limits.max_body_bytes as usize).saturating_mul(3).saturating_add(1 << 20);
        Ok(Inputs { files, skipped, formats, format_of, max_record_bytes })
    }

    /// Length of all files together; bytes.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.bytes).sum()
    }

    pub(crate) fn formats(&self) -> &[&'p dyn AnyFormat] {
        &self.formats
    }

    pub(crate) fn format_of(&self, file: u32) -> usize {
        self.format_of[file as usize]
    }

    /// Opens a file at a position in it.
    pub(crate) fn open(&self, start: Position) -> io::Result<Reading> {
        let index = start.file;
        let format = self.formats[self.format_of(index)];
        let Opened { file, packed, notes } =
            open(&self.files[index as usize], format, start, self.max_record_bytes)?;
        Ok(Reading { source: format.source(file), packed, notes })
    }

    /// Some of the input comes from a pipe: it can't be read again.
    pub(crate) fn has_stdin(&self) -> bool {
        self.files.iter().any(|f| f.stdin)
    }

    /// A hash of names, lengths and both ends of every file: whether a run can go on with them.
    ///
    /// # Errors
    /// A file can't be read.
    pub(crate) fn identity(&self) -> io::Result<u128> {
        let mut pieces = Vec::new();
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        for file in &self.files {
            let open =
                |e: io::Error| io::Error::new(e.kind(), format!("can't read {}: {e}", file.path.display()));
            head.clear();
            tail.clear();
            match (!file.stdin).then(|| File::open(&file.path)) {
                None => {}
                Some(Err(e)) if is_of_the_file(&e) => head.extend_from_slice(b"unreadable"),
                Some(source) => {
                    read_ends(source.map_err(open)?, file.bytes, &mut head, &mut tail).map_err(open)?
                }
            }
            let hash = content_hash_of(&[file.name.as_bytes(), &file.bytes.to_le_bytes(), &head, &tail]);
            pieces.extend(hash.to_le_bytes());
        }
        Ok(content_hash_of(&[&pieces]))
    }
}

fn read_ends(mut file: File, bytes: u64, head: &mut Vec<u8>, tail: &mut Vec<u8>) -> io::Result<()> {
    file.by_ref().take(LOOKED_AT).read_to_end(head)?;
    if bytes > LOOKED_AT {
        file.seek(SeekFrom::Start(bytes - LOOKED_AT))?;
        file.take(LOOKED_AT).read_to_end(tail)?;
    }
    Ok(())
}

/// An open file with the source that reads it.
pub(crate) struct Reading {
    pub source: Box<dyn Source>,
    /// See [`Opened::packed`].
    pub packed: Option<Arc<AtomicU64>>,
    pub notes: Notes,
}

/// Whether an error is about one file, so that a run goes on with the next one, or about the system.
pub(crate) fn is_of_the_file(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, IsADirectory, NotFound, PermissionDenied, UnexpectedEof};
    matches!(error.kind(), InvalidData | IsADirectory | NotFound | PermissionDenied | UnexpectedEof)
}
