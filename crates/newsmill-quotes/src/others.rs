//! Templates without a reporting verb: according to X, reportedly, X: words, `“…” —X`, reporting nouns.

use newsmill_core::layers::TokenFlags;

use crate::candidates::{Candidate, Template};
use crate::groups::Form;
use crate::marks::Region;
use crate::rules::Scope;
use crate::tags::Tags;
use crate::view::{Range, View};
use crate::words::Pos;

impl View<'_> {
    fn plain(&self, template: Template, pieces: &[Range]) -> Option<Candidate> {
        let pieces: Vec<Range> = pieces.iter().filter_map(|&p| self.trim(p)).collect();
        if pieces.is_empty() {
            return None;
        }
        Some(Candidate {
            pieces,
            cue: None,
            verb: 0,
            source: None,
            template,
            negated: false,
            inside: self.inside,
        })
    }

    /// Fixed phrases at a token.
    pub fn of_phrase(&self, t: u32, scope: Scope, out: &mut Vec<Candidate>) {
        let hash = self.tokens.hash[t as usize];
        for phrase in self.rules.phrases.iter().filter(|p| p.hash == hash) {
            let len = phrase.words.len() as u32;
            if phrase.scope > scope
                || t + len > self.hi
                || !phrase.words.iter().zip(t..).all(|(w, i)| self.is(i, w))
            {
                continue;
            }
            if len == 1 && phrase.takes_source && !self.per_source(t) {
                return;
            }
            let found = if phrase.takes_source { self.according(t, len) } else { self.adverb(t, len) };
            out.extend(found);
            return;
        }
    }

    /// `per` before a name or a text, not a rate.
    fn per_source(&self, t: u32) -> bool {
        let fits = self.tags(t + 1).any(Tags::DOC.with(Tags::ORG)) || self.pos(t + 1) == Pos::Proper;
        if self.begins_sentence(t) {
            return true;
        }
        let rate = t > self.lo && (self.pos(t - 1) == Pos::Num || self.tags(t - 1).any(Tags::PLURAL));
        fits && !rate
    }

    fn according(&self, t: u32, len: u32) -> Option<Candidate> {
        let end = self.end_of_sentence(t);
        let from = t + len;
        let source_end = self.source_end(from, end);
        if source_end == from {
            return None;
        }
        let start = self.start_of_sentence(t);
        let mut pieces = Vec::new();
        let before = if t > start && self.pos(t - 1) == Pos::Comma { t - 1 } else { t };
        let first = start;
        let led = before > first && self.pos(before - 1) == Pos::Cc;
        let other = self.pos(first) == Pos::Sub && self.pos(t - 1) == Pos::Comma;
        if before > first && self.content_words(first, before) > 1 && !led && !other {
            pieces.push((first, before));
        }
        let close = self.source_close(source_end, end);
        let ends_here = source_end >= end || matches!(self.pos(source_end), Pos::Stop | Pos::Semi);
        if let Some(close) = close.filter(|_| !ends_here) {
            let rest_end = self.phrase_clause_end(close + 1, end);
            if pieces.is_empty()
                || self.pos(source_end) == Pos::Comma && self.continues(before, close, rest_end)
            {
                pieces.push((close + 1, rest_end));
            }
        } else if pieces.is_empty() && !ends_here {
            pieces.push((source_end, end));
        }
        let mut found = self.plain(Template::AccordingTo, &pieces)?;
        found.cue = Some((t, from));
        found.source = Some((from, source_end));
        Some(found)
    }

    /// The comma after the source, past an appositive that names it: `Buffalo Fire Chief, Don Mcfeely,`.
    fn source_close(&self, from: u32, end: u32) -> Option<u32> {
        let mut t = from;
        let close = loop {
            if t >= end || t > from + 60 {
                return None;
            }
            if let Some(region) = self.opens(t) {
                t = region.after.max(t + 1);
                if t > from && matches!(self.words.pos[region.end as usize - 1], Pos::Comma) {
                    break t - 1;
                }
                continue;
            }
            if self.pos(t) == Pos::Comma {
                break t;
            }
            t += 1;
        };
        let next = close + 1;
        if self.pos(next) == Pos::Rel {
            return (next..end.min(next + 40)).find(|&i| self.pos(i) == Pos::Comma).or(Some(close));
        }
        let name = self.core_end(next, end);
        let names =
            name > next && (next..name).any(|i| self.pos(i) == Pos::Proper) && self.pos(name) == Pos::Comma;
        let listed =
            (name + 1..end.min(name + 12)).find(|&i| self.pos(i).is_verb() || self.pos(i) == Pos::Comma);
        let verb_first = listed.is_some_and(|i| self.pos(i).is_finite());
        Some(if names && verb_first && self.pos(from) == Pos::Comma { name } else { close })
    }

    /// After an attribution in the middle, whether the clause goes on: it had no verb yet, or no new subject follows.
    fn continues(&self, before: u32, close: u32, end: u32) -> bool {
        let start = self.start_of_sentence(before);
        let verb = (start..before).any(|i| self.pos(i).is_finite());
        !verb || !matches!(self.pos(close + 1), Pos::Cc | Pos::Sub | Pos::Rel) && end > close + 2
    }

    fn phrase_clause_end(&self, from: u32, end: u32) -> u32 {
        (from..end).find(|&i| self.pos(i) == Pos::Semi).unwrap_or(end)
    }

    fn content_words(&self, from: u32, to: u32) -> usize {
        (from..to).filter(|&i| !self.pos(i).is_mark()).take(3).count()
    }

    /// The source after `according to`: a noun phrase with reduced relatives.
    fn source_end(&self, from: u32, end: u32) -> u32 {
        let mut at = self.phrase_end(from).min(end);
        for _ in 0..3 {
            if at > from && at < end && self.pos(at) == Pos::Part {
                let mut next = at + 1;
                while next < end
                    && (matches!(self.pos(next), Pos::Time | Pos::Adv | Pos::Num)
                        || self.pos(next) == Pos::Prep)
                {
                    let inner =
                        if self.pos(next) == Pos::Prep { self.phrase_end(next + 1) } else { next + 1 };
                    next = inner.max(next + 1);
                }
                at = next.min(end);
            }
        }
        at
    }

    /// `reportedly`: the clause around it, in two pieces.
    fn adverb(&self, t: u32, len: u32) -> Option<Candidate> {
        // "reportedly said": the verb has the content and the source.
        let verb = self.finite_at(t).and_then(|g| self.rules.cue(g.cue));
        if verb.is_some_and(|c| c.scope == Scope::Speech && c.frames.has('q')) {
            return None;
        }
        let end = self.end_of_sentence(t);
        let start = self.start_of_sentence(t);
        let comma_before = t > start && self.pos(t - 1) == Pos::Comma;
        let comma_after = self.pos(t + len) == Pos::Comma;
        let from = match (comma_before, comma_after) {
            (true, true) => self.clause_start(t - 1, start),
            (true, false) => t,
            _ => self.clause_start(t, start),
        };
        let begin = if comma_after { t + len + 1 } else { t + len };
        let to = (begin + 1..end).find(|&i| self.ends_adverb_clause(i, end)).unwrap_or(end);
        let mut found = self.plain(Template::Adverb, &[(from, t), (begin, to)])?;
        found.cue = Some((t, t + len));
        Some(found)
    }

    fn ends_adverb_clause(&self, t: u32, end: u32) -> bool {
        match self.pos(t) {
            Pos::Semi => true,
            Pos::Comma => {
                matches!(self.pos(t + 1), Pos::Cc | Pos::Sub)
                    || self.pos(t + 1) != Pos::Rel && self.clause_at(t + 1, end.min(t + 12))
            }
            _ => false,
        }
    }

    /// Start of the clause that ends at `t`: after a comma, a relative pronoun, or a conjunction before a verb.
    fn clause_start(&self, t: u32, lo: u32) -> u32 {
        for i in (lo..t).rev().take(60) {
            match self.pos(i) {
                Pos::Comma | Pos::Semi | Pos::Colon | Pos::Dash | Pos::Sub => return i + 1,
                Pos::Cc if self.pos(i + 1).is_verb() => return i + 1,
                _ => {}
            }
        }
        lo
    }

    /// `X issued a statement: “…”`: the subject of the verb whose object the text is.
    fn of_text_colon(&self, t: u32) -> Option<Candidate> {
        let region = self.opens(t + 1)?;
        let text = t.checked_sub(1).filter(|&n| self.pos(n) == Pos::Noun)?;
        let speaks = self.tags(text).any(Tags::DOC.with(Tags::SPEECH_NOUN));
        let start = self.phrase_start(t, self.start_of_sentence(t));
        let verb = self.group(start.checked_sub(1)?).filter(|g| speaks && !g.passive && g.cue == 0)?;
        let (source, _) = self.subject(verb)?;
        let mut found = self.plain(Template::Colon, &[(region.start, region.end)])?;
        found.source = Some(source);
        found.cue = Some((text, t));
        Some(found)
    }

    /// `X: words` at the start of a paragraph or headline, transcripts, and `X: “…”`.
    pub fn of_colon(&self, t: u32, out: &mut Vec<Candidate>) {
        if let Some(found) = self.of_text_colon(t) {
            out.push(found);
            return;
        }
        let mut start = self.start_of_sentence(t);
        while start < t && matches!(self.pos(start), Pos::Cc | Pos::Prep | Pos::Adv) {
            start += 1;
        }
        if self.is_letter((start, t)) {
            out.extend(self.of_letter(start, t));
            return;
        }
        if t <= start || t - start > 8 || self.group(t - 1).is_some() {
            return;
        }
        let label = (start..t).all(|i| {
            matches!(
                self.pos(i),
                Pos::Proper
                    | Pos::Adj
                    | Pos::Noun
                    | Pos::Det
                    | Pos::Genitive
                    | Pos::Stop
                    | Pos::Cc
                    | Pos::Open
                    | Pos::Close
            )
        });
        let named = (start..t).all(|i| {
            matches!(self.pos(i), Pos::Proper | Pos::Adj | Pos::Stop | Pos::Genitive | Pos::Open | Pos::Close)
        });
        // `Poll: …`, a headline.
        let text = start == 0 && self.tags(t - 1).any(Tags::DOC.with(Tags::EVIDENCE).with(Tags::ORG));
        let speaks = named || text || self.tags(t - 1).any(Tags::ROLE.with(Tags::GROUP));
        if !label || !speaks {
            return;
        }
        let end = self.end_of_paragraph(t);
        let pieces = match self.opens(t + 1) {
            Some(region) => vec![(region.start, region.end)],
            None if self.word_count(t + 1, end) >= 2
                && self.flags(start).has(TokenFlags::PARAGRAPH_START) =>
            {
                vec![(t + 1, end)]
            }
            None => return,
        };
        if let Some(mut found) = self.plain(Template::Colon, &pieces) {
            found.source = Some((start, t));
            found.cue = Some((t, t + 1));
            out.push(found);
        }
    }

    /// Whether a source is a letter, the label of a question or answer.
    pub fn is_letter(&self, (start, end): Range) -> bool {
        end == start + 1
            && self.word(start).chars().count() == 1
            && self.flags(start).has(TokenFlags::CAPITAL)
    }

    /// Whether the paragraph that ends before `end` asks something.
    pub fn asks_before(&self, end: u32) -> bool {
        (self.lo..end).rev().take(3).any(|i| self.is(i, "?"))
    }

    /// `Q: Why …?` and, after a question, `A: Because …`: the paragraph.
    fn of_letter(&self, start: u32, t: u32) -> Option<Candidate> {
        if !self.flags(start).has(TokenFlags::PARAGRAPH_START) {
            return None;
        }
        let end = self.end_of_paragraph(t);
        let interview = self.asks_before(end) || self.asks_before(start);
        let mut found = interview.then(|| self.plain(Template::Colon, &[(t + 1, end)]))??;
        found.source = Some((start, t));
        found.cue = Some((t, t + 1));
        Some(found)
    }

    /// A quotation that is a paragraph, and below it a line that is nothing but a name: who signed it.
    pub fn signed(&self, region: Region) -> Option<Candidate> {
        let line = region.after;
        let begins = |t: u32| t >= self.hi || self.flags(t).has(TokenFlags::PARAGRAPH_START);
        let (_, name) = self.name_around(line).filter(|&(start, _)| start == line)?;
        let end = (line + 1..line + 17).find(|&t| begins(t))?;
        let plain = (line..end).all(|i| !self.pos(i).is_verb() && self.pos(i) != Pos::Stop);
        let closed = name == end || self.pos(name) == Pos::Comma;
        if !(begins(region.open) && begins(line) && plain && closed) || self.names_place(line) {
            return None;
        }
        let mut found = self.plain(Template::Direct, &[(region.start, region.end)])?;
        found.source = Some((line, name));
        Some(found)
    }

    fn word_count(&self, from: u32, to: u32) -> usize {
        (from..to).filter(|&i| self.flags(i).is_wordlike()).take(3).count()
    }

    /// One past the paragraph's last token.
    pub fn end_of_paragraph(&self, t: u32) -> u32 {
        let flag = TokenFlags::PARAGRAPH_START;
        (t + 1..self.hi).find(|&i| self.flags(i).has(flag)).unwrap_or(self.hi)
    }

    /// `“…” —Commissioner X`: a name after a dash that follows a quotation, up to the paragraph's end.
    pub fn of_dash(&self, t: u32, out: &mut Vec<Candidate>) {
        let Some(region) = self.ends_before(t) else { return };
        let end = self.end_of_paragraph(t);
        let source_end = self.phrase_end(t + 1);
        if source_end == t + 1 || end - t > 20 || (t + 1..end).any(|i| self.pos(i).is_finite()) {
            return;
        }
        if !(t + 1..source_end).any(|i| self.pos(i) == Pos::Proper || self.tags(i).any(Tags::ROLE)) {
            return;
        }
        if let Some(mut found) = self.plain(Template::Direct, &[(region.start, region.end)]) {
            found.source = Some((t + 1, source_end));
            found.cue = Some((t, t + 1));
            out.push(found);
        }
    }

    /// Reporting nouns: `the commission's conclusion that …`, `a claim that …`, `in a statement: “…”`.
    pub fn of_noun(&self, t: u32, scope: Scope, out: &mut Vec<Candidate>) {
        let tags = self.tags(t);
        let own = if tags.any(Tags::SPEECH_NOUN) { Scope::Speech } else { Scope::Attitude };
        if own > scope || self.pos(t) != Pos::Noun || self.marks.index_at(t).is_some() != self.inside {
            return;
        }
        let (owner, after) = self.owner_after(t + 1);
        let Some(content) = self.noun_content(t, after) else { return };
        let Some(mut found) = self.plain(Template::NounCue, &[content]) else { return };
        found.cue = Some((t, t + 1));
        found.source = owner.or_else(|| self.possessor(t)).or_else(|| self.holder(t));
        found.negated = t > self.lo && self.tags(t - 1).any(Tags::NO);
        out.push(found);
    }

    /// `claims by the mayor that …`: whose the noun before `t` is, and where its content may begin.
    fn owner_after(&self, t: u32) -> (Option<Range>, u32) {
        let end = if self.is(t, "by") || self.is(t, "from") { self.core_end(t + 1, self.hi) } else { t };
        if end > t + 1 { (Some((t + 1, end)), end) } else { (None, t) }
    }

    /// `she had no plans`: who has them.
    fn holder(&self, noun: u32) -> Option<Range> {
        let start = self.phrase_start(noun + 1, self.start_of_sentence(noun));
        let group = self.group(start.checked_sub(1)?).filter(|g| self.pos(g.main) == Pos::Have)?;
        self.subject(group).map(|(range, _)| range)
    }

    /// `there are plans`, `has no plans`.
    fn exists(&self, noun: u32) -> bool {
        let start = self.phrase_start(noun + 1, self.start_of_sentence(noun));
        start > self.lo && matches!(self.pos(start - 1), Pos::Be | Pos::Have)
    }

    /// The content of the reporting noun at `t` if it begins at `from`: a clause, a phrase after `of`, an infinitive.
    fn noun_content(&self, t: u32, from: u32) -> Option<Range> {
        let verb = || (from..self.hi.min(from + 40)).find_map(|i| self.group(i));
        if self.pos(from) == Pos::That && self.clause_at(from + 1, self.end_of_sentence(t)) {
            return Some((from, self.noun_clause_end(from, verb()?.end)));
        }
        if from > t + 1 {
            return None;
        }
        if self.pos(from) == Pos::To && self.tags(t).any(Tags::TO_NOUN) && self.exists(t) {
            return Some((from, self.noun_clause_end(from, verb()?.end)));
        }
        let phrase = self.tags(t).any(Tags::OF_NOUN) && self.is(from, "of");
        let end = if phrase { self.phrase_end(from + 1) } else { from };
        (end > from + 1).then_some((from, end))
    }

    /// The clause of a noun ends where a second finite verb without subject follows, or with the sentence.
    fn noun_clause_end(&self, from: u32, after_verb: u32) -> u32 {
        let end = self.end_of_sentence(from);
        let mut subject = false;
        for i in after_verb..end {
            let pos = self.pos(i);
            if matches!(pos, Pos::Comma | Pos::Semi) {
                return i;
            }
            if matches!(pos, Pos::Cc | Pos::Sub | Pos::Rel | Pos::That) {
                subject = true;
            }
            let finite = self.group(i).is_some_and(|g| g.form == Form::Finite && g.start == i);
            if finite && !subject {
                return i;
            }
        }
        end
    }

    fn possessor(&self, noun: u32) -> Option<Range> {
        let lo = self.start_of_sentence(noun);
        if noun <= lo {
            return None;
        }
        let before = noun - 1;
        match self.pos(before) {
            Pos::Genitive => {
                let mut before = before;
                while before > lo && self.pos(before - 1) == Pos::Genitive {
                    before -= 1;
                }
                let start = self.phrase_start(before, lo);
                (start < before).then_some((start, before))
            }
            Pos::Poss => Some((before, noun)),
            _ => None,
        }
    }
}
