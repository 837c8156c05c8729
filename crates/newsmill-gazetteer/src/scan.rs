//! The scan: from every token that may begin a name, one step a word through the trie.

use newsmill_core::layers::{MatchKind, TokenFlags, TokenKind, Tokens};
use newsmill_core::lexicon::NameId;

use crate::agree::agree;
use crate::atoms::{Atoms, atom_hash, extend_hash, is_pure, is_pure_ascii};
use crate::names::{EXACT, Names, TAIL, flags_of, group};
use crate::store::bytes_of;
use crate::trie::{Node, TrieView};

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

/// Tokens that are filtered at a time.
const BLOCK: usize = 64;
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

#[inline]
fn is_mark(flags: TokenFlags) -> bool {
    MARKS >> (flags.0 & 15) & 1 != 0
}

/// Whether a token begins with a small letter, by its flags.
#[inline]
fn begins_small(flags: TokenFlags) -> bool {
    const MASK: u32 = TokenFlags::HAS_LOWER.0 | TokenFlags::CAPITAL.0 | TokenFlags::HAS_DIGIT.0;
    flags.0 & MASK == TokenFlags::HAS_LOWER.0
}

/// A text with its tokens, read by a name list.
#[derive(Clone, Copy)]
pub struct Scan<'a> {
    names: &'a Names,
    trie: TrieView<'a>,
    policy: &'a [u8],
    forms: &'a [u8],
    form_starts: &'a [u32],
    text: &'a str,
    start: &'a [u32],
    end: &'a [u32],
    flags: &'a [TokenFlags],
    hash: &'a [u32],
}

impl<'a> Scan<'a> {
    /// A scan of `text`, which the tokens' offsets point into. Tokens of uneven columns are cut to the shortest.
    pub fn new(names: &'a Names, text: &'a str, tokens: &'a Tokens) -> Self {
        let count = tokens.start.len().min(tokens.end.len()).min(tokens.flags.len()).min(tokens.hash.len());
        Scan {
            names,
            trie: names.trie.view(),
            policy: names.policy.as_slice(),
            forms: names.forms.text.as_bytes(),
            form_starts: &names.forms.starts,
            text,
            start: &tokens.start[..count],
            end: &tokens.end[..count],
            flags: &tokens.flags[..count],
            hash: &tokens.hash[..count],
        }
    }

