//! One entity for all its names in an article: surnames, given names, acronyms, short forms.
//!
//! Full names make entities first; then, in order of the text, shorter names look for one that they can stand for. If
//! several persons can (two of one surname), the one that was named first is taken; of several bodies the last named.

use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{Gender, TokenKind};
use newsmill_core::lexicon::{EntryId, Lexicon, NameFlags};

use crate::acronyms::Definitions;
use crate::identity::Identities;
use crate::index::{Found, Index};
use crate::proto::{Kind, Marks, NOBODY, Proto};
use crate::view::{KEY_SEED, View, mix};
use crate::words::Class;

/// An entity in the making.
#[derive(Clone, Copy, Debug)]
pub struct Making {
    /// What it is.
    pub kind: Kind,
    /// The list's entry, if it is listed.
    pub entry: Option<EntryId>,
    /// The mention with its fullest form.
    pub full: u32,
    /// Gender, as far as its names tell.
    pub gender: Gender,
    /// Hash of a listed entity's id.
    pub id: u64,
    /// For persons: hashes of the first and the last name.
    names: (u32, u32),
}

/// Memory kept from article to article.
#[derive(Default)]
pub struct Coref {
    /// The entities, in order of the mention that made them.
    pub makings: Vec<Making>,
    by_key: Index,
    by_entry: Index,
    by_last: Index,
    by_first: Index,
    /// Persons by the names between the first and the last.
    by_inner: Index,
    by_short: Index,
    identities: Identities,
    last_seen: Vec<u32>,
}

/// What coreference needs besides the mentions.
pub struct Knowledge<'a> {
    /// The article.
    pub v: View<'a>,
    /// The list, if the article has matches of one.
    pub lexicon: Option<&'a dyn Lexicon>,
    /// Short and full given names, folded and sorted.
    pub nicknames: &'a [(u32, u32)],
    /// Acronyms that the article introduces.
    pub definitions: &'a Definitions,
}

/// Gives every mention that stands for somebody its entity.
pub fn link(k: &Knowledge<'_>, coref: &mut Coref, protos: &mut [Proto]) {
    coref.clear();
    for ix in 0..protos.len() {
        if is_anchor(k, &protos[ix]) {
            anchor(k, coref, protos, ix);
        }
    }
    coref.index(k, protos);
    coref.last_seen.clear();
    coref.last_seen.resize(coref.makings.len(), 0);
    for ix in 0..protos.len() {
        if protos[ix].entity == NOBODY {
            attach(k, coref, protos, ix);
        } else {
            correct_surname(k, coref, protos, ix);
        }
        if let Some(seen) = coref.last_seen.get_mut(protos[ix].entity as usize) {
            *seen = ix as u32 + 1;
        }
    }
}

impl Coref {
    fn clear(&mut self) {
        self.makings.clear();
        self.by_key.clear();
        self.by_entry.clear();
        self.by_last.clear();
        self.by_first.clear();
        self.by_inner.clear();
        self.by_short.clear();
    }

    fn new_entity(&mut self, making: Making) -> u32 {
        self.makings.push(making);
        self.last_seen.push(0);
        self.makings.len() as u32 - 1
    }

    /// Enters the short forms of all entities.
    fn index(&mut self, k: &Knowledge<'_>, protos: &[Proto]) {
        for e in 0..self.makings.len() as u32 {
            let m = self.makings[e as usize];
            match m.kind {
                Kind::Organization | Kind::Event | Kind::Other => {
                    self.index_short(k, &protos[m.full as usize], e)
                }
                _ => {}
            }
        }
    }

    /// Short forms of an organization's name: without its last word, its head word alone, its initials.
    fn index_short(&mut self, k: &Knowledge<'_>, p: &Proto, e: u32) {
        let v = k.v;
        let is_word = |t: &u32| v.flags(*t).is_wordlike();
        let count = (p.first..p.end).filter(is_word).count();
        if count < 2 {
            return;
        }
        let last = (p.first..p.end).rev().find(is_word).unwrap_or(p.first);
        if let Some(key) = initials(v, p) {
            self.by_short.add(key, e);
        }
        let head = Class::HEAD_LAST.with(Class::COMPANY);
        if v.class(last).any(head) {
            if v.word(last - 1) != "of" && v.word(last - 1) != "and" {
                self.by_short.add(v.key(p.first, last), e);
            }
            self.by_short.add(v.key(last, p.end), e);
        }
        if v.class(p.first).any(Class::HEAD_OF.with(Class::HEAD_FIRST)) {
            self.by_short.add(v.key(p.first, p.first + 1), e);
        }
        if v.class(p.first).any(Class::HEAD_FIRST) && p.end > p.first + 1 {
            self.by_short.add(v.key(p.first + 1, p.end), e);
        }
        if !v.class(p.first).any(Class::COMMON.with(Class::CLOSED))
            && !k.v.is_lower(p.first)
            && p.kind != Kind::Event
        {
            self.by_short.add(v.key(p.first, p.first + 1), e);
        }
    }
}

