//! Decompression, told by what a file begins with: gzip of any number of members, Zstandard of any number of frames.
//!
//! The decoders of both crates can go on to the next member by themselves, but then what follows the last one and isn't
//! another (zeros that a tape or a block device left, say) is an error like damage inside. Here it is a note: all that
//! was compressed is there.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::GzDecoder;
use newsmill_core::input::DecodeError;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    /// By the file's first bytes; its name isn't asked.
    pub(crate) fn of(head: &[u8]) -> Option<Compression> {
        match head {
            [0x1F, 0x8B, ..] => Some(Compression::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Compression::Zstd),
            // A frame that decoders skip; archives with an index begin with one.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Compression::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "Zstandard",
        }
    }
}

/// Name endings that say that a file is compressed; the ending before them tells its format.
pub(crate) const ENDINGS: [&str; 3] = ["gz", "zst", "zstd"];

/// What is worth noting about a file once it is read; shared with the thread that decompresses.
#[derive(Clone, Debug, Default)]
pub struct Notes(Arc<Mutex<Vec<DecodeError>>>);

impl Notes {
    pub(crate) fn push(&self, note: DecodeError) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    /// What was noted since the last call.
    pub fn take(&self) -> Vec<DecodeError> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What is known of the bytes as they are on disk, beyond the threads that read them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Raw {
    /// How many were read.
    pub bytes: Arc<AtomicU64>,
    /// The system couldn't read on.
    pub failed: Arc<AtomicBool>,
}

/// Keeps a [`Raw`] up to date.
pub(crate) struct Counted<R> {
    pub inner: R,
    pub raw: Raw,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buf) {
            Ok(n) => {
                self.raw.bytes.fetch_add(n as u64, Ordering::Relaxed);
                Ok(n)
            }
            Err(e) => {
                let again = e.kind() == io::ErrorKind::Interrupted;
                self.raw.failed.fetch_or(!again, Ordering::Relaxed);
                Err(e)
            }
        }
    }
}

enum Member<R: Read> {
    Gzip(Box<GzDecoder<BufReader<R>>>),
    Zstd(zstd::stream::read::Decoder<'static, BufReader<R>>),
}

/// Decompresses one member or frame after the other.
pub(crate) struct Unpacked<R: Read> {
    member: Option<Member<R>>,
    compression: Compression,
    raw: Raw,
    notes: Notes,
}

impl<R: Read> Unpacked<R> {
    /// Reads what `raw` counts.
    pub(crate) fn new(packed: R, compression: Compression, raw: Raw, notes: Notes) -> io::Result<Self> {
        let packed = BufReader::with_capacity(64 << 10, packed);
        let member = Some(Self::member(packed, compression)?);
        Ok(Unpacked { member, compression, raw, notes })
    }

    fn member(packed: BufReader<R>, compression: Compression) -> io::Result<Member<R>> {
        Ok(match compression {
            Compression::Gzip => Member::Gzip(Box::new(GzDecoder::new(packed))),
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?.single_frame();
                // Archives packed with `--long=31` say so; the memory is taken only if the file asks for it.
                decoder.window_log_max(31)?;
                Member::Zstd(decoder)
            }
        })
    }

    /// The member has ended: goes to the next one, if there is one.
    fn advance(&mut self) -> io::Result<()> {
        let mut packed = match self.member.take() {
            Some(Member::Gzip(decoder)) => decoder.into_inner(),
            Some(Member::Zstd(decoder)) => decoder.finish(),
            None => return Ok(()),
        };
        let next = packed.fill_buf()?;
        let first = match self.compression {
            Compression::Gzip => next.first() == Some(&0x1F),
            // A frame's first byte, or that of a frame to be skipped.
            Compression::Zstd => matches!(next.first(), Some(0x28 | 0x50..=0x5F)),
        };
        if first {
            self.member = Some(Self::member(packed, self.compression)?);
        } else if !next.is_empty() {
            let message = format!(
                "what follows the last {} member isn't compressed data and was not read; all before it was",
                self.compression.name()
            );
            self.notes.push(DecodeError::new("trailing-garbage", message));
        }
        Ok(())
    }

    /// Tells damage in the file from a failure of the system.
    fn explain(&self, error: io::Error) -> io::Error {
        if error.kind() == io::ErrorKind::Interrupted || self.raw.failed.load(Ordering::Relaxed) {
            return error;
        }
        let name = self.compression.name();
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                io::Error::new(error.kind(), format!("the {name} stream is cut off"))
            }
            _ => io::Error::new(io::ErrorKind::InvalidData, format!("the {name} stream is damaged: {error}")),
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        loop {
            let read = match &mut self.member {
                None => return Ok(0),
                Some(Member::Gzip(decoder)) => decoder.read(buf),
                Some(Member::Zstd(decoder)) => decoder.read(buf),
            };
            match read {
                Ok(0) => self.advance().map_err(|e| self.explain(e))?,
                Ok(n) => return Ok(n),
                Err(e) => return Err(self.explain(e)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(text, 1).unwrap()
    }

    /// What can be read, how reading ends, and the codes of the notes.
    fn unpack(packed: &[u8]) -> (Vec<u8>, Option<io::ErrorKind>, Vec<&'static str>) {
        let (notes, raw) = (Notes::default(), Raw::default());
        let compression = Compression::of(packed).unwrap();
        let counted = Counted { inner: io::Cursor::new(packed.to_vec()), raw: raw.clone() };
        let mut reader = Unpacked::new(counted, compression, raw.clone(), notes.clone()).unwrap();
        let mut text = Vec::new();
        let error = reader.read_to_end(&mut text).err().map(|e| e.kind());
        assert!(raw.bytes.load(Ordering::Relaxed) <= packed.len() as u64);
        (text, error, notes.take().into_iter().map(|n| n.code).collect())
    }

    #[test]
    fn members_follow_each_other_and_garbage_is_noted() {
        for pack in [gzip as fn(&[u8]) -> Vec<u8>, zstd] {
            let two = [pack(b"one "), pack(b"two")].concat();
            assert_eq!(unpack(&two), (b"one two".to_vec(), None, vec![]));
            for garbage in [&b"\0\0\0\0"[..], b"x", b"garbage after it"] {
                let bytes = [&two[..], garbage].concat();
                assert_eq!(unpack(&bytes), (b"one two".to_vec(), None, vec!["trailing-garbage"]));
            }
            assert_eq!(unpack(&[pack(b""), pack(b"x"), pack(b"")].concat()).0, b"x");
        }
    }

    #[test]
    fn a_cut_or_damaged_stream_gives_what_comes_before() {
        let text: Vec<u8> =
            (0..200_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for pack in [gzip as fn(&[u8]) -> Vec<u8>, zstd] {
            let packed = pack(&text);
            let (got, error, _) = unpack(&packed[..packed.len() - 5]);
            assert_eq!(error, Some(io::ErrorKind::UnexpectedEof));
            assert!(text.starts_with(&got) && got.len() > text.len() / 2, "{} bytes", got.len());
        }
        // Zstandard has a sum only if asked for one.
        let mut damaged = gzip(&text);
        let at = damaged.len() / 2;
        damaged[at..at + 40].fill(0xFF);
        assert_eq!(unpack(&damaged).1, Some(io::ErrorKind::InvalidData));
        let mut wrong_sum = gzip(b"text");
        let at = wrong_sum.len() - 6;
        wrong_sum[at] ^= 1;
        assert_eq!(unpack(&wrong_sum).1, Some(io::ErrorKind::InvalidData));
    }
}
