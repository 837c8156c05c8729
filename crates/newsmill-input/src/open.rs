//! Opening a file at a position in what it says once it is decompressed and recoded.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use newsmill_core::input::{HEAD_BYTES, InputFile, Position};
use newsmill_core::registry::AnyFormat;

use crate::ahead::ReadAhead;
use crate::files::FileToRead;
use crate::unpack::{Compression, Counted, Notes, Raw, Unpacked};

/// An open file.
pub struct Opened {
    /// What a source needs.
    pub file: InputFile,
    /// Bytes of the file that were read so far, if they aren't those that positions count.
    pub packed: Option<Arc<AtomicU64>>,
    /// What is worth noting, once the file is read.
    pub notes: Notes,
}

/// Opens a file for a source of this format. Decompressing and recoding happen on another thread unless the file is
/// small; to go on in such a file means to read it again up to there.
///
/// # Errors
/// It can't be opened, or ends before `start`.
pub fn open(
    found: &FileToRead,
    format: &dyn AnyFormat,
    start: Position,
    max_record_bytes: usize,
) -> io::Result<Opened> {
    let raw = Raw::default();
    let (mut inner, mut seekable) = open_raw(found, &raw)?;
    let (mut head, error) = read_head(&mut inner);
    let mut changed = found.member.is_some();
    let mut reader = match error {
        Some(error) if !changed => return Err(error),
        error => after_head(&head, error, inner),
    };
    let mut small = head.len() < HEAD_BYTES;
    let notes = Notes::default();
    if let Some(compression) = Compression::of(&head) {
        changed = true;
        let mut unpacked = Unpacked::new(reader, compression, raw.clone(), notes.clone())?;
        let error;
        (head, error) = read_head(&mut unpacked);
        reader = after_head(&head, error, unpacked);
    }
    if let Some(note) = format.note(&head) {
        notes.push(note);
    }
    if let Some(recode) = format.recode(&head) {
        changed = true;
        let mut recoded = recode(reader);
        let error;
        (head, error) = read_head(&mut recoded);
        reader = after_head(&head, error, recoded);
    }
    if changed {
        seekable = None;
        small &= head.len() < HEAD_BYTES;
        if !small {
            reader = Box::new(ReadAhead::new(reader)?);
        }
    }
    match &mut seekable {
        Some(file) if start.offset > 0 => {
            file.seek(SeekFrom::Start(start.offset))?;
            reader = Box::new(file.try_clone()?);
        }
        _ => skip(&mut reader, start.offset)?,
    }
    let packed = changed.then_some(raw.bytes);
    let file = InputFile {
        index: start.file,
        name: found.name.clone(),
        start,
        reader,
        head,
        file: seekable,
        max_record_bytes,
        wanted_from: 0,
    };
    Ok(Opened { file, packed, notes })
}

/// The bytes of a file or a member, as they are before anything is decompressed, and the file if that is all of it.
fn open_raw(found: &FileToRead, raw: &Raw) -> io::Result<(Box<dyn Read + Send>, Option<File>)> {
    if let Some(member) = &found.member {
        return Ok((member.open(&found.path, raw)?, None));
    }
    let (inner, file): (Box<dyn Read + Send>, _) = match found.stdin {
        true => (Box::new(io::stdin()), None),
        false => {
            let file = File::open(&found.path)?;
            (Box::new(file.try_clone()?), Some(file))
        }
    };
    Ok((Box::new(Counted { inner, raw: raw.clone() }), file))
}

/// Reads the head; an error in it comes back with what was read before it.
fn read_head(reader: &mut impl Read) -> (Vec<u8>, Option<io::Error>) {
    // Room for all of it spares small files the calls that growing takes.
    let mut head = Vec::with_capacity(HEAD_BYTES);
    let error = reader.take(HEAD_BYTES as u64).read_to_end(&mut head).err();
    (head, error)
}

/// The head again, then the rest, or the error that came in its place.
fn after_head(
    head: &[u8],
    error: Option<io::Error>,
    rest: impl Read + Send + 'static,
) -> Box<dyn Read + Send> {
    let head = Cursor::new(head.to_vec());
    match error {
        None => Box::new(head.chain(rest)),
        Some(_) => Box::new(head.chain(Fails(error))),
    }
}

/// Fails once, then is at its end.
struct Fails(Option<io::Error>);

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn skip(reader: &mut dyn Read, bytes: u64) -> io::Result<()> {
    if io::copy(&mut reader.take(bytes), &mut io::sink())? < bytes {
        let message = format!("it ends before byte {bytes}, where an earlier run was");
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
    }
    Ok(())
}

/// What a file begins with, decompressed; for telling its kind.
pub(crate) fn peek(path: &std::path::Path) -> io::Result<Vec<u8>> {
    let (head, _) = read_head(&mut File::open(path)?);
    let Some(compression) = Compression::of(&head) else { return Ok(head) };
    let mut unpacked = Unpacked::new(Cursor::new(head), compression, Raw::default(), Notes::default())?;
    Ok(read_head(&mut unpacked).0)
}
