//! Numbers that a user interface may look at while a run goes on.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Written by the runner, read by whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    bytes_total: AtomicU64,
    bytes_done: AtomicU64,
    articles: AtomicU64,
    failed: AtomicU64,
    finishing: AtomicU64,
}

/// The numbers at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Snapshot {
    /// Bytes of all input files.
    pub bytes_total: u64,
    /// Bytes of input whose rows are written.
    pub bytes_done: u64,
    /// Articles written.
    pub articles: u64,
    /// Records in the quarantine.
    pub failed: u64,
    /// The input is read; run-level tables are being written.
    pub finishing: bool,
}

impl Progress {
    /// The numbers now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            bytes_total: self.bytes_total.load(Relaxed),
            bytes_done: self.bytes_done.load(Relaxed),
            articles: self.articles.load(Relaxed),
            failed: self.failed.load(Relaxed),
            finishing: self.finishing.load(Relaxed) > 0,
        }
    }

    pub(crate) fn begin(&self, bytes_total: u64, bytes_done: u64) {
        self.bytes_total.store(bytes_total, Relaxed);
        self.bytes_done.store(bytes_done, Relaxed);
    }

    pub(crate) fn advance(&self, bytes: u64, articles: u64, failed: u64) {
        self.bytes_done.fetch_add(bytes, Relaxed);
        self.articles.fetch_add(articles, Relaxed);
        self.failed.fetch_add(failed, Relaxed);
    }

    pub(crate) fn finish(&self) {
        self.finishing.store(1, Relaxed);
    }
}
