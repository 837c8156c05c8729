//! Bodies that every country has: "the Supreme Court", "Russia's Defense Ministry". The list has them with their
//! country; the article often doesn't say it, so the forms under which it names its country are tried.

use newsmill_core::hash::content_hash;
use newsmill_core::lexicon::{EntryId, Lexicon, NameId};

use crate::memo::{EntryFacts, Memo};
use crate::proto::{Kind, Marks, Proto};
use crate::resolve::{Countries, code};
use crate::view::{View, mix};

/// Forms of a country's name that are tried.
const FORMS: usize = 12;

/// Look-ups whose answers are remembered.
const REMEMBERED: usize = 1 << 12;

/// Memory kept from article to article.
#[derive(Default)]
pub struct Generic {
    /// The list's countries by code; the same for every article.
    countries: Vec<([u8; 2], EntryId)>,
    /// Demonyms by a hash of the id that they share with their country; likewise.
    demonyms: Vec<(u64, EntryId)>,
    /// Answers to look-ups, by the words and their owner; likewise.
    seen: Vec<(String, EntryId, Option<NameId>)>,
    text: String,
}

/// Finds the listed bodies that generic names stand for; takes a listed body away that is another country's.
pub fn settle(
    v: View<'_>,
    lexicon: &dyn Lexicon,
    countries: &Countries,
    memo: &mut Memo,
    protos: &mut [Proto],
    g: &mut Generic,
) {
    index_countries(lexicon, g);
    let home = countries.main().and_then(|code| {
        let at = g.countries.partition_point(|c| c.0 < code);
        g.countries.get(at).filter(|c| c.0 == code).map(|c| c.1)
    });
    for ix in 0..protos.len() {
        let p = protos[ix];
        if !p.marks.any(Marks::COMMON)
            || p.marks.any(Marks::WEAK)
            || p.len() > 6
            || p.kind != Kind::Organization
        {
            continue;
        }
        let facts = p.entry.map(|entry| memo.facts(lexicon, entry));
        let listed_abroad = facts.is_some_and(|facts| is_listed_abroad(facts, countries, &p));
        let nowhere = facts.is_some_and(|f| f.country.is_none() && f.kind == Kind::Organization);
        if !(p.name.is_none() || nowhere || listed_abroad) {
            continue;
        }
        match owner(v, protos, ix, home).and_then(|owner| look_up(v, lexicon, memo, &p, owner, g)) {
            Some(name) => {
                let p = &mut protos[ix];
                p.name = Some(name);
                p.entry = lexicon.candidates(name).first().map(|c| c.entry);
                p.how = "short";
            }
            None if listed_abroad => {
                let p = &mut protos[ix];
                p.name = None;
                p.entry = None;
                p.how = "discovered";
                p.marks = Marks(p.marks.0 & !Marks::AMBIGUOUS.0 | Marks::HEADED.0);
            }
            None => {}
        }
    }
}

/// "Senate" is the United States Senate only in an article that names the United States, or no country at all.
fn is_listed_abroad(entry: EntryFacts, countries: &Countries, p: &Proto) -> bool {
    p.name.is_some()
        && p.marks.any(Marks::AMBIGUOUS)
        && p.marks.any(Marks::COMMON)
        && entry.kind == Kind::Organization
        && entry.country.is_some_and(|country| countries.any() && countries.of(country) == 0)
}

/// Fills the table of countries, once for a list.
fn index_countries(lexicon: &dyn Lexicon, g: &mut Generic) {
    let Generic { countries, demonyms, .. } = g;
    if !countries.is_empty() {
        return;
    }
    for id in (0..lexicon.len() as u32).map(EntryId) {
        let row = lexicon.entry(id);
        if row.kind == "place" && row.subtype == "country" {
            countries.extend(code(row.country).map(|code| (code, id)));
        } else if row.kind == "demonym" {
            demonyms.push((content_hash(row.id.as_bytes()) as u64, id));
        }
    }
    countries.sort_unstable();
    demonyms.sort_unstable();
}

/// The place that owns a body: the one just before it ("Russia's", "Russian", "Texas"), else the article's country.
fn owner(v: View<'_>, protos: &[Proto], ix: usize, home: Option<EntryId>) -> Option<EntryId> {
    let p = &protos[ix];
    if let Some(before) = ix.checked_sub(1).map(|i| &protos[i]) {
        let gap = p.first - before.end;
        let owns = gap == 0 || (gap == 1 && matches!(v.word(before.end), "'s" | "’s"));
        if owns && matches!(before.kind, Kind::Place | Kind::Demonym) && before.name.is_some() {
            return before.entry;
        }
    }
    home
}

fn look_up(
    v: View<'_>,
    lexicon: &dyn Lexicon,
    memo: &mut Memo,
    p: &Proto,
    owner: EntryId,
    g: &mut Generic,
) -> Option<NameId> {
    let body = v.phrase(p.first, p.end);
    if g.seen.is_empty() {
        g.seen.resize(REMEMBERED, (String::new(), EntryId(0), None));
    }
    let at = mix(p.key, owner.0) as usize % REMEMBERED;
    if g.seen[at].1 == owner && g.seen[at].0 == body {
        return g.seen[at].2;
    }
    let row = lexicon.entry(owner);
    let mut found = try_forms(lexicon, memo, body, row.name, &mut g.text);
    let id = content_hash(row.id.as_bytes()) as u64;
    let from = g.demonyms.partition_point(|d| d.0 < id);
    let adjectives = g.demonyms[from..].iter().take_while(|d| d.0 == id).flat_map(|d| lexicon.names_of(d.1));
    for &form in lexicon.names_of(owner).iter().chain(adjectives).take(FORMS) {
        if found.is_some() {
            break;
        }
        found = try_forms(lexicon, memo, body, lexicon.name(form), &mut g.text);
    }
    let slot = &mut g.seen[at];
    slot.0.clear();
    slot.0.push_str(body);
    (slot.1, slot.2) = (owner, found);
    found
}

/// "Russian Supreme Court", "Supreme Court of Russia", "Supreme Court of the Philippines".
fn try_forms(
    lexicon: &dyn Lexicon,
    memo: &mut Memo,
    body: &str,
    form: &str,
    text: &mut String,
) -> Option<NameId> {
    let mut ask = |parts: [&str; 3]| {
        text.clear();
        for part in parts {
            text.push_str(part);
        }
        let name = lexicon.find(text)?;
        let candidate = lexicon.candidates(name).first()?;
        (memo.facts(lexicon, candidate.entry).kind == Kind::Organization).then_some(name)
    };
    ask([form, " ", body]).or_else(|| ask([body, " of ", form])).or_else(|| ask([body, " of the ", form]))
}
