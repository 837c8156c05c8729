//! Processing again what is in the quarantine of a run, after the config, a limit or a stage was mended.
//!
//! The records are read again where they were; each is compared with what the quarantine holds of it, and where the file
//! has changed or is gone, the record is taken from the quarantine. What becomes articles is a new part of the run (see
//! [`parts`](crate::parts)). What fails again is then the quarantine of the run: it is written first to the part's own,
//! and moved when the part is complete ([`settle`]), so that whoever kills it loses nothing.

pub(crate) mod pick;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use newsmill_core::Plan;
use newsmill_core::hash::content_hash;
use newsmill_input::files::{FileToRead, Listed, expand};
use serde::Deserialize;
use serde_json::json;

use crate::directory::{Directory, QUARANTINE, RETRY, STILL};
use crate::files::Inputs;
use crate::parts::{self, Whole};
use crate::progress::Progress;
use crate::quarantine::from_base64;
use crate::run::{RunError, RunOptions, Start, Summary};
use crate::selection::Selection;
use crate::session::{Session, Target};
use pick::Wanted;

/// What came of a quarantine.
#[derive(Clone, Debug)]
pub struct Quarantined {
    /// Records that were in it.
    pub records: u64,
    /// The run over them: its articles are mended, its failures are what still fails.
    pub summary: Summary,
}

/// A line of a quarantine.
#[derive(Deserialize)]
struct Line {
    file: String,
    #[serde(default)]
    line: u64,
    record: u64,
    offset: u64,
    stage: String,
    code: String,
    #[serde(default)]
    raw_bytes: Option<u64>,
    #[serde(default)]
    raw: Option<String>,
    #[serde(default)]
    raw_base64: Option<String>,
}

/// Processes the quarantine of the run in the plan's output directory again; `None` if there is nothing in it.
///
/// # Errors
/// There is no complete run, or it can't be added to; see [`run`](crate::run()) for others.
pub fn retry(
    plan: &Plan,
    options: &RunOptions,
    progress: &Progress,
    stop: &AtomicBool,
) -> Result<Option<Quarantined>, RunError> {
    let top = Path::new(&plan.output.dir);
    check_can_be_retried(&Directory::new(top))?;
    let lock = Directory::new(top).lock()?;
    settle(top)?;
    let whole = Whole::open(top)?;
    let (number, begun) = whole.next()?;
    let part = whole.part(number);
    if begun && !part.work().join(RETRY).exists() {
        let why = "has an unfinished part; go on with it by `run --append` first";
        return Err(RunError::Directory(format!("{} {why}", top.display())));
    }
    let list = whole.quarantines()?;
    let inputs = inputs_of(plan, parse(&list)?);
    let records = inputs.asked_records();
    if records == 0 {
        return Ok(None);
    }
    let selection = Selection { seen: Some(whole.seen()?), retry: true, ..Selection::default() };
    let target = Target { dir: whole.part(number), top: Some(Directory::new(top)), part: number };
    let hash = format!("{:032x}", content_hash(&list));
    let what = json!({ "after": whole.newest()?.0, "quarantine": hash });
    let start = if begun { Start::Resume } else { Start::Fresh };
    let again = RunOptions { start, ..options.clone() };
    let session = Session::new(plan, &again, inputs, target, selection, ("retry", what), stop)?;
    if begun && !session.is_that_of(&part) {
        // It was begun with another config. Nothing of it counts: the quarantine is as it was.
        parts::remove(&part, plan)?;
        drop(lock);
        return retry(plan, options, progress, stop);
    }
    part.write_work(RETRY, &list)?;
    let summary = session.run(progress, stop)?;
    if summary.is_complete() {
        settle(top)?;
        match summary.counts.articles {
            0 => parts::remove(&part, plan)?,
            _ => Whole::open(top)?.forget_old()?,
        }
    }
    Ok(Some(Quarantined { records, summary }))
}

fn check_can_be_retried(top: &Directory) -> Result<(), RunError> {
    let why = match () {
        () if !top.is_complete() => {
            "holds no complete run; what failed in an unfinished one can be processed again once it is complete"
        }
        () if top.shard_note().is_some() => {
            "holds a shard of a run; merge all shards first, then retry what failed in them"
        }
        () => return Ok(()),
    };
    Err(RunError::Directory(format!("{} {why}", top.path().display())))
}