const MAX_INITIALS: usize = 6;

/// Whether a mention makes an entity by itself.
fn is_anchor(k: &Knowledge<'_>, p: &Proto) -> bool {
    if p.marks.any(Marks::WEAK) || p.marks.any(Marks::SURNAME) {
        return false;
    }
    if p.name.is_some() {
        return true;
    }
    if p.marks.any(Marks::HEADLINE) && p.kind != Kind::Person {
        return false;
    }
    let words = k.v.parts(p.first, p.end);
    p.marks.any(Marks(Marks::DEFINED.0 | Marks::HEADED.0)) || words > 1
}

fn anchor(k: &Knowledge<'_>, coref: &mut Coref, protos: &mut [Proto], ix: usize) {
    let p = protos[ix];
    let entity = match (p.entry, k.lexicon) {
        (Some(entry), Some(lexicon)) if p.name.is_some() => listed_entity(coref, lexicon, entry, &p, ix),
        _ => unlisted_entity(k, coref, protos, &p, ix),
    };
    let making = &mut coref.makings[entity as usize];
    let full = &protos[making.full as usize];
    let bytes = |p: &Proto| k.v.tokens.cover(p.first..p.end).len();
    let is_longer = bytes(&p) > bytes(full);
    if is_longer && !p.marks.any(Marks::ACRONYM) {
        making.full = ix as u32;
    }
    if making.gender == Gender::Unknown {
        making.gender = crate::people::gender(k.v, &p);
    }
    if making.kind == Kind::Person {
        enter_inner(k, coref, &p, entity);
    }
    protos[ix].entity = entity;
    if p.name.is_none() && k.definitions.of(p.key).is_some_and(|d| d.short == p.key) {
        protos[ix].how = "acronym";
    }
}

/// Enters a full name's inner names and its initials.
fn enter_inner(k: &Knowledge<'_>, coref: &mut Coref, p: &Proto, entity: u32) {
    if p.len() < 3 || p.len() > 8 {
        return;
    }
    for t in p.first + 1..p.end - 1 {
        if k.v.is_capital(t) && !k.v.is_initial(t) {
            coref.by_inner.add(u64::from(k.v.hash(t)), entity);
        }
    }
    let key = initials(k.v, p);
    if let Some(key) = key {
        coref.by_short.add(key, entity);
    }
}

/// The key of the acronym that a name's capitals make, if they make one.
fn initials(v: View<'_>, p: &Proto) -> Option<u64> {
    let mut text = [0u8; MAX_INITIALS];
    let mut n = 0;
    for t in (p.first..p.end).filter(|&t| v.is_capital(t)) {
        let &first = v.word(t).as_bytes().first().filter(|b| b.is_ascii())?;
        *text.get_mut(n)? = first;
        n += 1;
    }
    if n < 3 {
        return None;
    }
    let acronym = std::str::from_utf8(&text[..n]).ok()?;
    Some(mix(KEY_SEED, fold_hash(acronym)))
}

fn listed_entity(coref: &mut Coref, lexicon: &dyn Lexicon, entry: EntryId, p: &Proto, ix: usize) -> u32 {
    let identity = coref.identities.of(lexicon, entry);
    if let Some(e) = coref.by_entry.first(identity.id) {
        return e;
    }
    let names = identity.names;
    let making = Making {
        kind: identity.kind,
        entry: Some(identity.main),
        full: ix as u32,
        gender: Gender::Unknown,
        id: identity.id,
        names,
    };
    let e = coref.new_entity(making);
    if making.kind == Kind::Person {
        coref.by_last.add(u64::from(names.1), e);
        coref.by_first.add(u64::from(names.0), e);
    }
    coref.by_entry.add(identity.id, e);
    coref.by_key.add(p.key, e);
    coref.by_key.add(identity.key, e);
    e
}

