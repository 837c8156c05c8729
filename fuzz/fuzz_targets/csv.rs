//! Any bytes as a table.
//!
//! `cargo +nightly fuzz run csv -- -max_total_time=600`; see [`Under::check`] for what has to hold.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use newsmill_core::Registry;
use newsmill_fuzz::Under;

static FORMAT: LazyLock<Under> = LazyLock::new(|| {
    let registry = Registry::new().with_format::<newsmill_input::Csv>();
    Under::new(registry, "csv", "\"invalid\": \"replace\", \"carry\": [\"x\"],")
});

fuzz_target!(|data: &[u8]| FORMAT.check(data));
