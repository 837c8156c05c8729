//! Format: Parquet files, one article a row.
//!
//! Rows are read by the record interface of the `parquet` crate, only the columns that are wanted, and become JSON
//! objects: so fields are found and failures told exactly as in JSON lines, and the quarantine shows what was read. The
//! Arrow interface would be faster, but costs a dozen crates, and one thread reads many times what a worker processes.
//! In a crate of its own, so that nobody compiles it who reads texts.

mod cells;
mod rows;

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Article;
use newsmill_core::input::{Emit, Format, Frame, InputFile, Source};
use newsmill_input::JsonLines;
use newsmill_input::fields::{FieldMap, Fields};
use schemars::JsonSchema;
use serde::Deserialize;

use rows::{Rows, wanted};

/// Options of Parquet files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ParquetOptions {
    /// Which columns hold what: `{ "body": "maintext" }`, or a list of names, the first that isn't empty counting.
    fields: Fields,
    /// Columns to carry through to the table `articles`, by the same rules as `fields`: `["section"]`.
    carry: Vec<String>,
}

/// A row is an article.
pub struct Parquet {
    json: JsonLines,
}

impl Format for Parquet {
    const KIND: &'static str = "parquet";
    const ABOUT: &'static str = "Parquet files, one article a row";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "fields": { "body": "maintext" } }"#;
    const EXTENSIONS: &'static [&'static str] = &["parquet", "pq"];
    type Config = ParquetOptions;
    type Scratch = <JsonLines as Format>::Scratch;

    fn build(options: ParquetOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Parquet { json: JsonLines::with_fields(FieldMap::new(options.fields, options.carry)?)? })
    }

    fn carried(&self) -> &[String] {
        self.json.carried()
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        Box::new(Rows::new(file, wanted(self.json.fields())))
    }

    fn decode(
        &self,
        frame: &Frame<'_>,
        article: &mut Article,
        scratch: &mut Self::Scratch,
        emit: &mut Emit<'_>,
    ) {
        self.json.decode(frame, article, scratch, emit);
    }
}
