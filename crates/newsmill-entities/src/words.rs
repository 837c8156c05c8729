//! What the stage knows of single words: classes from the rule files, looked up by the token's hash.

use newsmill_core::fold::{fold, fold_hash};
use newsmill_core::layers::TokenFlags;

use crate::case::Learnt;
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
    /// A frequent function word of English.
    ENGLISH = 39;
    /// A frequent function word of another language.
    FOREIGN = 40;
    /// A vote: election, referendum.
    VOTE_HEAD = 35;
    /// Begins with a capital here; of the token, not of the word.
    CAPITAL = 41;
    /// A word that doesn't; likewise.
    LOWER = 42;
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
    #[inline]
    pub const fn with(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }
}

/// What is known of one word, in eight bytes.
#[derive(Clone, Copy, Default)]
pub struct Slot {
    hash: u32,
    /// Index of the classes, plus one; 0 for an empty slot.
    class: u16,
    /// Length and first byte of the folded word.
    check: [u8; 2],
}

fn check_of(word: &str) -> [u8; 2] {
    let check = |folded: &str| [folded.len() as u8, folded.bytes().next().unwrap_or(0).to_ascii_lowercase()];
    if word.is_ascii() { check(word) } else { check(&fold(word)) }
}

/// Folding may change length and first letter of what isn't ASCII.
#[cold]
fn folds_to(text: &[u8], start: usize, end: usize, check: [u8; 2]) -> bool {
    let token = text.get(start..end).and_then(|t| std::str::from_utf8(t).ok());
    token.is_some_and(|t| check_of(t) == check)
}

/// Number of slots: the words of the rule files fill a third: what isn't listed is known so after a probe or two.
const SLOTS: usize = 1 << 18;

/// All words of the rule files with their classes: open addressing on the token hash.
///
/// A word is taken for known if hash, length and first letter agree, 44 bits or more, without a look at its text: of a
/// hundred million unknown words, about ten would be mistaken for one of the list.
pub struct Words {
    slots: Box<[Slot; SLOTS]>,
    /// The different sets of classes.
    classes: Vec<Class>,
}

/// An empty table, made on the heap.
fn empty_slots() -> Box<[Slot; SLOTS]> {
    match vec![Slot::default(); SLOTS].try_into() {
        Ok(slots) => slots,
        Err(_) => unreachable!("the length is that of the array"),
    }
}

/// The words while the rule files are read: the table that becomes [`Words`], with each word's classes beside its slot.
pub struct Listed {
    slots: Box<[Slot; SLOTS]>,
    classes: Vec<Class>,
    count: usize,
}

impl Listed {
    /// No words yet.
    pub fn new() -> Listed {
        Listed { slots: empty_slots(), classes: vec![Class::default(); SLOTS], count: 0 }
    }

    /// Adds classes to a word, in any case. Words beyond half of the table's slots are left out.
    ///
    /// A word that comes earlier has a slot nearer to where it is looked for.
    pub fn add(&mut self, word: &str, class: Class) {
        if word.is_empty() {
            return;
        }
        let (at, is_new) = self.find(word);
        if is_new {
            if self.count >= SLOTS / 2 {
                return;
            }
            self.count += 1;
            self.slots[at] = Slot { hash: fold_hash(word), class: 1, check: check_of(word) };
        }
        self.classes[at] = self.classes[at].with(class);
    }

    /// The classes of a word.
    fn get(&self, word: &str) -> Class {
        self.classes[self.find(word).0]
    }

    fn remove(&mut self, word: &str, class: Class) {
        let at = self.find(word).0;
        self.classes[at].0 &= !class.0;
    }

    /// The slot of a word, or the free one where it may go.
    fn find(&self, word: &str) -> (usize, bool) {
        let (hash, check) = (fold_hash(word), check_of(word));
        let mut at = hash as usize % SLOTS;
        loop {
            let slot = self.slots[at];
            match slot.class {
                0 => return (at, true),
                _ if slot.hash == hash && slot.check == check => return (at, false),
                _ => at = (at + 1) % SLOTS,
            }
        }
    }
}