fn parse(list: &[u8]) -> Result<Vec<Line>, RunError> {
    let lines = list.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    let parsed: Result<_, _> = lines.map(serde_json::from_slice).collect();
    parsed.map_err(|e| RunError::Directory(format!("a line of the quarantine can't be read: {e}")))
}

/// Moves what still failed from a complete part's quarantine to that of the run. May be broken off and called again.
pub(crate) fn settle(top: &Path) -> io::Result<()> {
    let whole = Whole::open(top)?;
    let list_of = |dir: &Directory| dir.work().join(RETRY);
    let Some((number, part)) = whole.complete().find(|(_, dir)| list_of(dir).exists()) else { return Ok(()) };
    let still = part.work().join(STILL);
    if !still.exists() {
        part.write_work(STILL, &std::fs::read(part.path().join(QUARANTINE))?)?;
    }
    let top = &whole.top;
    top.write_whole(&top.path().join(QUARANTINE), &std::fs::read(&still)?)?;
    for (_, dir) in whole.complete().filter(|(n, _)| (1..=number).contains(n)) {
        dir.write_whole(&dir.path().join(QUARANTINE), b"")?;
    }
    std::fs::remove_file(list_of(&part))?;
    std::fs::remove_file(still)
}

/// The files that the lines name, with what is wanted of each.
fn inputs_of(plan: &Plan, lines: Vec<Line>) -> Inputs<'_> {
    let Listed { files, skipped } = expand(plan).unwrap_or_else(|problems| {
        problems.iter().for_each(|p| tracing::warn!("{p}; records are taken from the quarantine"));
        Listed::default()
    });
    let mut order: Vec<String> = Vec::new();
    let mut by_file: HashMap<String, Vec<Line>> = HashMap::new();
    for line in lines {
        if !by_file.contains_key(&line.file) {
            order.push(line.file.clone());
        }
        by_file.entry(line.file.clone()).or_default().push(line);
    }
    let (mut found, mut asked) = (Vec::new(), Vec::new());
    let named = files.into_iter().filter_map(|file| by_file.remove(&file.name).map(|lines| (file, lines)));
    let mut all: Vec<(FileToRead, Vec<Line>)> = named.collect();
    let gone =
        order.into_iter().filter_map(|name| by_file.remove(&name).map(|lines| (gone(plan, name), lines)));
    all.extend(gone);
    for (file, lines) in all {
        asked.push(wanted(lines));
        found.push(file);
    }
    Inputs::of(plan, found, skipped).asking(asked)
}

/// A file that isn't there any more.
fn gone(plan: &Plan, name: String) -> FileToRead {
    let told = |(input, kind): (usize, &'static str)| {
        let path = plan.inputs[input].base.join(&name);
        FileToRead { path, name: name.clone(), bytes: 0, input, kind, stdin: false, member: None }
    };
    let ends = |ending: &&str| {
        let lower = name.to_ascii_lowercase();
        ["", ".gz", ".zst"].iter().any(|packed| lower.ends_with(&format!(".{ending}{packed}")))
    };
    let formats =
        || plan.inputs.iter().enumerate().flat_map(|(i, input)| input.formats.values().map(move |f| (i, f)));
    let by_name = formats().find(|(_, f)| f.extensions().iter().any(ends));
    let any = by_name.or_else(|| formats().find(|(_, f)| f.kind() == "jsonl")).or_else(|| formats().next());
    told(any.map_or((0, "jsonl"), |(input, format)| (input, format.kind())))
}

/// What is wanted of a file, in its order: records, and perhaps all from one on.
fn wanted(lines: Vec<Line>) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = lines.into_iter().map(Wanted::from).collect();
    all.sort_by_key(|w| (w.record, w.rest));
    all.dedup_by_key(|w| (w.record, w.rest));
    if let Some(at) = all.iter().position(|w| w.rest) {
        all.truncate(at + 1);
    }
    all
}

impl From<Line> for Wanted {
    fn from(line: Line) -> Self {
        let Line { record, offset, raw_bytes, raw, raw_base64, .. } = line;
        Wanted {
            record,
            line: line.line,
            offset,
            // Something was wrong with the file: all that comes after it is wanted.
            rest: line.stage == "read" && line.code != pick::CHANGED,
            raw_bytes,
            raw: raw.map(String::into_bytes).or_else(|| from_base64(&raw_base64?)),
        }
    }
}
