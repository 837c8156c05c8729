//! Random numbers that are the same everywhere.

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Independent streams for the articles of a seed.
    pub fn of(seed: u64, article: u64) -> Self {
        let mut random = Random(seed ^ article.wrapping_mul(0xD134_2543_DE82_EF95));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// True in `percent` of 100 cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// One of the items, the first ones more often.
    pub fn pick_early<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let bound = self.below(items.len()) + 1;
        items.get(self.below(bound))
    }
}

/// Bytes of the body at these permille of the articles, between them on a line: a log-normal distribution with a
/// median of 2,800 and a mean of 3,800.
const LENGTHS: [(usize, usize); 12] = [
    (0, 250),
    (10, 454),
    (50, 775),
    (100, 1029),
    (250, 1653),
    (500, 2800),
    (750, 4743),
    (900, 7621),
    (950, 10130),
    (990, 17250),
    (999, 31300),
    (1000, 50000),
];

/// A body's length in bytes.
pub(crate) fn length(random: &mut Random) -> usize {
    const FINE: usize = 1000;
    let at = random.below(1000 * FINE);
    let upper = LENGTHS.iter().position(|&(permille, _)| permille * FINE > at).unwrap_or(LENGTHS.len() - 1);
    let ((from, low), (to, high)) = (LENGTHS[upper - 1], LENGTHS[upper]);
    low + (high - low) * (at - from * FINE) / ((to - from) * FINE)
}
