//! Acronyms that an article introduces: "World Health Organization (WHO)", "RFE/RL (Radio Free Europe/Radio Liberty)".
//!
//! The long form is found from the letters, from right to left as in Schwartz and Hearst (2003), "A simple algorithm
//! for identifying abbreviation definitions in biomedical text", but only at the beginnings of words.

use newsmill_core::layers::{TokenIx, TokenKind};

use crate::proto::{Kind, Marks, NOBODY, Proto};
use crate::view::View;
use crate::words::Class;

/// An acronym and its long form.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Key of the acronym's words.
    pub short: u64,
    /// Key of the long form's words.
    pub long: u64,
}

/// The definitions of an article, to be found by either side.
#[derive(Default)]
pub struct Definitions {
    rows: Vec<Definition>,
    /// Key of a side and the row, sorted; of equal keys the first row of the article comes first.
    sides: Vec<(u64, u32)>,
}

impl Definitions {
    /// The first definition with this key as acronym or long form.
    pub fn of(&self, key: u64) -> Option<Definition> {
        let at = self.sides.partition_point(|s| s.0 < key);
        self.sides.get(at).filter(|s| s.0 == key).map(|s| self.rows[s.1 as usize])
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.sides.clear();
    }

    fn push(&mut self, definition: Definition) {
        let row = self.rows.len() as u32;
        self.rows.push(definition);
        self.sides.extend([(definition.short, row), (definition.long, row)]);
    }
}

/// Finds the definitions; adds or widens the mentions that they show.
pub fn define(v: View<'_>, protos: &mut Vec<Proto>, found: &mut Definitions) {
    found.clear();
    let mut added = Vec::new();
    for open in v.brackets.iter().copied().filter(|&open| open > 0) {
        let Some(short_end) = acronym_end(v, open + 1) else { continue };
        let letters = v.phrase(open + 1, short_end);
        let Some(long) = long_form(v, open, letters) else { continue };
        found.push(Definition { short: v.key(open + 1, short_end), long: v.key(long, open) });
        added.push((long, open));
        added.push((open + 1, short_end));
    }
    found.sides.sort_unstable();
    for p in protos.iter_mut().filter(|p| p.name.is_some() && p.kind != Kind::Organization) {
        // "GAO" that the article introduces isn't the town of Gao.
        if found.of(p.key).is_some_and(|d| d.short == p.key) {
            (p.name, p.entry, p.how, p.kind) = (None, None, "discovered", Kind::Organization);
            p.marks = Marks(p.marks.0 & !(Marks::AMBIGUOUS.0 | Marks::SURNAME.0 | Marks::WEAK.0));
        }
    }
    if !added.is_empty() {
        insert(v, protos, &added);
    }
}

/// End of the acronym that fills a bracket from `at` to the closing mark, a comma or a semicolon.
fn acronym_end(v: View<'_>, at: u32) -> Option<u32> {
    let mut t = at;
    let mut capitals = 0;
    while t < v.len() && t < at + 5 {
        match v.word(t) {
            ")" | "]" | "," | ";" => break,
            "/" | "-" | "&" => {}
            w if v.flags(t).kind() == TokenKind::Word => {
                let upper = w.chars().filter(|c| c.is_uppercase()).count();
                // "MpS", "UlS" and "PwC", but not "Greek".
                if upper < 2 || w.len() > 12 || (t > at && !v.joined(t)) {
                    return None;
                }
                capitals += upper;
            }
            w if t > at && v.flags(t).kind() == TokenKind::Number && w.len() <= 3 => {}
            _ => return None,
        }
        t += 1;
    }
    (t > at && t < v.len() && capitals >= 2 && matches!(v.word(t), ")" | "]" | "," | ";")).then_some(t)
}

/// First token of the name before the bracket whose words begin with the acronym's letters.
fn long_form(v: View<'_>, open: u32, letters: &str) -> Option<u32> {
    let first = v.sentences.tokens(v.sentences.of_token(TokenIx(open)), v.len() as usize).start;
    let mut want: Vec<char> =
        letters.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let mut t = open;
    let mut start = None;
    // Walks back word by word; a word that doesn't begin with the next letter must be small or follow one that does.
    let mut skipped = 0;
    while t > first && !want.is_empty() && open - t < 16 {
        t -= 1;
        let kind = v.flags(t).kind();
        if kind != TokenKind::Word {
            if matches!(kind, TokenKind::Hyphen | TokenKind::Apostrophe)
                || matches!(v.word(t), "&" | "," | "/" | ":")
            {
                continue;
            }
            return None;
        }
        let initial = v.word(t).chars().next().and_then(|c| c.to_lowercase().next());
        if initial == want.last().copied() {
            want.pop();
            start = Some(t);
            skipped = 0;
        } else if v.is_lower(t) || skipped == 0 {
            skipped += 1;
            if skipped > 3 {
                return None;
            }
        } else {
            return None;
        }
    }
    let start = start.filter(|&s| want.is_empty() && v.is_capital(s) && open - s >= 2)?;
    Some(start)
}

/// Puts the spans in among the mentions, in place of those that they overlap; a listed one of the same span stays.
fn insert(v: View<'_>, protos: &mut Vec<Proto>, added: &[(u32, u32)]) {
    let mut fresh = Vec::new();
    for &(first, end) in added {
        let from = protos.partition_point(|p| p.end <= first);
        let until = protos.partition_point(|p| p.first < end);
        let inside = &mut protos[from..until];
        if let Some(p) = inside.iter_mut().find(|p| p.first == first && p.end == end) {
            p.marks.set(Marks::DEFINED);
        } else if inside.iter().all(|p| p.first >= first && p.end <= end) {
            inside.iter_mut().for_each(|p| p.marks.set(Marks::REPLACED));
            fresh.push(proto(v, first, end));
        }
    }
    if !fresh.is_empty() {
        protos.retain(|p| !p.marks.any(Marks::REPLACED));
        protos.append(&mut fresh);
        protos.sort_by_key(|p| (p.first, std::cmp::Reverse(p.end)));
    }
}

fn proto(v: View<'_>, first: u32, end: u32) -> Proto {
    let head = (first..end).rev().map(|t| v.class(t)).find(|c| c.any(Class::HEAD_LAST.with(Class::HEAD_OF)));
    Proto {
        first,
        end,
        sentence: v.sentences.of_token(TokenIx(first)).0,
        key: v.key(first, end),
        kind: head.map_or(Kind::Organization, crate::scan::head_kind),
        strength: if head.is_some() { 8 } else { 4 },
        marks: Marks(Marks::DEFINED.0 | Marks::HEADED.0),
        name: None,
        entry: None,
        how: "discovered",
        title: (0, 0),
        entity: NOBODY,
    }
}