fn unlisted_entity(k: &Knowledge<'_>, coref: &mut Coref, protos: &[Proto], p: &Proto, ix: usize) -> u32 {
    if let Some(d) = k.definitions.of(p.key) {
        for key in [d.long, d.short] {
            if let Some(e) = coref.by_key.first(key) {
                coref.by_key.add(p.key, e);
                return e;
            }
        }
    }
    if let Some(e) = coref.by_key.first(p.key) {
        return e;
    }
    let names = person_names(k.v, p);
    if p.kind == Kind::Person
        && let Some(e) = same_person(k, coref, protos, p, names)
    {
        coref.by_key.add(p.key, e);
        return e;
    }
    let e = coref.new_entity(Making {
        kind: p.kind,
        entry: None,
        full: ix as u32,
        gender: Gender::Unknown,
        id: 0,
        names,
    });
    coref.by_key.add(p.key, e);
    if p.kind == Kind::Person {
        coref.by_last.add(u64::from(names.1), e);
        coref.by_first.add(u64::from(names.0), e);
    }
    e
}

/// Hashes of a person's first and last name in the text.
fn person_names(v: View<'_>, p: &Proto) -> (u32, u32) {
    let is_name = |t: &u32| v.flags(*t).kind() == TokenKind::Word && !v.class(*t).any(Class::GENERATION);
    let first = (p.first..p.end).find(is_name).unwrap_or(p.first);
    let last = (p.first..p.end).rev().find(is_name).unwrap_or(first);
    let hyphened = |t: u32| v.joined(t) && v.flags(t).kind() == TokenKind::Hyphen;
    let mut first_end = first + 1;
    while first_end + 1 < p.end && hyphened(first_end) {
        first_end += 2;
    }
    let mut last_first = last;
    while last_first >= p.first + 2 && hyphened(last_first - 1) {
        last_first -= 2;
    }
    (v.name_hash(first, first_end), v.name_hash(last_first, last + 1))
}

/// A person of the article with the same surname and a given name that can be the same.
fn same_person(
    k: &Knowledge<'_>,
    coref: &Coref,
    protos: &[Proto],
    p: &Proto,
    names: (u32, u32),
) -> Option<u32> {
    if names.0 == names.1 {
        return None;
    }
    let same = |e: &u32| {
        let m = coref.makings[*e as usize];
        m.names.0 != m.names.1 && given_agrees(k, &protos[m.full as usize], p, m.names.0, names.0)
    };
    let found = coref.by_last.of(u64::from(names.1)).find(same);
    found.or_else(|| part_of_person(k, coref, protos, p, names))
}

/// "Rivera Schatz" for Thomas Rivera Schatz, "John Luk" for John Luk Jok.
fn part_of_person(
    k: &Knowledge<'_>,
    coref: &Coref,
    protos: &[Proto],
    p: &Proto,
    names: (u32, u32),
) -> Option<u32> {
    if p.len() != 2 {
        return None;
    }
    let holds = |e: &u32| {
        let full = &protos[coref.makings[*e as usize].full as usize];
        full.len() > 2 && (full.first..full.end - 1).any(|t| (k.v.hash(t), k.v.hash(t + 1)) == names)
    };
    let by_last = coref.by_last.of(u64::from(names.1)).find(holds);
    by_last.or_else(|| coref.by_inner.of(u64::from(names.1)).find(holds))
}

fn given_agrees(k: &Knowledge<'_>, a: &Proto, b: &Proto, x: u32, y: u32) -> bool {
    let nick = |x, y| k.nicknames.binary_search(&(x, y)).is_ok();
    if x == y || nick(x, y) || nick(y, x) {
        return true;
    }
    let (wa, wb) = (k.v.word(a.first), k.v.word(b.first));
    let initial = |w: &str, t| k.v.is_initial(t) && w.chars().next().is_some();
    let same_letter = wa.chars().next() == wb.chars().next();
    same_letter && (initial(wa, a.first) || initial(wb, b.first))
}

