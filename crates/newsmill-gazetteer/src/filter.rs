//! What the scan asks before it touches the trie: which tokens may begin a name at all, and with which token after them.

use newsmill_core::layers::{TokenFlags, TokenKind};

use crate::store::Array;

/// Sets of hashes, which may say yes by mistake, never no.
///
/// Tokens with a small first letter have a set of their own: it is small as a rule and stays in the nearest cache,
/// although most words of a text are asked of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Tokens that begin a name: first those that may begin one with a small letter, then all, then a word without a bit. Of
    /// each hash two bits in one word, and a third if the token may be a whole name or more than its first atom.
    pub begins: Array<u64>,
    /// Words of the first part, a power of two.
    pub small: usize,
    /// Sequences of two atoms that names begin with: two bits in one word.
    pub pairs: Array<u64>,
}

/// A token that a name may begin with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begin {
    /// Hash of the token.
    pub hash: u32,
    /// Whether the token is perhaps all of the name, or more than its first atom.
    pub alone: bool,
}

impl Filter {
    /// A filter of these tokens and pairs, which may be there several times.
    pub fn new(any: &[Begin], small: &[Begin], pairs: &[u64]) -> Filter {
        let [mut begins, any] = [small, any].map(words_of);
        let small = begins.len();
        begins.extend(any);
        begins.push(0);
        let different = different(pairs.iter().map(|&pair| (pair >> 32) as u32), pairs.len());
        let mut two = vec![0u64; (different / 10).max(2).next_power_of_two()];
        let shift = shift_of(two.len());
        for &pair in pairs {
            let (at, bits) = pair_place(pair, shift);
            two[at] |= bits;
        }
        Filter { begins: Array::Own(begins), small, pairs: Array::Own(two) }
    }

    /// Whether the arrays are as long as they say, and have what is relied on.
    pub fn is_sound(&self) -> bool {
        let (begins, pairs) = (self.begins.as_slice(), self.pairs.as_slice());
        let any = begins.len().checked_sub(self.small.saturating_add(1));
        self.small.is_power_of_two()
            && any.is_some_and(usize::is_power_of_two)
            && begins.last() == Some(&0)
            && pairs.len().is_power_of_two()
    }

    pub fn view(&self) -> FilterView<'_> {
        let [begins, pairs] = [&self.begins, &self.pairs].map(Array::as_slice);
        let small = self.small as u32;
        let any = (begins.len() as u32).saturating_sub(1 + small);
        FilterView {
            begins,
            pairs,
            small,
            none: any + small,
            small_shift: shift_of(small as usize),
            any_shift: shift_of(any as usize),
            pair_shift: shift_of(pairs.len()),
        }
    }
}

/// About how many of `count` hashes are different: by the bits that they set in a map of four bits for each.
fn different(hashes: impl Iterator<Item = u32>, count: usize) -> usize {
    let mut map = vec![0u64; (count / 16).max(2).next_power_of_two()];
    let shift = shift_of(map.len());
    for hash in hashes {
        map[(hash >> shift) as usize] |= 1 << (hash & 63);
    }
    map.iter().map(|word| word.count_ones() as usize).sum()
}

fn words_of(begins: &[Begin]) -> Vec<u64> {
    let different = different(begins.iter().map(|b| b.hash), begins.len());
    let mut words = vec![0u64; (different / 6).max(256).next_power_of_two()];
    let shift = shift_of(words.len());
    for begin in begins {
        let bits = Bits::of(begin.hash);
        let alone = if begin.alone { 1 << bits.third() } else { 0 };
        words[(begin.hash >> shift) as usize] |= 1 << bits.first() | 1 << bits.second() | alone;
    }
    words
}

/// The high bits of a hash choose a word: how far they have to be shifted down.
fn shift_of(words: usize) -> u32 {
    32 - words.max(2).ilog2()
}

/// Numbers of bits in a word, from all bits of a hash.
#[derive(Clone, Copy)]
struct Bits(u32);

impl Bits {
    #[inline(always)]
    fn of(hash: u32) -> Bits {
        Bits(hash.wrapping_mul(0x9E37_79B1))
    }

    #[inline(always)]
    fn first(self) -> u32 {
        self.0 >> 26
    }

    #[inline(always)]
    fn second(self) -> u32 {
        self.0 >> 20 & 63
    }

    #[inline(always)]
    fn third(self) -> u32 {
        self.0 >> 14 & 63
    }
}

/// Kinds of tokens that no name begins with.
const MARKS: u32 = (1 << TokenKind::Punctuation as u32)
    | (1 << TokenKind::Symbol as u32)
    | (1 << TokenKind::OpenQuote as u32)
    | (1 << TokenKind::CloseQuote as u32)
    | (1 << TokenKind::Quote as u32)
    | (1 << TokenKind::Apostrophe as u32)
    | (1 << TokenKind::Hyphen as u32)
    | (1 << TokenKind::Dash as u32)
    | (1 << TokenKind::Stop as u32);

#[inline(always)]
pub(crate) fn is_mark(flags: TokenFlags) -> bool {
    MARKS >> (flags.0 & 15) & 1 != 0
}

/// Whether a name may begin with such a token: no mark and no clitic. As comparisons, which are done on many tokens at once.
#[inline(always)]
fn is_word(flags: TokenFlags) -> bool {
    let kind = (flags.0 & (15 | TokenFlags::CLITIC.0)) as i32;
    const FIRST: i32 = TokenKind::Punctuation as i32;
    const LAST: i32 = TokenKind::Dash as i32;
    (kind < FIRST) | ((kind > LAST) & (kind < TokenKind::Stop as i32))
}

