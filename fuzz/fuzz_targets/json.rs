//! Any bytes as a JSON file.
//!
//! `cargo +nightly fuzz run json fuzz/corpus/json fuzz/seeds/json -- -max_total_time=700`, after `mkdir -p fuzz/corpus/json`;
//! see [`newsmill_fuzz::json`] for what has to hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| newsmill_fuzz::json(data));
