//! Who is meant: the stage `entities` turns gazetteer matches and capitalised text into mentions, each of one entity.
//!
//! It does what needs the whole article, in this order (`DESIGN.md` in this crate teaches the method):
//! 1. `scan` cuts each sentence into listed names, persons, headed names ("… University"), unknown names and titles.
//! 2. `acronyms` reads the definitions in brackets: "World Health Organization (WHO)".
//! 3. `fuzzy` forgives letters in long names that are unknown otherwise: "New Zeleand".
//! 4. `typing` sums the evidence of all contexts of a name; `resolve` chooses among the entities of a listed one.
//! 5. `places` chooses among places of one name: Paris in Texas, the state of Georgia.
//! 6. `coref` gives surnames, given names, acronyms and short forms the entity that the article names in full.
//!
//! There is no model: every decision can be traced to a line of `rules/en`. The price is that names in lower case
//! are found only if the list allows it, and that languages other than English get listed names only.
//!
//! # How a mention was found
//! The words in [`Mention::how`](newsmill_core::layers::Mention::how):
//!
//! | `how` | meaning |
//! |---|---|
//! | `exact` | a listed form, letter for letter |
//! | `folded` | a listed form after folding case, diacritics or dots |
//! | `fuzzy` | one or two letters off a listed form, or another transliteration of it |
//! | `surname` | a surname (or a family name that comes first) of a person of the article |
//! | `given` | a given name of a person of the article |
//! | `acronym` | an acronym of a name of the article, introduced in brackets or made of its initials |
//! | `short` | part of an organization's or event's name: "the Senate", "Woolworths" |
//! | `discovered` | not listed: found by its shape and context |
//!
//! A demonym keeps `exact` or `folded`; its [`kind`](newsmill_core::layers::Mention::kind) is `demonym`, its entity the
//! country.

mod acronyms;
mod case;
mod coref;
mod emit;
mod fuzzy;
mod generic;
mod identity;
mod index;
mod language;
mod location;
mod memo;
mod people;
mod places;
mod proto;
mod resolve;
mod results;
mod rules;
mod scan;
mod stage;
mod towns;
mod typing;
mod validity;
mod view;
mod words;

pub use case::{CaseScratch, WordCase, WordCases};
pub use stage::{EntitiesOptions, EntitiesStage};
