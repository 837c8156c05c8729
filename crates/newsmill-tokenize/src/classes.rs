//! First pass: bytes to bitmaps, one of each class.
//!
//! A byte from 0x80 up counts as part of a word here; the second pass ([`crate::unicode`]) corrects the characters
//! that aren't. Which engine fills the bitmaps doesn't matter to what is in them.

use crate::bits::Bits;

/// ASCII letter or digit, or any byte of a non-ASCII character.
pub const WORD: u8 = 1;
/// ASCII white space and other control characters that separate.
pub const SPACE: u8 = 1 << 1;
/// Punctuation that the rules look at wherever it stands.
pub const HOT: u8 = 1 << 2;
/// Punctuation that the rules look at between two word characters.
pub const JOINER: u8 = 1 << 3;
/// First byte of a non-ASCII character that may be something else than a letter.
pub const LEAD: u8 = 1 << 4;
/// Line ends.
pub const NEWLINE: u8 = 1 << 5;

/// Classes of each byte value.
pub const CLASS: [u8; 256] = table();

const fn table() -> [u8; 256] {
    let mut t = [0; 256];
    let mut b = 0;
    while b < 256 {
        t[b] = match b as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => WORD,
            b'\n' | b'\r' | 0x0B | 0x0C => SPACE | NEWLINE,
            b' ' | b'\t' => SPACE,
            b'.' | b'!' | b'?' | b'\'' | b'"' | b'`' | b'@' | b'#' | b'&' | b'/' | b':' | b'$' | b')'
            | b';' | b'+' => HOT,
            b',' | b'-' | b'*' | b'_' => JOINER,
            // Leads of plain letters: Latin, Greek, Cyrillic. Everything else is looked at.
            0xC3..=0xCA | 0xCE..=0xD1 => WORD,
            0xC2 | 0xCB..=0xCD | 0xD2..=0xFF => WORD | LEAD,
            0x80..=0xC1 => WORD,
            _ => 0,
        };
        b += 1;
    }
    t
}

/// The bitmaps that the first pass makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maps {
    /// Parts of words, see [`WORD`].
    pub word: Bits,
    /// Between tokens, see [`SPACE`].
    pub space: Bits,
    /// See [`HOT`].
    pub hot: Bits,
    /// See [`JOINER`].
    pub joiner: Bits,
    /// See [`LEAD`].
    pub lead: Bits,
    /// See [`NEWLINE`].
    pub newline: Bits,
    /// What the rules look at: hot marks, joiners between word characters, marks that repeat the one before.
    pub visits: Bits,
}

impl Maps {
    /// Sizes all bitmaps for a text of `len` bytes, with one spare word. What is in the others is to be overwritten.
    pub fn resize(&mut self, len: usize) {
        let words = len.div_ceil(64) + 1;
        for bits in [
            &mut self.word,
            &mut self.space,
            &mut self.hot,
            &mut self.joiner,
            &mut self.lead,
            &mut self.newline,
        ] {
            bits.0.resize(words, 0);
        }
        // Beyond the text all is blank: that ends its last token.
        self.put(words - 1, [0, !0, 0, 0, 0, 0]);
    }

    /// Sets the bits of 64 bytes: word, space, hot, joiner, lead, newline.
    #[inline(always)]
    pub fn put(&mut self, index: usize, [word, space, hot, joiner, lead, newline]: [u64; 6]) {
        self.word.0[index] = word;
        self.space.0[index] = space;
        self.hot.0[index] = hot;
        self.joiner.0[index] = joiner;
        self.lead.0[index] = lead;
        self.newline.0[index] = newline;
    }

    /// Makes `visits`, when the other bitmaps are right, with the bitmap of token starts.
    pub fn find_visits(&mut self, start: &Bits) {
        let Maps { word, space, hot, joiner, visits, .. } = self;
        visits.0.clear();
        let (mut word_before, mut mark_before) = (0, 0);
        let next = word.0.iter().skip(1).chain([&0]);
        let rows = word.0.iter().zip(next).zip(space.0.iter().zip(&start.0)).zip(hot.0.iter().zip(&joiner.0));
        visits.0.extend(rows.map(|(((&word, &next), (&space, &start)), (&hot, &joiner))| {
            let flanked = (word << 1 | word_before) & (word >> 1 | next << 63);
            let mark = !(word | space);
            let repeated = start & mark & (mark << 1 | mark_before);
            (word_before, mark_before) = (word >> 63, mark >> 63);
            hot | joiner & flanked | repeated
        }));
    }
}

/// How the loops over bytes and columns are run. The results are the same.
#[derive(Clone, Copy, Debug)]
pub enum Engine {
    /// One byte after another: the reference.
    Scalar,
    /// 32 bytes at a time.
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    /// 64 bytes at a time.
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
}

impl Engine {
    /// The fastest one that this machine has.
    pub fn fastest() -> Self {
        Engine::all().next().unwrap_or(Engine::Scalar)
    }

    /// All that this machine has, the fastest first.
    pub fn all() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let wide = [pulp::x86::V4::try_new().map(Engine::Avx512), pulp::x86::V3::try_new().map(Engine::Avx2)];
        #[cfg(not(target_arch = "x86_64"))]
        let wide = [];
        wide.into_iter().flatten().chain([Engine::Scalar])
    }
}

/// Fills the bitmaps.
pub fn classify(engine: Engine, bytes: &[u8], maps: &mut Maps) {
    match engine {
        Engine::Scalar => classify_scalar(bytes, maps),
        #[cfg(target_arch = "x86_64")]
        Engine::Avx2(simd) => crate::classes_avx2::classify(simd, bytes, maps),
        #[cfg(target_arch = "x86_64")]
        Engine::Avx512(simd) => crate::classes_avx2::classify(*simd, bytes, maps),
    }
}

/// Fills the bitmaps byte by byte: the reference for faster engines.
pub fn classify_scalar(bytes: &[u8], maps: &mut Maps) {
    maps.resize(bytes.len());
    for (at, chunk) in bytes.chunks(64).enumerate() {
        maps.put(at, scalar_block(chunk));
    }
}

/// The bits of at most 64 bytes, in the order of [`Maps::put`].
pub fn scalar_block(chunk: &[u8]) -> [u64; 6] {
    let mut words = [0u64; 6];
    for (bit, &byte) in chunk.iter().enumerate() {
        let class = CLASS[byte as usize];
        for (k, word) in words.iter_mut().enumerate() {
            *word |= u64::from(class >> k & 1) << bit;
        }
    }
    if chunk.len() < 64 {
        words[1] |= !0 << chunk.len();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_class_every_byte_alike_at_every_place() {
        for (step, len) in [(1, 1000), (3, 64), (7, 63), (11, 65), (5, 129), (1, 0)] {
            let bytes: Vec<u8> = (0..len).map(|i: usize| (i * step + i / 256) as u8).collect();
            let mut scalar = Maps::default();
            classify(Engine::Scalar, &bytes, &mut scalar);
            for engine in Engine::all() {
                let mut maps = Maps::default();
                classify(engine, &bytes, &mut maps);
                assert_eq!(scalar, maps, "{len} bytes by {engine:?}");
            }
        }
    }
}
