//! Engines of others, as they are used for this.

use std::cmp::Reverse;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder};
use fst::Map;

use crate::{Row, clock, texts};

/// The engine that the others are compared with.
pub const BASE: &str = "aho-corasick contiguous NFA, leftmost-longest + filter (lossy)";

/// What engines are measured on.
pub struct On<'a> {
    pub names: &'a [String],
    pub articles: &'a [String],
    /// Of the articles.
    pub bytes: usize,
    pub passes: usize,
}

/// All rivals on these names.
pub fn all(on: &On<'_>) -> Vec<Row> {
    use AhoCorasickKind::{ContiguousNFA, DFA};
    let lossy = |engine, kind| {
        on.row(
            engine,
            || aho(on.names, kind, MatchKind::LeftmostLongest),
            AhoCorasick::memory_usage,
            aho_lossy,
        )
    };
    let mut rows = vec![
        lossy(BASE, ContiguousNFA),
        on.row(
            "aho-corasick contiguous NFA, all overlapping + longest",
            || aho(on.names, ContiguousNFA, MatchKind::Standard),
            AhoCorasick::memory_usage,
            aho_exact,
        ),
        on.row(
            "daachorse bytewise, leftmost-longest + filter (lossy)",
            || daachorse(on.names, daachorse::MatchKind::LeftmostLongest),
            DoubleArrayAhoCorasick::heap_bytes,
            daachorse_lossy,
        ),
        on.row(
            "daachorse bytewise, all overlapping + longest",
            || daachorse(on.names, daachorse::MatchKind::Standard),
            DoubleArrayAhoCorasick::heap_bytes,
            daachorse_exact,
        ),
        on.row(
            "fst, a walk from each start of a word",
            || fst(on.names),
            |map| map.as_fst().size(),
            fst_exact,
        ),
    ];
    if on.names.len() <= 10_000 {
        rows.push(lossy("aho-corasick DFA, leftmost-longest + filter (lossy)", DFA));
    }
    rows
}

impl On<'_> {
    fn row<E>(
        &self,
        engine: &'static str,
        build: impl Fn() -> E,
        memory: impl Fn(&E) -> usize,
        find: impl Fn(&E, &str) -> usize,
    ) -> Row {
        let mut built = None;
        let build_s = clock::time(|| built = Some(build()));
        let built = built.expect("an engine");
        let mut matches = vec![0; self.articles.len()];
        let seconds = clock::best(
            self.passes,
            self.articles.len(),
            |i| texts::touch(&self.articles[i], None),
            |i| matches[i] = find(&built, &self.articles[i]),
        );
        Row {
            names: self.names.len(),
            engine,
            build_s,
            mb_per_s: self.bytes as f64 / 1e6 / seconds,
            matches: matches.iter().sum(),
            memory_mb: memory(&built) as f64 / 1e6,
        }
    }
}

/// Whether no letter or digit touches either end.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    !is_word(text[..start].chars().next_back()) && !is_word(text[end..].chars().next())
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

/// How many of the whole words among these matches are left if the longest is taken at the leftmost place, and so on.
fn longest(text: &str, all: impl Iterator<Item = (usize, usize)>) -> usize {
    let whole = all.filter(|&(start, end)| is_whole(text, start, end));
    let mut whole: Vec<(usize, Reverse<usize>)> = whole.map(|(start, end)| (start, Reverse(end))).collect();
    whole.sort_unstable();
    let (mut at, mut count) = (0, 0);
    for (start, end) in whole {
        if start >= at {
            at = end.0;
            count += 1;
        }
    }
    count
}

fn aho(names: &[String], kind: AhoCorasickKind, semantics: MatchKind) -> AhoCorasick {
    AhoCorasick::builder()
        .kind(Some(kind))
        .match_kind(semantics)
        .prefilter(false)
        .build(names)
        .expect("an automaton")
}

fn aho_lossy(automaton: &AhoCorasick, text: &str) -> usize {
    automaton.find_iter(text).filter(|m| is_whole(text, m.start(), m.end())).count()
}

fn aho_exact(automaton: &AhoCorasick, text: &str) -> usize {
    longest(text, automaton.find_overlapping_iter(text).map(|m| (m.start(), m.end())))
}

fn daachorse(names: &[String], semantics: daachorse::MatchKind) -> DoubleArrayAhoCorasick<u32> {
    DoubleArrayAhoCorasickBuilder::new().match_kind(semantics).build(names).expect("an automaton")
}

fn daachorse_lossy(automaton: &DoubleArrayAhoCorasick<u32>, text: &str) -> usize {
    automaton.leftmost_find_iter(text).filter(|m| is_whole(text, m.start(), m.end())).count()
}

fn daachorse_exact(automaton: &DoubleArrayAhoCorasick<u32>, text: &str) -> usize {
    longest(text, automaton.find_overlapping_iter(text).map(|m| (m.start(), m.end())))
}

fn fst(names: &[String]) -> Map<Vec<u8>> {
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    Map::from_iter(sorted.into_iter().zip(0..)).expect("sorted names, each once")
}

fn fst_exact(map: &Map<Vec<u8>>, text: &str) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < text.len() {
        let end = if is_word(text[..at].chars().next_back()) { None } else { longest_from(map, text, at) };
        count += usize::from(end.is_some());
        at = end.unwrap_or_else(|| at + text[at..].chars().next().map_or(1, char::len_utf8));
    }
    count
}

/// Where the longest name that begins here and is whole ends.
fn longest_from(map: &Map<Vec<u8>>, text: &str, start: usize) -> Option<usize> {
    let fst = map.as_fst();
    let (mut node, mut found) = (fst.root(), None);
    for (i, &byte) in text.as_bytes().iter().enumerate().skip(start) {
        let Some(next) = node.find_input(byte) else { break };
        node = fst.node(node.transition_addr(next));
        if node.is_final() && is_whole(text, start, i + 1) {
            found = Some(i + 1);
        }
    }
    found
}
