//! The order of a compiled list: names by the hash of their atoms, entries by the names' candidates.

use std::cmp::Reverse;

use newsmill_core::lexicon::{Candidate, EntryId, NameFlags};
use rustc_hash::FxHashMap;

use crate::agree::{agree, is_tail};
use crate::atoms::{Atoms, atom_hash, extend_hash};
use crate::begins;
use crate::compile::{Compiler, Use};
use crate::filter::{Begin, Filter};
use crate::interner::Interner;
use crate::names::{LAST, Names, TAIL, flags_of, policy_of};
use crate::store::{Array, Table};
use crate::trie::{Collision, NodeToBe, Trie};
use crate::varint;

/// Compiles what was collected: at most one use for each form and entry.
pub(crate) fn lay_out(mut lists: Compiler) -> Names {
    let drafts = &lists.drafts;
    for u in &mut lists.uses {
        let canonical = u.form == drafts[u.entry as usize].name;
        u.flags = if canonical { u.flags.with(NameFlags::CANONICAL) } else { u.flags };
    }
    lists.uses.sort_by_key(|u| (u.form, policy_of(u.flags), u.entry));
    let (draws, trie) = drawn(&lists);
    let mut names = Names { trie, ..Names::default() };
    let mut found = candidates(&lists, &draws, &mut names);
    let order = renumber(&mut found, drafts.len());
    put_candidates(&mut names, found, &lists);
    put_entries(&mut names, &lists, &order);
    put_unlisted(&mut names, &mut lists, &order);
    put_extra(&mut names, &lists, &order);
    let (text, starts) = lists.strings.into_parts();
    names.strings = Table::new(text, starts);
    names.extra_columns = lists.extra_columns;
    names.files = lists.files;
    names
}

/// A form with a policy, and the range of its uses.
#[derive(Clone, Copy)]
struct Draw {
    hash: u64,
    form: u32,
    policy: u8,
    uses: (u32, u32),
    best_prior: u32,
    /// Whether the form ends with marks that a text must have, too.
    tail: bool,
}

/// The names in their order, and the trie to them.
fn drawn(lists: &Compiler) -> (Vec<Draw>, Trie) {
    let mut draws = Vec::with_capacity(lists.uses.len());
    let mut at = 0;
    for same in lists.uses.chunk_by(|a, b| (a.form, policy_of(a.flags)) == (b.form, policy_of(b.flags))) {
        let (form, policy) = (same[0].form, policy_of(same[0].flags));
        let first = at;
        at += same.len() as u32;
        let best_prior = same.iter().map(|u| lists.drafts[u.entry as usize].prior).max().unwrap_or(0);
        draws.push(Draw { hash: 0, form, policy, uses: (first, at), best_prior, tail: false });
    }
    let mut start = 0x243F_6A88_85A3_08D3;
    loop {
        let mut sequences = Sequences::default();
        for draw in &mut draws {
            (draw.hash, draw.tail) = sequences.add(lists.forms.get(draw.form), draw.policy, start);
        }
        draws = sorted(draws);
        match sequences.trie(&draws, start) {
            Ok(trie) => return (draws, trie),
            Err(Collision) => start = start.wrapping_add(0x9E37_79B9_7F4A_7C15),
        }
    }
}

/// The names by hash, and those of one hash as [`strictness`] has it.
///
/// Hashes are spread evenly: distributed by their first bits, one or two share a place, and are sorted in no time.
fn sorted(draws: Vec<Draw>) -> Vec<Draw> {
    let shift = 64 - draws.len().max(2).ilog2();
    let place = |draw: &Draw| (draw.hash >> shift) as usize;
    let mut ends = vec![0u32; (1 << (64 - shift)) + 1];
    draws.iter().for_each(|draw| ends[place(draw) + 1] += 1);
    for i in 1..ends.len() {
        ends[i] += ends[i - 1];
    }
    let mut sorted = draws.clone();
    for draw in draws {
        let at = &mut ends[place(&draw)];
        sorted[*at as usize] = draw;
        *at += 1;
    }
    // Each start has moved to its place's end.
    let mut start = 0;
    for &end in &ends {
        sorted[start..end as usize].sort_unstable_by_key(|d| {
            (d.hash, strictness(d.policy), Reverse(d.best_prior), d.form, d.policy)
        });
        start = end as usize;
    }
    sorted
}

/// What the trie is made of besides the names themselves.
#[derive(Default)]
struct Sequences {
    /// Hashes of the beginnings of names that are longer.
    beginnings: Vec<u64>,
    /// Of them and of names those of two atoms.
    pairs: Vec<u64>,
    /// The tokens that names may begin with, and those that may begin with a small letter.
    any: Vec<Begin>,
    small: Vec<Begin>,
}

