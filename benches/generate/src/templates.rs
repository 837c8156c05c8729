//! Sentences and words as data.

use std::collections::BTreeMap;

/// Templates by kind, words by slot.
pub(crate) struct Templates {
    kinds: BTreeMap<&'static str, Vec<&'static str>>,
    words: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Templates {
    /// The shipped ones.
    pub fn shipped() -> Templates {
        let mut kinds: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for line in data_lines(include_str!("../data/templates.txt")) {
            let mut cells = line.splitn(3, " | ");
            if let (Some(share), Some(kind), Some(template)) = (cells.next(), cells.next(), cells.next()) {
                let share = share.parse().unwrap_or(1);
                kinds.entry(kind).or_default().extend(std::iter::repeat_n(template, share));
            }
        }
        let slots = data_lines(include_str!("../data/words.txt")).filter_map(|line| line.split_once(" | "));
        Templates { kinds, words: slots.map(|(slot, words)| (slot, words.split(", ").collect())).collect() }
    }

    /// The templates of a kind, each as often as its share.
    pub fn of_kind(&self, kind: &str) -> &[&'static str] {
        self.kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The words of a slot.
    pub fn words(&self, slot: &str) -> &[&'static str] {
        self.words.get(slot).map_or(&[], Vec::as_slice)
    }
}

fn data_lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'))
}
