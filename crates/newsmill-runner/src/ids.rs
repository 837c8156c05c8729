//! How many articles have an id that an earlier one has, of hashes on disk, in bounded memory.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Hashes that are looked at together; 8 bytes each.
const AT_ONCE: u64 = 4 << 20;

/// Reads 64-bit hashes, little endian, and counts those that occurred before. If they are more than fit in memory, it
/// goes through the file several times, each time looking at a part of the range of hashes.
pub(crate) fn duplicates(file: &mut File) -> io::Result<u64> {
    let count = file.seek(SeekFrom::End(0))? / 8;
    duplicates_in_parts(file, count.div_ceil(AT_ONCE))
}

fn duplicates_in_parts(file: &mut File, parts: u64) -> io::Result<u64> {
    let mut duplicates = 0;
    let mut hashes: Vec<u64> = Vec::new();
    for part in 0..parts {
        hashes.clear();
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 18, &mut *file);
        let mut bytes = [0; 8];
        loop {
            match reader.read_exact(&mut bytes) {
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => break,
                result => result?,
            }
            let hash = u64::from_le_bytes(bytes);
            if hash % parts == part {
                hashes.push(hash);
            }
        }
        let all = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        duplicates += (all - hashes.len()) as u64;
    }
    Ok(duplicates)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn duplicates_are_counted_in_any_number_of_parts() {
        let mut file = tempfile::tempfile().unwrap();
        for i in 0..1000u64 {
            file.write_all(&(i * i % 601).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes()).unwrap();
        }
        let distinct = (0..1000u64).map(|i| i * i % 601).collect::<std::collections::BTreeSet<_>>().len();
        for parts in [1, 2, 7] {
            assert_eq!(duplicates_in_parts(&mut file, parts).unwrap(), 1000 - distinct as u64, "{parts}");
        }
        assert_eq!(duplicates(&mut tempfile::tempfile().unwrap()).unwrap(), 0);
    }
}
