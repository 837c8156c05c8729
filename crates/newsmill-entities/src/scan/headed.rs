//! Names that a head word tells: "Labour Party", "University of Oxford", "Lake Tana", "Procter & Gamble".

use super::{Kind, MAX_TOKENS, Scanner};
use crate::words::Class;

impl Scanner<'_> {
    /// End and type of the headed name that begins at a token, if one does.
    pub(crate) fn headed_at(&self, at: u32) -> Option<(u32, Kind)> {
        if self.v.class(at).any(Class::HONORIFIC) {
            return None;
        }
        let mut best = None;
        let mut t = at;
        let mut words = 0;
        while t < self.end && t < at + MAX_TOKENS {
            if !self.v.is_capital(t) {
                match self.connector(t, words) {
                    Some(next) => {
                        if self.v.word(t) == "&" {
                            best = Some((self.word_end(next), Kind::Organization));
                        }
                        t = next;
                        continue;
                    }
                    None => break,
                }
            }
            let class = self.v.class(t);
            if words > 0 && self.ends_before(t, class) {
                break;
            }
            let next = self.word_end(t);
            if class.any(Class::HEAD_LAST) && words > 0 {
                best = Some((self.numeral_end(next, class), head_kind(class)));
            }
            if class.any(Class::HEAD_FIRST) && words == 0 && self.follows_first(next) {
                let listed = self.listed(next).map_or(0, |g| g.end);
                let end = listed.max(self.word_end(next));
                best = Some((end, head_kind(class)));
                t = end;
                words += 2;
                continue;
            }
            if class.any(Class::HEAD_OF)
                && let Some(end) = self.complement_end(next)
            {
                let end = self.chain_end(class, end);
                best = Some((end, head_kind(class)));
                t = end;
                words += 2;
                continue;
            }
            t = next;
            words += 1;
        }
        best
    }

    /// Whether a word can't be part of the name that began before it.
    fn ends_before(&self, t: u32, class: Class) -> bool {
        if class.any(Class::CLOSED) && !class.any(Class::HEAD_LAST) {
            return true;
        }
        if class.any(Class::ANY_TITLE) && !class.any(Class::HEAD_LAST.with(Class::MODIFIER)) {
            return true;
        }
        self.listed(t).is_some_and(|g| g.kind == Kind::Person && g.firm() && g.end > t + 1)
    }

    /// A capitalised word that can follow Lake, Mount, Hurricane.
    fn follows_first(&self, t: u32) -> bool {
        t < self.end
            && self.v.is_capital(t)
            && !self.v.class(t).any(Class::CLOSED.with(Class::CALENDAR))
            && !self.v.flags(t).is_quote()
    }

    /// Past "II" or a number after War, Cup, Apollo.
    fn numeral_end(&self, t: u32, head: Class) -> u32 {
        let roman = matches!(self.v.word(t), "I" | "II" | "III" | "IV" | "V" | "VI" | "VII" | "XLIX" | "L");
        if head.any(Class::OF_EVENT) && roman { t + 1 } else { t }
    }

    /// Past a word that may join two capitalised parts, if it does here.
    fn connector(&self, t: u32, words: u32) -> Option<u32> {
        if words == 0 || t + 1 >= self.end || !self.v.is_capital(t + 1) {
            return None;
        }
        match self.v.word(t) {
            "&" => Some(t + 1),
            "and" => {
                let left = self.v.class(t - 1);
                let plain = left.any(Class::COMMON)
                    && !left.any(Class::ANY_TITLE)
                    && self.listed(t - 1).is_none_or(|g| !g.firm());
                (plain && self.v.class(t + 1).any(Class::COMMON) && self.head_within(t + 1, 4))
                    .then_some(t + 1)
            }
            "-" if self.v.joined(t) && self.v.joined(t + 1) => self.head_within(t + 1, 3).then_some(t + 1),
            "," if matches!(
                self.v.word(t + 1),
                "Inc" | "Inc." | "Ltd" | "Ltd." | "LLC" | "LLP" | "Corp." | "L.L.C."
            ) =>
            {
                Some(t + 1)
            }
            "de" | "del" | "du" | "des" | "da" | "do" | "di" | "della" | "für" | "y" | "la" => Some(t + 1),
            "'s" | "’s" => {
                let owner = self.v.class(t - 1);
                let plain = owner.any(Class::COMMON) && self.listed(t - 1).is_none();
                let saint = words > 1 && matches!(self.v.word(t - 2), "St" | "St." | "Saint");
                ((plain || saint) && self.head_within(t + 1, 3)).then_some(t + 1)
            }
            _ => None,
        }
    }

    fn all_common(&self, from: u32, to: u32) -> bool {
        (from..to).all(|t| {
            !self.v.is_capital(t) || (self.v.class(t).any(Class::COMMON) && self.listed(t).is_none())
        })
    }

    /// Whether a head word stands within the next few capitalised words.
    fn head_within(&self, from: u32, words: u32) -> bool {
        (from..(from + words).min(self.end))
            .take_while(|&t| self.v.is_capital(t))
            .any(|t| self.v.class(t).any(Class::HEAD_LAST) && !self.v.class(t).any(Class::OF_PLACE))
    }

    /// After a head word: the end of "of the …", "for …", if such a complement follows.
    fn complement_end(&self, at: u32) -> Option<u32> {
        if !matches!(self.v.word(at), "of" | "for" | "on") {
            return None;
        }
        let mut t = if self.v.word(at + 1) == "the" { at + 2 } else { at + 1 };
        if t >= self.end || !self.v.is_capital(t) || self.v.class(t).any(Class::CLOSED.with(Class::CALENDAR))
        {
            return None;
        }
        if let Some(g) = self.listed(t) {
            // "Bank of England Governor": the listed name is the whole complement, but for a head of its own.
            if g.kind != Kind::Demonym {
                return Some(g.end);
            }
        }
        let start = t;
        while t < self.end && t < start + 8 {
            if self.v.is_capital(t) && !self.v.class(t).any(Class::CLOSED) {
                if t > start && self.is_clear_person(t) {
                    break;
                }
                if t > start && self.v.class(t).any(Class::ANY_TITLE) && !self.v.class(t).any(Class::MODIFIER)
                {
                    break;
                }
                t = self.word_end(t);
            } else if self.joins_complement(start, t) {
                t += 1;
            } else {
                break;
            }
        }
        Some(t)
    }

    /// Past "for the D.C. Circuit" after "Court of Appeals": a second complement with another preposition.
    fn chain_end(&self, head: Class, end: u32) -> u32 {
        let second = self.v.word(end) == "for"
            && head.any(Class::OF_ORGANIZATION)
            && self.v.class(end - 1).any(Class::COMMON);
        if second { self.complement_end(end).unwrap_or(end) } else { end }
    }

    fn joins_complement(&self, start: u32, t: u32) -> bool {
        let next = t + 1;
        next < self.end
            && self.v.is_capital(next)
            && match self.v.word(t) {
                "and" | "&" | "," => {
                    self.all_common(start, t)
                        && self.v.class(next).any(Class::COMMON)
                        && self.listed(next).is_none()
                }
                "of" => self.v.class(t - 1).any(Class::HEAD_OF.with(Class::COMMON)),
                _ => false,
            }
    }
}

/// The type that a head word tells.
pub fn head_kind(class: Class) -> Kind {
    if class.any(Class::OF_ORGANIZATION) {
        Kind::Organization
    } else if class.any(Class::OF_PLACE) {
        Kind::Place
    } else {
        Kind::Event
    }
}
