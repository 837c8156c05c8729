//! A compiled name list: flat arrays that answer everything a [`Lexicon`] is asked.

use newsmill_core::lexicon::{Candidate, Entry, EntryId, Lexicon, NameFlags, NameId, Nearest};

use crate::agree::agree;
use crate::atoms::{Atoms, atom_hash, extend_hash};
use crate::nearest::FuzzyIndex;
use crate::trie::Trie;

/// Strings laid end to end: string `i` is bytes `starts[i]..starts[i + 1]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub text: String,
    pub starts: Vec<u32>,
}

impl Table {
    pub fn get(&self, index: usize) -> &str {
        &self.text[self.starts[index] as usize..self.starts[index + 1] as usize]
    }
}

/// Type, subtype and country of an entry, as numbers of [`Names::strings`]: few combinations, many entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Profile {
    pub kind: u32,
    pub subtype: u32,
    pub country: u32,
}

/// Where a form of an entity was listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance<'a> {
    /// The list, as the config names it.
    pub file: &'a str,
    /// Line, from 1.
    pub line: u32,
}

/// Set in [`Names::policy`] for the last name of those with the same atoms.
pub(crate) const LAST: u8 = 1 << 7;
/// Set in [`Names::policy`] for a form that ends with marks other than dots.
pub(crate) const TAIL: u8 = 1 << 6;
/// Set in [`Names::policy`] for [`NameFlags::NO_FOLD`], which doesn't fit its own bit.
const NO_FOLD_BIT: u8 = 1 << 5;

/// The bits of [`Names::policy`] for a form's flags.
pub(crate) fn policy_of(flags: NameFlags) -> u8 {
    let own = NameFlags::EXACT.with(NameFlags::ANY_CASE).with(NameFlags::ABBREVIATION);
    let low = (flags.0 & own.0) as u8;
    if flags.has(NameFlags::NO_FOLD) { low | NO_FOLD_BIT } else { low }
}

/// The flags that decide whether a text is the form.
pub(crate) fn flags_of(policy: u8) -> NameFlags {
    let low = NameFlags(u16::from(policy & !(LAST | TAIL | NO_FOLD_BIT)));
    if policy & NO_FOLD_BIT != 0 { low.with(NameFlags::NO_FOLD) } else { low }
}

/// A compiled name list.
///
/// Names with the same atoms stand side by side, so that the trie needs to name only the first.
#[derive(Default)]
pub struct Names {
    pub(crate) trie: Trie,
    /// The forms.
    pub(crate) forms: Table,
    /// How each form is compared, with [`LAST`] and [`TAIL`].
    pub(crate) policy: Vec<u8>,
    /// Where each name's candidates start, and one more.
    pub(crate) candidate_starts: Vec<u32>,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) ids: Table,
    /// Canonical name of each entry: a name, or with [`Names::OWN_NAME`] a number of `strings`.
    pub(crate) canonical: Vec<u32>,
    pub(crate) profile: Vec<u32>,
    pub(crate) prior: Vec<u32>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) strings: Table,
    /// Where each entry's names start, and one more.
    pub(crate) name_starts: Vec<u32>,
    pub(crate) names: Vec<NameId>,
    /// File and line of each of `names`.
    pub(crate) places: Vec<(u16, u32)>,
    pub(crate) files: Vec<String>,
    pub(crate) extra_columns: Vec<String>,
    /// Numbers of `strings`, `extra_columns.len()` for each entry.
    pub(crate) extra: Vec<u32>,
    pub(crate) fuzzy: std::sync::OnceLock<FuzzyIndex>,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Names({} entries, {} names)", self.profile.len(), self.policy.len())
    }
}

impl Names {
    /// In `canonical`: the name isn't among the forms.
    pub(crate) const OWN_NAME: u32 = 1 << 31;

    /// Number of names (forms with their policy).
    pub fn name_count(&self) -> usize {
        self.policy.len()
    }

    /// The flags that decide whether a text is this form.
    pub fn policy(&self, name: NameId) -> NameFlags {
        flags_of(self.policy[name.0 as usize])
    }

    /// Where the forms of an entry were listed, in the order of [`names_of`](Lexicon::names_of).
    pub fn places_of(&self, entry: EntryId) -> impl Iterator<Item = Provenance<'_>> {
        let range =
            self.name_starts[entry.0 as usize] as usize..self.name_starts[entry.0 as usize + 1] as usize;
        self.places[range].iter().map(|&(file, line)| Provenance { file: &self.files[file as usize], line })
    }

    /// The names that have the same atoms as this one, from `first` on.
    pub(crate) fn group(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = Some(first);
        std::iter::from_fn(move || {
            let name = at?;
            at = (self.policy[name as usize] & LAST == 0).then_some(name + 1);
            Some(name)
        })
    }
}

impl Lexicon for Names {
    fn len(&self) -> usize {
        self.profile.len()
    }

    fn entry(&self, id: EntryId) -> Entry<'_> {
        let at = id.0 as usize;
        let profile = self.profiles[self.profile[at] as usize];
        let string = |index: u32| self.strings.get(index as usize);
        let canonical = self.canonical[at];
        Entry {
            id: self.ids.get(at),
            kind: string(profile.kind),
            subtype: string(profile.subtype),
            name: if canonical & Self::OWN_NAME == 0 {
                self.forms.get(canonical as usize)
            } else {
                string(canonical & !Self::OWN_NAME)
            },
            country: string(profile.country),
            prior: self.prior[at],
        }
    }

    fn name(&self, id: NameId) -> &str {
        self.forms.get(id.0 as usize)
    }

    fn candidates(&self, id: NameId) -> &[Candidate] {
        let at = id.0 as usize;
        &self.candidates[self.candidate_starts[at] as usize..self.candidate_starts[at + 1] as usize]
    }

    fn names_of(&self, id: EntryId) -> &[NameId] {
        let at = id.0 as usize;
        &self.names[self.name_starts[at] as usize..self.name_starts[at + 1] as usize]
    }

    fn extra(&self, id: EntryId, column: usize) -> &str {
        let width = self.extra_columns.len();
        match self.extra.get(id.0 as usize * width + column) {
            Some(&value) if column < width => self.strings.get(value as usize),
            _ => "",
        }
    }

    fn extra_columns(&self) -> &[String] {
        &self.extra_columns
    }

    fn find(&self, text: &str) -> Option<NameId> {
        let mut hash = self.trie.start;
        let mut node = None;
        for atom in Atoms::new(text) {
            hash = extend_hash(hash, atom_hash(text, atom));
            node = Some(self.trie.get(hash)?);
        }
        let any = NameFlags::ANY_CASE.with(NameFlags::ABBREVIATION);
        let mut found = None;
        for name in self.group(node?.first_name()?) {
            let form = self.forms.get(name as usize);
            if form == text {
                return Some(NameId(name));
            }
            if found.is_none() && agree(text, form, any, false).is_some() {
                found = Some(NameId(name));
            }
        }
        found
    }

    fn nearest(&self, text: &str, max_distance: u8) -> Option<Nearest> {
        self.fuzzy.get_or_init(|| FuzzyIndex::new(self)).nearest(self, text, max_distance)
    }
}
