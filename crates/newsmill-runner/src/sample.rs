//! A sample of the articles that depends on their ids alone: not on their order, on files or on how often it is drawn.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use newsmill_core::document::Article;
use newsmill_core::hash::xxh64;
use newsmill_core::input::Frame;

use crate::files::Inputs;
use crate::reader;

/// Sets these hashes apart from those that tell whether an article was seen.
const SEED: u64 = 0x5A3F_1E00_0000_0001;

/// How large a sample is.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleSize {
    /// About this share of the articles, 0 to 1.
    Share(f64),
    /// So many ids; the input is read once more to find them.
    Count(u64),
}

/// The articles whose hash isn't above a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    limit: Option<u64>,
}

impl Sample {
    pub(crate) fn new(size: SampleSize, inputs: &Inputs<'_>, stop: &AtomicBool) -> Result<Self, String> {
        match size {
            SampleSize::Share(share) => {
                // Saturates: a share of 1 is all.
                let hashes = (share * 2f64.powi(64)) as u64;
                Ok(Sample { limit: hashes.checked_sub(1) })
            }
            SampleSize::Count(_) if inputs.has_stdin() => Err(
                "a number of articles can't be sampled from standard input, which is read only once; give a share, such \
                 as 0.01"
                    .to_owned(),
            ),
            SampleSize::Count(count) => Self::of_count(count, inputs, stop),
        }
    }

    /// Goes through all ids; only the smallest hashes are kept.
    fn of_count(count: u64, inputs: &Inputs<'_>, stop: &AtomicBool) -> Result<Self, String> {
        let mut smallest = BTreeSet::new();
        reader::each_article(inputs, stop, |frame, article, _| {
            let hash = hash_of(frame, article);
            if (smallest.len() as u64) < count || smallest.last().is_some_and(|last| hash < *last) {
                smallest.insert(hash);
                if smallest.len() as u64 > count {
                    smallest.pop_last();
                }
            }
            true
        })?;
        let is_all = (smallest.len() as u64) < count;
        Ok(Sample { limit: if is_all { Some(u64::MAX) } else { smallest.last().copied() } })
    }

    pub(crate) fn holds(self, frame: &Frame<'_>, article: &Article) -> bool {
        self.limit.is_some_and(|limit| hash_of(frame, article) <= limit)
    }
}

/// Of the id; of a record without one, of its bytes.
fn hash_of(frame: &Frame<'_>, article: &Article) -> u64 {
    let identity = if article.id.is_empty() { frame.bytes } else { article.id.as_bytes() };
    xxh64(identity, SEED)
}
