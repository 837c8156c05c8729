//! Everything that is tested by running the real binary, in one test program.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod configs;
mod duplicates;
mod formats;
mod inputs;
mod interrupts;
mod memory;
mod order;
mod quarantine;
mod resume;
mod robustness;
mod support;
mod tables;
