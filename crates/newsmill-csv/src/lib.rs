//! The CSV and TSV sink: any layer as a flat file.
//!
//! [`Csv`] writes one table to one file, after RFC 4180 with LF as line end: a cell that holds the delimiter, a quote
//! or a line break is quoted, quotes are doubled, an empty cell is an absent value. It knows no layer by name: see
//! [`flat`](newsmill_core::flat).
//!
//! ```
//! use newsmill_core::prelude::*;
//!
//! let config = ConfigFile::parse("x.json", ".", r#"{
//!     "input": [{ "files": ["news"] }], "stages": [],
//!     "output": { "sinks": [{ "kind": "csv", "table": "articles" }] } }"#).unwrap();
//! let plan = Plan::new(&config, &Registry::new().with_sink::<newsmill_csv::Csv>()).unwrap();
//! let mut workspace = plan.workspace();
//! workspace.article = Article::titled("a1", "Hello, world", "Text.");
//! let mut file = Vec::new();
//! plan.process(&mut workspace, std::slice::from_mut(&mut file), &mut ());
//! assert!(String::from_utf8(file).unwrap().starts_with("a1,,\"Hello, world\",,"));
//! ```

mod cells;
mod sink;

pub use sink::{Csv, Format, Options};
