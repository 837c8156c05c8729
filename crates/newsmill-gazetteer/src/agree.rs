//! Whether a piece of text is a form of a list, under the form's policy. The last word on every match: hashes only
//! propose.

use newsmill_core::fold::fold_into;
use newsmill_core::layers::MatchKind;
use newsmill_core::lexicon::NameFlags;

use crate::atoms::{Atom, Atoms};

/// Longest single acronym for which another case isn't taken: `Who` isn't `WHO`, but `Nato` is `NATO`.
const SHORT_ACRONYM: usize = 3;
/// Longest word inside a name whose capital in the list may be small in the text (`Bank Of China`).
const SMALL_WORD: usize = 3;

/// Whether `text` is the listed `form`, and how closely.
///
/// `strict_dots` is set if the text may have a full stop between two atoms: then dots must agree.
pub fn agree(text: &str, form: &str, flags: NameFlags, strict_dots: bool) -> Option<MatchKind> {
    if text == form {
        return Some(MatchKind::Exact);
    }
    let (mut in_text, mut in_form) = (Atoms::new(text), Atoms::new(form));
    let (mut text_at, mut form_at) = (0, 0);
    let mut exact = true;
    let mut dots_differ = false;
    let mut short_acronym = false;
    for index in 0.. {
        let (a, b) = (in_text.next(), in_form.next());
        let (Some(a), Some(b)) = (a, b) else {
            if a.is_some() || b.is_some() || index == 0 {
                return None;
            }
            exact &= same_tail(&text[text_at..], &form[form_at..])?;
            if index == 1 && (short_acronym || (dots_differ && !flags.has(NameFlags::ABBREVIATION))) {
                return None;
            }
            break;
        };
        let (text_gap, form_gap) = (&text[text_at..a.start], &form[form_at..b.start]);
        exact &= if index == 0 {
            same_marks(text_gap, form_gap)?
        } else {
            same_gap(text_gap, form_gap, strict_dots)?
        };
        let pair = Pair { text: Word::new(text, a), form: Word::new(form, b) };
        if pair.text.is(&pair.form) {
            if a.dotted != b.dotted {
                dots_differ = true;
                exact = false;
            }
        } else {
            exact = false;
            dots_differ |= a.dotted != b.dotted;
            pair.check(flags, index == 0)?;
            short_acronym = pair.is_small_acronym() && !flags.has(NameFlags::ANY_CASE);
        }
        (text_at, form_at) = (a.end, b.end);
    }
    Some(if exact { MatchKind::Exact } else { MatchKind::Folded })
}

/// An atom's letters.
#[derive(Clone, Copy)]
struct Word<'a> {
    slice: &'a str,
    dotted: bool,
}

impl<'a> Word<'a> {
    fn new(text: &'a str, atom: Atom) -> Self {
        Word { slice: &text[atom.start..atom.end], dotted: atom.dotted }
    }

    fn chars(self) -> impl Iterator<Item = char> + Clone + use<'a> {
        let dotted = self.dotted;
        self.slice.chars().filter(move |&c| !(dotted && c == '.'))
    }

    fn is(&self, other: &Word<'_>) -> bool {
        if self.dotted == other.dotted { self.slice == other.slice } else { self.chars().eq(other.chars()) }
    }

    fn is_upper(self) -> bool {
        self.chars().all(|c| !c.is_lowercase()) && self.chars().any(char::is_uppercase)
    }

    fn starts_upper(self) -> bool {
        self.chars().next().is_some_and(char::is_uppercase)
    }

    fn folded(self) -> String {
        let mut out = String::with_capacity(self.slice.len());
        let mut utf8 = [0; 4];
        self.chars().for_each(|c| fold_into(c.encode_utf8(&mut utf8), &mut out));
        out
    }

    /// Cases of the letters that have one.
    fn cases(self) -> impl Iterator<Item = bool> + use<'a> {
        self.chars().filter(|c| c.is_uppercase() || c.is_lowercase()).map(char::is_uppercase)
    }
}

/// Atoms at the same place in text and form, which differ.
struct Pair<'a> {
    text: Word<'a>,
    form: Word<'a>,
}

