//! Flags and folded hashes of the tokens that eight ASCII bytes don't hold.

use newsmill_core::fold::{CYRILLIC_PADDING, FoldHasher, fold_cyrillic, fold_hash, fold_latin1, hash_bytes};
use newsmill_core::layers::{TokenFlags, TokenKind};

use crate::chars::kind_of;
use crate::columns::{HIGH, KINDS, first_bytes, load, within};

/// Flags, as far as the characters tell, and folded hash of tokens of any length and script.
#[derive(Debug)]
pub struct Shapes {
    /// Those of the characters U+2000 to U+203F, most of them marks.
    marks: [(TokenFlags, u32); 64],
}

impl Default for Shapes {
    fn default() -> Self {
        let mut marks = [(TokenFlags::default(), 0); 64];
        for (mark, code) in marks.iter_mut().zip('\u{2000}'..) {
            *mark = other_token(code.encode_utf8(&mut [0; 4]));
        }
        Shapes { marks }
    }
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
                if let Some(found) = cyrillic_token(bytes, from, to) {
                    return found;
                }
            }
            &[0xE2, 0x80, last] => return self.marks[usize::from(last & 0x3F)],
            _ => {}
        }
        latin_token(bytes, from, to).unwrap_or_else(|| other_token(&text[from..to]))
    }
}

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

fn cyrillic_token(bytes: &[u8], from: usize, to: usize) -> Option<(TokenFlags, u32)> {
    const LANES: u64 = 0x0001_0001_0001_0001;
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

/// ASCII, letters of U+00C0 to U+00FF and `’`; the folded form in a buffer.
fn latin_token(bytes: &[u8], from: usize, to: usize) -> Option<(TokenFlags, u32)> {
    let mut folded = [0u8; 64];
    let mut shape = Shape::default();
    let mut kind = TokenFlags::of(TokenKind::Word);
    let (mut at, mut len) = (from, 0);
    while at < to {
        let word = load(bytes, at) & first_bytes((to - at) as u32);
        let run = ((word & HIGH).trailing_zeros() as usize / 8).min(to - at);
        if run > 0 {
            let word = word & first_bytes(run as u32);
            let first = at == from;
            *folded.get_mut(len..)?.first_chunk_mut()? = shape.add_ascii(word, first).to_le_bytes();
            (at, len) = (at + run, len + run);
            continue;
        }
        let (plain, size) = match (word & 0xFFFF) as u16 {
            pair if pair & 0xFF == 0xC3 && !matches!(pair >> 8, 0x97 | 0xB7) => {
                let last = (pair >> 8) as u8;
                let upper = u64::from(last < 0x9F);
                shape.add(upper, 1 - upper, u64::from(at == from));
                (fold_latin1(last), 2)
            }
            _ if word & 0xFF_FFFF == 0x99_80E2 => {
                if at == from {
                    kind = kind_of('’');
                }
                ("'", 3)
            }
            _ => return None,
        };
        for &b in plain.as_bytes() {
            *folded.get_mut(len)? = b;
            len += 1;
        }
        at += size;
    }
    Some((shape.flags().with(kind).with(TokenFlags::NON_ASCII), hash_bytes(&folded[..len])))
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
