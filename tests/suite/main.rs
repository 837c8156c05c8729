//! Everything that is tested by running the real binary, in one test program.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod append;
mod archives;
mod configs;
mod duplicates;
mod environment;
mod formats;
mod inputs;
mod interrupts;
mod memory;
mod order;
mod preview;
mod privacy;
mod quarantine;
mod resume;
mod retry;
mod robustness;
mod sample;
mod seeds;
mod shards;
mod support;
mod tables;
