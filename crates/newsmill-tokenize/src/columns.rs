//! Columns of tokens: spans from bitmaps, then shapes and folded hashes of the first eight bytes.
//!
//! Loops over whole columns, compiled for AVX2 and for any machine: what they do to each token is arithmetic that
//! compilers vectorise. Tokens that need more than that are flagged, see [`LONG`] and [`DOUBLE`].

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::__m512i;

use newsmill_core::fold::FoldHasher;
use newsmill_core::layers::{TokenFlags, TokenKind, Tokens};

use crate::bits::Bits;
use crate::classes::Engine;
use crate::longer::Longer;

/// The token is longer than eight bytes or not ASCII: its flags and hash aren't right yet.
pub const LONG: TokenFlags = TokenFlags(1 << 31);
/// The token may be two: it has a double letter in its middle (`cannot`), or a digit first and letters (`5pm`).
pub const DOUBLE: TokenFlags = TokenFlags(1 << 30);

/// Memory of the last pass.
#[derive(Debug, Default)]
pub struct Columns {
    /// Eight bytes from the start of each token, whether they belong to it or not.
    words: Vec<u64>,
    /// Indices of tokens that have, or had, [`LONG`] or [`DOUBLE`].
    pub odd: Vec<u32>,
    longer: Longer,
    /// Which token a byte belongs to.
    pub ranks: Ranks,
}

/// Numbers of tokens that start before each word of the bitmap.
#[derive(Debug, Default)]
pub struct Ranks(Vec<u32>);

impl Ranks {
    /// Number of tokens that start before a byte.
    #[inline]
    pub fn before(&self, start: &Bits, at: usize) -> usize {
        let (Some(&rank), Some(&bits)) = (self.0.get(at >> 6), start.0.get(at >> 6)) else { return 0 };
        rank as usize + (bits & !(!0 << (at & 63))).count_ones() as usize
    }

    /// Counts anew, after starts have changed.
    pub fn count(&mut self, start: &Bits) {
        let mut sum = 0;
        self.0.clear();
        self.0.extend(start.0.iter().map(|bits| {
            let before = sum;
            sum += bits.count_ones();
            before
        }));
    }
}

/// Fills all columns of tokens.
pub fn fill(
    engine: Engine,
    bytes: &[u8],
    start: &Bits,
    space: &Bits,
    memory: &mut Columns,
    out: &mut Tokens,
) {
    let run = Run { bytes, start, space, memory, out };
    match engine {
        Engine::Scalar => run.with(places, odd_places),
        #[cfg(target_arch = "x86_64")]
        Engine::Avx2(simd) => simd.vectorize(run),
        #[cfg(target_arch = "x86_64")]
        Engine::Avx512(simd) => simd.vectorize(Run512(simd, run)),
    }
}

struct Run<'a> {
    bytes: &'a [u8],
    start: &'a Bits,
    space: &'a Bits,
    memory: &'a mut Columns,
    out: &'a mut Tokens,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.with(places, odd_places);
    }
}

#[cfg(target_arch = "x86_64")]
struct Run512<'a>(pulp::x86::V4, Run<'a>);

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Run512<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let simd = self.0;
        self.1.with(
            #[inline(always)]
            |bits, base, out, at| places_512(simd, bits, base, out, at),
            #[inline(always)]
            |flags, odd| odd_places_512(simd, flags, odd),
        );
    }
}

impl Run<'_> {
    #[inline(always)]
    fn with(
        self,
        places: impl Fn(u64, u32, &mut [u32], usize) -> usize,
        odd_places: impl Fn(&[TokenFlags], &mut [u32]) -> usize,
    ) {
        let Run { bytes, start, space, memory, out } = self;
        memory.ranks.count(start);
        spans(start, space, out, places);
        let count = out.start.len();
        out.flags.resize(count, TokenFlags::default());
        out.hash.resize(count, 0);
        memory.words.resize(count, 0);
        for ((&from, word), flags) in out.start.iter().zip(&mut memory.words).zip(&mut out.flags) {
            *word = load(bytes, from as usize);
            flags.0 = u32::from(KINDS[(*word & 0xFF) as usize]);
        }
        shapes(&memory.words, out);
        memory.odd.resize(count + STEP, 0);
        let odd = odd_places(&out.flags, &mut memory.odd);
        memory.odd.truncate(odd);
        memory.longer.settle(bytes, &memory.odd, out);
    }
}

