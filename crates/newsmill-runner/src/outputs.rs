//! The files of a run while it goes on: appended to, synced, cut back, and renamed when all is done.
//!
//! An output is called `NAME.partial` until the run is complete, so that nobody takes half a table for a whole one.

pub(crate) mod codec;
pub(crate) mod merge;
pub(crate) mod names;
mod stream;

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use newsmill_core::Plan;
use newsmill_core::sink::{Container, OutputKind};

use crate::batch::Batch;
use crate::directory::{Directory, QUARANTINE, SEEN};
use crate::ids::{self, Duplicates};
use crate::journal::Commit;
use crate::reduce::Reducer;
use crate::seen::Seen;
use codec::{Codec, Pool, Spent};
use names::{part_name, partial};
pub(crate) use stream::Saved;
use stream::{Stream, at};

/// Stands for the ids of articles in messages.
const IDS: &str = "ids";

/// One output: a file, or a folder of parts.
struct Output {
    /// As the sink named it.
    name: String,
    /// What its bytes are.
    kind: Kind,
    codec: Codec,
    /// Articles a part.
    articles: Option<u64>,
    part: u64,
    stream: Stream,
}

enum Kind {
    /// A file of the user's, of the plan's output of this index.
    Table(usize),
    /// The quarantine.
    Quarantine,
    /// The spool of a run-level table.
    Reduced(usize, Reducer),
    /// Ids of articles.
    Ids,
}

/// All outputs of a plan, then the quarantine and the ids of articles.
pub(crate) struct Outputs<'p> {
    plan: &'p Plan,
    dir: PathBuf,
    work: PathBuf,
    all: Vec<Output>,
    pool: Pool,
    /// Bytes since the last commit.
    uncommitted: u64,
}

/// Whether the outputs need to know where articles end.
pub(crate) fn need_ends(plan: &Plan) -> bool {
    plan.output.parts.is_some() || plan.outputs().any(|o| o.container.is_some())
}

impl<'p> Outputs<'p> {
    /// Opens all outputs, as a commit saw them or anew. `threads` encode what is compressed.
    pub(crate) fn open(
        plan: &'p Plan,
        dir: &Directory,
        from: Option<&Commit>,
        threads: usize,
    ) -> io::Result<Self> {
        let coded = plan.outputs().any(|o| !Codec::of(o).is_plain());
        let mut outputs = Outputs {
            plan,
            dir: dir.path().to_owned(),
            work: dir.work(),
            all: Vec::new(),
            pool: Pool::new(if coded { threads } else { 0 }),
            uncommitted: 0,
        };
        let articles = plan.output.parts.map(Into::into);
        let kinds = plan.outputs().enumerate().map(|(index, output)| match &output.kind {
            OutputKind::Reduced(schema) => {
                (&*output.name, Kind::Reduced(index, Reducer::new(schema.clone())), Codec::Plain, None)
            }
            OutputKind::Appended => (&*output.name, Kind::Table(index), Codec::of(output), articles),
        });
        let own = [(QUARANTINE, Kind::Quarantine), (IDS, Kind::Ids)];
        let own = own.map(|(name, kind)| (name, kind, Codec::Plain, None));
        for (index, (name, kind, codec, articles)) in kinds.chain(own).enumerate() {
            let saved = from.map(|commit| commit.saved(index));
            // The part that the last article so far is in.
            let done = from.map_or(0, |commit| commit.counts.articles);
            let part = articles.map_or(0, |n| done.saturating_sub(1) / n);
            let stream = outputs.stream(index, name, &kind, &codec, articles.map(|_| part), saved)?;
            let mut output = Output { name: name.to_owned(), kind, codec, articles, part, stream };
            if saved.is_none() {
                output.begin(plan, &outputs.pool)?;
            } else if articles.is_some() {
                outputs.remove_later_parts(&output, index)?;
            }
            outputs.all.push(output);
        }
        Ok(outputs)
    }