impl Sequences {
    /// Adds a form; the hash of its atoms, and whether it has a tail.
    fn add(&mut self, form: &str, policy: u8, start: u64) -> (u64, bool) {
        let mut hash = start;
        let (mut count, mut end) = (0, 0);
        for atom in Atoms::new(form) {
            end = atom.end;
            if count > 0 {
                self.beginnings.push(hash);
            }
            hash = extend_hash(hash, atom_hash(form, atom));
            count += 1;
            if count == 2 {
                self.pairs.push(hash);
            }
        }
        let before = self.any.len();
        let mut first = None;
        begins::tokens(form, flags_of(policy), |hash| {
            let is_first = *first.get_or_insert(hash) == hash;
            self.any.push(Begin { hash, alone: !is_first || count == 1 });
        });
        if may_begin_small(form, policy) {
            self.small.extend_from_slice(&self.any[before..]);
        }
        (hash, is_tail(&form[end..]))
    }

    fn trie(mut self, draws: &[Draw], start: u64) -> Result<Trie, Collision> {
        self.beginnings.sort_unstable();
        self.beginnings.dedup();
        let mut nodes = Vec::with_capacity(draws.len() + self.beginnings.len());
        let mut rest = self.beginnings.iter().copied().peekable();
        let mut index = 0;
        let longer = |hash| NodeToBe { hash, first_name: None, more: true };
        for group in draws.chunk_by(|a, b| a.hash == b.hash) {
            let hash = group[0].hash;
            nodes.extend(std::iter::from_fn(|| rest.next_if(|&h| h < hash)).map(longer));
            let more = rest.next_if_eq(&hash).is_some();
            nodes.push(NodeToBe { hash, first_name: Some(index), more });
            index += group.len() as u32;
        }
        nodes.extend(rest.map(longer));
        let mut trie = Trie::build(start, &nodes)?;
        trie.filter = Filter::new(&self.any, &self.small, &self.pairs);
        Ok(trie)
    }
}

/// Order of names with the same atoms: those that fewer texts are come first.
fn strictness(policy: u8) -> u8 {
    let flags = flags_of(policy);
    match () {
        () if flags.has(NameFlags::ANY_CASE) => 2,
        () if flags.has(NameFlags::EXACT) => 0,
        () => 1,
    }
}

/// Whether a text may begin with a small letter and be this form.
fn may_begin_small(form: &str, policy: u8) -> bool {
    let first = Atoms::new(form).next().and_then(|atom| form[atom.start..].chars().next());
    flags_of(policy).has(NameFlags::ANY_CASE) || !first.is_some_and(char::is_uppercase)
}

/// A candidate before its entry has its number, with the use that it is from.
struct Found {
    candidate: Candidate,
    of: u32,
    own: bool,
}

/// Writes the forms and their policies; the candidates of each name, likeliest first.
fn candidates(lists: &Compiler, draws: &[Draw], names: &mut Names) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::with_capacity(lists.uses.len());
    let prior = |entry: EntryId| lists.drafts[entry.0 as usize].prior;
    let own = |d: &Draw, own: bool| {
        let candidate = move |(i, u): (usize, &Use)| Found {
            candidate: Candidate { entry: EntryId(u.entry), flags: u.flags },
            of: i as u32,
            own,
        };
        let (from, to) = (d.uses.0 as usize, d.uses.1 as usize);
        (from..to).zip(&lists.uses[from..to]).map(candidate)
    };
    let bytes = draws.iter().map(|draw| lists.forms.get(draw.form).len()).sum();
    let (mut text, mut starts) = (String::with_capacity(bytes), Vec::with_capacity(draws.len() + 1));
    starts.push(0);
    let mut policy = Vec::with_capacity(draws.len());
    names.candidate_starts.reserve(draws.len() + 1);
    names.candidate_starts.push(0);
    let mut read = 0;
    for group in draws.chunk_by(|a, b| a.hash == b.hash) {
        if policy.len() >= read {
            let ahead = &draws[read..draws.len().min(read + AHEAD)];
            lists.forms.touch(ahead.iter().map(|draw| draw.form));
            std::hint::black_box(ahead.iter().fold(0, |t, draw| t ^ lists.uses[draw.uses.0 as usize].entry));
            read += ahead.len();
        }
        for (i, draw) in group.iter().enumerate() {
            text.push_str(lists.forms.get(draw.form));
            starts.push(text.len() as u32);
            let last = if i + 1 == group.len() { LAST } else { 0 };
            let tail = if draw.tail { TAIL } else { 0 };
            policy.push(draw.policy | last | tail);
            let from = found.len();
            found.extend(own(draw, true));
            if group.len() > 1 {
                for other in related(group, i, &lists.forms) {
                    for c in own(other, false) {
                        if found[from..].iter().all(|known| known.candidate.entry != c.candidate.entry) {
                            found.push(c);
                        }
                    }
                }
            }
            if found.len() > from + 1 {
                found[from..].sort_by_key(|f| (Reverse(prior(f.candidate.entry)), f.candidate.entry));
            }
            names.candidate_starts.push(found.len() as u32);
        }
    }
    names.forms = Table::new(text, starts);
    names.policy = Array::Own(policy);
    found
}

