//! An article as the rules see it: tokens with their classes, and how much capitals mean in each sentence.

use newsmill_core::layers::{
    ParagraphKind, Paragraphs, SentenceIx, Sentences, TokenFlags, TokenKind, Tokens,
};

use crate::words::{Class, Words};

/// What capitals say in a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// Names begin with capitals, other words don't.
    #[default]
    Normal,
    /// Nearly every word begins with a capital: a headline.
    Title,
    /// Nearly every word is in capitals.
    Upper,
}

/// How an article writes a word where the writing tells something.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    hash: u32,
    /// In lower case.
    pub lower: u32,
    /// With a capital inside a sentence of normal case.
    pub capital: u32,
    /// With a capital anywhere.
    pub all_capital: u32,
}

/// Counts by word; open addressing, never more than half full.
#[derive(Default)]
pub struct Usages {
    slots: Vec<Usage>,
}

impl Usages {
    fn reset(&mut self, words: usize) {
        let size = (words * 2).next_power_of_two().max(64);
        self.slots.clear();
        self.slots.resize(size, Usage::default());
    }

    fn slot(&mut self, hash: u32) -> &mut Usage {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].hash != hash && self.slots[at].all_capital > 0 {
            at = (at + 1) & mask;
        }
        self.slots[at].hash = hash;
        &mut self.slots[at]
    }

    fn find(&mut self, hash: u32) -> Option<&mut Usage> {
        let at = self.position(hash)?;
        self.slots.get_mut(at)
    }

    #[inline]
    fn position(&self, hash: u32) -> Option<usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots.get(at)?;
            if slot.all_capital == 0 {
                return None;
            }
            if slot.hash == hash {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    /// How the article writes the word with this hash, if it is written with a capital anywhere.
    pub fn of(&self, hash: u32) -> Usage {
        self.position(hash).map_or(Usage::default(), |at| self.slots[at])
    }
}

/// Memory that is kept from article to article.
#[derive(Default)]
pub struct ViewScratch {
    class: Vec<Class>,
    case: Vec<Case>,
    usages: Usages,
}

/// The article.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a Tokens,
    /// Its sentences.
    pub sentences: &'a Sentences,
    class: &'a [Class],
    case: &'a [Case],
    /// How the article writes its words.
    pub usages: &'a Usages,
}

impl<'a> View<'a> {
    /// Looks every word up and reads the sentences' case.
    pub fn new(
        text: &'a str,
        tokens: &'a Tokens,
        sentences: &'a Sentences,
        paragraphs: &Paragraphs,
        words: &Words,
        scratch: &'a mut ViewScratch,
    ) -> View<'a> {
        let ViewScratch { class, case, usages } = scratch;
        class.clear();
        class.extend((0..tokens.start.len()).map(|i| {
            match tokens.flags[i].kind() {
                TokenKind::Word => words.class(
                    tokens.hash[i],
                    &text.as_bytes()[tokens.start[i] as usize..tokens.end[i] as usize],
                ),
                _ => Class::default(),
            }
        }));
        case.clear();
        let capitals = tokens.flags.iter().filter(|f| f.has(TokenFlags::CAPITAL)).count();
        usages.reset(capitals);
        let mut paragraph = 0;
        for s in 0..sentences.span.len() {
            while paragraphs.first_sentence.get(paragraph + 1).is_some_and(|&f| f as usize <= s) {
                paragraph += 1;
            }
            let kind = paragraphs.kind.get(paragraph).copied().unwrap_or_default();
            let range = sentences.tokens(SentenceIx(s as u32), tokens.start.len());
            let found = sentence_case(tokens, class, range.clone(), kind);
            case.push(found);
            count_capitals(tokens, usages, range, found);
        }
        count_lower(tokens, usages);
        View { text, tokens, sentences, class, case, usages }
    }

    /// Number of tokens.
    pub fn len(&self) -> u32 {
        self.tokens.start.len() as u32
    }

    /// The text of a token; empty past the end.
    #[inline]
    pub fn word(&self, token: u32) -> &'a str {
        match self.tokens.start.get(token as usize) {
            Some(&start) => &self.text[start as usize..self.tokens.end[token as usize] as usize],
            None => "",
        }
    }

    /// The text from the first token of a range to its last.
    pub fn phrase(&self, first: u32, end: u32) -> &'a str {
        if first >= end { "" } else { &self.text[self.tokens.cover(first..end).range()] }
    }

    /// The classes of a token; none past the end.
    #[inline]
    pub fn class(&self, token: u32) -> Class {
        self.class.get(token as usize).copied().unwrap_or_default()
    }

    /// The flags of a token; those of a symbol past the end.
    #[inline]
    pub fn flags(&self, token: u32) -> TokenFlags {
        self.tokens.flags.get(token as usize).copied().unwrap_or(TokenFlags::of(TokenKind::Symbol))
    }

    /// The folded hash of a token.
    #[inline]
    pub fn hash(&self, token: u32) -> u32 {
        self.tokens.hash.get(token as usize).copied().unwrap_or_default()
    }

    /// What capitals say in a sentence.
    pub fn case(&self, sentence: u32) -> Case {
        self.case.get(sentence as usize).copied().unwrap_or_default()
    }

    /// Whether a token is a word that begins with a capital.
    #[inline]
    pub fn is_capital(&self, token: u32) -> bool {
        let f = self.flags(token);
        f.kind() == TokenKind::Word
            && (f.has(TokenFlags::CAPITAL) || f.has(TokenFlags::INNER_CAPITAL))
            && !f.has(TokenFlags::CLITIC)
    }

    /// Whether a token is a word in lower case.
    #[inline]
    pub fn is_lower(&self, token: u32) -> bool {
        self.flags(token).kind() == TokenKind::Word && !self.is_capital(token)
    }

    /// Whether white space (or nothing of the text) stands before a token.
    #[inline]
    pub fn joined(&self, token: u32) -> bool {
        self.flags(token).has(TokenFlags::JOINED_LEFT)
    }

    /// Whether a token is a capital letter with a dot, or two: an initial.
    pub fn is_initial(&self, token: u32) -> bool {
        let w = self.word(token).as_bytes();
        match w {
            [a] => a.is_ascii_uppercase(),
            [a, b'.'] => a.is_ascii_uppercase(),
            [a, b'.', b, b'.'] => a.is_ascii_uppercase() && b.is_ascii_uppercase(),
            _ => false,
        }
    }

    /// Whether a word is in capitals throughout and short: an acronym, as it seems.
    pub fn is_acronym(&self, token: u32) -> bool {
        let f = self.flags(token);
        f.kind() == TokenKind::Word && f.has(TokenFlags::ALL_CAPS) && self.word(token).len() <= 8
    }

    /// The hash of one name, whose parts hyphens may join.
    pub fn name_hash(&self, first: u32, end: u32) -> u32 {
        join_hashes((first..end).filter(|&t| self.flags(t).is_wordlike()).map(|t| self.hash(t)))
    }

    /// Number of words in a range; parts that hyphens join are one.
    pub fn parts(&self, first: u32, end: u32) -> usize {
        let joined = |t: u32| t > first && self.joined(t) && self.flags(t - 1).kind() == TokenKind::Hyphen;
        (first..end).filter(|&t| self.flags(t).is_wordlike() && !joined(t)).count()
    }

    /// A key of the words in a range: equal for equal folded words, whatever stands between them.
    pub fn key(&self, first: u32, end: u32) -> u64 {
        let mut key = KEY_SEED;
        for t in first..end {
            if self.flags(t).is_wordlike() {
                key = mix(key, self.hash(t));
            }
        }
        key
    }
}

