//! Any text: the fast engine gives what the scalar one does, and the layers keep their invariants.
//!
//! `cargo +nightly fuzz run tokenize -- -max_total_time=600`; a text up to the first 0xFF byte is the title.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use newsmill_core::Article;
use newsmill_tokenize::EngineCheck;

static CHECK: LazyLock<EngineCheck> = LazyLock::new(EngineCheck::default);

fuzz_target!(|data: &[u8]| {
    let (title, body) = match data.iter().position(|&b| b == 0xFF) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (&[][..], data),
    };
    let article = Article::titled("fuzz", &String::from_utf8_lossy(title), &String::from_utf8_lossy(body));
    if let Err(fault) = CHECK.run(&article) {
        panic!("{fault}");
    }
});
