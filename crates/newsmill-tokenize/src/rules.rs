//! Language knowledge: the readable files under `rules/`, compiled in and indexed when the stage is built.

use newsmill_core::fold::{fold_hash, hash_bytes};

use crate::shapes::Shapes;

/// What an abbreviation's dot may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abbreviation {
    /// Never ends a sentence before another word (`Mr.`).
    Title,
    /// An abbreviation only before a number (`No. 5`).
    Number,
    /// May end a sentence: it does before a word that often starts one (`Inc.`).
    Maybe,
}

/// What the rules know of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Written with a dot.
    Abbreviation(Abbreviation, Languages),
    /// Often the first word of a sentence, seldom capitalised elsewhere.
    Starter,
    /// Two words in one: the second begins at this byte.
    Split(u8),
    /// Starts with an apostrophe (`'em`).
    Elided,
    /// Last label of a domain, or extension of a file.
    Domain,
    /// A prefix that English treebanks don't split from its word.
    Prefix,
    /// Goes on with a time of day (`9 a.m. Monday`).
    Hour,
    /// Before the colon of a picture's credit.
    Credit,
    /// Before a name, and so the first word of a sentence after an abbreviation (`of Acme Corp. Mr. Lee said`).
    Form,
    /// Written right after a number, and a token of its own.
    Unit,
    /// A verb of speech: after a quotation that ends with `?` or `!` it goes on with the sentence.
    Speech,
}

/// A set of languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Languages(pub u8);

impl Languages {
    /// English, and texts of unknown language.
    pub const EN: Languages = Languages(1);
    /// German.
    pub const DE: Languages = Languages(2);
    /// French.
    pub const FR: Languages = Languages(4);
    /// Russian, Ukrainian and others in Cyrillic.
    pub const CYRILLIC: Languages = Languages(8);

    /// All languages: titles and company forms of English stand in any.
    pub const ALL: Languages = Languages(0xFF);

    /// Whether the sets share a language.
    pub fn overlaps(self, other: Languages) -> bool {
        self.0 & other.0 != 0
    }
}

/// Words by their exact bytes.
#[derive(Debug)]
pub struct Words {
    /// Lengths of the words that begin with a byte, a bit each: most look-ups end here.
    lengths: [u32; 256],
    slots: Vec<u32>,
    entries: Vec<(Box<str>, Entry)>,
}

