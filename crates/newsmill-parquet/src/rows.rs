//! Rows of a file as records, read on a thread of their own.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use newsmill_core::input::{DecodeError, Fault, Filled, FrameInfo, InputFile, Position, RawBatch, Source};
use newsmill_input::fields::FieldMap;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::Type;

use crate::cells::{Times, object};

/// Rows are handed over in chunks of about so many bytes.
const CHUNK: usize = 256 << 10;
/// Chunks that may lie ready.
const READY: usize = 4;

/// Which columns to read, by name.
pub(crate) type Wanted = Box<dyn Fn(&str) -> Use + Send>;

/// What a column is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Nothing,
    Metadata,
    Body,
}

/// Asks the field map.
pub(crate) fn wanted(map: &Arc<FieldMap>) -> Wanted {
    let map = map.clone();
    Box::new(move |name| match (map.may_hold_body(name), map.knows(name)) {
        (true, _) => Use::Body,
        (_, true) => Use::Metadata,
        _ => Use::Nothing,
    })
}

/// Rows as JSON objects.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Rows of the file.
    total: u64,
    /// Rows before it, if some were passed over.
    first: u64,
}

enum Message {
    Rows(Chunk),
    /// What is wrong with the file.
    Fault(DecodeError),
    End,
}

/// Gives out the rows that a thread reads.
pub(crate) struct Rows {
    rows: Receiver<Message>,
    chunk: Chunk,
    /// The next row in the chunk.
    next: usize,
    position: Position,
    file_bytes: u64,
    max_bytes: usize,
}

impl Rows {
    pub(crate) fn new(file: InputFile, wanted: Wanted) -> Self {
        let (to_here, rows) = sync_channel(READY);
        let start = Start { record: file.start.record, offset: file.wanted_from };
        let file_bytes = file.file.as_ref().and_then(|f| f.metadata().ok()).map_or(0, |m| m.len());
        let source = file.file;
        let spawned = thread::Builder::new().name("newsmill-parquet".to_owned()).spawn({
            let to_here = to_here.clone();
            move || {
                let last = match read(source, start, &wanted, &to_here) {
                    Ok(()) => Message::End,
                    Err(error) => Message::Fault(error),
                };
                let _ = to_here.send(last);
            }
        });
        if spawned.is_err() {
            let _ = to_here
                .try_send(Message::Fault(DecodeError::new("unreadable", "the system gives no more threads")));
        }
        Rows {
            rows,
            chunk: Chunk::default(),
            next: 0,
            position: Position { file: file.index, ..file.start },
            file_bytes,
            max_bytes: file.max_record_bytes,
        }
    }

    /// Gives out rows of the chunk until the batch is full.
    fn give(&mut self, batch: &mut RawBatch, budget: usize) {
        while self.next < self.chunk.ends.len() && batch.bytes.len() < budget {
            let begin = if self.next == 0 { 0 } else { self.chunk.ends[self.next - 1] };
            let mut row = &self.chunk.bytes[begin..self.chunk.ends[self.next]];
            let oversize = (row.len() > self.max_bytes).then_some(row.len() as u64);
            if oversize.is_some() {
                row = &row[..row.len().min(4 << 10)];
            }
            let start = batch.bytes.len();
            batch.bytes.extend_from_slice(row);
            let frame = FrameInfo::new(start..batch.bytes.len(), self.position.clone());
            batch.frames.push(FrameInfo { oversize, ..frame });
            self.next += 1;
            self.position.record += 1;
            self.position.offset = self.place();
        }
    }

    /// Rows have no place of their own in the file: this one is for showing progress, and for sharing the rows out.
    fn place(&self) -> u64 {
        let share = u128::from(self.file_bytes) * u128::from(self.position.record);
        (share / u128::from(self.chunk.total.max(1))) as u64
    }
}

