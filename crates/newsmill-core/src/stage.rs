//! The stage trait: what somebody writes to add to newsmill.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::build::{BuildContext, BuildError};
use crate::document::Doc;
use crate::handle::Write;
use crate::layer::AnyTable;
use crate::span::Span;

/// A pure function of an article: reads its text and earlier layers, fills the layers that it claimed.
///
/// `run` is called from many threads at once; whatever it wants to keep between articles for speed lives in the
/// per-worker [`Scratch`](Stage::Scratch), and results must not depend on it.
pub trait Stage: Send + Sync + Sized + 'static {
    /// The name in config files, and the default id of an entry.
    const KIND: &'static str;
    /// One line for `newsmill stages`.
    const ABOUT: &'static str;
    /// Part of a run's fingerprint: raise it whenever results change.
    const VERSION: u32;
    /// A valid `with` object (JSON); the test kit builds and runs it.
    const EXAMPLE: &'static str;
    /// The options. Give it `#[serde(deny_unknown_fields, default)]`, so that misspelt options are told.
    type Config: DeserializeOwned + JsonSchema;
    /// Per-worker memory.
    type Scratch: Default + Send + 'static;

    /// Checks the options, loads resources and claims layers.
    ///
    /// # Errors
    /// What is wrong with the options or the resources; the message is shown with the entry's position in the config.
    fn build(config: Self::Config, cx: &mut BuildContext<'_>) -> Result<Self, BuildError>;

    /// Processes one article. The claimed layers arrive empty.
    ///
    /// # Errors
    /// The article can't be processed: what happens then is the entry's `on_error`.
    fn run(
        &self,
        doc: Doc<'_>,
        out: &mut Output<'_>,
        scratch: &mut Self::Scratch,
    ) -> Result<Verdict, DocError>;

    /// How many articles [`run_group`](Stage::run_group) is handed at once, at most. 1 is right for every stage but those
    /// for which a call is dear whatever it is about, as one that asks another process.
    fn group(&self) -> usize {
        1
    }

    /// Processes several articles at once. What becomes of each must be what [`run`](Stage::run) would make of it alone:
    /// which articles stand together in a group depends on the machine.
    fn run_group(&self, members: &mut [Member<'_>], scratch: &mut Self::Scratch) {
        for member in members {
            member.result = self.run(member.doc, &mut member.out, scratch);
        }
    }
}

/// An article of a group, with its own claimed layers.
pub struct Member<'a> {
    /// The article and earlier layers.
    pub doc: Doc<'a>,
    /// Its claimed layers, empty.
    pub out: Output<'a>,
    /// What became of it; on arrival [`Verdict::Keep`].
    pub result: Result<Verdict, DocError>,
}

/// Whether the article goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// On to the next stage.
    Keep,
    /// Out of the run for this reason, a result and not an error: it is counted, and is the article's `status`.
    Drop(&'static str),
}

/// Why a stage couldn't process an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocError {
    /// Stable, lower case with hyphens; shown as `STAGE/CODE`.
    pub code: &'static str,
    /// For people: what, with numbers.
    pub message: String,
    /// Where in the text, if it is one place.
    pub span: Option<Span>,
}

impl DocError {
    /// An error about the whole article.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        DocError { code, message: message.into(), span: None }
    }
}

impl std::fmt::Display for DocError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for DocError {}

/// The layers that the running stage claimed with `cx.write`, and only these.
pub struct Output<'a> {
    layers: &'a mut [Box<dyn AnyTable>],
    remarks: &'a mut Remarks,
}

/// What a stage says of an article beside its layers.
#[derive(Default)]
pub(crate) struct Remarks {
    pub note: String,
    pub language: String,
}

impl Remarks {
    pub(crate) fn clear(&mut self) {
        self.note.clear();
        self.language.clear();
    }
}

impl<'a> Output<'a> {
    pub(crate) fn new(layers: &'a mut [Box<dyn AnyTable>], remarks: &'a mut Remarks) -> Self {
        Output { layers, remarks }
    }

    /// Says which language the article is in (a tag in lower case, as `en`): from the next stage on it is the article's
    /// [`language`](crate::document::Metadata::language), and the tables show it.
    pub fn set_language(&mut self, tag: &str) {
        tag.clone_into(&mut self.remarks.language);
    }

    /// Says in the article's status what its reader must know of this stage's result: `ok; STAGE: NOTE`.
    ///
    /// For what would otherwise look like "nothing found", as a language that the stage has no rules for. Several notes
    /// of one stage are joined by a comma.
    pub fn note(&mut self, note: &str) {
        if !self.remarks.note.is_empty() {
            self.remarks.note.push_str(", ");
        }
        self.remarks.note.push_str(note);
    }

    /// The claimed layer behind a handle.
    ///
    /// # Panics
    /// Only if the handle was claimed by another stage.
    #[inline]
    pub fn get<T: 'static>(&mut self, handle: &Write<T>) -> &mut T {
        match self.layers.get_mut(handle.index()).and_then(|l| l.as_any_mut().downcast_mut()) {
            Some(layer) => layer,
            None => panic!("layer `{}` was claimed by another stage", handle.name()),
        }
    }

    /// Two claimed layers at once.
    ///
    /// # Panics
    /// If both handles are the same, or were claimed by another stage.
    pub fn get2<A: 'static, B: 'static>(&mut self, a: &Write<A>, b: &Write<B>) -> (&mut A, &mut B) {
        match self.layers.get_disjoint_mut([a.index(), b.index()]) {
            Ok([x, y]) => (cast(x.as_mut(), a.name()), cast(y.as_mut(), b.name())),
            Err(_) => panic!("layers `{}` and `{}` are not two claims of this stage", a.name(), b.name()),
        }
    }

    /// Three claimed layers at once.
    ///
    /// # Panics
    /// If two handles are the same, or were claimed by another stage.
    pub fn get3<A: 'static, B: 'static, C: 'static>(
        &mut self,
        a: &Write<A>,
        b: &Write<B>,
        c: &Write<C>,
    ) -> (&mut A, &mut B, &mut C) {
        match self.layers.get_disjoint_mut([a.index(), b.index(), c.index()]) {
            Ok([x, y, z]) => {
                (cast(x.as_mut(), a.name()), cast(y.as_mut(), b.name()), cast(z.as_mut(), c.name()))
            }
            Err(_) => {
                panic!("layers `{}`, `{}`, `{}` are not claims of this stage", a.name(), b.name(), c.name())
            }
        }
    }

    /// Four claimed layers at once.
    ///
    /// # Panics
    /// If two handles are the same, or were claimed by another stage.
    pub fn get4<A: 'static, B: 'static, C: 'static, D: 'static>(
        &mut self,
        a: &Write<A>,
        b: &Write<B>,
        c: &Write<C>,
        d: &Write<D>,
    ) -> (&mut A, &mut B, &mut C, &mut D) {
        match self.layers.get_disjoint_mut([a.index(), b.index(), c.index(), d.index()]) {
            Ok([w, x, y, z]) => (
                cast(w.as_mut(), a.name()),
                cast(x.as_mut(), b.name()),
                cast(y.as_mut(), c.name()),
                cast(z.as_mut(), d.name()),
            ),
            Err(_) => {
                panic!("layers `{}`, `{}` and two more are not claims of this stage", a.name(), b.name())
            }
        }
    }
}

fn cast<'a, T: 'static>(layer: &'a mut dyn AnyTable, name: &str) -> &'a mut T {
    match layer.as_any_mut().downcast_mut() {
        Some(layer) => layer,
        None => panic!("layer `{name}` was claimed by another stage"),
    }
}
