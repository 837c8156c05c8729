//! A worker: whole batches from records to encoded rows.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use newsmill_core::input::{DecodeError, Fault, Frame};
use newsmill_core::layers::ArticleRow;
use newsmill_core::pipeline::{Failure, Outcome};
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
    workspace: Workspace,
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
            workspace: plan.workspace(),
            article: Article::default(),
            scratches: inputs.formats().iter().map(|f| f.scratch()).collect(),
        }
    }

    /// Decodes, processes and encodes the records of a batch, until one demands that the run stops.
    pub(crate) fn process(&mut self, batch: &mut Batch) {
        let raw = std::mem::take(&mut batch.raw);
        for info in &raw.frames {
            let name = &self.inputs.files[info.position.file as usize].name;
            let frame = raw.frame(info, name);
            match &info.fault {
                Some(fault) => self.fault(&frame, fault, batch),
                None => self.record(&frame, batch),
            }
            if batch.fatal.is_some() {
                break;
            }
        }
        batch.raw = raw;
    }

    /// Something is wrong with a file rather than with a record.
    fn fault(&mut self, frame: &Frame<'_>, fault: &Fault, batch: &mut Batch) {
        let Fault { error: DecodeError { code, message, .. }, lost } = fault;
        batch.counts.example(frame, "read", code, message);
        if !lost {
            return count(&mut batch.counts.noted, "read", code);
        }
        self.article.clear();
        count(&mut batch.counts.failed, "read", code);
        let reason = Reason { stage: "read", code, message, span: None };
        push_line(&mut batch.quarantine, frame, &self.article, self.plan.output.offsets, &reason);
    }

    fn record(&mut self, frame: &Frame<'_>, batch: &mut Batch) {
        let Worker { plan, inputs, check_layers, stage_ids, workspace, article, scratches } = self;
        let index = inputs.format_of(frame.position.file);
        let format = inputs.formats()[index];
        let scratch = &mut scratches[index];
        let mut began = Instant::now();
        let decoded = catch_unwind(AssertUnwindSafe(|| {
            let mut emit = |article: &mut Article, result: Result<(), DecodeError>| {
                let now = Instant::now();
                batch.times.decode += now - began;
                std::mem::swap(article, &mut workspace.article);
                let mut job = Job { plan, check_layers: *check_layers, stage_ids, workspace, frame };
                job.finish(result, batch, now);
                std::mem::swap(article, &mut workspace.article);
                began = Instant::now();
            };
            format.decode(frame, article, scratch.as_mut(), &mut emit);
        }));
        batch.times.decode += began.elapsed();
        if let Err(payload) = decoded {
            *scratch = format.scratch();
            *article = Article::default();
            let text = payload.downcast_ref::<&str>().copied();
            let text = text.or(payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
            let reason = Reason {
                stage: "decode",
                code: "panic",
                message: &format!("the decoder panicked: {text}"),
                span: None,
            };
            batch.counts.records += 1;
            count(&mut batch.counts.failed, reason.stage, reason.code);
            batch.counts.example(frame, reason.stage, reason.code, reason.message);
            push_line(&mut batch.quarantine, frame, article, plan.output.offsets, &reason);
        }
    }
}

/// One record on its way through the plan.
struct Job<'a> {
    plan: &'a Plan,
    check_layers: bool,
    stage_ids: &'a [String],
    workspace: &'a mut Workspace,
    frame: &'a Frame<'a>,
}

impl Job<'_> {
    fn finish(&mut self, decoded: Result<(), DecodeError>, batch: &mut Batch, now: Instant) {
        batch.counts.records += 1;
        let outcome = match decoded.and_then(|()| self.check_size()) {
            Err(e) if e.skip => return count(&mut batch.counts.skipped, "decode", e.code),
            Err(e) => return self.quarantine(batch, "decode", e.code, &e.message, None),
            Ok(()) => {
                let mut clock = Clock { times: &mut batch.times, last: now };
                self.plan.process(self.workspace, &mut batch.outputs, &mut clock)
            }
        };
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
        self.count(batch);
        if self.check_layers
            && let Err(e) = self.plan.check_layers(self.workspace)
        {
            batch.fatal = Some(format!("{}: a layer breaks its own rules: {e}", self.place()));
        }
    }

    fn check_size(&self) -> Result<(), DecodeError> {
        let article = &self.workspace.article;
        // A title has no limit of its own: whoever puts the article there must not get past this one.
        let bytes = article.body().len().max(article.title().map_or(0, str::len));
        let limit = self.plan.limits.max_body_bytes;
        if bytes <= limit as usize {
            return Ok(());
        }
        let message =
            format!("the body or title is {bytes} bytes long, more than limits.max_body_bytes ({limit})");
        Err(DecodeError::new("too-large", message))
    }

    fn count(&self, batch: &mut Batch) {
        let (article, counts) = (&self.workspace.article, &mut batch.counts);
        counts.articles += 1;
        for (ends, bytes) in batch.ends.iter_mut().zip(&batch.outputs) {
            ends.push(bytes.len());
        }
        ids::push(&mut batch.ids, &article.id);
        counts.text_bytes += article.text().len() as u64;
        counts.empty += u64::from(article.body().trim().is_empty());
        counts.unreadable_dates +=
            u64::from(article.meta.date.is_empty() && !article.meta.date_raw.is_empty());
        if let Some(row) = self.workspace.layer::<ArticleRow>() {
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
        push_line(&mut batch.quarantine, self.frame, &self.workspace.article, unit, &reason);
    }

    /// `file:line` or `file`, with the article's id.
    fn place(&self) -> String {
        let Frame { file_name, position, .. } = self.frame;
        format!("{file_name}:{} (article {:?})", position.line, self.workspace.article.id)
    }
}
