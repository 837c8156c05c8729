//! Persons' names: given name, initials, particles, surname, generation.

use newsmill_core::layers::TokenKind;

use super::{Kind, Listed, MAX_TOKENS, Scanner};
use crate::words::Class;

/// A person's name by its shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// One past the last token.
    pub end: u32,
    /// Number of names, initials not counted.
    pub names: u32,
    /// How sure.
    pub strength: i16,
}

/// What was seen on the way.
#[derive(Default)]
struct Seen {
    names: u32,
    initials: u32,
    particles: u32,
    last: u32,
}

impl Scanner<'_> {
    /// The person's name that begins at a token, if one does.
    pub(crate) fn person_at(&self, at: u32, titled: bool) -> Option<Person> {
        if self.v.class(at).any(Class::CLOSED) && !self.v.class(at).any(Class::ANY_GIVEN) && !titled {
            return None;
        }
        let (end, seen) = self.walk_names(at);
        if seen.names == 0 {
            return None;
        }
        let strength = self.judge(at, &seen, titled)?;
        Some(Person { end, names: seen.names + seen.initials.min(1), strength })
    }

    /// Whether a name with a known given name begins here: where a run of capitals must be cut.
    pub(crate) fn is_clear_person(&self, at: u32) -> bool {
        let class = self.v.class(at);
        class.any(Class::ANY_GIVEN)
            && !class.any(Class::COMMON.with(Class::HEAD_LAST))
            && self.person_at(at, false).is_some_and(|p| p.strength >= 6)
    }

    /// A given name that is nothing else.
    fn is_plain_given(&self, at: u32) -> bool {
        let class = self.v.class(at);
        class.any(Class::ANY_GIVEN) && !class.any(Class::COMMON.with(Class::CALENDAR).with(Class::CLOSED))
    }

    fn walk_names(&self, at: u32) -> (u32, Seen) {
        let mut seen = Seen::default();
        let mut t = at;
        let mut end = at;
        while t < self.end && seen.names < 5 && seen.initials < 4 {
            let class = self.v.class(t);
            if self.v.is_initial(t)
                && !self.listed(t).is_some_and(Listed::firm)
                && (seen.names > 0 || self.v.is_capital(t + 1))
            {
                seen.initials += 1;
                t += 1;
            } else if seen.names > 0 && class.any(Class::GENERATION) {
                return (t + 1, seen);
            } else if self.v.is_capital(t) && self.may_be_name(t, &seen, at) {
                seen.names += 1;
                seen.last = t;
                t = self.name_end(t, t > at, t > at && self.v.class(at).any(Class::FAMILY_FIRST));
                end = t;
            } else if let Some(next) = self.particles_end(t, seen.names > 0) {
                seen.particles += 1;
                t = next;
            } else if seen.names > 1
                && self.v.word(t) == ","
                && self.v.class(t + 1).any(Class::GENERATION)
                && self.v.word(t + 1).starts_with(['J', 'S'])
            {
                return (t + 2, seen);
            } else {
                break;
            }
        }
        (end, seen)
    }

    /// End of a name with its hyphenated parts, in lower case too ("Jae-in").
    fn name_end(&self, at: u32, inside: bool, family_first: bool) -> u32 {
        let mut t = at + 1;
        while t + 1 < self.end.min(at + MAX_TOKENS)
            && self.v.flags(t).kind() == TokenKind::Hyphen
            && matches!(self.v.word(t), "-" | "‐" | "‑")
            && self.v.joined(t)
            && self.v.joined(t + 1)
            && self.v.flags(t + 1).kind() == TokenKind::Word
            && (family_first
                || inside
                || !self.listed(t + 1).is_some_and(|g| g.firm() && g.kind != Kind::Person))
            && (self.v.is_capital(t + 1) || family_first || !self.v.class(t + 1).any(Class::COMMON))
        {
            t += 2;
        }
        t
    }

    fn may_be_name(&self, t: u32, seen: &Seen, at: u32) -> bool {
        let class = self.v.class(t);
        let dated = seen.names == 0 && t > 0 && self.v.flags(t - 1).kind() == TokenKind::Number;
        if class.any(Class::CALENDAR) && (dated || !class.any(Class::SURNAME.with(Class::ANY_GIVEN))) {
            return false;
        }
        if seen.names == 0 {
            return t == at || seen.initials + seen.particles > 0;
        }
        if class.any(Class::CLOSED) && !class.any(Class::SURNAME) {
            return false;
        }
        let surname = class.any(Class::SURNAME);
        if class.any(Class::HEAD_LAST.with(Class::ANY_TITLE)) && !surname {
            return false;
        }
        if self.v.is_acronym(t) && self.v.word(t).len() > 1 && !self.v.is_acronym(at) {
            return false;
        }
        match self.listed(t) {
            Some(g) if g.end > t + 1 => false,
            Some(g) if g.firm() && seen.names == 1 && self.is_plain_given(at) => {
                !self.listed(at).is_some_and(|f| f.firm() && f.kind == Kind::Place && g.kind == Kind::Place)
            }
            Some(g) if g.firm() => {
                g.kind == Kind::Person
                    || (surname && g.kind != Kind::Demonym)
                    || (g.kind == Kind::Place
                        && self.v.class(at).any(Class::ANY_GIVEN)
                        && !self.v.class(at).any(Class::COMMON))
            }
            _ => true,
        }
    }

    /// Past particles that a name follows: "van der", "bin", "al-".
    fn particles_end(&self, at: u32, inside: bool) -> Option<u32> {
        let mut t = at;
        while t < self.end && t < at + 3 && self.v.is_lower(t) && self.v.class(t).any(Class::PARTICLE) {
            t += 1;
            if self.v.flags(t).kind() == TokenKind::Hyphen && self.v.joined(t) {
                t += 1;
            }
        }
        (inside
            && t > at
            && t < self.end
            && self.v.is_capital(t)
            && !self.listed(t).is_some_and(|g| g.firm() && g.kind != Kind::Person))
        .then_some(t)
    }

    fn judge(&self, at: u32, seen: &Seen, titled: bool) -> Option<i16> {
        let (first, last) = (self.v.class(at), self.v.class(seen.last));
        let several = seen.names + seen.initials.min(1) > 1;
        if titled {
            return (several || !first.any(Class::COMMON) || first.any(Class::SURNAME)).then_some(8);
        }
        if !several {
            return None;
        }
        let given = first.any(Class::ANY_GIVEN);
        let vague = first.any(Class::COMMON.with(Class::CALENDAR).with(Class::CLOSED));
        let last_common = last.any(Class::COMMON) && !last.any(Class::SURNAME);
        if seen.initials > 0 && !last_common && (given || !vague) {
            return Some(7);
        }
        if given && !last_common && (!vague || last.any(Class::SURNAME) || !last.any(Class::COMMON)) {
            return Some(if vague && last.any(Class::COMMON) { 3 } else { 7 });
        }
        if given
            && !vague
            && seen.names == 2
            && last_common
            && !last.any(Class::HEAD_LAST.with(Class::CLOSED))
            && self.v.usages.of(self.v.hash(seen.last)).lower == 0
        {
            return Some(4);
        }
        if seen.particles > 0 && !vague {
            return Some(4);
        }
        let hyphenated = seen.last > at
            && self.v.flags(seen.last + 1).kind() == TokenKind::Hyphen
            && self.v.joined(seen.last + 1);
        if first.any(Class::FAMILY_FIRST) && seen.names == 2 && hyphenated && !self.is_initial_place(at) {
            return Some(5);
        }
        if vague || last_common {
            return None;
        }
        if first.any(Class::FAMILY_FIRST) && seen.names <= 3 {
            return Some(5);
        }
        last.any(Class::SURNAME).then_some(if last.any(Class::FREQUENT_SURNAME) { 4 } else { 3 })
    }

    /// Whether a name by its shape is better than one with a head word of the same length ("Tiger Woods").
    pub(crate) fn person_beats_head(&self, at: u32, p: Person, titled: bool) -> bool {
        if titled {
            return true;
        }
        let last = self.v.class(p.end - 1);
        let before = if at > self.first { self.v.word(at - 1) } else { "" };
        let place_context = matches!(before, "the" | "in" | "at" | "near" | "of");
        self.v.class(at).any(Class::ANY_GIVEN)
            && last.any(Class::SURNAME.with(Class::GENERATION))
            && !place_context
    }

    /// Whether a person's name is better than the listed name that begins at the same token.
    pub(crate) fn person_beats_listed(
        &self,
        at: u32,
        p: Person,
        listed: Option<Listed>,
        titled: bool,
    ) -> bool {
        let Some(g) = listed else { return true };
        if p.end < g.end {
            return false;
        }
        if p.end == g.end {
            return titled && g.kind != Kind::Person && g.end == at + 1;
        }
        let single = g.end == at + 1;
        match g.kind {
            Kind::Person => true,
            Kind::Demonym => false,
            _ if !g.firm() => p.strength >= 3,
            Kind::Place | Kind::Organization => {
                let last = self.v.class(p.end - 1);
                let surname = last.any(Class::SURNAME) || !last.any(Class::COMMON.with(Class::HEAD_LAST));
                single && (titled || (self.is_plain_given(at) && surname && p.strength >= 6))
            }
            _ => false,
        }
    }
}
