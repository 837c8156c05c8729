//! The reference: another engine, another order of steps, the same answers.
//!
//! `aho-corasick` finds all overlapping occurrences of all names in a normalised text; only then word boundaries are
//! checked, then each form's policy, and only then the longest is chosen. (Leftmost-longest first and a filter after
//! loses names: "New York Timeline" hides "New York" in "New York Timer".) It shares with the engine under test the
//! cutting into atoms and the comparison of one text with one form, and has no hash, filter, trie or walk.

use aho_corasick::AhoCorasick;
use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{MatchKind, TokenFlags, TokenIx, TokenKind, Tokens};
use newsmill_core::lexicon::{Lexicon, NameId};
use newsmill_gazetteer::Names;
use newsmill_gazetteer::agree::{agree, has_tail};
use newsmill_gazetteer::atoms::{Atoms, fold_atom, is_pure};
use newsmill_gazetteer::begins;
use newsmill_gazetteer::scan::Hit;

const BORDER: char = '\u{1}';

pub struct Reference<'a> {
    names: &'a Names,
    automaton: AhoCorasick,
}

/// Where an atom of the text lies in the normalised text and in the tokens.
struct Place {
    start: usize,
    end: usize,
    token: u32,
    first: bool,
    last: bool,
}

impl<'a> Reference<'a> {
    pub fn new(names: &'a Names) -> Self {
        let patterns = (0..names.name_count() as u32).map(|n| {
            let form = names.name(NameId(n));
            let mut pattern = String::from(BORDER);
            for atom in Atoms::new(form) {
                fold_atom(form, atom, &mut pattern);
                pattern.push(BORDER);
            }
            pattern
        });
        Reference { names, automaton: AhoCorasick::new(patterns).expect("an automaton") }
    }

    /// One hit for each run of tokens that is a name: start ascending, then end descending.
    pub fn all(&self, text: &str, tokens: &Tokens) -> Vec<Hit> {
        let (normal, places) = normalise(text, tokens);
        let mut found: Vec<(u32, u32, Hit)> = Vec::new();
        for m in self.automaton.find_overlapping_iter(&normal) {
            let first = places.partition_point(|p| p.start <= m.start());
            let last = places.partition_point(|p| p.end < m.end() - 1);
            let run = &places[first..=last];
            let name = NameId(m.pattern().as_u32());
            if let Some(hit) = self.check(text, tokens, run, name) {
                found.push((hit.first_token, run[run.len() - 1].token + 1, hit));
            }
        }
        // The best name of each run: the longest, then the exact one, then the first.
        found.sort_by_key(|&(first, end, hit)| {
            (first, std::cmp::Reverse(end), std::cmp::Reverse((hit.end_token, hit.exact)), hit.name)
        });
        found.dedup_by_key(|&mut (first, end, _)| (first, end));
        found.into_iter().map(|(.., hit)| hit).collect()
    }

    fn check(&self, text: &str, tokens: &Tokens, run: &[Place], name: NameId) -> Option<Hit> {
        let (first, last) = (&run[0], &run[run.len() - 1]);
        let (from, end) = (first.token, last.token + 1);
        let flags = |token: u32| tokens.flags[token as usize];
        let is_stop = |token| flags(token).kind() == TokenKind::Stop;
        let far = run.windows(2).any(|w| w[1].token > w[0].token + 5);
        if !first.first
            || flags(from).has(TokenFlags::CLITIC)
            || !last.last
            || far
            || (from + 1..end).any(|t| flags(t).has(TokenFlags::PARAGRAPH_START))
        {
            return None;
        }
        let token = &text[tokens.span(TokenIx(from)).range()];
        if !is_pure(token) && !is_listed(form_tokens(self.names, name), token) {
            return None;
        }
        let strict_dots = (from..end).any(is_stop);
        let form = self.names.name(name);
        let slice = |end: u32| &text[tokens.cover(from..end).range()];
        let ends = (0..4).map(|more| end + more).take_while(|&e| {
            let joined = || e as usize <= tokens.flags.len() && is_joined_mark(tokens, e - 1, text);
            e == end || joined()
        });
        let kind =
            |end: u32| agree(slice(end), form, self.names.policy(name), strict_dots).map(|kind| (kind, end));
        let (kind, end_token) = if has_tail(form) { ends.filter_map(kind).next()? } else { kind(end)? };
        Some(Hit { first_token: from, end_token, name, exact: kind == MatchKind::Exact })
    }
}

/// Leftmost, then longest, then on from its end.
pub fn longest(all: &[Hit]) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for &hit in all {
        if hits.last().is_none_or(|last| last.end_token <= hit.first_token) {
            hits.push(hit);
        }
    }
    hits
}

fn form_tokens(names: &Names, name: NameId) -> Vec<u32> {
    let mut hashes = Vec::new();
    begins::tokens(names.name(name), names.policy(name), |hash| hashes.push(hash));
    hashes
}

fn is_listed(hashes: Vec<u32>, token: &str) -> bool {
    hashes.contains(&fold_hash(token))
}

fn is_joined_mark(tokens: &Tokens, token: u32, text: &str) -> bool {
    let joined = tokens.flags[token as usize].has(TokenFlags::JOINED_LEFT);
    joined && Atoms::new(&text[tokens.span(TokenIx(token)).range()]).next().is_none()
}

fn normalise(text: &str, tokens: &Tokens) -> (String, Vec<Place>) {
    let mut normal = String::from(BORDER);
    let mut places: Vec<Place> = Vec::new();
    for token in 0..tokens.start.len() as u32 {
        let slice = &text[tokens.span(TokenIx(token)).range()];
        let mut first = true;
        for atom in Atoms::new(slice) {
            let start = normal.len();
            fold_atom(slice, atom, &mut normal);
            places.push(Place { start, end: normal.len(), token, first, last: false });
            normal.push(BORDER);
            first = false;
        }
        if let Some(place) = places.last_mut() {
            place.last = true;
        }
    }
    (normal, places)
}
