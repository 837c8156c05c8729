//! The scan: from every token that may begin a name, one step a word through the trie.

use newsmill_core::layers::{MatchKind, TokenFlags, TokenIx, TokenKind, Tokens};
use newsmill_core::lexicon::NameId;

use crate::agree::agree;
use crate::atoms::{Atoms, atom_hash, extend_hash, is_pure};
use crate::names::{Names, TAIL, flags_of};

/// A name found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// First token.
    pub first_token: u32,
    /// One past the last token.
    pub end_token: u32,
    /// The form.
    pub name: NameId,
    /// Whether the text agrees letter for letter.
    pub exact: bool,
}

impl Hit {
    /// How the text agrees with the form.
    pub fn kind(self) -> MatchKind {
        if self.exact { MatchKind::Exact } else { MatchKind::Folded }
    }
}

/// Most tokens without a letter or digit between two words of a name.
const MAX_MARKS: u32 = 4;
/// Most tokens of marks that a form may end with.
const MAX_TAIL: u32 = 3;

/// Kinds of tokens that no name begins with.
const MARKS: u32 = (1 << TokenKind::Punctuation as u32)
    | (1 << TokenKind::Symbol as u32)
    | (1 << TokenKind::OpenQuote as u32)
    | (1 << TokenKind::CloseQuote as u32)
    | (1 << TokenKind::Quote as u32)
    | (1 << TokenKind::Apostrophe as u32)
    | (1 << TokenKind::Hyphen as u32)
    | (1 << TokenKind::Dash as u32)
    | (1 << TokenKind::Stop as u32);

fn is_mark(flags: TokenFlags) -> bool {
    MARKS & (1 << flags.kind() as u32) != 0
}

/// A text with its tokens, read by a name list.
#[derive(Clone, Copy)]
pub struct Scan<'a> {
    /// The list.
    pub names: &'a Names,
    /// The text that the tokens' offsets point into.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a Tokens,
}

impl<'a> Scan<'a> {
    /// Appends the longest name at the leftmost place, then the next after its end, and so on.
    pub fn longest(self, hits: &mut Vec<Hit>) {
        let count = self.tokens.flags.len() as u32;
        let mut first = 0;
        while first < count {
            let mut longest = None;
            if self.may_begin(first) {
                self.from(first, |hit| longest = Some(hit));
            }
            match longest {
                Some(hit) => {
                    first = hit.end_token;
                    hits.push(hit);
                }
                None => first += 1,
            }
        }
    }

    /// Appends every name at every place, start ascending, then end descending.
    pub fn all(self, hits: &mut Vec<Hit>) {
        for first in 0..self.tokens.flags.len() as u32 {
            if self.may_begin(first) {
                let before = hits.len();
                self.from(first, |hit| hits.push(hit));
                hits[before..].reverse();
            }
        }
    }

