//! Last pass: bitmaps and findings become the layers.

use newsmill_core::fold::{fold_hash, fold_hash_short};
use newsmill_core::layers::{Paragraphs, Sentences, TokenFlags, TokenKind, Tokens};
use newsmill_core::span::Span;

use crate::bits::Bits;
use crate::chars::kind_of;
use crate::classes::{CLASS, Maps, WORD};
use crate::lines::Paragraph;
use crate::rules::{Entry, Rules};
use crate::scan::Findings;

/// Appends all tokens: spans from the bitmaps, flags from shape, place and marks.
pub fn tokens(
    text: &str,
    maps: &Maps,
    start: &mut Bits,
    found: &mut Findings,
    rules: &Rules,
    out: &mut Tokens,
) {
    spans(maps, start, out);
    let count = out.start.len().min(out.end.len());
    out.flags.reserve(count);
    out.hash.reserve(count);
    // A mark that no token has stands at the end, so that there always is a next one.
    found.marks.push((u32::MAX, TokenFlags::default()));
    let mut next = 0;
    let mut cuts = Vec::new();
    let mut before = Before { end: u32::MAX, flags: TokenFlags::of(TokenKind::Word) };
    for (&from, &to) in out.start.iter().zip(&out.end) {
        let (mut flags, hash) = token(text, from as usize, to as usize);
        while found.marks[next].0 <= from {
            if found.marks[next].0 == from {
                let mark = found.marks[next].1;
                flags = TokenFlags(flags.0 & !15).with(mark);
            }
            next += 1;
        }
        if before.end == from {
            flags = flags.with(TokenFlags::JOINED_LEFT);
            if flags.kind() == TokenKind::Hyphen || before.flags.kind() == TokenKind::Hyphen {
                flags = flags.with(compound(text, from, flags, &before, out.flags.len(), &out.start, rules));
            }
        }
        if rules.may_split(hash) {
            cut(text, from, to, out.flags.len(), rules, &mut cuts);
        }
        before = Before { end: to, flags };
        out.flags.push(flags);
        out.hash.push(hash);
    }
    if !cuts.is_empty() {
        split(text, &cuts, start, out);
    }
}

/// The token before.
struct Before {
    end: u32,
    flags: TokenFlags,
}

/// Flags of a hyphen or slash that joins, and of what it joins.
#[cold]
fn compound(
    text: &str,
    from: u32,
    flags: TokenFlags,
    before: &Before,
    index: usize,
    starts: &[u32],
    rules: &Rules,
) -> TokenFlags {
    if flags.kind() != TokenKind::Hyphen {
        let carried = TokenFlags::AFFIX.0 | TokenFlags::IN_COMPOUND.0;
        return TokenFlags(before.flags.0 & carried);
    }
    let prefix = index.checked_sub(1).and_then(|i| text.get(starts[i] as usize..from as usize)).unwrap_or("");
    let first = !before.flags.has(TokenFlags::IN_COMPOUND);
    let affix = first
        && text.as_bytes()[from as usize] == b'-'
        && prefix.len() <= 7
        && rules.prefixes.get(&prefix.to_ascii_lowercase()).is_some();
    if affix { TokenFlags::IN_COMPOUND.with(TokenFlags::AFFIX) } else { TokenFlags::IN_COMPOUND }
}

/// Notes where a word that is two words is to be cut.
#[cold]
fn cut(text: &str, from: u32, to: u32, index: usize, rules: &Rules, cuts: &mut Vec<(usize, u32)>) {
    let word = text.get(from as usize..to as usize).unwrap_or("").to_ascii_lowercase();
    if let Some(Entry::Split(first)) = rules.words.get(&word) {
        cuts.push((index, from + u32::from(first)));
    }
}

/// Cuts the words that are two (`cannot`), in one pass over the tokens.
#[cold]
fn split(text: &str, cuts: &[(usize, u32)], start: &mut Bits, out: &mut Tokens) {
    let whole = std::mem::take(out);
    out.keep_compounds = whole.keep_compounds;
    let mut cuts = cuts.iter().peekable();
    for i in 0..whole.start.len() {
        let (from, to, flags) = (whole.start[i], whole.end[i], whole.flags[i]);
        match cuts.next_if(|c| c.0 == i) {
            Some(&(_, at)) => {
                start.set(at as usize);
                out.push(Span::new(from, at), flags, fold_hash(&text[from as usize..at as usize]));
                let second = token(text, at as usize, to as usize);
                let placed =
                    TokenFlags::CLITIC.0 | TokenFlags::JOINED_LEFT.0 | (flags.0 & TokenFlags::IN_COMPOUND.0);
                out.push(Span::new(at, to), TokenFlags(second.0.0 | placed), second.1);
            }
            None => out.push(Span::new(from, to), flags, whole.hash[i]),
        }
    }
}

const HIGH: u64 = 0x8080_8080_8080_8080;

/// The bytes of eight, all ASCII, that lie in a range: their high bits.
#[inline(always)]
fn within(bytes: u64, first: u8, last: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    (bytes.wrapping_add(ONES * (0x80 - u64::from(first)))
        & !bytes.wrapping_add(ONES * (0x7F - u64::from(last))))
        & HIGH
}

