//! The files of a run while it goes on: appended to, synced, cut back, and renamed when all is done.
//!
//! An output is called `NAME.partial` until the run is complete, so that nobody takes half a table for a whole one.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use newsmill_core::Plan;
use newsmill_core::sink::OutputKind;

use crate::batch::Batch;
use crate::directory::{Directory, PARTIAL, QUARANTINE};
use crate::ids::{self, Duplicates};
use crate::reduce::Reducer;

/// Bytes that are gathered before they are written.
const GATHER: usize = 1 << 20;

/// Stands for the spool of ids in messages.
const IDS: &str = "ids";

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
    /// What its bytes are.
    kind: Kind,
}

enum Kind {
    /// A file of the user's.
    Appended,
    /// The spool of a run-level table.
    Reduced(Reducer),
    /// Ids of articles.
    Ids,
}

/// All outputs of a plan, then the quarantine and the ids of articles.
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
        let of_plan = plan.outputs().map(|o| match &o.kind {
            OutputKind::Reduced(schema) => (o.name.as_str(), Kind::Reduced(Reducer::new(schema.clone()))),
            OutputKind::Appended => (o.name.as_str(), Kind::Appended),
        });
        let count = plan.outputs().count();
        for (index, (name, kind)) in
            of_plan.chain([(QUARANTINE, Kind::Appended), (IDS, Kind::Ids)]).enumerate()
        {
            let path = match kind {
                Kind::Appended => dir.partial(name),
                Kind::Reduced(_) | Kind::Ids => dir.work().join(format!("rows-{index}")),
            };
            let length = lengths.map(|all| all.get(index).copied().unwrap_or(0));
            let file = open_one(&path, length).map_err(at(&path))?;
            let mut output = Output {
                name: name.to_owned(),
                path,
                file,
                pending: Vec::new(),
                length: length.unwrap_or(0),
                kind,
            };
            if length.is_none() && index < count && matches!(output.kind, Kind::Appended) {
                plan.header(index, &mut output.pending);
                output.length = output.pending.len() as u64;
            }
            all.push(output);
        }
        Ok(Outputs { plan, dir: dir.path().to_owned(), all })
    }

    /// Appends the bytes of a batch.
    pub(crate) fn append(&mut self, batch: &Batch) -> io::Result<()> {
        let all = batch.outputs.iter().chain([&batch.quarantine, &batch.ids]);
        for (output, bytes) in self.all.iter_mut().zip(all) {
            match &mut output.kind {
                Kind::Appended | Kind::Ids => output.append(bytes)?,
                Kind::Reduced(reducer) => {
                    if reducer.fold(bytes)? {
                        output.spill();
                        output.write()?;
                    }
                }
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
    pub(crate) fn finish(self, work: &Path) -> io::Result<Finished> {
        let mut finished = Finished::default();
        let mut partials = Vec::new();
        for (index, mut output) in self.all.into_iter().enumerate() {
            output.write()?;
            let target = self.dir.join(&output.name);
            let partial = with_suffix(&target);
            match output.kind {
                Kind::Ids => {
                    finished.duplicates = ids::duplicates(&mut output.file).map_err(at(&output.path))?;
                    continue;
                }
                Kind::Appended => output.file.sync_all().map_err(at(&output.path))?,
                Kind::Reduced(reducer) => {
                    output.length = reduce(self.plan, index, reducer, output.file, &partial, work)
                        .map_err(at(&partial))?;
                }
            }
            partials.push((partial, target));
            finished.files.push((output.name, output.length));
        }
        for (partial, target) in &partials {
            std::fs::rename(partial, target).map_err(at(target))?;
        }
        Ok(finished)
    }
}

/// What a complete run left.
#[derive(Default)]
pub(crate) struct Finished {
    /// Name and length of each file.
    pub files: Vec<(String, u64)>,
    /// Articles whose id an earlier one has.
    pub duplicates: Duplicates,
}

impl Output {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        if self.pending.len() + bytes.len() < GATHER {
            self.pending.extend_from_slice(bytes);
            return Ok(());
        }
        self.write()?;
        self.file.write_all(bytes).map_err(at(&self.path))
    }

    fn write(&mut self) -> io::Result<()> {
        self.file.write_all(&self.pending).map_err(at(&self.path))?;
        self.pending.clear();
        self.pending.shrink_to(2 * GATHER);
        Ok(())
    }

    fn spill(&mut self) {
        if let Kind::Reduced(reducer) = &mut self.kind {
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
