//! Names and texts made by a seeded generator: as many as wanted, the same on every machine.

/// A small generator of numbers (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Small numbers more often than large ones.
    fn skewed(&mut self, n: usize) -> usize {
        let a = self.below(n);
        let b = self.below(n);
        a * b / n
    }
}

const SYLLABLES: [&str; 24] = [
    "ka", "lo", "mi", "ra", "to", "ne", "su", "vi", "bor", "den", "gal", "har", "ing", "jan", "lin", "mar",
    "nor", "ost", "pol", "qu", "ris", "stan", "ville", "é",
];

pub fn word(random: &mut Random) -> String {
    (0..1 + random.below(3)).map(|_| SYLLABLES[random.below(SYLLABLES.len())]).collect()
}

pub fn title(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

const GLUE: [&str; 8] = [" ", " ", " ", " ", " ", "-", ". ", "/"];

/// Names of one to four words that share words a lot, so that names begin, end and contain other names.
pub fn names(count: usize, words: &[String], random: &mut Random) -> Vec<String> {
    let mut names = Vec::with_capacity(count);
    while names.len() < count {
        let mut name = title(&words[random.skewed(words.len())]);
        for _ in 0..random.below(4) {
            name.push_str(GLUE[random.below(GLUE.len())]);
            let next = &words[random.skewed(words.len())];
            name.push_str(&if random.below(8) == 0 { next.clone() } else { title(next) });
        }
        match random.below(40) {
            0 => name = name.to_uppercase(),
            1 => name = name.to_lowercase(),
            2 => name.push('!'),
            _ => {}
        }
        names.push(name);
    }
    names
}

const BREAKS: [&str; 14] = [" ", " ", " ", " ", " ", " ", " ", ", ", ". ", "-", "\n", "\n\n", " – ", "’s "];

/// A text of names, pieces of names and other words.
pub fn text(bytes: usize, names: &[String], words: &[String], random: &mut Random) -> String {
    let mut text = String::with_capacity(bytes + 100);
    while text.len() < bytes {
        match random.below(6) {
            0 | 1 => text.push_str(&names[random.below(names.len())]),
            2 => {
                let name = &names[random.below(names.len())];
                text.push_str(name.rsplit_once(' ').map_or(name, |(begin, _)| begin));
                text.push_str(if random.below(2) == 0 { "" } else { "s" });
            }
            3 => text.push_str(&title(&words[random.below(words.len())])),
            4 => text.push_str(&words[random.below(words.len())].to_uppercase()),
            _ => text.push_str(&words[random.below(words.len())]),
        }
        text.push_str(BREAKS[random.below(BREAKS.len())]);
    }
    text
}