/// Shape, unmarked kind and hash of a token.
#[inline(always)]
fn token(text: &str, from: usize, to: usize) -> (TokenFlags, u32) {
    let bytes = text.as_bytes();
    let len = to.wrapping_sub(from);
    if let (1..=8, Some(Ok(eight))) = (len, bytes.get(from..from + 8).map(<[u8; 8]>::try_from)) {
        let short = u64::from_le_bytes(eight) & (!0 >> (64 - 8 * len));
        if short & HIGH == 0 {
            let (upper, lower, digit) =
                (within(short, b'A', b'Z'), within(short, b'a', b'z'), within(short, b'0', b'9'));
            let caps = lower == 0 && upper & upper.wrapping_sub(1) != 0;
            let shape = (upper >> 7 & 1) << 4
                | u64::from(caps) << 5
                | u64::from(lower != 0) << 6
                | u64::from(upper > 0xFF) << 7
                | u64::from(digit != 0) << 15;
            let flags = TokenFlags(shape as u32);
            let hash = fold_hash_short(short, len);
            if upper | lower != 0 {
                return (flags, hash);
            }
            return (flags.with(TokenFlags::of(mark_kind(bytes, from, to, digit != 0))), hash);
        }
    }
    long_token(text, from, to)
}

#[cold]
fn long_token(text: &str, from: usize, to: usize) -> (TokenFlags, u32) {
    let token = text.get(from..to).unwrap_or("");
    let flags = shape(token);
    let wordlike =
        TokenFlags(flags.0 & !(TokenFlags::HAS_DIGIT.0 | TokenFlags::NON_ASCII.0)) != TokenFlags::default();
    let kind = match token.as_bytes().first() {
        Some(0x80..) => token.chars().next().map_or(TokenFlags::of(TokenKind::Word), kind_of),
        _ if wordlike => TokenFlags::of(TokenKind::Word),
        _ => TokenFlags::of(mark_kind(text.as_bytes(), from, to, flags.has(TokenFlags::HAS_DIGIT))),
    };
    (flags.with(kind), fold_hash(token))
}

/// Kind of a token of ASCII digits and marks.
#[inline]
fn mark_kind(bytes: &[u8], from: usize, to: usize, digit: bool) -> TokenKind {
    if digit {
        return TokenKind::Number;
    }
    match bytes[from] {
        b'.' | b'!' | b'?' => TokenKind::Stop,
        b'-' | b'/' => {
            let word = |at: Option<usize>| {
                at.and_then(|i| bytes.get(i)).is_some_and(|&b| CLASS[b as usize] & WORD != 0)
            };
            match bytes[from] {
                _ if to - from == 1 && word(from.checked_sub(1)) && word(Some(to)) => TokenKind::Hyphen,
                b'-' => TokenKind::Dash,
                _ => TokenKind::Punctuation,
            }
        }
        b',' | b';' | b':' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => TokenKind::Punctuation,
        _ => TokenKind::Symbol,
    }
}

fn spans(maps: &Maps, start: &Bits, out: &mut Tokens) {
    let mut solid_before = 0;
    for (index, (&starts, &space)) in start.0.iter().zip(&maps.space.0).enumerate() {
        let solid = !space;
        let mut ends = (starts | space) & (solid << 1 | solid_before);
        let mut starts = starts;
        solid_before = solid >> 63;
        let base = (index << 6) as u32;
        while starts != 0 {
            out.start.push(base + starts.trailing_zeros());
            starts &= starts - 1;
        }
        while ends != 0 {
            out.end.push(base + ends.trailing_zeros());
            ends &= ends - 1;
        }
    }
    debug_assert_eq!(out.start.len(), out.end.len());
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

/// Appends sentences and paragraphs, and flags their first tokens.
pub fn structure(
    paragraphs: &[Paragraph],
    starts: &Bits,
    found: &Findings,
    tokens: &mut Tokens,
    sentences: &mut Sentences,
    out: &mut Paragraphs,
) {
    let mut next_paragraph = paragraphs.iter().peekable();
    let mut rank = Rank::default();
    let mut token = 0;
    for (i, &begin) in found.sentences.iter().enumerate() {
        let stop = match found.sentences.get(i + 1) {
            Some(&stop) => rank.before(starts, stop as usize).min(tokens.start.len()),
            None => tokens.start.len(),
        };
        if stop <= token {
            continue;
        }
        let mut flags = TokenFlags::SENTENCE_START;
        if let Some(paragraph) = next_paragraph.next_if(|p| p.start as u32 <= begin) {
            flags = flags.with(TokenFlags::PARAGRAPH_START);
            let span = Span::new(paragraph.start as u32, paragraph.end as u32);
            out.push(span, sentences.span.len() as u32, paragraph.kind);
        }
        tokens.flags[token] = tokens.flags[token].with(flags);
        sentences.push(Span::new(tokens.start[token], tokens.end[stop - 1]), token as u32);
        token = stop;
    }
}

/// Counts the bits before ascending places.
#[derive(Default)]
struct Rank {
    word: usize,
    bits: usize,
}

impl Rank {
    fn before(&mut self, bits: &Bits, at: usize) -> usize {
        while self.word < at >> 6 {
            self.bits += bits.0.get(self.word).map_or(0, |w| w.count_ones() as usize);
            self.word += 1;
        }
        let rest = bits.0.get(self.word).map_or(0, |w| w & !(!0 << (at & 63)));
        self.bits + rest.count_ones() as usize
    }
}
