//! Atoms: the words that names and texts are cut into for comparison, whatever a tokenizer made of them.
//!
//! An atom is a maximal run of letters and digits. `O'Neill` has two, `Russia-PRC` two, `Lloyd’s` two. A dotted
//! initialism is one: `U.S.` and `US` have the same single atom, so that a list needs only one of them. What stands
//! between two atoms is compared later (see [`agree`](crate::agree)), so hashes of atoms don't depend on how a
//! tokenizer cuts at punctuation.

use newsmill_core::fold::{fold_hash, fold_into};

/// An atom: bytes `start..end` of the text that it was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Atom {
    /// First byte.
    pub start: usize,
    /// One past the last byte; a dotted initialism's last dot isn't in it.
    pub end: usize,
    /// Whether it is a dotted initialism, whose dots don't count.
    pub dotted: bool,
}

/// Characters that folding drops: they belong to the atom that they stand in.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// Letters that are written as apostrophes.
fn is_letter_apostrophe(c: char) -> bool {
    matches!(c, 'ʼ' | 'ʻ')
}

/// Whether a character can be part of an atom: a letter, a digit, or one that folding drops.
#[inline]
pub fn is_atomic(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphanumeric(),
        // Letters all, but for two signs: the tables of Unicode needn't be asked.
        '\u{C0}'..='\u{2AF}' => !matches!(c, '×' | '÷'),
        '\u{2000}'..='\u{206F}' => is_invisible(c),
        _ => is_invisible(c) || (c.is_alphanumeric() && !is_letter_apostrophe(c)),
    }
}

/// Whether every character of the token is part of one atom, so that the token's own hash is the atom's.
#[inline]
pub fn is_pure(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_alphanumeric()) || (!token.is_ascii() && is_pure_unicode(token))
}

/// [`is_pure`] of a token that is all ASCII, as bytes `start..end` of a text: eight bytes at a time.
#[inline]
pub fn is_pure_ascii(text: &[u8], start: u32, end: u32) -> bool {
    let (mut at, end) = (start as usize, end as usize);
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let marks = marks_of(u64::from_le_bytes(*chunk));
        let left = end.saturating_sub(at);
        if left <= 8 {
            return left == 0 || marks << (64 - 8 * left) == 0;
        }
        if marks != 0 {
            return false;
        }
        at += 8;
    }
    text.get(at..end).is_some_and(|rest| rest.iter().all(u8::is_ascii_alphanumeric))
}

/// [`is_pure_ascii`] without a branch, for up to 16 bytes; never true of more, nor at the end of the text.
#[inline(always)]
pub fn is_short_pure(text: &[u8], start: u32, end: u32) -> bool {
    let len = end.wrapping_sub(start);
    let last = start.max(end.saturating_sub(8));
    let word =
        |at: u32| text.get(at as usize..).and_then(<[u8]>::first_chunk::<8>).map(|b| u64::from_le_bytes(*b));
    let (Some(first), Some(last)) = (word(start), word(last)) else { return false };
    let marks = (marks_of(first) | marks_of(last)) << (64 - 8 * len.clamp(1, 8));
    (marks == 0) & (len <= 16)
}

/// The high bit of each ASCII byte that is no letter or digit; other bytes' bits may be anything.
#[inline]
fn marks_of(x: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let at_least = |x: u64, low: u8| (x & (ONES * 0x7F)).wrapping_add(ONES * u64::from(0x80 - low));
    let small = x | (ONES * 0x20);
    let letter = at_least(small, b'a') & !at_least(small, b'z' + 1);
    let digit = at_least(x, b'0') & !at_least(x, b'9' + 1);
    !(letter | digit) & (ONES * 0x80)
}

#[cold]
fn is_pure_unicode(token: &str) -> bool {
    !token.starts_with(is_invisible) && token.chars().all(|c| is_atomic(c) && !is_ideograph(c))
}

/// Characters of scripts that are written without spaces: each is an atom of its own.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The atoms of a text.
#[derive(Clone, Debug)]
pub struct Atoms<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Atoms<'a> {
    /// The atoms of `text`, found one by one.
    pub fn new(text: &'a str) -> Self {
        Atoms { text, at: 0 }
    }

    /// End of the run of letters and digits that begins at `start`.
    fn run_end(&self, start: usize) -> usize {
        let bytes = &self.text.as_bytes()[start..];
        let plain = bytes.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if plain > 0 && bytes.get(plain).is_none_or(u8::is_ascii) {
            return start + plain;
        }
        let mut chars = self.text[start..].chars();
        let Some(first) = chars.next() else { return start };
        let mut end = start + first.len_utf8();
        let alone = is_ideograph(first);
        for c in chars {
            if is_invisible(c) || (!alone && is_atomic(c) && !is_ideograph(c)) {
                end += c.len_utf8();
            } else {
                break;
            }
        }
        end
    }

    /// End of the dotted initialism that begins with the one-letter run `start..end`, if there is one: single
    /// letters, each but perhaps the last followed by a dot, at least two of them.
    fn initialism_end(&self, start: usize, end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        if bytes.get(end) != Some(&b'.') || !is_single_letter(&self.text[start..end]) {
            return None;
        }
        let mut last = None;
        let mut at = end;
        while bytes.get(at) == Some(&b'.') {
            let next = at + 1;
            let next_end = self.run_end(next);
            if next_end == next || !is_single_letter(&self.text[next..next_end]) {
                break;
            }
            last = Some(next_end);
            at = next_end;
        }
        last
    }
}