impl Words {
    fn new(mut entries: Vec<(Box<str>, Entry)>) -> Self {
        entries.dedup_by(|a, b| a.0 == b.0);
        let size = (entries.len() * 4).next_power_of_two();
        let mut slots = vec![u32::MAX; size];
        for (index, (word, _)) in entries.iter().enumerate() {
            let mut slot = hash_bytes(word.as_bytes()) as usize & (size - 1);
            while slots[slot] != u32::MAX {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = index as u32;
        }
        let mut lengths = [0; 256];
        for (word, _) in &entries {
            if let Some(&first) = word.as_bytes().first() {
                lengths[first as usize] |= 1 << word.len().min(31);
            }
        }
        Words { lengths, slots, entries }
    }

    /// The entry of a word. If a word was listed twice the first counts.
    pub fn get(&self, word: &str) -> Option<Entry> {
        let first = *word.as_bytes().first()?;
        if self.lengths[first as usize] >> word.len().min(31) & 1 == 0 {
            return None;
        }
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = hash_bytes(word.as_bytes()) as usize & mask;
        loop {
            let (listed, entry) = self.entries.get(*self.slots.get(slot)? as usize)?;
            if &**listed == word {
                return Some(*entry);
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// All rules.
#[derive(Debug)]
pub struct Rules {
    /// Abbreviations, without their last dot.
    pub abbreviations: Words,
    /// Capitalised words that start sentences.
    pub starters: Words,
    /// Words that split, are elided, follow a time of day, or report.
    pub words: Words,
    /// Lower-case domain endings.
    pub domains: Words,
    /// Lower-case prefixes.
    pub prefixes: Words,
    /// Folded hashes of the words that split.
    pub splits: Vec<u32>,
    /// Which words before a full stop may be abbreviations.
    pub shortened: Filter,
    /// What characters make of tokens.
    pub shapes: Shapes,
}

/// Ends of words: says quickly of most words that they aren't in a list.
#[derive(Debug)]
pub struct Filter([u64; Filter::WORDS]);

impl Filter {
    const WORDS: usize = 256;

    fn new<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut filter = Filter([0; Self::WORDS]);
        for word in words {
            let end = word.bytes().rev().take(8).fold(0, |end, b| end << 8 | u64::from(b));
            let place = Self::place(end, word.len());
            filter.0[place >> 6] |= 1 << (place & 63);
        }
        filter
    }

    /// Whether a word of `len` bytes may be in the list, given its last eight as a little-endian number; case doesn't
    /// count.
    #[inline]
    pub fn may_have(&self, end: u64, len: usize) -> bool {
        let place = Self::place(end, len);
        self.0[place >> 6] >> (place & 63) & 1 != 0
    }

    #[inline]
    fn place(end: u64, len: usize) -> usize {
        let mixed =
            (end | 0x2020_2020_2020_2020).wrapping_add(len as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 50) as usize % (Self::WORDS * 64)
    }
}

impl Rules {
    /// Reads the compiled-in files.
    pub fn new() -> Self {
        let mut abbreviations: Vec<(Box<str>, Entry)> = Vec::new();
        for (file, languages) in [
            (include_str!("../rules/en/abbreviations.txt"), Languages::ALL),
            (include_str!("../rules/de/abbreviations.txt"), Languages::DE),
            (include_str!("../rules/fr/abbreviations.txt"), Languages::FR),
            (include_str!("../rules/cyrillic/abbreviations.txt"), Languages::CYRILLIC),
        ] {
            for (class, word) in pairs(file) {
                let class = match class {
                    "title" => Abbreviation::Title,
                    "number" => Abbreviation::Number,
                    _ => Abbreviation::Maybe,
                };
                abbreviations.push((word.into(), Entry::Abbreviation(class, languages)));
            }
        }
        let mut splits = Vec::new();
        let words = pairs(include_str!("../rules/en/words.txt"))
            .filter_map(|(class, word)| match class {
                "split" => {
                    let (first, second) = word.split_once('|')?;
                    let whole = format!("{first}{second}");
                    splits.push(fold_hash(&whole));
                    Some((whole.into(), Entry::Split(first.len() as u8)))
                }
                "elided" => Some((word.into(), Entry::Elided)),
                "hour" => Some((word.into(), Entry::Hour)),
                "credit" => Some((word.into(), Entry::Credit)),
                "form" => Some((word.into(), Entry::Form)),
                "unit" => Some((word.into(), Entry::Unit)),
                _ => Some((word.into(), Entry::Speech)),
            })
            .collect();
        let list =
            |file: &'static str, entry| Words::new(pairs(file).map(|(_, w)| (w.into(), entry)).collect());
        let starters =
            [include_str!("../rules/en/starters.txt"), include_str!("../rules/cyrillic/starters.txt")];
        let starters =
            starters.into_iter().flat_map(pairs).map(|(_, w)| (w.into(), Entry::Starter)).collect();
        Rules {
            shortened: Filter::new(abbreviations.iter().map(|(word, _)| &**word)),
            abbreviations: merged(abbreviations),
            starters: Words::new(starters),
            words: Words::new(words),
            domains: list(include_str!("../rules/domains.txt"), Entry::Domain),
            prefixes: list(include_str!("../rules/en/prefixes.txt"), Entry::Prefix),
            splits,
            shapes: Shapes::default(),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Rules::new()
    }
}

/// Lines of `class word word …`; `#` starts a comment.
fn pairs(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines().map(|l| l.split('#').next().unwrap_or("")).flat_map(|line| {
        let mut words = line.split_whitespace();
        let class = words.next().unwrap_or("");
        words.map(move |w| (class, w))
    })
}

/// One entry a word: its languages together, its class that of the first listing.
fn merged(mut entries: Vec<(Box<str>, Entry)>) -> Words {
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out: Vec<(Box<str>, Entry)> = Vec::with_capacity(entries.len());
    for (word, entry) in entries {
        match (out.last_mut(), entry) {
            (Some((last, Entry::Abbreviation(_, languages))), Entry::Abbreviation(_, more))
                if *last == word =>
            {
                languages.0 |= more.0;
            }
            _ => out.push((word, entry)),
        }
    }
    Words::new(out)
}