/// One hash for the parts of a hyphenated name; of a single part its own.
pub fn join_hashes(mut parts: impl Iterator<Item = u32>) -> u32 {
    let Some(first) = parts.next() else { return 0 };
    let mut several = false;
    let joined = parts.fold(u64::from(first), |key, part| {
        several = true;
        mix(key, part)
    });
    if several { (joined >> 32) as u32 } else { first }
}

/// The key of no words.
pub const KEY_SEED: u64 = 0x51_7C_C1_B7;

/// One word more in a key.
pub fn mix(key: u64, hash: u32) -> u64 {
    let x = (key ^ u64::from(hash)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^ (x >> 29)
}

fn sentence_case(tokens: &Tokens, class: &[Class], range: std::ops::Range<u32>, kind: ParagraphKind) -> Case {
    let (mut capital, mut upper, mut lower) = (0u32, 0u32, 0u32);
    let ends_with_stop =
        range.end > range.start && tokens.flags[range.end as usize - 1].kind() == TokenKind::Stop;
    for i in range {
        let (f, i) = (tokens.flags[i as usize], i as usize);
        if f.kind() != TokenKind::Word || f.has(TokenFlags::CLITIC) {
            continue;
        }
        if f.has(TokenFlags::ALL_CAPS) && tokens.end[i] - tokens.start[i] > 1 {
            upper += 1;
        } else if f.has(TokenFlags::CAPITAL) {
            capital += 1;
        } else if !class[i].any(Class::CLOSED) {
            lower += 1;
        }
    }
    let all = capital + upper + lower;
    if upper >= 3 && upper * 5 >= all * 4 {
        return Case::Upper;
    }
    // A headline has no full stop; a sentence of names alone may have nothing in lower case.
    if ends_with_stop && lower > 0 {
        return Case::Normal;
    }
    let enough = if kind == ParagraphKind::Heading { 3 } else { 5 };
    if capital >= enough && (capital + upper) * 10 >= all * 8 { Case::Title } else { Case::Normal }
}

fn count_capitals(tokens: &Tokens, usages: &mut Usages, range: std::ops::Range<u32>, case: Case) {
    let first = range.start;
    for i in range {
        let f = tokens.flags[i as usize];
        if f.kind() == TokenKind::Word && f.has(TokenFlags::CAPITAL) {
            let tells = case == Case::Normal && i > first && !tokens.flags[i as usize - 1].is_quote();
            let slot = usages.slot(tokens.hash[i as usize]);
            slot.all_capital += 1;
            slot.capital += u32::from(tells);
        }
    }
}

/// Counts lower case of the words that are also written with a capital; of others nobody asks.
fn count_lower(tokens: &Tokens, usages: &mut Usages) {
    for (f, &hash) in tokens.flags.iter().zip(&tokens.hash) {
        let lower =
            f.kind() == TokenKind::Word && f.has(TokenFlags::HAS_LOWER) && !f.has(TokenFlags::CAPITAL);
        if lower
            && !f.has(TokenFlags::INNER_CAPITAL)
            && let Some(slot) = usages.find(hash)
        {
            slot.lower += 1;
        }
    }
}
