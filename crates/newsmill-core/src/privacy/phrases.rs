//! Names as sequences of words, found in any text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use crate::fold::fold_into;

/// Words that a name is compared by at most; what is longer is hidden by its parts.
const LONGEST: usize = 8;
/// Bytes between two words of a name at most: a space, a hyphen, a dot and a space.
const GAP: usize = 4;
/// Letters that a part of a name needs to be taken for it where it stands alone.
const SHORTEST_PART: usize = 3;

/// What becomes of a sequence of words.
#[derive(Clone, Copy, Debug)]
struct Rule {
    /// Index of the pseudonym; `None` for the name of somebody who isn't hidden.
    pseudonym: Option<usize>,
    /// Whether it counts in lower case in the middle of prose. A surname may be a word (rose), a whole name is none.
    in_lower_case: bool,
}

/// Which words are names, and what stands for them.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    /// By folded words joined by spaces.
    rules: HashMap<String, Rule>,
    pseudonyms: Vec<String>,
    /// Parts of hidden names, which count for less than anything that is a name as a whole.
    parts: Vec<(String, Rule)>,
}

/// A word, and where its folded form lies.
struct Word {
    place: Range<usize>,
    folded: Range<usize>,
}

/// A text's words with their folded forms.
#[derive(Default)]
struct Words {
    folded: String,
    words: Vec<Word>,
}

impl Phrases {
    pub(super) fn clear(&mut self) {
        self.rules.clear();
        self.pseudonyms.clear();
        self.parts.clear();
    }

    /// Adds a pseudonym; its index.
    pub(super) fn pseudonym(&mut self, pseudonym: String) -> usize {
        self.pseudonyms.push(pseudonym);
        self.pseudonyms.len() - 1
    }

    /// What stands for an entity.
    pub(super) fn pseudonym_of(&self, index: usize) -> &str {
        self.pseudonyms.get(index).map_or("", String::as_str)
    }

    /// A name of somebody who isn't hidden; that of somebody hidden counts more.
    pub(super) fn keep(&mut self, name: &str) {
        let words = Words::of(name);
        if (1..=LONGEST).contains(&words.words.len()) {
            let rule = Rule { pseudonym: None, in_lower_case: words.words.len() > 1 };
            self.rules.entry(words.key(0..words.words.len())).or_insert(rule);
        }
    }

    /// A name of somebody hidden, as a whole, written in one word, and by its parts.
    pub(super) fn hide(&mut self, name: &str, index: usize) {
        let words = Words::of(name);
        let count = words.words.len();
        let several = Rule { pseudonym: Some(index), in_lower_case: true };
        if (1..=LONGEST).contains(&count) {
            let in_lower_case = count > 1 || name.starts_with(char::is_lowercase);
            self.insert(words.key(0..count), Rule { in_lower_case, ..several });
        }
        if count < 2 {
            return;
        }
        self.insert(words.key(0..count).replace(' ', ""), several);
        for (i, word) in words.words.iter().enumerate() {
            let text = &name[word.place.clone()];
            let is_part = text.chars().filter(|c| c.is_alphabetic()).count() >= SHORTEST_PART
                && !text.starts_with(char::is_lowercase);
            if is_part {
                self.parts.push((words.key(i..i + 1), Rule { in_lower_case: false, ..several }));
            }
        }
    }

    fn insert(&mut self, key: String, rule: Rule) {
        match self.rules.entry(key) {
            Entry::Occupied(mut other) if other.get().pseudonym.is_none() => drop(other.insert(rule)),
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => drop(free.insert(rule)),
        }
    }

    /// Call it when all names are there.
    pub(super) fn complete(&mut self) {
        for (part, rule) in self.parts.drain(..) {
            self.rules.entry(part).or_insert(rule);
        }
    }

    /// Hidden names in a text, in order, with the index of what stands for them.
    pub(super) fn find(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let mut found = Vec::new();
        if self.pseudonyms.is_empty() || text.is_empty() {
            return found;
        }
        let words = Words::of(text);
        let loose = is_loose(text);
        let (mut key, mut ends) = (String::new(), Vec::new());
        let mut at = 0;
        while at < words.words.len() {
            words.keys_from(at, &mut key, &mut ends);
            let rule = (1..=ends.len()).rev().find_map(|count| {
                let rule = self.rules.get(&key[..ends[count - 1]])?;
                let begins_low = || text[words.words[at].place.start..].starts_with(char::is_lowercase);
                (rule.in_lower_case || loose || !begins_low()).then_some((count, rule.pseudonym))
            });
            let count = rule.map_or(1, |(count, _)| count);
            if let Some((_, Some(index))) = rule {
                let place = words.words[at].place.start..words.words[at + count - 1].place.end;
                found.push((place, index));
            }
            at += count;
        }
        found
    }

    /// A text with pseudonyms in place of hidden names.
    pub(super) fn replace<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut out, mut copied) = (String::with_capacity(text.len() + 24 * found.len()), 0);
        for (place, index) in found {
            out.push_str(&text[copied..place.start]);
            out.push_str(self.pseudonym_of(index));
            copied = place.end;
        }
        out.push_str(&text[copied..]);
        Cow::Owned(out)
    }
}

/// Whether case tells nothing: an address or an id, or a text without any capital.
fn is_loose(text: &str) -> bool {
    !text.contains(char::is_whitespace) && text.contains([':', '/', '-', '_', '.'])
        || !text.contains(char::is_uppercase)
}

impl Words {
    fn of(text: &str) -> Self {
        let mut words = Words::default();
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            let inside = c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}');
            match (start, inside) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    let begin = words.folded.len();
                    fold_into(&text[from..at], &mut words.folded);
                    words.words.push(Word { place: from..at, folded: begin..words.folded.len() });
                    start = None;
                }
                _ => {}
            }
        }
        words
    }

    /// Words joined by spaces.
    fn key(&self, range: Range<usize>) -> String {
        let words = self.words[range].iter().map(|word| &self.folded[word.folded.clone()]);
        words.collect::<Vec<_>>().join(" ")
    }

    /// The words from `at` on, as far as a name may reach, joined by spaces, and where each prefix ends.
    fn keys_from(&self, at: usize, key: &mut String, ends: &mut Vec<usize>) {
        key.clear();
        ends.clear();
        for (i, word) in self.words[at..].iter().take(LONGEST).enumerate() {
            if i > 0 {
                let before = &self.words[at + i - 1];
                if word.place.start - before.place.end > GAP {
                    break;
                }
                key.push(' ');
            }
            key.push_str(&self.folded[word.folded.clone()]);
            ends.push(key.len());
        }
    }
}
