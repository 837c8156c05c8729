//! A compiled name list: flat arrays that answer everything a [`Lexicon`] is asked.

use std::sync::OnceLock;

use newsmill_core::lexicon::{Candidate, Entry, EntryId, Lexicon, NameFlags, NameId, Nearest};

use crate::agree::agree;
use crate::atoms::{Atoms, atom_hash, extend_hash};
use crate::nearest::FuzzyIndex;
use crate::store::{Array, Table, bytes_of};
use crate::trie::Trie;
use crate::varint;

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

/// Set in [`Names::policy`] for [`NameFlags::EXACT`].
pub(crate) const EXACT: u8 = NameFlags::EXACT.0 as u8;

/// The bits of [`Names::policy`] for a form's flags.
pub(crate) fn policy_of(flags: NameFlags) -> u8 {
    let own = NameFlags::EXACT.with(NameFlags::ANY_CASE).with(NameFlags::ABBREVIATION);
    // A form that is listed both as exact and in any case is found in any case.
    let exact = if flags.has(NameFlags::ANY_CASE) { EXACT } else { 0 };
    let low = (flags.0 & own.0) as u8 & !exact;
    if flags.has(NameFlags::NO_FOLD) { low | NO_FOLD_BIT } else { low }
}

/// The flags that decide whether a text is the form.
pub(crate) fn flags_of(policy: u8) -> NameFlags {
    let low = NameFlags(u16::from(policy & !(LAST | TAIL | NO_FOLD_BIT)));
    if policy & NO_FOLD_BIT != 0 { low.with(NameFlags::NO_FOLD) } else { low }
}

/// A compiled name list.
///
/// Names with the same atoms stand side by side, so that the trie needs to name only the first. Entries are numbered in
/// the order in which the names' candidates first have them.
#[derive(Default)]
pub struct Names {
    pub(crate) trie: Trie,
    /// The forms.
    pub(crate) forms: Table,
    /// How each form is compared, with [`LAST`] and [`TAIL`].
    pub(crate) policy: Array<u8>,
    /// Where each name's candidates start, and one more.
    pub(crate) candidate_starts: Vec<u32>,
    pub(crate) candidates: Vec<Candidate>,
    /// One bit for each candidate: whether the form was listed for the entity, and isn't just one that a listed form
    /// may stand for too.
    pub(crate) own: Array<u64>,
    pub(crate) ids: Table,
    pub(crate) profile: Vec<u32>,
    pub(crate) prior: Vec<u32>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) strings: Table,
    /// Canonical names that aren't among the entity's forms: entry and number of `strings`, ascending.
    pub(crate) unlisted: Vec<(u32, u32)>,
    /// List and line of each candidate in `own`, as varints.
    pub(crate) places: Array<u8>,
    pub(crate) files: Vec<String>,
    pub(crate) extra_columns: Vec<String>,
    /// Numbers of `strings`, `extra_columns.len()` for each entry.
    pub(crate) extra: Vec<u32>,
    pub(crate) by_entry: OnceLock<ByEntry>,
    pub(crate) fuzzy: OnceLock<FuzzyIndex>,
}

/// The names by entry: derived from the candidates when they are first asked for.
#[derive(Debug)]
pub(crate) struct ByEntry {
    /// Where each entry's names start, and one more.
    starts: Vec<u32>,
    names: Vec<NameId>,
    /// Canonical name of each entry: a name, or with [`UNLISTED`] a number of `strings`.
    canonical: Vec<u32>,
}

/// In [`ByEntry::canonical`]: the name isn't among the forms.
const UNLISTED: u32 = 1 << 31;

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Names({} entries, {} names)", self.profile.len(), self.name_count())
    }
}

impl Names {
    /// Number of names (forms with their policy).
    pub fn name_count(&self) -> usize {
        self.candidate_starts.len().saturating_sub(1)
    }

    /// The flags that decide whether a text is this form.
    pub fn policy(&self, name: NameId) -> NameFlags {
        flags_of(self.policy.as_slice()[name.0 as usize])
    }

    /// The bytes of a form, which nobody has checked to be UTF-8.
    pub(crate) fn form(&self, name: NameId) -> &[u8] {
        bytes_of(self.forms.text.as_bytes(), &self.forms.starts, name.0 as usize)
    }

