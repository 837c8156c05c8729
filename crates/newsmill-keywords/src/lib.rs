//! Keywords: the words that stand out in an article against its corpus.
//!
//! It takes two passes, and each is a run of its own ("A pass is a run" in `ARCHITECTURE.md`). The first counts words over the
//! corpus in a table that is folded by word ([`Terms`]); the second loads it and weighs the words of each article
//! ([`Keywords`]).
//!
//! The weight is the log-odds ratio with an informative Dirichlet prior, in standard deviations (Monroe, Colaresi and Quinn,
//! "Fightin' Words", *Political Analysis* 16, 2008): how much more frequent a word is in the article than in the rest of the
//! corpus, given that small counts prove little. Words that every article has get no weight, so no list of stop words is
//! needed, and it works in every language whose words the tokenizer tells apart.

mod keywords;
mod terms;

pub use keywords::Keywords;
pub use terms::Terms;
