//! newsmill: from a news corpus to tables of who was named and who said what.

mod builtin;

pub use builtin::builtin;
