//! What the `newsmill` binary knows without any crate of the user's.

use newsmill_core::Registry;

/// The stages, sinks and formats that ship with newsmill.
pub fn builtin() -> Registry {
    Registry::new()
        .with_format::<newsmill_input::Text>()
        .with_format::<newsmill_input::JsonLines>()
        .with_format::<newsmill_input::Csv>()
        .with_format::<newsmill_html::Html>()
        .with_format::<newsmill_html::Warc>()
        .with_format::<newsmill_parquet::Parquet>()
        .with::<newsmill_tokenize::Tokenize>()
        .with::<newsmill_quotes::QuoteStage>()
        .with::<newsmill_gazetteer::Gazetteer>()
        .with::<newsmill_entities::EntitiesStage>()
        .with_sink::<newsmill_csv::Csv>()
        .with_sink::<newsmill_jsonl::JsonLines>()
}
