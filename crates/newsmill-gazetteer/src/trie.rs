//! A trie of atom sequences without edges: one open-addressing table from the hash of a sequence to what is known of it.
//!
//! Looking up a name is looking up the hash of its first atom, of its first two atoms, and so on, each in one step.
//! The table holds 32 bits of each hash beside the place that the other bits choose; what it proposes is verified
//! against the text by the caller.

use crate::filter::{Filter, FilterView};
use crate::store::Array;

/// What the trie knows of a sequence of atoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node(u32);

const MORE: u32 = 1 << 31;

impl Node {
    /// A sequence that is no name, with longer ones.
    pub const MORE: Node = Node(MORE);

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

/// The table, with a filter for what names begin with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trie {
    /// Buckets of [`WIDTH`] slots: hash tag in the high half, [`Node`] in the low; 0 is free. A bucket that is full goes on
    /// in the next one; the last has a free slot.
    pub slots: Array<u64>,
    /// Number of buckets that hashes choose from; those after them are the overflow of the last.
    pub homes: u64,
    /// The hash of no atoms: chosen so that no two sequences of the list have the same place and tag.
    pub start: u64,
    /// What is asked first.
    pub filter: Filter,
}

/// Slots of a bucket, as many as a cache line has: they are compared without a branch for each.
const WIDTH: usize = 8;
/// Slots of a bucket that are used as a rule.
const FILL: u64 = 5;

#[inline]
fn home(hash: u64, homes: u64) -> usize {
    (((hash >> 32) * homes) >> 32) as usize
}

/// The trie for reading, with its arrays at hand.
#[derive(Clone, Copy)]
pub(crate) struct TrieView<'a> {
    buckets: &'a [[u64; WIDTH]],
    homes: u64,
    pub start: u64,
    pub filter: FilterView<'a>,
}

impl TrieView<'_> {
    /// What is known of a sequence, by its hash.
    #[inline(always)]
    pub fn get(self, hash: u64) -> Option<Node> {
        let at = home(hash, self.homes);
        let bucket = self.buckets.get(at)?;
        let found = find(bucket, hash as u32);
        if found == 0 && bucket[WIDTH - 1] != 0 {
            return self.get_overflow(hash as u32, at + 1);
        }
        (found != 0).then_some(Node(found))
    }

    #[cold]
    fn get_overflow(self, tag: u32, first: usize) -> Option<Node> {
        for bucket in self.buckets.get(first..)? {
            let found = find(bucket, tag);
            if found != 0 {
                return Some(Node(found));
            }
            if bucket[WIDTH - 1] == 0 {
                return None;
            }
        }
        None
    }
}

/// The node with a tag; 0 if there is none. A node isn't 0: a sequence is a name, or goes on.
#[inline(always)]
fn find(bucket: &[u64; WIDTH], tag: u32) -> u32 {
    bucket.iter().fold(0, |found, &slot| found | if (slot >> 32) as u32 == tag { slot as u32 } else { 0 })
}

impl Trie {
    /// Whether every hash has a bucket.
    pub fn is_sound(&self) -> bool {
        let buckets = (self.slots.as_slice().len() / WIDTH) as u64;
        (1..=buckets).contains(&self.homes) && self.filter.is_sound()
    }

    pub fn view(&self) -> TrieView<'_> {
        TrieView {
            buckets: self.slots.as_slice().as_chunks().0,
            homes: self.homes,
            start: self.start,
            filter: self.filter.view(),
        }
    }

    /// Builds the table from nodes sorted by hash, each hash once.
    ///
    /// # Errors
    /// Two hashes that the table can't tell apart.
    pub fn build(start: u64, nodes: &[NodeToBe]) -> Result<Trie, Collision> {
        let homes = (nodes.len() as u64).div_ceil(FILL).max(1);
        let mut buckets = vec![[0u64; WIDTH]; homes as usize];
        for node in nodes {
            let tag = node.hash as u32;
            let mut at = home(node.hash, homes);
            let free = loop {
                if at == buckets.len() {
                    buckets.push([0; WIDTH]);
                }
                if find(&buckets[at], tag) != 0 {
                    return Err(Collision);
                }
                match buckets[at].iter().position(|&slot| slot == 0) {
                    Some(free) => break free,
                    None => at += 1,
                }
            };
            let more = if node.more { MORE } else { 0 };
            let value = node.first_name.map_or(0, |n| n + 1) | more;
            buckets[at][free] = (node.hash << 32) | u64::from(value);
        }
        Ok(Trie { slots: Array::Own(buckets.into_flattened()), homes, start, ..Trie::default() })
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
            let found = trie.view().get(n.hash).unwrap();
            assert_eq!((found.first_name(), found.has_more()), (n.first_name, n.more));
        }
        assert!((5000..20_000).all(|i| trie.view().get(first_hash(i)).is_none()));
        assert!(Trie::default().view().get(1).is_none());
    }

    #[test]
    fn hashes_that_the_table_cannot_tell_apart_are_reported() {
        let node = |hash| NodeToBe { hash, first_name: Some(0), more: false };
        assert!(Trie::build(1, &[node(1), node((1 << 32) + 1)]).is_err());
    }
}
