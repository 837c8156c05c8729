//! Which of a listed name's entities is meant, and whether a listed name that needs context has it.

use newsmill_core::lexicon::{Candidate, Lexicon, NameFlags};

use crate::memo::{EntryFacts, Memo};
use crate::proto::{Kind, Marks, Proto};
use crate::towns::is_small;
use crate::typing::{Evidence, context};
use crate::validity::{Holds, PeriodColumns};
use crate::view::View;
use crate::words::Class;

/// Countries that an article is about: two letters, and how often a clear name pointed there.
#[derive(Default)]
pub struct Countries {
    counts: Vec<([u8; 2], u32)>,
}

impl Countries {
    fn counts_of(&mut self, country: Option<[u8; 2]>) {
        if let Some(code) = country {
            self.add(code);
        }
    }

    fn add(&mut self, code: [u8; 2]) {
        match self.counts.iter_mut().find(|(c, _)| *c == code) {
            Some((_, n)) => *n += 1,
            None => self.counts.push((code, 1)),
        }
    }

    /// Whether the article's clear names point to any country.
    pub fn any(&self) -> bool {
        !self.counts.is_empty()
    }

    /// The country that the article's clear names point to most, if one is ahead.
    pub fn main(&self) -> Option<[u8; 2]> {
        let best = self.counts.iter().max_by_key(|c| c.1)?;
        let others = self.counts.iter().filter(|c| c.0 != best.0).map(|c| c.1).max();
        (best.1 > others.unwrap_or(0)).then_some(best.0)
    }

    /// How often the article's clear names point to a country.
    pub fn of(&self, country: [u8; 2]) -> u32 {
        self.counts.iter().find(|(c, _)| *c == country).map_or(0, |(_, n)| *n)
    }
}

/// The two letters of a country.
pub fn code(country: &str) -> Option<[u8; 2]> {
    country.as_bytes().get(..2)?.try_into().ok()
}

/// Collects the countries of names that need no choice.
pub fn countries(lexicon: &dyn Lexicon, protos: &[Proto], memo: &mut Memo, found: &mut Countries) {
    found.counts.clear();
    for p in protos {
        if let (Some(name), Some(entry)) = (p.name, p.entry)
            && !p.marks.any(Marks(Marks::AMBIGUOUS.0 | Marks::SURNAME.0))
            && lexicon.candidates(name).len() == 1
        {
            found.counts_of(memo.facts(lexicon, entry).country);
        }
    }
}

/// The list's columns that say when a role holds, and the article's date.
pub type Dated<'a> = (PeriodColumns, &'a str);

/// Points against an entity none of whose roles holds at the article's date: as much as a prior 64 times as high.
const OUT_OF_DATE: i32 = 12;

/// Points against a small settlement: those of its few thousand people, whom no other type of entity has.
const SMALL: i32 = 24;

/// Chooses the entity of each listed name, one for all mentions of a form, and drops forms without their context.
pub fn choose(
    v: View<'_>,
    lexicon: &dyn Lexicon,
    dated: Dated<'_>,
    countries: &Countries,
    memo: &mut Memo,
    protos: &mut [Proto],
    order: &mut Vec<(u64, u32)>,
) {
    order.clear();
    order.extend(protos.iter().enumerate().filter_map(|(i, p)| p.name.map(|n| (u64::from(n.0), i as u32))));
    order.sort_unstable();
    let mut from = 0;
    while from < order.len() {
        let key = order[from].0;
        let until = from + order[from..].partition_point(|&(k, _)| k == key);
        choose_group(v, lexicon, dated, countries, memo, protos, &order[from..until]);
        from = until;
    }
}

