//! A trie of atom sequences without edges: one open-addressing table from the hash of a sequence to what is known of it.
//!
//! Looking up a name is looking up the hash of its first atom, of its first two atoms, and so on, each in one step.
//! The table holds 32 bits of each hash beside the place that the other bits choose; what it proposes is verified
//! against the text by the caller.

/// What the trie knows of a sequence of atoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node(u32);

const MORE: u32 = 1 << 31;

impl Node {
    /// Whether longer names begin with this sequence.
    #[inline]
    pub fn has_more(self) -> bool {
        self.0 & MORE != 0
    }

    /// The first of the names that are this sequence.
    #[inline]
    pub fn first_name(self) -> Option<u32> {
        (self.0 & !MORE).checked_sub(1)
    }
}

/// The table, with filters for the first atom of a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trie {
    /// Hash tag in the high half, [`Node`] in the low; 0 is free. The last slots are the overflow of the last homes.
    pub slots: Vec<u64>,
    /// Number of homes.
    pub homes: u64,
    /// The hash of no atoms: chosen so that no two sequences of the list have the same place and tag.
    pub start: u64,
    /// First atoms of all names.
    pub any: Bloom,
    /// First atoms of names that a text may begin with a small letter.
    pub small: Bloom,
}

/// Free slots after the last home, so that probing needs no wrapping.
const OVERFLOW: usize = 64;

impl Trie {
    #[inline]
    fn home(&self, hash: u64) -> usize {
        (((hash >> 32) * self.homes) >> 32) as usize
    }

    /// What is known of a sequence, by its hash.
    #[inline]
    pub fn get(&self, hash: u64) -> Option<Node> {
        let tag = hash as u32;
        let mut at = self.home(hash);
        loop {
            let slot = *self.slots.get(at)?;
            if (slot >> 32) as u32 == tag && slot != 0 {
                return Some(Node(slot as u32));
            }
            if slot == 0 {
                return None;
            }
            at += 1;
        }
    }

    /// Builds the table from nodes sorted by hash, each hash once.
    ///
    /// # Errors
    /// Two hashes that the table can't tell apart.
    pub fn build(start: u64, nodes: &[NodeToBe]) -> Result<Trie, Collision> {
        let homes = (nodes.len() as u64 * 10 / 7).max(1);
        let mut trie = Trie { slots: vec![0; homes as usize + OVERFLOW], homes, start, ..Trie::default() };
        for node in nodes {
            let mut at = trie.home(node.hash);
            while let Some(&slot) = trie.slots.get(at).filter(|&&slot| slot != 0) {
                if (slot >> 32) as u32 == node.hash as u32 {
                    return Err(Collision);
                }
                at += 1;
            }
            let more = if node.more { MORE } else { 0 };
            let value = node.first_name.map_or(0, |n| n + 1) | more;
            let packed = (node.hash << 32) | u64::from(value);
            if at < trie.slots.len() {
                trie.slots[at] = packed;
            } else {
                trie.slots.push(packed);
            }
        }
        // At least one free slot ends the last probe.
        trie.slots.push(0);
        Ok(trie)
    }
}

/// Two sequences have the same tag and neighbouring homes.
#[derive(Debug)]
pub(crate) struct Collision;

/// A node before it has a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeToBe {
    pub hash: u64,
    pub first_name: Option<u32>,
    pub more: bool,
}

/// A set of hashes that may say yes by mistake, never no: two bits of one word for each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bloom {
    pub words: Vec<u64>,
}

impl Bloom {
    /// A filter with room for `count` hashes at 16 bits each.
    pub fn with_room(count: usize) -> Bloom {
        Bloom { words: vec![0; if count == 0 { 0 } else { count.div_ceil(4) }] }
    }

    #[inline]
    fn place(&self, hash: u32) -> (usize, u64) {
        let mixed = u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let word = ((mixed >> 32) * self.words.len() as u64) >> 32;
        (word as usize, (1 << (mixed & 63)) | (1 << ((mixed >> 6) & 63)))
    }

    pub fn insert(&mut self, hash: u32) {
        let (word, bits) = self.place(hash);
        if let Some(w) = self.words.get_mut(word) {
            *w |= bits;
        }
    }

    #[inline]
    pub fn may_have(&self, hash: u32) -> bool {
        let (word, bits) = self.place(hash);
        self.words.get(word).is_some_and(|w| w & bits == bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atoms::extend_hash;

    fn first_hash(atom: u32) -> u64 {
        extend_hash(1, atom)
    }

    #[test]
    fn every_node_is_found_and_nothing_else() {
        let mut nodes: Vec<NodeToBe> = (0..5000u32)
            .map(|i| NodeToBe { hash: first_hash(i), first_name: (i % 3 > 0).then_some(i), more: i % 3 != 1 })
            .collect();
        nodes.sort_by_key(|n| n.hash);
        let trie = Trie::build(1, &nodes).unwrap();
        for n in &nodes {
            let found = trie.get(n.hash).unwrap();
            assert_eq!((found.first_name(), found.has_more()), (n.first_name, n.more));
        }
        assert!((5000..20_000).all(|i| trie.get(first_hash(i)).is_none()));
        assert!(Trie::default().get(1).is_none());
    }

    #[test]
    fn hashes_that_the_table_cannot_tell_apart_are_reported() {
        let node = |hash| NodeToBe { hash, first_name: Some(0), more: false };
        assert!(Trie::build(1, &[node(1), node((1 << 32) + 1)]).is_err());
    }

    #[test]
    fn a_filter_never_forgets() {
        let mut bloom = Bloom::with_room(1000);
        (0..1000).for_each(|i| bloom.insert(i));
        assert!((0..1000).all(|i| bloom.may_have(i)));
        assert!((1000..11_000).filter(|&i| bloom.may_have(i)).count() < 1000);
        assert!(!Bloom::with_room(0).may_have(7));
    }
}
