//! Any bytes as a journal, and as the content of its lines.
//!
//! `cargo +nightly fuzz run journal fuzz/corpus/journal fuzz/seeds/journal -- -max_total_time=700`, after `mkdir -p fuzz/corpus/journal`;
//! see [`newsmill_fuzz::journal`] for what has to hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| newsmill_fuzz::journal(data));
