//! Micro benchmarks of newsmill's stages live in `benches/`; run them with `cargo bench -p newsmill-benches`.
