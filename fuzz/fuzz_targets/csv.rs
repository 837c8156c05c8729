//! Any bytes as a table.
//!
//! `cargo +nightly fuzz run csv fuzz/corpus/csv fuzz/seeds/csv -- -max_total_time=700`, after `mkdir -p fuzz/corpus/csv`;
//! see [`newsmill_fuzz::csv`] for what has to hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| newsmill_fuzz::csv(data));
