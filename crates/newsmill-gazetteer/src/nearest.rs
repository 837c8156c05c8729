//! Names a few letters off.
//!
//! After Li, Deng, Wang and Feng, "Pass-Join: A Partition-based Method for Similarity Joins" (VLDB 2012): a name within
//! two edits of a text leaves at least one of its three pieces untouched, at a place that is off by two at most. So
//! each name is listed under its three pieces, and a text is cut into the few slices that can be such a piece. Within
//! one edit it leaves two of them untouched. Beside each piece stands the set of its name's letters, of which an edit
//! takes one away and adds one: it rejects most proposals before their text is looked at.
//!
//! There is an index for each length of names, made when a question first needs it: it is small enough for the caches while it
//! is made, and a short run needs few of them.

use std::sync::OnceLock;

use newsmill_core::fold::{fold, hash_bytes};
use newsmill_core::lexicon::{Lexicon, NameFlags, NameId, Nearest};

use crate::names::Names;

/// The greatest distance that the index answers.
pub const MAX_DISTANCE: u8 = 2;
/// Shorter forms, in characters, are never near to anything: too many words are.
pub const MIN_LENGTH: usize = 6;
/// Longer ones are left out so that the cost of a question is bounded.
const MAX_LENGTH: usize = 100;
/// One more than the distance.
const PIECES: usize = MAX_DISTANCE as usize + 1;

/// The names by their lengths and the hashes of their pieces.
#[derive(Debug)]
pub(crate) struct FuzzyIndex {
    /// Names that may be matched fuzzily, by length.
    names: Vec<u32>,
    /// Where those of each length begin, and one more.
    starts: Vec<u32>,
    /// The pieces of the names of each length.
    pieces: [OnceLock<Pieces>; MAX_LENGTH + 1],
}

/// The pieces of the names of a length.
#[derive(Debug)]
struct Pieces {
    /// One bit for each of `2^k` hash values that occurs: most questions end here.
    filter: Vec<u64>,
    /// By the first bits of their hashes, those with the same bits by name.
    pieces: Vec<Piece>,
    /// Where the pieces with each value of the hash's first bits begin, and one more.
    starts: Vec<u32>,
    /// Number of the other bits.
    shift: u32,
}

/// A piece of a name.
#[derive(Clone, Copy, Debug, Default)]
struct Piece {
    hash: u32,
    name: u32,
    /// See [`Letters::set`].
    letters: u32,
}

impl FuzzyIndex {
    /// Lists all names that may be matched fuzzily.
    pub fn new(names: &Names) -> FuzzyIndex {
        let mut form = Letters::default();
        let mut lengths = Vec::with_capacity(names.name_count());
        let mut starts = vec![0u32; MAX_LENGTH + 2];
        for name in (0..names.name_count() as u32).map(NameId) {
            let length = form.length(names.form(name));
            let listed = (MIN_LENGTH..=MAX_LENGTH).contains(&length) && is_eligible(names, name);
            lengths.push(if listed { length as u8 } else { 0 });
            starts[length.min(MAX_LENGTH) + 1] += u32::from(listed);
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut free = starts.clone();
        let mut by_length = vec![0; starts.last().map_or(0, |&n| n as usize)];
        for (name, &length) in (0..).zip(&lengths).filter(|&(_, &length)| length > 0) {
            let at = &mut free[usize::from(length)];
            by_length[*at as usize] = name;
            *at += 1;
        }
        FuzzyIndex { names: by_length, starts, pieces: [const { OnceLock::new() }; MAX_LENGTH + 1] }
    }

    fn pieces(&self, names: &Names, length: usize) -> Option<&Pieces> {
        let pieces = self.pieces.get(length)?;
        let range = self.starts[length] as usize..self.starts[length + 1] as usize;
        Some(pieces.get_or_init(|| Pieces::new(names, &self.names[range])))
    }

    /// See [`Lexicon::nearest`]. If several forms are equally near, they must agree on the likeliest entity.
    pub fn nearest(&self, names: &Names, text: &str, max_distance: u8) -> Option<Nearest> {
        let max = max_distance.min(MAX_DISTANCE);
        let text = Letters::of(text);
        if text.len() + usize::from(max) < MIN_LENGTH || text.len() > MAX_LENGTH {
            return None;
        }
        let mut best: Option<Nearest> = None;
        let mut tie = false;
        let (mut form, mut letters, mut chars) = (Letters::default(), Vec::new(), Vec::new());
        text.chars(&mut letters);
        for name in self.proposals(names, &text, usize::from(max)) {
            let limit = best.map_or(max, |b| b.distance);
            form.read(names.form(NameId(name)));
            form.chars(&mut chars);
            let Some(distance) = distance(&letters, &chars, usize::from(limit)) else { continue };
            let found = Nearest { name: NameId(name), distance: distance as u8 };
            match best {
                Some(b) if b.distance == found.distance => {
                    tie |= likeliest(names, b) != likeliest(names, found)
                }
                _ => (best, tie) = (Some(found), false),
            }
        }
        best.filter(|_| !tie)
    }

    /// Names that share enough pieces with the text to be within `max` edits of it, each once, ascending.
    fn proposals(&self, names: &Names, text: &Letters, max: usize) -> Vec<u32> {
        let mut found = Vec::new();
        let letters = text.set();
        let near = |p: &Piece| at_most_bits(p.letters ^ letters, 2 * max);
        for len in text.len().saturating_sub(max).max(MIN_LENGTH)..=text.len() + max {
            let Some(pieces) = self.pieces(names, len) else { break };
            for i in 0..PIECES {
                let own = piece(len, i);
                for start in own.start.saturating_sub(max)..=own.start + max {
                    let slice = start..start + own.len();
                    if slice.end <= text.len() {
                        pieces.with_hash(text.piece_hash(i, slice), near, &mut found);
                    }
                }
            }
        }
        found.sort_unstable();
        let untouched = PIECES - max;
        let shared = |same: &&[u32]| same.len() >= untouched;
        found.chunk_by(|a, b| a == b).filter(shared).map(|same| same[0]).collect()
    }
}

impl Pieces {
    /// The pieces of names of the same length.
    fn new(names: &Names, same_length: &[u32]) -> Pieces {
        let mut pieces = Vec::with_capacity(PIECES * same_length.len());
        let mut form = Letters::default();
        for &name in same_length {
            form.read(names.form(NameId(name)));
            let letters = form.set();
            let hash = |i| form.piece_hash(i, piece(form.len(), i));
            pieces.extend((0..PIECES).map(|i| Piece { hash: hash(i), name, letters }));
        }
        let mut filter = vec![0u64; (pieces.len() / 4).next_power_of_two()];
        for Piece { hash, .. } in &pieces {
            let bit = *hash as usize & (filter.len() * 64 - 1);
            filter[bit / 64] |= 1 << (bit % 64);
        }
        let (starts, shift) = starts_of(&pieces);
        let pieces = distributed(&pieces, &starts, shift);
        Pieces { filter, pieces, starts, shift }
    }