/// Flags and hashes from the first eight bytes.
#[inline(always)]
fn shapes(words: &[u64], out: &mut Tokens) {
    let spans = out.start.iter().zip(&out.end);
    for ((&word, (&from, &to)), (flags, hash)) in
        words.iter().zip(spans).zip(out.flags.iter_mut().zip(&mut out.hash))
    {
        let len = to - from;
        let word = word & first_bytes(len);
        let letters = within(word | SMALL, b'a', b'z');
        let small = word << 2;
        let (upper, lower) = (letters & !small, letters & small);
        let digits = within(word, b'0', b'9');
        let digit = u32::from(digits != 0);
        let marks = u32::from(letters == 0);
        let caps = u32::from(lower == 0) & u32::from(upper & upper.wrapping_sub(1) != 0);
        let number = marks & digit;
        let kind = (marks * (1 - number) * flags.0) | (number * TokenKind::Number as u32);
        let double = ((word >> 16 & 0xFF == word >> 24 & 0xFF) & may_split(len))
            | ((digits & 0x80 != 0) & (letters != 0));
        flags.0 = kind
            | (upper as u32 & 0x80) >> 3
            | caps << 5
            | u32::from(lower != 0) << 6
            | u32::from(upper > 0xFF) << 7
            | digit << 15
            | u32::from(double) << 30
            | (u32::from(len > 8) | u32::from(word & HIGH != 0)) << 31;
        let mut h = FoldHasher::new(len as usize);
        h.word(word | upper >> 2);
        *hash = h.finish();
    }
    for (&before, (&from, flags)) in out.end.iter().zip(out.start.iter().zip(&mut out.flags).skip(1)) {
        flags.0 |= u32::from(before == from) * TokenFlags::JOINED_LEFT.0;
    }
}

/// Whether a word of so many bytes may be two (`cannot`): none of those is shorter or longer.
#[inline(always)]
fn may_split(len: u32) -> bool {
    len.wrapping_sub(5) < 2
}

/// Kind of a token of ASCII marks by its first byte.
pub const KINDS: [u8; 256] = {
    let mut kinds = [TokenKind::Word as u8; 256];
    let mut b = 0;
    while b < 128 {
        kinds[b] = match b as u8 {
            b'0'..=b'9' => TokenKind::Number as u8,
            b'a'..=b'z' | b'A'..=b'Z' => TokenKind::Word as u8,
            b'.' | b'!' | b'?' => TokenKind::Stop as u8,
            b'-' => TokenKind::Dash as u8,
            b',' | b';' | b':' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'/' => {
                TokenKind::Punctuation as u8
            }
            _ => TokenKind::Symbol as u8,
        };
        b += 1;
    }
    kinds
};

/// The high bit of each byte: set in what isn't ASCII.
pub const HIGH: u64 = 0x8080_8080_8080_8080;
const SMALL: u64 = 0x2020_2020_2020_2020;

/// The bytes of eight, all ASCII, that lie in a range: their high bits.
#[inline(always)]
pub fn within(bytes: u64, first: u8, last: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    (bytes.wrapping_add(ONES * (0x80 - u64::from(first)))
        & !bytes.wrapping_add(ONES * (0x7F - u64::from(last))))
        & HIGH
}

/// A mask of the first `len` of eight bytes, all of them if there are more.
#[inline(always)]
pub fn first_bytes(len: u32) -> u64 {
    if len < 8 { !(!0 << (8 * len)) } else { !0 }
}

/// Eight bytes of a text, zeros where it ends before.
#[inline(always)]
pub fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        Some(Ok(eight)) => u64::from_le_bytes(eight),
        _ => load_last(bytes, at),
    }
}

#[cold]
fn load_last(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).unwrap_or(&[]).iter().rev().fold(0, |word, &b| word << 8 | u64::from(b))
}

/// As many places are written at once, whether there are so many or not.
const STEP: usize = 16;

