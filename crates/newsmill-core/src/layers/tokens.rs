//! Tokens: the stream that every later stage stands on.

use super::index;
use crate::document::Doc;
use crate::layer::{Layer, Table};
use crate::span::Span;
use crate::table::{Column, RowWriter, Schema, SpanStyle};

index!(
    /// Index of a token in [`Tokens`].
    TokenIx
);

/// What a token is, in the low four bits of its [`TokenFlags`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TokenKind {
    /// Letters, perhaps with digits, apostrophes or dots (`U.S.`, `n't`, `o'clock`).
    Word = 0,
    /// Digits with their separators (`1,000`, `10:30`, `3.5`, `2025-10-14`).
    Number = 1,
    /// A punctuation mark that is none of the kinds below.
    Punctuation = 2,
    /// A symbol: `$`, `%`, `§`, `+`, emoji.
    Symbol = 3,
    /// A quotation mark that opens.
    OpenQuote = 4,
    /// A quotation mark that closes.
    CloseQuote = 5,
    /// A quotation mark whose direction the tokenizer can't tell.
    Quote = 6,
    /// An apostrophe on its own (after a plural: `states'`).
    Apostrophe = 7,
    /// A hyphen or slash inside a compound.
    Hyphen = 8,
    /// A dash between words or clauses.
    Dash = 9,
    /// A URL, e-mail address or domain.
    Url = 10,
    /// A `@handle` or `#hashtag`.
    Handle = 11,
    /// Words of scripts without spaces (Han, Kana, Thai …).
    Ideograph = 12,
    /// `.`, `!`, `?`, `…` and their relatives.
    Stop = 13,
}

/// Facts about a token that later stages need once: kind, shape and place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TokenFlags(pub u32);

impl TokenFlags {
    /// First letter is upper case (or title case).
    pub const CAPITAL: TokenFlags = TokenFlags(1 << 4);
    /// Has at least two letters, none of them lower case.
    pub const ALL_CAPS: TokenFlags = TokenFlags(1 << 5);
    /// Has a lower-case letter.
    pub const HAS_LOWER: TokenFlags = TokenFlags(1 << 6);
    /// Has an upper-case letter after its first (`iPhone`, `McCain`, `NATO`).
    pub const INNER_CAPITAL: TokenFlags = TokenFlags(1 << 7);
    /// No white space between the token before and this one.
    pub const JOINED_LEFT: TokenFlags = TokenFlags(1 << 8);
    /// Part of the same hyphen or slash compound as the token before: the `keep` view shows both as one.
    pub const IN_COMPOUND: TokenFlags = TokenFlags(1 << 9);
    /// First token of a sentence.
    pub const SENTENCE_START: TokenFlags = TokenFlags(1 << 10);
    /// First token of a paragraph.
    pub const PARAGRAPH_START: TokenFlags = TokenFlags(1 << 11);
    /// An abbreviation that keeps its dot.
    pub const ABBREVIATION: TokenFlags = TokenFlags(1 << 12);
    /// A possessive or contraction split off its word (`'s`, `’s`, `n't`, `'re`).
    pub const CLITIC: TokenFlags = TokenFlags(1 << 13);
    /// Has a byte above 0x7F.
    pub const NON_ASCII: TokenFlags = TokenFlags(1 << 14);
    /// Has a digit.
    pub const HAS_DIGIT: TokenFlags = TokenFlags(1 << 15);
    /// Of a quotation mark: single (`'` `‘` `’` `‹` `」`-like inner marks), not double.
    pub const SINGLE: TokenFlags = TokenFlags(1 << 16);
    /// A possessive: `'s`, `’s`, or the bare apostrophe after a plural. Always also [`CLITIC`](Self::CLITIC) or an
    /// apostrophe.
    pub const POSSESSIVE: TokenFlags = TokenFlags(1 << 17);
    /// Hyphen after a prefix, or the word after it (`e-mail`, `anti-war`): treebanks don't cut these, so tables show
    /// them as one token with the prefix in either view. Always also [`IN_COMPOUND`](Self::IN_COMPOUND).
    pub const AFFIX: TokenFlags = TokenFlags(1 << 18);

    /// Flags of a token of this kind and nothing else.
    #[inline]
    pub const fn of(kind: TokenKind) -> Self {
        TokenFlags(kind as u32)
    }

    /// What the token is.
    #[inline]
    pub fn kind(self) -> TokenKind {
        // The numbers are those of the variants: this compiles to the number itself.
        match self.0 & 15 {
            0 => TokenKind::Word,
            1 => TokenKind::Number,
            2 => TokenKind::Punctuation,
            3 => TokenKind::Symbol,
            4 => TokenKind::OpenQuote,
            5 => TokenKind::CloseQuote,
            6 => TokenKind::Quote,
            7 => TokenKind::Apostrophe,
            8 => TokenKind::Hyphen,
            9 => TokenKind::Dash,
            10 => TokenKind::Url,
            11 => TokenKind::Handle,
            12 => TokenKind::Ideograph,
            13 => TokenKind::Stop,
            _ => TokenKind::Symbol,
        }
    }

