//! Who copies whom, decided article by article in the order of the input.

use rustc_hash::FxHashMap;

use crate::signature::{Signature, VALUES, similarity};

/// Bands of a signature, and values in each: two articles are compared if all values of a band are equal. With 25 bands of
/// 5, a pair of similarity 0.7 is compared with probability 0.99, one of 0.5 with 0.55, one of 0.2 with 0.008.
const BANDS: usize = 25;
const ROWS: usize = 5;
const _: () = assert!(BANDS * ROWS <= VALUES);

/// Originals that an article is compared with in a band, at most: the earliest. Bounds the cost of corpora in which very
/// many different articles share a passage.
const COMPARED: usize = 200;

/// Originals seen so far.
#[derive(Default)]
pub(crate) struct Index {
    signatures: Vec<Signature>,
    bands: Vec<Band>,
}

/// The originals by their key in one band, in chains, earliest first: most keys have one, so that a list for each would be
/// most of the memory.
#[derive(Default)]
struct Band {
    /// First and last of a key.
    chains: FxHashMap<u32, (u32, u32)>,
    /// After each original the next with its key, [`NONE`] at the end.
    next: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Band {
    fn of_key(&self, key: u32) -> impl Iterator<Item = u32> {
        let first = self.chains.get(&key).map(|&(first, _)| first);
        std::iter::successors(first, |&o| self.next.get(o as usize).copied().filter(|&next| next != NONE))
    }

    /// Originals are added in order, each to every band.
    fn add(&mut self, key: u32, original: u32) {
        self.next.push(NONE);
        let (_, last) = self.chains.entry(key).or_insert((original, original));
        if *last != original {
            self.next[*last as usize] = original;
            *last = original;
        }
    }
}

/// What is known of an article.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Found {
    /// Similar to no earlier original: number of this one, from 0.
    Original(u32),
    /// Similar to that original.
    CopyOf(u32, f32),
}

impl Index {
    /// Compares an article with the originals before it; it becomes one if no similarity reaches the threshold.
    pub fn add(&mut self, signature: Signature, threshold: f32) -> Found {
        self.bands.resize_with(BANDS, Band::default);
        let mut best: Option<(u32, f32)> = None;
        for (band, values) in self.bands.iter().zip(signature.chunks_exact(ROWS)) {
            for original in band.of_key(key(values)).take(COMPARED) {
                let s = similarity(&signature, &self.signatures[original as usize]);
                // The most similar, of equals the earliest.
                if s >= threshold && best.is_none_or(|(o, b)| s > b || s == b && original < o) {
                    best = Some((original, s));
                }
            }
        }
        if let Some((original, similarity)) = best {
            return Found::CopyOf(original, similarity);
        }
        let number = self.signatures.len() as u32;
        for (band, values) in self.bands.iter_mut().zip(signature.chunks_exact(ROWS)) {
            band.add(key(values), number);
        }
        self.signatures.push(signature);
        Found::Original(number)
    }
}

/// A band's values in 32 bits; a collision costs a comparison.
fn key(values: &[u16]) -> u32 {
    let hash = values
        .iter()
        .fold(0u64, |h, &v| (h ^ u64::from(v)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23));
    (hash ^ (hash >> 32)) as u32
}
