//! The tokens that a form may begin with, for the filter that the scan asks first.
//!
//! The filter knows tokens by their hashes, and a token need not be one atom: `O'Neill` is a token of two, `U.S.` one of
//! a dotted initialism. So a form is listed under its first atom, and under every longer piece of its beginning that a
//! tokenizer may have left whole, with the dots that a text may add. This list is the rule: a token begins a name if it
//! is the name's first atom, or listed here.

use newsmill_core::fold::{fold_hash, fold_into};
use newsmill_core::lexicon::NameFlags;

use crate::atoms::{Atom, Atoms, atom_hash, fold_atom, is_atomic};

/// Longest first atom, in bytes, that a text may follow with a dot of the same token (`Gen.`, `Corp.`, `Sept.`).
const MAX_DOTTED: usize = 5;
/// Most letters of an initialism.
const MAX_INITIALS: usize = 8;
/// Most pieces of a form's beginning.
const MAX_PIECES: usize = 12;

/// Reports the hashes of the tokens that a text may begin the form with.
pub fn tokens(form: &str, flags: NameFlags, mut report: impl FnMut(u32)) {
    let mut atoms = Atoms::new(form);
    let Some(first) = atoms.next() else { return };
    report(atom_hash(form, first));
    if first.end - first.start <= MAX_DOTTED {
        report(dotted_hash(form, first));
    }
    let has_more = atoms.next().is_some();
    let dots_are_free = first.dotted || has_more || flags.has(NameFlags::ABBREVIATION);
    if dots_are_free && first.end - first.start <= 4 * MAX_INITIALS {
        initials(form, first, flags, &mut report);
    }
    let is_plain = first.start == 0 && form[first.end..].chars().next().is_none_or(char::is_whitespace);
    if !is_plain {
        pieces(form, &mut report);
    }
}

/// The hash of a short atom with a dot after it.
fn dotted_hash(form: &str, atom: Atom) -> u32 {
    let letters = &form[atom.start..atom.end];
    let mut plain = [b'.'; MAX_DOTTED + 1];
    plain[..letters.len()].copy_from_slice(letters.as_bytes());
    match std::str::from_utf8(&plain[..=letters.len()]) {
        Ok(text) if letters.is_ascii() && !atom.dotted => fold_hash(text),
        _ => {
            let mut text = String::new();
            fold_atom(form, atom, &mut text);
            text.push('.');
            fold_hash(&text)
        }
    }
}

/// The first atom with dots, if it may be an initialism: written in capitals or with dots, or in any case.
fn initials(form: &str, first: Atom, flags: NameFlags, report: &mut impl FnMut(u32)) {
    let slice = &form[first.start..first.end];
    let is_capital = first.dotted || flags.has(NameFlags::ANY_CASE) || !slice.chars().any(char::is_lowercase);
    if !is_capital {
        return;
    }
    let mut text = String::new();
    fold_atom(form, first, &mut text);
    let count = text.chars().count();
    if (2..=MAX_INITIALS).contains(&count) && text.chars().all(char::is_alphabetic) {
        let dotted: String = text.chars().flat_map(|c| [c, '.']).collect();
        report(fold_hash(&dotted));
        report(fold_hash(dotted.trim_end_matches('.')));
    }
}

/// Everything from the form's start to a border between letters and marks, up to the first white space.
fn pieces(form: &str, report: &mut impl FnMut(u32)) {
    let chunk = form.split(char::is_whitespace).next().unwrap_or(form);
    let mut folded = String::new();
    let mut known = 0;
    let mut before: Option<char> = None;
    for (at, c) in chunk.char_indices() {
        // Between letters of scripts without spaces there is a border, too: they aren't ASCII, and rare.
        let border = before.is_some_and(|b| !(is_atomic(b) && is_atomic(c) && c.is_ascii()));
        if border && known < MAX_PIECES {
            folded.clear();
            fold_into(&chunk[..at], &mut folded);
            report(fold_hash(&folded));
            known += 1;
        }
        before = Some(c);
    }
    report(fold_hash(chunk));
    // The dot of an initialism at the end of the chunk may be missing.
    report(fold_hash(chunk.trim_end_matches('.')));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_listed_under_what_tokenizers_leave_whole() {
        for (form, tokens_of_text) in [
            ("Moscow", vec!["Moscow", "MOSCOW"]),
            ("O'Neill", vec!["O", "O’Neill", "O'NEILL"]),
            ("US Army", vec!["US", "U.S.", "U.S"]),
            ("U.S. Army", vec!["US", "U.S.", "U.S"]),
            ("St Louis", vec!["St", "St."]),
            ("Lloyd's of London", vec!["Lloyd", "Lloyd's", "Lloyd’s"]),
            ("AT&T", vec!["AT", "AT&", "AT&T"]),
            ("東京", vec!["東", "東京"]),
            ("@NASA", vec!["NASA", "@NASA"]),
        ] {
            let mut known = Vec::new();
            tokens(form, NameFlags::default(), |hash| known.push(hash));
            for token in tokens_of_text {
                assert!(known.contains(&fold_hash(token)), "{form}: {token}");
            }
        }
    }
}
