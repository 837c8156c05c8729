//! The journal: up to where a run's outputs are good.
//!
//! A line is appended, and synced, after all outputs are synced: so whatever a line says is on disk. It holds the
//! position in the input, the length of every output and the counters, preceded by a hash; a torn or damaged line ends
//! the journal, and the line before it counts.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use newsmill_core::hash::xxh64;
use newsmill_core::input::Position;
use serde::{Deserialize, Serialize};

use crate::metrics::Counts;
use crate::outputs::Saved;

/// A state that a run can go on from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Number of the line, from 1.
    pub sequence: u64,
    /// File, record, line and offset of the next record to read.
    pub position: (u32, u64, u64, u64),
    /// Length of each output in bytes, the quarantine last.
    pub lengths: Vec<u64>,
    /// Of each output that is written in chunks: how many are in its file, and how many bytes of the next one are kept
    /// in its tail.
    #[serde(default)]
    pub chunks: Vec<(u64, u64)>,
    /// What became of the records so far.
    pub counts: Counts,
}

impl Commit {
    pub(crate) fn start(&self) -> Position {
        let (file, record, line, offset) = self.position;
        Position { file, record, line, offset }
    }

    /// How output `index` was.
    pub(crate) fn saved(&self, index: usize) -> Saved {
        let length = self.lengths.get(index).copied().unwrap_or(0);
        let (chunks, tail) = self.chunks.get(index).copied().unwrap_or_default();
        Saved { length, chunks, tail }
    }
}

/// Writes the journal.
pub(crate) struct Journal {
    file: File,
}

impl Journal {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Journal { file: OpenOptions::new().create(true).append(true).open(path)? })
    }

    pub(crate) fn append(&mut self, commit: &Commit) -> io::Result<()> {
        let json = serde_json::to_vec(commit).map_err(io::Error::other)?;
        self.file.write_all(&line_of(json))?;
        self.file.sync_data()
    }
}

/// A line with this content, which is good whatever the content is.
pub fn line_of(mut json: Vec<u8>) -> Vec<u8> {
    json.push(b'\n');
    let mut line = format!("{:016x} ", xxh64(&json, 0)).into_bytes();
    line.append(&mut json);
    line
}

/// The last good line of a journal, and how many bytes are good.
pub fn last_commit(bytes: &[u8]) -> (Option<Commit>, usize) {
    let (mut last, mut good) = (None, 0);
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let Some(commit) = parse(line) else { break };
        last = Some(commit);
        good += line.len();
    }
    (last, good)
}

fn parse(line: &[u8]) -> Option<Commit> {
    let (hash, json) = line.split_at_checked(17)?;
    let hash = std::str::from_utf8(hash).ok()?.strip_suffix(' ')?;
    let told = u64::from_str_radix(hash, 16).ok()?;
    (told == xxh64(json, 0)).then(|| serde_json::from_slice(json).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_or_damaged_line_ends_the_journal() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        let commit = |sequence| Commit { sequence, lengths: vec![10 * sequence], ..Commit::default() };
        for sequence in 1..=3 {
            journal.append(&commit(sequence)).unwrap();
        }
        let bytes = std::fs::read(&path).unwrap();
        let two = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(1).unwrap().0 + 1;
        assert_eq!(last_commit(&bytes), (Some(commit(3)), bytes.len()));
        for cut in two..bytes.len() {
            assert_eq!(last_commit(&bytes[..cut]), (Some(commit(2)), two), "{cut}");
        }
        for at in two..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(last_commit(&damaged).0, Some(commit(2)), "{at}");
        }
        assert_eq!(last_commit(b""), (None, 0));
    }
}
