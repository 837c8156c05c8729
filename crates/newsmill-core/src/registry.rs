//! The kinds that a binary knows. Registration is explicit: link-time registries lose entries silently under some
//! linkers.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::Schema as JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;

use crate::build::{BuildContext, BuildError};
use crate::config::de::{TypeError, from_node};
use crate::config::json::Node;
use crate::document::{Article, Doc};
use crate::input::{DecodeError, Emit, Format, Frame, InputFile, Recode, Source};
use crate::privacy::KeyedHash;
use crate::reduce::ReducedRow;
use crate::sink::{OutputFile, Sink};
use crate::stage::{DocError, Member, Output, Stage, Verdict};

/// What an entry's options can be wrong about.
#[derive(Debug)]
pub(crate) enum EntryError {
    Type(TypeError),
    Build(BuildError),
}

/// A stage without its types.
pub(crate) trait AnyStage: Send + Sync {
    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut dyn Any) -> Result<Verdict, DocError>;
    fn group(&self) -> usize;
    fn run_group(&self, members: &mut [Member<'_>], scratch: &mut dyn Any);
    fn scratch(&self) -> Box<dyn Any + Send>;
}

impl<S: Stage> AnyStage for S {
    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut dyn Any) -> Result<Verdict, DocError> {
        match scratch.downcast_mut() {
            Some(scratch) => Stage::run(self, doc, out, scratch),
            None => Err(wrong_scratch()),
        }
    }
    fn group(&self) -> usize {
        Stage::group(self).max(1)
    }
    fn run_group(&self, members: &mut [Member<'_>], scratch: &mut dyn Any) {
        match scratch.downcast_mut() {
            Some(scratch) => Stage::run_group(self, members, scratch),
            None => members.iter_mut().for_each(|m| m.result = Err(wrong_scratch())),
        }
    }
    fn scratch(&self) -> Box<dyn Any + Send> {
        Box::new(S::Scratch::default())
    }
}

fn wrong_scratch() -> DocError {
    DocError::new("scratch", "the runner mixed up two stages' scratches")
}

/// A sink without its types.
pub(crate) trait AnySink: Send + Sync {
    fn outputs(&self) -> Vec<OutputFile>;
    fn header(&self, index: usize, buf: &mut Vec<u8>);
    fn encode(&self, doc: Doc<'_>, buffers: &mut [Vec<u8>], scratch: &mut dyn Any);
    fn encode_reduced(&self, index: usize, row: &ReducedRow, buf: &mut Vec<u8>);
    fn scratch(&self) -> Box<dyn Any + Send>;
}

impl<S: Sink> AnySink for S {
    fn outputs(&self) -> Vec<OutputFile> {
        Sink::outputs(self)
    }
    fn header(&self, index: usize, buf: &mut Vec<u8>) {
        Sink::header(self, index, buf);
    }
    fn encode(&self, doc: Doc<'_>, buffers: &mut [Vec<u8>], scratch: &mut dyn Any) {
        if let Some(scratch) = scratch.downcast_mut() {
            Sink::encode(self, doc, buffers, scratch);
        }
    }
    fn encode_reduced(&self, index: usize, row: &ReducedRow, buf: &mut Vec<u8>) {
        Sink::encode_reduced(self, index, row, buf);
    }
    fn scratch(&self) -> Box<dyn Any + Send> {
        Box::new(S::Scratch::default())
    }
}

/// A format without its types.
pub trait AnyFormat: Send + Sync {
    /// See [`Format::KIND`].
    fn kind(&self) -> &'static str;
    /// See [`Format::EXTENSIONS`].
    fn extensions(&self) -> &'static [&'static str];
    /// See [`Format::recode`].
    fn recode(&self, head: &[u8]) -> Option<Recode>;
    /// See [`Format::note`].
    fn note(&self, head: &[u8]) -> Option<DecodeError>;
    /// See [`Format::remarks`].
    fn remarks(&self, names: &mut dyn Iterator<Item = &str>) -> Vec<String>;
    /// See [`Format::carried`].
    fn carried(&self) -> &[String];
    /// See [`Format::source`].
    fn source(&self, file: InputFile) -> Box<dyn Source>;
    /// See [`Format::decode`]; the scratch is one that [`scratch`](AnyFormat::scratch) made.
    fn decode(&self, frame: &Frame<'_>, article: &mut Article, scratch: &mut dyn Any, emit: &mut Emit<'_>);
    /// Memory for one worker.
    fn scratch(&self) -> Box<dyn Any + Send>;
}

impl<F: Format> AnyFormat for F {
    fn kind(&self) -> &'static str {
        F::KIND
    }
    fn extensions(&self) -> &'static [&'static str] {
        F::EXTENSIONS
    }
    fn recode(&self, head: &[u8]) -> Option<Recode> {
        Format::recode(self, head)
    }
    fn note(&self, head: &[u8]) -> Option<DecodeError> {
        Format::note(self, head)
    }
    fn remarks(&self, names: &mut dyn Iterator<Item = &str>) -> Vec<String> {
        Format::remarks(self, names)
    }
    fn carried(&self) -> &[String] {
        Format::carried(self)
    }
    fn source(&self, file: InputFile) -> Box<dyn Source> {
        Format::source(self, file)
    }
    fn decode(&self, frame: &Frame<'_>, article: &mut Article, scratch: &mut dyn Any, emit: &mut Emit<'_>) {
        match scratch.downcast_mut() {
            Some(scratch) => Format::decode(self, frame, article, scratch, emit),
            None => {
                emit(article, Err(DecodeError::new("scratch", "the runner mixed up two formats' scratches")))
            }
        }
    }
    fn scratch(&self) -> Box<dyn Any + Send> {
        Box::new(F::Scratch::default())
    }
}

