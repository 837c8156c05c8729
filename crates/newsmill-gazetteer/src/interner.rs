//! Strings that are kept once each and named by a number.

use newsmill_core::fold::hash_bytes;

/// Strings laid end to end, found by their text.
#[derive(Clone, Debug)]
pub struct Interner {
    text: String,
    starts: Vec<u32>,
    /// Hash of a string and its number plus one; 0 is free. Length is a power of two.
    slots: Vec<(u32, u32)>,
}

impl Default for Interner {
    /// Holds the empty string as number 0.
    fn default() -> Self {
        let mut interner = Interner { text: String::new(), starts: vec![0], slots: vec![(0, 0); 16] };
        interner.intern("");
        interner
    }
}

impl Interner {
    /// The number of a string, which is added if it's new.
    pub fn intern(&mut self, text: &str) -> u32 {
        let hash = hash_bytes(text.as_bytes());
        let slot = match self.locate(text, hash) {
            Ok(index) => return index,
            Err(slot) => slot,
        };
        let index = self.count() as u32;
        self.text.push_str(text);
        self.starts.push(self.text.len() as u32);
        self.slots[slot] = (hash, index + 1);
        if self.count() * 2 > self.slots.len() {
            self.grow_to(2 * self.slots.len());
        }
        index
    }

    /// The number of a string that was added before.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.locate(text, hash_bytes(text.as_bytes())).ok()
    }

    /// A string by its number.
    pub fn get(&self, index: u32) -> &str {
        let at = index as usize;
        &self.text[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Number of strings.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The strings and where each starts (with one more start at the end).
    pub fn into_parts(self) -> (String, Vec<u32>) {
        (self.text, self.starts)
    }

    /// Makes room for so many more strings.
    pub fn reserve(&mut self, more: usize) {
        self.starts.reserve(more);
        let wanted = (2 * (self.count() + more)).next_power_of_two();
        if wanted > self.slots.len() {
            self.grow_to(wanted);
        }
    }

    /// Reads where these strings will be looked for, so that the waits for memory of many overlap.
    pub fn read_ahead<'t>(&self, texts: impl Iterator<Item = &'t str>) {
        let mask = self.slots.len() - 1;
        let slot = |text: &str| self.slots[hash_bytes(text.as_bytes()) as usize & mask].1;
        std::hint::black_box(texts.fold(0, |touched, text| touched ^ slot(text)));
    }

    /// Reads the first byte of these strings, likewise.
    pub fn touch(&self, indexes: impl Iterator<Item = u32>) {
        let starts: Vec<u32> = indexes.map(|index| self.starts[index as usize]).collect();
        let first = |&start: &u32| self.text.as_bytes().get(start as usize).copied().unwrap_or(0);
        std::hint::black_box(starts.iter().fold(0, |touched, start| touched ^ first(start)));
    }

    fn locate(&self, text: &str, hash: u32) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                (_, 0) => return Err(slot),
                (h, index) if h == hash && self.get(index - 1) == text => return Ok(index - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// `size` is a power of two.
    fn grow_to(&mut self, size: usize) {
        let mask = size - 1;
        let mut slots = vec![(0, 0); size];
        for &(hash, index) in self.slots.iter().filter(|s| s.1 != 0) {
            let mut slot = hash as usize & mask;
            while slots[slot].1 != 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = (hash, index);
        }
        self.slots = slots;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_share_a_number() {
        let mut interner = Interner::default();
        let numbers: Vec<u32> = (0..1000).map(|i| interner.intern(&format!("name {}", i % 500))).collect();
        assert_eq!(numbers[..500], numbers[500..]);
        assert_eq!(interner.count(), 501);
        assert_eq!(interner.get(numbers[7]), "name 7");
        assert_eq!((interner.find("name 499"), interner.find("name 500")), (Some(500), None));
        assert_eq!(interner.get(0), "");
    }
}
