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
        .with::<newsmill_entities::WordCase>()
        .with::<newsmill_process::Process>()
        .with::<newsmill_language::Language>()
        .with::<newsmill_regex::RegexStage>()
        .with::<newsmill_dates::DatesStage>()
        .with::<newsmill_duplicates::Fingerprints>()
        .with::<newsmill_duplicates::Duplicates>()
        .with::<newsmill_keywords::Terms>()
        .with::<newsmill_keywords::Keywords>()
        .with_sink::<newsmill_csv::Csv>()
        .with_sink::<newsmill_jsonl::JsonLines>()
        .with_sink::<newsmill_parquet_sink::Parquet>()
}