fn is_single_letter(run: &str) -> bool {
    let mut letters = run.chars().filter(|&c| !is_invisible(c));
    letters.next().is_some_and(|c| c.is_alphabetic() && !is_letter_apostrophe(c)) && letters.next().is_none()
}

impl Iterator for Atoms<'_> {
    type Item = Atom;

    fn next(&mut self) -> Option<Atom> {
        let rest = &self.text[self.at..];
        let start = match rest.as_bytes() {
            [first, ..] if first.is_ascii_alphanumeric() => self.at,
            [mark, first, ..] if mark.is_ascii() && first.is_ascii_alphanumeric() => self.at + 1,
            _ => self.at + rest.find(|c| is_atomic(c) && !is_invisible(c))?,
        };
        let end = self.run_end(start);
        let initialism = self.initialism_end(start, end);
        let end = initialism.unwrap_or(end);
        self.at = end;
        Some(Atom { start, end, dotted: initialism.is_some() })
    }
}

/// The hash of an atom: that of its folded form, without the dots of an initialism.
pub fn atom_hash(text: &str, atom: Atom) -> u32 {
    let slice = &text[atom.start..atom.end];
    if atom.dotted { fold_hash(&slice.replace('.', "")) } else { fold_hash(slice) }
}

/// Appends the folded form of an atom, without the dots of an initialism.
pub fn fold_atom(text: &str, atom: Atom, out: &mut String) {
    let slice = &text[atom.start..atom.end];
    if atom.dotted { fold_into(&slice.replace('.', ""), out) } else { fold_into(slice, out) }
}

/// The hash of a sequence of atoms, one atom longer.
#[inline]
pub fn extend_hash(prefix: u64, atom: u32) -> u64 {
    let x = (prefix ^ u64::from(atom)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    x ^ (x >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atoms(text: &str) -> Vec<&str> {
        Atoms::new(text).map(|a| &text[a.start..a.end]).collect()
    }

    #[test]
    fn names_are_cut_at_everything_that_is_no_letter_or_digit() {
        for (text, expected) in [
            ("New York", vec!["New", "York"]),
            ("O’Neill", vec!["O", "Neill"]),
            ("Qurʼan", vec!["Qur", "an"]),
            ("RFE/RL", vec!["RFE", "RL"]),
            ("Al-Qaeda in the Maghreb", vec!["Al", "Qaeda", "in", "the", "Maghreb"]),
            ("AT&T", vec!["AT", "T"]),
            ("St. Louis", vec!["St", "Louis"]),
            ("Zoe\u{301} B", vec!["Zoe\u{301}", "B"]),
            ("co\u{AD}op", vec!["co\u{AD}op"]),
            ("习近平", vec!["习", "近", "平"]),
            ("…", vec![]),
        ] {
            assert_eq!(atoms(text), expected, "{text}");
        }
    }

    #[test]
    fn dotted_initialisms_are_one_atom() {
        for (text, expected) in [
            ("U.S.", vec!["U.S"]),
            ("U.S", vec!["U.S"]),
            ("U.S.S.R. army", vec!["U.S.S.R", "army"]),
            ("J.F. Kennedy", vec!["J.F", "Kennedy"]),
            ("J.F.Kennedy", vec!["J.F", "Kennedy"]),
            ("J. Edgar", vec!["J", "Edgar"]),
            ("U. S.", vec!["U", "S"]),
            ("3.5", vec!["3", "5"]),
            ("a.", vec!["a"]),
        ] {
            assert_eq!(atoms(text), expected, "{text}");
        }
        let only = |text| atom_hash(text, Atoms::new(text).next().unwrap());
        assert_eq!(only("U.S."), only("us"));
    }

    #[test]
    fn atomic_characters_are_those_of_unicode() {
        for c in '\0'..='\u{3000}' {
            let expected = is_invisible(c) || (c.is_alphanumeric() && !is_letter_apostrophe(c));
            assert_eq!(is_atomic(c), expected, "{c:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn purity_of_eight_bytes_at_a_time(text in "[ -~]{1,30}", more in "[a-z .]{0,9}") {
            let both = format!("{text}{more}");
            proptest::prop_assert_eq!(is_pure_ascii(both.as_bytes(), 0, text.len() as u32), is_pure(&text));
            let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
            let both = format!(" {letters}{more}");
            proptest::prop_assert!(is_pure_ascii(both.as_bytes(), 1, 1 + letters.len() as u32) || letters.is_empty());
        }
    }

    #[test]
    fn pure_tokens_are_one_atom() {
        for token in ["Moscow", "F16", "Erdoğan", "МИД", "Zoe\u{301}"] {
            assert!(is_pure(token) && atoms(token) == [token], "{token}");
        }
        for token in ["U.S.", "O'Neill", "’s", "近平", "@nasa", "Hawaiʻi"] {
            assert!(!is_pure(token), "{token}");
        }
    }
}
