//! Quotations: what was said, and by whom.

use super::entities::EntityIx;
use super::index;
use super::sentences::SentenceIx;
use crate::document::Doc;
use crate::layer::{Layer, Table};
use crate::span::Span;
use crate::strings::{StrRef, Strings};
use crate::table::{Column, RowWriter, Schema, SpanStyle};

index!(
    /// Index of a quotation in [`Quotes`].
    QuoteIx
);

/// How much of the content stands in quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteKind {
    /// All of it.
    Direct,
    /// Some of it.
    Mixed,
    /// None of it.
    Indirect,
}

impl QuoteKind {
    /// The name that tables show.
    pub fn as_str(self) -> &'static str {
        match self {
            QuoteKind::Direct => "direct",
            QuoteKind::Mixed => "mixed",
            QuoteKind::Indirect => "indirect",
        }
    }
}

/// One quotation. Strings lie in [`Quotes::strings`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    /// From the first byte of its first part to the last byte of its last.
    pub span: Span,
    /// Its content: the pieces that the reporting clause leaves, inner marks kept, joined by a space.
    pub text: StrRef,
    /// The words that stand in quotation marks, joined by a space.
    pub verbatim: StrRef,
    /// How much of it stands in quotation marks.
    pub kind: QuoteKind,
    /// Number of its rows in [`QuoteParts`].
    pub parts: u32,
    /// The reporting words.
    pub cue: Option<Span>,
    /// The source noun phrase or pronoun; for a quotation without reporting clause, that of the one it goes on from.
    pub speaker: Option<Span>,
    /// Who that is, if an entity of the article.
    pub entity: Option<EntityIx>,
    /// That entity's id; empty for a group or an unknown speaker.
    pub speaker_id: StrRef,
    /// The resolved name, or the noun phrase of an unnamed speaker.
    pub speaker_name: StrRef,
    /// person, organization, place, group, document, or empty.
    pub speaker_type: StrRef,
    /// Number of its rows in [`QuoteSpeakers`].
    pub speakers: u32,
    /// The source denies it, or did not say it.
    pub negated: bool,
    /// The sentence that it begins in.
    pub sentence: SentenceIx,
    /// Probability that content and speaker are right, 0 to 1.
    pub confidence: f32,
}

/// All quotations of an article.
///
/// Invariants: start ascending, then end descending; two quotations are nested or disjoint, never crossing.
#[derive(Debug, Default)]
pub struct Quotes {
    /// The quotations.
    pub rows: Vec<Quote>,
    /// Owns their strings.
    pub strings: Strings,
}

impl Layer for Quotes {
    fn clear(&mut self) {
        self.rows.clear();
        self.strings.clear();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        let text = doc.text();
        let mut open: Vec<Span> = Vec::new();
        for (i, q) in self.rows.iter().enumerate() {
            for span in [Some(q.span), q.cue, q.speaker].into_iter().flatten() {
                if text.get(span.range()).is_none_or(str::is_empty) {
                    return Err(format!("quote {i}: {span:?} is empty or off character boundaries"));
                }
            }
            if !(0.0..=1.0).contains(&q.confidence) {
                return Err(format!("quote {i}: confidence {} isn't between 0 and 1", q.confidence));
            }
            while open.last().is_some_and(|o| o.end <= q.span.start) {
                open.pop();
            }
            if let Some(outer) = open.last().filter(|o| !o.contains(q.span)) {
                return Err(format!("quote {i} at {:?} crosses the one at {outer:?}", q.span));
            }
            open.push(q.span);
        }
        if !self.rows.is_sorted_by_key(|q| (q.span.start, std::cmp::Reverse(q.span.end))) {
            return Err("quotes aren't ordered by start, then longest first".to_owned());
        }
        Ok(())
    }
}

