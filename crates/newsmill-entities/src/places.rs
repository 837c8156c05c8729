//! Which of several places of one name is meant: Paris in France or in Texas, the state of Georgia or the country.
//!
//! How many people know a place is only where the choice begins. What an article says goes before: "Paris, Texas", the
//! state named elsewhere, a county, the places near by. Every name's choice is evidence for the others', so the
//! choices are made anew a few times (after the idea of least spread; Leidner 2007, Lieberman and Samet 2012).

mod score;

use newsmill_core::lexicon::{EntryId, Lexicon, NameFlags};

use crate::location::{Level, Location};
use crate::memo::Memo;
use crate::proto::{Kind, Marks, Proto};
use crate::rules::PlaceLevels;
use crate::view::View;

use score::Around;

/// Places of one name that are weighed at most: the best known.
const MOST_OPTIONS: usize = 64;
/// How often the choices are made anew.
const ROUNDS: usize = 3;
/// Tokens between two names of a sentence that are taken for neighbours, and names that each looks ahead.
const NEAR: u32 = 40;
const NEIGHBOURS: usize = 3;

/// A place that a name may mean.
#[derive(Clone, Copy)]
struct Choice {
    entry: EntryId,
    location: Location,
    /// What speaks for it before the article is asked, in points ([`score::POINT`] for a doubling).
    prior: i32,
}

/// A name of places in an article.
#[derive(Clone, Copy)]
struct Form {
    /// Its choices, a range of [`Scratch::choices`].
    from: u32,
    to: u32,
    /// The choice of now.
    pick: u32,
    /// "Paris, Texas" stands in the article.
    pinned: bool,
    mentions: u32,
}

impl Form {
    fn is_open(self) -> bool {
        self.to - self.from > 1 && !self.pinned
    }
}

/// How two names stand to each other in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// A word or two apart.
    Close,
    /// In one sentence.
    Near,
    /// In one list: "Alabama, Georgia and Florida".
    Listed,
}

/// Memory kept from article to article.
#[derive(Default)]
pub struct Scratch {
    choices: Vec<Choice>,
    forms: Vec<Form>,
    /// Mentions of places in order of the text, and the form of each.
    mentions: Vec<(u32, u32)>,
    /// Name and mention, to group the mentions.
    order: Vec<(u32, u32)>,
    links: Vec<(u32, u32, Link)>,
    /// Points for a level by the words beside a form's mentions.
    hints: Vec<(u32, Level)>,
    /// Mentions whose choice "X, Region" tells by itself.
    pins: Vec<(u32, u32)>,
    around: Around,
}

/// Chooses among the places of each name whose entity is a place.
pub fn settle(
    v: View<'_>,
    lexicon: &dyn Lexicon,
    levels: &PlaceLevels,
    memo: &mut Memo,
    protos: &mut [Proto],
    s: &mut Scratch,
) {
    collect(lexicon, memo, protos, s);
    if !s.forms.iter().any(|f| f.is_open()) {
        return;
    }
    pin(v, protos, s);
    link(v, protos, s);
    hint(v, levels, protos, s);
    for _ in 0..ROUNDS {
        s.around.read(&s.forms, &s.choices);
        for f in 0..s.forms.len() {
            if s.forms[f].is_open() {
                s.forms[f].pick = score::best(s, f);
            }
        }
    }
    write(protos, s);
}

/// Groups the mentions of places by name.
fn collect(lexicon: &dyn Lexicon, memo: &mut Memo, protos: &[Proto], s: &mut Scratch) {
    s.choices.clear();
    s.forms.clear();
    s.mentions.clear();
    s.order.clear();
    for (ix, p) in protos.iter().enumerate() {
        if let (Some(name), Some(_), Kind::Place | Kind::Demonym) = (p.name, p.entry, p.kind) {
            s.order.push((name.0, ix as u32));
        }
    }
    s.order.sort_unstable();
    let mut last = None;
    for i in 0..s.order.len() {
        let (name, ix) = s.order[i];
        let p = &protos[ix as usize];
        if last != Some(name) {
            last = Some(name);
            enter(lexicon, memo, p, s);
        }
        let form = s.forms.len() - 1;
        s.forms[form].mentions += 1;
        s.mentions.push((ix, form as u32));
    }
    s.mentions.sort_unstable();
}

