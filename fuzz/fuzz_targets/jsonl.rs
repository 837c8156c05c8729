//! Any bytes as JSON lines.
//!
//! `cargo +nightly fuzz run jsonl -- -max_total_time=600`; see [`Under::check`] for what has to hold.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use newsmill_core::Registry;
use newsmill_fuzz::Under;

static FORMAT: LazyLock<Under> = LazyLock::new(|| {
    let registry = Registry::new().with_format::<newsmill_input::JsonLines>();
    Under::new(registry, "jsonl", "\"invalid\": \"replace\", \"carry\": [\"x\"],")
});

fuzz_target!(|data: &[u8]| FORMAT.check(data));
