//! Gazetteer matches: places where a listed name stands.

use std::sync::Arc;

use crate::document::Doc;
use crate::layer::{Layer, Table};
use crate::lexicon::{EntryId, Lexicon, NameId};
use crate::span::Span;
use crate::table::{Column, RowWriter, Schema, SpanStyle};

/// How the text agrees with the listed form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MatchKind {
    /// Letter for letter (white space, apostrophes and hyphens aside).
    #[default]
    Exact,
    /// After folding case, diacritics or dots.
    Folded,
}

impl MatchKind {
    /// The name that tables show.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchKind::Exact => "exact",
            MatchKind::Folded => "folded",
        }
    }
}

/// One place where a listed name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Bytes of the name, on token boundaries, without a possessive.
    pub span: Span,
    /// First token.
    pub first_token: u32,
    /// One past the last token.
    pub end_token: u32,
    /// The form that matched.
    pub name: NameId,
    /// Its likeliest entity by prior; the others are `lexicon.candidates(name)`.
    pub entry: EntryId,
    /// How the text agrees with the form.
    pub kind: MatchKind,
}

/// All matches of an article, with the list that they point into.
///
/// Invariant: start ascending, then end descending. A writer claims the layer with
/// [`schema_with`](Matches::schema_with) of its list's extra columns, which follow the columns below.
#[derive(Default)]
pub struct Matches {
    /// The matches.
    pub rows: Vec<Match>,
    /// The list that `name` and `entry` index. Set by the writer; kept from article to article.
    pub lexicon: Option<Arc<dyn Lexicon>>,
}

impl Matches {
    /// The table's columns when the list has these columns of its own.
    pub fn schema_with(extra_columns: &[String]) -> Schema {
        let mut schema = Self::schema();
        let own = |name: &String| Column::text(name.clone(), "column of the name list").extra();
        schema.columns.extend(extra_columns.iter().map(own));
        schema
    }
}

impl Layer for Matches {
    fn clear(&mut self) {
        self.rows.clear();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        if !self.rows.is_empty() && self.lexicon.is_none() {
            return Err("matches without their lexicon".to_owned());
        }
        for (i, m) in self.rows.iter().enumerate() {
            if m.first_token >= m.end_token || doc.text().get(m.span.range()).is_none_or(str::is_empty) {
                return Err(format!("match {i} is empty or off character boundaries: {m:?}"));
            }
        }
        let order = |m: &Match| (m.span.start, std::cmp::Reverse(m.span.end));
        if !self.rows.is_sorted_by_key(order) {
            return Err("matches aren't ordered by start, then longest first".to_owned());
        }
        Ok(())
    }
}

impl Table for Matches {
    fn schema() -> Schema {
        Schema::new([
            Column::int("match", "index within the article, from 0"),
            Column::span("", SpanStyle::Full, "the matched text"),
            Column::text("type", "type of the likeliest entity"),
            Column::text("entity_id", "id of the likeliest entity"),
            Column::text("name", "its canonical name"),
            Column::text("form", "the listed form that matched"),
            Column::text("how", "exact or folded"),
            Column::int("candidates", "number of entities that the form may stand for"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        let Some(lexicon) = &self.lexicon else { return };
        for (i, m) in self.rows.iter().enumerate() {
            let entry = lexicon.entry(m.entry);
            out.int(i as u64);
            out.span(m.span);
            out.text(entry.kind);
            out.text(entry.id);
            out.text(entry.name);
            out.text(lexicon.name(m.name));
            out.text(m.kind.as_str());
            out.int(lexicon.candidates(m.name).len() as u64);
            for column in 0..lexicon.extra_columns().len() {
                out.text(lexicon.extra(m.entry, column));
            }
            out.end_row();
        }
    }
}
