//! The usual full stop, which needs none of the rules for stops: most of them are.

use crate::scan::Scan;

/// Shortest word, in bytes, before a usual full stop: no number of a list, no initial.
const SHORTEST: usize = 3;

impl Scan<'_> {
    /// Takes a full stop after a plain word that is no abbreviation, if the sentence clearly ends: with the
    /// paragraph, or before a blank and a capital; a quotation mark may stand before the blank and one after it.
    /// Whether it was one: if not, nothing has changed.
    #[inline]
    pub fn usual_stop(&mut self, at: usize) -> bool {
        if self.list.is_some() || self.address_end == at || !self.follows_plain_word(at) {
            return false;
        }
        let after = match self.bytes.get(at + 1..self.end) {
            None | Some([]) => return true,
            Some([b'"', ..]) => at + 2,
            Some([0xE2, 0x80, 0x9D, ..]) => at + 4,
            Some(_) => at + 1,
        };
        let next = match self.bytes.get(after..self.end) {
            None | Some([]) => return true,
            Some([b' ' | b'\n', next @ ..]) => next,
            Some(_) => return false,
        };
        let capital = match next {
            [b'"', after @ ..] | [0xE2, 0x80, 0x9C, after @ ..] => after,
            _ => next,
        };
        let begins =
            matches!(capital, [b'A'..=b'Z', ..] | [0xD0, 0x90..=0xAF, ..]) && self.start.get(after + 1);
        if begins {
            self.begin(after + 1);
        }
        begins
    }

    /// Whether a word of word characters alone, none of the listed abbreviations, ends at a byte.
    #[inline]
    fn follows_plain_word(&self, at: usize) -> bool {
        let Some(eight) = at.checked_sub(8).and_then(|from| self.bytes.get(from..at)?.first_chunk()) else {
            return false;
        };
        let len = (!self.maps.word.window(at)).leading_zeros() as usize;
        let token = self.start.window(at).leading_zeros() as usize + 1;
        // An initial may have more bytes in scripts that have few capitals.
        let initial = len < 5 && self.bytes[at - len] >= 0xE0;
        if len != token || len < SHORTEST || at - self.from < len || initial {
            return false;
        }
        let end = u64::from_le_bytes(*eight);
        let end = if len < 8 { end >> (64 - 8 * len) } else { end };
        !self.rules.shortened.may_have(end, len)
    }
}
