//! The model file: what training learnt, as bytes.
//!
//! Little endian: magic `NMTAG001`; number of slots (u32, a power of two) and of rows (u32, a power of two); for each
//! slot of the lexicon a word's hash (u32) and its tag (u8: 0x80 certain, 0xFF empty); then `rows` × 24 weights (i8).

use super::features::{FEATURES, Word};
use super::{TAGS, Tag};

const MAGIC: &[u8; 8] = b"NMTAG001";
const EMPTY: u8 = 0xFF;
const CERTAIN: u8 = 0x80;

/// A trained tagger. Read-only, shared by all workers.
#[derive(Debug)]
pub struct Model {
    hashes: Vec<u32>,
    tags: Vec<u8>,
    rows: Vec<[i8; TAGS]>,
}

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
        let mut model = Model { hashes: vec![0; slots], tags: vec![EMPTY; slots], rows };
        for &(hash, tag, certain) in lexicon {
            let slot = model.slot(hash);
            model.hashes[slot] = hash;
            model.tags[slot] = tag as u8 | if certain { CERTAIN } else { 0 };
        }
        model
    }

    /// The model as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((self.tags.len() as u32).to_le_bytes());
        bytes.extend((self.rows.len() as u32).to_le_bytes());
        bytes.extend(self.hashes.iter().flat_map(|h| h.to_le_bytes()));
        bytes.extend(&self.tags);
        bytes.extend(self.rows.iter().flatten().map(|w| *w as u8));
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
        Ok(Model {
            hashes: words.iter().map(|w| u32::from_le_bytes(*w)).collect(),
            tags: tags.to_vec(),
            rows: weights.iter().map(|row| row.map(|b| b as i8)).collect(),
        })
    }

    fn slot(&self, hash: u32) -> usize {
        let mask = self.tags.len() - 1;
        let mut slot = (hash.wrapping_mul(0x9E37_79B1) >> 7) as usize & mask;
        while self.tags[slot] != EMPTY && self.hashes[slot] != hash {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// Notes at each word what the lexicon knows of it.
    pub fn look_up(&self, words: &mut [Word]) {
        for word in words.iter_mut().filter(|w| !w.certain) {
            let tag = self.tags[self.slot(word.hash)];
            if tag != EMPTY {
                word.usual = u32::from(tag & !CERTAIN);
                word.certain = tag & CERTAIN != 0;
            }
        }
    }

    /// The tag with the highest score; the first of equals.
    pub(super) fn best(&self, features: &[u32; FEATURES]) -> Tag {
        let mask = self.rows.len() - 1;
        let mut scores = [0i16; TAGS];
        for &feature in features {
            let row = &self.rows[feature as usize & mask];
            for (score, &weight) in scores.iter_mut().zip(row) {
                *score += i16::from(weight);
            }
        }
        let mut best = 0;
        for (i, score) in scores.iter().enumerate() {
            if *score > scores[best] {
                best = i;
            }
        }
        Tag::from_index(best)
    }
}
