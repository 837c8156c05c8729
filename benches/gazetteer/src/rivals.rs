//! `aho-corasick` as others use it.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::{Row, clock, texts};

/// The engine that the others are compared with.
pub const BASE: &str = "aho-corasick contiguous NFA, leftmost-longest + filter (lossy)";

/// All rivals on these names.
pub fn all(names: &[String], articles: &[String], bytes: usize, passes: usize) -> Vec<Row> {
    let mut rows = vec![
        row(
            BASE,
            AhoCorasickKind::ContiguousNFA,
            MatchKind::LeftmostLongest,
            names,
            articles,
            bytes,
            passes,
            lossy,
        ),
        row(
            "aho-corasick contiguous NFA, all overlapping + longest",
            AhoCorasickKind::ContiguousNFA,
            MatchKind::Standard,
            names,
            articles,
            bytes,
            passes,
            exact,
        ),
    ];
    if names.len() <= 10_000 {
        let engine = "aho-corasick DFA, leftmost-longest + filter (lossy)";
        rows.push(row(
            engine,
            AhoCorasickKind::DFA,
            MatchKind::LeftmostLongest,
            names,
            articles,
            bytes,
            passes,
            lossy,
        ));
    }
    rows
}

#[expect(clippy::too_many_arguments, reason = "a table of engines reads best as one call a line")]
fn row(
    engine: &'static str,
    kind: AhoCorasickKind,
    semantics: MatchKind,
    names: &[String],
    articles: &[String],
    bytes: usize,
    passes: usize,
    find: fn(&AhoCorasick, &str) -> usize,
) -> Row {
    let mut automaton = None;
    let build_s = clock::time(|| {
        let built =
            AhoCorasick::builder().kind(Some(kind)).match_kind(semantics).prefilter(false).build(names);
        automaton = Some(built.expect("an automaton"));
    });
    let automaton = automaton.expect("an automaton");
    let mut matches = vec![0; articles.len()];
    let seconds = clock::best(
        passes,
        articles.len(),
        |i| texts::touch(&articles[i], None),
        |i| matches[i] = find(&automaton, &articles[i]),
    );
    Row {
        names: names.len(),
        engine,
        build_s,
        mb_per_s: bytes as f64 / 1e6 / seconds,
        matches: matches.iter().sum(),
        memory_mb: automaton.memory_usage() as f64 / 1e6,
    }
}

/// Whether no letter or digit touches either end.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !is_word(text[..start].chars().next_back()) && !is_word(text[end..].chars().next())
}

fn lossy(automaton: &AhoCorasick, text: &str) -> usize {
    automaton.find_iter(text).filter(|m| is_whole(text, m.start(), m.end())).count()
}

fn exact(automaton: &AhoCorasick, text: &str) -> usize {
    let mut whole: Vec<(usize, std::cmp::Reverse<usize>)> = automaton
        .find_overlapping_iter(text)
        .filter(|m| is_whole(text, m.start(), m.end()))
        .map(|m| (m.start(), std::cmp::Reverse(m.end())))
        .collect();
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
