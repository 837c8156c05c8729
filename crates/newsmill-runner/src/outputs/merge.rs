//! Outputs of shards, one after the other, as the outputs of one run.
//!
//! Rows of tables follow each other under one header. What is compressed is decompressed and compressed again, since
//! chunks end where the bytes of the whole say. Chunks of containers are taken as they are, so a Parquet file has the
//! row groups of the shards; and so are parts, which are numbered on: they are the same for all tables that way. Rows of
//! run-level tables and ids of articles come from the spools that a shard keeps.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use newsmill_core::sink::Compression;

use super::codec::Codec;
use super::names::{files_of, part_name};
use super::stream::Stream;
use super::{Kind, Output, Outputs, QUARANTINE};
use crate::directory::Directory;

/// Bytes that are copied at once.
const PIECE: usize = 1 << 20;

/// A shard's complete run.
pub(crate) struct Source<'a> {
    pub dir: &'a Directory,
    /// Articles in its tables.
    pub articles: u64,
}

impl Outputs<'_> {
    /// Fills outputs that were just opened with those of shards, in their order.
    pub(crate) fn take_over(&mut self, shards: &[Source<'_>]) -> io::Result<()> {
        let mut all = std::mem::take(&mut self.all);
        for (index, output) in all.iter_mut().enumerate() {
            self.take_over_one(index, output, shards)?;
        }
        self.all = all;
        Ok(())
    }

    fn take_over_one(&self, index: usize, output: &mut Output, shards: &[Source<'_>]) -> io::Result<()> {
        let spool = |s: &Source<'_>| s.dir.work().join(format!("rows-{index}"));
        match (&output.kind, &output.codec) {
            (Kind::Table(_), _) if output.articles.is_some() => return self.number_on(index, output, shards),
            (Kind::Table(_), Codec::Container(_)) => {
                let path = output.stream.path().to_owned();
                let mut chunks = self.as_it_is(path)?;
                for shard in shards {
                    let source = shard.dir.work().join(format!("chunks-{index}-0"));
                    self.copy(buffered(&source).map_err(from(&source))?, &mut chunks)?;
                }
                output.stream = chunks;
                return Ok(());
            }
            _ => {}
        }
        let mut header = Vec::new();
        if let Kind::Table(plan_index) = output.kind {
            self.plan.header(plan_index, &mut header);
        }
        for shard in shards {
            let path = match output.kind {
                Kind::Table(_) => shard.dir.path().join(&output.name),
                Kind::Quarantine => shard.dir.path().join(QUARANTINE),
                Kind::Reduced(..) | Kind::Ids => spool(shard),
            };
            let mut rows = unpacked(&path, &output.codec).map_err(from(&path))?;
            let mut head = vec![0; header.len()];
            rows.read_exact(&mut head).map_err(from(&path))?;
            if head != header {
                let message = "it doesn't begin as this table does; was it changed?";
                return Err(from(&path)(io::Error::new(io::ErrorKind::InvalidData, message)));
            }
            self.copy(rows, &mut output.stream)?;
        }
        Ok(())
    }

    /// Copies all parts of all shards, and gives them numbers that follow each other.
    fn number_on(&self, index: usize, output: &mut Output, shards: &[Source<'_>]) -> io::Result<()> {
        let mut next = 0;
        for (i, shard) in shards.iter().enumerate() {
            // A run without articles has one part with nothing but a header.
            let last_chance = i + 1 == shards.len() && next == 0;
            if shard.articles == 0 && !last_chance {
                continue;
            }
            for part in 0..files_of(shard.dir.path(), &output.name).len() as u64 {
                let (source, target) = match &output.codec {
                    Codec::Container(_) => {
                        (shard.dir.work().join(format!("chunks-{index}-{part}")), self.chunks(index, next))
                    }
                    _ => (
                        shard.dir.path().join(part_name(&output.name, part)),
                        super::partial(&self.target(&output.name, Some(next))),
                    ),
                };
                let mut copy = self.as_it_is(target)?;
                self.copy(buffered(&source).map_err(from(&source))?, &mut copy)?;
                copy.close(&self.pool)?;
                output.part = next;
                output.stream = copy;
                next += 1;
            }
        }
        Ok(())
    }

    /// A file, emptied, whose bytes are taken as they come.
    fn as_it_is(&self, path: PathBuf) -> io::Result<Stream> {
        Stream::open(path, Codec::Plain, self.work.join("tail"), None)
    }

    fn copy(&self, mut from: impl Read, to: &mut Stream) -> io::Result<()> {
        let mut piece = Vec::with_capacity(PIECE);
        loop {
            piece.clear();
            from.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
            if piece.is_empty() {
                return Ok(());
            }
            to.append(&piece, &self.pool)?;
        }
    }
}

fn buffered(path: &Path) -> io::Result<BufReader<File>> {
    Ok(BufReader::with_capacity(PIECE, File::open(path)?))
}

fn unpacked(path: &Path, codec: &Codec) -> io::Result<Box<dyn Read>> {
    let file = buffered(path)?;
    Ok(match codec {
        Codec::Members(Compression::Gzip) => Box::new(flate2::bufread::MultiGzDecoder::new(file)),
        Codec::Members(Compression::Zstd) => Box::new(zstd::stream::read::Decoder::with_buffer(file)?),
        _ => Box::new(file),
    })
}

fn from(path: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    move |e| io::Error::new(e.kind(), format!("can't read {}: {e}", path.display()))
}
