//! What the lists say of a word, by its hash; what its ending says of a word of no list.

use newsmill_core::fold::{fold_hash, fold_into};

use crate::rules::CueId;
use crate::tags::Tags;

/// What is known of a word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    /// Its classes.
    pub tags: Tags,
    /// The reporting verb that it is a form of.
    pub cue: CueId,
}

/// The last eight bytes of a text in lower case, the last one lowest; zeros before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tail(pub u64);

impl Tail {
    /// Of the text that begins and ends at these bytes of `text`.
    #[inline]
    pub fn at(text: &[u8], start: usize, end: usize) -> Tail {
        let len = end.saturating_sub(start);
        let kept = if len >= 8 { !0 } else { (1 << (8 * len)) - 1 };
        match text.get(..end).and_then(|t| t.last_chunk::<8>()) {
            Some(last) => Tail(lower(u64::from_be_bytes(*last) & kept)),
            None => {
                let bytes = text.get(start..end).unwrap_or_default();
                Tail(lower(bytes.iter().fold(0, |tail, &b| tail << 8 | u64::from(b))))
            }
        }
    }

    /// Whether a text of `len` bytes has these letters, at most eight, at its end and more than two bytes before.
    #[inline(always)]
    pub fn ends(self, len: usize, letters: &str) -> bool {
        let end = letters.bytes().fold(0, |end, b| end << 8 | u64::from(b));
        len > letters.len() + 2 && (self.0 ^ end) << (64 - 8 * letters.len()) == 0
    }

    fn of(text: &str) -> Tail {
        Tail::at(text.as_bytes(), 0, text.len())
    }
}

/// ASCII letters of eight bytes in lower case; other bytes stay.
#[inline]
fn lower(x: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let seven = x & (ONES * 0x7F);
    let at_least_a = seven + ONES * (0x80 - b'A' as u64);
    let above_z = seven + ONES * (0x80 - b'Z' as u64 - 1);
    x | ((at_least_a & !above_z & !x & (ONES * 0x80)) >> 2)
}

/// Words of the lists. Reading it touches one small table for most words of no list.
pub(crate) struct Lexicon {
    /// Index of an entry plus one, in the low bits, and [`CHECK`] bits of its hash above; 0 is empty.
    slots: Vec<u16>,
    entries: Vec<Entry>,
    words: Vec<String>,
}

#[derive(Clone, Copy)]
struct Entry {
    known: Known,
    hash: u32,
    tail: u32,
    len: u16,
}

/// Bits of a slot that an index may take; the others tell most words that aren't the slot's.
const INDEX_BITS: u32 = 14;

impl Lexicon {
    /// Of folded words. `None` if there are too many.
    pub fn new(words: Vec<(String, Known)>) -> Option<Lexicon> {
        if words.len() >= 1 << INDEX_BITS {
            return None;
        }
        let mut slots = vec![0; (words.len() * 3).next_power_of_two().max(8)];
        let mask = slots.len() - 1;
        let mut entries = Vec::with_capacity(words.len());
        for (word, known) in &words {
            let hash = fold_hash(word);
            entries.push(Entry {
                known: *known,
                hash,
                tail: Tail::of(word).0 as u32,
                len: word.len() as u16,
            });
            let mut at = hash as usize & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = entries.len() as u16 | check(hash);
        }
        Some(Lexicon { slots, entries, words: words.into_iter().map(|(w, _)| w).collect() })
    }

    /// Brings near what [`get`](Self::get) will read for texts of these hashes: all at once, for memory is far away.
    pub fn touch(&self, hashes: &[u32]) {
        let mask = self.slots.len() - 1;
        let touch = |all: u32, &hash: &u32| {
            let index = (self.slots[hash as usize & mask] & ((1 << INDEX_BITS) - 1)) as usize;
            all ^ self.entries.get(index.wrapping_sub(1)).map_or(0, |e| e.hash)
        };
        std::hint::black_box(hashes.iter().fold(0, touch));
    }

    /// What is known of a text whose [`fold_hash`] is `hash`. `buffer` is for folding.
    #[inline]
    pub fn get(&self, text: &str, tail: Tail, hash: u32, buffer: &mut String) -> Option<Known> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            if slot >> INDEX_BITS == check(hash) >> INDEX_BITS {
                let index = (slot & ((1 << INDEX_BITS) - 1)) as usize - 1;
                let entry = &self.entries[index];
                if entry.hash == hash && self.same(index, text, tail, buffer) {
                    return Some(entry.known);
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// Length and last letters beside the hash are enough for a word that is its own fold but for capitals.
    #[inline]
    fn same(&self, index: usize, text: &str, tail: Tail, buffer: &mut String) -> bool {
        let entry = &self.entries[index];
        if entry.tail == tail.0 as u32 && entry.len as usize == text.len() {
            return true;
        }
        if text.is_ascii() {
            return false;
        }
        buffer.clear();
        fold_into(text, buffer);
        *buffer == self.words[index]
    }
}

/// The bits of a hash that a slot keeps, in place.
#[inline]
fn check(hash: u32) -> u16 {
    ((hash >> 16) as u16) & (!0 << INDEX_BITS)
}

/// Endings that tell the class of a word of no list, the longest first among those with the same last letter.
pub(crate) struct Endings {
    rows: Vec<Ending>,
    /// Where the rows of a last byte begin and end.
    of: Vec<(u16, u16)>,
}

struct Ending {
    tail: u64,
    mask: u64,
    len: usize,
    tags: Tags,
}

/// Longest ending, in bytes.
pub(crate) const LONGEST_ENDING: usize = 8;

impl Endings {
    /// Of endings of one to [`LONGEST_ENDING`] bytes with their classes.
    pub fn new(endings: &[(String, Tags)]) -> Endings {
        let row = |(e, tags): &(String, Tags)| {
            let mask = if e.len() >= 8 { !0 } else { (1 << (8 * e.len())) - 1 };
            Ending { tail: Tail::of(e).0, mask, len: e.len(), tags: *tags }
        };
        let mut rows: Vec<Ending> = endings.iter().map(row).collect();
        rows.sort_by_key(|e| (e.tail as u8, std::cmp::Reverse(e.len)));
        let upto = |byte: u16| rows.partition_point(|e| u16::from(e.tail as u8) < byte) as u16;
        let of = (0..256).map(|byte| (upto(byte), upto(byte + 1))).collect();
        Endings { rows, of }
    }

    /// The class of the longest ending that leaves more than two bytes of the word.
    #[inline]
    pub fn get(&self, tail: Tail, len: usize) -> Option<Tags> {
        let (from, to) = self.of[(tail.0 as u8) as usize];
        let mut rows = self.rows[from as usize..to as usize].iter();
        rows.find(|e| tail.0 & e.mask == e.tail && len > e.len + 2).map(|e| e.tags)
    }
}
