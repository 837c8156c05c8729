//! Last pass: bitmaps and findings become the layers.

use newsmill_core::fold::{CYRILLIC_PADDING, FoldHasher, fold_cyrillic, fold_hash, fold_latin1, hash_bytes};
use newsmill_core::layers::{Paragraphs, Sentences, TokenFlags, TokenKind, Tokens};
use newsmill_core::span::Span;

use crate::bits::Bits;
use crate::chars::kind_of;
use crate::classes::{Engine, Maps};
use crate::lines::Paragraph;
use crate::rules::{Entry, Rules};
use crate::scan::{Findings, KEEP_KIND};

/// Appends all tokens: spans from the bitmaps, flags from shape, place and marks.
#[expect(clippy::too_many_arguments, reason = "the last pass needs what all passes before it made")]
pub fn tokens(
    engine: Engine,
    text: &str,
    maps: &Maps,
    start: &mut Bits,
    found: &Findings,
    rules: &Rules,
    memory: &mut Columns,
    out: &mut Tokens,
) {
    let odd = fast::columns(engine, text.as_bytes(), start, &maps.space, memory, out);
    let cuts = odd_tokens(text, rules, &memory.words, &memory.odd[..odd], out);
    patch(start, found, out);
    if !cuts.is_empty() {
        split(text, &cuts, start, out);
    }
}

/// Memory of the last pass.
#[derive(Debug, Default)]
pub struct Columns {
    /// First eight bytes of each token.
    words: Vec<u64>,
    /// Tokens that need more than a look at eight ASCII bytes.
    odd: Vec<u32>,
}

/// The tokens that need more than arithmetic on columns; where words are to be cut.
fn odd_tokens(text: &str, rules: &Rules, words: &[u64], odd: &[u32], out: &mut Tokens) -> Vec<(usize, u32)> {
    let mut cuts = Vec::new();
    for &index in odd {
        let index = index as usize;
        let (from, to) = (out.start[index], out.end[index]);
        if to - from <= 6 && words[index] & HIGH == 0 {
            cut(text, from, to, index, rules, &mut cuts);
        } else {
            let (flags, hash) = long_token(text, from as usize, to as usize);
            out.flags[index] = TokenFlags(flags.0 | (out.flags[index].0 & TokenFlags::JOINED_LEFT.0));
            out.hash[index] = hash;
        }
    }
    cuts
}

/// Fills the column of words, and the flags with the kinds of marks; the number of odd tokens.
#[inline(always)]
fn gather(bytes: &[u8], memory: &mut Columns, out: &mut Tokens) -> usize {
    let count = out.start.len();
    out.flags.resize(count, TokenFlags::default());
    out.hash.resize(count, 0);
    memory.words.resize(count, 0);
    memory.odd.resize(count + 1, 0);
    let mut odd = 0;
    let spans = out.start.iter().zip(&out.end);
    for (index, ((&from, &to), (word, flags))) in
        spans.zip(memory.words.iter_mut().zip(&mut out.flags)).enumerate()
    {
        let len = (to - from) as usize;
        *word = load(bytes, from as usize, len);
        flags.0 = u32::from(KINDS[(*word & 0xFF) as usize]);
        // The words that are two have a double letter in their middle.
        let double = *word >> 16 & 0xFF == *word >> 24 & 0xFF && *word >> 16 & 0xFF != 0;
        if let Some(place) = memory.odd.get_mut(odd) {
            *place = index as u32;
        }
        odd += usize::from((len > 8) | (*word & HIGH != 0) | double);
    }
    odd
}

/// The loops over all tokens, compiled for AVX2 and for any machine.
///
/// Three loops, so that the last, which does the work, is arithmetic on columns that compilers vectorise.
mod fast {
    use super::{
        Bits, Columns, Engine, FoldHasher, SMALL, TokenFlags, TokenKind, Tokens, gather, spans, within,
    };

