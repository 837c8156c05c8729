//! One article through all stages and sinks: a pure function of the article, free of I/O, clocks and globals.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::config::OnError;
use crate::document::{Article, Doc, Slot};
use crate::layer::{AnyTable, Layer};
use crate::layers::rows::{Rows, Value};
use crate::layers::{ArticleRow, names};
use crate::plan::Plan;
use crate::privacy::{Mask, Privacy};
use crate::reduce::Cell;
use crate::span::Span;
use crate::stage::{DocError, Output, Remarks, Verdict};

mod group;

/// A worker's memory: an article, its layers and the stages' scratches, reused from article to article.
pub struct Workspace {
    /// The article to process. Fill it, then call [`Plan::process`].
    pub article: Article,
    slots: Vec<Slot>,
    taken: Vec<Box<dyn AnyTable>>,
    scratches: Vec<Box<dyn Any + Send>>,
    sink_scratches: Vec<Box<dyn Any + Send>>,
    /// What the running stage says beside its layers.
    remarks: Remarks,
    /// What the stages noted of the article so far: `; STAGE: NOTE` each.
    notes: String,
    /// Failures of stages that the config says to `keep`.
    kept: Vec<Failure>,
    /// Why the article goes no further.
    left: Option<Outcome>,
    /// Slots of the layers that the `articles` table counts.
    counted: [Option<usize>; 4],
    /// Slot and columns of what is carried through from the input.
    carried: Option<(usize, Vec<String>)>,
    /// The article as sinks see it, if the plan hides names.
    mask: Option<Box<Mask>>,
}

/// What became of an article.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// In the tables.
    Done,
    /// In the tables, without the layers of stages that failed on it and that the config says to `keep`.
    Kept(Vec<Failure>),
    /// In the `articles` table alone: a stage dropped it, for this reason.
    Dropped {
        /// Index of the stage.
        stage: usize,
        /// The stage's reason.
        reason: &'static str,
    },
    /// In no table: it belongs in the quarantine.
    Failed(Failure),
}

/// Why a stage or sink couldn't process an article.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Index of the stage; `None` for a sink.
    pub stage: Option<usize>,
    /// Id of the stage, or `output`.
    pub id: String,
    /// Stable code: a [`DocError::code`], or `panic`.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// Where in the text.
    pub span: Option<Span>,
    /// The config says that the run must stop.
    pub fatal: bool,
}

/// Told about the pipeline's progress; the runner measures time with it.
pub trait Observer {
    /// A stage is done with the article (`None`: the sinks are).
    fn done(&mut self, stage: Option<usize>);
}

/// Measures nothing.
impl Observer for () {
    fn done(&mut self, _stage: Option<usize>) {}
}

impl Plan {
    /// Memory for one worker.
    pub fn workspace(&self) -> Workspace {
        let slot_of = |name: &str| self.layers.iter().position(|l| &*l.name == name);
        let own = |slot: &usize| self.layers[*slot].writer == self.layers[0].writer;
        let carried = slot_of(names::CARRIED).filter(own).map(|slot| {
            (slot, self.layers[slot].schema.columns.iter().map(|c| c.name.to_string()).collect())
        });
        Workspace {
            article: Article::default(),
            slots: self.layers.iter().map(|l| Some((l.make)())).collect(),
            taken: Vec::new(),
            scratches: self.stages.iter().map(|s| s.stage.scratch()).collect(),
            sink_scratches: self.sinks.iter().map(|s| s.sink.scratch()).collect(),
            remarks: Remarks::default(),
            notes: String::new(),
            kept: Vec::new(),
            left: None,
            counted: [names::TOKENS, names::SENTENCES, names::MENTIONS, names::QUOTES].map(slot_of),
            carried,
            mask: self.privacy.as_ref().map(|_| Box::default()),
        }
    }

    /// Runs all stages on the workspace's article and appends its rows to `buffers`, one per output.
    ///
    /// A panic in a stage is contained: the article fails, the worker's memory of that stage is made anew. Buffers
    /// grow by whole articles only.
    pub fn process(
        &self,
        ws: &mut Workspace,
        buffers: &mut [Vec<u8>],
        observer: &mut impl Observer,
    ) -> Outcome {
        ws.begin();
        self.run_alone(0..self.stages.len(), ws, observer);
        self.finish(ws, buffers, observer)
    }

    /// Runs stages on an article until one drops it or fails on it.
    pub(crate) fn run_alone(
        &self,
        stages: std::ops::Range<usize>,
        ws: &mut Workspace,
        observer: &mut impl Observer,
    ) {
        for index in stages {
            if ws.left.is_some() {
                break;
            }
            let result = self.run_stage(index, ws);
            observer.done(Some(index));
            self.settle(index, result, ws);
        }
    }

