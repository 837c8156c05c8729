//! Quotations: who said what.

pub mod tagger;