impl Table for Quotes {
    fn schema() -> Schema {
        Schema::new([
            Column::int("quote", "index within the article, from 0"),
            Column::span("", SpanStyle::Place, "from the first part to the last"),
            Column::text("text", "the content: its pieces, joined by a space"),
            Column::text("verbatim", "the words inside quotation marks, joined by a space"),
            Column::text("kind", "direct, mixed or indirect"),
            Column::int("parts", "rows in quote_parts"),
            Column::span("cue", SpanStyle::Named, "the reporting words"),
            Column::span(
                "speaker",
                SpanStyle::Named,
                "the source as the text has it; without reporting clause, that of the quotation gone on from",
            ),
            Column::text("speaker_id", "entity id of the resolved speaker"),
            Column::text("speaker_name", "resolved name, or the noun phrase of an unnamed speaker"),
            Column::text("speaker_type", "person, organization, place, group, document"),
            Column::int("speakers", "rows in quote_speakers"),
            Column::bool("negated", "the source denies it or did not say it"),
            Column::int("sentence", "index of the sentence that it begins in"),
            Column::float("confidence", "probability that content and speaker are right"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (i, q) in self.rows.iter().enumerate() {
            out.int(i as u64);
            out.span(q.span);
            out.text(self.strings.get(q.text));
            out.text(self.strings.get(q.verbatim));
            out.text(q.kind.as_str());
            out.int(u64::from(q.parts));
            out.span_or_absent(q.cue);
            out.span_or_absent(q.speaker);
            for s in [q.speaker_id, q.speaker_name, q.speaker_type] {
                out.text(self.strings.get(s));
            }
            out.int(u64::from(q.speakers));
            out.bool(q.negated);
            out.int(u64::from(q.sentence.0));
            out.float(q.confidence);
            out.end_row();
        }
    }
}

/// A maximal run of a quotation's content that is all inside or all outside quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotePart {
    /// Whose part.
    pub quote: QuoteIx,
    /// Number within its quotation, from 0.
    pub part: u32,
    /// Its bytes, without marks at the edges.
    pub span: Span,
    /// Inside quotation marks.
    pub verbatim: bool,
}

/// The parts of all quotations, in the order of quotations.
#[derive(Debug, Default)]
pub struct QuoteParts {
    /// The parts.
    pub rows: Vec<QuotePart>,
}

impl Layer for QuoteParts {
    fn clear(&mut self) {
        self.rows.clear();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        match self.rows.iter().position(|p| doc.text().get(p.span.range()).is_none_or(str::is_empty)) {
            Some(i) => Err(format!("part {i} is empty or off character boundaries")),
            None if !self.rows.is_sorted_by_key(|p| (p.quote, p.part)) => {
                Err("parts out of order".to_owned())
            }
            None => Ok(()),
        }
    }
}

impl Table for QuoteParts {
    fn schema() -> Schema {
        Schema::new([
            Column::int("quote", "index of the quotation"),
            Column::int("part", "index within the quotation, from 0"),
            Column::span("", SpanStyle::Full, "the part"),
            Column::bool("verbatim", "inside quotation marks"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for p in &self.rows {
            out.int(u64::from(p.quote.0));
            out.int(u64::from(p.part));
            out.span(p.span);
            out.bool(p.verbatim);
            out.end_row();
        }
    }
}

/// One of a quotation's speakers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuoteSpeaker {
    /// Whose speaker.
    pub quote: QuoteIx,
    /// Number within the quotation, from 0.
    pub speaker: u32,
    /// The text that names the speaker, if it is in the article near the quotation.
    pub span: Option<Span>,
    /// That entity's id, if it is one.
    pub entity_id: StrRef,
    /// Resolved name.
    pub name: StrRef,
    /// person, organization, place, group, document.
    pub kind: StrRef,
}

/// The speakers of all quotations, in the order of quotations.
#[derive(Debug, Default)]
pub struct QuoteSpeakers {
    /// The speakers.
    pub rows: Vec<QuoteSpeaker>,
    /// Owns their strings.
    pub strings: Strings,
}

impl Layer for QuoteSpeakers {
    fn clear(&mut self) {
        self.rows.clear();
        self.strings.clear();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Table for QuoteSpeakers {
    fn schema() -> Schema {
        Schema::new([
            Column::int("quote", "index of the quotation"),
            Column::int("speaker", "index within the quotation, from 0"),
            Column::span("", SpanStyle::Bare, "the source as the text has it"),
            Column::text("entity_id", "entity id, if the speaker is an entity"),
            Column::text("name", "resolved name"),
            Column::text("type", "person, organization, place, group, document"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for s in &self.rows {
            out.int(u64::from(s.quote.0));
            out.int(u64::from(s.speaker));
            out.span_or_absent(s.span);
            for r in [s.entity_id, s.name, s.kind] {
                out.text(self.strings.get(r));
            }
            out.end_row();
        }
    }
}

/// For each mention, the innermost quotation that it lies in: continues the `mentions` table by a column.
#[derive(Debug, Default)]
pub struct MentionQuotes {
    /// One item a mention.
    pub rows: Vec<Option<QuoteIx>>,
}

impl Layer for MentionQuotes {
    fn clear(&mut self) {
        self.rows.clear();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Table for MentionQuotes {
    fn schema() -> Schema {
        Schema::extending(
            super::names::MENTIONS,
            [Column::int("quote", "index of the innermost quotation that the mention lies in")],
        )
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for q in &self.rows {
            out.int_or_absent(q.map(|q| q.0));
            out.end_row();
        }
    }
}
