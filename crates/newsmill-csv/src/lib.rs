//! The CSV and TSV sink: any layer as a flat file.
//!
//! [`Csv`] writes one table to one file, after RFC 4180 with LF as line end: a cell that holds the delimiter, a quote
//! or a line break is quoted, quotes are doubled, an empty cell is an absent value. It knows no layer by name: columns
//! come from the layer's [schema](newsmill_core::table::Schema), a span becomes several columns (see
//! [`SpanStyle`](newsmill_core::table::SpanStyle)) with offsets inside its field, and layers that *extend* a table
//! have their columns appended to it. The price is one virtual call a cell.
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
mod columns;
mod sink;

pub use sink::{Csv, Format, Options};
