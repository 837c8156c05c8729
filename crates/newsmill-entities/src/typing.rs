//! What a name is, by what stands around it: evidence is summed over all mentions with the same words, so that one
//! clear mention decides for the whole article ("one sense per article").

use crate::proto::{Kind, Marks, Proto};
use crate::view::View;
use crate::words::Class;

/// Evidence for person, place, organization and other, in that order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence(pub [i16; 4]);

const PERSON: usize = 0;
const PLACE: usize = 1;
const ORGANIZATION: usize = 2;
const OTHER: usize = 3;

impl Evidence {
    fn add(&mut self, kind: usize, points: i16) {
        self.0[kind] = self.0[kind].saturating_add(points);
    }

    /// Adds another mention's evidence.
    pub fn merge(&mut self, other: Evidence) {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a = a.saturating_add(b);
        }
    }

    /// Evidence for a type.
    pub fn of(&self, kind: Kind) -> i16 {
        match kind {
            Kind::Person => self.0[PERSON],
            Kind::Place => self.0[PLACE],
            Kind::Organization => self.0[ORGANIZATION],
            _ => self.0[OTHER],
        }
    }

    /// The best type and how far it is ahead of the next; the earlier of two equal ones.
    pub fn best(&self) -> (Kind, i16) {
        let kinds = [Kind::Person, Kind::Place, Kind::Organization, Kind::Other];
        let mut best = 0;
        for k in 1..4 {
            if self.0[k] > self.0[best] {
                best = k;
            }
        }
        let second = (0..4).filter(|&k| k != best).map(|k| self.0[k]).max().unwrap_or(0);
        (kinds[best], self.0[best].saturating_sub(second))
    }
}

/// Evidence from the words around a mention.
pub fn context(v: View<'_>, p: &Proto) -> Evidence {
    let mut e = Evidence::default();
    if p.marks.any(Marks::TITLED) {
        e.add(PERSON, 8);
    }
    if p.first > 0 {
        before(v, p, &mut e);
    }
    after(v, p, &mut e);
    e
}

fn before(v: View<'_>, p: &Proto, e: &mut Evidence) {
    let t = p.first - 1;
    let class = v.class(t);
    let word = v.word(t);
    match word {
        "in" => e.add(PLACE, 4),
        "near" | "outside" | "throughout" | "across" => e.add(PLACE, 4),
        "to" | "from" | "toward" | "towards" => e.add(PLACE, 2),
        "at" => {
            e.add(PLACE, 1);
            e.add(ORGANIZATION, 2);
        }
        "of" => {
            e.add(PLACE, 1);
            if v.class(t.wrapping_sub(1)).any(Class::PLACE_NOUN) {
                e.add(PLACE, 4);
            }
        }
        "by" => {
            e.add(PERSON, 1);
            e.add(ORGANIZATION, 1);
        }
        "the" | "The" => {
            e.add(PERSON, -4);
            e.add(ORGANIZATION, 1);
            e.add(OTHER, 1);
        }
        "a" | "an" => {
            e.add(PERSON, -3);
            e.add(OTHER, 2);
        }
        "and" | "or" | "," => {}
        _ => {}
    }
    if class.any(Class::PLACE_MODIFIER) {
        e.add(PLACE, 4);
    }
    if v.is_lower(t) {
        if class.any(Class::PERSON_NOUN) {
            e.add(PERSON, 4);
        } else if class.any(Class::ORGANIZATION_NOUN) {
            e.add(ORGANIZATION, 4);
        } else if class.any(Class::EVENT_NOUN) {
            e.add(OTHER, 3);
        } else if class.any(Class::PLACE_NOUN) {
            e.add(PLACE, 2);
        }
    }
}

fn after(v: View<'_>, p: &Proto, e: &mut Evidence) {
    let mut t = p.end;
    if matches!(v.word(t), "'s" | "’s") {
        t += 1;
    }
    let class = v.class(t);
    if t == p.end && v.is_lower(t) {
        if class.any(Class::SAY) {
            e.add(PERSON, 2);
            e.add(ORGANIZATION, 1);
        }
        if class.any(Class::PERSON_NOUN.with(Class::ORGANIZATION_NOUN)) {
            e.add(ORGANIZATION, 3);
        } else if class.any(Class::EVENT_NOUN) {
            e.add(OTHER, 2);
        } else if class.any(Class::PLACE_NOUN) {
            e.add(PLACE, 3);
        }
    }
    if class.any(Class::PERSON_PRONOUN) || (v.word(t) == "," && v.class(t + 1).any(Class::PERSON_PRONOUN)) {
        e.add(PERSON, 3);
    }
    if t == p.end
        && matches!(v.word(t), "is" | "was" | "are" | "were")
        && matches!(v.word(t + 1), "a" | "an" | "the" | "one")
    {
        predicate(v, t + 2, e);
    }
    if v.word(t) == "," && is_age(v, t + 1) {
        e.add(PERSON, 5);
    }
    if v.word(t) == "," && apposition(v, t + 1).is_some() {
        e.add(PERSON, 3);
    }
}

