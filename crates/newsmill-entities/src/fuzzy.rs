//! Misspelt and otherwise transliterated listed names.

use newsmill_core::fold::fold_into;
use newsmill_core::hash::content_hash;
use newsmill_core::layers::TokenFlags;
use newsmill_core::lexicon::{Lexicon, NameFlags, NameId};

use crate::proto::{Kind, Marks, Proto};
use crate::rules::Where;
use crate::view::View;
use crate::words::Class;

/// Letters from which one wrong letter is forgiven.
const ONE_FROM: usize = 7;
/// Letters from which two are.
const TWO_FROM: usize = 10;

/// Spelling rules, each with the letters that it asks for.
pub struct Spelling {
    rules: Vec<(&'static str, &'static str, Where, u32)>,
}

/// One bit for each value of a byte's last five bits: a word without all bits of a rule can't have its letters.
fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |set, b| set | 1 << (b % 32))
}

impl Spelling {
    /// With the rules of the rule file.
    pub fn new(rules: Vec<(&'static str, &'static str, Where)>) -> Self {
        Spelling {
            rules: rules.into_iter().map(|(from, to, place)| (from, to, place, letters(from))).collect(),
        }
    }

    /// Writes the spelling that variants of a name share into `out`.
    pub fn normal(&self, name: &str, out: &mut String) {
        out.clear();
        let mut folded = String::with_capacity(name.len());
        fold_into(name, &mut folded);
        let mut word = String::with_capacity(name.len());
        for part in folded.split(' ').filter(|w| !w.is_empty()) {
            if !out.is_empty() {
                out.push(' ');
            }
            word.clear();
            word.push_str(part);
            let mut has = letters(&word);
            for &(from, to, place, asks) in &self.rules {
                if has & asks != asks {
                    continue;
                }
                match place {
                    Where::Any if word.contains(from) => word = word.replace(from, to),
                    Where::End if word.ends_with(from) && word.len() > from.len() + 2 => {
                        word.truncate(word.len() - from.len());
                        word.push_str(to);
                    }
                    Where::Start if word.starts_with(from) => word.replace_range(..from.len(), to),
                    _ => continue,
                }
                has = letters(&word);
            }
            out.push_str(&word);
        }
    }
}

/// Answers of the list to names that were asked for before: pure functions of the name, so that whether one is
/// remembered makes no difference but in time.
#[derive(Default)]
pub struct Memory {
    slots: Vec<Answer>,
}

#[derive(Clone, Default)]
struct Answer {
    text: String,
    variant: Option<NameId>,
    /// Not asked for yet in the outer `None`.
    nearest: Option<Option<NameId>>,
}

const REMEMBERED: usize = 4096;

impl Memory {
    /// The listed name that a text is another spelling of, or if it may be a slip the nearest one.
    fn ask(&mut self, lexicon: &dyn Lexicon, spelling: &Spelling, text: &str, slip: bool) -> Option<NameId> {
        if self.slots.is_empty() {
            self.slots.resize(REMEMBERED, Answer::default());
        }
        let slot = &mut self.slots[content_hash(text.as_bytes()) as usize % REMEMBERED];
        if slot.text != text {
            slot.text.clear();
            slot.text.push_str(text);
            slot.variant = variant(lexicon, spelling, text);
            slot.nearest = None;
        }
        if slot.variant.is_some() || !slip {
            return slot.variant;
        }
        *slot.nearest.get_or_insert_with(|| nearest(lexicon, text))
    }
}

/// Looks unlisted names up with letters forgiven. `order` groups equal names, so that each is asked for once.
pub fn forgive(
    v: View<'_>,
    lexicon: &dyn Lexicon,
    spelling: &Spelling,
    protos: &mut [Proto],
    order: &mut Vec<(u64, u32)>,
    memory: &mut Memory,
) {
    order.clear();
    order.extend(protos.iter().enumerate().filter(|(_, p)| is_open(v, p)).map(|(i, p)| (p.key, i as u32)));
    order.sort_unstable();
    let mut last: Option<(u64, Option<NameId>)> = None;
    for &(key, ix) in order.iter() {
        let p = &mut protos[ix as usize];
        let name = match last {
            Some((k, name)) if k == key => name,
            _ => {
                let text = v.phrase(p.first, p.end);
                let slip = has_unknown(v, p) && is_slip(v, p);
                let name = memory.ask(lexicon, spelling, text, slip);
                last = Some((key, name));
                name
            }
        };
        let Some(name) = name else { continue };
        let Some(candidate) = lexicon.candidates(name).first() else { continue };
        p.name = Some(name);
        p.entry = Some(candidate.entry);
        p.kind = Kind::of_entry(lexicon.entry(candidate.entry).kind);
        p.how = "fuzzy";
        p.strength = 6;
    }
}

