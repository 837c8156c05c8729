//! Which of the articles that are read are processed.

use newsmill_core::document::Article;
use newsmill_core::input::Frame;

use crate::sample::Sample;
use crate::seen::{Known, Seen, pair_of};

/// Everything that an article must pass. By default it is nothing.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// What a run has already.
    pub seen: Option<Seen>,
    /// A sample is wanted.
    pub sample: Option<Sample>,
    /// What is known with another text is wanted as it is: it was in the quarantine when that other text came.
    pub retry: bool,
}

/// What is to be done with a record's article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Process,
    /// The run has it with another text.
    Changed,
    /// The run has it as it is.
    Unchanged,
    /// It isn't in the sample.
    LeftOut,
}

impl Selection {
    /// Decides about an article, of which a failed record has at most the id.
    pub(crate) fn choose(&self, frame: &Frame<'_>, article: &Article, decoded: bool) -> Choice {
        if self.sample.is_some_and(|sample| !sample.holds(frame, article)) {
            return Choice::LeftOut;
        }
        match &self.seen {
            Some(seen) if decoded => match seen.knows(pair_of(article)) {
                Known::New => Choice::Process,
                Known::Changed if self.retry => Choice::Process,
                Known::Changed => Choice::Changed,
                Known::Unchanged => Choice::Unchanged,
            },
            _ => Choice::Process,
        }
    }
}