/// Writes the places of starts and ends, the bits of which alternate.
#[inline(always)]
fn spans(
    start: &Bits,
    space: &Bits,
    out: &mut Tokens,
    places: impl Fn(u64, u32, &mut [u32], usize) -> usize,
) {
    let count: usize = start.0.iter().map(|w| w.count_ones() as usize).sum();
    out.start.resize(count + STEP, 0);
    out.end.resize(count + STEP, 0);
    let (mut first, mut last) = (0, 0);
    let mut solid_before = 0;
    for (index, (&starts, &space)) in start.0.iter().zip(&space.0).enumerate() {
        let solid = !space;
        let ends = (starts | space) & (solid << 1 | solid_before);
        solid_before = solid >> 63;
        let base = (index << 6) as u32;
        first = places(starts, base, &mut out.start, first);
        last = places(ends, base, &mut out.end, last);
    }
    debug_assert_eq!((first, last), (count, count), "each token has a start and an end");
    out.start.truncate(count);
    out.end.truncate(count);
}

/// Places of the bits of each byte value.
const PLACES: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 != 0 {
                table[byte][count] = bit;
                count += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};

/// Writes the places of a word's bits from index `at` on; the index after them.
#[inline(always)]
fn places(bits: u64, mut base: u32, out: &mut [u32], mut at: usize) -> usize {
    for byte in bits.to_le_bytes() {
        if let Some(eight) = out.get_mut(at..at + 8) {
            for (place, &offset) in eight.iter_mut().zip(&PLACES[byte as usize]) {
                *place = base + u32::from(offset);
            }
        }
        at += byte.count_ones() as usize;
        base += 8;
    }
    at
}

/// Writes the indices of tokens with [`LONG`] or [`DOUBLE`]; how many they are.
#[inline(always)]
fn odd_places(flags: &[TokenFlags], odd: &mut [u32]) -> usize {
    let mut count = 0;
    for (index, flags) in flags.iter().enumerate() {
        if let Some(place) = odd.get_mut(count) {
            *place = index as u32;
        }
        count += usize::from(flags.0 >= DOUBLE.0);
    }
    count
}

/// The same, 16 tokens at a time.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn odd_places_512(simd: pulp::x86::V4, flags: &[TokenFlags], odd: &mut [u32]) -> usize {
    let least = simd.avx512f._mm512_set1_epi32(DOUBLE.0 as i32);
    let (sixteens, rest) = flags.as_chunks::<STEP>();
    let mut indices: __m512i = pulp::cast(OFFSETS);
    let mut count = 0;
    let mut add = |sixteen: [u32; STEP]| {
        let bits = simd.avx512f._mm512_cmpge_epu32_mask(pulp::cast(sixteen), least);
        let found: [u32; STEP] = pulp::cast(simd.avx512f._mm512_maskz_compress_epi32(bits, indices));
        if let Some(places) = odd.get_mut(count..count + STEP) {
            places.copy_from_slice(&found);
        }
        count += bits.count_ones() as usize;
        indices = simd.avx512f._mm512_add_epi32(indices, simd.avx512f._mm512_set1_epi32(STEP as i32));
    };
    for sixteen in sixteens {
        add(sixteen.map(|flags| flags.0));
    }
    let mut last = [0; STEP];
    for (place, flags) in last.iter_mut().zip(rest) {
        *place = flags.0;
    }
    add(last);
    count
}

/// The same as [`places`] by an instruction for it, 16 bits at a time.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn places_512(simd: pulp::x86::V4, mut bits: u64, base: u32, out: &mut [u32], mut at: usize) -> usize {
    let simd = simd.avx512f;
    let mut offsets = simd._mm512_add_epi32(pulp::cast(OFFSETS), simd._mm512_set1_epi32(base as i32));
    for _ in 0..4 {
        let found: [u32; STEP] = pulp::cast(simd._mm512_maskz_compress_epi32(bits as u16, offsets));
        if let Some(sixteen) = out.get_mut(at..at + STEP) {
            sixteen.copy_from_slice(&found);
        }
        at += (bits as u16).count_ones() as usize;
        bits >>= 16;
        offsets = simd._mm512_add_epi32(offsets, simd._mm512_set1_epi32(16));
    }
    at
}

#[cfg(target_arch = "x86_64")]
const OFFSETS: [u32; STEP] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_two_have_a_double_letter_and_a_length_that_are_looked_for() {
        let words = include_str!("../rules/en/words.txt");
        let split = words.lines().filter_map(|line| line.strip_prefix("split "));
        for word in split.flat_map(str::split_whitespace).map(|word| word.replace('|', "")) {
            let bytes = word.as_bytes();
            assert!(may_split(bytes.len() as u32) && bytes[2] == bytes[3], "{word}");
        }
    }
}
