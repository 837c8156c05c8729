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
    /// Somebody will ask for its tag.
    pub(super) asked: bool,
}

impl Word {
    /// A word from a token's text, its [`fold_hash`](newsmill_core::fold::fold_hash) and flags.
    pub fn new(text: &str, hash: u32, flags: TokenFlags) -> Word {
        let last = text.bytes().rev().take(4).enumerate();
        let ending = last.fold(0, |e, (i, b)| e | (u32::from(b.to_ascii_lowercase()) << (8 * i)));
        Word::of(ending, hash, flags, true)
    }

    /// A word of which the last four bytes are known, in lower case, the last one lowest. Its tag may stay open if it
    /// isn't `asked` for.
    #[inline]
    pub(crate) fn of(ending: u32, hash: u32, flags: TokenFlags, asked: bool) -> Word {
        let bit = |flag, value| if flags.has(flag) { value } else { 0 };
        let shape = bit(TokenFlags::CAPITAL, 1)
            | bit(TokenFlags::ALL_CAPS, 2)
            | bit(TokenFlags::HAS_DIGIT, 4)
            | bit(TokenFlags::INNER_CAPITAL, 8)
            | bit(TokenFlags::CLITIC, 16);
        let fixed = tag_of_kind(flags);
        let usual = fixed.map_or(TAGS as u32, |t| t as u32);
        Word { hash, ending, shape, usual, certain: fixed.is_some(), asked }
    }

    /// Whether its tag is asked for.
    pub(crate) fn asked(self) -> bool {
        self.asked
    }

    /// The last `n` bytes, up to four.
    fn last(self, n: u32) -> u32 {
        if n >= 4 { self.ending } else { self.ending & ((1 << (8 * n)) - 1) }
    }
}

/// Begin and end of the sentence, as words.
const OUTSIDE: u32 = 0x5EED;

/// Features that depend on tags found before.
const MOVING: usize = 3;
/// Features that don't.
pub(super) const FIXED: usize = FEATURES - MOVING;

/// Hashed features of word `i`, given the tags of the words before it. The words must have been looked up.
pub fn features(words: &[Word], i: usize, tags: &[Tag]) -> [u32; FEATURES] {
    let mut all = [0; FEATURES];
    let (fixed, moving) = all.split_at_mut(FIXED);
    fixed.copy_from_slice(&fixed_features(words, i));
    let tag = |n: usize| i.checked_sub(n).map(|j| tags[j]);
    moving.copy_from_slice(&moving_features(words, i, tag(1), tag(2)));
    all
}

/// The features of word `i` that depend on words alone.
#[inline]
pub(super) fn fixed_features(words: &[Word], i: usize) -> [u32; FIXED] {
    let word = words[i];
    let before = i.checked_sub(1).map_or(OUTSIDE, |j| words[j].hash);
    let next = words.get(i + 1);
    let after = next.map_or(OUTSIDE, |w| w.hash);
    let usual_after = next.map_or(TAGS as u32 + 1, |w| w.usual);
    let ending_after = next.map_or(0, |w| w.last(3));
    [
        mix(1, word.hash, 0),
        mix(2, word.last(3), word.shape),
        mix(4, word.last(4), 0),
        mix(5, before, 0),
        mix(6, after, 0),
        mix(10, usual_after, word.usual),
        mix(13, before, word.hash),
        mix(14, ending_after, word.usual),
    ]
}

/// The features of word `i` that depend on the tags of the word before it and of the one before that.
#[inline]
pub(super) fn moving_features(
    words: &[Word],
    i: usize,
    before: Option<Tag>,
    second: Option<Tag>,
) -> [u32; MOVING] {
    let word = words[i];
    let number = |tag: Option<Tag>| tag.map_or(TAGS as u32 + 1, |t| t as u32);
    let (t1, t2) = (number(before), number(second));
    let start = u32::from(i == 0) * 64;
    [mix(3, word.last(2), t1), mix(7, t1, word.shape | start), mix(8, t1, t2)]
}

fn mix(kind: u32, a: u32, b: u32) -> u32 {
    let x = (u64::from(a) | (u64::from(b) << 32)) ^ (u64::from(kind) << 58);
    let h = (x ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((h ^ (h >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32) as u32
}
