//! A map from keys to the entities that they may mean, in the order in which they were added.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Hashes keys that are hashes already.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_u64(u64::from(b));
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = (self.0 ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
    }
}

/// Entities that one key may mean at most; later ones are left out, so that a look-up's cost is bounded.
const MOST: u32 = 32;

/// End of a chain.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Chain {
    first: u32,
    last: u32,
    count: u32,
}

/// The map. Never iterated, so its order can't reach the output.
#[derive(Default)]
pub struct Index {
    chains: HashMap<u64, Chain, BuildHasherDefault<KeyHasher>>,
    /// Entity, and position of the next one of the same key.
    rows: Vec<(u32, u32)>,
}

impl Index {
    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.chains.clear();
        self.rows.clear();
    }

    /// Adds an entity to a key, once.
    pub fn add(&mut self, key: u64, entity: u32) {
        let at = self.rows.len() as u32;
        if self.of(key).any(|e| e == entity) {
            return;
        }
        match self.chains.get_mut(&key) {
            None => {
                self.chains.insert(key, Chain { first: at, last: at, count: 1 });
            }
            Some(chain) if chain.count < MOST => {
                self.rows[chain.last as usize].1 = at;
                chain.last = at;
                chain.count += 1;
            }
            Some(_) => return,
        }
        self.rows.push((entity, NONE));
    }

    /// The first entity of a key.
    pub fn first(&self, key: u64) -> Option<u32> {
        self.of(key).next()
    }

    /// The entities of a key.
    pub fn of(&self, key: u64) -> Found<'_> {
        Found { rows: &self.rows, at: self.chains.get(&key).map_or(NONE, |c| c.first) }
    }
}

/// The entities of one key.
pub struct Found<'a> {
    rows: &'a [(u32, u32)],
    at: u32,
}

impl Iterator for Found<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let &(entity, next) = self.rows.get(self.at as usize)?;
        self.at = next;
        Some(entity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_come_in_order_once_and_bounded() {
        let mut index = Index::default();
        for e in [7, 3, 7, 9] {
            index.add(1, e);
            index.add(2, e + 1);
        }
        assert_eq!(index.of(1).collect::<Vec<_>>(), [7, 3, 9]);
        assert_eq!(index.first(2), Some(8));
        assert_eq!(index.first(5), None);
        for e in 0..1000 {
            index.add(4, e);
        }
        assert_eq!(index.of(4).count(), MOST as usize);
        index.clear();
        assert_eq!(index.first(1), None);
    }
}