type BuildStage = fn(&Node, &mut BuildContext<'_>) -> Result<Box<dyn AnyStage>, EntryError>;
type BuildSink = fn(&Node, &mut BuildContext<'_>) -> Result<Box<dyn AnySink>, EntryError>;
type BuildFormat = fn(&Node, &mut BuildContext<'_>) -> Result<Arc<dyn AnyFormat>, EntryError>;

/// Facts about a registered kind, for `newsmill stages` and the generated references.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Its name in config files.
    pub kind: &'static str,
    /// One line.
    pub about: &'static str,
    /// Its version, part of a run's fingerprint.
    pub version: u32,
    /// A valid options object.
    pub example: &'static str,
    schema: fn(&mut schemars::SchemaGenerator) -> JsonSchema,
}

impl Kind {
    /// JSON Schema of the options.
    pub fn schema(&self, generator: &mut schemars::SchemaGenerator) -> JsonSchema {
        (self.schema)(generator)
    }
}

pub(crate) struct StageKind {
    pub kind: Kind,
    pub build: BuildStage,
}

pub(crate) struct SinkKind {
    pub kind: Kind,
    pub build: BuildSink,
}

pub(crate) struct FormatKind {
    pub kind: Kind,
    pub extensions: &'static [&'static str],
    pub build: BuildFormat,
}

/// The stages, sinks and formats that configs may name.
#[derive(Default)]
pub struct Registry {
    pub(crate) stages: BTreeMap<&'static str, StageKind>,
    pub(crate) sinks: BTreeMap<&'static str, SinkKind>,
    pub(crate) formats: BTreeMap<&'static str, FormatKind>,
    pub(crate) keyed_hash: Option<KeyedHash>,
}

impl Registry {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a stage; a kind that is there already is replaced.
    #[must_use]
    pub fn with<S: Stage>(mut self) -> Self {
        let kind = Kind {
            kind: S::KIND,
            about: S::ABOUT,
            version: S::VERSION,
            example: S::EXAMPLE,
            schema: |g| g.subschema_for::<S::Config>(),
        };
        let build: BuildStage = |options, cx| {
            let stage = S::build(options_of(options)?, cx).map_err(EntryError::Build)?;
            Ok(Box::new(stage))
        };
        self.stages.insert(S::KIND, StageKind { kind, build });
        self
    }

    /// Adds a sink; a kind that is there already is replaced.
    #[must_use]
    pub fn with_sink<S: Sink>(mut self) -> Self {
        let kind = Kind {
            kind: S::KIND,
            about: S::ABOUT,
            version: S::VERSION,
            example: S::EXAMPLE,
            schema: |g| g.subschema_for::<S::Config>(),
        };
        let build: BuildSink = |options, cx| {
            let sink = S::build(options_of(options)?, cx).map_err(EntryError::Build)?;
            Ok(Box::new(sink))
        };
        self.sinks.insert(S::KIND, SinkKind { kind, build });
        self
    }

    /// Adds a format; a kind that is there already is replaced.
    #[must_use]
    pub fn with_format<F: Format>(mut self) -> Self {
        let kind = Kind {
            kind: F::KIND,
            about: F::ABOUT,
            version: F::VERSION,
            example: F::EXAMPLE,
            schema: |g| g.subschema_for::<F::Config>(),
        };
        let build: BuildFormat = |options, cx| {
            let format = F::build(options_of(options)?, cx).map_err(EntryError::Build)?;
            Ok(Arc::new(format))
        };
        self.formats.insert(F::KIND, FormatKind { kind, extensions: F::EXTENSIONS, build });
        self
    }

    /// Sets what `output.privacy` makes pseudonyms with.
    #[must_use]
    pub fn with_keyed_hash(mut self, hash: KeyedHash) -> Self {
        self.keyed_hash = Some(hash);
        self
    }

    /// The stages, by name.
    pub fn stages(&self) -> impl Iterator<Item = &Kind> {
        self.stages.values().map(|s| &s.kind)
    }

    /// The sinks, by name.
    pub fn sinks(&self) -> impl Iterator<Item = &Kind> {
        self.sinks.values().map(|s| &s.kind)
    }

    /// The formats, by name, with the file name endings that tell them.
    pub fn formats(&self) -> impl Iterator<Item = (&Kind, &'static [&'static str])> {
        self.formats.values().map(|f| (&f.kind, f.extensions))
    }

    /// The format that a file name's ending tells, if any.
    pub fn format_of(&self, file_name: &str) -> Option<&'static str> {
        let extension = file_name.rsplit_once('.')?.1.to_ascii_lowercase();
        self.formats.values().find(|f| f.extensions.contains(&extension.as_str())).map(|f| f.kind.kind)
    }

    /// JSON Schema of the config, as generated from the types of everything registered.
    pub fn json_schema(&self) -> serde_json::Value {
        crate::config::schema::generate(self, SchemaSettings::draft2020_12().into_generator())
    }
}

/// Options: an absent `with` is an empty object.
fn options_of<T: DeserializeOwned>(node: &Node) -> Result<T, EntryError> {
    from_node(node).map_err(EntryError::Type)
}
