//! Sentences that report by the form of their verb, in languages that have one: `„…“, sagte Berg. Er sei müde.`

use crate::candidates::Candidate;
use crate::groups::{Form, Group};
use crate::tags::Tags;
use crate::view::{Range, View};

/// How far from its sentence's start the verb stands at most.
const LEAD: u32 = 40;

impl View<'_> {
    /// Sentences with a verb in the subjunctive after one that reports, or after another such sentence.
    ///
    /// `chosen` are the other quotations, in reading order.
    pub fn free_indirect(&self, chosen: &[Candidate]) -> Vec<Candidate> {
        let mut found = Vec::new();
        let mut spans = chosen.iter().map(Candidate::span).peekable();
        // Where reported words ended last.
        let mut reported: Option<u32> = None;
        for group in self.groups.rows.iter().filter(|g| self.tags(g.start).any(Tags::SUBJUNCTIVE)) {
            let Some(sentence) = self.sentence_of(group) else { continue };
            while let Some((_, end)) = spans.next_if(|span| span.0 < sentence.1) {
                reported = reported.max(Some(end));
            }
            let before = self.start_of_sentence(sentence.0.saturating_sub(1));
            if reported.is_some_and(|end| before < end && end <= sentence.0)
                && let Some(quote) = self.unclaimed(sentence)
            {
                reported = Some(sentence.1);
                found.push(quote);
            }
        }
        found
    }

    /// The sentence whose own verb this is, outside marks and with another subject than *ich*.
    fn sentence_of(&self, group: &Group) -> Option<Range> {
        let start = self.start_of_sentence(group.start);
        let lead = start..group.start;
        let near = !lead.is_empty() && group.start - start <= LEAD && group.form == Form::Finite;
        if !near || self.marks.at(group.start).is_some() {
            return None;
        }
        let later =
            lead.clone().any(|t| self.pos(t).is_finite() || self.tags(t).any(Tags::SUB.with(Tags::FIRST)));
        (!later).then(|| (start, self.end_of_sentence(group.start)))
    }
}
