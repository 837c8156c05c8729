//! The files of a run while it goes on: appended to, synced, cut back, and renamed when all is done.
//!
//! An output is called `NAME.partial` until the run is complete, so that nobody takes half a table for a whole one.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use newsmill_core::Plan;
use newsmill_core::sink::OutputKind;

use crate::directory::{Directory, PARTIAL, QUARANTINE};
use crate::reduce::Reducer;

/// Bytes that are gathered before they are written.
const GATHER: usize = 1 << 20;

/// One output file.
struct Output {
    /// As the sink named it.
    name: String,
    /// Where its bytes go for now.
    path: PathBuf,
    file: File,
    pending: Vec<u8>,
    /// Length with what is pending.
    length: u64,
    /// Set for a run-level table, whose file here is its spool.
    reducer: Option<Reducer>,
}

/// All outputs of a plan, and the quarantine as the last.
pub(crate) struct Outputs<'p> {
    plan: &'p Plan,
    dir: PathBuf,
    all: Vec<Output>,
}

fn at(path: &Path) -> impl Fn(io::Error) -> io::Error + '_ {
    move |e| io::Error::new(e.kind(), format!("can't write {}: {e}", path.display()))
}

impl<'p> Outputs<'p> {
    /// Opens all outputs. With the lengths of a commit, they are cut back to these; without, they begin anew.
    pub(crate) fn open(plan: &'p Plan, dir: &Directory, lengths: Option<&[u64]>) -> io::Result<Self> {
        let mut all = Vec::new();
        let kinds = plan.outputs().map(|o| (o.name.as_str(), Some(&o.kind)));
        for (index, (name, kind)) in kinds.chain([(QUARANTINE, None)]).enumerate() {
            let schema = match kind {
                Some(OutputKind::Reduced(schema)) => Some(schema.clone()),
                _ => None,
            };
            let path = match schema {
                Some(_) => dir.work().join(format!("rows-{index}")),
                None => dir.partial(name),
            };
            let length = lengths.map(|all| all.get(index).copied().unwrap_or(0));
            let file = open_one(&path, length).map_err(at(&path))?;
            let mut output = Output {
                name: name.to_owned(),
                path,
                file,
                pending: Vec::new(),
                length: length.unwrap_or(0),
                reducer: schema.map(Reducer::new),
            };
            if length.is_none() && output.reducer.is_none() && kind.is_some() {
                plan.header(index, &mut output.pending);
                output.length = output.pending.len() as u64;
            }
            all.push(output);
        }
        Ok(Outputs { plan, dir: dir.path().to_owned(), all })
    }

    /// Appends the bytes of a batch.
    pub(crate) fn append(&mut self, rows: &[Vec<u8>], quarantine: &[u8]) -> io::Result<()> {
        for (output, bytes) in self.all.iter_mut().zip(rows.iter().map(Vec::as_slice).chain([quarantine])) {
            match &mut output.reducer {
                None => {
                    output.length += bytes.len() as u64;
                    output.pending.extend_from_slice(bytes);
                }
                Some(reducer) => {
                    if reducer.fold(bytes)? {
                        output.spill();
                    }
                }
            }
            if output.pending.len() >= GATHER {
                output.write()?;
            }
        }
        Ok(())
    }

    /// Makes everything so far safe on disk; the length of each file.
    pub(crate) fn sync(&mut self) -> io::Result<Vec<u64>> {
        for output in &mut self.all {
            output.spill();
            output.write()?;
            output.file.sync_data().map_err(at(&output.path))?;
        }
        Ok(self.all.iter().map(|o| o.length).collect())
    }

    /// Bytes that aren't written yet or not yet synced since the last commit, given its lengths.
    pub(crate) fn bytes_since(&self, lengths: &[u64]) -> u64 {
        self.all.iter().zip(lengths).map(|(o, l)| o.length.saturating_sub(*l)).sum()
    }

    /// Writes the run-level tables and gives every file its name. What is left to do after this is to say so.
    pub(crate) fn finish(self, work: &Path) -> io::Result<Vec<(String, u64)>> {
        let mut named = Vec::new();
        for (index, mut output) in self.all.into_iter().enumerate() {
            let target = self.dir.join(&output.name);
            let partial = with_suffix(&target);
            if let Some(reducer) = output.reducer.take() {
                output.write()?;
                let length =
                    reduce(self.plan, index, reducer, output.file, &partial, work).map_err(at(&partial))?;
                output.length = length;
            } else {
                output.write()?;
                output.file.sync_all().map_err(at(&output.path))?;
            }
            named.push((partial, target, output.name, output.length));
        }
        for (partial, target, ..) in &named {
            std::fs::rename(partial, target).map_err(at(target))?;
        }
        Ok(named.into_iter().map(|(_, _, name, length)| (name, length)).collect())
    }
}

impl Output {
    fn write(&mut self) -> io::Result<()> {
        self.file.write_all(&self.pending).map_err(at(&self.path))?;
        self.pending.clear();
        self.pending.shrink_to(2 * GATHER);
        Ok(())
    }

    fn spill(&mut self) {
        if let Some(reducer) = &mut self.reducer {
            let before = self.pending.len();
            reducer.spill(&mut self.pending);
            self.length += (self.pending.len() - before) as u64;
        }
    }
}

fn with_suffix(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PARTIAL);
    name.into()
}

fn open_one(path: &Path, length: Option<u64>) -> io::Result<File> {
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

/// Writes a run-level table; its length.
fn reduce(
    plan: &Plan,
    index: usize,
    reducer: Reducer,
    spool: File,
    target: &Path,
    work: &Path,
) -> io::Result<u64> {
    let mut file = File::create(target)?;
    let (mut buf, mut length) = (Vec::new(), 0);
    plan.header(index, &mut buf);
    let made = std::cell::Cell::new(0);
    let scratch = || {
        made.set(made.get() + 1);
        let path = work.join(format!("merge-{index}-{}", made.get()));
        OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
    };
    reducer.finish(spool, scratch, &mut |row| {
        plan.encode_reduced(index, row, &mut buf);
        if buf.len() >= GATHER {
            length += buf.len() as u64;
            file.write_all(&buf)?;
            buf.clear();
        }
        Ok(())
    })?;
    file.write_all(&buf)?;
    file.sync_all()?;
    Ok(length + buf.len() as u64)
}
