//! Quotations in marks that no reporting clause claims: speech of the previous speaker, or scare quotes and titles.

use crate::candidates::{Candidate, Template};
use crate::groups::Form;
use crate::marks::Region;
use crate::tags::Tags;
use crate::view::{Range, View};
use crate::words::Pos;

impl View<'_> {
    /// A region without a reporting clause, if it reads like speech.
    pub fn of_region(&self, region: Region, spoken_before: bool) -> Option<Candidate> {
        if region.depth > 0 || region.single || !self.reads_like_speech(region, spoken_before) {
            return None;
        }
        self.unclaimed((region.start, region.end))
    }

    /// A quotation of the previous speaker, without a reporting clause.
    pub fn unclaimed(&self, piece: Range) -> Option<Candidate> {
        Some(Candidate {
            pieces: vec![self.trim(piece)?],
            cue: None,
            verb: 0,
            source: None,
            template: Template::Loose,
            negated: false,
            inside: false,
        })
    }

    /// Told from titles, nicknames and scare quotes by length, a verb, and whether it stands as a sentence of its own.
    fn reads_like_speech(&self, region: Region, spoken_before: bool) -> bool {
        let words = (region.start..region.end).filter(|&t| self.flags(t).is_wordlike()).count();
        if words < 2 || self.title_case(region) {
            return false;
        }
        let verb = (region.start..region.end)
            .any(|t| self.groups.at(t as usize).is_some_and(|g| g.form == Form::Finite));
        let own_sentence = self.begins_sentence(region.open)
            && (self.begins_sentence(region.after)
                || self.words.pos.get(region.after as usize) == Some(&Pos::Stop));
        let stopped = matches!(self.words.pos[region.end as usize - 1], Pos::Stop | Pos::Comma);
        if own_sentence {
            return words >= 3 || stopped && spoken_before;
        }
        verb && words >= 5 && (stopped || self.begins_sentence(region.open)) || verb && words >= 9
    }

    fn title_case(&self, region: Region) -> bool {
        let mut words = 0;
        let mut lower = 0;
        for t in region.start..region.end {
            let flags = self.flags(t);
            let small =
                self.words.tags[t as usize].any(Tags::DET.with(Tags::PREP).with(Tags::CC).with(Tags::TO));
            if flags.is_wordlike() && !small {
                words += 1;
                let capital = flags.has(newsmill_core::layers::TokenFlags::CAPITAL)
                    || flags.has(newsmill_core::layers::TokenFlags::HAS_DIGIT);
                lower += usize::from(!capital);
            }
        }
        words > 0 && lower == 0 && !matches!(self.words.pos[region.end as usize - 1], Pos::Stop)
    }
}
