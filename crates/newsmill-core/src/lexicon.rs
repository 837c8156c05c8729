//! What later stages may ask of the name list that a `matches` layer was made with.
//!
//! The trait lives here so that the entities stage needs no particular gazetteer crate.

/// Index of an entry (an entity) in a lexicon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub u32);

/// Index of a name form in a lexicon. Several entries may share it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

/// An entity of a name list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Stable id.
    pub id: &'a str,
    /// Open vocabulary: person, place, organization, demonym, event, other, or the user's own.
    pub kind: &'a str,
    /// Finer type, may be empty.
    pub subtype: &'a str,
    /// Canonical name.
    pub name: &'a str,
    /// ISO 3166 alpha-2 code, may be empty.
    pub country: &'a str,
    /// Weight for choosing among entities of one name; for places the population.
    pub prior: u32,
}

/// How a name form may be used; see the gazetteer's README for the words behind the bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameFlags(pub u16);

impl NameFlags {
    /// Only in exactly this case.
    pub const EXACT: NameFlags = NameFlags(1);
    /// In any case.
    pub const ANY_CASE: NameFlags = NameFlags(1 << 1);
    /// A common word or shared name: needs context.
    pub const AMBIGUOUS: NameFlags = NameFlags(1 << 2);
    /// An abbreviation.
    pub const ABBREVIATION: NameFlags = NameFlags(1 << 3);
    /// A bare surname: a back-reference, never a first mention (unless also `FAMOUS`).
    pub const SURNAME: NameFlags = NameFlags(1 << 4);
    /// A surname that is used alone at first mention.
    pub const FAMOUS: NameFlags = NameFlags(1 << 5);
    /// A transliteration or foreign form.
    pub const VARIANT: NameFlags = NameFlags(1 << 6);
    /// Diacritics must agree.
    pub const NO_FOLD: NameFlags = NameFlags(1 << 7);
    /// Never matched fuzzily.
    pub const NO_FUZZY: NameFlags = NameFlags(1 << 8);
    /// The entry's canonical name.
    pub const CANONICAL: NameFlags = NameFlags(1 << 9);

    /// Whether all bits of `other` are set.
    pub fn has(self, other: NameFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets of bits.
    #[must_use]
    pub fn with(self, other: NameFlags) -> NameFlags {
        NameFlags(self.0 | other.0)
    }
}

/// One entity that a name form may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The entity.
    pub entry: EntryId,
    /// How this form may be used for it.
    pub flags: NameFlags,
}

/// A name that is close to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// The name form.
    pub name: NameId,
    /// Edit distance in characters.
    pub distance: u8,
}

/// A read-only name list, shared by all workers.
pub trait Lexicon: Send + Sync {
    /// Number of entries.
    fn len(&self) -> usize;
    /// Whether the list is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// An entry. Panics if the id isn't one of this lexicon's.
    fn entry(&self, id: EntryId) -> Entry<'_>;
    /// The form as listed.
    fn name(&self, id: NameId) -> &str;
    /// The entities that a form may stand for, highest prior first; never empty.
    fn candidates(&self, id: NameId) -> &[Candidate];
    /// The name forms of an entry.
    fn names_of(&self, id: EntryId) -> &[NameId];
    /// Values of [`extra_columns`](Lexicon::extra_columns) for an entry; empty text where it has none.
    fn extra(&self, id: EntryId, column: usize) -> &str;
    /// Headers of the columns that the user's lists have beyond the known ones. `gender` (m, f) and `role` are
    /// read by the entities stage if they are among them.
    fn extra_columns(&self) -> &[String];
    /// The name form that equals this text after folding (case, diacritics, apostrophes, white space, hyphens).
    fn find(&self, text: &str) -> Option<NameId>;
    /// The nearest name within `max_distance` edits of this text, if there is exactly one nearest entity.
    fn nearest(&self, text: &str, max_distance: u8) -> Option<Nearest>;
}
