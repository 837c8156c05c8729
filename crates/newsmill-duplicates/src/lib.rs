//! Near-duplicates over a whole corpus: wire copy that several papers print, with a few words changed.
//!
//! It takes two passes, and each is a run of its own ("A pass is a run" in `ARCHITECTURE.md`). The first writes a
//! [`Fingerprints`] row for each article; the second loads that table, decides who copies whom when it is built, and then
//! looks up each article ([`Duplicates`]). Order, resume and bounded memory of a run hold for both, and the result is the
//! same for any number of workers, because the table is.
//!
//! A fingerprint is a MinHash (Broder 1997) of the body's shingles of four words: the share of equal values in two
//! fingerprints estimates the Jaccard similarity of the two sets of shingles. Banding (Leskovec, Rajaraman and Ullman,
//! *Mining of Massive Datasets*, chapter 3) finds candidates without comparing all pairs. Articles are taken in the order of
//! the input: one that is similar enough to an earlier original is a duplicate of the most similar one; else it is an
//! original itself. So each article that is called a duplicate was compared with the very article that it is said to copy.
//!
//! # Measured
//!
//! On 260 made copies among 900 generated articles, with 120 follow-ups that repeat a quarter of an earlier article
//! (`tests/suite/duplicates.rs`): precision 1.000, recall 0.985. All copies are found that differ by a dateline and a contact, by
//! a cut tenth, by one word in forty, by capitals and marks, or by the order of two paragraphs; of those that lost their last quarter,
//! whose similarity is about 0.75, 39 of 43.
//!
//! At its peak the second pass takes 1.6 KB for each original and 0.6 KB for each duplicate: 1.6 GB a million originals. 0.6 KB
//! of either is the table of the first pass, which is let go when all is decided.
//! `NEWSMILL_FINGERPRINTS=1000000 cargo test --release -p newsmill-tests --test suite -- duplicates --nocapture` prints all of these.

mod duplicates;
mod fingerprints;
mod index;
mod signature;

pub use duplicates::Duplicates;
pub use fingerprints::Fingerprints;