    /// The stream of an output, or of a part of it.
    fn stream(
        &self,
        index: usize,
        name: &str,
        kind: &Kind,
        codec: &Codec,
        part: Option<u64>,
        saved: Option<Saved>,
    ) -> io::Result<Stream> {
        let path = match (kind, codec) {
            (Kind::Reduced(..) | Kind::Ids, _) => self.work.join(format!("rows-{index}")),
            (_, Codec::Container(_)) => self.chunks(index, part.unwrap_or(0)),
            _ => partial(&self.target(name, part)),
        };
        let tail = self.work.join(format!("tail-{index}-{}", part.unwrap_or(0)));
        Stream::open(path, codec.clone(), tail, saved)
    }

    /// Where the encoded chunks of a container's part are kept.
    fn chunks(&self, index: usize, part: u64) -> PathBuf {
        self.work.join(format!("chunks-{index}-{part}"))
    }

    fn target(&self, name: &str, part: Option<u64>) -> PathBuf {
        match part {
            Some(part) => self.dir.join(part_name(name, part)),
            None => self.dir.join(name),
        }
    }

    /// Parts that were begun after the commit that a run goes on from.
    fn remove_later_parts(&self, output: &Output, index: usize) -> io::Result<()> {
        for part in output.part + 1.. {
            let paths = [partial(&self.target(&output.name, Some(part))), self.chunks(index, part)];
            if !paths.iter().any(|path| path.exists()) {
                break;
            }
            for path in paths.iter().filter(|path| path.exists()) {
                std::fs::remove_file(path).map_err(at(path))?;
            }
        }
        Ok(())
    }

    /// Appends the bytes of a batch, before which there were so many articles.
    pub(crate) fn append(&mut self, batch: &Batch, articles: u64) -> io::Result<()> {
        let mut all = std::mem::take(&mut self.all);
        let bytes = batch.outputs.iter().chain([&batch.quarantine, &batch.ids]);
        for (index, (output, bytes)) in all.iter_mut().zip(bytes).enumerate() {
            self.uncommitted += bytes.len() as u64;
            match &mut output.kind {
                Kind::Table(_)
                    if output.articles.is_some() || matches!(output.codec, Codec::Container(_)) =>
                {
                    self.append_articles(index, output, bytes, &batch.ends[index], articles)?;
                }
                Kind::Table(_) | Kind::Quarantine | Kind::Ids => output.stream.append(bytes, &self.pool)?,
                Kind::Reduced(_, reducer) => {
                    if reducer.fold(bytes)? {
                        output.spill(&self.pool)?;
                    }
                }
            }
        }
        self.all = all;
        Ok(())
    }

    fn append_articles(
        &self,
        index: usize,
        output: &mut Output,
        bytes: &[u8],
        ends: &[usize],
        before: u64,
    ) -> io::Result<()> {
        let mut start = 0;
        for (article, &end) in (before..).zip(ends) {
            if output.articles.is_some_and(|n| article > 0 && article % n == 0) {
                output.stream.close(&self.pool)?;
                output.part += 1;
                let Output { name, kind, codec, part, .. } = &*output;
                output.stream = self.stream(index, name, kind, codec, Some(*part), None)?;
                output.begin(self.plan, &self.pool)?;
            }
            output.stream.append(&bytes[start..end], &self.pool)?;
            start = end;
        }
        Ok(())
    }

    /// Makes everything so far safe on disk.
    pub(crate) fn sync(&mut self) -> io::Result<Vec<Saved>> {
        let mut saved = Vec::with_capacity(self.all.len());
        for output in &mut self.all {
            output.spill(&self.pool)?;
            saved.push(output.stream.sync()?);
        }
        self.uncommitted = 0;
        Ok(saved)
    }

    /// The journal holds what `sync` said.
    pub(crate) fn committed(&mut self) -> io::Result<()> {
        self.all.iter_mut().try_for_each(|output| output.stream.committed())
    }

    /// Time that was spent on compression and the like.
    pub(crate) fn encoders(&self) -> Spent {
        self.pool.spent().clone()
    }

    /// Bytes of rows since the last commit.
    pub(crate) fn uncommitted(&self) -> u64 {
        self.uncommitted
    }

