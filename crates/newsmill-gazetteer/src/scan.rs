//! The scan: from every token that may begin a name, one step a word through the trie.

use newsmill_core::layers::{MatchKind, TokenFlags, TokenKind, Tokens};
use newsmill_core::lexicon::NameId;

use crate::agree::agree;
use crate::atoms::{Atoms, atom_hash, extend_hash, is_pure, is_pure_ascii, is_short_pure};
use crate::filter::{LANES, is_mark};
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

/// Tokens that take each step of the search together.
const BLOCK: usize = 4 * LANES;
/// Most tokens without a letter or digit between two words of a name.
const MAX_MARKS: u32 = 4;
/// Most tokens of marks that a form may end with.
const MAX_TAIL: u32 = 3;

/// A text with its tokens, read by a name list.
#[derive(Clone, Copy)]
pub struct Scan<'a> {
    names: &'a Names,
    trie: TrieView<'a>,
    #[cfg(target_arch = "x86_64")]
    simd: Option<pulp::x86::V3>,
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
            #[cfg(target_arch = "x86_64")]
            simd: pulp::x86::V3::try_new(),
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
        self.each_begin(|proposal, node| {
            if proposal.token() >= free {
                let mut longest = None;
                self.from(proposal, node, |hit| longest = Some(hit));
                if let Some(hit) = longest {
                    free = hit.end_token;
                    hits.push(hit);
                }
            }
        });
    }

    /// Appends every name at every place, start ascending, then end descending.
    pub fn all(&self, hits: &mut Vec<Hit>) {
        self.each_begin(|proposal, node| {
            let before = hits.len();
            self.from(proposal, node, |hit| hits.push(hit));
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

    /// Reports the tokens that some name may begin with, ascending, and what the trie knows of them.
    ///
    /// Many tokens at a time take each step, without a branch for each token; so the waits for memory overlap.
    #[inline]
    fn each_begin(&self, mut report: impl FnMut(Proposal, Option<Node>)) {
        let mut batch = Batch {
            tokens: [0; BLOCK],
            proposals: [Proposal(0); BLOCK],
            nodes: [None; BLOCK],
            starts: [0; BLOCK],
        };
        for block in (0..self.flags.len()).step_by(BLOCK) {
            let count = self.prepare(block, &mut batch);
            for (&proposal, &node) in batch.proposals.iter().zip(&batch.nodes).take(count) {
                report(proposal, node);
            }
        }
    }

    /// [`fill`](Self::fill), with the instructions that this machine has.
    #[inline]
    fn prepare(&self, block: usize, batch: &mut Batch) -> usize {
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = self.simd {
            struct Run<'r, 'a>(&'r Scan<'a>, usize, &'r mut Batch);

            impl pulp::NullaryFnOnce for Run<'_, '_> {
                type Output = usize;

                #[inline(always)]
                fn call(self) -> usize {
                    self.0.fill(self.1, self.2)
                }
            }
            return simd.vectorize(Run(self, block, batch));
        }
        self.fill(block, batch)
    }

    /// Fills a batch with the proposals of a block; their number.
    #[inline(always)]
    fn fill(&self, block: usize, batch: &mut Batch) -> usize {
        let begins = self.begins(block, &mut batch.tokens);
        let count = self.propose(&batch.tokens[..begins], &mut batch.proposals);
        for (node, proposal) in batch.nodes.iter_mut().zip(&batch.proposals[..count]) {
            let [one, two] = self.hashes(proposal.token(), proposal.second());
            *node = self.trie.get(if proposal.is_alone() { one } else { two });
        }
        self.warm(&batch.nodes[..count], &mut batch.starts);
        count
    }

    /// The hash of a token as the first atom, and with the second.
    #[inline(always)]
    fn hashes(&self, first: u32, second: u32) -> [u64; 2] {
        let hash = |token: u32| self.hash.get(token as usize).copied().unwrap_or(0);
        let one = extend_hash(self.trie.start, hash(first));
        [one, extend_hash(one, hash(second))]
    }

    /// The tokens of a block that the filter lets through; their number.
    #[inline(always)]
    fn begins(&self, block: usize, tokens: &mut [u32; BLOCK]) -> usize {
        let mut count = 0;
        for first in (block..self.flags.len()).step_by(LANES).take(BLOCK / LANES) {
            let mut begins = self.filter(first);
            while begins != 0 {
                tokens[count % BLOCK] = first as u32 + begins.trailing_zeros();
                count += 1;
                begins &= begins - 1;
            }
        }
        count
    }

    /// Of these tokens those where a name may begin by the next word, too; their number.
    #[inline(always)]
    fn propose(&self, tokens: &[u32], proposals: &mut [Proposal; BLOCK]) -> usize {
        let flags = |token: u32| self.flags.get(token as usize).copied().unwrap_or_default();
        let mut count = 0;
        for &token in tokens {
            let far = is_mark(flags(token + 1));
            let second = token + 1 + u32::from(far);
            let [_, two] = self.hashes(token, second);
            let may = self.trie.filter.has_pair(two) | is_mark(flags(second)) | !self.is_surely_pure(second);
            let goes_on = may & ((second as usize) < self.flags.len());
            let alone = self.trie.filter.is_alone(self.hash[token as usize], flags(token));
            proposals[count % BLOCK] = Proposal::new(token, far, alone, goes_on);
            count += usize::from(alone | goes_on);
        }
        count
    }

    /// Whether the token is an atom, by a look at its letters; long ones are taken for more although they aren't.
    #[inline(always)]
    fn is_surely_pure(&self, token: u32) -> bool {
        let at = token as usize;
        match (self.start.get(at), self.end.get(at), self.flags.get(at)) {
            (Some(&start), Some(&end), Some(&flags)) => {
                !flags.has(TokenFlags::NON_ASCII) & is_short_pure(self.text.as_bytes(), start, end)
            }
            _ => true,
        }
    }

    /// Touches what the first comparison of each proposal will read, all of them before any is needed.
    #[inline(always)]
    fn warm(&self, nodes: &[Option<Node>], starts: &mut [u32; BLOCK]) {
        let mut touched = 0;
        for (start, node) in starts.iter_mut().zip(nodes) {
            let name = node.and_then(Node::first_name).unwrap_or(0) as usize;
            *start = self.form_starts.get(name).copied().unwrap_or(0);
            touched ^= self.policy.get(name).copied().unwrap_or(0);
        }
        for &start in &starts[..nodes.len()] {
            touched ^= self.forms.get(start as usize).copied().unwrap_or(0);
        }
        std::hint::black_box(touched);
    }

    /// Of the tokens from `first` on, one bit for each that a name may begin with.
    #[inline(always)]
    fn filter(&self, first: usize) -> u64 {
        let (flags, hashes) = (&self.flags[first..], &self.hash[first..]);
        if let (Some(flags), Some(hashes)) = (flags.first_chunk(), hashes.first_chunk()) {
            return self.trie.filter.begins(hashes, flags);
        }
        let mut last = ([TokenFlags::of(TokenKind::Punctuation); LANES], [0; LANES]);
        last.0[..flags.len()].copy_from_slice(flags);
        last.1[..hashes.len()].copy_from_slice(hashes);
        self.trie.filter.begins(&last.1, &last.0)
    }

    /// Reports every name that begins with this token, shortest first.
    #[inline]
    fn from(&self, proposal: Proposal, known: Option<Node>, mut report: impl FnMut(Hit)) {
        let first = proposal.token();
        let Some((mut walk, node)) = self.begin(proposal, known) else { return };
        if proposal.is_alone()
            && let Some(name) = node.first_name()
            && let Some(hit) = self.verify(first, first + 1, name, walk.strict_dots)
        {
            report(hit);
        }
        if !node.has_more() || (walk.plain && !proposal.goes_on()) {
            return;
        }
        for token in first + 1..self.flags.len() as u32 {
            let flags = self.flags[token as usize];
            if self.is_beyond(token as usize, flags) {
                return;
            }
            let known = known.filter(|_| token == proposal.second() && !proposal.is_alone());
            let node = match self.step(&mut walk, token as usize, flags, known) {
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

    /// The first step.
    #[inline]
    fn begin(&self, proposal: Proposal, known: Option<Node>) -> Option<(Walk, Node)> {
        let mut walk = Walk { hash: self.trie.start, marks: 0, strict_dots: false, plain: false };
        let [one, _] = self.hashes(proposal.token(), proposal.second());
        // A token whose hash the trie knows is that atom, or is found out when the text is compared.
        let node = match known {
            Some(_) if !proposal.is_alone() => Some(Node::MORE),
            None if !proposal.is_alone() => self.trie.get(one),
            node => node,
        };
        if let Some(node) = node {
            (walk.hash, walk.plain) = (one, true);
            return Some((walk, node));
        }
        let token = proposal.token() as usize;
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

    /// One token on; `known` is what the trie has of the sequence if that was asked already.
    #[inline]
    fn step(&self, walk: &mut Walk, token: usize, flags: TokenFlags, known: Option<Node>) -> Step {
        if is_mark(flags) {
            walk.strict_dots |= flags.kind() == TokenKind::Stop;
            walk.marks += 1;
            return if walk.marks > MAX_MARKS { Step::Dead } else { Step::Mark };
        }
        let hash = extend_hash(walk.hash, self.hash[token]);
        if let Some(node) = known.or_else(|| self.trie.get(hash)) {
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

/// A token that a name may begin with, and what the filter says of it, in one number.
#[derive(Clone, Copy)]
struct Proposal(u64);

impl Proposal {
    #[inline(always)]
    fn new(token: u32, far: bool, alone: bool, goes_on: bool) -> Proposal {
        Proposal(u64::from(token) << 3 | u64::from(far) << 2 | u64::from(goes_on) << 1 | u64::from(alone))
    }

    #[inline(always)]
    fn token(self) -> u32 {
        (self.0 >> 3) as u32
    }

    /// The next token, or the one after it if that is a mark.
    #[inline(always)]
    fn second(self) -> u32 {
        self.token() + 1 + (self.0 >> 2 & 1) as u32
    }

    /// Whether a name may go on with the second token.
    #[inline(always)]
    fn goes_on(self) -> bool {
        self.0 & 2 != 0
    }

    /// Whether the token is perhaps a whole name, or more than an atom.
    #[inline(always)]
    fn is_alone(self) -> bool {
        self.0 & 1 != 0
    }
}

/// What the steps of the search leave for the next one.
struct Batch {
    tokens: [u32; BLOCK],
    proposals: [Proposal; BLOCK],
    /// What the trie has of each proposal: of its first token if that may be a whole name, else of both.
    nodes: [Option<Node>; BLOCK],
    starts: [u32; BLOCK],
}

enum Step {
    /// The token has no atom.
    Mark,
    /// No name goes on like this.
    Dead,
    At(Node),
}
