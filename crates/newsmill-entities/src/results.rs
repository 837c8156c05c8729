//! Teams in results of matches. News gives them in lines of their own, "Leeds 2 Newcastle 1", and in tables, "Liverpool
//! 10 6 2 2 20 11 20": there a city's name is its team's, and mostly so in the rest of the article. Countries stay places,
//! as the guidelines of named-entity corpora have them.

use std::ops::Range;

use newsmill_core::layers::{SentenceIx, TokenKind};
use newsmill_core::lexicon::Lexicon;

use crate::location::Level;
use crate::memo::Memo;
use crate::proto::{Kind, Marks, NOBODY, Proto};
use crate::view::View;
use crate::words::Class;

/// Longest name of a team in tokens.
const MAX_NAME: u32 = 4;

/// Fewest numbers of a table's row: won, lost, their ratio, games behind.
const ROW: u32 = 4;

/// Strength of the type that a result gives a name; see [`crate::typing`].
const STRENGTH: i16 = 4;

/// Memory that is kept from article to article.
#[derive(Default)]
pub struct Scratch {
    names: Vec<(u32, u32)>,
    teams: Vec<u64>,
    added: Vec<Proto>,
}

/// Makes organizations of the names in results, listed cities and unlisted names, and of the same cities elsewhere in the
/// article unless they stand where places stand.
pub fn settle(v: View<'_>, lexicon: &dyn Lexicon, memo: &mut Memo, protos: &mut Vec<Proto>, s: &mut Scratch) {
    s.teams.clear();
    s.added.clear();
    for sentence in 0..v.sentences.first_token.len() as u32 {
        let range = v.sentences.tokens(SentenceIx(sentence), v.len() as usize);
        if !read(v, range, &mut s.names) || !s.names.iter().any(|&n| is_known(protos, n)) {
            continue;
        }
        for &(first, end) in &s.names {
            match over(protos, (first, end)) {
                Some(ix) if (protos[ix].first, protos[ix].end) == (first, end) => {
                    if !may_be_team(lexicon, memo, &protos[ix]) {
                        continue;
                    }
                    make_team(&mut protos[ix]);
                }
                Some(_) => continue,
                None => s.added.push(team(v, (first, end), sentence)),
            }
            s.teams.push(v.key(first, end));
        }
    }
    if s.teams.is_empty() {
        return;
    }
    s.teams.sort_unstable();
    for p in protos.iter_mut().filter(|p| p.kind == Kind::Place) {
        if s.teams.binary_search(&p.key).is_ok() && may_be_team(lexicon, memo, p) && !stands_like_place(v, p)
        {
            make_team(p);
        }
    }
    protos.append(&mut s.added);
    protos.sort_by_key(|p| p.first);
}

/// The mention in the making that shares tokens with a range.
fn over(protos: &[Proto], (first, end): (u32, u32)) -> Option<usize> {
    let at = protos.partition_point(|p| p.end <= first);
    protos.get(at).is_some_and(|p| p.first < end).then_some(at)
}

/// Whether a list has the name as a place's or an organization's. Without one such, "Chapter 5 Section 2" is a result.
fn is_known(protos: &[Proto], name: (u32, u32)) -> bool {
    let found = over(protos, name).map(|ix| &protos[ix]);
    found.is_some_and(|p| p.entry.is_some() && matches!(p.kind, Kind::Place | Kind::Organization))
}

/// The names of a sentence that is a result or a table's row and nothing else.
fn read(v: View<'_>, range: Range<u32>, names: &mut Vec<(u32, u32)>) -> bool {
    names.clear();
    let Some(last) = range.end.checked_sub(1) else { return false };
    let end = if v.flags(last).kind() == TokenKind::Stop { last } else { range.end };
    let (mut at, mut figures) = (range.start, 1);
    while at < end {
        let first = at;
        at = while_holds(first, end, |t| is_name(v, t));
        // Beside another name stands one number only.
        if at == first || at - first > MAX_NAME || names.len() == 2 || figures != 1 {
            return false;
        }
        names.push((first, at));
        let from = at;
        at = while_holds(from, end, |t| is_figure(v, t));
        figures = at - from;
        if figures == 0 {
            return false;
        }
        if at < end && v.word(at) == "(" {
            at = while_holds(at, end, |t| v.word(t) != ")") + 1;
        }
    }
    match names.len() {
        1 => figures >= ROW,
        2 => figures == 1,
        _ => false,
    }
}

/// The first token from `from` on that isn't as asked, `end` at most.
fn while_holds(from: u32, end: u32, holds: impl Fn(u32) -> bool) -> u32 {
    (from..end).find(|&t| !holds(t)).unwrap_or(end)
}

/// A word of a team's name.
fn is_name(v: View<'_>, token: u32) -> bool {
    v.is_capital(token) && !v.class(token).any(Class::CALENDAR.with(Class::CLOSED))
}

/// A number of goals, points or matches, a ratio (.556), or a dash for none.
fn is_figure(v: View<'_>, token: u32) -> bool {
    let word = v.word(token);
    word.len() <= 4 && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-'))
}

/// A listed city or organization, or an unlisted name that little speaks for being anything else.
fn may_be_team(lexicon: &dyn Lexicon, memo: &mut Memo, p: &Proto) -> bool {
    match (p.kind, p.entry) {
        (Kind::Place, Some(entry)) => memo.facts(lexicon, entry).location.level == Level::City,
        (kind, Some(_)) => kind == Kind::Organization,
        (Kind::Person, None) => p.strength <= 1 && !p.marks.any(Marks(Marks::TITLED.0 | Marks::FULL_NAME.0)),
        (_, None) => p.strength <= STRENGTH,
    }
}

/// "in Leeds", "Leeds, England".
fn stands_like_place(v: View<'_>, p: &Proto) -> bool {
    let before = p.first.checked_sub(1).map_or("", |t| v.word(t));
    matches!(before, "in" | "at" | "near" | "from" | "to" | "outside" | "around") || v.word(p.end) == ","
}

fn make_team(p: &mut Proto) {
    if p.kind != Kind::Organization || p.entry.is_none() {
        (p.name, p.entry, p.how) = (None, None, "discovered");
    }
    (p.kind, p.strength) = (Kind::Organization, STRENGTH);
    p.marks.clear(Marks(
        Marks::AMBIGUOUS.0 | Marks::SURNAME.0 | Marks::WEAK.0 | Marks::COMMON.0 | Marks::HEADLINE.0,
    ));
    p.marks.set(Marks::HEADED);
}

fn team(v: View<'_>, (first, end): (u32, u32), sentence: u32) -> Proto {
    let mut p = Proto {
        first,
        end,
        sentence,
        key: v.key(first, end),
        kind: Kind::Organization,
        strength: STRENGTH,
        marks: Marks::default(),
        name: None,
        entry: None,
        how: "discovered",
        title: (0, 0),
        entity: NOBODY,
    };
    make_team(&mut p);
    p
}
