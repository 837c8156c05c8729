//! The first pass: a fingerprint of each article.

use newsmill_core::hash::xxh64;
use newsmill_core::prelude::*;

use crate::signature::{Shingler, Signature, to_hex};

/// Options of the stage.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Bodies of fewer words have no fingerprint, and so no duplicates.
    min_words: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options { min_words: 20 }
    }
}

/// The layer: one row an article.
#[derive(Debug, Default)]
pub struct FingerprintRow {
    words: u64,
    text_hash: u64,
    signature: Option<Signature>,
    filled: bool,
}

impl Layer for FingerprintRow {
    fn clear(&mut self) {
        *self = FingerprintRow::default();
    }
    fn len(&self) -> usize {
        usize::from(self.filled)
    }
}

impl Table for FingerprintRow {
    fn schema() -> Schema {
        Schema::new([
            Column::int("words", "words of the body"),
            Column::text("text_hash", "64-bit hash of the article's text, 16 hexadecimal digits"),
            Column::text("signature", "MinHash of the body's shingles of four words, 512 hexadecimal digits"),
        ])
    }
    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        if !self.filled {
            return;
        }
        out.int(self.words);
        out.text(&format!("{:016x}", self.text_hash));
        let mut hex = String::new();
        if let Some(signature) = &self.signature {
            to_hex(signature, &mut hex);
        }
        out.text(&hex);
        out.end_row();
    }
}

/// The stage of the first pass.
pub struct Fingerprints {
    options: Options,
    row: Write<FingerprintRow>,
}

/// Memory for making a fingerprint.
#[derive(Default)]
pub struct Scratch(Shingler);

impl Stage for Fingerprints {
    const KIND: &'static str = "fingerprints";
    const ABOUT: &'static str = "near-duplicates, first pass: a fingerprint of each article";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "min_words": 20 }"#;
    type Config = Options;
    type Scratch = Scratch;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Fingerprints { options, row: cx.write("fingerprints")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut Scratch) -> Result<Verdict, DocError> {
        let (words, signature) = scratch.0.signature(doc.article().body());
        let signature = signature.filter(|_| words >= self.options.min_words as usize);
        let text_hash = text_hash(doc);
        *out.get(&self.row) = FingerprintRow { words: words as u64, text_hash, signature, filled: true };
        Ok(Verdict::Keep)
    }
}

/// Tells articles of the same id apart.
pub(crate) fn text_hash(doc: Doc<'_>) -> u64 {
    xxh64(doc.text().as_bytes(), 0)
}
