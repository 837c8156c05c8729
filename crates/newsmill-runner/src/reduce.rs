//! Run-level tables: rows folded by key while they come in, in sorted runs on disk when they get many.
//!
//! Rows are folded in memory; at every commit, and when memory is full, what there is goes to the end of a spool file
//! as one run, sorted by key. At the end all runs are merged. So memory is bounded, the spool is append-only like any
//! other output (which is what resuming needs), and it grows with the distinct keys of a commit, not with the rows.

use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use newsmill_core::reduce::{CellRef, ReducedRow, key_of};
use newsmill_core::table::Schema;

/// Rows in memory before they go to disk; bytes, about.
const MEMORY: usize = 32 << 20;
/// Runs that are merged at once.
const FAN_IN: usize = 256;
const BUFFER: usize = 32 << 10;

/// Folds the rows of one run-level table.
pub(crate) struct Reducer {
    schema: Schema,
    rows: HashMap<String, ReducedRow>,
    bytes: usize,
}

fn damaged(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}

impl Reducer {
    pub(crate) fn new(schema: Schema) -> Self {
        Reducer { schema, rows: HashMap::new(), bytes: 0 }
    }

    /// Folds rows in the internal form; `true` if memory is full.
    pub(crate) fn fold(&mut self, mut encoded: &[u8]) -> io::Result<bool> {
        let mut cells = Vec::new();
        while ReducedRow::read(&mut encoded, &self.schema, &mut cells).map_err(damaged)? {
            self.fold_row(&cells);
        }
        Ok(self.bytes > MEMORY)
    }

    fn fold_row(&mut self, cells: &[CellRef<'_>]) {
        let key = key_of(cells, &self.schema);
        match self.rows.get_mut(key) {
            Some(row) => row.fold(cells, &self.schema),
            None => {
                let texts = cells.iter().map(|c| if let CellRef::Text(s) = c { s.len() } else { 0 });
                self.bytes += texts.sum::<usize>() + 32 * cells.len() + 2 * key.len() + 64;
                self.rows.insert(key.to_owned(), ReducedRow::new(cells));
            }
        }
    }

    /// Takes the rows out, ordered by key.
    fn take_sorted(&mut self) -> Vec<(String, ReducedRow)> {
        self.bytes = 0;
        let mut rows: Vec<_> = self.rows.drain().collect();
        rows.sort_unstable_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
        rows
    }

    /// Appends what is in memory to `out` as one run: its length in bytes (`u64`, little endian), its rows.
    pub(crate) fn spill(&mut self, out: &mut Vec<u8>) {
        if self.rows.is_empty() {
            return;
        }
        let start = out.len();
        out.extend([0; 8]);
        for (_, row) in self.take_sorted() {
            row.append_to(out);
        }
        let length = (out.len() - start - 8) as u64;
        out[start..start + 8].copy_from_slice(&length.to_le_bytes());
    }

    /// Hands all rows, folded and ordered by key, to `emit`. `spool` holds the runs; `scratch` makes another such file
    /// if they are too many to merge at once.
    pub(crate) fn finish(
        mut self,
        mut spool: File,
        scratch: impl Fn() -> io::Result<File>,
        emit: &mut dyn FnMut(&ReducedRow) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut runs = runs_of(&mut spool)?;
        while runs.len() >= FAN_IN {
            let mut next = scratch()?;
            for group in runs.chunks(FAN_IN) {
                self.merge_to_run(&mut spool, group, &mut next)?;
            }
            spool = next;
            runs = runs_of(&mut spool)?;
        }
        let last = self.take_sorted();
        merge(&mut spool, &runs, last, &self.schema, emit)
    }

    fn merge_to_run(&self, spool: &mut File, group: &[Run], out: &mut File) -> io::Result<()> {
        let start = out.seek(SeekFrom::End(0))?;
        out.write_all(&[0; 8])?;
        let mut writer = io::BufWriter::with_capacity(BUFFER, &mut *out);
        let (mut length, mut row_bytes) = (0, Vec::new());
        merge(spool, group, Vec::new(), &self.schema, &mut |row| {
            row_bytes.clear();
            row.append_to(&mut row_bytes);
            length += row_bytes.len() as u64;
            writer.write_all(&row_bytes)
        })?;
        writer.flush()?;
        drop(writer);
        out.seek(SeekFrom::Start(start))?;
        out.write_all(&length.to_le_bytes())?;
        out.seek(SeekFrom::End(0)).map(|_| ())
    }
}

/// A sorted run's place in its file.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u64,
    bytes: u64,
}

fn runs_of(spool: &mut File) -> io::Result<Vec<Run>> {
    let total = spool.seek(SeekFrom::End(0))?;
    let (mut runs, mut at) = (Vec::new(), 0);
    while at < total {
        spool.seek(SeekFrom::Start(at))?;
        let mut header = [0; 8];
        spool.read_exact(&mut header)?;
        let run = Run { start: at + 8, bytes: u64::from_le_bytes(header) };
        at = run.start.saturating_add(run.bytes);
        if at > total {
            return Err(damaged("a run of the spool is cut short"));
        }
        runs.push(run);
    }
    Ok(runs)
}

/// The next row of a run, read in pieces.
struct RunReader {
    run: Run,
    buf: Vec<u8>,
    at: usize,
}

