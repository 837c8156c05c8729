//! Sentences and paragraphs.

use super::index;
use super::tokens::TokenIx;
use crate::document::Doc;
use crate::layer::{Layer, Table};
use crate::span::Span;
use crate::table::{Column, RowWriter, Schema, SpanStyle};

index!(
    /// Index of a sentence in [`Sentences`].
    SentenceIx
);

/// All sentences of an article.
///
/// Invariants: spans run from the first byte of a token to the last byte of a token, ascend, are disjoint, and
/// cover all tokens; none crosses a paragraph.
#[derive(Debug, Default)]
pub struct Sentences {
    /// Bytes of each sentence.
    pub span: Vec<Span>,
    /// First token of each sentence; it ends before the next one's first.
    pub first_token: Vec<u32>,
}

impl Sentences {
    /// Appends a sentence.
    pub fn push(&mut self, span: Span, first_token: u32) {
        self.span.push(span);
        self.first_token.push(first_token);
    }

    /// Tokens of a sentence; `token_count` is the number of tokens of the article.
    pub fn tokens(&self, sentence: SentenceIx, token_count: usize) -> std::ops::Range<u32> {
        let end = self.first_token.get(sentence.at() + 1).copied().unwrap_or(token_count as u32);
        self.first_token[sentence.at()]..end
    }

    /// The sentence of a token.
    pub fn of_token(&self, token: TokenIx) -> SentenceIx {
        SentenceIx((self.first_token.partition_point(|&t| t <= token.0) as u32).saturating_sub(1))
    }

    /// The sentence that holds a byte offset, or the last one that begins before it.
    pub fn at(&self, offset: u32) -> SentenceIx {
        SentenceIx((self.span.partition_point(|s| s.start <= offset) as u32).saturating_sub(1))
    }
}

impl Layer for Sentences {
    fn clear(&mut self) {
        self.span.clear();
        self.first_token.clear();
    }

    fn len(&self) -> usize {
        self.span.len()
    }

    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        if self.first_token.len() != self.span.len() {
            return Err("columns of different length".to_owned());
        }
        if !self.first_token.is_sorted_by(|a, b| a < b) {
            return Err("first tokens don't ascend".to_owned());
        }
        check_spans(&self.span, doc, "sentence")
    }
}

impl Table for Sentences {
    fn schema() -> Schema {
        Schema::new([
            Column::int("sentence", "index within the article, from 0"),
            Column::span("", SpanStyle::Full, "the sentence"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (i, &span) in self.span.iter().enumerate() {
            out.int(i as u64);
            out.span(span);
            out.end_row();
        }
    }
}

/// What a paragraph is by its layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParagraphKind {
    /// Running text.
    #[default]
    Text,
    /// A headline or heading: no final stop, short.
    Heading,
    /// A picture's caption or credit.
    Caption,
    /// An item of a list.
    Bullet,
}

impl ParagraphKind {
    /// The name that tables show.
    pub fn as_str(self) -> &'static str {
        match self {
            ParagraphKind::Text => "text",
            ParagraphKind::Heading => "heading",
            ParagraphKind::Caption => "caption",
            ParagraphKind::Bullet => "bullet",
        }
    }
}

/// All paragraphs of an article. Invariants: as for sentences; every sentence lies in one paragraph.
#[derive(Debug, Default)]
pub struct Paragraphs {
    /// Bytes of each paragraph.
    pub span: Vec<Span>,
    /// First sentence of each paragraph.
    pub first_sentence: Vec<u32>,
    /// What each is by its layout.
    pub kind: Vec<ParagraphKind>,
}

impl Paragraphs {
    /// Appends a paragraph.
    pub fn push(&mut self, span: Span, first_sentence: u32, kind: ParagraphKind) {
        self.span.push(span);
        self.first_sentence.push(first_sentence);
        self.kind.push(kind);
    }

    /// The paragraph of a sentence, as an index.
    pub fn of_sentence(&self, sentence: SentenceIx) -> usize {
        self.first_sentence.partition_point(|&s| s <= sentence.0).saturating_sub(1)
    }
}

impl Layer for Paragraphs {
    fn clear(&mut self) {
        self.span.clear();
        self.first_sentence.clear();
        self.kind.clear();
    }

    fn len(&self) -> usize {
        self.span.len()
    }

    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        check_spans(&self.span, doc, "paragraph")
    }
}

impl Table for Paragraphs {
    fn schema() -> Schema {
        Schema::new([
            Column::int("paragraph", "index within the article, from 0"),
            Column::span("", SpanStyle::Full, "the paragraph"),
            Column::text("kind", "text, heading, caption or bullet"),
            Column::int("first_sentence", "index of its first sentence"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (i, &span) in self.span.iter().enumerate() {
            out.int(i as u64);
            out.span(span);
            out.text(self.kind[i].as_str());
            out.int(u64::from(self.first_sentence[i]));
            out.end_row();
        }
    }
}

fn check_spans(spans: &[Span], doc: Doc<'_>, what: &str) -> Result<(), String> {
    let mut at = 0;
    for (i, s) in spans.iter().enumerate() {
        if s.start < at || s.is_empty() {
            return Err(format!("{what} {i} at {s:?} overlaps or is empty"));
        }
        if doc.text().get(s.range()).is_none() {
            return Err(format!("{what} {i} at {s:?} isn't on character boundaries"));
        }
        at = s.end;
    }
    Ok(())
}
