//! One file that is appended to: plain, or in chunks that are encoded when they are full.
//!
//! A chunk ends where the bytes of the output say, never where a commit happens to be. So a commit in the middle of a
//! chunk keeps what is gathered of it in a file beside the journal, its *tail*, from which a resumed run goes on.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::codec::{Codec, Encoded, Pool};

/// Bytes that are gathered before they are written to a plain file.
const GATHER: usize = 1 << 20;

/// What a commit says of a stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Saved {
    /// Length of the file.
    pub length: u64,
    /// Chunks in it.
    pub chunks: u64,
    /// Bytes of the next chunk that its tail holds.
    pub tail: u64,
}

/// A file, and what isn't in it yet.
pub(crate) struct Stream {
    path: PathBuf,
    file: File,
    codec: Codec,
    pending: Vec<u8>,
    /// Bytes in the file.
    length: u64,
    /// Chunks that are full: in the file or on their way.
    chunks: u64,
    on_their_way: VecDeque<Encoded>,
    tail: Tail,
}

/// The gathered bytes of the open chunk that are on disk.
#[derive(Default)]
struct Tail {
    /// Its path without the chunk's number.
    base: PathBuf,
    file: Option<File>,
    written: usize,
    /// Tails of chunks that were full at the last commit, and at this one: a damaged last line of the journal sends a
    /// resumed run to the line before.
    spent: [Vec<PathBuf>; 2],
}

pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    move |e| io::Error::new(e.kind(), format!("can't write {}: {e}", path.display()))
}

impl Stream {
    /// Opens a file, empty or as a commit saw it.
    pub(crate) fn open(path: PathBuf, codec: Codec, tail: PathBuf, saved: Option<Saved>) -> io::Result<Self> {
        let file = open_at(&path, saved.map(|s| s.length)).map_err(at(&path))?;
        let Saved { length, chunks, tail: bytes } = saved.unwrap_or_default();
        let tail = Tail { base: tail, ..Tail::default() };
        let mut stream = Stream {
            path,
            file,
            codec,
            pending: Vec::new(),
            length,
            chunks,
            on_their_way: VecDeque::new(),
            tail,
        };
        if bytes > 0 {
            let path = stream.tail.path(chunks);
            let mut file = open_at(&path, Some(bytes)).map_err(at(&path))?;
            file.seek(SeekFrom::Start(0))?;
            file.read_to_end(&mut stream.pending).map_err(at(&path))?;
            (stream.tail.file, stream.tail.written) = (Some(file), stream.pending.len());
        }
        Ok(stream)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file itself, whose bytes so far [`write`](Self::write) has written.
    pub(crate) fn into_file(self) -> File {
        self.file
    }

    /// Appends bytes; whole articles if the codec is a container.
    pub(crate) fn append(&mut self, bytes: &[u8], pool: &Pool) -> io::Result<()> {
        if self.codec.is_plain() && self.pending.len() + bytes.len() >= GATHER {
            self.write()?;
            self.length += bytes.len() as u64;
            return self.file.write_all(bytes).map_err(at(&self.path));
        }
        self.pending.extend_from_slice(bytes);
        while let Some(end) = self.codec.chunk_end(self.pending.len()) {
            self.end_chunk(end, pool)?;
        }
        Ok(())
    }

    fn end_chunk(&mut self, end: usize, pool: &Pool) -> io::Result<()> {
        let rest = self.pending.split_off(end);
        let chunk = std::mem::replace(&mut self.pending, rest);
        self.on_their_way.push_back(pool.encode(&self.codec, chunk));
        self.tail.next(self.chunks);
        self.chunks += 1;
        while self.on_their_way.len() > pool.depth() {
            self.write_next()?;
        }
        Ok(())
    }

    /// Writes the next chunk, as soon as it is encoded.
    fn write_next(&mut self) -> io::Result<()> {
        let Some(encoded) = self.on_their_way.pop_front() else { return Ok(()) };
        let gone = |_| io::Error::other("an encoder thread died; please report this as a bug");
        let bytes = encoded.recv().map_err(gone)?.map_err(at(&self.path))?;
        self.length += bytes.len() as u64;
        self.file.write_all(&bytes).map_err(at(&self.path))
    }

    /// Writes all that can be in the file now.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        while !self.on_their_way.is_empty() {
            self.write_next()?;
        }
        if self.codec.is_plain() {
            self.length += self.pending.len() as u64;
            self.file.write_all(&self.pending).map_err(at(&self.path))?;
            self.pending.clear();
            self.pending.shrink_to(2 * GATHER);
        }
        Ok(())
    }

    /// Makes everything so far safe on disk.
    pub(crate) fn sync(&mut self) -> io::Result<Saved> {
        self.write()?;
        self.file.sync_data().map_err(at(&self.path))?;
        if !self.codec.is_plain() {
            self.tail.save(self.chunks, &self.pending)?;
        }
        Ok(Saved { length: self.length, chunks: self.chunks, tail: self.tail.written as u64 })
    }

    /// Removes what no commit needs any more; called when what `sync` said is in the journal.
    pub(crate) fn committed(&mut self) -> io::Result<()> {
        self.tail.remove_spent()
    }

    /// Ends the file: its last chunk is what is left. A compressed file has one even if there is nothing in it.
    pub(crate) fn close(&mut self, pool: &Pool) -> io::Result<()> {
        let empty_member = self.chunks == 0 && matches!(self.codec, Codec::Members(_));
        if !self.codec.is_plain() && (!self.pending.is_empty() || empty_member) {
            self.end_chunk(self.pending.len(), pool)?;
        }
        self.write()?;
        self.file.sync_all().map_err(at(&self.path))
    }
}

impl Tail {
    fn path(&self, chunk: u64) -> PathBuf {
        let mut path = self.base.as_os_str().to_owned();
        path.push(format!("-{chunk}"));
        path.into()
    }

    /// Appends what isn't in it yet.
    fn save(&mut self, chunk: u64, gathered: &[u8]) -> io::Result<()> {
        let new = gathered.get(self.written..).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        let path = self.path(chunk);
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(open_at(&path, None).map_err(at(&path))?),
        };
        file.write_all(new).and_then(|()| file.sync_data()).map_err(at(&path))?;
        self.written = gathered.len();
        Ok(())
    }

    /// The chunk is full.
    fn next(&mut self, chunk: u64) {
        if self.file.take().is_some() {
            self.spent[1].push(self.path(chunk));
        }
        self.written = 0;
    }

    fn remove_spent(&mut self) -> io::Result<()> {
        let now = std::mem::take(&mut self.spent[1]);
        for path in std::mem::replace(&mut self.spent[0], now) {
            std::fs::remove_file(&path).map_err(at(&path))?;
        }
        Ok(())
    }
}

/// Opens a file to append to it, cut back to a length or emptied.
fn open_at(path: &Path, length: Option<u64>) -> io::Result<File> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(length.is_none());
    let mut file = options.open(path)?;
    if let Some(length) = length {
        let there = file.metadata()?.len();
        if there < length {
            let message = format!("it has {there} bytes, the journal says {length}; start anew with --force");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        file.set_len(length)?;
    }
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}
