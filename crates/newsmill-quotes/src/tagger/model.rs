//! The model file: what training learnt, as bytes.
//!
//! Little endian: magic `NMTAG001`; number of slots (u32, a power of two) and of rows (u32, a power of two); for each
//! slot of the lexicon a word's hash (u32) and its tag (u8: 0x80 certain, 0xFF empty); then `rows` × 24 weights (i8).

use super::features::Word;
use super::{TAGS, Tag};

const MAGIC: &[u8; 8] = b"NMTAG001";
const EMPTY: u8 = 0xFF;
const CERTAIN: u8 = 0x80;

/// A trained tagger. Read-only, shared by all workers.
#[derive(Debug)]
pub struct Model {
    slots: Vec<Slot>,
    rows: Vec<Row>,
    /// A bit for each row that isn't all zeros: two in five are.
    used: Vec<u64>,
    /// A row of zeros.
    zero: u32,
}

/// A word's hash with its tag, which may be [`CERTAIN`], or [`EMPTY`].
#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    tag: u8,
}

/// Weights of a feature; padded, so that they lie in one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Row([i8; TAGS]);

/// The bytes aren't a model of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelError(&'static str);

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a tagger model: {}", self.0)
    }
}

impl std::error::Error for ModelError {}

impl Model {
    /// The shipped English model (see the crate's NOTICE). Reading it costs about a millisecond: keep it.
    pub fn english() -> Model {
        // The file is part of the build and a test reads it; an empty model would tag everything as a noun.
        Model::from_bytes(include_bytes!("../../models/tagger-en.bin"))
            .unwrap_or_else(|_| Model::new(&[], vec![[0; TAGS]]))
    }

    /// A model of these parts. `lexicon`: word hash, most frequent tag, whether it is the only one that matters;
    /// the number of rows must be a power of two.
    pub fn new(lexicon: &[(u32, Tag, bool)], rows: Vec<[i8; TAGS]>) -> Model {
        let slots = (lexicon.len() * 2).next_power_of_two().max(2);
        let slots = vec![Slot { hash: 0, tag: EMPTY }; slots];
        let mut model = Model::of(slots, rows.into_iter().map(Row).collect());
        for &(hash, tag, certain) in lexicon {
            let slot = model.slot(hash);
            model.slots[slot] = Slot { hash, tag: tag as u8 | if certain { CERTAIN } else { 0 } };
        }
        model
    }

    /// The model as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((self.slots.len() as u32).to_le_bytes());
        bytes.extend((self.rows.len() as u32).to_le_bytes());
        bytes.extend(self.slots.iter().flat_map(|s| s.hash.to_le_bytes()));
        bytes.extend(self.slots.iter().map(|s| s.tag));
        bytes.extend(self.rows.iter().flat_map(|row| row.0).map(|w| w as u8));
        bytes
    }

    /// Reads a model.
    ///
    /// # Errors
    /// The bytes are of another version, or cut short.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError("wrong magic"))?;
        let cut = ModelError("cut short");
        let (head, rest) = rest.split_first_chunk::<8>().ok_or(cut)?;
        let slots = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let count = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        if !slots.is_power_of_two() || !count.is_power_of_two() {
            return Err(ModelError("sizes aren't powers of two"));
        }
        let (hashes, rest) = rest.split_at_checked(slots * 4).ok_or(cut)?;
        let (tags, rest) = rest.split_at_checked(slots).ok_or(cut)?;
        if rest.len() != count * TAGS {
            return Err(cut);
        }
        let (words, _) = hashes.as_chunks::<4>();
        let (weights, _) = rest.as_chunks::<TAGS>();
        let slot = |(w, &tag): (&[u8; 4], &u8)| Slot { hash: u32::from_le_bytes(*w), tag };
        Ok(Model::of(
            words.iter().zip(tags).map(slot).collect(),
            weights.iter().map(|row| Row(row.map(|b| b as i8))).collect(),
        ))
    }

    fn of(slots: Vec<Slot>, rows: Vec<Row>) -> Model {
        let used = |row: &Row| row.0 != [0; TAGS];
        let bits = |rows: &[Row]| rows.iter().rev().fold(0, |bits, row| bits << 1 | u64::from(used(row)));
        Model {
            used: rows.chunks(64).map(bits).collect(),
            zero: rows.iter().position(|row| !used(row)).unwrap_or(0) as u32,
            slots,
            rows,
        }
    }

    /// Where the search for a word begins.
    #[inline]
    fn home(&self, hash: u32) -> usize {
        (hash.wrapping_mul(0x9E37_79B1) >> 7) as usize & (self.slots.len() - 1)
    }

    fn slot(&self, hash: u32) -> usize {
        let mut at = self.home(hash);
        while self.slots[at].tag != EMPTY && self.slots[at].hash != hash {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    /// Notes at each word what the lexicon knows of it.
    pub fn look_up(&self, words: &mut [Word]) {
        let touch = |all: u32, word: &Word| all ^ self.slots[self.home(word.hash)].hash;
        std::hint::black_box(words.iter().fold(0, touch));
        for word in words.iter_mut().filter(|w| !w.certain) {
            let tag = self.slots[self.slot(word.hash)].tag;
            if tag != EMPTY {
                word.usual = u32::from(tag & !CERTAIN);
                word.certain = tag & CERTAIN != 0;
            }
        }
    }

    /// Number of a feature's row; the same one for all features without weights.
    #[inline]
    pub(super) fn row(&self, feature: u32) -> u32 {
        let row = feature & (self.rows.len() as u32 - 1);
        let used = self.used[row as usize / 64] >> (row % 64) & 1 != 0;
        if used { row } else { self.zero }
    }

    /// Brings rows near.
    pub(super) fn touch(&self, rows: &[u32]) {
        std::hint::black_box(rows.iter().fold(0, |all, &row| all ^ self.rows[row as usize].0[0]));
    }

    /// The tag with the highest sum of these rows; the first of equals.
    #[inline]
    pub(super) fn best(&self, fixed: &[u32], moving: &[u32]) -> Tag {
        let mut scores = [0i16; TAGS];
        for &row in fixed.iter().chain(moving) {
            for (score, &weight) in scores.iter_mut().zip(&self.rows[row as usize].0) {
                *score += i16::from(weight);
            }
        }
        let highest = scores.iter().fold(i16::MIN, |a, &b| a.max(b));
        Tag::from_index(scores.iter().position(|&s| s == highest).unwrap_or(0))
    }
}
