//! Memory doesn't grow with the corpus.

use crate::support::{Place, report};

/// Peak resident memory of a run over this much input; bytes. `None` where the system doesn't tell.
fn peak(bytes: u64) -> Option<u64> {
    let place = Place::new();
    place.generate("input/a.jsonl", bytes, 1);
    place.config(r#"{"kind": "tokenize"}, {"kind": "words"}"#, &["articles", "tokens", "words"]);
    place.run_ok("out", &["--workers", "2"]);
    report(&place.path("out"))["peak_memory_bytes"].as_u64()
}

#[test]
fn ten_times_the_corpus_takes_the_same_memory() {
    let (Some(small), Some(large)) = (peak(3_000_000), peak(30_000_000)) else { return };
    // The fold of the words of 30 MB is itself some MB, and bounded: so not 10 % but a bound.
    assert!(large < small + 40_000_000, "{small} bytes for 3 MB of input, {large} for 30 MB");
}
