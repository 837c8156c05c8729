//! Any bytes as a web archive: records, HTTP, encodings, pages.
//!
//! `cargo +nightly fuzz run warc fuzz/corpus/warc fuzz/seeds/warc -- -max_total_time=700`, after `mkdir -p fuzz/corpus/warc`;
//! see [`newsmill_fuzz::warc`] for what has to hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| newsmill_fuzz::warc(data));
