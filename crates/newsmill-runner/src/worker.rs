//! A worker: whole batches from records to encoded rows.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use newsmill_core::input::{DecodeError, Fault, Frame};
use newsmill_core::layers::ArticleRow;
use newsmill_core::pipeline::{Failure, Outcome};
use newsmill_core::registry::AnyFormat;
use newsmill_core::{Article, Plan, Workspace};

use crate::batch::Batch;
use crate::files::Inputs;
use crate::ids;
use crate::metrics::{Clock, count};
use crate::quarantine::{Reason, push_line};

/// Everything that one worker owns.
pub(crate) struct Worker<'a> {
    plan: &'a Plan,
    inputs: &'a Inputs<'a>,
    check_layers: bool,
    stage_ids: Vec<String>,
    /// As many as the plan wants at once, mostly one.
    group: Vec<Workspace>,
    article: Article,
    /// One for each format of the input.
    scratches: Vec<Box<dyn Any + Send>>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(plan: &'a Plan, inputs: &'a Inputs<'a>, check_layers: bool) -> Self {
        Worker {
            plan,
            inputs,
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
        let Worker { plan, inputs, check_layers, stage_ids, group, article, scratches } = self;
        let mut table = Table { plan, check_layers: *check_layers, stage_ids, group, waiting: Vec::new() };
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
            table.put(frame, article, result, batch, now);
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
    check_layers: bool,
    stage_ids: &'w [String],
    group: &'w mut [Workspace],
    /// The records of the first workspaces' articles.
    waiting: Vec<Frame<'b>>,
}

impl<'b> Table<'_, 'b> {
    /// Takes an article, leaving another's memory in its place; processes those that wait if they are enough.
    fn put(
        &mut self,
        frame: Frame<'b>,
        article: &mut Article,
        decoded: Result<(), DecodeError>,
        batch: &mut Batch,
        now: Instant,
    ) {
        if let Err(e) = decoded.and_then(|()| check_size(self.plan, article)) {
            // After those before it, so that the quarantine is in the order of the input.
            self.clear(batch, now);
            return self.job(&frame, article).refuse(batch, &e);
        }
        std::mem::swap(article, &mut self.group[self.waiting.len()].article);
        self.waiting.push(frame);
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
        let mut clock = Clock { times: &mut batch.times, last: now };
        let group = &mut self.group[..waiting.len()];
        let outcomes = self.plan.process_group(group, &mut batch.outputs, &mut clock);
        for (index, (frame, outcome)) in waiting.iter().zip(outcomes).enumerate() {
            self.job(frame, &self.group[index].article).finish(&self.group[index], outcome, batch);
            if batch.fatal.is_some() {
                break;
            }
        }
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

fn check_size(plan: &Plan, article: &Article) -> Result<(), DecodeError> {
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
        ids::push(&mut batch.ids, &article.id);
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
        let unit = self.plan.output.offsets;
        push_line(&mut batch.quarantine, self.frame, self.article, unit, &reason);
    }

    /// `file:line` or `file`, with the article's id.
    fn place(&self) -> String {
        let Frame { file_name, position, .. } = self.frame;
        format!("{file_name}:{} (article {:?})", position.line, self.article.id)
    }
}