/// A word is judged by a corpus that writes it as often as this.
const ENOUGH: u64 = 5;
/// For once in lower case, how often a word has its own capital that is a name and no common word.
const NAME: u64 = 20;

/// Corrects the classes of a word that a corpus writes otherwise than the lists have it.
fn learn(listed: &mut Listed, learnt: &Learnt) {
    let Learnt { word, lower, capital } = learnt;
    let known = listed.get(word);
    if lower + capital < ENOUGH {
        return;
    }
    let part_of_names = Class::CLOSED
        .with(Class::CALENDAR)
        .with(Class::ANY_TITLE)
        .with(Class::MODIFIER)
        .with(Class::HEAD_LAST)
        .with(Class::HEAD_FIRST)
        .with(Class::HEAD_OF);
    if lower > capital && !known.any(Class::COMMON) {
        listed.add(word, Class::RARE);
    } else if *capital >= NAME * (lower + 1) && !known.any(part_of_names) {
        listed.remove(word, Class::COMMON.with(Class::RARE));
    }
}

impl Words {
    /// Reads the English rule files.
    pub fn english() -> Words {
        Words::english_and(&[])
    }

    /// Reads the English rule files, corrected by what a corpus writes.
    pub fn english_and(learnt: &[Learnt]) -> Words {
        let mut listed = Listed::new();
        rules::load_english(&mut |word, class| listed.add(word, class));
        for word in learnt {
            learn(&mut listed, word);
        }
        Words::new(listed)
    }

    fn new(listed: Listed) -> Words {
        let Listed { mut slots, classes: of_slots, .. } = listed;
        let used = |slot: &Slot| slot.class != 0;
        let mut classes: Vec<Class> =
            slots.iter().zip(&of_slots).filter(|(slot, _)| used(slot)).map(|(_, &class)| class).collect();
        classes.sort_unstable_by_key(|c| c.0);
        classes.dedup();
        for (slot, class) in slots.iter_mut().zip(&of_slots).filter(|(slot, _)| used(slot)) {
            slot.class = classes.partition_point(|c| c.0 < class.0) as u16 + 1;
        }
        Words { slots, classes }
    }

    /// Where the probes for these hashes begin, for [`class`](Words::class). The table is larger than the nearest
    /// cache: read without a look at what is found, the slots of many words come at the same time.
    pub fn first_slots(&self, hashes: &[u32], out: &mut Vec<Slot>) {
        out.clear();
        out.extend(hashes.iter().map(|&hash| self.slots[hash as usize % SLOTS]));
    }

    /// The classes of the token `start..end` of a text, with its [`fold_hash`], first slot and flags.
    #[inline]
    pub fn class(
        &self,
        hash: u32,
        mut slot: Slot,
        text: &[u8],
        (start, end): (usize, usize),
        flags: TokenFlags,
    ) -> Class {
        let mut at = hash as usize % SLOTS;
        loop {
            if slot.class == 0 {
                return Class::default();
            }
            if slot.hash == hash {
                let check = [(end - start) as u8, text.get(start).map_or(0, u8::to_ascii_lowercase)];
                let unfolded = flags.has(TokenFlags::NON_ASCII);
                if check == slot.check || (unfolded && folds_to(text, start, end, slot.check)) {
                    return self.classes.get(slot.class as usize - 1).copied().unwrap_or_default();
                }
            }
            at = (at + 1) % SLOTS;
            slot = self.slots[at];
        }
    }

    #[cfg(test)]
    fn of(&self, word: &str) -> Class {
        let flags = if word.is_ascii() { TokenFlags(0) } else { TokenFlags::NON_ASCII };
        let hash = fold_hash(word);
        self.class(hash, self.slots[hash as usize % SLOTS], word.as_bytes(), (0, word.len()), flags)
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
    fn every_listed_word_is_found_with_its_own_classes() {
        let mut listed = std::collections::BTreeMap::<String, Class>::new();
        rules::load_english(&mut |word, class| {
            let all = listed.entry(fold(word)).or_default();
            *all = all.with(class);
        });
        assert!(listed.len() < SLOTS / 2, "{} words: make the table larger", listed.len());
        let words = Words::english();
        for (word, class) in &listed {
            assert_eq!(words.of(word), *class, "{word}");
        }
    }
}
