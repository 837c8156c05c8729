//! The `process` stage: a stage in any language, as a program that speaks JSON lines with newsmill.
//!
//! This is the one stage crate that does I/O. To everybody else it is a function of an article all the same: the program
//! is part of the stage, as a gazetteer's lists are. The config names it, its files are hashed into the run's
//! fingerprint, and what it answers for an article must not depend on what it was asked before. The test kit's contract
//! holds it to that. What can't be promised is time: an article on which the program dies or says nothing is asked again,
//! alone and of a fresh process, before it goes to the quarantine.
//!
//! Articles go to the program in groups ([`Stage::run_group`](newsmill_core::Stage::run_group)), because a round trip
//! between processes costs as much as a short article's work. The [`protocol`] module is the protocol's reference.
//!
//! What a program says goes through [`lines`], [`protocol`] and [`declared`], which know nothing of processes, so that a fuzz
//! target can say anything in a program's place.

mod child;
mod columns;
pub mod declared;
pub mod lines;
pub mod options;
mod pool;
pub mod protocol;
mod stage;

pub use options::Options;
pub use stage::Process;