    /// Fills all columns of tokens; the number of odd ones.
    pub fn columns(
        engine: Engine,
        bytes: &[u8],
        start: &Bits,
        space: &Bits,
        memory: &mut Columns,
        out: &mut Tokens,
    ) -> usize {
        match engine {
            Engine::Scalar => all(bytes, start, space, memory, out),
            #[cfg(target_arch = "x86_64")]
            Engine::Avx2(simd) => {
                struct Run<'a>(&'a [u8], &'a Bits, &'a Bits, &'a mut Columns, &'a mut Tokens);

                impl pulp::NullaryFnOnce for Run<'_> {
                    type Output = usize;

                    #[inline(always)]
                    fn call(self) -> usize {
                        all(self.0, self.1, self.2, self.3, self.4)
                    }
                }
                simd.vectorize(Run(bytes, start, space, memory, out))
            }
        }
    }

    #[inline(always)]
    fn all(bytes: &[u8], start: &Bits, space: &Bits, memory: &mut Columns, out: &mut Tokens) -> usize {
        spans(start, space, out);
        let odd = gather(bytes, memory, out);
        run(&memory.words, out);
        odd
    }

    #[inline(always)]
    fn run(words: &[u64], out: &mut Tokens) {
        let spans = out.start.iter().zip(&out.end);
        for ((&word, (&from, &to)), (flags, hash)) in
            words.iter().zip(spans).zip(out.flags.iter_mut().zip(&mut out.hash))
        {
            let letters = within(word | SMALL, b'a', b'z');
            let small = word << 2;
            let (upper, lower) = (letters & !small, letters & small);
            let digit = u32::from(within(word, b'0', b'9') != 0);
            let marks = u32::from(letters == 0);
            let caps = u32::from(lower == 0) & u32::from(upper & upper.wrapping_sub(1) != 0);
            let number = marks & digit;
            let kind = (marks * (1 - number) * flags.0) | (number * TokenKind::Number as u32);
            flags.0 = kind
                | (upper as u32 & 0x80) >> 3
                | caps << 5
                | u32::from(lower != 0) << 6
                | u32::from(upper > 0xFF) << 7
                | digit << 15;
            let mut h = FoldHasher::new((to - from) as usize);
            h.word(word | upper >> 2);
            *hash = h.finish();
        }
        for (&before, (&from, flags)) in out.end.iter().zip(out.start.iter().zip(&mut out.flags).skip(1)) {
            flags.0 |= u32::from(before == from) * TokenFlags::JOINED_LEFT.0;
        }
    }
}

/// Kind of a token of ASCII marks by its first byte.
const KINDS: [u8; 256] = {
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

/// Puts the marks of the rules on their tokens.
fn patch(start: &Bits, found: &Findings, out: &mut Tokens) {
    let mut rank = Rank::default();
    for &(at, mark) in &found.marks {
        if !start.get(at as usize) {
            continue;
        }
        if let Some(flags) = out.flags.get_mut(rank.before(start, at as usize)) {
            let kept = if mark.has(KEEP_KIND) { flags.0 } else { flags.0 & !15 };
            *flags = TokenFlags((kept | mark.0) & !KEEP_KIND.0);
        }
    }
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
                let second = long_token(text, at as usize, to as usize);
                let placed =
                    TokenFlags::CLITIC.0 | TokenFlags::JOINED_LEFT.0 | (flags.0 & TokenFlags::IN_COMPOUND.0);
                out.push(Span::new(at, to), TokenFlags(second.0.0 | placed), second.1);
            }
            None => out.push(Span::new(from, to), flags, whole.hash[i]),
        }
    }
}

const HIGH: u64 = 0x8080_8080_8080_8080;
const SMALL: u64 = 0x2020_2020_2020_2020;

/// The bytes of eight, all ASCII, that lie in a range: their high bits.
#[inline(always)]
fn within(bytes: u64, first: u8, last: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    (bytes.wrapping_add(ONES * (0x80 - u64::from(first)))
        & !bytes.wrapping_add(ONES * (0x7F - u64::from(last))))
        & HIGH
}

/// What the characters of a token are, gathered eight bytes at a time.
#[derive(Clone, Copy, Default)]
struct Shape {
    capital: bool,
    /// Saturates at two.
    capitals: u32,
    lower: bool,
    inner: bool,
    digit: bool,
}

impl Shape {
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

/// Up to eight bytes of a text, the rest zeros.
#[inline(always)]
fn load(bytes: &[u8], at: usize, len: usize) -> u64 {
    const MASKS: [u64; 9] = {
        let mut masks = [!0; 9];
        let mut n = 0;
        while n < 8 {
            masks[n] = !(!0 << (8 * n));
            n += 1;
        }
        masks
    };
    let mask = MASKS[len.min(8)];
    match bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        Some(Ok(eight)) => u64::from_le_bytes(eight) & mask,
        _ => load_last(bytes, at) & mask,
    }
}

/// The same where fewer than eight bytes are left.
#[cold]
fn load_last(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).unwrap_or(&[]).iter().rev().fold(0, |word, &b| word << 8 | u64::from(b))
}

