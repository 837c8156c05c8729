//! Any text as a config, with arguments of `--set`.
//!
//! `cargo +nightly fuzz run config fuzz/corpus/config fuzz/seeds/config -- -max_total_time=700`, after `mkdir -p fuzz/corpus/config`;
//! see [`newsmill_fuzz::config`] for what has to hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| newsmill_fuzz::config(data));