/// Whether a word of a mention is one that nobody knows.
fn has_unknown(v: View<'_>, p: &Proto) -> bool {
    (p.first..p.end).any(|t| is_unknown(v, t))
}

fn is_unknown(v: View<'_>, t: u32) -> bool {
    let known =
        Class::COMMON.with(Class::ANY_GIVEN).with(Class::SURNAME).with(Class::CLOSED).with(Class::RARE);
    v.is_capital(t)
        && v.word(t).len() >= 5
        && !v.flags(t).has(TokenFlags::INNER_CAPITAL)
        && !v.class(t).any(known)
}

/// Whether a spelling may be a slip: a word that the article writes again and again is a name of its own.
fn is_slip(v: View<'_>, p: &Proto) -> bool {
    (p.first..p.end).any(|t| is_unknown(v, t) && v.usages.of(v.hash(t)).all_capital <= 1)
}

/// Whether a mention may be a misspelt listed name.
fn is_open(v: View<'_>, p: &Proto) -> bool {
    p.name.is_none()
        && !p.marks.any(Marks(Marks::WEAK.0 | Marks::HEADED.0 | Marks::DEFINED.0 | Marks::ACRONYM.0))
        && p.len() <= 5
        && v.phrase(p.first, p.end).len() >= ONE_FROM
        && (p.marks.any(Marks::FULL_NAME) || has_unknown(v, p))
}

/// Whether a form may be forgiven letters.
fn usable(lexicon: &dyn Lexicon, name: NameId) -> bool {
    let barred = [NameFlags::NO_FUZZY, NameFlags::SURNAME, NameFlags::ABBREVIATION, NameFlags::AMBIGUOUS];
    lexicon.candidates(name).first().is_some_and(|c| !barred.iter().any(|&f| c.flags.has(f)))
}

/// The listed name that another transliteration stands for.
fn variant(lexicon: &dyn Lexicon, spelling: &Spelling, text: &str) -> Option<NameId> {
    let mut normal = String::new();
    spelling.normal(text, &mut normal);
    lexicon.find(&normal).filter(|&name| usable(lexicon, name))
}

/// The listed name that is a letter or two away.
fn nearest(lexicon: &dyn Lexicon, text: &str) -> Option<NameId> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let distance = match letters {
        0..ONE_FROM => return None,
        ONE_FROM..TWO_FROM => 1,
        _ => 2,
    };
    let name = lexicon.nearest(text, distance)?.name;
    (usable(lexicon, name) && is_prominent(lexicon, name) && agrees(lexicon.name(name), text)).then_some(name)
}

/// People to live in a place before its name is taken for what a writer meant.
const PROMINENT: u32 = 300_000;

/// A misspelling is likelier of a well-known place than of a village.
fn is_prominent(lexicon: &dyn Lexicon, name: NameId) -> bool {
    let Some(c) = lexicon.candidates(name).first() else { return false };
    let entry = lexicon.entry(c.entry);
    entry.kind != "place" || entry.prior >= PROMINENT
}

/// The same number of words, the same first letter, and neither made of the other.
fn agrees(listed: &str, text: &str) -> bool {
    let initial = |s: &str| s.chars().next().map(|c| c.to_lowercase().next());
    // "Catalonian" and "Jupiters" are words made of a name, not slips.
    let stem = |a: &str, b: &str| b.get(..a.len()).is_some_and(|head| head.eq_ignore_ascii_case(a));
    listed.split_whitespace().count() == text.split_whitespace().count()
        && initial(listed) == initial(text)
        && !stem(listed, text)
        && !stem(text, listed)
}
