//! A shard's piece of the input: from one place in the list of files to another.
//!
//! Files are laid end to end in their order and cut into stretches of the same number of bytes. A cut inside a file takes
//! effect between two records: a record belongs to the shard in whose stretch it begins. So no record is in two shards
//! or in none, and the shards one after the other are the whole input. To know which record that is, and its number, a
//! shard reads its first file from the beginning and leaves out what isn't its own: finding records is many times as
//! fast as processing them, and exact for every format, quoted newlines included. A file whose positions aren't those of
//! its bytes (compressed, or recoded) isn't cut: it goes whole to the shard that has the larger part of it.

use newsmill_core::input::Position;

/// A place between records: every record that begins before it is on its one side, all others on the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cut {
    pub file: u32,
    pub offset: u64,
}

impl Cut {
    pub(crate) fn of(position: &Position) -> Self {
        Cut { file: position.file, offset: position.offset }
    }
}

/// What lies between two cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub from: Cut,
    pub to: Cut,
}

/// Which of how many shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shard {
    /// From 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

impl Piece {
    /// Of files with these lengths; `may_cut` tells whether a file can be cut, and is asked only about files that a cut
    /// would fall into.
    pub(crate) fn new(shard: Shard, lengths: &[u64], may_cut: impl Fn(usize) -> bool) -> Self {
        let total: u64 = lengths.iter().sum();
        let end = Cut { file: lengths.len() as u32, offset: 0 };
        let cut = |number: u32| match number {
            0 => Cut::default(),
            n if n >= shard.of => end,
            n => {
                let at = (u128::from(total) * u128::from(n) / u128::from(shard.of)) as u64;
                cut_at(at, lengths, &may_cut).unwrap_or(end)
            }
        };
        Piece { from: cut(shard.number.saturating_sub(1)), to: cut(shard.number) }
    }

    /// All of so many files.
    pub(crate) fn whole(files: usize) -> Self {
        Piece { from: Cut::default(), to: Cut { file: files as u32, offset: 0 } }
    }

    /// Whether a record that begins here is one of the piece's.
    pub(crate) fn holds(&self, position: &Position) -> bool {
        (self.from..self.to).contains(&Cut::of(position))
    }

    /// Whether nothing of the piece begins here or later.
    pub(crate) fn is_over(&self, position: &Position) -> bool {
        Cut::of(position) >= self.to
    }

    /// How much of a file of this length lies in the piece: from, to.
    pub(crate) fn part_of(&self, file: u32, length: u64) -> (u64, u64) {
        if file < self.from.file || file > self.to.file {
            return (0, 0);
        }
        let from = if file == self.from.file { self.from.offset } else { 0 };
        let to = if file == self.to.file { self.to.offset } else { length };
        (from.min(to), to)
    }
}

/// Where the cut is that would best be `at` bytes into the input.
fn cut_at(at: u64, lengths: &[u64], may_cut: &impl Fn(usize) -> bool) -> Option<Cut> {
    let mut start = 0;
    for (file, &length) in lengths.iter().enumerate() {
        if at < start + length {
            let offset = at - start;
            let cut = |file: usize, offset| Some(Cut { file: file as u32, offset });
            return match () {
                () if offset == 0 || may_cut(file) => cut(file, offset),
                () if 2 * offset < length => cut(file, 0),
                () => cut(file + 1, 0),
            };
        }
        start += length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(of: u32, lengths: &[u64], may_cut: &[bool]) -> Vec<Piece> {
        (1..=of).map(|number| Piece::new(Shard { number, of }, lengths, |file| may_cut[file])).collect()
    }

    #[test]
    fn every_place_lies_in_exactly_one_piece() {
        for (lengths, may_cut) in [
            (vec![100, 0, 50, 1000, 3], vec![true; 5]),
            (vec![100, 0, 50, 1000, 3], vec![false; 5]),
            (vec![0, 7, 0, 30], vec![true, false, true, true]),
            (vec![], vec![]),
            (vec![0, 0], vec![true, true]),
        ] {
            for of in [1, 2, 3, 7, 100] {
                let pieces = pieces(of, &lengths, &may_cut);
                for (file, &length) in lengths.iter().enumerate() {
                    for offset in 0..=length {
                        let position = Position { file: file as u32, offset, ..Position::default() };
                        let holding = pieces.iter().filter(|p| p.holds(&position)).count();
                        assert_eq!(holding, 1, "{file}:{offset} in {pieces:?}");
                    }
                }
                assert!(pieces.windows(2).all(|pair| pair[0].to == pair[1].from));
            }
        }
    }

    #[test]
    fn a_file_that_cannot_be_cut_goes_to_one_piece() {
        let cut = |may_cut| pieces(2, &[10, 80, 30], &[true, may_cut, true])[0].to;
        assert_eq!(cut(true), Cut { file: 1, offset: 50 });
        assert_eq!(cut(false), Cut { file: 2, offset: 0 });
        assert_eq!(pieces(2, &[10, 80, 90], &[false; 3])[0].to, Cut { file: 2, offset: 0 });
    }

    #[test]
    fn parts_of_files_add_up() {
        let lengths = [100, 50, 1000];
        for piece in pieces(5, &lengths, &[true; 3]) {
            let parts = lengths.iter().enumerate().map(|(file, &n)| piece.part_of(file as u32, n));
            assert_eq!(parts.map(|(from, to)| to - from).sum::<u64>(), 230);
        }
    }
}
