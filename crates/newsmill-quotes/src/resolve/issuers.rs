//! Texts that speak: who issued them.

use super::{Resolver, Speaker};
use crate::groups::Form;
use crate::tags::Tags;
use crate::view::Range;
use crate::words::Pos;

/// How many tokens back a text is looked for that `the statement` may mean.
const BACK: u32 = 300;

impl Resolver<'_> {
    /// Whose text it is: `X’s report`, `a statement by X`, `their report`; for `the report` who issued the one before, or
    /// the last speaker.
    pub(super) fn issuer(&self, range: Range, head: u32) -> Option<Speaker> {
        if let Some(found) = self.named_issuer(range, head) {
            return Some(found);
        }
        let (start, _) = range;
        let view = self.view;
        let definite = ["the", "this", "their", "his", "her", "its"].iter().any(|d| view.is(start, d));
        if !definite && head <= start + 2 {
            return self.issued(head, view.start_of_sentence(head));
        }
        if head > start + 1 {
            return None;
        }
        self.issued_before(start, head).or_else(|| self.last.clone())
    }

    /// The issuer that the phrase itself names.
    fn named_issuer(&self, (start, end): Range, head: u32) -> Option<Speaker> {
        let view = self.view;
        let from = self.mentions.rows.partition_point(|m| m.first_token < start);
        let inside = self.mentions.rows[from..].iter().take_while(|m| m.first_token < end);
        let own = inside
            .filter(|m| m.end_token <= end && self.mentions.strings.get(m.kind) != "demonym")
            .find(|m| {
                let place = self.mentions.strings.get(m.kind) == "place";
                let by = m.first_token > head
                    && ["of", "by", "from"].iter().any(|p| self.preceded(m.first_token, p));
                m.end_token <= head && !place || view.pos(m.end_token) == Pos::Genitive || by
            });
        let after = self.mentions.rows[from..].iter().skip_while(|m| m.first_token < end);
        let by = after.take_while(|m| m.first_token < end + 10).find(|m| self.preceded(m.first_token, "by"));
        if let Some(m) = own.or(by) {
            return Some(self.named(m.entity, (m.first_token, m.end_token)));
        }
        let genitive = (start + 1..head).find(|&t| view.pos(t) == Pos::Genitive)?;
        let owner = self.of_noun_phrase((start, genitive));
        owner.entity.is_some().then_some(owner)
    }

    /// Who issued the last text that has the same name: `The agency published a report. The report says`.
    fn issued_before(&self, start: u32, head: u32) -> Option<Speaker> {
        let view = self.view;
        let word = view.word(head);
        let lo = view.lo.max(start.saturating_sub(BACK));
        let same = |&t: &u32| view.pos(t) == Pos::Noun && view.word(t).eq_ignore_ascii_case(word);
        (lo..start).rev().filter(same).take(3).find_map(|t| self.issued(t, lo))
    }

    fn issued(&self, noun: u32, lo: u32) -> Option<Speaker> {
        let view = self.view;
        let start = view.phrase_start(noun + 1, lo.max(view.start_of_sentence(noun)));
        let end = view.phrase_end(start).max(noun + 1);
        if let Some(found) = self.named_issuer((start, end), noun) {
            return Some(found);
        }
        let group = view.group(start.checked_sub(1)?).filter(|g| !g.passive && g.form != Form::Participle)?;
        let (subject, _) = view.subject(group)?;
        let issuer = self.of_noun_phrase(subject);
        let speaks =
            issuer.entity.is_some() || view.tags(self.head(subject)).any(Tags::GROUP.with(Tags::ORG));
        speaks.then_some(issuer)
    }

    /// Whether a preposition stands before the noun phrase at `t`, an article and titles between.
    fn preceded(&self, t: u32, prep: &str) -> bool {
        (1..=5)
            .take_while(|&n| n <= t)
            .map(|n| t - n)
            .find(|&i| self.view.pos(i) == Pos::Prep)
            .is_some_and(|i| self.view.is(i, prep))
    }
}
