//! Small places. There are so many of them that their names are half the surnames there are, so a list that has them must
//! not cut the text by them: a town's name counts as unlisted until its context tells that it is a place.

use newsmill_core::layers::Match;
use newsmill_core::lexicon::{EntryId, Lexicon, NameFlags};

use crate::location::Level;
use crate::memo::{EntryFacts, Memo};
use crate::proto::{Kind, Marks, Proto};
use crate::view::View;
use crate::words::Class;

/// Settlements with fewer people are small.
const SMALL: u32 = 15_000;

/// Whether an entity is a small settlement.
pub fn is_small(facts: &EntryFacts) -> bool {
    facts.kind == Kind::Place && facts.location.level == Level::City && facts.prior < SMALL
}

/// The entity that a match means if nothing else is known, and whether it may mean nothing but small places. A small place
/// comes after all other entities of its name.
pub fn main_entry(lexicon: &dyn Lexicon, memo: &mut Memo, m: &Match) -> (EntryId, bool) {
    if !is_small(&memo.facts(lexicon, m.entry)) {
        return (m.entry, false);
    }
    let mut candidates = lexicon.candidates(m.name).iter();
    let other = candidates.find(|c| !is_small(&memo.facts(lexicon, c.entry)));
    other.map_or((m.entry, true), |c| (c.entry, false))
}

/// Whether a match stands where places stand: "in X", "northern X", "X, Texas", "X, TX".
pub fn stands_like_place(
    v: View<'_>,
    lexicon: &dyn Lexicon,
    memo: &mut Memo,
    matches: &[Match],
    ix: usize,
) -> bool {
    let m = &matches[ix];
    if v.word(m.end_token) == "," {
        let code = v.word(m.end_token + 1);
        if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            return true;
        }
        let next = matches.get(ix + 1).filter(|n| n.first_token == m.end_token + 1);
        let outer = next.map(|n| memo.facts(lexicon, n.entry));
        if outer.is_some_and(|o| {
            o.kind == Kind::Place && matches!(o.location.level, Level::Region | Level::Country)
        }) {
            return true;
        }
    }
    if is_word(v, m) {
        return false;
    }
    let Some(before) = m.first_token.checked_sub(1) else { return false };
    let prepared =
        matches!(v.word(before), "in" | "near" | "outside") || v.class(before).any(Class::PLACE_MODIFIER);
    let goes_on = v.is_capital(m.end_token)
        || v.flags(m.end_token).kind() == newsmill_core::layers::TokenKind::Hyphen
        || matches!(v.word(m.end_token), "'s" | "’s" | "&");
    prepared && !goes_on
}

/// A word of English, or one in capitals: HIV, West.
fn is_word(v: View<'_>, m: &Match) -> bool {
    let words = Class::COMMON.with(Class::CLOSED).with(Class::CALENDAR).with(Class::NOT_NAME);
    m.end_token == m.first_token + 1 && (v.class(m.first_token).any(words) || v.is_acronym(m.first_token))
}

/// Gives "Kidapawan City" the entity of the listed settlement Kidapawan.
pub fn recognize_cities(v: View<'_>, lexicon: &dyn Lexicon, memo: &mut Memo, protos: &mut [Proto]) {
    let headed = |p: &&mut Proto| p.name.is_none() && p.kind == Kind::Place && p.marks.any(Marks::HEADED);
    for p in protos.iter_mut().filter(headed) {
        if p.len() < 2 || v.word(p.end - 1) != "City" {
            continue;
        }
        let Some(name) = lexicon.find(v.phrase(p.first, p.end - 1)) else { continue };
        let mut candidates = lexicon.candidates(name).iter();
        let is_city = |e: EntryId, memo: &mut Memo| memo.facts(lexicon, e).location.level == Level::City;
        if candidates.all(|c| is_city(c.entry, memo)) {
            (p.name, p.entry, p.how) =
                (Some(name), lexicon.candidates(name).first().map(|c| c.entry), "folded");
        }
    }
}

/// Gives unlisted names that turned out to be places the list's entity.
pub fn recognize(
    v: View<'_>,
    lexicon: &dyn Lexicon,
    matches: &[Match],
    hidden: &[u32],
    protos: &mut [Proto],
) {
    let mut protos = protos.iter_mut().peekable();
    for m in hidden.iter().filter_map(|&ix| matches.get(ix as usize)) {
        while protos.peek().is_some_and(|p| p.first < m.first_token) {
            protos.next();
        }
        let Some(p) = protos.peek_mut() else { return };
        if (p.first, p.end) != (m.first_token, m.end_token) || p.name.is_some() {
            continue;
        }
        // "Inside McArthur's home": the person's, more often than not.
        let possessive = matches!(v.word(p.end), "'s" | "’s");
        let candidates = lexicon.candidates(m.name);
        let rare = !candidates.iter().any(|c| c.flags.has(NameFlags::AMBIGUOUS));
        let undecided = p.strength <= 1 && !p.marks.any(Marks(Marks::TITLED.0 | Marks::WEAK.0));
        if is_word(v, m) || (possessive && !rare) {
            continue;
        }
        if p.kind == Kind::Place || (rare && undecided) {
            (p.name, p.entry, p.kind, p.how) = (Some(m.name), Some(m.entry), Kind::Place, "exact");
        }
    }
}