/// A listed surname that is used alone is somebody else's if the article names another person of that surname in full.
fn correct_surname(k: &Knowledge<'_>, coref: &Coref, protos: &mut [Proto], ix: usize) {
    let p = protos[ix];
    let words = k.v.parts(p.first, p.end);
    if p.kind == Kind::Place && words == 1 && p.name.is_some() {
        return person_like_place(k, coref, protos, ix);
    }
    if p.kind != Kind::Person || p.name.is_none() || words != 1 || p.how == "fuzzy" {
        return;
    }
    let own = p.entity;
    let named_in_full = |e: u32| {
        let full = &protos[coref.makings[e as usize].full as usize];
        full.len() > 1
    };
    if named_in_full(own) {
        protos[ix].how = "surname";
        return;
    }
    if let Some(other) =
        first_before(coref, coref.by_last.of(u64::from(k.v.hash(p.first))), |e| e != own && named_in_full(e))
    {
        protos[ix].entity = other;
        protos[ix].how = "surname";
    }
}

/// "Washington" in an article about Denzel Washington, unless a preposition or a country speaks for the place.
fn person_like_place(k: &Knowledge<'_>, coref: &Coref, protos: &mut [Proto], ix: usize) {
    let p = protos[ix];
    let before = if p.first > 0 { k.v.word(p.first - 1) } else { "" };
    if k.v.class(p.first.wrapping_sub(1)).any(Class::PLACE_PREPOSITION.with(Class::PLACE_MODIFIER))
        && before != "to"
    {
        return;
    }
    let next_is_region = k.v.word(p.end) == "," && k.v.is_capital(p.end + 1) && p.how != "fuzzy";
    if next_is_region {
        return;
    }
    let in_full = |e: u32| {
        let m = coref.makings[e as usize];
        m.kind == Kind::Person && protos[m.full as usize].len() > 1
    };
    let Some(e) = first_before(coref, coref.by_last.of(u64::from(k.v.hash(p.first))), in_full) else {
        return;
    };
    let is_country = p.entry.zip(k.lexicon).is_some_and(|(e, l)| l.entry(e).subtype == "country");
    if !is_country {
        protos[ix].entity = e;
        protos[ix].kind = Kind::Person;
        protos[ix].how = "surname";
    }
}

/// Of the persons that pass, the one named first of those named before here, or else the first of the article: in news
/// the bare surname is that of the person who was introduced first; relatives get a given name or a title.
fn first_before(coref: &Coref, found: Found<'_>, pass: impl Fn(u32) -> bool) -> Option<u32> {
    let mut found = found.filter(|&e| pass(e));
    let first = found.next()?;
    let seen = |e: u32| coref.last_seen.get(e as usize).is_some_and(|&s| s > 0);
    if seen(first) { Some(first) } else { found.find(|&e| seen(e)).or(Some(first)) }
}

/// Of the entities that pass, the one named last before here, or else the first of the article.
fn last_before(coref: &Coref, found: Found<'_>) -> Option<u32> {
    let mut best: Option<(u32, u32)> = None;
    for e in found {
        let seen = coref.last_seen.get(e as usize).copied().unwrap_or(0);
        if best.is_none_or(|(b, _)| seen > b) {
            best = Some((seen, e));
        }
    }
    best.map(|(_, e)| e)
}

/// Finds whom a short name stands for.
fn attach(k: &Knowledge<'_>, coref: &mut Coref, protos: &mut [Proto], ix: usize) {
    let p = protos[ix];
    let words = k.v.parts(p.first, p.end);
    let found = person_of(k, coref, protos, &p, words)
        .or_else(|| coref.by_key.first(p.key).map(|e| (e, "discovered")))
        .or_else(|| defined(k, coref, &p))
        .or_else(|| short_of(k, coref, &p, words));
    if let Some((entity, how)) = found {
        let defined = k.definitions.of(p.key).is_some_and(|d| d.short == p.key);
        let how = if defined { "acronym" } else { how };
        let p = &mut protos[ix];
        p.entity = entity;
        if p.how == "discovered" || p.name.is_some() {
            p.how = how;
        }
        let kind = coref.makings[entity as usize].kind;
        if p.kind != Kind::Demonym {
            p.kind = kind;
        }
        return;
    }
    alone(k, coref, protos, ix);
}

/// The acronym's or long form's other side.
fn defined(k: &Knowledge<'_>, coref: &Coref, p: &Proto) -> Option<(u32, &'static str)> {
    let d = k.definitions.of(p.key).filter(|d| d.short == p.key)?;
    coref.by_key.first(d.long).map(|e| (e, "acronym"))
}

