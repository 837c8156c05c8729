//! A worker: whole batches from records to encoded rows.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use newsmill_core::input::{DecodeError, Fault, Frame};
use newsmill_core::layers::ArticleRow;
use newsmill_core::pipeline::{Failure, Outcome};
use newsmill_core::registry::AnyFormat;
use newsmill_core::{Article, Plan, Workspace};

use crate::batch::Batch;
use crate::files::Inputs;
use crate::ids;
use crate::metrics::{Clock, WorkerTimes, count};
use crate::quarantine::{Reason, push_line};
use crate::seen::pair_of;
use crate::selection::{Choice, Selection};
use crate::slow::SlowArticle;

/// Everything that one worker owns.
pub(crate) struct Worker<'a> {
    plan: &'a Plan,
    inputs: &'a Inputs<'a>,
    selection: &'a Selection,
    check_layers: bool,
    stage_ids: Vec<String>,
    /// As many as the plan wants at once, mostly one.
    group: Vec<Workspace>,
    article: Article,
    /// One for each format of the input.
    scratches: Vec<Box<dyn Any + Send>>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        inputs: &'a Inputs<'a>,
        selection: &'a Selection,
        check_layers: bool,
    ) -> Self {
        Worker {
            plan,
            inputs,
            selection,
            check_layers,
            stage_ids: plan.stage_ids().map(str::to_owned).collect(),
            group: (0..plan.group()).map(|_| plan.workspace()).collect(),
            article: Article::default(),
            scratches: inputs.formats().iter().map(|f| f.scratch()).collect(),
        }
    }

    /// Decodes, processes and encodes the records of a batch, until one demands that the run stops.
    pub(crate) fn process(&mut self, batch: &mut Batch) {
        let raw = std::mem::take(&mut batch.raw);
        let Worker { plan, inputs, selection, check_layers, stage_ids, group, article, scratches } = self;
        let mut table = Table {
            plan,
            selection,
            check_layers: *check_layers,
            stage_ids,
            group,
            waiting: Vec::new(),
            before: Vec::new(),
        };
        for info in &raw.frames {
            let name = &inputs.files[info.position.file as usize].name;
            let frame = raw.frame(info, name);
            if let Some(fault) = &info.fault {
                table.clear(batch, Instant::now());
                table.fault(&frame, fault, batch);
            } else {
                let index = inputs.format_of(info.position.file);
                let format = inputs.formats()[index];
                record(format, frame, article, &mut scratches[index], &mut table, batch);
            }
            if batch.fatal.is_some() {
                break;
            }
        }
        table.clear(batch, Instant::now());
        batch.raw = raw;
    }
}

/// Decodes a record; its articles are put on the table.
fn record<'b>(
    format: &dyn AnyFormat,
    frame: Frame<'b>,
    article: &mut Article,
    scratch: &mut Box<dyn Any + Send>,
    table: &mut Table<'_, 'b>,
    batch: &mut Batch,
) {
    let mut began = Instant::now();
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let mut emit = |article: &mut Article, result: Result<(), DecodeError>| {
            let now = Instant::now();
            batch.times.decode += now - began;
            table.put((frame, now - began), article, result, batch, now);
            began = Instant::now();
        };
        format.decode(&frame, article, scratch.as_mut(), &mut emit);
    }));
    batch.times.decode += began.elapsed();
    if let Err(payload) = decoded {
        *scratch = format.scratch();
        *article = Article::default();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or(payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
        table.clear(batch, Instant::now());
        let error = DecodeError::new("panic", format!("the decoder panicked: {text}"));
        table.job(&frame, article).refuse(batch, &error);
    }
}

/// Articles of a batch that wait to be processed together.
struct Table<'w, 'b> {
    plan: &'w Plan,
    selection: &'w Selection,
    check_layers: bool,
    stage_ids: &'w [String],
    group: &'w mut [Workspace],
    /// The records of the first workspaces' articles.
    waiting: Vec<Waiting<'b>>,
    /// Times of stages and of encoding, before those that wait were processed.
    before: Vec<Duration>,
}

struct Waiting<'b> {
    frame: Frame<'b>,
    /// How long it took to decode.
    decoding: Duration,
    /// An earlier part of the run has it with another text.
    changed: bool,
}

