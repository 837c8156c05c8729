//! An article as the rules see it: tokens with their classes, and how much capitals mean in each sentence.

use std::ops::Range;

use newsmill_core::layers::{
    ParagraphKind, Paragraphs, SentenceIx, Sentences, TokenFlags, TokenKind, Tokens,
};

use crate::words::{Class, Slot, Words};

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
    /// Words with a capital of one sentence.
    capitals: Vec<u32>,
    brackets: Vec<u32>,
    slots: Vec<Slot>,
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
    /// The round and square brackets that open.
    pub brackets: &'a [u32],
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
        let ViewScratch { class, case, usages, capitals, brackets, slots } = scratch;
        words.first_slots(&tokens.hash, slots);
        class.clear();
        class.reserve(tokens.flags.len());
        case.clear();
        brackets.clear();
        usages.reset(tokens.flags.iter().filter(|f| f.has(TokenFlags::CAPITAL)).count());
        let mut paragraph = 0;
        for s in 0..sentences.span.len() {
            while paragraphs.first_sentence.get(paragraph + 1).is_some_and(|&f| f as usize <= s) {
                paragraph += 1;
            }
            let range = sentences.tokens(SentenceIx(s as u32), tokens.flags.len());
            let range = range.start as usize..range.end as usize;
            class.resize(range.start, Class::default());
            let counts = look_up((text, tokens, words, slots), range.clone(), class, capitals, brackets);
            let kind = paragraphs.kind.get(paragraph).copied().unwrap_or_default();
            let found = sentence_case(counts, tokens.flags[range.clone()].last(), kind);
            case.push(found);
            count_capitals(tokens, usages, capitals, range.start, found);
        }
        class.resize(tokens.flags.len(), Class::default());
        count_lower(tokens, class, usages);
        View { text, tokens, sentences, class, case, usages, brackets }
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
        self.class(token).any(Class::CAPITAL)
    }

    /// Whether a token is a word in lower case.
    #[inline]
    pub fn is_lower(&self, token: u32) -> bool {
        self.class(token).any(Class::LOWER)
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

/// Words of a sentence by their writing.
#[derive(Clone, Copy, Default)]
struct Counts {
    capital: u32,
    upper: u32,
    lower: u32,
}

/// Appends the classes of a sentence's tokens (none for what isn't a word); collects the words with a capital, and the
/// brackets that open.
fn look_up(
    (text, tokens, words, slots): (&str, &Tokens, &Words, &[Slot]),
    range: Range<usize>,
    class: &mut Vec<Class>,
    capitals: &mut Vec<u32>,
    brackets: &mut Vec<u32>,
) -> Counts {
    capitals.clear();
    let mut counts = Counts::default();
    let text = text.as_bytes();
    let spans = tokens.start[range.clone()].iter().zip(&tokens.end[range.clone()]);
    let facts = tokens.flags[range.clone()].iter().zip(&tokens.hash[range.clone()]);
    let facts = facts.zip(&slots[range.clone()]);
    for (t, (((&flags, &hash), &slot), (&start, &end))) in range.zip(facts.zip(spans)) {
        if flags.kind() != TokenKind::Word {
            if flags.kind() == TokenKind::Punctuation && matches!(text.get(start as usize), Some(b'(' | b'['))
            {
                brackets.push(t as u32);
            }
            class.push(Class::default());
            continue;
        }
        let known = words.class(hash, slot, text, (start as usize, end as usize), flags);
        class.push(known.with(if starts_capital(flags) { Class::CAPITAL } else { Class::LOWER }));
        let capital = flags.has(TokenFlags::CAPITAL);
        if capital {
            capitals.push(t as u32);
        }
        if !flags.has(TokenFlags::CLITIC) {
            let all = flags.has(TokenFlags::ALL_CAPS);
            counts.upper += u32::from(all);
            counts.capital += u32::from(!all && capital);
            counts.lower += u32::from(!all && !capital && !known.any(Class::CLOSED));
        }
    }
    counts
}

/// Whether a word with these flags begins with a capital, as names do.
#[inline]
fn starts_capital(flags: TokenFlags) -> bool {
    const CAPITALS: u32 = TokenFlags::CAPITAL.0 | TokenFlags::INNER_CAPITAL.0;
    flags.0 & CAPITALS != 0 && !flags.has(TokenFlags::CLITIC)
}

fn sentence_case(counts: Counts, last: Option<&TokenFlags>, kind: ParagraphKind) -> Case {
    let Counts { capital, upper, lower } = counts;
    let all = capital + upper + lower;
    if upper >= 3 && upper * 5 >= all * 4 {
        return Case::Upper;
    }
    // A headline has no full stop; a sentence of names alone may have nothing in lower case.
    if lower > 0 && last.is_some_and(|f| f.kind() == TokenKind::Stop) {
        return Case::Normal;
    }
    let enough = if kind == ParagraphKind::Heading { 3 } else { 5 };
    if capital >= enough && (capital + upper) * 10 >= all * 8 { Case::Title } else { Case::Normal }
}

/// Counts the words with a capital of the sentence that begins at `first`.
fn count_capitals(tokens: &Tokens, usages: &mut Usages, capitals: &[u32], first: usize, case: Case) {
    for t in capitals.iter().map(|&t| t as usize) {
        let tells = case == Case::Normal && t > first && !tokens.flags[t - 1].is_quote();
        let slot = usages.slot(tokens.hash[t]);
        slot.all_capital += 1;
        slot.capital += u32::from(tells);
    }
}

/// Counts lower case of the words that are also written with a capital; of others nobody asks.
fn count_lower(tokens: &Tokens, class: &[Class], usages: &mut Usages) {
    for ((f, &hash), class) in tokens.flags.iter().zip(&tokens.hash).zip(class) {
        let lower = class.any(Class::LOWER) && f.has(TokenFlags::HAS_LOWER);
        if lower
            && f.0 & (TokenFlags::CAPITAL.0 | TokenFlags::INNER_CAPITAL.0) == 0
            && let Some(slot) = usages.find(hash)
        {
            slot.lower += 1;
        }
    }
}