/// Shape, unmarked kind and hash of a token of any length and script.
#[inline(never)]
fn long_token(text: &str, from: usize, to: usize) -> (TokenFlags, u32) {
    if text.as_bytes()[from] < 0x80 {
        if let Some((shape, hash)) = ascii_token(text.as_bytes(), from, to) {
            let letters = shape.lower || shape.capitals > 0;
            let kind = match (letters, shape.digit) {
                (true, _) => TokenKind::Word as u8,
                (_, true) => TokenKind::Number as u8,
                _ => KINDS[text.as_bytes()[from] as usize],
            };
            return (shape.flags().with(TokenFlags(u32::from(kind))), hash);
        }
    } else if let Some((shape, hash)) = cyrillic_token(text.as_bytes(), from, to) {
        return (shape.flags().with(TokenFlags::NON_ASCII), hash);
    }
    if let Some((shape, hash)) = latin_token(&text.as_bytes()[from..to]) {
        return (shape.flags().with(TokenFlags::NON_ASCII), hash);
    }
    other_token(&text[from..to])
}

fn ascii_token(bytes: &[u8], from: usize, to: usize) -> Option<(Shape, u32)> {
    let mut hash = FoldHasher::new(to - from);
    let mut shape = Shape::default();
    let mut at = from;
    while at < to {
        let word = load(bytes, at, to - at);
        if word & HIGH != 0 {
            return None;
        }
        let upper = within(word, b'A', b'Z');
        shape.capital |= at == from && upper & 0x80 != 0;
        shape.capitals += upper.count_ones();
        shape.inner |= upper & if at == from { !0xFF } else { !0 } != 0;
        shape.lower |= within(word, b'a', b'z') != 0;
        shape.digit |= within(word, b'0', b'9') != 0;
        hash.word(word | upper >> 2);
        at += 8;
    }
    Some((shape, hash.finish()))
}

fn cyrillic_token(bytes: &[u8], from: usize, to: usize) -> Option<(Shape, u32)> {
    let mut hash = FoldHasher::new(to - from);
    let mut shape = Shape::default();
    let mut at = from;
    while at < to {
        let rest = to - at;
        let mask = !0 >> (64 - 8 * rest.min(8));
        let (folded, capitals) = fold_cyrillic(load(bytes, at, rest) | (CYRILLIC_PADDING & !mask))?;
        let letters = rest.min(8) as u32 / 2;
        shape.capital |= at == from && capitals & 1 != 0;
        shape.capitals += capitals.count_ones();
        shape.inner |= capitals & if at == from { !1 } else { !0 } != 0;
        shape.lower |= capitals.count_ones() < letters;
        hash.word(folded & mask);
        at += 8;
    }
    Some((shape, hash.finish()))
}

/// ASCII letters and those of U+00C0 to U+00FF; the folded form in a buffer.
fn latin_token(token: &[u8]) -> Option<(Shape, u32)> {
    let mut folded = [0u8; 64];
    let mut shape = Shape::default();
    let (mut at, mut len) = (0, 0);
    while at < token.len() {
        let (upper, last) = match (token[at], token.get(at + 1)) {
            (b @ (b'a'..=b'z' | b'A'..=b'Z'), _) => {
                *folded.get_mut(len)? = b | 0x20;
                len += 1;
                (b & 0x20 == 0, 0)
            }
            (0xC3, Some(&last)) if !matches!(last, 0x97 | 0xB7) => {
                for &b in fold_latin1(last).as_bytes() {
                    *folded.get_mut(len)? = b;
                    len += 1;
                }
                (last < 0x9F, 1)
            }
            _ => return None,
        };
        shape.capital |= upper && at == 0;
        shape.inner |= upper && at > 0;
        shape.capitals += u32::from(upper);
        shape.lower |= !upper;
        at += 1 + last;
    }
    Some((shape, hash_bytes(&folded[..len])))
}

fn other_token(token: &str) -> (TokenFlags, u32) {
    let flags = shape(token);
    let kind = match token.chars().next() {
        Some(first) if !first.is_ascii() => kind_of(first),
        _ => TokenFlags::of(TokenKind::Word),
    };
    (flags.with(kind), fold_hash(token))
}

/// Places that are written at once for each word of a bitmap, whether it has as many bits or not: the loop's length is
/// then easy to foresee, and what is too much is overwritten or cut off.
const STEP: usize = 8;

#[inline(always)]
fn spans(start: &Bits, space: &Bits, out: &mut Tokens) {
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

/// Writes the places of a word's bits from index `at` on; the index after them.
#[inline(always)]
fn places(mut bits: u64, base: u32, out: &mut [u32], at: usize) -> usize {
    let count = bits.count_ones() as usize;
    let mut written = 0;
    while written < count {
        if let Some(eight) = out.get_mut(at + written..at + written + STEP) {
            for place in eight {
                *place = base + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
        written += STEP;
    }
    at + count
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
