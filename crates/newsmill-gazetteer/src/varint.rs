//! Whole numbers in as few bytes as they need (LEB128): most numbers of a list are small.

/// Appends a number.
pub(crate) fn push(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Numbers one after the other.
pub(crate) fn encode(values: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let mut out = Vec::new();
    values.into_iter().for_each(|v| push(&mut out, v));
    out
}

/// Takes a number off the front; `None` at the end or if it is no number.
#[inline]
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u32> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first < 0x80 {
        return Some(u32::from(first));
    }
    let mut value = u32::from(first & 0x7F);
    for shift in [7, 14, 21, 28] {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7F).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// All numbers; `None` if there are not exactly `count`.
pub(crate) fn decode(mut bytes: &[u8], count: usize) -> Option<Vec<u32>> {
    let mut values = Vec::with_capacity(count.min(bytes.len()));
    for _ in 0..count {
        values.push(take(&mut bytes)?);
    }
    bytes.is_empty().then_some(values)
}

/// Running sums of `count` numbers, from 0 on, with one more at the end.
pub(crate) fn decode_sums(mut bytes: &[u8], count: usize) -> Option<Vec<u32>> {
    let mut sums = Vec::with_capacity(count.min(bytes.len()) + 1);
    let mut sum = 0u32;
    sums.push(0);
    for _ in 0..count {
        sum = sum.checked_add(take(&mut bytes)?)?;
        sums.push(sum);
    }
    bytes.is_empty().then_some(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn numbers_come_back(values: Vec<u32>) {
            let bytes = encode(values.iter().copied());
            proptest::prop_assert_eq!(decode(&bytes, values.len()), Some(values.clone()));
            proptest::prop_assert_eq!(decode(&bytes, values.len() + 1), None);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>, count in 0usize..50) {
            let _ = decode(&bytes, count);
            let _ = decode_sums(&bytes, count);
        }
    }
}
