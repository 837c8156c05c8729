//! How the bytes of an output become the bytes of its file, and the threads that do it.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};
use newsmill_core::sink::{Compression, Container, OutputFile};

/// Bytes that become one member of a gzip file or one frame of a Zstandard file.
const MEMBER: usize = 1 << 20;
const GZIP_LEVEL: u32 = 6;
const ZSTD_LEVEL: i32 = 3;

/// What is done with an output's bytes.
#[derive(Clone)]
pub(crate) enum Codec {
    /// They are the file.
    Plain,
    /// The file is compressed members, each of so many bytes, wherever these end.
    Members(Compression),
    /// The file is made by a sink's container, of chunks of whole articles.
    Container(Arc<dyn Container>),
}

impl Codec {
    pub(crate) fn of(output: &OutputFile) -> Self {
        match (&output.container, Compression::of_name(&output.name)) {
            (Some(container), _) => Codec::Container(container.clone()),
            (None, Compression::None) => Codec::Plain,
            (None, compression) => Codec::Members(compression),
        }
    }

    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Codec::Plain)
    }

    /// Where a chunk ends in bytes that are gathered, if it does.
    pub(crate) fn chunk_end(&self, gathered: usize) -> Option<usize> {
        match self {
            Codec::Plain => None,
            Codec::Members(_) => (gathered >= MEMBER).then_some(MEMBER),
            Codec::Container(container) => (gathered >= container.chunk_bytes()).then_some(gathered),
        }
    }

    /// Encodes a chunk. Chunks of a container are preceded by their length (`u64`, little endian).
    fn encode(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Codec::Members(Compression::Gzip) => {
                let mut encoder =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP_LEVEL));
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Codec::Members(Compression::Zstd) => zstd::bulk::compress(bytes, ZSTD_LEVEL),
            Codec::Plain | Codec::Members(Compression::None) => Ok(bytes.to_vec()),
            Codec::Container(container) => {
                let chunk = container.encode(bytes)?;
                let mut framed = Vec::with_capacity(8 + chunk.len());
                framed.extend((chunk.len() as u64).to_le_bytes());
                framed.extend(chunk);
                Ok(framed)
            }
        }
    }
}

/// A chunk on its way.
pub(crate) type Encoded = Receiver<io::Result<Vec<u8>>>;

struct Task {
    codec: Codec,
    bytes: Vec<u8>,
    done: Sender<io::Result<Vec<u8>>>,
}

/// Threads that encode chunks. They end when the pool is dropped.
pub(crate) struct Pool {
    tasks: Sender<Task>,
    threads: usize,
    spent: Spent,
}

/// Time that encoding took, wherever it was done; nanoseconds.
#[derive(Clone, Default)]
pub(crate) struct Spent(Arc<AtomicU64>);

impl Spent {
    fn encode(&self, codec: &Codec, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let began = Instant::now();
        let encoded = codec.encode(bytes);
        self.0.fetch_add(began.elapsed().as_nanos() as u64, Ordering::Relaxed);
        encoded
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.0.load(Ordering::Relaxed) as f64 / 1e9
    }
}

impl Pool {
    /// At most so many threads; none if there is nothing to encode.
    pub(crate) fn new(threads: usize) -> Self {
        let (tasks, queue) = bounded::<Task>(threads.max(1));
        let spent = Spent::default();
        let start = || {
            let (queue, spent) = (queue.clone(), spent.clone());
            let work = move || {
                for Task { codec, bytes, done } in queue {
                    // Nobody waits any more if the run has failed.
                    let _ = done.send(spent.encode(&codec, &bytes));
                }
            };
            thread::Builder::new().name("newsmill-encoder".to_owned()).spawn(work)
        };
        let threads = (0..threads).map_while(|_| start().ok()).count();
        Pool { tasks, threads, spent }
    }

    /// Time that was spent.
    pub(crate) fn spent(&self) -> &Spent {
        &self.spent
    }

    /// Chunks that it makes sense to have on their way.
    pub(crate) fn depth(&self) -> usize {
        2 * self.threads
    }

    /// Has a chunk encoded, here if there are no threads.
    pub(crate) fn encode(&self, codec: &Codec, bytes: Vec<u8>) -> Encoded {
        let (done, encoded) = bounded(1);
        let task = Task { codec: codec.clone(), bytes, done };
        let left = if self.threads > 0 { self.tasks.send(task).err().map(|e| e.0) } else { Some(task) };
        if let Some(Task { codec, bytes, done }) = left {
            // The channel has room for one.
            let _ = done.send(self.spent.encode(&codec, &bytes));
        }
        encoded
    }
}