    /// Decides what a stage's result means for the article.
    pub(crate) fn settle(&self, index: usize, result: Result<Verdict, DocError>, ws: &mut Workspace) {
        let error = match result {
            Ok(Verdict::Keep) => return,
            Ok(Verdict::Drop(reason)) => {
                ws.left = Some(Outcome::Dropped { stage: index, reason });
                return;
            }
            Err(error) => error,
        };
        let planned = &self.stages[index];
        let failure = Failure {
            stage: Some(index),
            id: planned.id.clone(),
            code: error.code,
            message: error.message,
            span: error.span,
            fatal: planned.on_error == OnError::Fail,
        };
        if planned.on_error != OnError::Keep {
            ws.left = Some(Outcome::Failed(failure));
            return;
        }
        for &slot in &planned.writes {
            if let Some(layer) = &mut ws.slots[slot] {
                layer.clear();
            }
        }
        ws.kept.push(failure);
    }

    /// Writes the article's rows, or only that it was dropped, or nothing if it failed.
    pub(crate) fn finish(
        &self,
        ws: &mut Workspace,
        buffers: &mut [Vec<u8>],
        observer: &mut impl Observer,
    ) -> Outcome {
        let left = ws.left.take();
        if let Some(privacy) = &self.privacy {
            ws.hide(privacy, matches!(left, Some(Outcome::Dropped { .. })));
        }
        match &left {
            Some(Outcome::Dropped { reason, .. }) => {
                ws.clear_layers();
                ws.describe_article(|status, _| status.push_str(reason));
            }
            Some(_) => return left.unwrap_or(Outcome::Done),
            None => ws.describe_kept(),
        }
        let encoded = self.encode(ws, buffers);
        observer.done(None);
        match (encoded, left) {
            (Some(failure), _) => Outcome::Failed(failure),
            (None, Some(dropped)) => dropped,
            (None, None) if ws.kept.is_empty() => Outcome::Done,
            (None, None) => Outcome::Kept(std::mem::take(&mut ws.kept)),
        }
    }

    pub(crate) fn run_stage(&self, index: usize, ws: &mut Workspace) -> Result<Verdict, DocError> {
        let planned = &self.stages[index];
        self.take_layers(index, ws);
        let doc = Doc::new(&ws.article, &ws.slots);
        let (taken, scratch, remarks) = (&mut ws.taken, &mut ws.scratches[index], &mut ws.remarks);
        remarks.clear();
        let result = catch_unwind(AssertUnwindSafe(|| {
            planned.stage.run(doc, &mut Output::new(taken, remarks), scratch.as_mut())
        }));
        ws.take_remarks(&planned.id);
        match result {
            Ok(result) => {
                self.give_back_layers(index, ws);
                result
            }
            Err(payload) => {
                self.make_anew(index, ws);
                ws.scratches[index] = planned.stage.scratch();
                Err(DocError::new("panic", panic_message(payload.as_ref())))
            }
        }
    }

    /// Takes the layers that a stage writes out of their slots.
    fn take_layers(&self, index: usize, ws: &mut Workspace) {
        for &slot in &self.stages[index].writes {
            let layer = ws.slots[slot].take().unwrap_or_else(|| (self.layers[slot].make)());
            ws.taken.push(layer);
        }
    }

    fn give_back_layers(&self, index: usize, ws: &mut Workspace) {
        for (layer, &slot) in ws.taken.drain(..).zip(&self.stages[index].writes) {
            ws.slots[slot] = Some(layer);
        }
    }

    /// After a panic nothing is known of the stage's layers.
    fn make_anew(&self, index: usize, ws: &mut Workspace) {
        ws.taken.clear();
        for &slot in &self.stages[index].writes {
            ws.slots[slot] = Some((self.layers[slot].make)());
        }
    }

    /// `None` if all went well; else the buffers are as before.
    fn encode(&self, ws: &mut Workspace, buffers: &mut [Vec<u8>]) -> Option<Failure> {
        let before: Vec<usize> = buffers.iter().map(Vec::len).collect();
        let doc = match &ws.mask {
            Some(mask) => Doc::masked(mask, &ws.slots),
            None => Doc::new(&ws.article, &ws.slots),
        };
        let mut rest = &mut *buffers;
        for (sink, scratch) in self.sinks.iter().zip(&mut ws.sink_scratches) {
            let (own, others) = rest.split_at_mut(sink.outputs.len().min(rest.len()));
            rest = others;
            let result = catch_unwind(AssertUnwindSafe(|| sink.sink.encode(doc, own, scratch.as_mut())));
            if let Err(payload) = result {
                *scratch = sink.sink.scratch();
                for (buffer, len) in buffers.iter_mut().zip(before) {
                    buffer.truncate(len);
                }
                let message = format!("sink `{}`: {}", sink.kind, panic_message(payload.as_ref()));
                let id = "output".to_owned();
                return Some(Failure { stage: None, id, code: "panic", message, span: None, fatal: false });
            }
        }
        None
    }

    /// A layer of the workspace's article by its name in this plan, as a table; for tests and tools that have no
    /// handle.
    pub fn table<'a>(&self, ws: &'a Workspace, layer: &str) -> Option<&'a dyn AnyTable> {
        let slot = self.layers.iter().position(|l| &*l.name == layer)?;
        ws.slots.get(slot)?.as_deref()
    }

    /// Checks the invariants of every layer of the workspace's article.
    ///
    /// # Errors
    /// The first layer whose invariants don't hold, and what is wrong.
    pub fn check_layers(&self, ws: &Workspace) -> Result<(), String> {
        let doc = Doc::new(&ws.article, &ws.slots);
        for (spec, layer) in self.layers.iter().zip(&ws.slots) {
            if let Some(layer) = layer {
                layer.check(doc).map_err(|e| format!("layer `{}`: {e}", spec.name))?;
            }
        }
        Ok(())
    }
}

