//! Which articles a run has seen, so that only what is new or changed is added to it.
//!
//! A record of this is pairs of hashes, of an article's id and of its text, 16 bytes each, in a file of a complete run (see
//! [`Directory::seen_path`]). That of a first run is in the order of its input; that of a part which was added to it is
//! sorted and holds all of the run so far: of ids that the part met (and added, or found unchanged) its own texts alone,
//! of all others those of before. So an article counts as unchanged if it is as it was when it was last met, and an
//! article that changes back is a change. Ids that several articles have keep all their texts.
//!
//! [`Directory::seen_path`]: crate::directory::Directory::seen_path

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use newsmill_core::document::Article;
use newsmill_core::hash::xxh64;

/// Hashes of an id and of a text.
pub(crate) type Pair = (u64, u64);

/// All pairs, sorted; 16 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pairs: Vec<Pair>,
}

/// What is known of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Its id is new.
    New,
    /// Its id is known with another text.
    Changed,
    /// It is as it was.
    Unchanged,
}

/// The pair of an article.
pub(crate) fn pair_of(article: &Article) -> Pair {
    (xxh64(article.id.as_bytes(), 0), (article.hash >> 64) as u64)
}

impl Seen {
    /// Reads a record.
    pub(crate) fn load(path: &Path) -> io::Result<Self> {
        let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
        let mut pairs = Vec::with_capacity((file.get_ref().metadata()?.len() / 16) as usize);
        let mut bytes = [0; 16];
        loop {
            match file.read_exact(&mut bytes) {
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => break,
                result => result?,
            }
            pairs.push(pair(bytes));
        }
        pairs.sort_unstable();
        pairs.dedup();
        Ok(Seen { pairs })
    }

    pub(crate) fn knows(&self, pair: Pair) -> Known {
        let at = self.pairs.partition_point(|p| *p < pair);
        let same_id = |p: Option<&Pair>| p.is_some_and(|p| p.0 == pair.0);
        match self.pairs.get(at) {
            Some(p) if *p == pair => Known::Unchanged,
            p if same_id(p) || same_id(at.checked_sub(1).and_then(|i| self.pairs.get(i))) => Known::Changed,
            _ => Known::New,
        }
    }

    /// Writes what is known after a part that met these pairs.
    pub(crate) fn write_after(&self, mut met: Vec<Pair>, path: &Path) -> io::Result<()> {
        met.sort_unstable();
        met.dedup();
        write(path, |out| {
            let mut before = self.pairs.as_slice();
            for group in met.chunk_by(|a, b| a.0 == b.0) {
                let id = group[0].0;
                let (lower, rest) = before.split_at(before.partition_point(|p| p.0 < id));
                put_all(lower, out)?;
                put_all(group, out)?;
                before = &rest[rest.partition_point(|p| p.0 == id)..];
            }
            put_all(before, out)
        })
    }
}

/// Writes a record, whole and synced.
pub(crate) fn write(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
    content(&mut out)?;
    out.flush()?;
    out.get_ref().sync_all()
}

pub(crate) fn put((id, text): Pair, out: &mut impl Write) -> io::Result<()> {
    out.write_all(&id.to_le_bytes())?;
    out.write_all(&text.to_le_bytes())
}

fn put_all(pairs: &[Pair], out: &mut impl Write) -> io::Result<()> {
    pairs.iter().try_for_each(|pair| put(*pair, out))
}

fn pair(bytes: [u8; 16]) -> Pair {
    let (words, _) = bytes.as_chunks::<8>();
    (u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(pairs: &[Pair]) -> Seen {
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        Seen { pairs }
    }

    #[test]
    fn an_article_is_new_changed_or_as_it_was() {
        let seen = seen(&[(5, 1), (5, 9), (7, 3)]);
        for (pair, known) in [
            ((5, 1), Known::Unchanged),
            ((5, 9), Known::Unchanged),
            ((5, 0), Known::Changed),
            ((5, 4), Known::Changed),
            ((5, 10), Known::Changed),
            ((7, 2), Known::Changed),
            ((4, 1), Known::New),
            ((6, 1), Known::New),
            ((8, 3), Known::New),
        ] {
            assert_eq!(seen.knows(pair), known, "{pair:?}");
        }
        assert_eq!(Seen::default().knows((1, 1)), Known::New);
    }

    #[test]
    fn what_was_met_last_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("seen");
        let before = seen(&[(1, 1), (2, 1), (2, 2), (3, 1)]);
        before.write_after(vec![(9, 9), (2, 3), (2, 1), (2, 3), (0, 5)], &path).unwrap();
        let after = Seen::load(&path).unwrap();
        assert_eq!(after.pairs, [(0, 5), (1, 1), (2, 1), (2, 3), (3, 1), (9, 9)]);
        assert_eq!(after.knows((2, 2)), Known::Changed, "it changed back");
    }
}
