//! Last pass: bitmaps and findings become the layers.

use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{Paragraphs, Sentences, TokenFlags, TokenKind, Tokens};
use newsmill_core::span::Span;

use crate::bits::Bits;
use crate::chars::kind_of;
use crate::classes::{CLASS, Maps, WORD};
use crate::lines::Paragraph;
use crate::rules::{Entry, Rules};
use crate::scan::Findings;

/// Appends all tokens: spans from the bitmaps, flags from shape, place and marks.
pub fn tokens(text: &str, maps: &Maps, start: &Bits, found: &Findings, rules: &Rules, out: &mut Tokens) {
    spans(maps, start, text.len(), out);
    let bytes = text.as_bytes();
    let mut marks = found.marks.iter().peekable();
    out.flags.reserve(out.start.len());
    out.hash.reserve(out.start.len());
    let mut before = (0u32, TokenFlags::of(TokenKind::Word));
    for i in 0..out.start.len() {
        let span = out.start[i] as usize..out.end[i] as usize;
        let token = &text[span.clone()];
        let mut flags = shape(token);
        while marks.peek().is_some_and(|m| (m.0 as usize) < span.start) {
            marks.next();
        }
        let mut marked = None;
        while let Some(mark) = marks.next_if(|m| m.0 as usize == span.start) {
            marked = Some(mark.1);
        }
        flags = match marked {
            Some(mark) => flags.with(mark),
            None => flags.with(kind(token, &span, bytes)),
        };
        if i > 0 && before.0 == out.start[i] {
            flags = flags.with(TokenFlags::JOINED_LEFT);
            let compound = flags.kind() == TokenKind::Hyphen
                || (before.1.kind() == TokenKind::Hyphen && before.1.has(TokenFlags::IN_COMPOUND));
            if compound {
                flags = flags.with(TokenFlags::IN_COMPOUND);
            }
        }
        before = (out.end[i], flags);
        out.flags.push(flags);
        out.hash.push(fold_hash(token));
    }
    let _ = rules;
    let _ = Entry::Starter;
}

fn spans(maps: &Maps, start: &Bits, len: usize, out: &mut Tokens) {
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
    debug_assert_eq!(out.start.len(), out.end.len(), "in a text of {len} bytes");
}

/// Flags that follow from the characters of a token.
fn shape(token: &str) -> TokenFlags {
    let (mut lower, mut upper, mut inner, mut digit, mut wide, mut letters) = (false, false, false, false, false, 0);
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

/// Kind of a token that no rule has marked.
fn kind(token: &str, span: &std::ops::Range<usize>, bytes: &[u8]) -> TokenFlags {
    let first = bytes[span.start];
    let kind = match first {
        b'a'..=b'z' | b'A'..=b'Z' => TokenKind::Word,
        b'0'..=b'9' => {
            if token.bytes().any(|b| b.is_ascii_alphabetic() || b >= 0x80) { TokenKind::Word } else { TokenKind::Number }
        }
        b'.' | b'!' | b'?' => {
            if token.bytes().any(|b| b.is_ascii_digit()) { TokenKind::Number } else { TokenKind::Stop }
        }
        b'-' | b'/' => {
            let joined = span.start > 0
                && CLASS[bytes[span.start - 1] as usize] & WORD != 0
                && bytes.get(span.end).is_some_and(|&b| CLASS[b as usize] & WORD != 0);
            match (first, token.len(), joined) {
                (_, 1, true) => TokenKind::Hyphen,
                (b'-', ..) => TokenKind::Dash,
                _ => TokenKind::Punctuation,
            }
        }
        b',' | b';' | b':' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => TokenKind::Punctuation,
        0x80.. => return token.chars().next().map_or(TokenFlags::of(TokenKind::Word), kind_of),
        _ => TokenKind::Symbol,
    };
    TokenFlags::of(kind)
}

/// Appends sentences and paragraphs, and flags their first tokens.
pub fn structure(
    paragraphs: &[Paragraph],
    found: &Findings,
    tokens: &mut Tokens,
    sentences: &mut Sentences,
    out: &mut Paragraphs,
) {
    let count = tokens.start.len();
    let mut token = 0;
    let mut next_paragraph = paragraphs.iter().peekable();
    for (i, &begin) in found.sentences.iter().enumerate() {
        while token < count && tokens.start[token] < begin {
            token += 1;
        }
        let stop = found.sentences.get(i + 1).copied().unwrap_or(u32::MAX);
        let mut last = token;
        while last < count && tokens.start[last] < stop {
            last += 1;
        }
        if last == token {
            continue;
        }
        let mut flags = TokenFlags::SENTENCE_START;
        if let Some(paragraph) = next_paragraph.next_if(|p| p.start as u32 <= begin) {
            flags = flags.with(TokenFlags::PARAGRAPH_START);
            let span = Span::new(paragraph.start as u32, paragraph.end as u32);
            out.push(span, sentences.span.len() as u32, paragraph.kind);
        }
        tokens.flags[token] = tokens.flags[token].with(flags);
        sentences.push(Span::new(tokens.start[token], tokens.end[last - 1]), token as u32);
        token = last;
    }
}
