//! Everything that is tested by running the real binary, in one test program.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod append;
mod configs;
mod duplicates;
mod formats;
mod inputs;
mod interrupts;
mod memory;
mod order;
mod preview;
mod quarantine;
mod resume;
mod retry;
mod robustness;
mod sample;
mod shards;
mod support;
mod tables;
