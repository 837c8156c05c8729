//! What the tagger looks at.

use newsmill_core::layers::TokenFlags;

use super::{TAGS, Tag, tag_of_kind};

/// Number of features of a word.
pub const FEATURES: usize = 11;

/// What the tagger keeps of a token.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Hash of the folded text.
    pub hash: u32,
    /// The last four bytes in lower case, the last one lowest.
    ending: u32,
    /// Capital, all capitals, digit, inner capital, hyphen.
    shape: u32,
    /// Most frequent tag in the training text, as a number; [`TAGS`] if unknown. See [`Model::look_up`].
    ///
    /// [`Model::look_up`]: super::Model::look_up
    pub(super) usual: u32,
    /// It has no other tag.
    pub(super) certain: bool,
}

impl Word {
    /// A word from a token's text, its [`fold_hash`](newsmill_core::fold::fold_hash) and flags.
    pub fn new(text: &str, hash: u32, flags: TokenFlags) -> Word {
        let last = text.bytes().rev().take(4).enumerate();
        let ending = last.fold(0, |e, (i, b)| e | (u32::from(b.to_ascii_lowercase()) << (8 * i)));
        let bit = |flag, value| if flags.has(flag) { value } else { 0 };
        let shape = bit(TokenFlags::CAPITAL, 1)
            | bit(TokenFlags::ALL_CAPS, 2)
            | bit(TokenFlags::HAS_DIGIT, 4)
            | bit(TokenFlags::INNER_CAPITAL, 8)
            | bit(TokenFlags::CLITIC, 16);
        let fixed = tag_of_kind(flags);
        Word { hash, ending, shape, usual: fixed.map_or(TAGS as u32, |t| t as u32), certain: fixed.is_some() }
    }

    /// The last `n` bytes, up to four.
    fn last(self, n: u32) -> u32 {
        if n >= 4 { self.ending } else { self.ending & ((1 << (8 * n)) - 1) }
    }
}

/// Begin and end of the sentence, as words.
const OUTSIDE: u32 = 0x5EED;

/// Hashed features of word `i`, given the tags of the words before it. The words must have been looked up.
pub fn features(words: &[Word], i: usize, tags: &[Tag]) -> [u32; FEATURES] {
    let word = words[i];
    let hash_at =
        |offset: isize| i.checked_add_signed(offset).and_then(|j| words.get(j)).map_or(OUTSIDE, |w| w.hash);
    let usual_after = words.get(i + 1).map_or(TAGS as u32 + 1, |w| w.usual);
    let tag_before = |n: usize| i.checked_sub(n).map_or(TAGS as u32 + 1, |j| tags[j] as u32);
    let (t1, t2) = (tag_before(1), tag_before(2));
    let (before, after) = (hash_at(-1), hash_at(1));
    let start = u32::from(i == 0) * 64;
    let ending_after = words.get(i + 1).map_or(0, |w| w.last(3));
    [
        mix(1, word.hash, 0),
        mix(2, word.last(3), word.shape),
        mix(3, word.last(2), t1),
        mix(4, word.last(4), 0),
        mix(5, before, 0),
        mix(6, after, 0),
        mix(7, t1, word.shape | start),
        mix(8, t1, t2),
        mix(10, usual_after, word.usual),
        mix(13, before, word.hash),
        mix(14, ending_after, word.usual),
    ]
}

fn mix(kind: u32, a: u32, b: u32) -> u32 {
    let x = (u64::from(a) | (u64::from(b) << 32)) ^ (u64::from(kind) << 58);
    let h = (x ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((h ^ (h >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32) as u32
}
