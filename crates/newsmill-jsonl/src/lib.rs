//! The JSON-lines sink: any layer as one object a row, or one object an article with other tables nested in it.
//!
//! [`JsonLines`] writes the columns of a [flat table](newsmill_core::flat) as keys, in the table's order, the same keys
//! in every object; an absent value is `null`. With `nest`, the one row that an article has in the table gets a list for
//! each nested table. The price is that keys are repeated in every row: compress the file, or take Parquet.
//!
//! ```
//! use newsmill_core::prelude::*;
//!
//! let config = ConfigFile::parse("x.json", ".", r#"{
//!     "input": [{ "files": ["news"] }], "stages": [],
//!     "output": { "sinks": [{ "kind": "jsonl", "table": "texts" }] } }"#).unwrap();
//! let plan = Plan::new(&config, &Registry::new().with_sink::<newsmill_jsonl::JsonLines>()).unwrap();
//! let mut workspace = plan.workspace();
//! workspace.article = Article::titled("a1", "“Hello”", "Text.");
//! let mut file = Vec::new();
//! plan.process(&mut workspace, std::slice::from_mut(&mut file), &mut ());
//! assert_eq!(String::from_utf8(file).unwrap(), "{\"article_id\":\"a1\",\"title\":\"“Hello”\",\"body\":\"Text.\"}\n");
//! ```

mod objects;
mod sink;

pub use sink::{JsonLines, Options};
