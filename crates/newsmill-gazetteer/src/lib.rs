//! Whole-word dictionary matching: the `gazetteer` stage.
//!
//! Name lists are compiled to a [`Names`]: flat arrays around one hash table of word sequences. A text is scanned token
//! by token; where a token may begin a name, the table is asked for the hash of its first word, its first two words,
//! and so on, and what it proposes is compared with the text letter by letter under the form's own policy (case,
//! diacritics, dots). So the cost doesn't depend on the number of names, whole words come for free, and no true name
//! is hidden by a longer one that isn't there. `DESIGN.md` beside this crate tells the algorithm in full.
//!
//! ```
//! use newsmill_core::lexicon::Lexicon;
//! use newsmill_gazetteer::{Compiler, read};
//!
//! let mut lists = Compiler::default();
//! read::read("own.csv", b"entity_id,type,name,alias\nx:1,place,Moscow,Moscow|Moskva\n", &mut lists).unwrap();
//! let (names, warnings) = lists.finish();
//! assert!(warnings.is_empty());
//! let found = names.find("MOSKVA").unwrap();
//! assert_eq!(names.entry(names.candidates(found)[0].entry).name, "Moscow");
//! ```

pub mod agree;
pub mod artefact;
pub mod atoms;
pub mod begins;
mod cells;
pub mod compile;
mod filter;
pub mod flags;
pub mod import;
pub mod interner;
mod layout;
pub mod names;
pub mod nearest;
pub mod overlap;
pub mod read;
pub mod scan;
pub mod stage;
mod store;
mod trie;
mod varint;

pub use compile::Compiler;
pub use names::Names;
pub use overlap::Overlap;
pub use stage::{Gazetteer, Options};
