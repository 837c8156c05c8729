//! Bitmaps over the bytes of a text: bit `i` of word `i / 64` belongs to byte `i`.

/// One bitmap. Reads beyond the end give zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bits(pub Vec<u64>);

impl Bits {
    /// Whether the bit is set.
    #[inline(always)]
    pub fn get(&self, i: usize) -> bool {
        self.0.get(i >> 6).is_some_and(|w| w >> (i & 63) & 1 != 0)
    }

    /// Sets a bit.
    #[inline(always)]
    pub fn set(&mut self, i: usize) {
        if let Some(w) = self.0.get_mut(i >> 6) {
            *w |= 1 << (i & 63);
        }
    }

    /// Clears a bit.
    #[inline(always)]
    pub fn clear(&mut self, i: usize) {
        if let Some(w) = self.0.get_mut(i >> 6) {
            *w &= !(1 << (i & 63));
        }
    }

    /// The 64 bits before `at`, the last of them on top; zeros before the bitmap's start.
    #[inline(always)]
    pub fn window(&self, at: usize) -> u64 {
        let (index, shift) = (at >> 6, at & 63);
        let low = index.checked_sub(1).and_then(|i| self.0.get(i)).copied().unwrap_or(0);
        if shift == 0 {
            return low;
        }
        self.0.get(index).copied().unwrap_or(0) << (64 - shift) | low >> shift
    }

    /// Clears the bits of a range.
    pub fn clear_range(&mut self, range: std::ops::Range<usize>) {
        self.mask_range(range, |w, m| *w &= !m);
    }

    /// Sets the bits of a range.
    pub fn set_range(&mut self, range: std::ops::Range<usize>) {
        self.mask_range(range, |w, m| *w |= m);
    }

    fn mask_range(&mut self, range: std::ops::Range<usize>, apply: impl Fn(&mut u64, u64)) {
        let mut at = range.start;
        while at < range.end {
            let stop = range.end.min((at | 63) + 1);
            let mask = (!0u64 >> (64 - (stop - at))) << (at & 63);
            if let Some(w) = self.0.get_mut(at >> 6) {
                apply(w, mask);
            }
            at = stop;
        }
    }

    /// The first set bit at or after `from` and before `end`.
    #[inline]
    pub fn next(&self, from: usize, end: usize) -> Option<usize> {
        let mut at = from >> 6;
        let mut word = self.0.get(at)? & (!0u64 << (from & 63));
        loop {
            if word != 0 {
                let found = (at << 6) + word.trailing_zeros() as usize;
                return (found < end).then_some(found);
            }
            at += 1;
            if at << 6 >= end {
                return None;
            }
            word = *self.0.get(at)?;
        }
    }

    /// The last set bit at or before `at`, at most `reach` words back.
    #[inline]
    pub fn previous(&self, at: usize, reach: usize) -> Option<usize> {
        let last = at >> 6;
        let mut word = self.0.get(last)? & (!0u64 >> (63 - (at & 63)));
        for index in (last.saturating_sub(reach)..=last).rev() {
            if index < last {
                word = self.0[index];
            }
            if word != 0 {
                return Some((index << 6) + 63 - word.leading_zeros() as usize);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_searches_cross_words() {
        let mut bits = Bits(vec![0; 4]);
        bits.set_range(60..140);
        assert_eq!((bits.get(59), bits.get(60), bits.get(139), bits.get(140)), (false, true, true, false));
        assert_eq!(
            (bits.next(0, 256), bits.next(140, 256), bits.previous(200, 4)),
            (Some(60), None, Some(139))
        );
        bits.clear_range(61..139);
        assert_eq!(
            (bits.next(61, 256), bits.previous(138, 4), bits.previous(255, 0)),
            (Some(139), Some(60), None)
        );
        assert_eq!(bits.next(61, 100), None);
        assert_eq!((bits.window(64), bits.window(61), bits.window(0)), (1 << 60, 1 << 63, 0));
    }
}
