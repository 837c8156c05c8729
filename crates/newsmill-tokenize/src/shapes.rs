//! Flags and folded hashes of the tokens that eight ASCII bytes don't hold.

use newsmill_core::fold::{CYRILLIC_PADDING, FoldHasher, fold, fold_cyrillic, fold_hash, hash_bytes};
use newsmill_core::layers::{TokenFlags, TokenKind};

use crate::chars::kind_of;
use crate::columns::{HIGH, KINDS, first_bytes, load, within};

/// Flags, as far as the characters tell, and folded hash of tokens of any length and script.
#[derive(Debug)]
pub struct Shapes {
    /// Those of the characters U+2000 to U+203F, most of them marks.
    marks: [(TokenFlags, u32); 64],
    /// The ASCII letter, in the same case, that a character of U+00C0 to U+017F folds to, by the last bits of its two
    /// bytes; 0 if it folds to none or several.
    latin: [u8; 256],
}

impl Default for Shapes {
    fn default() -> Self {
        let mut marks = [(TokenFlags::default(), 0); 64];
        for (mark, code) in marks.iter_mut().zip('\u{2000}'..) {
            *mark = other_token(code.encode_utf8(&mut [0; 4]));
        }
        let mut latin = [0; 256];
        for c in '\u{C0}'..='\u{17F}' {
            let mut utf8 = [0; 2];
            c.encode_utf8(&mut utf8);
            let case = if c.is_uppercase() { u8::to_ascii_uppercase } else { u8::to_ascii_lowercase };
            if let [letter @ b'a'..=b'z'] = fold(c.encode_utf8(&mut [0; 2])).as_bytes() {
                latin[latin_place(utf8)] = case(letter);
            }
        }
        Shapes { marks, latin }
    }
}

/// Where the table of Latin letters has a character, by its two bytes.
#[inline(always)]
fn latin_place([lead, last]: [u8; 2]) -> usize {
    usize::from(lead & 3) << 6 | usize::from(last & 0x3F)
}

impl Shapes {
    /// Flags and hash of a token.
    pub fn of(&self, text: &str, from: usize, to: usize) -> (TokenFlags, u32) {
        let bytes = text.as_bytes();
        match &bytes[from..to] {
            [0..0x80, ..] => {
                if let Some(found) = ascii_token(bytes, from, to) {
                    return found;
                }
            }
            [0xD0 | 0xD1, ..] => {
                let found = cyrillic_token(bytes, from, to).or_else(|| mixed_token(bytes, from, to));
                if let Some(found) = found {
                    return found;
                }
            }
            &[0xE2, 0x80, last] => return self.marks[usize::from(last & 0x3F)],
            _ => {}
        }
        self.latin_token(bytes, from, to).unwrap_or_else(|| other_token(&text[from..to]))
    }

    /// A token of up to sixteen bytes: ASCII, letters of U+00C0 to U+017F that fold to one letter, and `’`. Each of
    /// these is replaced by its ASCII relative in registers; what is left is an ASCII word.
    #[inline(always)]
    fn latin_token(&self, bytes: &[u8], from: usize, to: usize) -> Option<(TokenFlags, u32)> {
        let mut len = to - from;
        if len > 16 {
            return None;
        }
        let mut word = u128::from(load(bytes, from) & first_bytes(len as u32));
        if len > 8 {
            word |= u128::from(load(bytes, from + 8) & first_bytes(len as u32 - 8)) << 64;
        }
        let apostrophe = word & 0xFF_FFFF == 0x99_80E2;
        loop {
            let high = word & HIGH_128;
            if high == 0 {
                break;
            }
            let shift = (high.trailing_zeros() & !7) as usize;
            let [lead, last, third, _] = ((word >> shift) as u32).to_le_bytes();
            let (letter, size) = match lead {
                0xC3..=0xC5 => (self.latin[latin_place([lead, last])], 2),
                0xE2 if [last, third] == [0x80, 0x99] => (b'\'', 3),
                _ => return None,
            };
            if letter == 0 {
                return None;
            }
            let before = word & !(!0 << shift);
            // In two steps: the character may end where the register does.
            let after = word >> shift >> (8 * size - 8) >> 8;
            word = before | (u128::from(letter) | after << 8) << shift;
            len -= size - 1;
        }
        let mut shape = Shape::default();
        let mut hash = FoldHasher::new(len);
        hash.word(shape.add_ascii(word as u64, true));
        if len > 8 {
            hash.word(shape.add_ascii((word >> 64) as u64, false));
        }
        let kind = if apostrophe { kind_of('’') } else { TokenFlags::of(TokenKind::Word) };
        Some((shape.flags().with(kind).with(TokenFlags::NON_ASCII), hash.finish()))
    }
}

const HIGH_128: u128 = (HIGH as u128) << 64 | HIGH as u128;

/// What the characters of a token are, gathered eight bytes at a time.
#[derive(Clone, Copy, Default)]
struct Shape {
    capital: bool,
    /// Saturates at two or more.
    capitals: u32,
    lower: bool,
    inner: bool,
    digit: bool,
}

impl Shape {
    /// Adds letters, as bits in their places; `first` is the place of a token's first character.
    #[inline(always)]
    fn add(&mut self, upper: u64, lower: u64, first: u64) {
        self.capital |= upper & first != 0;
        self.inner |= upper & !first != 0;
        self.capitals += u32::from(upper != 0) + u32::from(upper & upper.wrapping_sub(1) != 0);
        self.lower |= lower != 0;
    }

