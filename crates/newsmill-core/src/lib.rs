//! newsmill's data model and extension traits: the one crate that a stage author needs.
//!
//! A [`Stage`] is a pure function of one article: it reads the text and the [layers](layers) that earlier stages left,
//! and fills the layers that it claimed when it was built. Claims are handles ([`Read`], [`Write`]), so what a stage
//! declares and what it does can't differ; a [`Plan`] resolves them to slots once, and a read costs an index and a
//! type check. The price is that layers are fixed when the plan is built: a stage can't invent one while it runs.
//!
//! ```
//! use newsmill_core::prelude::*;
//!
//! /// Counts the letters of an article.
//! struct Letters {
//!     counts: Write<Count>,
//! }
//!
//! #[derive(Default)]
//! struct Count(u64);
//!
//! impl Layer for Count {
//!     fn clear(&mut self) {
//!         self.0 = 0;
//!     }
//!     fn len(&self) -> usize {
//!         1
//!     }
//! }
//!
//! impl Table for Count {
//!     fn schema() -> Schema {
//!         Schema::new([Column::int("letters", "letters of the article")])
//!     }
//!     fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
//!         out.int(self.0);
//!         out.end_row();
//!     }
//! }
//!
//! impl Stage for Letters {
//!     const KIND: &'static str = "letters";
//!     const ABOUT: &'static str = "counts letters";
//!     const VERSION: u32 = 1;
//!     const EXAMPLE: &'static str = "{}";
//!     type Config = NoOptions;
//!     type Scratch = ();
//!
//!     fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
//!         Ok(Letters { counts: cx.write("letters")? })
//!     }
//!     fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
//!         out.get(&self.counts).0 = doc.text().chars().filter(|c| c.is_alphabetic()).count() as u64;
//!         Ok(Verdict::Keep)
//!     }
//! }
//!
//! let config = ConfigFile::parse("x.json", ".", r#"{
//!     "input": [{ "files": ["news"] }], "stages": [{ "kind": "letters" }], "output": { "sinks": [] } }"#).unwrap();
//! let plan = Plan::new(&config, &Registry::new().with::<Letters>()).unwrap();
//! let mut workspace = plan.workspace();
//! workspace.article = Article::new("a", "Who said what?");
//! assert_eq!(plan.process(&mut workspace, &mut [], &mut ()), Outcome::Done);
//! assert_eq!(workspace.layer::<Count>().unwrap().0, 11);
//! ```

pub mod build;
pub mod config;
pub mod document;
pub mod flat;
pub mod fold;
pub mod handle;
pub mod hash;
pub mod input;
pub mod layer;
pub mod layers;
pub mod lexicon;
pub mod offsets;
pub mod pipeline;
pub mod plan;
pub mod privacy;
pub mod reduce;
pub mod registry;
pub mod sink;
pub mod span;
pub mod stage;
pub mod strings;
pub mod suggest;
pub mod table;

pub use build::{BuildContext, BuildError};
pub use config::ConfigFile;
pub use document::{Article, Doc};
pub use handle::{Read, Write};
pub use layer::{Layer, Table};
pub use pipeline::{Outcome, Workspace};
pub use plan::Plan;
pub use registry::Registry;
pub use sink::Sink;
pub use span::Span;
pub use stage::{DocError, Member, Output, Stage, Verdict};

/// Options of a kind that has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoOptions {}

/// What a stage or sink crate usually imports.
pub mod prelude {
    pub use schemars::JsonSchema;
    pub use serde::Deserialize;

    pub use crate::layers::names;
    pub use crate::table::{Column, ColumnKind, Reduce, RowWriter, Schema, SpanStyle};
    pub use crate::{
        Article, BuildContext, BuildError, ConfigFile, Doc, DocError, Layer, Member, NoOptions, Outcome,
        Output, Plan, Read, Registry, Sink, Span, Stage, Table, Verdict, Workspace, Write,
    };
}
