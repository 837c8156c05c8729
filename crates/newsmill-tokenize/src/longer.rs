//! Tokens of up to sixteen bytes, all ASCII or all Cyrillic letters: flags and hashes in a loop over columns.

use newsmill_core::fold::{CYRILLIC_PADDING, FoldHasher, fold_cyrillic_lanes};
use newsmill_core::layers::{TokenFlags, Tokens};

use crate::columns::{HIGH, LONG, first_bytes, load, within};

/// Memory of the loop.
#[derive(Debug, Default)]
pub struct Longer {
    words: Vec<[u64; 2]>,
    lengths: Vec<u32>,
    flags: Vec<u32>,
    hashes: Vec<u32>,
}

impl Longer {
    /// Settles those of the `odd` tokens with [`LONG`] that are words of such letters, and takes that flag from them.
    #[inline(always)]
    pub fn settle(&mut self, bytes: &[u8], odd: &[u32], out: &mut Tokens) {
        self.words.clear();
        self.lengths.clear();
        let spans = (&*out.start, &*out.end);
        self.lengths.extend(odd.iter().map(|&i| {
            let span = spans.0.get(i as usize).zip(spans.1.get(i as usize));
            span.map_or(0, |(&from, &to)| to - from)
        }));
        self.words.extend(odd.iter().map(|&i| {
            let from = out.start.get(i as usize).map_or(0, |&from| from as usize);
            [load(bytes, from), load(bytes, from + 8)]
        }));
        self.flags.resize(odd.len(), 0);
        self.hashes.resize(odd.len(), 0);
        let rows = self.words.iter().zip(&self.lengths).zip(self.flags.iter_mut().zip(&mut self.hashes));
        for ((&words, &len), (flags, hash)) in rows {
            (*flags, *hash) = word(words, len);
        }
        for (&index, (&flags, &hash)) in odd.iter().zip(self.flags.iter().zip(&self.hashes)) {
            let index = index as usize;
            let (Some(old), Some(place)) = (out.flags.get_mut(index), out.hash.get_mut(index)) else {
                continue;
            };
            if old.has(LONG) && flags & LONG.0 == 0 {
                *old = TokenFlags(flags | (old.0 & TokenFlags::JOINED_LEFT.0));
                *place = hash;
            }
        }
    }
}

/// Flags and hash of a word, with [`LONG`] if it isn't of such letters.
#[inline(always)]
fn word(words: [u64; 2], len: u32) -> (u32, u32) {
    const LANES: u64 = 0x0001_0001_0001_0001;
    let masks = [first_bytes(len), first_bytes(len.saturating_sub(8))];
    let (first, second) = (words[0] & masks[0], words[1] & masks[1]);
    let plain = (first | second) & HIGH == 0;
    let capitals = [within(first, b'A', b'Z'), within(second, b'A', b'Z')];
    let small = within(first, b'a', b'z') | within(second, b'a', b'z');
    let digit = plain & (within(first, b'0', b'9') | within(second, b'0', b'9') != 0);
    let (left, left_capitals, left_fits) = fold_cyrillic_lanes(first | (CYRILLIC_PADDING & !masks[0]));
    let (right, right_capitals, right_fits) = fold_cyrillic_lanes(second | (CYRILLIC_PADDING & !masks[1]));
    let choose = |ascii: u64, cyrillic: u64| if plain { ascii } else { cyrillic };
    let upper = [choose(capitals[0], left_capitals), choose(capitals[1], right_capitals)];
    let lower = choose(small, (LANES & masks[0] & !left_capitals) | (LANES & masks[1] & !right_capitals));
    let capital = upper[0] & 0x81;
    let inner = (upper[0] ^ capital) | upper[1];
    let fits = (plain & (upper[0] | upper[1] | lower != 0)) | (!plain & left_fits & right_fits);
    let several = ((upper[0] & upper[0].wrapping_sub(1)) | (upper[1] & upper[1].wrapping_sub(1)) != 0)
        | ((upper[0] != 0) & (upper[1] != 0));
    let flags = u32::from(capital != 0) << 4
        | u32::from((lower == 0) & several) << 5
        | u32::from(lower != 0) << 6
        | u32::from(inner != 0) << 7
        | u32::from(!plain) << 14
        | u32::from(digit) << 15
        | u32::from(!fits | (len > 16)) << 31;
    let mut hasher = FoldHasher::new(len as usize);
    hasher.word(choose(first | capitals[0] >> 2, left & masks[0]));
    let short = hasher.finish();
    hasher.word(choose(second | capitals[1] >> 2, right & masks[1]));
    (flags, if len > 8 { hasher.finish() } else { short })
}
