//! The journal of a run, torn and damaged.

use newsmill_runner::journal::{last_commit, line_of};

/// Any bytes are read, and what is good of them is read again by itself; lines whose content is anything but whose hash
/// is right reach what reads the content; a journal that is torn anywhere has the last line that is whole.
pub fn check(data: &[u8]) {
    consistent(data);
    let lines: Vec<Vec<u8>> = data.split(|&b| b == b'\n').map(|content| line_of(content.to_vec())).collect();
    let whole = lines.concat();
    let (_, good) = consistent(&whole);
    let mut ends = vec![0];
    ends.extend(lines.iter().scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    }));
    assert!(ends.contains(&good), "{good} lies in a line");
    let tear = data.first().map_or(0, |&b| usize::from(b) * whole.len() / 255);
    let (_, torn) = consistent(&whole[..tear]);
    let expected = ends.iter().filter(|&&end| end <= tear.min(good)).max();
    assert_eq!(Some(&torn), expected);
    if good == whole.len() && !whole.is_empty() {
        // One byte that is wrong ends the journal before its line.
        let at = tear.min(whole.len() - 1);
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << (at % 7);
        let (_, before) = consistent(&damaged);
        assert!(before <= at, "byte {at} is wrong, but {before} are good");
    }
}

fn consistent(bytes: &[u8]) -> (bool, usize) {
    let (last, good) = last_commit(bytes);
    assert!(good <= bytes.len());
    assert_eq!(last.is_some(), good > 0);
    assert_eq!(last_commit(&bytes[..good]), (last.clone(), good));
    (last.is_some(), good)
}