    /// The list.
    pub fn names(&self) -> &'a Names {
        self.names
    }

    /// Appends the longest name at the leftmost place, then the next after its end, and so on.
    pub fn longest(&self, hits: &mut Vec<Hit>) {
        let mut free = 0;
        self.each_begin(|begin, ahead| {
            if begin >= free {
                let mut longest = None;
                self.from(begin, ahead, |hit| longest = Some(hit));
                if let Some(hit) = longest {
                    free = hit.end_token;
                    hits.push(hit);
                }
            }
        });
    }

    /// Appends every name at every place, start ascending, then end descending.
    pub fn all(&self, hits: &mut Vec<Hit>) {
        self.each_begin(|begin, ahead| {
            let before = hits.len();
            self.from(begin, ahead, |hit| hits.push(hit));
            hits[before..].reverse();
        });
    }

    #[inline]
    fn token(&self, token: usize) -> &'a str {
        match (self.start.get(token), self.end.get(token)) {
            (Some(&start), Some(&end)) => self.slice(start, end),
            _ => "",
        }
    }

    #[inline]
    fn slice(&self, start: u32, end: u32) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Reports the tokens that some name may begin with, ascending, and the trie's slots for them.
    ///
    /// Tokens are filtered [`BLOCK`] at a time without a branch for each; then the slots of those that passed are asked
    /// for in a row, so that the waits for memory overlap.
    #[inline]
    fn each_begin(&self, mut report: impl FnMut(u32, Ahead)) {
        let mut slots = [Ahead::default(); BLOCK];
        for (block, (flags, hashes)) in self.flags.chunks(BLOCK).zip(self.hash.chunks(BLOCK)).enumerate() {
            let mut passed = self.filter(flags, hashes);
            let mut rest = passed;
            while rest != 0 {
                let at = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                slots[at] = self.look_ahead(block * BLOCK + at);
            }
            while passed != 0 {
                let at = passed.trailing_zeros() as usize;
                passed &= passed - 1;
                report((block * BLOCK + at) as u32, slots[at]);
            }
        }
    }

    #[inline]
    fn look_ahead(&self, token: usize) -> Ahead {
        let one = extend_hash(self.trie.start, self.hash[token]);
        let two = self.hash.get(token + 1).map_or(0, |&next| extend_hash(one, next));
        Ahead { one: self.trie.first_slot(one), two: self.trie.first_slot(two) }
    }

    /// One bit for each token that a name may begin with.
    #[inline]
    fn filter(&self, flags: &[TokenFlags], hashes: &[u32]) -> u64 {
        let mut passed = 0;
        for (i, (&flags, &hash)) in flags.iter().zip(hashes).enumerate() {
            let word = !(is_mark(flags) | flags.has(TokenFlags::CLITIC));
            let may = self.trie.begins.may_have(hash, begins_small(flags));
            passed |= u64::from(word & may) << i;
        }
        passed
    }

    /// Reports every name that begins with this token, shortest first.
    #[inline]
    fn from(&self, first: u32, ahead: Ahead, mut report: impl FnMut(Hit)) {
        let Some((mut walk, node)) = self.begin(first as usize, ahead.one) else { return };
        if let Some(name) = node.first_name()
            && let Some(hit) = self.verify(first, first + 1, name, walk.strict_dots)
        {
            report(hit);
        }
        if !node.has_more() {
            return;
        }
        for token in first + 1..self.flags.len() as u32 {
            let flags = self.flags[token as usize];
            if self.is_beyond(token as usize, flags) {
                return;
            }
            let slot = (token == first + 1 && walk.plain).then_some(ahead.two);
            let node = match self.step(&mut walk, token as usize, flags, slot) {
                Step::Mark => continue,
                Step::Dead => return,
                Step::At(node) => node,
            };
            if let Some(name) = node.first_name()
                && let Some(hit) = self.verify(first, token + 1, name, walk.strict_dots)
            {
                report(hit);
            }
            if !node.has_more() {
                return;
            }
        }
    }

    /// Whether a token is in another paragraph than the one before, or in another sentence. A sentence that ends with a dot
    /// may have been cut after an abbreviation (`St. | Louis`): there the comparison of the dots decides.
    #[inline]
    fn is_beyond(&self, token: usize, flags: TokenFlags) -> bool {
        let starts = flags.0 & (TokenFlags::PARAGRAPH_START.0 | TokenFlags::SENTENCE_START.0);
        starts != 0 && (flags.has(TokenFlags::PARAGRAPH_START) || !self.token(token - 1).ends_with('.'))
    }

    /// The first step, for which the slot is at hand if the token is one atom.
    #[inline]
    fn begin(&self, token: usize, slot: u64) -> Option<(Walk, Node)> {
        let mut walk = Walk { hash: self.trie.start, marks: 0, strict_dots: false, plain: false };
        // A token whose hash the trie knows is that atom, or is found out when the text is compared.
        let hash = extend_hash(walk.hash, self.hash[token]);
        if let Some(node) = self.trie.get_from(hash, slot) {
            (walk.hash, walk.plain) = (hash, true);
            return Some((walk, node));
        }
        if self.is_pure(token) {
            return None;
        }
        match self.step_through(&mut walk, self.token(token)) {
            Step::At(node) => Some((walk, node)),
            Step::Mark | Step::Dead => None,
        }
    }

    #[inline]
    fn is_pure(&self, token: usize) -> bool {
        if self.flags[token].has(TokenFlags::NON_ASCII) {
            is_pure(self.token(token))
        } else {
            is_pure_ascii(self.text.as_bytes(), self.start[token], self.end[token])
        }
    }

    #[inline]
    fn step(&self, walk: &mut Walk, token: usize, flags: TokenFlags, slot: Option<u64>) -> Step {
        if is_mark(flags) {
            walk.strict_dots |= flags.kind() == TokenKind::Stop;
            walk.marks += 1;
            return if walk.marks > MAX_MARKS { Step::Dead } else { Step::Mark };
        }
        let hash = extend_hash(walk.hash, self.hash[token]);
        let node = match slot {
            Some(slot) => self.trie.get_from(hash, slot),
            None => self.trie.get(hash),
        };
        if let Some(node) = node {
            (walk.hash, walk.marks) = (hash, 0);
            return Step::At(node);
        }
        if self.is_pure(token) { Step::Dead } else { self.step_through(walk, self.token(token)) }
    }

    /// A token of several atoms, or of none.
    #[cold]
    fn step_through(&self, walk: &mut Walk, text: &str) -> Step {
        let mut node = None;
        for atom in Atoms::new(text) {
            walk.hash = extend_hash(walk.hash, atom_hash(text, atom));
            node = self.trie.get(walk.hash);
            if node.is_none() {
                return Step::Dead;
            }
        }
        walk.marks = if node.is_some() { 0 } else { walk.marks + 1 };
        match node {
            Some(node) => Step::At(node),
            None if walk.marks > MAX_MARKS => Step::Dead,
            None => Step::Mark,
        }
    }

    /// The best of the names with the same atoms that the tokens are: the one that ends last, then an exact one.
    fn verify(&self, first: u32, end: u32, first_name: u32, strict_dots: bool) -> Option<Hit> {
        let text = self.slice(self.start[first as usize], self.end[end as usize - 1]);
        let mut best: Option<Hit> = None;
        for name in group(self.policy, first_name) {
            let form = bytes_of(self.forms, self.form_starts, name as usize);
            let policy = self.policy[name as usize];
            let agrees = |text: &str| {
                if text.as_bytes() == form {
                    return Some(MatchKind::Exact);
                }
                if text.as_bytes().eq_ignore_ascii_case(form) && policy & EXACT != 0 {
                    return None;
                }
                agree(text, std::str::from_utf8(form).ok()?, flags_of(policy), strict_dots)
            };
            let found = if policy & TAIL == 0 {
                agrees(text).map(|kind| (kind, end))
            } else {
                self.with_tail(first, end, agrees)
            };
            let Some((kind, end_token)) = found else { continue };
            let exact = kind == MatchKind::Exact;
            if best.is_none_or(|b| (end_token, exact) > (b.end_token, b.exact)) {
                best = Some(Hit { first_token: first, end_token, name: NameId(name), exact });
            }
        }
        best
    }

    /// Tries the tokens up to `end` and a few marks that follow without white space.
    fn with_tail(
        &self,
        first: u32,
        end: u32,
        agrees: impl Fn(&str) -> Option<MatchKind>,
    ) -> Option<(MatchKind, u32)> {
        for more in 0..=MAX_TAIL {
            let last = (end + more) as usize - 1;
            let flags = *self.flags.get(last)?;
            let is_joined_mark =
                || flags.has(TokenFlags::JOINED_LEFT) && Atoms::new(self.token(last)).next().is_none();
            if more > 0 && !is_joined_mark() {
                return None;
            }
            let text = self.slice(self.start[first as usize], self.end[last]);
            if let Some(kind) = agrees(text) {
                return Some((kind, end + more));
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
    /// The first token is one atom: what was looked up ahead holds.
    plain: bool,
}

/// Slots of the trie that a walk will ask for if it gets that far: those of its first token, and of its first two.
#[derive(Clone, Copy, Default)]
struct Ahead {
    one: u64,
    two: u64,
}

enum Step {
    /// The token has no atom.
    Mark,
    /// No name goes on like this.
    Dead,
    At(Node),
}