impl RunReader {
    fn next(&mut self, spool: &mut File, schema: &Schema) -> io::Result<Option<ReducedRow>> {
        loop {
            let mut rest = &self.buf[self.at..];
            let mut cells = Vec::new();
            match ReducedRow::read(&mut rest, schema, &mut cells) {
                Ok(true) => {
                    let row = ReducedRow::new(&cells);
                    self.at = self.buf.len() - rest.len();
                    return Ok(Some(row));
                }
                Ok(false) if self.run.bytes == 0 => return Ok(None),
                Err(message) if self.run.bytes == 0 => return Err(damaged(message)),
                // The row goes on beyond the buffer.
                Ok(false) | Err(_) => {}
            }
            self.read_more(spool)?;
        }
    }

    fn read_more(&mut self, spool: &mut File) -> io::Result<()> {
        self.buf.drain(..self.at);
        self.at = 0;
        let piece = self.run.bytes.min((BUFFER + self.buf.len()) as u64);
        spool.seek(SeekFrom::Start(self.run.start))?;
        let got = spool.take(piece).read_to_end(&mut self.buf)?;
        self.run.start += got as u64;
        self.run.bytes -= got as u64;
        if (got as u64) < piece {
            return Err(damaged("a run of the spool is cut short"));
        }
        Ok(())
    }
}

/// The front row of a run in a heap that yields the smallest key, of equal ones the earliest run's.
struct Front {
    key: String,
    run: usize,
    row: ReducedRow,
}

impl Ord for Front {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.key.as_bytes().cmp(self.key.as_bytes()).then(other.run.cmp(&self.run))
    }
}
impl PartialOrd for Front {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Front {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Front {}

/// Merges runs, and the rows in memory as the last run.
fn merge(
    spool: &mut File,
    runs: &[Run],
    memory: Vec<(String, ReducedRow)>,
    schema: &Schema,
    emit: &mut dyn FnMut(&ReducedRow) -> io::Result<()>,
) -> io::Result<()> {
    let mut readers: Vec<RunReader> =
        runs.iter().map(|&run| RunReader { run, buf: Vec::new(), at: 0 }).collect();
    let mut memory = memory.into_iter();
    let mut next = |run: usize| -> io::Result<Option<Front>> {
        Ok(match readers.get_mut(run) {
            Some(reader) => {
                reader.next(spool, schema)?.map(|row| Front { key: row.key(schema).to_owned(), run, row })
            }
            None => memory.next().map(|(key, row)| Front { key, run, row }),
        })
    };
    let mut heap = BinaryHeap::new();
    for run in 0..=runs.len() {
        heap.extend(next(run)?);
    }
    let mut current: Option<Front> = None;
    let mut encoded = Vec::new();
    while let Some(front) = heap.pop() {
        heap.extend(next(front.run)?);
        match &mut current {
            Some(row) if row.key == front.key => {
                encoded.clear();
                front.row.append_to(&mut encoded);
                let mut cells = Vec::new();
                ReducedRow::read(&mut &*encoded, schema, &mut cells).map_err(damaged)?;
                row.row.fold(&cells, schema);
            }
            _ => {
                if let Some(done) = current.replace(front) {
                    emit(&done.row)?;
                }
            }
        }
    }
    current.map_or(Ok(()), |last| emit(&last.row))
}

#[cfg(test)]
mod tests {
    use newsmill_core::reduce::Cell;
    use newsmill_core::table::{Column, Reduce};

    use super::*;

    fn schema() -> Schema {
        Schema::new([
            Column::text("key", "").reduced(Reduce::Key),
            Column::text("name", "").reduced(Reduce::First),
            Column::int("n", "").reduced(Reduce::Sum),
        ])
    }

    fn encoded(key: &str, name: &str, n: u64) -> Vec<u8> {
        let cells = vec![Cell::Text(key.into()), Cell::Text(name.into()), Cell::Int(n)];
        let mut bytes = Vec::new();
        ReducedRow { cells }.append_to(&mut bytes);
        bytes
    }

    /// Folds 20,000 rows of 700 keys, spilling after every `spill` rows.
    fn fold(spill: usize) -> Vec<(String, String, u64)> {
        let mut reducer = Reducer::new(schema());
        let mut spool = tempfile::tempfile().unwrap();
        for i in 0..20_000 {
            let (key, name) = (i * 7919 % 700, if i % 3 == 0 { String::new() } else { format!("name {i}") });
            reducer.fold(&encoded(&format!("k{key}"), &name, i)).unwrap();
            if i % spill as u64 == 0 {
                let mut run = Vec::new();
                reducer.spill(&mut run);
                spool.write_all(&run).unwrap();
            }
        }
        let mut rows = Vec::new();
        reducer
            .finish(spool, tempfile::tempfile, &mut |row| {
                match &row.cells[..] {
                    [Cell::Text(k), Cell::Text(name), Cell::Int(n)] => {
                        rows.push((k.clone(), name.clone(), *n))
                    }
                    other => panic!("{other:?}"),
                }
                Ok(())
            })
            .unwrap();
        rows
    }

    #[test]
    fn spilling_changes_nothing() {
        let in_memory = fold(1_000_000);
        assert_eq!(in_memory.len(), 700);
        assert!(in_memory.is_sorted());
        assert_eq!(in_memory.iter().map(|r| r.2).sum::<u64>(), 20_000 * 19_999 / 2);
        // More runs than are merged at once.
        for spill in [10, 777, 5000] {
            assert_eq!(fold(spill), in_memory, "{spill}");
        }
    }

    #[test]
    fn a_damaged_spool_is_an_error() {
        let mut spool = tempfile::tempfile().unwrap();
        spool.write_all(&[200, 0, 0, 0, 0, 0, 0, 0, 1, 2]).unwrap();
        let result = Reducer::new(schema()).finish(spool, tempfile::tempfile, &mut |_| Ok(()));
        assert_eq!(result.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