/// Enters a name with its choices.
fn enter(lexicon: &dyn Lexicon, memo: &mut Memo, p: &Proto, s: &mut Scratch) {
    let from = s.choices.len() as u32;
    let (Some(name), Some(chosen)) = (p.name, p.entry) else { return };
    let candidates = lexicon.candidates(name).iter();
    let mut add = |entry, flags: NameFlags| {
        let facts = memo.facts(lexicon, entry);
        if facts.kind == p.kind && s.choices.len() < from as usize + MOST_OPTIONS {
            let prior = score::prior(facts.prior, facts.location.level, flags);
            s.choices.push(Choice { entry, location: facts.location, prior });
        }
    };
    if p.kind == Kind::Place {
        candidates.for_each(|c| add(c.entry, c.flags));
    } else {
        add(chosen, NameFlags::default());
    }
    let to = s.choices.len() as u32;
    let pick =
        (from..to).max_by_key(|&c| (s.choices[c as usize].prior, std::cmp::Reverse(c))).unwrap_or(from);
    s.forms.push(Form { from, to, pick, pinned: false, mentions: 0 });
}

/// Finds "X, Region" from right to left, so that in "X, County, State" the state decides first.
fn pin(v: View<'_>, protos: &mut [Proto], s: &mut Scratch) {
    s.pins.clear();
    for m in (0..s.mentions.len()).rev() {
        let (ix, form) = s.mentions[m];
        let p = protos[ix as usize];
        if v.word(p.end) != "," {
            continue;
        }
        let found = match beside(v, protos, s, m) {
            Some(outer) if is_list(v, protos, s, m) && !s.pins.iter().any(|pin| pin.0 == outer.0) => None,
            Some(outer) => inside(s, form, outer),
            None => {
                let found = by_code(v, s, form, p.end + 1);
                // The code is no name of an organization.
                if let (Some(_), Some(code)) = (found, protos.get_mut(ix as usize + 1))
                    && (code.first, code.end) == (p.end + 1, p.end + 2)
                {
                    code.marks.set(Marks::WEAK);
                }
                found.map(|c| (c, None))
            }
        };
        let Some((inner, outer)) = found else { continue };
        if !s.forms[form as usize].pinned {
            let f = &mut s.forms[form as usize];
            (f.pick, f.pinned) = (inner, true);
        }
        s.pins.push((ix, inner));
        s.pins.extend(outer);
    }
}

/// The mention that follows a mention behind a comma.
fn beside(v: View<'_>, protos: &[Proto], s: &Scratch, m: usize) -> Option<(u32, u32)> {
    let (&(a, _), &next) = (s.mentions.get(m)?, s.mentions.get(m + 1)?);
    let (p, q) = (&protos[a as usize], &protos[next.0 as usize]);
    (v.word(p.end) == "," && q.first == p.end + 1).then_some(next)
}

/// The level of a form's best known choice.
fn level(s: &Scratch, form: u32) -> Level {
    s.choices[s.forms[form as usize].pick as usize].location.level
}

/// Whether "X, Y" at a mention is a piece of a list of countries or regions rather than a place in another.
fn is_list(v: View<'_>, protos: &[Proto], s: &Scratch, m: usize) -> bool {
    let wide = |form: u32| matches!(level(s, form), Level::Country | Level::Region);
    let (form, Some(outer)) = (s.mentions[m].1, s.mentions.get(m + 1)) else { return false };
    if level(s, form) == Level::Country && level(s, outer.1) == Level::Country {
        return true;
    }
    let before = m.checked_sub(1).filter(|&b| beside(v, protos, s, b).is_some()).map(|b| s.mentions[b].1);
    if before.is_some_and(wide) {
        return true;
    }
    let q = &protos[outer.0 as usize];
    let goes_on = s.mentions.get(m + 2).filter(|n| {
        let gap = q.end..protos[n.0 as usize].first;
        gap.len() <= 2 && gap.clone().all(|t| matches!(v.word(t), "," | "and" | "or"))
    });
    wide(form) && goes_on.is_some_and(|n| wide(n.1))
}

