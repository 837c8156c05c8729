//! Mentions: where entities are named.

use super::entities::EntityIx;
use super::index;
use super::sentences::SentenceIx;
use crate::document::Doc;
use crate::layer::{Layer, Table};
use crate::span::Span;
use crate::strings::{StrRef, Strings};
use crate::table::{Column, RowWriter, Schema, SpanStyle};

index!(
    /// Index of a mention in [`Mentions`].
    MentionIx
);

/// One place where an entity is named. Strings lie in [`Mentions::strings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the name, without a possessive.
    pub span: Span,
    /// First token.
    pub first_token: u32,
    /// One past the last token.
    pub end_token: u32,
    /// The sentence it lies in.
    pub sentence: SentenceIx,
    /// Whom it means.
    pub entity: EntityIx,
    /// How it was found: exact, folded, surname, acronym, fuzzy, discovered, … (open vocabulary, in the README).
    pub how: &'static str,
    /// Type of the mention: a demonym's is `demonym` though its entity is a place.
    pub kind: StrRef,
    /// The entity's id, repeated here so that a row is complete.
    pub entity_id: StrRef,
    /// The entity's canonical name, likewise.
    pub name: StrRef,
}

/// All mentions of an article.
///
/// Invariant: start ascending, then end descending; on token boundaries.
#[derive(Debug, Default)]
pub struct Mentions {
    /// The mentions.
    pub rows: Vec<Mention>,
    /// Owns their strings; equal strings of one entity may share a reference.
    pub strings: Strings,
}

impl Mentions {
    /// The mentions of a sentence, as a range of [`rows`](Mentions::rows).
    ///
    /// ```
    /// # use newsmill_core::layers::{Mention, Mentions, SentenceIx};
    /// fn names(mentions: &Mentions, sentence: SentenceIx) -> Vec<&str> {
    ///     mentions.rows[mentions.of_sentence(sentence)].iter().map(|m| mentions.strings.get(m.name)).collect()
    /// }
    /// # assert!(names(&Mentions::default(), SentenceIx(0)).is_empty());
    /// ```
    pub fn of_sentence(&self, sentence: SentenceIx) -> std::ops::Range<usize> {
        let first = self.rows.partition_point(|m| m.sentence < sentence);
        first..first + self.rows[first..].partition_point(|m| m.sentence == sentence)
    }
}

impl Layer for Mentions {
    fn clear(&mut self) {
        self.rows.clear();
        self.strings.clear();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        for (i, m) in self.rows.iter().enumerate() {
            if m.first_token >= m.end_token || doc.text().get(m.span.range()).is_none_or(str::is_empty) {
                return Err(format!("mention {i} is empty or off character boundaries: {m:?}"));
            }
        }
        if !self.rows.is_sorted_by_key(|m| (m.span.start, std::cmp::Reverse(m.span.end))) {
            return Err("mentions aren't ordered by start, then longest first".to_owned());
        }
        Ok(())
    }
}

impl Table for Mentions {
    fn schema() -> Schema {
        Schema::new([
            Column::int("mention", "index within the article, from 0"),
            Column::span("", SpanStyle::Full, "the name, without a possessive"),
            Column::text("type", "type of the mention"),
            Column::text("entity_id", "whom it means"),
            Column::text("name", "the entity's canonical name"),
            Column::text("match", "how it was found: exact, folded, surname, acronym, fuzzy, discovered …"),
            Column::int("sentence", "index of its sentence within the article"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (i, m) in self.rows.iter().enumerate() {
            out.int(i as u64);
            out.span(m.span);
            out.text(self.strings.get(m.kind));
            out.text(self.strings.get(m.entity_id));
            out.text(self.strings.get(m.name));
            out.text(m.how);
            out.int(u64::from(m.sentence.0));
            out.end_row();
        }
    }
}