/// "… is a village in …": the first noun that tells a type.
fn predicate(v: View<'_>, at: u32, e: &mut Evidence) {
    for t in (at..at + 7).take_while(|&t| v.flags(t).is_wordlike() || v.word(t) == "-") {
        let class = v.class(t);
        if !v.is_lower(t) {
            continue;
        }
        if class.any(Class::PERSON_NOUN) {
            return e.add(PERSON, 6);
        } else if class.any(Class::PLACE_NOUN) {
            return e.add(PLACE, 6);
        } else if class.any(Class::ORGANIZATION_NOUN) {
            return e.add(ORGANIZATION, 6);
        } else if class.any(Class::EVENT_NOUN) {
            return e.add(OTHER, 6);
        } else if matches!(v.word(t), "in" | "of" | "that" | "which" | "who" | "and") {
            return;
        }
    }
}

fn is_age(v: View<'_>, t: u32) -> bool {
    let w = v.word(t);
    w.len() <= 2
        && w.bytes().all(|b| b.is_ascii_digit())
        && !w.is_empty()
        && matches!(v.word(t + 1), "," | "." | ")")
}

/// The noun for a person in an apposition that begins at a token ("a lawyer for …", "Russia's defence minister").
pub fn apposition(v: View<'_>, at: u32) -> Option<u32> {
    let opens = matches!(v.word(at), "a" | "an" | "the")
        || matches!(v.word(at + 1), "'s" | "’s")
        || v.class(at).any(Class::PERSON_NOUN);
    if !opens {
        return None;
    }
    (at..at + 8)
        .take_while(|&t| v.is_lower(t) || v.is_capital(t) || matches!(v.word(t), "'s" | "’s" | "-"))
        .take_while(|&t| t == at || !matches!(v.word(t), "who" | "of" | "for" | "in" | "said" | "and" | "to"))
        .find(|&t| v.is_lower(t) && v.class(t).any(Class::PERSON_NOUN))
}

/// Evidence from the words of an unlisted name itself.
pub fn shape(v: View<'_>, p: &Proto) -> Evidence {
    let mut e = Evidence::default();
    if p.first > 0 && v.flags(p.first - 1).is_quote() && v.flags(p.end).is_quote() {
        e.add(OTHER, 4);
    }
    let (first, last) = (v.class(p.first), v.class(p.end - 1));
    let words = (p.first..p.end).filter(|&t| v.flags(t).is_wordlike()).count();
    let common = (p.first..p.end).filter(|&t| v.class(t).any(Class::COMMON)).count();
    if p.marks.any(Marks::ACRONYM) {
        e.add(ORGANIZATION, 3);
        e.add(PERSON, -2);
    }
    if first.any(Class::ANY_GIVEN) && !first.any(Class::COMMON) {
        e.add(PERSON, if words > 1 { 4 } else { 3 });
    }
    if last.any(Class::SURNAME) && !last.any(Class::COMMON) {
        e.add(PERSON, if words > 1 { 2 } else { 1 });
    }
    if words > 1 && common == 0 {
        e.add(PERSON, 2);
    } else if common > 0 {
        e.add(PERSON, -2);
        e.add(ORGANIZATION, 1);
        e.add(OTHER, 1);
    }
    if (p.first..p.end).any(|t| v.word(t).bytes().any(|b| b.is_ascii_digit())) {
        e.add(OTHER, 5);
        e.add(PERSON, -4);
    }
    if words == 1
        && v.flags(p.first).has(newsmill_core::layers::TokenFlags::INNER_CAPITAL)
        && !p.marks.any(Marks::ACRONYM)
    {
        e.add(ORGANIZATION, 2);
    }
    e
}

/// Sums the evidence of unlisted names over the article and sets their types. `order` is scratch.
pub fn type_unknown(v: View<'_>, protos: &mut [Proto], order: &mut Vec<(u64, u32)>) {
    order.clear();
    order.extend(protos.iter().enumerate().filter(|(_, p)| p.name.is_none()).map(|(i, p)| (p.key, i as u32)));
    order.sort_unstable();
    let mut from = 0;
    while from < order.len() {
        let key = order[from].0;
        let until = from + order[from..].partition_point(|&(k, _)| k == key);
        type_group(v, protos, &order[from..until]);
        from = until;
    }
}

fn type_group(v: View<'_>, protos: &mut [Proto], group: &[(u64, u32)]) {
    let mut sum = Evidence::default();
    let told = group.iter().any(|&(_, ix)| protos[ix as usize].marks.any(Marks::HEADED));
    for &(_, ix) in group {
        let p = &protos[ix as usize];
        if p.strength > 0 {
            let slot = match p.kind {
                Kind::Person => PERSON,
                Kind::Place => PLACE,
                Kind::Organization => ORGANIZATION,
                _ => OTHER,
            };
            sum.add(slot, p.strength);
        }
        // A head word is told by the name itself; only a title may speak against it ("Judge Hall").
        if !told || p.marks.any(Marks::TITLED) {
            sum.merge(context(v, p));
        }
    }
    let first = protos[group[0].1 as usize];
    if first.strength == 0 {
        sum.merge(shape(v, &first));
    }
    let (kind, lead) = sum.best();
    let keeps_event = |k: Kind| kind == Kind::Other && k == Kind::Event;
    for &(_, ix) in group {
        let p = &mut protos[ix as usize];
        p.kind = if keeps_event(p.kind) { Kind::Event } else { kind };
        p.strength = p.strength.max(lead.max(1));
    }
}