fn choose_group(
    v: View<'_>,
    lexicon: &dyn Lexicon,
    dated: Dated<'_>,
    countries: &Countries,
    memo: &mut Memo,
    protos: &mut [Proto],
    group: &[(u64, u32)],
) {
    let first = protos[group[0].1 as usize];
    let Some(name) = first.name else { return };
    let candidates = lexicon.candidates(name);
    let unclear = candidates.len() > 1 || first.marks.any(Marks(Marks::AMBIGUOUS.0 | Marks::SURNAME.0));
    if !unclear {
        return;
    }
    let mut sum = Evidence::default();
    for &(_, ix) in group {
        sum.merge(context(v, &protos[ix as usize]));
    }
    for &(_, ix) in group {
        let p = &mut protos[ix as usize];
        let best = best(lexicon, candidates, dated, countries, memo, &sum, neighbour(v, p));
        p.entry = Some(best.entry);
        p.kind = memo.facts(lexicon, best.entry).kind;
        if p.marks.any(Marks::AMBIGUOUS) && !has_context(v, p, &sum) {
            p.marks.set(Marks::WEAK);
        }
    }
}

/// What "X, Texas" names after a mention.
fn neighbour<'a>(v: View<'a>, p: &Proto) -> Option<&'a str> {
    (v.word(p.end) == "," && v.is_capital(p.end + 1)).then(|| v.word(p.end + 1))
}

fn best(
    lexicon: &dyn Lexicon,
    candidates: &[Candidate],
    (periods, date): Dated<'_>,
    countries: &Countries,
    memo: &mut Memo,
    context: &Evidence,
    neighbour: Option<&str>,
) -> Candidate {
    let beside = neighbour.and_then(|n| lexicon.find(n)).map(|n| lexicon.candidates(n)[0].entry);
    let beside = beside.map(|entry| memo.facts(lexicon, entry));
    let mut score = |c: &Candidate| -> i32 {
        let entry = memo.facts(lexicon, c.entry);
        let mut points = 2 * i32::try_from(entry.prior.max(1).ilog2()).unwrap_or(0);
        points += 4 * i32::from(context.of(entry.kind).clamp(-4, 6));
        if let Some(country) = entry.country {
            points += 4 * countries.of(country).min(2) as i32;
        }
        if beside.is_some_and(|b| lies_in(entry, b)) {
            points += 30;
        }
        if c.flags.has(NameFlags::AMBIGUOUS) || c.flags.has(NameFlags::SURNAME) {
            points -= 8;
        }
        if is_small(&entry) {
            points -= SMALL;
        }
        if periods.at(lexicon, c.entry, date) == Holds::No {
            points -= OUT_OF_DATE;
        }
        points
    };
    // Candidates come highest prior first: the first of equal scores wins.
    let mut best = candidates[0];
    let mut best_score = score(&best);
    for c in &candidates[1..] {
        let s = score(c);
        if s > best_score {
            (best, best_score) = (*c, s);
        }
    }
    best
}

/// Whether an entity lies in the country of another.
fn lies_in(inner: EntryFacts, outer: EntryFacts) -> bool {
    outer.kind == Kind::Place
        && inner.kind == Kind::Place
        && outer.country.is_some()
        && inner.country == outer.country
}

/// Whether a listed name that needs context has it here.
fn has_context(v: View<'_>, p: &Proto, sum: &Evidence) -> bool {
    let usage = v.usages.of(v.hash(p.first));
    let vouched = usage.capital > 0 && usage.lower == 0;
    let capital_tells = !p.marks.any(Marks(Marks::INITIAL.0 | Marks::HEADLINE.0)) || vouched;
    let common = p.marks.any(Marks::COMMON) || v.class(p.first).any(Class::CALENDAR.with(Class::CLOSED));
    if common && !capital_tells {
        return false;
    }
    if !v.is_capital(p.first) {
        return false;
    }
    if v.class(p.first).any(Class::CALENDAR) {
        return sum.of(p.kind) > 1;
    }
    match p.kind {
        Kind::Place => {
            let named_like_people = v.class(p.first).any(Class::ANY_GIVEN.with(Class::SURNAME));
            sum.of(Kind::Place) > 0 || (!named_like_people && !common) || sum.of(Kind::Person) <= 0 && !common
        }
        Kind::Person => sum.of(Kind::Person) > 0,
        _ => true,
    }
}
