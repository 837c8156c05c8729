//! Any bytes as a web archive: records, HTTP, encodings, pages.
//!
//! `cargo +nightly fuzz run warc -- -max_total_time=600`; see [`Under::check`] for what has to hold.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use newsmill_core::Registry;
use newsmill_fuzz::Under;

static FORMAT: LazyLock<Under> = LazyLock::new(|| {
    let registry = Registry::new().with_format::<newsmill_html::Warc>();
    Under::new(registry, "warc", "\"carry\": [\"section\"],")
});

fuzz_target!(|data: &[u8]| FORMAT.check(data));
