//! Titles and roles: "Mr.", "Defense Minister", "Secretary of State", "Vice-President".

use newsmill_core::layers::TokenKind;

use super::{Kind, Marks, Proto, Scanner};
use crate::words::Class;

impl Scanner<'_> {
    /// End of the title that begins at a token, if one does.
    pub(crate) fn title_at(&self, at: u32) -> Option<u32> {
        let any = Class::ANY_TITLE.with(Class::MODIFIER);
        let mut t = at;
        let mut end = None;
        while t < self.end && t < at + 8 && self.v.is_capital(t) && self.v.class(t).any(any) {
            let is_title = self.v.class(t).any(Class::ANY_TITLE);
            t += 1;
            if is_title {
                t = self.office_end(t);
                end = Some(t);
            }
            if t + 1 < self.end
                && self.v.flags(t).kind() == TokenKind::Hyphen
                && self.v.class(t + 1).any(any)
                && self.v.joined(t + 1)
            {
                t += 1;
            }
        }
        end
    }

    /// After a title word: past "of State", "of the Treasury", "for Health and Social Care".
    fn office_end(&self, at: u32) -> u32 {
        if !matches!(self.v.word(at), "of" | "for") || at + 1 >= self.end {
            return at;
        }
        let mut t = if self.v.word(at + 1) == "the" { at + 2 } else { at + 1 };
        if t >= self.end
            || !self.v.is_capital(t)
            || !self.v.class(t).any(Class::MODIFIER)
            || self.listed(t).is_some()
        {
            return at;
        }
        t += 1;
        while t < self.end {
            let joint = if self.v.word(t) == "and" { t + 1 } else { t };
            let goes_on = joint < self.end
                && self.v.is_capital(joint)
                && self.v.class(joint).any(Class::COMMON)
                && !self.v.class(joint).any(Class::ANY_GIVEN.with(Class::ANY_TITLE))
                && self.listed(joint).is_none();
            if !goes_on {
                break;
            }
            t = joint + 1;
        }
        t
    }

    /// Goes past a title. One that nobody's name follows may itself be a name ("King"), for a later step to tell.
    pub(super) fn pass_title(&self, at: u32, end: u32, out: &mut Vec<Proto>) -> u32 {
        let alone = end == at + 1 && self.v.class(at).any(Class::SURNAME) && !self.v.is_capital(end);
        if !alone {
            return end;
        }
        let start = out.len();
        let end = self.found(at, end, Kind::Person, 0, Marks::WEAK, (0, 0), out);
        debug_assert_eq!(out.len(), start + 1);
        end
    }
}
