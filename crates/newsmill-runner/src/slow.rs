//! Articles that took long. They are told to people and to `run.json`, never to tables: how long something takes is no
//! property of the article.

use std::time::Duration;

use newsmill_core::input::Frame;
use serde::Serialize;

/// How many are named.
const NAMED: usize = 10;

/// An article that took longer than `limits.slow_ms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlowArticle {
    /// Its file.
    pub file: String,
    /// Its line, 0 if the format has none.
    pub line: u64,
    /// Its id.
    pub id: String,
    /// How long it took, decoding and encoding too; milliseconds.
    pub ms: u64,
    /// Where most of that went: in a stage, decoding or encoding.
    pub most: String,
}

/// All of them in this session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SlowArticles {
    /// How many.
    pub count: u64,
    /// The slowest, slowest first.
    pub slowest: Vec<SlowArticle>,
}

impl SlowArticle {
    pub(crate) fn new(frame: &Frame<'_>, id: &str, took: Duration, most: &str) -> Self {
        SlowArticle {
            file: frame.file_name.to_owned(),
            line: frame.position.line,
            id: id.to_owned(),
            ms: took.as_millis() as u64,
            most: most.to_owned(),
        }
    }
}

impl std::fmt::Display for SlowArticle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let SlowArticle { file, line, id, ms, most } = self;
        let line = if *line > 0 { format!(":{line}") } else { String::new() };
        write!(f, "{file}{line} (article {id:?}) took {ms} ms, most of it {most}")
    }
}

impl SlowArticles {
    /// Adds those of a batch, and logs the first ones.
    pub(crate) fn add(&mut self, batch: &[SlowArticle]) {
        for slow in batch {
            match self.count {
                n if n < NAMED as u64 => tracing::warn!("{slow}"),
                n if n == NAMED as u64 => tracing::warn!("{slow}; more are counted and not named here"),
                _ => {}
            }
            self.count += 1;
            let at = self.slowest.partition_point(|other| other.ms >= slow.ms);
            self.slowest.insert(at, slow.clone());
            self.slowest.truncate(NAMED);
        }
    }
}

#[cfg(test)]
mod tests {
    use newsmill_core::input::Position;

    use super::*;

    #[test]
    fn the_slowest_are_kept() {
        let position = Position { line: 3, ..Position::default() };
        let frame = Frame::new(b"", &position, "a.jsonl");
        let slow = |ms: u64| SlowArticle::new(&frame, "x", Duration::from_millis(ms), "in quotes");
        let mut all = SlowArticles::default();
        all.add(&(0..50).map(|i| slow(100 + i * 7 % 50)).collect::<Vec<_>>());
        assert_eq!((all.count, all.slowest.len()), (50, NAMED));
        assert_eq!(
            all.slowest.iter().map(|s| s.ms).collect::<Vec<_>>(),
            (140..150).rev().collect::<Vec<_>>()
        );
        assert_eq!(slow(7).to_string(), "a.jsonl:3 (article \"x\") took 7 ms, most of it in quotes");
    }
}
