//! Which articles have an id that an earlier one has, of ids on disk, in bounded memory.
//!
//! An entry of the file is the hashes of the article's id and text (8 bytes each), the length of what is kept of the id
//! (2 bytes), all little endian, and that much of it. Articles that were met but aren't in the tables have [`UNCHANGED`]
//! for a length.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::seen::{self, Pair, Seen};

/// Hashes that are looked at together; 8 bytes each.
const AT_ONCE: u64 = 4 << 20;
/// Bytes of an id that are kept, for naming it.
const KEPT: usize = 200;
/// Ids that are named.
const NAMED: usize = 20;

/// Stands in place of a length: the article is in the tables of an earlier part.
const UNCHANGED: u16 = u16::MAX;

/// Appends an article that was met and is in the tables already.
pub(crate) fn push_unchanged(out: &mut Vec<u8>, (id, text): Pair) {
    out.extend(id.to_le_bytes());
    out.extend(text.to_le_bytes());
    out.extend(UNCHANGED.to_le_bytes());
}

/// Appends an article's id.
pub(crate) fn push(out: &mut Vec<u8>, id: &str, (hash, text): Pair) {
    let cut = (0..=KEPT.min(id.len())).rev().find(|at| id.is_char_boundary(*at)).unwrap_or(0);
    let kept = &id[..cut];
    out.extend(hash.to_le_bytes());
    out.extend(text.to_le_bytes());
    out.extend((kept.len() as u16).to_le_bytes());
    out.extend(kept.as_bytes());
}

/// Articles whose id an earlier one has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Duplicates {
    pub articles: u64,
    /// The first such ids, in the order in which they were seen again.
    pub ids: Vec<String>,
}

/// Looks for ids that occur again. If they are more than fit in memory, it goes through the file several times, each
/// time looking at a part of the range of hashes, and once more if there is something to name.
pub(crate) fn duplicates(file: &mut File) -> io::Result<Duplicates> {
    let mut count = 0;
    each(file, |_, _| {
        count += 1;
        Ok(())
    })?;
    duplicates_in_parts(file, u64::div_ceil(count, AT_ONCE))
}

fn duplicates_in_parts(file: &mut File, parts: u64) -> io::Result<Duplicates> {
    let mut found = Duplicates::default();
    let mut again: BTreeSet<u64> = BTreeSet::new();
    let mut hashes: Vec<u64> = Vec::new();
    for part in 0..parts {
        hashes.clear();
        each(file, |(hash, _), id| {
            if hash % parts == part && id.is_some() {
                hashes.push(hash);
            }
            Ok(())
        })?;
        hashes.sort_unstable();
        for pair in hashes.windows(2).filter(|pair| pair[0] == pair[1]) {
            found.articles += 1;
            // Any of them will do once there are enough to name.
            if again.len() < NAMED {
                again.insert(pair[0]);
            }
        }
    }
    let mut seen = HashSet::new();
    if !again.is_empty() {
        each(file, |(hash, _), id| {
            if let Some(id) = id.filter(|_| again.contains(&hash) && !seen.insert(hash)) {
                again.remove(&hash);
                found.ids.push(String::from_utf8_lossy(id).into_owned());
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// Writes which articles the run has seen; of a part that was added to a run, with what was seen before.
pub(crate) fn write_seen(file: &mut File, before: Option<&Seen>, path: &Path) -> io::Result<()> {
    if let Some(before) = before {
        let mut met = Vec::new();
        each(file, |pair, _| {
            met.push(pair);
            Ok(())
        })?;
        return before.write_after(met, path);
    }
    seen::write(path, |out| each(file, |pair, _| seen::put(pair, out)))
}

/// Calls back with the hashes of each entry and the beginning of its id, if the article is in the tables.
fn each(file: &mut File, mut found: impl FnMut(Pair, Option<&[u8]>) -> io::Result<()>) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(1 << 18, &mut *file);
    let (mut head, mut id) = ([0; 18], Vec::new());
    loop {
        match reader.read_exact(&mut head) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            result => result?,
        }
        let (words, length) = head.as_chunks::<8>();
        let pair = (u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1]));
        match u16::from_le_bytes([length[0], length[1]]) {
            UNCHANGED => found(pair, None)?,
            length => {
                id.resize(usize::from(length), 0);
                reader.read_exact(&mut id)?;
                found(pair, Some(&id))?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn of(ids: impl IntoIterator<Item = String>, parts: u64) -> Duplicates {
        let mut file = tempfile::tempfile().unwrap();
        let mut bytes = Vec::new();
        for id in ids {
            let pair = (newsmill_core::hash::xxh64(id.as_bytes(), 0), 7);
            push(&mut bytes, &id, pair);
            push_unchanged(&mut bytes, pair);
        }
        file.write_all(&bytes).unwrap();
        duplicates_in_parts(&mut file, parts).unwrap()
    }

    #[test]
    fn duplicates_are_counted_in_any_number_of_parts() {
        let ids = || (0..1000u64).map(|i| (i * i % 601).to_string());
        let distinct = ids().collect::<BTreeSet<_>>().len() as u64;
        for parts in [1, 2, 7] {
            let found = of(ids(), parts);
            assert_eq!((found.articles, found.ids.len()), (1000 - distinct, NAMED), "{parts}");
        }
        assert_eq!(duplicates(&mut tempfile::tempfile().unwrap()).unwrap(), Duplicates::default());
    }

    #[test]
    fn ids_that_come_again_are_named_in_order() {
        let long = "é".repeat(KEPT);
        let ids = ["a", "b", &long, "b", "c", "a", "b", &long].map(str::to_owned);
        let found = of(ids, 1);
        assert_eq!(found.articles, 4);
        assert_eq!(found.ids, ["b", "a", &long[..KEPT]]);
    }
}
