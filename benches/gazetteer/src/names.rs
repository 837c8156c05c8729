//! Names to look for: from lists, filled up with made ones.

use std::collections::HashSet;
use std::path::PathBuf;

/// A small generator of numbers (splitmix64): the same names on every machine.
pub struct Random(pub u64);

impl Random {
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// `count` different names: those of the lists in mixed order, then made ones.
pub fn names(count: usize, lists: &[PathBuf]) -> Vec<String> {
    let mut random = Random(1);
    let mut listed: Vec<String> = lists.iter().flat_map(forms).collect();
    for i in (1..listed.len()).rev() {
        listed.swap(i, random.below(i + 1));
    }
    let mut seen = HashSet::new();
    let mut names: Vec<String> = listed.into_iter().filter(|n| seen.insert(n.clone())).take(count).collect();
    let words: Vec<String> = (0..60_000).map(|_| word(&mut random)).collect();
    while names.len() < count {
        let made = made(&words, &mut random);
        if seen.insert(made.clone()) {
            names.push(made);
        }
    }
    names
}

/// The first names of a mixed list are a sample of it.
pub fn sample(all: &[String], count: usize) -> Vec<String> {
    all[..count.min(all.len())].to_vec()
}

/// A list that newsmill reads: an entity for each name, all with the same flags.
pub fn as_csv(names: &[String], flags: &str) -> String {
    let mut csv = String::from("entity_id,type,name,flags\n");
    for (i, name) in names.iter().enumerate() {
        csv.push_str(&format!("x:{i},place,\"{}\",{flags}\n", name.replace('"', "\"\"")));
    }
    csv
}

fn forms(list: &PathBuf) -> Vec<String> {
    let text = std::fs::read_to_string(list).unwrap_or_default();
    // A bar would part a form in two; a name of one letter is nobody's.
    let good = |form: &&str| form.chars().count() > 1 && !form.contains('|');
    text.lines().skip(1).filter_map(|line| line.split('\t').nth(3)).filter(good).map(str::to_owned).collect()
}

const SYLLABLES: [&str; 40] = [
    "an", "ar", "bel", "bor", "chen", "da", "den", "do", "el", "far", "gal", "go", "har", "ing", "is", "jan",
    "ka", "lan", "lin", "lo", "mar", "mi", "mo", "ne", "nor", "ol", "os", "pe", "po", "ra", "ris", "ro",
    "sa", "shi", "stan", "su", "ta", "ton", "ver", "vi",
];

fn word(random: &mut Random) -> String {
    let mut word: String =
        (0..2 + random.below(3)).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect();
    word[..1].make_ascii_uppercase();
    word
}

/// One to three words, two as a rule, as places and persons have.
fn made(words: &[String], random: &mut Random) -> String {
    let count = [1, 2, 2, 2, 3][random.below(5)];
    let words: Vec<&str> = (0..count).map(|_| words[random.below(words.len())].as_str()).collect();
    words.join(" ")
}
