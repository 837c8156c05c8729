//! What a run would do, seen on the first records of each kind of input. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use newsmill_core::document::Article;
use newsmill_core::input::{DecodeError, Frame};
use newsmill_core::layers::ArticleRow;
use newsmill_core::pipeline::Outcome;
use newsmill_core::{Plan, Workspace};
use newsmill_input::files::{FileToRead, Skipped};

use crate::files::Inputs;
use crate::metrics::{Counts, count};
use crate::reader;
use crate::worker::check_size;

/// Ids that are shown.
const EXAMPLES: usize = 3;

/// What a run would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// By entry of the config's input and kind of file.
    pub inputs: Vec<PreviewedInput>,
    /// Files that wouldn't be read.
    pub skipped: Skipped,
}

/// What was seen of one kind of input.
#[derive(Clone, Debug, Default)]
pub struct PreviewedInput {
    /// Number of the config's entry, from 1.
    pub entry: usize,
    /// What the files were taken for.
    pub kind: &'static str,
    /// How many there are.
    pub files: usize,
    /// Their length together; bytes.
    pub bytes: u64,
    /// What became of the records that were looked at.
    pub counts: Counts,
    /// Articles whose id comes from there: `a field`, `the address`, `the text` (a hash), `the path`.
    pub ids_from: BTreeMap<&'static str, u64>,
    /// Some ids.
    pub ids: Vec<String>,
    /// Articles that have the field, by its name.
    pub fields: BTreeMap<&'static str, u64>,
    /// Articles in a language, as their input or a stage tells it; empty where nobody does.
    pub languages: BTreeMap<String, u64>,
    /// How long stages and sinks took.
    pub took: Duration,
}

/// Decodes and processes the first `records` of each kind of input.
///
/// # Errors
/// A file can't be read, for a reason that isn't the file's.
pub fn preview(plan: &Plan, inputs: Inputs<'_>, records: u64, stop: &AtomicBool) -> Result<Preview, String> {
    let skipped = inputs.skipped.clone();
    let mut groups: BTreeMap<(usize, &'static str), Vec<FileToRead>> = BTreeMap::new();
    for file in inputs.files {
        groups.entry((file.input, file.kind)).or_default().push(file);
    }
    let look = |((entry, kind), files): (_, Vec<FileToRead>)| {
        let inputs = Inputs::of(plan, files, Skipped::default());
        let (files, bytes) = (inputs.files.len(), inputs.bytes());
        let seen = PreviewedInput { entry: entry + 1, kind, files, bytes, ..PreviewedInput::default() };
        let outputs = vec![Vec::new(); plan.outputs().count()];
        let mut look = Look { plan, workspace: plan.workspace(), outputs, seen, distinct: BTreeSet::new() };
        if records > 0 {
            reader::each_article(&inputs, stop, |frame, article, decoded| {
                look.record(frame, article, decoded);
                look.seen.counts.records + look.seen.counts.failures() < records
            })?;
        }
        Ok(look.seen)
    };
    Ok(Preview { inputs: groups.into_iter().map(look).collect::<Result<_, String>>()?, skipped })
}

struct Look<'p> {
    plan: &'p Plan,
    workspace: Workspace,
    outputs: Vec<Vec<u8>>,
    seen: PreviewedInput,
    distinct: BTreeSet<String>,
}

impl Look<'_> {
    fn record(&mut self, frame: &Frame<'_>, article: &mut Article, decoded: Result<(), DecodeError>) {
        let counts = &mut self.seen.counts;
        match decoded.and_then(|()| check_size(self.plan, article)) {
            Err(e) if e.skip => {
                counts.records += 1;
                return count(&mut counts.skipped, "decode", e.code);
            }
            Err(e) => return self.failed(frame, "decode", e.code, &e.message),
            Ok(()) => {}
        }
        self.describe(frame, article);
        std::mem::swap(article, &mut self.workspace.article);
        let began = Instant::now();
        let outcome = self.plan.process(&mut self.workspace, &mut self.outputs, &mut ());
        self.seen.took += began.elapsed();
        self.outputs.iter_mut().for_each(Vec::clear);
        let counts = &mut self.seen.counts;
        match outcome {
            Outcome::Failed(failure) => {
                return self.failed(frame, &failure.id, failure.code, &failure.message);
            }
            Outcome::Dropped { stage, reason } => {
                let id = self.plan.stage_ids().nth(stage).unwrap_or_default();
                count(&mut counts.dropped, id, reason);
            }
            Outcome::Kept(failures) => failures.iter().for_each(|f| count(&mut counts.kept, &f.id, f.code)),
            Outcome::Done => {}
        }
        self.kept();
    }

    fn failed(&mut self, frame: &Frame<'_>, stage: &str, code: &str, message: &str) {
        count(&mut self.seen.counts.failed, stage, code);
        self.seen.counts.example(frame, stage, code, message);
    }

    /// What the decoder made of a record.
    fn describe(&mut self, frame: &Frame<'_>, article: &Article) {
        let PreviewedInput { ids_from, ids, fields, counts, .. } = &mut self.seen;
        let from = match &article.id {
            id if *id == article.meta.url => "the address",
            id if *id == format!("{:032x}", article.hash) => "the text",
            id if id == frame.file_name => "the path",
            _ => "a field",
        };
        *ids_from.entry(from).or_default() += 1;
        if !self.distinct.insert(article.id.clone()) {
            counts.duplicate_ids += 1;
        } else if ids.len() < EXAMPLES {
            ids.push(article.id.clone());
        }
        let meta = &article.meta;
        let title = article.title().unwrap_or_default();
        for (name, value) in [
            ("title", title),
            ("body", article.body().trim()),
            ("date", &meta.date_raw),
            ("url", &meta.url),
            ("source", &meta.source),
            ("author", &meta.author),
            ("language", &meta.language),
        ] {
            *fields.entry(name).or_default() += u64::from(!value.is_empty());
        }
        counts.unreadable_dates += u64::from(meta.date.is_empty() && !meta.date_raw.is_empty());
    }

    /// What the stages made of an article.
    fn kept(&mut self) {
        let PreviewedInput { languages, counts, .. } = &mut self.seen;
        *languages.entry(self.workspace.article.meta.language.clone()).or_default() += 1;
        counts.records += 1;
        counts.articles += 1;
        if let Some(row) = self.workspace.layer::<ArticleRow>() {
            let [tokens, sentences, mentions, quotes] = row.counts.map(|n| u64::from(n.unwrap_or(0)));
            counts.tokens += tokens;
            counts.sentences += sentences;
            counts.mentions += mentions;
            counts.quotes += quotes;
        }
    }
}