impl Pair<'_> {
    fn check(&self, flags: NameFlags, first: bool) -> Option<()> {
        let (text, form) = (self.text, self.form);
        let ascii = text.slice.is_ascii() && form.slice.is_ascii() && text.dotted == form.dotted;
        let same =
            if ascii { text.slice.eq_ignore_ascii_case(form.slice) } else { text.folded() == form.folded() };
        let letters_agree = || {
            let lower = |w: Word<'_>| w.chars().flat_map(char::to_lowercase).collect::<String>();
            ascii || lower(text) == lower(form)
        };
        if !same || (flags.has(NameFlags::NO_FOLD) && !letters_agree()) {
            return None;
        }
        let case = if flags.has(NameFlags::ANY_CASE) {
            true
        } else if flags.has(NameFlags::EXACT) {
            text.cases().eq(form.cases())
        } else {
            text.is_upper()
                || text.starts_upper()
                || text.cases().eq(form.cases())
                || self.is_small_word(first)
        };
        case.then_some(())
    }

    fn is_small_word(&self, first: bool) -> bool {
        !first && self.text.slice.len() <= SMALL_WORD && !self.text.chars().any(char::is_uppercase)
    }

    /// Whether the form is a short acronym and the text writes it with small letters.
    fn is_small_acronym(&self) -> bool {
        let len = self.form.chars().count();
        (2..=SHORT_ACRONYM).contains(&len) && self.form.is_upper() && !self.text.is_upper()
    }
}

/// What stands between two atoms, folded: at most this many marks.
const MAX_MARKS: usize = 8;

#[derive(PartialEq, Eq)]
struct Marks {
    marks: [char; MAX_MARKS],
    len: usize,
}

impl Marks {
    /// `None` if there are too many.
    fn of(gap: &str) -> Option<Marks> {
        let mut out = Marks { marks: ['\0'; MAX_MARKS], len: 0 };
        let mut chars = gap.chars().filter_map(fold_mark).peekable();
        while let Some(c) = chars.next() {
            let mark = if matches!(c, ' ' | '-') {
                let (mut spaces, mut hyphens) = (usize::from(c == ' '), usize::from(c == '-'));
                while let Some(c) = chars.next_if(|c| matches!(c, ' ' | '-')) {
                    *(if c == ' ' { &mut spaces } else { &mut hyphens }) += 1;
                }
                if hyphens == 0 || (hyphens == 1 && spaces == 0) { ' ' } else { '—' }
            } else {
                c
            };
            out.push(mark)?;
        }
        Some(out)
    }

    /// Spaces beside another mark don't count.
    fn push(&mut self, mark: char) -> Option<()> {
        if self.len > 0 && self.marks[self.len - 1] == ' ' {
            self.len -= 1;
        } else if mark == ' ' && self.len > 0 {
            return Some(());
        }
        *self.marks.get_mut(self.len)? = mark;
        self.len += 1;
        Some(())
    }
}

/// White space, hyphens, apostrophes and quotation marks in their plain form; `None` for what can't be seen.
fn fold_mark(c: char) -> Option<char> {
    Some(match c {
        '-' | '‐' | '‑' | '⁃' | '–' => '-',
        '\'' | '‘' | '’' | 'ʼ' | 'ʻ' | '´' | '′' | '＇' | '`' => '\'',
        '"' | '“' | '”' | '„' | '«' | '»' => '"',
        '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' => return None,
        c if c.is_whitespace() => ' ',
        c => c,
    })
}

/// Whether the marks agree; `Some(true)`: they agree for the exact kind, too.
fn same_marks(text: &str, form: &str) -> Option<bool> {
    (text == form || Marks::of(text)? == Marks::of(form)?).then_some(true)
}

fn same_gap(text: &str, form: &str, strict_dots: bool) -> Option<bool> {
    if text == form {
        return Some(true);
    }
    let (text_rest, form_rest) = (text.strip_prefix('.'), form.strip_prefix('.'));
    let same_dots = text_rest.is_some() == form_rest.is_some();
    if strict_dots && !same_dots {
        return None;
    }
    same_marks(text_rest.unwrap_or(text), form_rest.unwrap_or(form))?;
    Some(same_dots)
}

/// After the last atom: final dots don't count, everything else does.
fn same_tail(text: &str, form: &str) -> Option<bool> {
    same_marks(without_dots(text), without_dots(form))?;
    Some(text == form)
}

