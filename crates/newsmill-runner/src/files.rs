//! The input of a run: its files, each with its format, and their identity.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use newsmill_core::Plan;
use newsmill_core::config::Problem;
use newsmill_core::hash::content_hash_of;
use newsmill_core::input::{InputFile, Position, Source};
use newsmill_core::registry::AnyFormat;
use newsmill_input::files::{FileToRead, expand};

/// The files that a run reads.
pub struct Inputs<'p> {
    /// In the order in which they are read.
    pub files: Vec<FileToRead>,
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
        let files = expand(plan)?;
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
        Ok(Inputs { files, formats, format_of, max_record_bytes })
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
    pub(crate) fn open(&self, start: Position) -> io::Result<Box<dyn Source>> {
        let index = start.file;
        let found = &self.files[index as usize];
        let mut file = File::open(&found.path)?;
        file.seek(SeekFrom::Start(start.offset))?;
        let file = InputFile {
            index,
            name: found.name.clone(),
            start,
            reader: Box::new(file),
            max_record_bytes: self.max_record_bytes,
        };
        Ok(self.formats[self.format_of(index)].source(file))
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
            let mut source = File::open(&file.path).map_err(open)?;
            head.clear();
            tail.clear();
            source.by_ref().take(LOOKED_AT).read_to_end(&mut head).map_err(open)?;
            if file.bytes > LOOKED_AT {
                source.seek(SeekFrom::Start(file.bytes - LOOKED_AT)).map_err(open)?;
                source.take(LOOKED_AT).read_to_end(&mut tail).map_err(open)?;
            }
            let hash = content_hash_of(&[file.name.as_bytes(), &file.bytes.to_le_bytes(), &head, &tail]);
            pieces.extend(hash.to_le_bytes());
        }
        Ok(content_hash_of(&[&pieces]))
    }
}