    /// Writes the run-level tables and gives every file its name; `before` is what was seen before this part of a run.
    /// What is left to do after this is to say so.
    pub(crate) fn finish(mut self, before: Option<&Seen>) -> io::Result<Finished> {
        let mut finished = Finished::default();
        let mut done = Vec::new();
        for (index, mut output) in std::mem::take(&mut self.all).into_iter().enumerate() {
            output.stream.close(&self.pool)?;
            let path = output.stream.path().to_owned();
            match output.kind {
                Kind::Ids => {
                    let mut file = output.stream.into_file();
                    finished.duplicates = ids::duplicates(&mut file).map_err(at(&path))?;
                    ids::write_seen(&mut file, before, &self.work.join(SEEN)).map_err(at(&path))?;
                    continue;
                }
                Kind::Reduced(plan_index, reducer) => {
                    self.reduce(index, plan_index, &output.name, reducer, output.stream.into_file())?;
                }
                Kind::Table(_) | Kind::Quarantine => {
                    if let Codec::Container(container) = &output.codec {
                        for part in 0..=output.part {
                            let target = self.target(&output.name, output.articles.map(|_| part));
                            assemble(&**container, &self.chunks(index, part), &partial(&target))?;
                        }
                    }
                }
            }
            let parts = 0..=output.part;
            done.extend(parts.map(|part| match output.articles {
                Some(_) => part_name(&output.name, part),
                None => output.name.clone(),
            }));
        }
        for name in done {
            let target = self.dir.join(&name);
            std::fs::rename(partial(&target), &target).map_err(at(&target))?;
            finished.files.push((name, std::fs::metadata(&target).map_err(at(&target))?.len()));
        }
        Ok(finished)
    }

    /// Writes a run-level table.
    fn reduce(
        &self,
        index: usize,
        plan_index: usize,
        name: &str,
        reducer: Reducer,
        spool: File,
    ) -> io::Result<()> {
        let codec = self.plan.outputs().nth(plan_index).map_or(Codec::Plain, Codec::of);
        let target = partial(&self.dir.join(name));
        let path = if let Codec::Container(_) = codec { self.chunks(index, 0) } else { target.clone() };
        let tail = self.work.join(format!("tail-{index}-0"));
        let mut stream = Stream::open(path.clone(), codec.clone(), tail, None)?;
        let mut buf = Vec::new();
        self.plan.header(plan_index, &mut buf);
        stream.append(&buf, &self.pool)?;
        let made = std::cell::Cell::new(0);
        let scratch = || {
            made.set(made.get() + 1);
            let path = self.work.join(format!("merge-{index}-{}", made.get()));
            OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
        };
        reducer.finish(spool, scratch, &mut |row| {
            buf.clear();
            self.plan.encode_reduced(plan_index, row, &mut buf);
            stream.append(&buf, &self.pool)
        })?;
        stream.close(&self.pool)?;
        match &codec {
            Codec::Container(container) => assemble(&**container, &path, &target),
            _ => Ok(()),
        }
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
    /// Writes what a file begins with.
    fn begin(&mut self, plan: &Plan, pool: &Pool) -> io::Result<()> {
        let mut header = Vec::new();
        if let Kind::Table(index) = self.kind {
            plan.header(index, &mut header);
        }
        self.stream.append(&header, pool)
    }

    /// Writes what a run-level table has in memory to its spool.
    fn spill(&mut self, pool: &Pool) -> io::Result<()> {
        let Kind::Reduced(_, reducer) = &mut self.kind else { return Ok(()) };
        let mut run = Vec::new();
        reducer.spill(&mut run);
        self.stream.append(&run, pool)?;
        self.stream.write()
    }
}

/// Makes a container's file of its chunks.
fn assemble(container: &dyn Container, chunks: &Path, target: &Path) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let file = File::create(target).map_err(at(target))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let mut reader = BufReader::new(File::open(chunks).map_err(at(chunks))?);
    let mut next = move || -> io::Result<Option<Vec<u8>>> {
        let mut length = [0; 8];
        if reader.read(&mut length[..1])? == 0 {
            return Ok(None);
        }
        reader.read_exact(&mut length[1..])?;
        let mut chunk = Vec::new();
        let length = u64::from_le_bytes(length);
        if reader.by_ref().take(length).read_to_end(&mut chunk)? as u64 != length {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a chunk is cut short"));
        }
        Ok(Some(chunk))
    };
    let mut chunks = std::iter::from_fn(|| next().transpose());
    container.assemble(&mut chunks, &mut out).map_err(at(target))?;
    out.flush().map_err(at(target))?;
    out.get_ref().sync_all().map_err(at(target))
}
