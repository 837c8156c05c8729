//! The Parquet sink: any layer as a typed, dictionary-encoded file.
//!
//! [`Parquet`] writes rows in the internal form of [`reduce`](newsmill_core::reduce) and leaves it to the runner when to
//! make something of them: [`File`] turns a chunk of rows into a Parquet file of one row group, in a thread of the
//! runner's, and in the end copies the row groups of all chunks into one file. So a run that was killed goes on with the
//! chunks that it has, and encoding is parallel. The price is that all is written twice, the second time as a copy.

mod file;
mod sink;

pub use file::File;
pub use sink::{Options, Parquet};
