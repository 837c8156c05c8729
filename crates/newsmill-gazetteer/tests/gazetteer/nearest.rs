//! The index of near names against comparing with every name.

use newsmill_core::fold::fold;
use newsmill_core::lexicon::{Lexicon, NameId};
use newsmill_core::suggest::distance;
use newsmill_gazetteer::nearest::MIN_LENGTH;
use proptest::prelude::*;

use crate::support::{compile, entry};

/// The least distance at which the list has a name, by looking at all of them, and how many are there.
fn by_hand(names: &[String], text: &str, max: usize) -> Option<(usize, usize)> {
    let all: Vec<usize> = names.iter().filter(|n| n.len() >= MIN_LENGTH).map(|n| edits(n, text)).collect();
    let least = all.iter().copied().min().filter(|&d| d <= max)?;
    Some((least, all.iter().filter(|&&d| d == least).count()))
}

/// Insertions, deletions and replacements (a swap of neighbours is two).
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (fold(a).chars().collect(), fold(b).chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let value = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], value);
        }
    }
    row[b.len()]
}

proptest! {
    #[test]
    fn the_one_nearest_name_is_found_within_the_distance_and_none_beyond(
        names in proptest::collection::btree_set("[A-C][a-c]{4,9}", 1..20),
        text in "[A-C][a-c]{4,10}",
        max in 1u8..=2,
    ) {
        let names: Vec<String> = names.into_iter().collect();
        let rows: Vec<String> =
            names.iter().enumerate().map(|(i, n)| entry(&format!("place p{i}: {n}"))).collect();
        let list = compile(&rows);
        let found = list.nearest(&text, max);
        match by_hand(&names, &text, usize::from(max)) {
            Some((least, 1)) => {
                let near = found.expect("a single nearest name is found");
                prop_assert_eq!(usize::from(near.distance), least);
                prop_assert!(distance(list.name(NameId(near.name.0)), &text) <= least);
            }
            _ => prop_assert!(found.is_none(), "{text} near {names:?}"),
        }
    }
}
