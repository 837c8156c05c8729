//! What the list says of an entity, remembered from article to article: pure functions of the list, so that whether
//! an answer is remembered makes no difference but in time.

use newsmill_core::lexicon::{EntryId, Lexicon};

use crate::location::{Location, PlaceColumns};
use crate::proto::Kind;
use crate::resolve::code;

/// The facts that the rules ask for again and again.
#[derive(Clone, Copy, Debug, Default)]
pub struct EntryFacts {
    /// Type.
    pub kind: Kind,
    /// Country, if it has one.
    pub country: Option<[u8; 2]>,
    /// Weight; for places the population.
    pub prior: u32,
    /// Where a place lies; nowhere for other entities.
    pub location: Location,
}

/// Number of entities that are remembered.
const REMEMBERED: usize = 1 << 13;

/// The memory: one slot for each remainder of the entity's number.
#[derive(Default)]
pub struct Memo {
    /// The list's columns of where places lie.
    pub columns: PlaceColumns,
    slots: Vec<(u32, EntryFacts)>,
}

impl Memo {
    /// The facts of an entity.
    pub fn facts(&mut self, lexicon: &dyn Lexicon, id: EntryId) -> EntryFacts {
        if self.slots.is_empty() {
            self.slots.resize(REMEMBERED, (u32::MAX, EntryFacts::default()));
        }
        let slot = &mut self.slots[id.0 as usize % REMEMBERED];
        if slot.0 != id.0 {
            let entry = lexicon.entry(id);
            let kind = Kind::of_entry(entry.kind);
            let location = match kind {
                Kind::Place | Kind::Demonym => Location::of(lexicon, id, &entry, self.columns),
                _ => Location::default(),
            };
            *slot = (id.0, EntryFacts { kind, country: code(entry.country), prior: entry.prior, location });
        }
        slot.1
    }
}
