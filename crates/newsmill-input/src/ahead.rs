//! Reading ahead on a thread of its own, so that decompressing doesn't keep the reader thread from finding records.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// Bytes handed over at once.
const CHUNK: usize = 256 << 10;
/// Chunks that may lie ready.
const READY: usize = 4;

/// Gives out what another thread reads.
pub(crate) struct ReadAhead {
    full: Receiver<io::Result<Vec<u8>>>,
    empty: Sender<Vec<u8>>,
    chunk: Vec<u8>,
    at: usize,
    ended: bool,
}

impl ReadAhead {
    /// Reads on from here in another thread, which ends when this is dropped.
    ///
    /// # Errors
    /// The system gives no more threads.
    pub(crate) fn new(reader: Box<dyn Read + Send>) -> io::Result<Self> {
        let (to_here, full) = sync_channel(READY);
        let (empty, to_there) = channel();
        thread::Builder::new()
            .name("newsmill-unpack".to_owned())
            .spawn(move || read_on(reader, &to_here, &to_there))?;
        Ok(ReadAhead { full, empty, chunk: Vec::new(), at: 0, ended: false })
    }
}

fn read_on(
    mut reader: Box<dyn Read + Send>,
    full: &SyncSender<io::Result<Vec<u8>>>,
    empty: &Receiver<Vec<u8>>,
) {
    loop {
        let mut chunk = empty.try_recv().unwrap_or_default();
        chunk.clear();
        let result = reader.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
        let last = result.is_err() || chunk.is_empty();
        // What was read before an error counts.
        if !chunk.is_empty() && full.send(Ok(chunk)).is_err() {
            return;
        }
        if last {
            // An empty chunk is the end.
            let _ = full.send(result.map(|_| Vec::new()));
            return;
        }
    }
}

impl Read for ReadAhead {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == self.chunk.len() && !self.ended && !buf.is_empty() {
            let _ = self.empty.send(std::mem::take(&mut self.chunk));
            self.at = 0;
            match self.full.recv() {
                Ok(Ok(chunk)) => {
                    self.ended = chunk.is_empty();
                    self.chunk = chunk;
                }
                Ok(Err(e)) => {
                    self.ended = true;
                    return Err(e);
                }
                Err(_) => return Err(io::Error::other("the thread that reads the file died")),
            }
        }
        let n = buf.len().min(self.chunk.len() - self.at);
        buf[..n].copy_from_slice(&self.chunk[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails after some bytes.
    struct Breaks(usize);

    impl Read for Breaks {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let n = self.0.min(buf.len()).min(1000);
            buf[..n].fill(b'x');
            self.0 -= n;
            Ok(n)
        }
    }

    #[test]
    fn what_is_read_ahead_is_what_is_there() {
        let text: Vec<u8> = (0..3_000_000u32).map(|i| (i % 251) as u8).collect();
        let mut ahead = ReadAhead::new(Box::new(io::Cursor::new(text.clone()))).unwrap();
        let mut got = Vec::new();
        ahead.read_to_end(&mut got).unwrap();
        assert!(got == text);
        assert_eq!(ahead.read(&mut [0; 9]).unwrap(), 0);
    }

    #[test]
    fn an_error_comes_after_what_was_read_before_it() {
        let mut ahead = ReadAhead::new(Box::new(Breaks(600_000))).unwrap();
        let mut got = Vec::new();
        let error = ahead.read_to_end(&mut got).unwrap_err();
        assert_eq!((got.len(), error.kind()), (600_000, io::ErrorKind::InvalidData));
    }

    #[test]
    fn dropping_it_early_ends_its_thread() {
        let mut ahead = ReadAhead::new(Box::new(io::repeat(b'x'))).unwrap();
        assert_eq!(ahead.read(&mut [0; 9]).unwrap(), 9);
        drop(ahead);
    }
}
