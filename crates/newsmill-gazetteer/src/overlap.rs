//! What to do with names that lie over one another.

use newsmill_core::lexicon::Lexicon;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::names::Names;
use crate::scan::{Hit, Scan};

/// Which of overlapping names are reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// The longest name at the leftmost place; nothing inside or across it.
    #[default]
    Longest,
    /// Every name.
    All,
    /// Names inside others too (`China` in `Bank of China`), but none across another.
    Nested,
    /// No overlaps: names of the types that come first in `priority` win, then longer ones, then those further left.
    Priority,
}

impl Overlap {
    /// Appends the hits of a scan, start ascending, then end descending.
    pub fn find(self, scan: &Scan<'_>, priority: &[String], hits: &mut Vec<Hit>) {
        match self {
            Overlap::Longest => scan.longest(hits),
            Overlap::All => scan.all(hits),
            Overlap::Nested => {
                scan.all(hits);
                drop_crossing(hits);
            }
            Overlap::Priority => {
                scan.all(hits);
                keep_by_priority(hits, scan.names(), priority);
            }
        }
    }
}

fn drop_crossing(hits: &mut Vec<Hit>) {
    let mut open: Vec<u32> = Vec::new();
    hits.retain(|hit| {
        while open.last().is_some_and(|&end| end <= hit.first_token) {
            open.pop();
        }
        let inside = open.last().is_none_or(|&end| hit.end_token <= end);
        if inside {
            open.push(hit.end_token);
        }
        inside
    });
}

fn keep_by_priority(hits: &mut Vec<Hit>, names: &Names, priority: &[String]) {
    let rank = |hit: &Hit| {
        let kinds = names.candidates(hit.name).iter().map(|c| names.entry(c.entry).kind);
        let rank_of = |kind: &str| priority.iter().position(|p| p == kind).unwrap_or(priority.len());
        kinds.map(rank_of).min().unwrap_or(priority.len())
    };
    let len = |hit: &Hit| hit.end_token - hit.first_token;
    let mut order: Vec<(usize, std::cmp::Reverse<u32>, Hit)> =
        hits.iter().map(|&hit| (rank(&hit), std::cmp::Reverse(len(&hit)), hit)).collect();
    order.sort_unstable();
    // Tokens from `start` to the value are taken.
    let mut taken: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    hits.clear();
    for (.., hit) in order {
        let before = taken.range(..hit.end_token).next_back();
        if before.is_none_or(|(_, &end)| end <= hit.first_token) {
            taken.insert(hit.first_token, hit.end_token);
            hits.push(hit);
        }
    }
    hits.sort_unstable();
}
