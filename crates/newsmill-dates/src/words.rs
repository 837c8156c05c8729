//! The words of `rules/en/words.csv`, by class.

use std::collections::BTreeMap;

const WORDS: &str = include_str!("../rules/en/words.csv");

/// Words with their values, by class.
pub(crate) struct Words(BTreeMap<&'static str, BTreeMap<&'static str, i64>>);

impl Words {
    pub fn new() -> Words {
        let mut classes: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for line in WORDS.lines().filter(|l| !l.starts_with('#')) {
            let mut fields = line.split(',');
            if let (Some(word), Some(class)) = (fields.next(), fields.next()) {
                let value = fields.next().and_then(|v| v.parse().ok()).unwrap_or(0);
                classes.entry(class).or_default().insert(word, value);
            }
        }
        Words(classes)
    }

    /// A regular expression of the words of a class, longer ones first.
    pub fn pattern(&self, class: &str) -> String {
        let mut words: Vec<&str> = self.0.get(class).into_iter().flat_map(|w| w.keys().copied()).collect();
        words.sort_by_key(|w| (std::cmp::Reverse(w.len()), *w));
        words.iter().map(|w| regex::escape(w)).collect::<Vec<_>>().join("|")
    }

    pub fn value(&self, class: &str, word: &str) -> Option<i64> {
        self.0.get(class)?.get(word).copied()
    }
}