    fn with_hash(&self, hash: u32, near: impl Fn(&Piece) -> bool, out: &mut Vec<u32>) {
        let bit = hash as usize & (self.filter.len() * 64 - 1);
        if self.filter[bit / 64] & (1 << (bit % 64)) != 0 {
            let bucket = (u64::from(hash) >> self.shift) as usize;
            let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
            out.extend(self.pieces[range].iter().filter(|p| p.hash == hash && near(p)).map(|p| p.name));
        }
    }
}

/// Where the buckets of pieces begin, about one for two pieces, and how far a hash is shifted to its bucket.
fn starts_of(pieces: &[Piece]) -> (Vec<u32>, u32) {
    let bits = (pieces.len() / 2).next_power_of_two().trailing_zeros();
    let shift = 32 - bits;
    let mut starts = vec![0u32; (1 << bits) + 1];
    for p in pieces {
        starts[(u64::from(p.hash) >> shift) as usize + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    (starts, shift)
}

/// The pieces bucket by bucket. Nobody needs an order inside one, so no sort is needed.
fn distributed(pieces: &[Piece], starts: &[u32], shift: u32) -> Vec<Piece> {
    let mut free = starts.to_vec();
    let mut out = vec![Piece::default(); pieces.len()];
    for &piece in pieces {
        let at = &mut free[(u64::from(piece.hash) >> shift) as usize];
        out[*at as usize] = piece;
        *at += 1;
    }
    out
}

fn is_eligible(names: &Names, name: NameId) -> bool {
    let exact = names.policy(name).has(NameFlags::EXACT);
    !exact && names.candidates(name).iter().any(|c| !c.flags.has(NameFlags::NO_FUZZY))
}

fn likeliest(names: &Names, near: Nearest) -> Option<newsmill_core::lexicon::EntryId> {
    names.candidates(near.name).iter().find(|c| !c.flags.has(NameFlags::NO_FUZZY)).map(|c| c.entry)
}

/// Place of piece `i` of a form of `len` characters: the last pieces are the longer ones.
fn piece(len: usize, i: usize) -> std::ops::Range<usize> {
    let (short, longer) = (len / PIECES, len % PIECES);
    let start = |i: usize| i * short + i.saturating_sub(PIECES - longer);
    start(i)..start(i + 1)
}

/// Whether no more than `most` bits are set: each step takes one away.
fn at_most_bits(mut bits: u32, most: usize) -> bool {
    for _ in 0..most {
        bits &= bits.wrapping_sub(1);
    }
    bits == 0
}

/// A folded text, of which the characters can be told.
#[derive(Default)]
struct Letters {
    folded: String,
    /// Where each character begins, and one more; nothing if all are ASCII.
    starts: Vec<u32>,
}

impl Letters {
    fn of(text: &str) -> Letters {
        let mut letters = Letters::default();
        letters.read(text.as_bytes());
        letters
    }

    /// Of what isn't UTF-8 there are no letters.
    fn read(&mut self, text: &[u8]) {
        self.folded.clear();
        self.starts.clear();
        if text.is_ascii() {
            text.iter().for_each(|b| self.push(char::from(b.to_ascii_lowercase())));
            return;
        }
        fold(std::str::from_utf8(text).unwrap_or_default())
            .chars()
            .for_each(|c| self.push(c.to_ascii_lowercase()));
        if !self.folded.is_ascii() {
            let starts = self.folded.char_indices().map(|(at, _)| at).chain([self.folded.len()]);
            self.starts.extend(starts.map(|at| at as u32));
        }
    }

    /// White space and hyphens are one space, and none at the beginning.
    #[inline]
    fn push(&mut self, c: char) {
        let c = if c == '-' || c.is_whitespace() { ' ' } else { c };
        if c != ' ' || self.folded.as_bytes().last().is_some_and(|&last| last != b' ') {
            self.folded.push(c);
        }
    }

    /// How long a form is, without its letters if that is easily seen.
    fn length(&mut self, text: &[u8]) -> usize {
        let plain = |pair: &[u8]| pair.iter().any(u8::is_ascii_alphanumeric);
        let begins = text.first().is_some_and(u8::is_ascii_alphanumeric);
        if begins && text.is_ascii() && text.windows(2).all(plain) {
            return text.len();
        }
        self.read(text);
        self.len()
    }

    fn len(&self) -> usize {
        self.starts.len().checked_sub(1).unwrap_or(self.folded.len())
    }

    fn chars(&self, out: &mut Vec<char>) {
        out.clear();
        out.extend(self.folded.chars());
    }

    /// One bit a letter, of 32: replacing one letter by another changes at most two.
    fn set(&self) -> u32 {
        match self.starts.is_empty() {
            true => self.folded.bytes().fold(0, |set, b| set | 1 << (b % 32)),
            false => self.folded.chars().fold(0, |set, c| set | 1 << (c as u32 % 32)),
        }
    }

    fn piece_hash(&self, piece: usize, slice: std::ops::Range<usize>) -> u32 {
        let place = |at: usize| self.starts.get(at).map_or(at, |&start| start as usize);
        let bytes = self.folded.as_bytes().get(place(slice.start)..place(slice.end)).unwrap_or_default();
        (hash_bytes(bytes) ^ piece as u32).wrapping_mul(0x9E37_79B1)
    }
}

/// Levenshtein distance in characters if it is at most `max`, computed in a band around the diagonal.
fn distance(a: &[char], b: &[char], max: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    let far = max + 1;
    let mut row: Vec<usize> = (0..=b.len()).map(|j| j.min(far)).collect();
    for (i, x) in a.iter().enumerate() {
        let (from, to) = (i.saturating_sub(max), (i + 1 + max).min(b.len()));
        let mut diagonal = row[from];
        row[from] = if from == 0 { (i + 1).min(far) } else { far };
        let mut least = row[from];
        for j in from..to {
            let above = if j == i + max { far } else { row[j + 1] };
            let value = (diagonal + usize::from(*x != b[j])).min(above + 1).min(row[j] + 1).min(far);
            diagonal = row[j + 1];
            row[j + 1] = value;
            least = least.min(value);
        }
        if least > max {
            return None;
        }
    }
    Some(row[b.len()]).filter(|&d| d <= max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(a: &[char], b: &[char]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut diagonal = row[0];
            row[0] = i + 1;
            for (j, y) in b.iter().enumerate() {
                let value = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
                diagonal = std::mem::replace(&mut row[j + 1], value);
            }
        }
        row[b.len()]
    }

    proptest::proptest! {
        #[test]
        fn banded_distance_is_the_distance(a in "[ab]{0,9}", b in "[ab]{0,9}", max in 0usize..4) {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let expected = plain(&a, &b);
            proptest::prop_assert_eq!(distance(&a, &b, max), (expected <= max).then_some(expected));
        }

        #[test]
        fn a_length_is_that_of_the_letters(text in "[ab\u{e9} .-]{0,9}") {
            proptest::prop_assert_eq!(Letters::default().length(text.as_bytes()), Letters::of(&text).len());
        }

        #[test]
        fn pieces_cover_a_form(len in 3usize..200) {
            proptest::prop_assert_eq!(piece(len, 0).start, 0);
            proptest::prop_assert_eq!(piece(len, 0).end, piece(len, 1).start);
            proptest::prop_assert_eq!(piece(len, 1).end, piece(len, 2).start);
            proptest::prop_assert_eq!(piece(len, 2).end, len);
        }
    }
}
