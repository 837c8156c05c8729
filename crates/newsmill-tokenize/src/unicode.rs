//! Second pass: the non-ASCII characters that aren't plain letters get their places in the bitmaps.

use newsmill_core::layers::TokenKind;

use crate::bits::Bits;
use crate::chars::{Class, class_of, is_bullet, is_emoji};
use crate::classes::Maps;

const JOINER: char = '\u{200D}';

/// Corrects `maps` for every marked lead byte, and makes `start`: the first byte of each token as far as classes tell.
pub fn settle(text: &str, maps: &mut Maps, start: &mut Bits) {
    start.0.clear();
    start.0.extend(maps.word.0.iter().zip(&maps.space.0).map(|(w, s)| !(w | s)));
    for index in 0..maps.lead.0.len() {
        let mut leads = maps.lead.0[index];
        while leads != 0 {
            let at = (index << 6) + leads.trailing_zeros() as usize;
            leads &= leads - 1;
            if let Some([0xE2, 0x80, 0x98..=0x9F]) = text.as_bytes().get(at..at + 3) {
                quote(at, maps, start);
            } else if let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
                place(text, at, c, maps, start);
            }
        }
    }
    let mut before = 0;
    for (bits, &word) in start.0.iter_mut().zip(&maps.word.0) {
        *bits |= word & !(word << 1 | before);
        before = word >> 63;
    }
}

fn place(text: &str, at: usize, c: char, maps: &mut Maps, start: &mut Bits) {
    let range = at..at + c.len_utf8();
    match class_of(c) {
        Class::Word if c == JOINER && follows_symbol(maps, at) => maps.word.clear_range(range),
        Class::Word | Class::Run => {}
        Class::Space => {
            maps.word.clear_range(range.clone());
            maps.space.set_range(range);
        }
        Class::Newline => {
            maps.newline.set(at);
            maps.word.clear_range(range.clone());
            maps.space.set_range(range);
        }
        Class::Mark(kind) => {
            maps.word.clear_range(range);
            if matches!(kind, TokenKind::Stop | TokenKind::Hyphen) || is_bullet(c) || is_emoji(c) {
                maps.hot.set(at);
            }
            if !(kind == TokenKind::Symbol && continues_symbol(text, at, c, maps, start)) {
                start.set(at);
            }
        }
        Class::Quote(..) | Class::Apostrophe => {
            maps.word.clear_range(range);
            maps.hot.set(at);
            start.set(at);
        }
        Class::Ideograph => {
            maps.word.clear_range(range);
            start.set(at);
        }
        Class::Extend if follows_symbol(maps, at) => maps.word.clear_range(range),
        Class::Extend => {}
    }
}

/// [`place`] for the marks that English writes, U+2018 to U+201F.
#[inline]
fn quote(at: usize, maps: &mut Maps, start: &mut Bits) {
    maps.word.clear(at);
    maps.word.clear(at + 1);
    maps.word.clear(at + 2);
    maps.hot.set(at);
    start.set(at);
}

fn follows_symbol(maps: &Maps, at: usize) -> bool {
    at > 0 && !maps.word.get(at - 1) && !maps.space.get(at - 1)
}

/// Whether an emoji goes on with the one before: after a joiner, or as the second letter of a flag.
fn continues_symbol(text: &str, at: usize, c: char, maps: &Maps, start: &Bits) -> bool {
    if !follows_symbol(maps, at) {
        return false;
    }
    match text[..at].chars().next_back() {
        Some(JOINER) => true,
        Some(before) => is_flag_letter(before) && is_flag_letter(c) && start.get(at - before.len_utf8()),
        None => false,
    }
}

fn is_flag_letter(c: char) -> bool {
    ('\u{1F1E6}'..='\u{1F1FF}').contains(&c)
}