impl Workspace {
    /// A view of the article with all layers, after [`Plan::process`].
    pub fn doc(&self) -> Doc<'_> {
        Doc::new(&self.article, &self.slots)
    }

    /// A layer by its slot's type, for tests and tools that have no handle; the first of that type.
    pub fn layer<T: 'static>(&self) -> Option<&T> {
        self.slots.iter().flatten().find_map(|l| l.as_any().downcast_ref())
    }

    /// The article's id as the outputs have it.
    pub fn shown_id(&self) -> &str {
        self.mask.as_ref().map_or(&self.article, |mask| mask.article()).id.as_str()
    }

    /// Makes the article that sinks see.
    fn hide(&mut self, privacy: &Privacy, dropped: bool) {
        let Some(mask) = &mut self.mask else { return };
        mask.hide(privacy, &self.article, &self.slots, dropped);
        if dropped {
            self.article.meta.carried.clear();
        }
    }

    /// Keeps what the stage said of the article.
    fn take_remarks(&mut self, stage: &str) {
        let Remarks { note, language } = &mut self.remarks;
        if !note.is_empty() {
            self.notes.extend(["; ", stage, ": ", note]);
        }
        if !language.is_empty() {
            self.article.meta.language.clone_from(language);
        }
        self.remarks.clear();
    }

    /// Makes ready for another article.
    pub(crate) fn begin(&mut self) {
        self.notes.clear();
        if !self.article.note.is_empty() {
            self.notes.extend(["; input: ", &self.article.note]);
        }
        self.kept.clear();
        self.left = None;
        self.clear_layers();
    }

    fn clear_layers(&mut self) {
        for layer in self.slots.iter_mut().flatten() {
            layer.clear();
        }
    }

    /// Fills the `articles` row of an article that went through all stages.
    fn describe_kept(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        self.describe_article(|status, notes| {
            status.push_str("ok");
            status.push_str(notes);
            for failure in &kept {
                status.push_str("; no ");
                status.push_str(&failure.id);
                status.push_str(": ");
                status.push_str(failure.code);
            }
        });
        self.kept = kept;
    }

    /// Fills the `articles` row; `status` is given the cell and what the stages noted.
    fn describe_article(&mut self, status: impl FnOnce(&mut String, &str)) {
        let counts =
            self.counted.map(|slot| slot.and_then(|s| self.slots[s].as_ref()).map(|l| l.row_count() as u32));
        let row = self.slots.first_mut().and_then(Option::as_mut).and_then(|l| l.as_any_mut().downcast_mut());
        if let Some(ArticleRow { status: text, counts: cells }) = row {
            text.clear();
            status(text, &self.notes);
            *cells = counts;
        }
        self.carry();
    }

    fn carry(&mut self) {
        let Some((slot, columns)) = &self.carried else { return };
        let layer = self.slots[*slot].as_mut().and_then(|l| l.as_any_mut().downcast_mut::<Rows>());
        if let Some(rows) = layer {
            let value = |column: &String| {
                let found = self.article.meta.carried.iter().find(|(name, _)| name == column);
                found.filter(|(_, v)| !v.is_empty()).map_or(Cell::Absent, |(_, v)| Cell::Text(v.clone()))
            };
            Layer::clear(rows);
            rows.push(columns.iter().map(value).map(Value::Cell));
        }
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text =
        payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("no message"))
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// Notes that it has no rules for an article that isn't English.
    struct EnglishOnly;

    impl Stage for EnglishOnly {
        const KIND: &'static str = "english";
        const ABOUT: &'static str = "notes other languages";
        const VERSION: u32 = 1;
        const EXAMPLE: &'static str = "{}";
        type Config = NoOptions;
        type Scratch = ();

        fn build(_: NoOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
            Ok(EnglishOnly)
        }

        fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
            if doc.meta().language != "en" {
                out.note("no rules for this language");
            }
            Ok(Verdict::Keep)
        }
    }

    #[test]
    fn notes_of_stages_stand_in_the_status_of_their_article_alone() {
        let text = r#"{ "input": [{ "files": ["x"] }], "stages": [{ "kind": "english" }], "output": { "sinks": [] } }"#;
        let config = ConfigFile::parse("x.json", ".", text).unwrap();
        let plan = Plan::new(&config, &Registry::new().with::<EnglishOnly>()).unwrap();
        let mut workspace = plan.workspace();
        for (language, status) in [("fr", "ok; english: no rules for this language"), ("en", "ok")] {
            workspace.article = Article::new("a", "text");
            workspace.article.meta.language = language.to_owned();
            assert_eq!(plan.process(&mut workspace, &mut [], &mut ()), Outcome::Done);
            assert_eq!(workspace.layer::<crate::layers::ArticleRow>().unwrap().status, status);
        }
    }
}
