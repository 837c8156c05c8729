//! Mentions in the making.

use newsmill_core::lexicon::{EntryId, NameId};

/// Types that the rules tell apart. Lists may bring others ([`Kind::Own`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A person or family.
    Person,
    /// A place.
    Place,
    /// An organization.
    Organization,
    /// A nationality, language or adjective made of a place's name.
    Demonym,
    /// An event.
    Event,
    /// Works, products, laws, awards.
    #[default]
    Other,
    /// A type of the user's list.
    Own,
}

impl Kind {
    /// The name in tables; empty for [`Kind::Own`], whose name is the list's.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::Place => "place",
            Kind::Organization => "organization",
            Kind::Demonym => "demonym",
            Kind::Event => "event",
            Kind::Other => "other",
            Kind::Own => "",
        }
    }

    /// The type of a list's entry.
    pub fn of_entry(kind: &str) -> Kind {
        match kind {
            "person" => Kind::Person,
            "place" => Kind::Place,
            "organization" => Kind::Organization,
            "demonym" => Kind::Demonym,
            "event" => Kind::Event,
            "other" => Kind::Other,
            _ => Kind::Own,
        }
    }
}

/// Facts about a mention that later steps need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(pub u16);

impl Marks {
    /// First word of a sentence, whose capital tells nothing.
    pub const INITIAL: Marks = Marks(1);
    /// Every word of it is also a common word.
    pub const COMMON: Marks = Marks(1 << 1);
    /// A title or role stands before it.
    pub const TITLED: Marks = Marks(1 << 2);
    /// Has the shape of a person's full name.
    pub const FULL_NAME: Marks = Marks(1 << 3);
    /// A head word tells its type.
    pub const HEADED: Marks = Marks(1 << 4);
    /// In capitals throughout.
    pub const ACRONYM: Marks = Marks(1 << 5);
    /// The list asks for context before it is believed.
    pub const AMBIGUOUS: Marks = Marks(1 << 6);
    /// The list has it only as a surname.
    pub const SURNAME: Marks = Marks(1 << 7);
    /// In a headline, where capitals tell nothing.
    pub const HEADLINE: Marks = Marks(1 << 8);
    /// Doesn't count unless another step vouches for it.
    pub const WEAK: Marks = Marks(1 << 9);
    /// The title before it is a king's, a pope's or the like.
    pub const ROYAL: Marks = Marks(1 << 10);
    /// Introduced by brackets: an acronym or its long form.
    pub const DEFINED: Marks = Marks(1 << 11);
    /// Another mention took its place.
    pub const REPLACED: Marks = Marks(1 << 12);

    /// Whether any bit of `other` is set.
    pub fn any(self, other: Marks) -> bool {
        self.0 & other.0 != 0
    }

    /// Clears the bits of `other`.
    pub fn clear(&mut self, other: Marks) {
        self.0 &= !other.0;
    }

    /// Sets the bits of `other`.
    pub fn set(&mut self, other: Marks) {
        self.0 |= other.0;
    }
}

/// No entity yet.
pub const NOBODY: u32 = u32::MAX;

/// A mention in the making.
#[derive(Clone, Copy, Debug)]
pub struct Proto {
    /// First token.
    pub first: u32,
    /// One past the last token.
    pub end: u32,
    /// Its sentence.
    pub sentence: u32,
    /// Key of its words, see [`View::key`](crate::view::View::key).
    pub key: u64,
    /// What it seems to be.
    pub kind: Kind,
    /// How sure the type is; see [`crate::typing`].
    pub strength: i16,
    /// What is known of it.
    pub marks: Marks,
    /// The list's form, if it is listed.
    pub name: Option<NameId>,
    /// The entity chosen for the form.
    pub entry: Option<EntryId>,
    /// How it was found.
    pub how: &'static str,
    /// Tokens of the title before it; empty if there is none.
    pub title: (u32, u32),
    /// Its entity: an index into the entities in the making.
    pub entity: u32,
}

impl Proto {
    /// Number of tokens.
    pub fn len(&self) -> u32 {
        self.end - self.first
    }
}
