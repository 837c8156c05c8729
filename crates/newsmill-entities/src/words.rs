//! What the stage knows of single words: classes from the rule files, looked up by the token's hash.

use newsmill_core::fold::{fold, fold_hash};

use crate::rules;

/// What a word may be in or beside a name: a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Class(pub u64);

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $bit:expr;)*) => {
        impl Class {
            $($(#[$doc])* pub const $name: Class = Class(1 << $bit);)*
        }
    };
}

classes! {
    /// A man's given name.
    GIVEN_M = 0;
    /// A woman's given name.
    GIVEN_F = 1;
    /// A given name of unknown gender.
    GIVEN = 2;
    /// A surname.
    SURNAME = 3;
    /// A surname of the most frequent thousand.
    FREQUENT_SURNAME = 4;
    /// An English word that is written in lower case.
    COMMON = 5;
    /// A word that never begins a name by itself.
    CLOSED = 6;
    /// A month or a day.
    CALENDAR = 7;
    /// A title only before a name.
    HONORIFIC = 8;
    /// A title before a given name that may stand alone.
    ROYAL = 9;
    /// An office or profession, capitalised.
    ROLE = 10;
    /// Begins a role.
    MODIFIER = 11;
    /// A title of men.
    TITLE_M = 12;
    /// A title of women.
    TITLE_F = 13;
    /// May stand in lower case inside a person's name.
    PARTICLE = 14;
    /// A surname of a language that puts it first.
    FAMILY_FIRST = 15;
    /// Ends a name and tells its type.
    HEAD_LAST = 16;
    /// Begins a name and tells its type.
    HEAD_FIRST = 17;
    /// May be followed by "of …" inside a name.
    HEAD_OF = 18;
    /// The head is an organization's.
    OF_ORGANIZATION = 19;
    /// The head is a place's.
    OF_PLACE = 20;
    /// The head is an event's or a work's.
    OF_EVENT = 21;
    /// Ends the name of a company.
    COMPANY = 22;
    /// Ends the name of a newspaper, station or magazine.
    MEDIA = 23;
    /// Ends the name of a team.
    TEAM = 24;
    /// A verb of saying.
    SAY = 25;
    /// A preposition before places.
    PLACE_PREPOSITION = 26;
    /// An adjective before places.
    PLACE_MODIFIER = 27;
    /// A noun for a person, in lower case.
    PERSON_NOUN = 28;
    /// A noun for an organization, in lower case.
    ORGANIZATION_NOUN = 29;
    /// A noun for a place, in lower case.
    PLACE_NOUN = 30;
    /// A noun for an event or a work, in lower case.
    EVENT_NOUN = 31;
    /// who, whom, whose.
    PERSON_PRONOUN = 32;
    /// A generational suffix: Jr., III.
    GENERATION = 33;
    /// An adjective of votes.
    VOTE = 34;
    /// An abbreviation that is no name.
    NOT_NAME = 36;
    /// A less frequent English word that is written in lower case.
    RARE = 37;
    /// first, second …
    ORDINAL = 38;
    /// A vote: election, referendum.
    VOTE_HEAD = 35;
}

impl Class {
    /// Any kind of given name.
    pub const ANY_GIVEN: Class = Class(Class::GIVEN.0 | Class::GIVEN_M.0 | Class::GIVEN_F.0);
    /// Any capitalised title that a name may follow.
    pub const ANY_TITLE: Class = Class(Class::HONORIFIC.0 | Class::ROYAL.0 | Class::ROLE.0);

    /// Whether any bit of `other` is set.
    #[inline]
    pub fn any(self, other: Class) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets.
    #[must_use]
    pub const fn with(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }
}

#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u32,
    start: u32,
    len: u32,
    class: Class,
}

/// All words of the rule files with their classes: open addressing on the token hash, verified by the text.
pub struct Words {
    slots: Vec<Slot>,
    mask: u32,
    text: String,
    filled: usize,
}

impl Words {
    /// Reads the English rule files.
    pub fn english() -> Words {
        let mut words = Words {
            slots: vec![Slot::default(); 1 << 18],
            mask: (1 << 18) - 1,
            text: String::new(),
            filled: 0,
        };
        rules::load_english(&mut words);
        words
    }

    /// Adds classes to a word; with and without a final dot if it is an abbreviation's.
    pub fn add(&mut self, word: &str, class: Class) {
        let folded = fold(word);
        let hash = fold_hash(&folded);
        let mut at = hash & self.mask;
        loop {
            let slot = self.slots[at as usize];
            if slot.len == 0 {
                break;
            }
            if slot.hash == hash && self.text_of(slot) == folded {
                self.slots[at as usize].class = slot.class.with(class);
                return;
            }
            at = (at + 1) & self.mask;
        }
        // Half full at most, so that probing stays short and ends.
        if folded.is_empty() || self.filled * 2 >= self.slots.len() {
            return;
        }
        self.filled += 1;
        let start = self.text.len() as u32;
        self.text.push_str(&folded);
        self.slots[at as usize] = Slot { hash, start, len: folded.len() as u32, class };
    }

    fn text_of(&self, slot: Slot) -> &str {
        &self.text[slot.start as usize..(slot.start + slot.len) as usize]
    }

    /// The classes of a token with this text and [`fold_hash`].
    #[inline]
    pub fn class(&self, hash: u32, text: &str) -> Class {
        let mut at = hash & self.mask;
        loop {
            let slot = self.slots[at as usize];
            if slot.len == 0 {
                return Class::default();
            }
            if slot.hash == hash && self.same(slot, text) {
                return slot.class;
            }
            at = (at + 1) & self.mask;
        }
    }

    #[inline]
    fn same(&self, slot: Slot, text: &str) -> bool {
        let known = self.text_of(slot);
        if text.is_ascii() { known.eq_ignore_ascii_case(text) } else { fold(text) == known }
    }

    #[cfg(test)]
    fn of(&self, word: &str) -> Class {
        self.class(fold_hash(word), word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_the_rule_files_are_found_by_hash_in_any_case() {
        let words = Words::english();
        assert!(words.of("MAY").any(Class::CALENDAR));
        assert!(words.of("University").any(Class::HEAD_OF));
        assert!(words.of("Mr.").any(Class::HONORIFIC) && words.of("Mr").any(Class::TITLE_M));
        assert!(words.of("reading").any(Class::COMMON));
        assert!(words.of("Xi").any(Class::FAMILY_FIRST));
        assert_eq!(words.of("Belousovv"), Class::default());
        assert_eq!(words.of(""), Class::default());
    }

    #[test]
    fn table_stays_at_most_half_full() {
        let words = Words::english();
        assert!(words.filled * 2 < words.slots.len(), "{} words", words.filled);
    }
}