/// The best pair of choices of which one holds the other; the outer one with its mention.
fn inside(s: &Scratch, form: u32, (outer_ix, outer): (u32, u32)) -> Option<(u32, Option<(u32, u32)>)> {
    let (f, o) = (s.forms[form as usize], s.forms[outer as usize]);
    let outers = match s.pins.iter().find(|p| p.0 == outer_ix) {
        Some(&(_, c)) => c..c + 1,
        None => o.from..o.to,
    };
    let mut best: Option<(i32, u32, u32)> = None;
    for y in outers {
        for x in f.from..f.to {
            let (a, b) = (&s.choices[x as usize], &s.choices[y as usize]);
            let points = a.prior + b.prior;
            if b.location.holds(&a.location) && best.is_none_or(|(p, ..)| points > p) {
                best = Some((points, x, y));
            }
        }
    }
    best.map(|(_, x, y)| (x, Some((outer_ix, y))))
}

/// "Paris, TX": a choice whose region has these two letters for its code.
fn by_code(v: View<'_>, s: &Scratch, form: u32, at: u32) -> Option<u32> {
    let word = v.word(at);
    if word.len() != 2 || !word.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let f = s.forms[form as usize];
    (f.from..f.to).find(|&c| s.choices[c as usize].location.admin1 == v.hash(at))
}

/// Notes which names stand beside each other.
fn link(v: View<'_>, protos: &[Proto], s: &mut Scratch) {
    s.links.clear();
    for (m, &(a, form_a)) in s.mentions.iter().enumerate() {
        let p = &protos[a as usize];
        for (away, &(b, form_b)) in s.mentions[m + 1..].iter().take(NEIGHBOURS).enumerate() {
            let q = &protos[b as usize];
            if p.sentence != q.sentence || q.first > p.end + NEAR {
                break;
            }
            if form_a == form_b || s.pins.iter().any(|&(ix, _)| ix == a || ix == b) {
                continue;
            }
            let listed = away == 0
                && q.first <= p.end + 2
                && (p.end..q.first).all(|t| matches!(v.word(t), "," | "and" | "or" | "&"));
            let link = match q.first - p.end {
                _ if listed => Link::Listed,
                0..=2 => Link::Close,
                _ => Link::Near,
            };
            s.links.push((form_a, form_b, link));
            s.links.push((form_b, form_a, link));
        }
    }
    s.links.sort_unstable_by_key(|l| (l.0, l.1));
}

/// Reads what the words beside the mentions of open names say of their level.
fn hint(v: View<'_>, levels: &PlaceLevels, protos: &[Proto], s: &mut Scratch) {
    s.hints.clear();
    for &(ix, form) in s.mentions.iter().filter(|m| s.forms[m.1 as usize].is_open()) {
        let p = &protos[ix as usize];
        let possessive = matches!(v.word(p.end), "'s" | "’s");
        let after = if possessive { p.end + 1 } else { p.end };
        let mut add = |level: Option<Level>| s.hints.extend(level.map(|l| (form, l)));
        add(levels.after(v.hash(after)));
        if let Some(before) = p.first.checked_sub(1) {
            add(levels.before(v.hash(before)));
            if let Some(head) = before.checked_sub(1).filter(|_| v.word(before) == "of") {
                add(levels.of(v.hash(head)));
            }
        }
    }
    s.hints.sort_unstable();
}

/// Gives each mention its place.
fn write(protos: &mut [Proto], s: &Scratch) {
    for &(ix, form) in &s.mentions {
        let f = s.forms[form as usize];
        if f.to - f.from > 1 {
            protos[ix as usize].entry = Some(s.choices[f.pick as usize].entry);
        }
    }
    for &(ix, choice) in &s.pins {
        protos[ix as usize].marks.clear(Marks::WEAK);
        protos[ix as usize].entry = Some(s.choices[choice as usize].entry);
    }
}