/// Whether a token begins with a small letter, by its flags.
#[inline(always)]
fn begins_small(flags: TokenFlags) -> bool {
    const MASK: u32 = TokenFlags::HAS_LOWER.0 | TokenFlags::CAPITAL.0 | TokenFlags::HAS_DIGIT.0;
    flags.0 & MASK == TokenFlags::HAS_LOWER.0
}

#[inline(always)]
fn pair_place(pair: u64, shift: u32) -> (usize, u64) {
    let low = pair as u32;
    ((pair >> 32) as usize >> shift, 1 << (low & 63) | 1 << ((low >> 6) & 63))
}

/// A filter for reading.
#[derive(Clone, Copy)]
pub(crate) struct FilterView<'a> {
    begins: &'a [u64],
    pairs: &'a [u64],
    small: u32,
    /// Number of the word without a bit.
    none: u32,
    small_shift: u32,
    any_shift: u32,
    pair_shift: u32,
}

/// Tokens that are asked for at a time.
pub(crate) const LANES: usize = 64;

impl FilterView<'_> {
    #[inline(always)]
    fn place(self, hash: u32, flags: TokenFlags) -> u32 {
        let mask = |yes: bool| 0u32.wrapping_sub(u32::from(yes));
        let (small, word) = (mask(begins_small(flags)), mask(is_word(flags)));
        let at = (small & (hash >> self.small_shift)) | (!small & (self.small + (hash >> self.any_shift)));
        (word & at) | (!word & self.none)
    }

    /// One bit for each token that a name may begin with.
    ///
    /// In steps without a branch, the first of which is arithmetic on many tokens at once.
    #[inline(always)]
    pub fn begins(self, hashes: &[u32; LANES], flags: &[TokenFlags; LANES]) -> u64 {
        let mut places = [0u32; LANES];
        let mut bits = [Bits(0); LANES];
        for i in 0..LANES {
            places[i] = self.place(hashes[i], flags[i]);
            bits[i] = Bits::of(hashes[i]);
        }
        let mut begins = 0;
        for i in 0..LANES {
            let word = match self.begins.get(places[i] as usize) {
                Some(&word) => word,
                None => 0,
            };
            let both = (word >> bits[i].first()) & (word >> bits[i].second());
            begins = begins >> 1 | both << 63;
        }
        begins
    }

    /// Whether a token that may begin a name is perhaps all of it, or more than its first atom.
    #[inline(always)]
    pub fn is_alone(self, hash: u32, flags: TokenFlags) -> bool {
        let word = self.begins.get(self.place(hash, flags) as usize).copied().unwrap_or(0);
        word >> Bits::of(hash).third() & 1 != 0
    }

    /// Whether a name may begin with this sequence of two atoms.
    #[inline(always)]
    pub fn has_pair(self, pair: u64) -> bool {
        let (at, bits) = pair_place(pair, self.pair_shift);
        self.pairs.get(at).is_some_and(|word| word & bits == bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atoms::extend_hash;

    fn begins(hashes: std::ops::Range<u32>) -> Vec<Begin> {
        hashes.map(|i| Begin { hash: spread(i), alone: i % 2 == 0 }).collect()
    }

    /// Hashes of tokens are spread over all values.
    fn spread(i: u32) -> u32 {
        i.wrapping_mul(0x85EB_CA6B)
    }

    #[test]
    fn a_filter_never_forgets() {
        let pairs: Vec<u64> = (0..1000).map(|i| extend_hash(1, i)).collect();
        let filter = Filter::new(&begins(0..1000), &begins(7..9), &pairs);
        let filter = filter.view();
        let small = TokenFlags::HAS_LOWER;
        let capital = TokenFlags::HAS_LOWER.with(TokenFlags::CAPITAL);
        let asked = |first: u32, flags: TokenFlags| {
            filter.begins(&std::array::from_fn(|i| spread(first + i as u32)), &[flags; LANES])
        };
        for first in (0..936).step_by(LANES) {
            assert_eq!(asked(first, capital), !0);
            assert!(
                asked(first, TokenFlags::of(TokenKind::Dash))
                    | asked(first, capital.with(TokenFlags::CLITIC))
                    == 0
            );
        }
        assert!((0..1000).step_by(2).all(|i| filter.is_alone(spread(i), capital)));
        let by_mistake =
            |flags| (1000..11_000).step_by(LANES).map(|i| asked(i, flags).count_ones()).sum::<u32>();
        assert!(by_mistake(capital) < 1000 && by_mistake(small) < 1000);
        assert!(asked(0, small) >> 7 & 3 == 3 && asked(0, small).count_ones() < 10);
        assert!(pairs.iter().all(|&pair| filter.has_pair(pair)));
        assert!((1000..11_000).filter(|&i| filter.has_pair(extend_hash(1, i))).count() < 2000);
        let nothing = [Filter::new(&[], &[], &[]), Filter::default()];
        assert!(
            nothing
                .iter()
                .all(|f| f.view().begins(&[7; LANES], &[capital; LANES]) == 0 && !f.view().has_pair(7))
        );
    }

    #[test]
    fn words_are_what_no_mark_and_no_clitic_is() {
        for kind in 0..14 {
            let flags = TokenFlags(kind);
            assert_eq!(is_word(flags), !is_mark(flags), "{:?}", flags.kind());
            assert!(!is_word(flags.with(TokenFlags::CLITIC)));
        }
    }
}