/// Names or entries that are read before the first is needed: they lie anywhere, and so the waits for memory overlap.
const AHEAD: usize = 64;

/// The most names with the same atoms for which it is asked whose text each other would be.
const MAX_RELATED: usize = 64;

/// The other names of a group that a text which is exactly name `i` is, too: their entities may be meant as well.
/// A form without diacritics isn't related to a text that has them.
fn related<'g>(group: &'g [Draw], i: usize, forms: &Interner) -> impl Iterator<Item = &'g Draw> {
    let text = forms.get(group[i].form);
    let few = group.len() <= MAX_RELATED;
    group.iter().enumerate().filter_map(move |(j, other)| {
        let form = forms.get(other.form);
        let related = few
            && i != j
            && (text.is_ascii() || !form.is_ascii() || text == form)
            && agree(text, form, flags_of(other.policy), false).is_some();
        related.then_some(other)
    })
}

/// Numbers the entries in the order in which the candidates have them; the old number of each new one. Entities that a
/// suppression left without a form get none.
fn renumber(found: &mut [Found], entries: usize) -> Vec<u32> {
    let mut new = vec![u32::MAX; entries];
    let mut order = Vec::new();
    for f in found {
        let old = f.candidate.entry.0;
        let number = &mut new[old as usize];
        if *number == u32::MAX {
            *number = order.len() as u32;
            order.push(old);
        }
        f.candidate.entry = EntryId(*number);
    }
    order
}

fn put_candidates(names: &mut Names, found: Vec<Found>, lists: &Compiler) {
    let mut own = vec![0u64; found.len().div_ceil(64)];
    let mut places = Vec::new();
    for (i, f) in found.iter().enumerate().filter(|(_, f)| f.own) {
        own[i / 64] |= 1 << (i % 64);
        let of = &lists.uses[f.of as usize];
        varint::push(&mut places, u32::from(of.file));
        varint::push(&mut places, of.line);
    }
    names.own = Array::Own(own);
    names.places = Array::Own(places);
    names.candidates = found.into_iter().map(|f| f.candidate).collect();
}

fn put_entries(names: &mut Names, lists: &Compiler, order: &[u32]) {
    let mut profiles: FxHashMap<_, u32> = FxHashMap::default();
    let (mut text, mut starts) = (String::new(), Vec::with_capacity(order.len() + 1));
    starts.push(0);
    names.profile.reserve(order.len());
    names.prior.reserve(order.len());
    let mut before = None;
    for (i, &old) in order.iter().enumerate() {
        if i % AHEAD == 0 {
            let ahead = &order[i..order.len().min(i + AHEAD)];
            lists.ids.touch(ahead.iter().map(|&old| lists.drafts[old as usize].id));
        }
        let draft = lists.drafts[old as usize];
        text.push_str(lists.ids.get(draft.id));
        starts.push(text.len() as u32);
        let profile = match before {
            Some((known, number)) if known == draft.profile => number,
            _ => {
                let next = names.profiles.len() as u32;
                let number = *profiles.entry(draft.profile).or_insert(next);
                if number == next {
                    names.profiles.push(draft.profile);
                }
                number
            }
        };
        before = Some((draft.profile, profile));
        names.profile.push(profile);
        names.prior.push(draft.prior);
    }
    names.ids = Table::new(text, starts);
}

/// Canonical names that no form of their entity is.
fn put_unlisted(names: &mut Names, lists: &mut Compiler, order: &[u32]) {
    let mut listed = vec![false; order.len()];
    for (at, candidate) in names.candidates.iter().enumerate() {
        listed[candidate.entry.0 as usize] |= names.is_own(at) && candidate.flags.has(NameFlags::CANONICAL);
    }
    for (entry, &old) in order.iter().enumerate().filter(|&(entry, _)| !listed[entry]) {
        let name = lists.forms.get(lists.drafts[old as usize].name);
        names.unlisted.push((entry as u32, lists.strings.intern(name)));
    }
}

fn put_extra(names: &mut Names, lists: &Compiler, order: &[u32]) {
    for &old in order {
        names.extra.extend((0..lists.extra_columns.len()).map(|column| lists.extra(old, column)));
    }
}
