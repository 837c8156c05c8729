//! Precision, recall and F1 of what a stage found against gold.

use std::collections::BTreeMap;
use std::ops::AddAssign;

/// Counts of a comparison; add up the scores of several articles for a micro average.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Found and in the gold.
    pub right: u64,
    /// Found, not in the gold.
    pub surplus: u64,
    /// In the gold, not found.
    pub missed: u64,
}

impl Score {
    /// Compares two multisets: an item that the gold has twice must be found twice.
    pub fn of<T: Ord>(gold: impl IntoIterator<Item = T>, found: impl IntoIterator<Item = T>) -> Score {
        let mut open: BTreeMap<T, u64> = BTreeMap::new();
        for item in gold {
            *open.entry(item).or_default() += 1;
        }
        let mut score = Score::default();
        for item in found {
            match open.get_mut(&item) {
                Some(n) if *n > 0 => {
                    *n -= 1;
                    score.right += 1;
                }
                _ => score.surplus += 1,
            }
        }
        score.missed = open.values().sum();
        score
    }

    /// Share of what was found that is right, 0 to 1; 1 if nothing was found.
    pub fn precision(self) -> f64 {
        ratio(self.right, self.right + self.surplus)
    }

    /// Share of the gold that was found, 0 to 1; 1 if there is none.
    pub fn recall(self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    /// Harmonic mean of precision and recall, 0 to 1.
    pub fn f1(self) -> f64 {
        ratio(2 * self.right, 2 * self.right + self.surplus + self.missed)
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Score) {
        self.right += other.right;
        self.surplus += other.surplus;
        self.missed += other.missed;
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [p, r, f1] = [self.precision(), self.recall(), self.f1()].map(|x| 100.0 * x);
        write!(
            f,
            "P {p:.1}  R {r:.1}  F1 {f1:.1}  ({} right, {} surplus, {} missed)",
            self.right, self.surplus, self.missed
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_items_count_as_often_as_the_gold_has_them() {
        let score = Score::of(["a", "a", "b", "c"], ["a", "a", "a", "b", "x"]);
        assert_eq!(score, Score { right: 3, surplus: 2, missed: 1 });
        assert!((score.f1() - 2.0 / 3.0).abs() < 1e-9);
        assert!((score.precision() - 0.6).abs() < 1e-9);
        assert!((score.recall() - 0.75).abs() < 1e-9);
    }

    #[test]
    fn nothing_to_find_and_nothing_found_is_perfect() {
        assert_eq!(Score::default().f1(), 1.0);
    }
}