    /// The lists that this one was made of, in order.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// Bytes that the list holds in memory, without what is derived when it is first asked for.
    pub fn memory(&self) -> usize {
        let filter = &self.trie.filter;
        let words = [&self.trie.slots, &filter.begins, &filter.pairs, &self.own];
        let texts = [&self.forms.text, &self.ids.text, &self.strings.text];
        let arrays = words.iter().map(|a| a.as_slice().len() * 8).sum::<usize>()
            + texts.iter().map(|t| t.as_bytes().len()).sum::<usize>()
            + [&self.policy, &self.places].iter().map(|a| a.as_slice().len()).sum::<usize>();
        let numbers = [&self.forms.starts, &self.ids.starts, &self.strings.starts, &self.candidate_starts]
            .into_iter()
            .chain([&self.profile, &self.prior, &self.extra]);
        arrays + numbers.map(|v| v.len() * 4).sum::<usize>() + self.candidates.len() * size_of::<Candidate>()
    }

    /// Where a form was listed, and for which entity.
    pub fn places_of(&self, name: NameId) -> Vec<(EntryId, Provenance<'_>)> {
        let mut bytes = self.places.as_slice();
        let mut found = Vec::new();
        let range = self.candidate_range(name);
        for at in (0..range.end).filter(|&at| self.is_own(at)) {
            let (Some(file), Some(line)) = (varint::take(&mut bytes), varint::take(&mut bytes)) else {
                break;
            };
            if at >= range.start {
                let file = self.files.get(file as usize).map_or("", String::as_str);
                found.push((self.candidates[at].entry, Provenance { file, line }));
            }
        }
        found
    }

    /// The names that have the same atoms as this one, from `first` on.
    pub(crate) fn group(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        group(self.policy.as_slice(), first)
    }

    pub(crate) fn is_own(&self, candidate: usize) -> bool {
        self.own.as_slice().get(candidate / 64).is_some_and(|word| word >> (candidate % 64) & 1 != 0)
    }

    fn candidate_range(&self, name: NameId) -> std::ops::Range<usize> {
        let at = name.0 as usize;
        self.candidate_starts[at] as usize..self.candidate_starts[at + 1] as usize
    }

    fn by_entry(&self) -> &ByEntry {
        self.by_entry.get_or_init(|| ByEntry::new(self))
    }
}

impl ByEntry {
    fn new(names: &Names) -> ByEntry {
        let mut starts = vec![0u32; names.profile.len() + 1];
        let own = |at: &usize| names.is_own(*at);
        for at in (0..names.candidates.len()).filter(own) {
            starts[names.candidates[at].entry.0 as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut by_entry = vec![NameId(0); starts.last().map_or(0, |&n| n as usize)];
        let mut canonical = vec![0; names.profile.len()];
        for name in 0..names.name_count() as u32 {
            for at in names.candidate_range(NameId(name)).filter(own) {
                let candidate = names.candidates[at];
                let entry = candidate.entry.0 as usize;
                by_entry[next[entry] as usize] = NameId(name);
                next[entry] += 1;
                if candidate.flags.has(NameFlags::CANONICAL) {
                    canonical[entry] = name;
                }
            }
        }
        for &(entry, string) in &names.unlisted {
            canonical[entry as usize] = string | UNLISTED;
        }
        ByEntry { starts, names: by_entry, canonical }
    }
}

/// The names from `first` to the next that is the last of its group.
#[inline]
pub(crate) fn group(policy: &[u8], first: u32) -> impl Iterator<Item = u32> + '_ {
    let mut at = Some(first);
    std::iter::from_fn(move || {
        let name = at?;
        let bits = *policy.get(name as usize)?;
        at = (bits & LAST == 0).then_some(name + 1);
        Some(name)
    })
}

impl Lexicon for Names {
    fn len(&self) -> usize {
        self.profile.len()
    }

    fn entry(&self, id: EntryId) -> Entry<'_> {
        let at = id.0 as usize;
        let profile = self.profiles[self.profile[at] as usize];
        let string = |index: u32| self.strings.get(index as usize);
        let canonical = self.by_entry().canonical[at];
        Entry {
            id: self.ids.get(at),
            kind: string(profile.kind),
            subtype: string(profile.subtype),
            name: if canonical & UNLISTED == 0 {
                self.forms.get(canonical as usize)
            } else {
                string(canonical & !UNLISTED)
            },
            country: string(profile.country),
            prior: self.prior[at],
        }
    }

    fn name(&self, id: NameId) -> &str {
        self.forms.get(id.0 as usize)
    }

    fn candidates(&self, id: NameId) -> &[Candidate] {
        &self.candidates[self.candidate_range(id)]
    }

    fn names_of(&self, id: EntryId) -> &[NameId] {
        let by_entry = self.by_entry();
        let at = id.0 as usize;
        &by_entry.names[by_entry.starts[at] as usize..by_entry.starts[at + 1] as usize]
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
        let trie = self.trie.view();
        let mut hash = trie.start;
        let mut node = None;
        for atom in Atoms::new(text) {
            hash = extend_hash(hash, atom_hash(text, atom));
            node = Some(trie.get(hash)?);
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
