//! What makes a listed entity the same as another mention's: its id, its place behind a demonym, the words of its name.
//! Remembered from article to article: a pure function of the list.

use newsmill_core::fold::{fold, fold_hash};
use newsmill_core::hash::content_hash;
use newsmill_core::lexicon::{Candidate, EntryId, Lexicon};

use crate::proto::Kind;
use crate::view::{KEY_SEED, join_hashes, mix};

/// The identity of a listed entity.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity {
    /// Hash of its id, which a country shares with its demonym.
    pub id: u64,
    /// The entry to report: for a demonym that of the country, if the list has both.
    pub main: EntryId,
    /// Type of that entry.
    pub kind: Kind,
    /// Hashes of the first and the last word of its name.
    pub names: (u32, u32),
    /// Key of its name's words.
    pub key: u64,
}

/// Number of entities that are remembered.
const REMEMBERED: usize = 1 << 12;

/// The memory: one slot for each remainder of the entity's number.
#[derive(Default)]
pub struct Identities {
    slots: Vec<(u32, Identity)>,
}

impl Identities {
    /// The identity of an entity.
    pub fn of(&mut self, lexicon: &dyn Lexicon, entry: EntryId) -> Identity {
        if self.slots.is_empty() {
            self.slots.resize(REMEMBERED, (u32::MAX, Identity::default()));
        }
        let slot = &mut self.slots[entry.0 as usize % REMEMBERED];
        if slot.0 != entry.0 {
            let row = lexicon.entry(entry);
            let main = place_behind_demonym(lexicon, entry);
            let identity = Identity {
                id: content_hash(row.id.as_bytes()) as u64,
                main,
                kind: Kind::of_entry(lexicon.entry(main).kind),
                names: name_hashes(row.name),
                key: text_key(&fold(row.name)),
            };
            *slot = (entry.0, identity);
        }
        slot.1
    }
}

/// The entry of the country for the entry of its demonym, if the list has both.
fn place_behind_demonym(lexicon: &dyn Lexicon, entry: EntryId) -> EntryId {
    let row = lexicon.entry(entry);
    if row.kind != "demonym" {
        return entry;
    }
    let Some(name) = lexicon.find(row.name) else { return entry };
    let of_country = |c: &&Candidate| {
        let other = lexicon.entry(c.entry);
        other.id == row.id && other.kind != "demonym"
    };
    lexicon.candidates(name).iter().find(of_country).map_or(entry, |c| c.entry)
}

/// Hashes of the first and the last word of a name.
fn name_hashes(name: &str) -> (u32, u32) {
    let mut words =
        name.split_whitespace().filter(|w| !matches!(*w, "Jr." | "Jr" | "Sr." | "II" | "III" | "IV"));
    let first = words.next().unwrap_or("");
    let hash = |word: &str| join_hashes(word.split('-').map(fold_hash));
    (hash(first), hash(words.next_back().unwrap_or(first)))
}

/// The key of a folded name's words, as [`View::key`] makes it of tokens.
fn text_key(folded: &str) -> u64 {
    folded.split_whitespace().fold(KEY_SEED, |key, word| mix(key, fold_hash(word)))
}
