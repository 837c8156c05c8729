//! Why each quotation was found: what its confidence was counted over.

use newsmill_core::layers::QuoteIx;
use newsmill_core::prelude::*;
use newsmill_core::strings::{StrRef, Strings};

use crate::confidence::SOURCES;
use crate::emit::Resolved;
use crate::rules::Rules;

/// Name of the layer that [`QuoteReasons`] is.
pub const QUOTE_REASONS: &str = "quote_reasons";

/// How one quotation was found. Its words are those of `rules/en/confidence.txt`.
#[derive(Clone, Copy, Debug)]
pub struct QuoteReason {
    /// The quotation.
    pub quote: QuoteIx,
    /// Which template found it.
    pub template: &'static str,
    /// How its source is known.
    pub source: &'static str,
    /// Plain form of the reporting verb, in [`QuoteReasons::strings`]; empty without one.
    pub verb: StrRef,
}

/// One row a quotation, in their order.
#[derive(Debug, Default)]
pub struct QuoteReasons {
    /// The rows.
    pub rows: Vec<QuoteReason>,
    /// Owns their strings.
    pub strings: Strings,
}

impl QuoteReasons {
    /// Appends the reason of a quotation.
    pub(crate) fn push(&mut self, rules: &Rules, quote: QuoteIx, r: &Resolved) {
        let verb = rules.cue(r.candidate.verb).map_or("", |cue| &cue.lemma);
        let verb = self.strings.push(verb);
        let template = r.candidate.template.name();
        self.rows.push(QuoteReason { quote, template, source: SOURCES[r.source_kind], verb });
    }
}

impl Layer for QuoteReasons {
    fn clear(&mut self) {
        self.rows.clear();
        self.strings.clear();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Table for QuoteReasons {
    fn schema() -> Schema {
        Schema::new([
            Column::int("quote", "index of the quotation"),
            Column::text("template", "what found it: direct, loose, that, bare, left_clause, according_to …"),
            Column::text(
                "source",
                "how its source is known: entity, phrase, pronoun, unresolved-pronoun, carried, none",
            ),
            Column::text("verb", "the reporting verb's plain form, if it has one"),
        ])
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for row in &self.rows {
            out.int(u64::from(row.quote.0));
            out.text(row.template);
            out.text(row.source);
            out.text(self.strings.get(row.verb));
            out.end_row();
        }
    }
}
