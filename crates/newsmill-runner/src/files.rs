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

use crate::piece::{Piece, Shard};
use crate::retry::pick::{Picker, Wanted};

/// The files that a run reads.
pub struct Inputs<'p> {
    /// In the order in which they are read.
    pub files: Vec<FileToRead>,
    /// What lies beside them and isn't read.
    pub skipped: Skipped,
    /// What of them is read.
    pub(crate) piece: Piece,
    /// The records that are wanted of each file, if not all are.
    asked: Option<Vec<Vec<Wanted>>>,
    /// What the formats have to say of the files as a whole.
    pub remarks: Vec<String>,
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
        Ok(Self::of(plan, files, skipped))
    }

    /// These files of a plan's.
    pub(crate) fn of(plan: &'p Plan, files: Vec<FileToRead>, skipped: Skipped) -> Self {
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
        let piece = Piece::whole(files.len());
        let remarks = formats.iter().enumerate().flat_map(|(index, format)| {
            let of_format = files.iter().zip(&format_of).filter(|(_, of)| **of == index);
            format.remarks(&mut of_format.map(|(file, _)| file.name.as_str()))
        });
        let remarks = remarks.collect();
        Inputs { files, skipped, piece, asked: None, remarks, formats, format_of, max_record_bytes }
    }

    /// Only these records, of each file.
    pub(crate) fn asking(mut self, asked: Vec<Vec<Wanted>>) -> Self {
        self.asked = Some(asked);
        // These aren't all the files.
        self.remarks.clear();
        self
    }

    /// What is wanted of a file.
    pub(crate) fn asked_of(&self, file: u32) -> &[Wanted] {
        self.asked.as_ref().and_then(|asked| asked.get(file as usize)).map_or(&[], Vec::as_slice)
    }

    /// Keeps one shard's piece of the input.
    ///
    /// # Errors
    /// Some of the input can't be read twice.
    pub(crate) fn keep_shard(&mut self, shard: Shard) -> Result<(), String> {
        if self.has_stdin() {
            return Err(
                "what comes from standard input can't be split in shards; write it to a file".to_owned()
            );
        }
        let lengths: Vec<u64> = self.files.iter().map(|f| f.bytes).collect();
        // What can't be opened is one line in the quarantine, of one shard.
        let may_cut = |file: usize| {
            let start = Position { file: file as u32, ..Position::default() };
            self.open(start).is_ok_and(|reading| reading.packed.is_none())
        };
        self.piece = Piece::new(shard, &lengths, may_cut);
        Ok(())
    }

    /// Where reading begins.
    pub(crate) fn start(&self) -> Position {
        Position { file: self.piece.from.file, ..Position::default() }
    }

    /// Bytes of the piece; of all of it, or of what lies before a place in it.
    pub(crate) fn piece_bytes(&self, before: Option<&Position>) -> u64 {
        let parts = (0..).zip(&self.files).map(|(file, f)| {
            let (from, to) = self.piece.part_of(file, f.bytes);
            let end = match before {
                Some(at) if at.file == file => at.offset,
                Some(at) if at.file < file => 0,
                _ => to,
            };
            end.min(to).saturating_sub(from)
        });
        parts.sum()
    }

    /// How many records are wanted, if not all are.
    pub(crate) fn asked_records(&self) -> u64 {
        self.asked.iter().flatten().map(|wanted| wanted.len() as u64).sum()
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

    /// Opens a file at a position in it, to read what is wanted of it.
    pub(crate) fn open(&self, start: Position) -> io::Result<Reading<'_>> {
        match &self.asked {
            None => self.open_file(start),
            Some(_) => {
                let source = Box::new(Picker::new(self, start));
                Ok(Reading { source, packed: None, notes: Notes::default() })
            }
        }
    }

    /// Opens a file at a position in it, to read all that follows.
    pub(crate) fn open_file(&self, start: Position) -> io::Result<Reading<'_>> {
        let index = start.file;
        let format = self.formats[self.format_of(index)];
        let Opened { mut file, packed, notes } =
            open(&self.files[index as usize], format, start, self.max_record_bytes)?;
        file.wanted_from = self.piece.part_of(index, u64::MAX).0;
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
            match (!file.stdin && file.member.is_none()).then(|| File::open(&file.path)) {
                None => head.extend(file.member.iter().flat_map(|member| member.checksum().to_le_bytes())),
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
pub(crate) struct Reading<'p> {
    pub source: Box<dyn Source + 'p>,
    /// See [`Opened::packed`].
    pub packed: Option<Arc<AtomicU64>>,
    pub notes: Notes,
}

/// Whether an error is about one file, so that a run goes on with the next one, or about the system.
pub(crate) fn is_of_the_file(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, IsADirectory, NotFound, PermissionDenied, UnexpectedEof};
    matches!(error.kind(), InvalidData | IsADirectory | NotFound | PermissionDenied | UnexpectedEof)
}