    /// Whether all bits of `other` (without its kind) are set.
    #[inline]
    pub fn has(self, other: TokenFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets of bits.
    #[must_use]
    #[inline]
    pub const fn with(self, other: TokenFlags) -> TokenFlags {
        TokenFlags(self.0 | other.0)
    }

    /// Whether the token is a quotation mark of any kind.
    #[inline]
    pub fn is_quote(self) -> bool {
        matches!(self.kind(), TokenKind::OpenQuote | TokenKind::CloseQuote | TokenKind::Quote)
    }

    /// Whether the token is a word, number or the like rather than a mark.
    #[inline]
    pub fn is_wordlike(self) -> bool {
        matches!(
            self.kind(),
            TokenKind::Word | TokenKind::Number | TokenKind::Url | TokenKind::Handle | TokenKind::Ideograph
        )
    }
}

/// All tokens of an article.
///
/// Invariants: spans ascend, are disjoint and lie on `char` boundaries; they cover every character that isn't white
/// space, U+200B or U+FEFF; no token crosses from the title into the body.
#[derive(Debug, Default)]
pub struct Tokens {
    /// Byte offset of each token's first byte.
    pub start: Vec<u32>,
    /// Byte offset after each token's last byte.
    pub end: Vec<u32>,
    /// What each token is.
    pub flags: Vec<TokenFlags>,
    /// [`fold_hash`](crate::fold::fold_hash) of each token's text.
    pub hash: Vec<u32>,
    /// Whether tables show hyphen and slash compounds as one token (`tokenize.hyphens = "keep"`).
    pub keep_compounds: bool,
}

impl Tokens {
    /// Appends a token.
    pub fn push(&mut self, span: Span, flags: TokenFlags, hash: u32) {
        self.start.push(span.start);
        self.end.push(span.end);
        self.flags.push(flags);
        self.hash.push(hash);
    }

    /// Bytes of a token.
    #[inline]
    pub fn span(&self, token: TokenIx) -> Span {
        Span { start: self.start[token.at()], end: self.end[token.at()] }
    }

    /// Bytes from the first token of a non-empty range to the last.
    pub fn cover(&self, tokens: std::ops::Range<u32>) -> Span {
        Span { start: self.start[tokens.start as usize], end: self.end[tokens.end as usize - 1] }
    }

    /// Whether tables show a token with these flags as one with the token before.
    fn goes_on(&self, flags: TokenFlags) -> bool {
        flags.has(if self.keep_compounds { TokenFlags::IN_COMPOUND } else { TokenFlags::AFFIX })
    }

    /// Index of the first token that starts at or after a byte offset.
    pub fn at_or_after(&self, offset: u32) -> TokenIx {
        TokenIx(self.start.partition_point(|&s| s < offset) as u32)
    }
}

impl Layer for Tokens {
    fn clear(&mut self) {
        self.start.clear();
        self.end.clear();
        self.flags.clear();
        self.hash.clear();
    }

    fn len(&self) -> usize {
        self.start.len()
    }

    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        let n = self.start.len();
        if [self.end.len(), self.flags.len(), self.hash.len()] != [n; 3] {
            return Err(format!("columns of different length: {n} starts"));
        }
        let text = doc.text();
        let mut at = 0;
        for i in 0..n {
            let (start, end) = (self.start[i] as usize, self.end[i] as usize);
            if start < at || end <= start {
                return Err(format!("token {i} at {start}..{end} overlaps or is empty (previous end {at})"));
            }
            if text.get(start..end).is_none() {
                return Err(format!("token {i} at {start}..{end} isn't on character boundaries"));
            }
            check_gap(text, at, start)?;
            at = end;
        }
        check_gap(text, at, text.len())
    }
}

fn check_gap(text: &str, from: usize, to: usize) -> Result<(), String> {
    let gap = text.get(from..to).ok_or_else(|| format!("{from}..{to} isn't on character boundaries"))?;
    match gap.chars().find(|c| !(c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}'))) {
        Some(c) => Err(format!("{c:?} between {from} and {to} is in no token")),
        None => Ok(()),
    }
}

impl Table for Tokens {
    fn schema() -> Schema {
        Schema::new([
            Column::int("token", "index within the article, from 0"),
            Column::span("", SpanStyle::Full, "the token"),
            Column::int("sentence", "index of its sentence within the article"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        let mut sentence = 0u64;
        let mut i = 0;
        let mut row = 0;
        while i < self.start.len() {
            if i > 0 && self.flags[i].has(TokenFlags::SENTENCE_START) {
                sentence += 1;
            }
            let first = i;
            i += 1;
            while i < self.start.len() && self.goes_on(self.flags[i]) {
                i += 1;
            }
            out.int(row);
            out.span(Span { start: self.start[first], end: self.end[i - 1] });
            out.int(sentence);
            out.end_row();
            row += 1;
        }
    }

    fn row_count(&self) -> usize {
        self.flags.iter().filter(|&&f| !self.goes_on(f)).count()
    }
}