    /// Adds eight ASCII bytes; their folded form.
    #[inline(always)]
    fn add_ascii(&mut self, word: u64, first: bool) -> u64 {
        let upper = within(word, b'A', b'Z');
        self.add(upper, within(word, b'a', b'z'), if first { 0xFF } else { 0 });
        self.digit |= within(word, b'0', b'9') != 0;
        word | upper >> 2
    }

    #[inline(always)]
    fn flags(self) -> TokenFlags {
        let bits = u32::from(self.capital) << 4
            | u32::from(!self.lower && self.capitals >= 2) << 5
            | u32::from(self.lower) << 6
            | u32::from(self.inner) << 7
            | u32::from(self.digit) << 15;
        TokenFlags(bits)
    }
}

fn ascii_token(bytes: &[u8], from: usize, to: usize) -> Option<(TokenFlags, u32)> {
    let mut hash = FoldHasher::new(to - from);
    let mut shape = Shape::default();
    let mut at = from;
    while at < to {
        let word = load(bytes, at) & first_bytes((to - at) as u32);
        if word & HIGH != 0 {
            return None;
        }
        hash.word(shape.add_ascii(word, at == from));
        at += 8;
    }
    let kind = match (shape.lower || shape.capitals > 0, shape.digit) {
        (true, _) => TokenKind::Word as u8,
        (_, true) => TokenKind::Number as u8,
        _ => KINDS[bytes[from] as usize],
    };
    Some((shape.flags().with(TokenFlags(u32::from(kind))), hash.finish()))
}

/// One in each lane of 16 bits: a Cyrillic letter has two bytes.
const LANES: u64 = 0x0001_0001_0001_0001;

fn cyrillic_token(bytes: &[u8], from: usize, to: usize) -> Option<(TokenFlags, u32)> {
    let mut hash = FoldHasher::new(to - from);
    let mut shape = Shape::default();
    let mut at = from;
    while at < to {
        let mask = first_bytes((to - at) as u32);
        let (folded, capitals) = fold_cyrillic((load(bytes, at) & mask) | (CYRILLIC_PADDING & !mask))?;
        shape.add(capitals, LANES & mask & !capitals, u64::from(at == from));
        hash.word(folded & mask);
        at += 8;
    }
    Some((shape.flags().with(TokenFlags::NON_ASCII), hash.finish()))
}

/// Cyrillic letters with ASCII characters and `’` among them (`м’ята`); the folded form in a buffer.
fn mixed_token(bytes: &[u8], from: usize, to: usize) -> Option<(TokenFlags, u32)> {
    let mut folded = [0u8; 64];
    let mut shape = Shape::default();
    let (mut at, mut len) = (from, 0);
    while at < to {
        let word = load(bytes, at) & first_bytes((to - at) as u32);
        let others = (word ^ (LANES * 0xD0)) & (LANES * 0xFE);
        let (eight, size, folded_size) = match others.trailing_zeros() / 16 * 2 {
            0 if word & 0xFF_FFFF == 0x99_80E2 => (u64::from(b'\''), 3, 1),
            0 if word & 0x80 == 0 => (shape.add_ascii(word & 0xFF, at == from), 1, 1),
            0 => return None,
            run => {
                let mask = first_bytes(run);
                let (letters, capitals) = fold_cyrillic((word & mask) | (CYRILLIC_PADDING & !mask))?;
                shape.add(capitals, LANES & mask & !capitals, u64::from(at == from));
                (letters & mask, run as usize, run as usize)
            }
        };
        *folded.get_mut(len..)?.first_chunk_mut()? = eight.to_le_bytes();
        (at, len) = (at + size, len + folded_size);
    }
    Some((shape.flags().with(TokenFlags::NON_ASCII), hash_bytes(&folded[..len])))
}

fn other_token(token: &str) -> (TokenFlags, u32) {
    let flags = shape(token);
    let kind = match token.chars().next() {
        Some(first) if !first.is_ascii() => kind_of(first),
        _ => TokenFlags::of(TokenKind::Word),
    };
    (flags.with(kind), fold_hash(token))
}

/// Flags that follow from the characters of a token.
fn shape(token: &str) -> TokenFlags {
    let (mut lower, mut upper, mut inner, mut digit, mut wide, mut letters) =
        (false, false, false, false, false, 0);
    for (i, c) in token.chars().enumerate() {
        wide |= !c.is_ascii();
        if c.is_lowercase() {
            lower = true;
            letters += 1;
        } else if c.is_uppercase() {
            inner |= i > 0;
            upper = true;
            letters += 1;
        } else if c.is_ascii_digit() {
            digit = true;
        } else if c.is_alphabetic() {
            letters += 1;
        }
    }
    let mut flags = TokenFlags::default();
    let capital = token.chars().next().is_some_and(char::is_uppercase);
    for (set, flag) in [
        (capital, TokenFlags::CAPITAL),
        (upper && !lower && letters >= 2, TokenFlags::ALL_CAPS),
        (lower, TokenFlags::HAS_LOWER),
        (inner, TokenFlags::INNER_CAPITAL),
        (wide, TokenFlags::NON_ASCII),
        (digit, TokenFlags::HAS_DIGIT),
    ] {
        if set {
            flags = flags.with(flag);
        }
    }
    flags
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quick_ways_give_what_the_characters_say(word in "[a-zA-ZÀ-ſ’][a-zA-Z0-9’'À-ſ]{0,11}|[а-яА-ЯёЁ]{1,20}|[А-яґё][a-zА-яёіЁ'’9]{1,20}|[a-zé]{1,4}[А-я][a-z]?") {
            let text = format!("a {word} b");
            let found = Shapes::default().of(&text, 2, 2 + word.len());
            prop_assert_eq!(found, other_token(&word));
        }
    }
}