impl<'b> Table<'_, 'b> {
    /// Takes an article, leaving another's memory in its place; processes those that wait if they are enough.
    fn put(
        &mut self,
        (frame, decoding): (Frame<'b>, Duration),
        article: &mut Article,
        decoded: Result<(), DecodeError>,
        batch: &mut Batch,
        now: Instant,
    ) {
        let choice = self.selection.choose(&frame, article, decoded.is_ok());
        match choice {
            Choice::Process | Choice::Changed => {}
            Choice::LeftOut => {
                batch.counts.records += 1;
                batch.counts.left_out += 1;
                return;
            }
            Choice::Unchanged => {
                batch.counts.records += 1;
                batch.counts.unchanged += 1;
                return ids::push_unchanged(&mut batch.ids, pair_of(article));
            }
        }
        if let Err(e) = decoded.and_then(|()| check_size(self.plan, article)) {
            // After those before it, so that the quarantine is in the order of the input.
            self.clear(batch, now);
            return self.job(&frame, article).refuse(batch, &e);
        }
        let changed = choice == Choice::Changed;
        if changed {
            article.note.push_str(if article.note.is_empty() { "changed" } else { ", changed" });
        }
        std::mem::swap(article, &mut self.group[self.waiting.len()].article);
        self.waiting.push(Waiting { frame, decoding, changed });
        if self.waiting.len() == self.group.len() {
            self.clear(batch, now);
        }
    }

    /// Processes those that wait.
    fn clear(&mut self, batch: &mut Batch, now: Instant) {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() || batch.fatal.is_some() {
            return;
        }
        self.before.clone_from(&batch.times.stages);
        self.before.push(batch.times.encode);
        let mut clock = Clock { times: &mut batch.times, last: now };
        let group = &mut self.group[..waiting.len()];
        let outcomes = self.plan.process_group(group, &mut batch.outputs, &mut clock);
        // What is processed together took the same time.
        let took = (clock.last - now) / waiting.len() as u32;
        self.note_slow(&waiting, took, &mut batch.times);
        for (index, (Waiting { frame, changed, .. }, outcome)) in waiting.iter().zip(outcomes).enumerate() {
            let in_tables = batch.counts.articles;
            self.job(frame, &self.group[index].article).finish(&self.group[index], outcome, batch);
            batch.counts.changed += u64::from(*changed && batch.counts.articles > in_tables);
            if batch.fatal.is_some() {
                break;
            }
        }
    }

    /// Names those of the articles that took long.
    fn note_slow(&self, waiting: &[Waiting<'_>], took: Duration, times: &mut WorkerTimes) {
        let slow = Duration::from_millis(u64::from(self.plan.limits.slow_ms));
        if slow.is_zero() {
            return;
        }
        for (index, Waiting { frame, decoding, .. }) in waiting.iter().enumerate() {
            if took + *decoding > slow {
                let most = self.most(times, *decoding);
                times.slow.push(SlowArticle::new(
                    frame,
                    self.group[index].shown_id(),
                    took + *decoding,
                    &most,
                ));
            }
        }
    }

    /// Where most of the time went since `before` was noted.
    fn most(&self, times: &WorkerTimes, decoding: Duration) -> String {
        let (encode_before, stages_before) = self.before.split_last().unwrap_or((&Duration::ZERO, &[]));
        let before = |i| stages_before.get(i).copied().unwrap_or_default();
        let stages = times.stages.iter().enumerate().zip(self.stage_ids);
        let stages = stages.map(|((i, time), id)| (*time - before(i), format!("in stage {id}")));
        let others = [
            (decoding, "decoding it".to_owned()),
            (times.encode - *encode_before, "encoding its rows".to_owned()),
        ];
        stages.chain(others).max_by_key(|(time, _)| *time).map(|(_, what)| what).unwrap_or_default()
    }

    /// Something is wrong with a file rather than with a record.
    fn fault(&self, frame: &Frame<'_>, fault: &Fault, batch: &mut Batch) {
        let Fault { error: DecodeError { code, message, .. }, lost } = fault;
        if *lost {
            self.job(frame, &Article::default()).quarantine(batch, "read", code, message, None);
        } else {
            batch.counts.example(frame, "read", code, message);
            count(&mut batch.counts.noted, "read", code);
        }
    }

    fn job<'j>(&'j self, frame: &'j Frame<'j>, article: &'j Article) -> Job<'j> {
        Job { plan: self.plan, check_layers: self.check_layers, stage_ids: self.stage_ids, frame, article }
    }
}

/// Whether an article is within the limits.
pub(crate) fn check_size(plan: &Plan, article: &Article) -> Result<(), DecodeError> {
    // A title has no limit of its own: whoever puts the article there must not get past this one.
    let bytes = article.body().len().max(article.title().map_or(0, str::len));
    let limit = plan.limits.max_body_bytes;
    if bytes <= limit as usize {
        return Ok(());
    }
    let message =
        format!("the body or title is {bytes} bytes long, more than limits.max_body_bytes ({limit})");
    Err(DecodeError::new("too-large", message))
}

/// What is noted of one record.
struct Job<'a> {
    plan: &'a Plan,
    check_layers: bool,
    stage_ids: &'a [String],
    frame: &'a Frame<'a>,
    article: &'a Article,
}