/// What stands after the last atom, without the dots at the end.
fn without_dots(tail: &str) -> &str {
    tail.trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

/// Whether a form ends with marks that a text must have too: other than dots.
pub fn has_tail(form: &str) -> bool {
    let end = Atoms::new(form).last().map_or(0, |atom| atom.end);
    is_tail(&form[end..])
}

/// Whether what stands after the last atom must be in a text, too.
pub(crate) fn is_tail(rest: &str) -> bool {
    !without_dots(rest).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags;

    fn kind(text: &str, form: &str, words: &str) -> Option<&'static str> {
        agree(text, form, flags::parse(words).unwrap().name, false).map(MatchKind::as_str)
    }

    #[test]
    fn a_form_agrees_as_its_flags_allow() {
        for (text, form, flags, expected) in [
            ("Turkey", "Turkey", "", Some("exact")),
            ("TURKEY", "Turkey", "", Some("folded")),
            ("turkey", "Turkey", "", None),
            ("TURKEY", "Turkey", "exact", None),
            ("us", "US", "exact", None),
            ("nato", "NATO", "anycase", Some("folded")),
            ("Nato", "NATO", "", Some("folded")),
            ("nato", "NATO", "", None),
            ("Who", "WHO", "", None),
            ("Erdogan", "Erdoğan", "", Some("folded")),
            ("ERDOGAN", "Erdoğan", "", Some("folded")),
            ("Erdogan", "Erdoğan", "nofold", None),
            ("ERDOĞAN", "Erdoğan", "nofold", Some("folded")),
            ("Erdogan", "Erdoğan", "exact", Some("folded")),
            ("O’Neill", "O'Neill", "exact", Some("exact")),
            ("Nerve agent", "nerve agent", "", Some("folded")),
            ("nerve agent", "nerve agent", "", Some("exact")),
            ("Van der Leyen", "van der Leyen", "", Some("folded")),
            ("Bank of China", "Bank Of China", "", Some("folded")),
            ("Bank of china", "Bank of China", "", None),
            ("3m", "3M", "", None),
        ] {
            assert_eq!(kind(text, form, flags), expected, "{text} / {form} / {flags}");
        }
    }

    #[test]
    fn dots_are_optional_in_abbreviations_and_inside_longer_names() {
        for (text, form, flags, expected) in [
            ("U.S.", "US", "abbr", Some("folded")),
            ("US", "U.S.", "abbr", Some("folded")),
            ("U.S", "U.S.", "abbr", Some("folded")),
            ("u.s.", "US", "abbr", None),
            ("I.T.", "IT", "", None),
            ("U.S. Army", "US Army", "", Some("folded")),
            ("St Louis", "St. Louis", "", Some("folded")),
            ("Apple Inc", "Apple Inc.", "", Some("folded")),
            ("J.F. Kennedy", "JF Kennedy", "", Some("folded")),
        ] {
            assert_eq!(kind(text, form, flags), expected, "{text} / {form} / {flags}");
        }
        assert_eq!(agree("Washington. Post", "Washington Post", NameFlags::default(), true), None);
    }

    #[test]
    fn marks_between_words_are_folded_but_count() {
        for (text, form, expected) in [
            ("New\nYork", "New York", Some("exact")),
            ("New \u{A0} York", "New York", Some("exact")),
            ("Asia Pacific", "Asia-Pacific", Some("exact")),
            ("Asia–Pacific", "Asia-Pacific", Some("exact")),
            ("Asia - Pacific", "Asia-Pacific", None),
            ("Asia — Pacific", "Asia Pacific", None),
            ("RFE / RL", "RFE/RL", Some("exact")),
            ("RFE RL", "RFE/RL", None),
            ("Washington, D.C.", "Washington, D.C.", Some("exact")),
            ("Washington D.C.", "Washington, D.C.", None),
            ("Johnson&Johnson", "Johnson & Johnson", Some("exact")),
            ("Joseph “Joe” Biden", "Joseph \"Joe\" Biden", Some("exact")),
            ("Yahoo!", "Yahoo!", Some("exact")),
            ("Yahoo", "Yahoo!", None),
            ("@NASA", "NASA", None),
            ("Lloyd’s of London", "Lloyd's of London", Some("exact")),
        ] {
            assert_eq!(kind(text, form, ""), expected, "{text} / {form}");
        }
    }
}
