//! What the `newsmill` binary knows without any crate of the user's.

use hmac::{Hmac, KeyInit, Mac};
use newsmill_core::Registry;
use sha2::Sha256;

/// The stages, sinks and formats that ship with newsmill.
pub fn builtin() -> Registry {
    Registry::new()
        .with_format::<newsmill_input::Text>()
        .with_format::<newsmill_input::JsonLines>()
        .with_format::<newsmill_input::Json>()
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
        .with_keyed_hash(keyed_hash)
}

/// The first eight bytes of HMAC with SHA-256.
fn keyed_hash(key: &[u8], text: &[u8]) -> u64 {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return 0 };
    mac.update(text);
    let digest = mac.finalize().into_bytes();
    digest.iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    #[test]
    fn pseudonyms_are_made_with_the_published_function() {
        // RFC 4231, test case 2.
        assert_eq!(super::keyed_hash(b"Jefe", b"what do ya want for nothing?"), 0x5bdc_c146_bf60_754e);
    }
}