    fn token(self, token: u32) -> &'a str {
        self.text.get(self.tokens.span(TokenIx(token)).range()).unwrap_or("")
    }

    /// Whether some name may begin with this token: a filter that is cheap and never wrong about a no.
    #[inline]
    fn may_begin(self, token: u32) -> bool {
        let flags = self.tokens.flags[token as usize];
        if is_mark(flags) {
            return false;
        }
        let trie = &self.names.trie;
        let small = flags.has(TokenFlags::HAS_LOWER)
            && !flags.has(TokenFlags::CAPITAL)
            && !flags.has(TokenFlags::HAS_DIGIT);
        let filter = if small { &trie.small } else { &trie.any };
        if filter.words.is_empty() {
            return false;
        }
        if filter.may_have(self.tokens.hash[token as usize]) {
            return true;
        }
        let text = self.token(token);
        !is_pure(text) && Atoms::new(text).next().is_some_and(|a| filter.may_have(atom_hash(text, a)))
    }

    /// Reports every name that begins with this token, shortest first.
    fn from(self, first: u32, mut report: impl FnMut(Hit)) {
        let mut walk = Walk { hash: self.names.trie.start, marks: 0, strict_dots: false };
        for token in first..self.tokens.flags.len() as u32 {
            let flags = self.tokens.flags[token as usize];
            if token > first && flags.has(TokenFlags::PARAGRAPH_START) {
                return;
            }
            let Some(node) = (match self.step(&mut walk, token, flags) {
                Step::Mark if token > first => continue,
                Step::Mark | Step::Dead => None,
                Step::At(node) => Some(node),
            }) else {
                return;
            };
            if let Some(group) = node.first_name()
                && let Some(hit) = self.verify(first, token + 1, group, walk.strict_dots)
            {
                report(hit);
            }
            if !node.has_more() {
                return;
            }
        }
    }

    #[inline]
    fn step(self, walk: &mut Walk, token: u32, flags: TokenFlags) -> Step {
        let text = self.token(token);
        if is_mark(flags) {
            walk.strict_dots |= flags.kind() == TokenKind::Stop;
            walk.marks += 1;
            return if walk.marks > MAX_MARKS { Step::Dead } else { Step::Mark };
        }
        if is_pure(text) {
            walk.marks = 0;
            walk.hash = extend_hash(walk.hash, self.tokens.hash[token as usize]);
            return self.names.trie.get(walk.hash).map_or(Step::Dead, Step::At);
        }
        self.step_through(walk, text)
    }

    /// A token of several atoms, or of none.
    #[cold]
    fn step_through(self, walk: &mut Walk, text: &str) -> Step {
        let mut node = None;
        for atom in Atoms::new(text) {
            walk.hash = extend_hash(walk.hash, atom_hash(text, atom));
            node = self.names.trie.get(walk.hash);
            if node.is_none() {
                return Step::Dead;
            }
        }
        if node.is_some() {
            walk.marks = 0;
        } else {
            walk.marks += 1;
        }
        match node {
            Some(node) => Step::At(node),
            None if walk.marks > MAX_MARKS => Step::Dead,
            None => Step::Mark,
        }
    }

    /// The best of the names with the same atoms that the tokens are.
    fn verify(self, first: u32, end: u32, group: u32, strict_dots: bool) -> Option<Hit> {
        let text = self.text.get(self.tokens.cover(first..end).range()).unwrap_or("");
        let mut best: Option<Hit> = None;
        for name in self.names.group(group) {
            let policy = self.names.policy[name as usize];
            let form = self.names.forms.get(name as usize);
            let found = if policy & TAIL == 0 {
                agree(text, form, flags_of(policy), strict_dots).map(|kind| (kind, end))
            } else {
                self.with_tail(first, end, |text| agree(text, form, flags_of(policy), strict_dots))
            };
            let Some((kind, end_token)) = found else { continue };
            let exact = kind == MatchKind::Exact;
            let hit = Hit { first_token: first, end_token, name: NameId(name), exact };
            if best.is_none_or(|b| (hit.end_token, hit.exact) > (b.end_token, b.exact)) {
                best = Some(hit);
            }
        }
        best
    }

    /// Tries the tokens up to `end` and a few marks that follow without white space.
    fn with_tail(
        self,
        first: u32,
        end: u32,
        agrees: impl Fn(&str) -> Option<MatchKind>,
    ) -> Option<(MatchKind, u32)> {
        for more in 0..=MAX_TAIL {
            let end = end + more;
            if more > 0 {
                let flags = *self.tokens.flags.get(end as usize - 1)?;
                if !flags.has(TokenFlags::JOINED_LEFT) || Atoms::new(self.token(end - 1)).next().is_some() {
                    return None;
                }
            }
            let text = self.text.get(self.tokens.cover(first..end).range())?;
            if let Some(kind) = agrees(text) {
                return Some((kind, end));
            }
        }
        None
    }
}

struct Walk {
    /// Of the atoms so far.
    hash: u64,
    /// Tokens without an atom since the last one.
    marks: u32,
    /// A full stop lies between two of the atoms.
    strict_dots: bool,
}

enum Step {
    /// The token has no atom.
    Mark,
    /// No name goes on like this.
    Dead,
    At(crate::trie::Node),
}