impl Job<'_> {
    /// A record that isn't an article.
    fn refuse(&self, batch: &mut Batch, error: &DecodeError) {
        batch.counts.records += 1;
        if error.skip {
            return count(&mut batch.counts.skipped, "decode", error.code);
        }
        self.quarantine(batch, "decode", error.code, &error.message, None);
    }

    fn finish(&self, ws: &Workspace, outcome: Outcome, batch: &mut Batch) {
        batch.counts.records += 1;
        match outcome {
            Outcome::Failed(failure) => return self.fail(batch, &failure),
            Outcome::Dropped { stage, reason } => {
                count(&mut batch.counts.dropped, &self.stage_ids[stage], reason)
            }
            Outcome::Kept(failures) => {
                for failure in failures {
                    count(&mut batch.counts.kept, &failure.id, failure.code);
                }
            }
            Outcome::Done => {}
        }
        self.count(ws, batch);
        if self.check_layers
            && let Err(e) = self.plan.check_layers(ws)
        {
            batch.fatal = Some(format!("{}: a layer breaks its own rules: {e}", self.place()));
        }
    }

    fn count(&self, ws: &Workspace, batch: &mut Batch) {
        let (article, counts) = (self.article, &mut batch.counts);
        counts.articles += 1;
        for (ends, bytes) in batch.ends.iter_mut().zip(&batch.outputs) {
            ends.push(bytes.len());
        }
        ids::push(&mut batch.ids, ws.shown_id(), pair_of(article));
        counts.text_bytes += article.text().len() as u64;
        counts.empty += u64::from(article.body().trim().is_empty());
        counts.unreadable_dates +=
            u64::from(article.meta.date.is_empty() && !article.meta.date_raw.is_empty());
        if let Some(row) = ws.layer::<ArticleRow>() {
            let [tokens, sentences, mentions, quotes] = row.counts.map(|n| u64::from(n.unwrap_or(0)));
            counts.tokens += tokens;
            counts.sentences += sentences;
            counts.mentions += mentions;
            counts.quotes += quotes;
        }
    }

    fn fail(&self, batch: &mut Batch, failure: &Failure) {
        if failure.fatal {
            let Failure { id, code, message, .. } = failure;
            batch.fatal = Some(format!(
                "{}: {id}/{code}: {message} (the stage's \"on_error\" is \"fail\")",
                self.place()
            ));
        }
        self.quarantine(batch, &failure.id, failure.code, &failure.message, failure.span);
    }

    fn quarantine(
        &self,
        batch: &mut Batch,
        stage: &str,
        code: &str,
        message: &str,
        span: Option<newsmill_core::Span>,
    ) {
        count(&mut batch.counts.failed, stage, code);
        batch.counts.example(self.frame, stage, code, message);
        let reason = Reason { stage, code, message, span };
        push_line(&mut batch.quarantine, self.frame, self.article, &self.plan.output, &reason);
    }

    /// `file:line` or `file`, with the article's id.
    fn place(&self) -> String {
        let Frame { file_name, position, .. } = self.frame;
        format!("{file_name}:{} (article {:?})", position.line, self.article.id)
    }
}
