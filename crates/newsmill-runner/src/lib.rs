//! Runs a plan over many files: in parallel, in order, in bounded memory, with nothing lost.
//!
//! [`run`] starts one reader thread that frames records into batches, workers that decode, process and encode whole
//! batches, and writes the finished batches in the order of their tickets:
//!
//! ```text
//!   reader ──batches──► N workers (decode ► stages ► encode) ──► ring ──► writer ──► files, journal
//!     ▲                                                                     │
//!     └───────────────────────── empty batches (tickets) ◄──────────────────┘
//! ```
//!
//! A batch is taken from a fixed pool before it is read and goes back when its bytes are written, so the pool bounds
//! memory and nothing else does: no queue can grow. Articles meet no other article before the writer, and the writer
//! concatenates in input order, so that the bytes of every output are the same for any number of workers, size of
//! batches or of the pool. What this costs: a slow article delays the writer, never the other workers until the pool
//! is empty.
//!
//! Outputs are only ever appended to; the [`journal`] says up to where they are good, and a run that was killed goes
//! on from there.

mod batch;
mod directory;
mod files;
mod flow;
mod identity;
mod ids;
pub mod journal;
mod merge;
mod metrics;
mod outputs;
mod panics;
mod parts;
mod piece;
mod prepare;
mod preview;
mod progress;
mod quarantine;
mod reader;
mod reduce;
mod report;
mod retry;
mod run;
mod sample;
mod seen;
mod selection;
mod session;
mod slow;
mod worker;
mod writer;

pub use files::Inputs;
pub use merge::{Merged, merge};
pub use metrics::{Counts, Timings};
pub use panics::quiet_contained_panics;
pub use parts::command_of_run;
pub use piece::Shard;
pub use preview::{Preview, PreviewedInput, preview};
pub use progress::{Progress, Snapshot};
pub use retry::{Quarantined, retry};
pub use run::{Command, RunError, RunOptions, Start, Status, Summary, check, run};
pub use sample::SampleSize;
pub use slow::{SlowArticle, SlowArticles};

/// Version of the shipped tables' columns, in `run.json`. Columns are only ever appended, which raises it.
pub const TABLES_VERSION: u32 = 1;