fn person_of(
    k: &Knowledge<'_>,
    coref: &Coref,
    protos: &[Proto],
    p: &Proto,
    words: usize,
) -> Option<(u32, &'static str)> {
    let single = words == 1;
    let may =
        p.name.is_none() || p.marks.any(Marks(Marks::SURNAME.0 | Marks::WEAK.0)) || p.kind == Kind::Person;
    if !may
        || p.marks.any(Marks(Marks::HEADED.0 | Marks::DEFINED.0))
        || p.kind == Kind::Place && p.strength >= 4
    {
        return None;
    }
    let hash = u64::from(k.v.name_hash(p.first, p.end));
    if !single {
        return None;
    }
    let gender = crate::people::title_gender(k.v, p);
    let suits = |e: u32| {
        let m = coref.makings[e as usize];
        gender == Gender::Unknown || m.gender == Gender::Unknown || m.gender == gender
    };
    if let Some(e) = first_before(coref, coref.by_last.of(hash), suits) {
        return Some((e, "surname"));
    }
    if let Some(e) = first_before(coref, coref.by_inner.of(hash), suits) {
        return Some((e, "surname"));
    }
    let titled = p.marks.any(Marks::TITLED);
    let e = first_before(coref, coref.by_first.of(hash), suits)?;
    let full = &protos[coref.makings[e as usize].full as usize];
    let family_first = k.v.class(full.first).any(Class::FAMILY_FIRST);
    if family_first || titled {
        return Some((e, "surname"));
    }
    Some((e, "given"))
}

/// The organization or event that a shorter name stands for.
fn short_of(k: &Knowledge<'_>, coref: &Coref, p: &Proto, words: usize) -> Option<(u32, &'static str)> {
    if p.marks.any(Marks::INITIAL)
        && p.marks.any(Marks::COMMON)
        && k.v.usages.of(k.v.hash(p.first)).capital == 0
    {
        return None;
    }
    if p.marks.any(Marks::HEADLINE) && p.marks.any(Marks::COMMON) || p.kind == Kind::Place {
        return None;
    }
    let e = last_before(coref, coref.by_short.of(p.key))?;
    let how = if p.marks.any(Marks::ACRONYM) && words == 1 { "acronym" } else { "short" };
    Some((e, how))
}

/// A short name that stands for nobody named before: itself, or nothing.
fn alone(k: &Knowledge<'_>, coref: &mut Coref, protos: &mut [Proto], ix: usize) {
    let p = protos[ix];
    let titled = p.marks.any(Marks::TITLED);
    if p.marks.any(Marks::SURNAME) && titled && !p.marks.any(Marks::WEAK) {
        return listed_surname(k, coref, protos, ix);
    }
    if p.marks.any(Marks::WEAK) || p.marks.any(Marks::SURNAME) || (p.marks.any(Marks::HEADLINE) && !titled) {
        return;
    }
    if !is_name_by_itself(k.v, &p) {
        return;
    }
    let names = person_names(k.v, &p);
    let gender = crate::people::gender(k.v, &p);
    let e = coref.new_entity(Making { kind: p.kind, entry: None, full: ix as u32, gender, id: 0, names });
    coref.by_key.add(p.key, e);
    protos[ix].entity = e;
}

/// Whether an unlisted single word is enough of a name to be reported.
fn is_name_by_itself(v: View<'_>, p: &Proto) -> bool {
    if p.marks.any(Marks::TITLED) {
        return true;
    }
    !p.marks.any(Marks::COMMON) || v.word(p.first).len() > 1 && p.marks.any(Marks::ACRONYM)
}

/// "President Putin" in an article that never gives his given name.
fn listed_surname(k: &Knowledge<'_>, coref: &mut Coref, protos: &mut [Proto], ix: usize) {
    let p = protos[ix];
    let (Some(lexicon), Some(name)) = (k.lexicon, p.name) else { return };
    let bearers = || lexicon.candidates(name).iter().filter(|c| c.flags.has(NameFlags::SURNAME));
    let chosen = bearers().find(|c| Some(c.entry) == p.entry);
    let Some(c) = chosen.or_else(|| bearers().next()) else { return };
    let e = listed_entity(coref, lexicon, c.entry, &p, ix);
    protos[ix].entity = e;
    protos[ix].entry = Some(c.entry);
    protos[ix].kind = coref.makings[e as usize].kind;
    protos[ix].how = "surname";
}
