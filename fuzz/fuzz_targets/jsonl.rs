//! Any bytes as JSON lines.
//!
//! `cargo +nightly fuzz run jsonl fuzz/corpus/jsonl fuzz/seeds/jsonl -- -max_total_time=700`, after `mkdir -p fuzz/corpus/jsonl`;
//! see [`newsmill_fuzz::jsonl`] for what has to hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| newsmill_fuzz::jsonl(data));
