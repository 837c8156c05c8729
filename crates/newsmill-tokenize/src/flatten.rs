//! Last pass: bitmaps and findings become the layers.

use std::ops::Range;

use newsmill_core::layers::{Paragraphs, Sentences, TokenFlags, TokenIx, Tokens};
use newsmill_core::span::Span;

use crate::bits::Bits;
use crate::classes::{Engine, Maps};
use crate::columns::{self, Columns, DOUBLE, LONG, Ranks};
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
    columns::fill(engine, text.as_bytes(), start, &maps.space, memory, out);
    let cuts = odd_tokens(text, rules, &memory.odd, out);
    patch(start, &memory.ranks, found, out);
    if !cuts.is_empty() {
        split(text, rules, &cuts, start, out);
        memory.ranks.count(start);
    }
}

/// Settles the tokens that need more than arithmetic on columns; where words are to be cut.
fn odd_tokens(text: &str, rules: &Rules, odd: &[u32], out: &mut Tokens) -> Vec<Cut> {
    let mut cuts = Vec::new();
    for &index in odd {
        let index = index as usize;
        let (from, to, flags) = (out.start[index], out.end[index], out.flags[index]);
        if flags.has(LONG) {
            let (shape, folded) = rules.shapes.of(text, from as usize, to as usize);
            out.flags[index] = TokenFlags(shape.0 | (flags.0 & TokenFlags::JOINED_LEFT.0));
            out.hash[index] = folded;
        }
        let word = &text[from as usize..to as usize];
        if out.flags[index].has(TokenFlags::HAS_DIGIT) {
            let first = number_before_unit(text, from as usize, word, rules);
            cuts.extend(first.map(|first| Cut { index, at: from + first, second: TokenFlags::default() }));
        } else if flags.has(DOUBLE) && rules.splits.contains(&out.hash[index]) {
            let first = first_of_two(word, rules);
            cuts.extend(first.map(|first| Cut { index, at: from + first, second: TokenFlags::CLITIC }));
        }
        out.flags[index].0 &= !DOUBLE.0;
    }
    cuts
}

/// Puts the marks of the rules on their tokens.
fn patch(start: &Bits, ranks: &Ranks, found: &Findings, out: &mut Tokens) {
    for &(at, mark) in &found.marks {
        if !start.get(at as usize) {
            continue;
        }
        if let Some(flags) = out.flags.get_mut(ranks.before(start, at as usize)) {
            let kept = if mark.has(KEEP_KIND) { flags.0 } else { flags.0 & !15 };
            *flags = TokenFlags((kept | mark.0) & !KEEP_KIND.0);
        }
    }
}

/// A token that is two.
struct Cut {
    index: usize,
    /// First byte of the second.
    at: u32,
    /// What the second is beside its shape.
    second: TokenFlags,
}

/// Length of the first word, if this is one that is two (`cannot`).
#[cold]
fn first_of_two(word: &str, rules: &Rules) -> Option<u32> {
    match rules.words.get(&word.to_ascii_lowercase()) {
        Some(Entry::Split(first)) => Some(u32::from(first)),
        _ => None,
    }
}

/// Length of the number, if the token is one with a unit (`5pm`), and isn't part of a name (`B-52b`).
fn number_before_unit(text: &str, from: usize, word: &str, rules: &Rules) -> Option<u32> {
    let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &word[number.len()..];
    let numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b',' | b':');
    if unit.is_empty() || !number.starts_with(|c: char| c.is_ascii_digit()) || !number.bytes().all(numeric) {
        return None;
    }
    let named = text[..from].strip_suffix('-').is_some_and(|before| before.ends_with(char::is_alphabetic));
    // `3M` is a company, `5K` a race; `$3M` and `30K` are amounts.
    let bare = number.len() == 1 && unit.len() == 1 && unit.as_bytes()[0].is_ascii_uppercase();
    if bare && !text[..from].ends_with(['$', '£', '€', '¥']) {
        return None;
    }
    let listed = || matches!(rules.words.get(unit), Some(Entry::Unit));
    (!named && listed()).then_some(number.len() as u32)
}

/// Cuts tokens, from the last to the first, so that each is moved once.
fn split(text: &str, rules: &Rules, cuts: &[Cut], start: &mut Bits, out: &mut Tokens) {
    let mut from = out.start.len();
    let mut to = from + cuts.len();
    for column in [&mut out.start, &mut out.end, &mut out.hash] {
        column.resize(to, 0);
    }
    out.flags.resize(to, TokenFlags::default());
    for cut in cuts.iter().rev() {
        move_tokens(cut.index + 1..from, to, out);
        to -= from - cut.index - 1;
        from = cut.index;
        start.set(cut.at as usize);
        let (span, flags) = (out.span(TokenIx(from as u32)), out.flags[from]);
        // In the view that keeps compounds, `10m-high` is one.
        let inside = flags.0
            | out.flags.get(to).filter(|_| text[span.end as usize..].starts_with('-')).map_or(0, |f| f.0);
        let second = cut.second.0 | TokenFlags::JOINED_LEFT.0 | (inside & TokenFlags::IN_COMPOUND.0);
        let kept = TokenFlags::JOINED_LEFT.0 | TokenFlags::IN_COMPOUND.0 | TokenFlags::AFFIX.0;
        put(text, rules, to - 1, Span::new(cut.at, span.end), TokenFlags(second), out);
        put(text, rules, to - 2, Span::new(span.start, cut.at), TokenFlags(flags.0 & kept), out);
        to -= 2;
    }
}

fn move_tokens(range: Range<usize>, end: usize, out: &mut Tokens) {
    let to = end - range.len();
    out.start.copy_within(range.clone(), to);
    out.end.copy_within(range.clone(), to);
    out.hash.copy_within(range.clone(), to);
    out.flags.copy_within(range, to);
}

fn put(text: &str, rules: &Rules, index: usize, span: Span, flags: TokenFlags, out: &mut Tokens) {
    let (shape, hash) = rules.shapes.of(text, span.start as usize, span.end as usize);
    out.start[index] = span.start;
    out.end[index] = span.end;
    out.flags[index] = shape.with(flags);
    out.hash[index] = hash;
}

/// Appends sentences and paragraphs, and flags their first tokens.
pub fn structure(
    paragraphs: &[Paragraph],
    starts: &Bits,
    ranks: &Ranks,
    found: &Findings,
    tokens: &mut Tokens,
    sentences: &mut Sentences,
    out: &mut Paragraphs,
) {
    let count = tokens.start.len();
    let mut next_paragraph = paragraphs.iter().peekable();
    sentences.span.reserve(found.sentences.len());
    sentences.first_token.reserve(found.sentences.len());
    let mut token = 0;
    for (i, &begin) in found.sentences.iter().enumerate() {
        let stop = match found.sentences.get(i + 1) {
            Some(&stop) => ranks.before(starts, stop as usize).min(count),
            None => count,
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
