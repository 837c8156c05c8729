//! Last pass: bitmaps and findings become the layers.

use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{Paragraphs, Sentences, TokenFlags, Tokens};
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
fn odd_tokens(text: &str, rules: &Rules, odd: &[u32], out: &mut Tokens) -> Vec<(usize, u32)> {
    let mut cuts = Vec::new();
    for &index in odd {
        let index = index as usize;
        let (from, to, flags) = (out.start[index], out.end[index], out.flags[index]);
        if flags.has(LONG) {
            let (shape, folded) = rules.shapes.of(text, from as usize, to as usize);
            out.flags[index] = TokenFlags(shape.0 | (flags.0 & TokenFlags::JOINED_LEFT.0));
            out.hash[index] = folded;
        } else if flags.has(DOUBLE) {
            out.flags[index].0 &= !DOUBLE.0;
            if rules.splits.contains(&out.hash[index]) {
                cuts.extend(cut(text, from, to, rules).map(|first| (index, from + first)));
            }
        }
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

/// Length of the first word, if this is one that is two.
#[cold]
fn cut(text: &str, from: u32, to: u32, rules: &Rules) -> Option<u32> {
    match rules.words.get(&text.get(from as usize..to as usize)?.to_ascii_lowercase()) {
        Some(Entry::Split(first)) => Some(u32::from(first)),
        _ => None,
    }
}

/// Cuts the words that are two (`cannot`), in one pass over the tokens.
#[cold]
fn split(text: &str, rules: &Rules, cuts: &[(usize, u32)], start: &mut Bits, out: &mut Tokens) {
    let whole = std::mem::take(out);
    out.keep_compounds = whole.keep_compounds;
    let mut cuts = cuts.iter().peekable();
    for i in 0..whole.start.len() {
        let (from, to, flags) = (whole.start[i], whole.end[i], whole.flags[i]);
        match cuts.next_if(|c| c.0 == i) {
            Some(&(_, at)) => {
                start.set(at as usize);
                out.push(Span::new(from, at), flags, fold_hash(&text[from as usize..at as usize]));
                let second = rules.shapes.of(text, at as usize, to as usize);
                let placed =
                    TokenFlags::CLITIC.0 | TokenFlags::JOINED_LEFT.0 | (flags.0 & TokenFlags::IN_COMPOUND.0);
                out.push(Span::new(at, to), TokenFlags(second.0.0 | placed), second.1);
            }
            None => out.push(Span::new(from, to), flags, whole.hash[i]),
        }
    }
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
