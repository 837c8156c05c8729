//! Elections and votes named by year and country: "2001 Italian general election".

use newsmill_core::layers::TokenKind;

use super::Scanner;
use crate::words::Class;

impl Scanner<'_> {
    /// End of the vote's name that begins at a token (its year, or the month before the year), if one does.
    pub(crate) fn event_at(&self, at: u32) -> Option<u32> {
        let year = if self.v.class(at).any(Class::CALENDAR) { at + 1 } else { at };
        if !self.is_year(year) {
            return None;
        }
        let mut t = year + 1;
        let mut named = false;
        while t < self.end && t < year + 10 {
            if let Some(g) = self.listed(t) {
                named = true;
                t = g.end;
            } else if self.v.is_capital(t) && !self.v.class(t).any(Class::CLOSED) {
                named |= !self.v.class(t).any(Class::VOTE);
                if self.v.class(t).any(Class::VOTE_HEAD) {
                    return named.then(|| self.vote_end(t + 1));
                }
                t += 1;
            } else if self.v.class(t).any(Class::VOTE_HEAD) {
                return named.then(|| self.vote_end(t + 1));
            } else if self.v.class(t).any(Class::VOTE) || self.v.flags(t).kind() == TokenKind::Hyphen {
                t += 1;
            } else {
                return None;
            }
        }
        None
    }

    fn is_year(&self, t: u32) -> bool {
        t < self.end
            && self.v.flags(t).kind() == TokenKind::Number
            && self.v.word(t).len() == 4
            && self.v.word(t).starts_with(['1', '2'])
            && self.v.word(t).bytes().all(|b| b.is_ascii_digit())
    }

    /// Past "in California" after the head.
    fn vote_end(&self, t: u32) -> u32 {
        match self.listed(t + 1) {
            Some(g) if self.v.word(t) == "in" => g.end,
            _ => t,
        }
    }
}