impl Source for Rows {
    fn fill(&mut self, batch: &mut RawBatch, budget: usize) -> Result<Filled, io::Error> {
        loop {
            self.give(batch, budget);
            if batch.bytes.len() >= budget {
                return Ok(Filled::More);
            }
            match self.rows.recv() {
                Ok(Message::Rows(chunk)) => {
                    self.chunk = chunk;
                    self.next = 0;
                    if self.chunk.first > self.position.record {
                        self.position.record = self.chunk.first;
                        self.position.offset = self.place();
                    }
                }
                Ok(Message::End) => return Ok(Filled::End),
                Ok(Message::Fault(error)) => {
                    let end = batch.bytes.len();
                    let fault = Some(Fault { error, lost: true });
                    batch.frames.push(FrameInfo { fault, ..FrameInfo::new(end..end, self.position.clone()) });
                    return Ok(Filled::End);
                }
                // It panicked: files can be damaged in more ways than the crate expects.
                Err(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is damaged")),
            }
        }
    }

    fn position(&self) -> Position {
        self.position.clone()
    }
}

fn damaged(error: &ParquetError) -> DecodeError {
    DecodeError::new("damaged", format!("the file can't be read on: {error}"))
}

/// Where to begin: at the first row that is wanted for both.
#[derive(Clone, Copy)]
struct Start {
    record: u64,
    offset: u64,
}

impl Start {
    /// Rows to pass over, of so many in so many bytes.
    fn rows(self, total: u64, bytes: u64) -> u64 {
        let share = u128::from(self.offset) * u128::from(total) / u128::from(bytes.max(1));
        self.record.max(share as u64)
    }
}

/// Reads all rows but those before `start`; ends early if nobody takes them any more.
fn read(
    file: Option<File>,
    start: Start,
    wanted: &Wanted,
    out: &SyncSender<Message>,
) -> Result<(), DecodeError> {
    let Some(file) = file else {
        let message =
            "a Parquet file can't be read from a pipe or compressed as a whole; unpack it to a file";
        return Err(DecodeError::new("unreadable", message));
    };
    let bytes = file.metadata().map_or(0, |m| m.len());
    let reader = SerializedFileReader::new(file).map_err(|e| damaged(&e))?;
    let schema = reader.metadata().file_metadata().schema();
    let columns: Vec<_> =
        schema.get_fields().iter().filter(|c| wanted(c.name()) != Use::Nothing).cloned().collect();
    let total = reader.metadata().row_groups().iter().map(|g| g.num_rows().max(0) as u64).sum();
    if total > 0 && !columns.iter().any(|c| wanted(c.name()) == Use::Body) {
        let names: Vec<&str> = schema.get_fields().iter().map(|c| c.name()).take(20).collect();
        let message = format!(
            "no column is the body (columns: {}); name the one that is with \"fields\": {{ \"body\": \"…\" }}",
            names.join(", ")
        );
        return Err(DecodeError::new("missing-body", message));
    }
    let times: Vec<Option<Times>> = columns.iter().map(|c| Times::of(c)).collect();
    let projection =
        Type::group_type_builder(schema.name()).with_fields(columns).build().map_err(|e| damaged(&e))?;
    let first = start.rows(total, bytes);
    let mut left_to_skip = first;
    let mut chunk = Chunk { total, first, ..Chunk::default() };
    for index in 0..reader.num_row_groups() {
        let rows = reader.metadata().row_group(index).num_rows().max(0) as u64;
        if left_to_skip >= rows {
            left_to_skip -= rows;
            continue;
        }
        let group = reader.get_row_group(index).map_err(|e| damaged(&e))?;
        for row in group.get_row_iter(Some(projection.clone())).map_err(|e| damaged(&e))? {
            let row = match row {
                Ok(row) => row,
                Err(e) => {
                    let _ = out.send(Message::Rows(chunk));
                    return Err(damaged(&e));
                }
            };
            if left_to_skip > 0 {
                left_to_skip -= 1;
                continue;
            }
            // Writing to a `Vec` can't fail, and keys are strings.
            let _ = serde_json::to_writer(&mut chunk.bytes, &object(row, &times));
            chunk.ends.push(chunk.bytes.len());
            if chunk.bytes.len() >= CHUNK {
                let full = std::mem::replace(&mut chunk, Chunk { total, ..Chunk::default() });
                if out.send(Message::Rows(full)).is_err() {
                    return Ok(());
                }
            }
        }
    }
    let _ = out.send(Message::Rows(chunk));
    Ok(())
}
