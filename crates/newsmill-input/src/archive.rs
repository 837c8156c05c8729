//! Archives: a `.zip` stands for the files in it.
//!
//! The directory of an archive is read once, when files are listed; a member is then a stretch of the archive that is
//! read, decompressed and held to its checksum like a file of its own, so that archives of any size take no memory.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::Ordering;

use flate2::Crc;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use crate::unpack::{Counted, Raw};

/// Name ending of archives.
const ENDING: &str = "zip";

/// Whether a name is an archive's.
pub(crate) fn is_archive(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case(ENDING))
}

/// Where a member lies in its archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// First byte of its data, or why it can't be read.
    start: Result<u64, String>,
    /// Length of its data in the archive; bytes.
    packed: u64,
    method: Method,
    /// Checksum of its content.
    crc: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Method {
    Stored,
    Deflate,
    Zstd,
}

/// The members of an archive, with their paths in it; folders, links and hidden files left out.
///
/// # Errors
/// It is no archive, or so damaged that what is in it can't be told.
pub(crate) fn members(path: &Path) -> Result<Vec<(String, Member)>, String> {
    let broken = |e: &dyn std::fmt::Display| format!("the archive can't be read: {e}");
    let file = File::open(path).map_err(|e| broken(&e))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|e| broken(&e))?;
    let mut members = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|e| broken(&e))?;
        let name = match entry.name() {
            Ok(name) => name.replace('\\', "/"),
            Err(_) => format!("member {index}"),
        };
        if entry.is_dir() || entry.is_symlink() || is_hidden(&name) {
            continue;
        }
        let (packed, crc) = (entry.compressed_size(), entry.crc32());
        let (method, trouble) = method(entry.compression(), entry.encrypted());
        let start = match trouble {
            Some(trouble) => Err(trouble),
            None => match archive.by_index_raw(index).map(|file| file.data_start()) {
                Ok(start) => start.ok_or_else(|| "its data can't be found in the archive".to_owned()),
                Err(e) => Err(format!("it is damaged: {e}")),
            },
        };
        members.push((name, Member { start, packed, method, crc }));
    }
    Ok(members)
}

/// How a member is packed, and why that can't be undone, if it can't.
fn method(method: CompressionMethod, encrypted: bool) -> (Method, Option<String>) {
    let known = match method {
        CompressionMethod::Stored => Some(Method::Stored),
        CompressionMethod::DEFLATE => Some(Method::Deflate),
        CompressionMethod::ZSTD => Some(Method::Zstd),
        _ => None,
    };
    let trouble = match known {
        _ if encrypted => Some("it is encrypted; unpack the archive with its password first".to_owned()),
        None => Some(format!(
            "it is packed by a method ({method}) that isn't known here; unpack the archive first"
        )),
        Some(_) => None,
    };
    (known.unwrap_or(Method::Stored), trouble)
}

/// Hidden files, and what macOS adds to archives of its own.
fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX")
}

impl Member {
    /// Stands for an archive that can't be read.
    pub(crate) fn broken(why: String) -> Self {
        Member { start: Err(why), packed: 0, method: Method::Stored, crc: 0 }
    }

    /// Its length in the archive; bytes.
    pub fn bytes(&self) -> u64 {
        self.packed
    }

    /// What tells its content from another's of the same name and length.
    pub fn checksum(&self) -> u32 {
        self.crc
    }

    /// Its content, from the beginning. `raw` counts what is read of the archive.
    pub(crate) fn open(&self, archive: &Path, raw: &Raw) -> io::Result<Box<dyn Read + Send>> {
        let start = match &self.start {
            Ok(start) => *start,
            Err(why) => return Err(io::Error::new(io::ErrorKind::InvalidData, why.clone())),
        };
        let mut file = File::open(archive)?;
        file.seek(SeekFrom::Start(start))?;
        let packed = Counted { inner: file.take(self.packed), raw: raw.clone() };
        let content: Box<dyn Read + Send> = match self.method {
            Method::Stored => Box::new(packed),
            Method::Deflate => Box::new(DeflateDecoder::new(packed)),
            Method::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
        };
        Ok(Box::new(Checked { content, raw: raw.clone(), seen: Crc::new(), told: self.crc }))
    }
}

/// A member's content, held to its checksum.
struct Checked {
    content: Box<dyn Read + Send>,
    raw: Raw,
    seen: Crc,
    told: u32,
}

impl Read for Checked {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        match self.content.read(buf) {
            Ok(0) if self.seen.sum() != self.told => {
                let message = "it doesn't match its checksum in the archive";
                Err(io::Error::new(io::ErrorKind::InvalidData, message))
            }
            Ok(n) => {
                self.seen.update(&buf[..n]);
                Ok(n)
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted || self.raw.failed.load(Ordering::Relaxed) => {
                Err(e)
            }
            Err(e) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("its data is damaged: {e}"))),
        }
    }
}
