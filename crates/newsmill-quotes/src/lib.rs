//! Quotations: who said what.
//!
//! The stage [`QuoteStage`] (kind `quotes`) pairs quotation marks, finds reporting verbs and phrases with the clauses
//! that they report, and resolves their sources. It needs no parser: word lists, a small grammar of noun phrases and
//! verb groups, and the speaker chain do the work. `DESIGN.md` explains the method; `rules/en/` holds the language.

mod candidates;
mod choose;
mod clauses;
mod confidence;
mod emit;
mod free;
mod groups;
mod inflect;
mod lexicon;
mod loose;
mod marks;
mod others;
mod phrases;
mod reasons;
mod resolve;
mod rules;
mod stage;
pub mod tagger;
mod tags;
mod verbs;
mod view;
mod words;

pub use reasons::{QUOTE_REASONS, QuoteReason, QuoteReasons};
pub use stage::{LanguageOption, Options, Profile, QuoteStage, ScopeOption, Scratch};
