//! A trie of atom sequences without edges: one open-addressing table from the hash of a sequence to what is known of it.
//!
//! Looking up a name is looking up the hash of its first atom, of its first two atoms, and so on, each in one step.
//! The table holds 32 bits of each hash beside the place that the other bits choose; what it proposes is verified
//! against the text by the caller.

use crate::store::Array;

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

/// The table, with a filter for what names begin with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trie {
    /// Hash tag in the high half, [`Node`] in the low; 0 is free. The last slots are the overflow of the last homes.
    pub slots: Array<u64>,
    /// Number of homes.
    pub homes: u64,
    /// The hash of no atoms: chosen so that no two sequences of the list have the same place and tag.
    pub start: u64,
    /// What tokens names may begin with.
    pub begins: Filter,
}

/// Free slots after the last home, so that probing needs no wrapping.
const OVERFLOW: usize = 64;

#[inline]
fn home(hash: u64, homes: u64) -> usize {
    (((hash >> 32) * homes) >> 32) as usize
}

/// The trie for reading, with its arrays at hand.
#[derive(Clone, Copy)]
pub(crate) struct TrieView<'a> {
    slots: &'a [u64],
    homes: u64,
    pub start: u64,
    pub begins: FilterView<'a>,
}

impl TrieView<'_> {
    /// The slot where the search for a sequence begins. Asked for ahead of time, for many sequences in a row, so that
    /// the waits for memory overlap.
    #[inline]
    pub fn first_slot(self, hash: u64) -> u64 {
        self.slots.get(home(hash, self.homes)).copied().unwrap_or(0)
    }

    /// [`get`](Self::get), with the first slot at hand.
    #[inline]
    pub fn get_from(self, hash: u64, first_slot: u64) -> Option<Node> {
        if first_slot == 0 {
            return None;
        }
        if (first_slot >> 32) as u32 == hash as u32 { Some(Node(first_slot as u32)) } else { self.get(hash) }
    }

    /// What is known of a sequence, by its hash.
    #[inline]
    pub fn get(self, hash: u64) -> Option<Node> {
        let tag = hash as u32;
        let mut at = home(hash, self.homes);
        loop {
            let slot = *self.slots.get(at)?;
            if slot == 0 {
                return None;
            }
            if (slot >> 32) as u32 == tag {
                return Some(Node(slot as u32));
            }
            at += 1;
        }
    }
}

impl Trie {
    pub fn view(&self) -> TrieView<'_> {
        TrieView {
            slots: self.slots.as_slice(),
            homes: self.homes,
            start: self.start,
            begins: self.begins.view(),
        }
    }

    /// Builds the table from nodes sorted by hash, each hash once.
    ///
    /// # Errors
    /// Two hashes that the table can't tell apart.
    pub fn build(start: u64, nodes: &[NodeToBe]) -> Result<Trie, Collision> {
        let homes = (nodes.len() as u64 * 10 / 7).max(1);
        let mut slots = vec![0u64; homes as usize + OVERFLOW];
        for node in nodes {
            let mut at = home(node.hash, homes);
            while let Some(&slot) = slots.get(at).filter(|&&slot| slot != 0) {
                if (slot >> 32) as u32 == node.hash as u32 {
                    return Err(Collision);
                }
                at += 1;
            }
            let more = if node.more { MORE } else { 0 };
            let value = node.first_name.map_or(0, |n| n + 1) | more;
            let packed = (node.hash << 32) | u64::from(value);
            match slots.get_mut(at) {
                Some(slot) => *slot = packed,
                None => slots.push(packed),
            }
        }
        // At least one free slot ends the last probe.
        slots.push(0);
        Ok(Trie { slots: Array::Own(slots), homes, start, ..Trie::default() })
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

/// Two sets of hashes, which may say yes by mistake, never no: of tokens with a small first letter that a name may begin
/// with, and of all tokens that one may begin with. The first is small as a rule and stays in the nearest cache, although most
/// words of a text are asked of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// One bit of two for each hash in one word.
    pub any: Array<u64>,
    pub small: Array<u64>,
}

impl Filter {
    /// A filter of these hashes, at 16 bits each.
    pub fn new(any: &[u32], small: &[u32]) -> Filter {
        let words = |hashes: &[u32]| {
            let mut words = vec![0u64; hashes.len().div_ceil(4).max(16)];
            for &hash in hashes {
                let (at, bits) = place(hash, words.len());
                words[at] |= bits;
            }
            Array::Own(words)
        };
        Filter { any: words(any), small: words(small) }
    }

    pub fn view(&self) -> FilterView<'_> {
        FilterView { any: self.any.as_slice(), small: self.small.as_slice() }
    }
}

/// A filter for reading.
#[derive(Clone, Copy)]
pub(crate) struct FilterView<'a> {
    any: &'a [u64],
    small: &'a [u64],
}

impl FilterView<'_> {
    #[inline]
    pub fn may_have(self, hash: u32, small: bool) -> bool {
        let words = if small { self.small } else { self.any };
        let (at, bits) = place(hash, words.len());
        words.get(at).is_some_and(|w| w & bits == bits)
    }
}

#[inline]
fn place(hash: u32, words: usize) -> (usize, u64) {
    let mixed = u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let at = ((mixed >> 32) * words as u64) >> 32;
    (at as usize, (1 << (mixed & 63)) | (1 << ((mixed >> 6) & 63)))
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

    #[test]
    fn a_filter_never_forgets() {
        let filter = Filter::new(&(0..1000).collect::<Vec<u32>>(), &[7, 8]);
        let filter = filter.view();
        assert!((0..1000).all(|i| filter.may_have(i, false)));
        assert!((1000..11_000).filter(|&i| filter.may_have(i, false)).count() < 1000);
        assert!(filter.may_have(7, true) && filter.may_have(8, true));
        assert!((1000..11_000).filter(|&i| filter.may_have(i, true)).count() < 10);
        assert!(!Filter::new(&[], &[]).view().may_have(7, false));
    }
}
