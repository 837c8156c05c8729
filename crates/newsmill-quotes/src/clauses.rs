//! Where reported clauses begin and end.

use newsmill_core::layers::TokenFlags;

use crate::groups::{Form, Group};
use crate::rules::{Frames, Scope};
use crate::tags::Tags;
use crate::view::{REACH, Range, View};
use crate::words::Pos;

/// What stands after a reporting verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Complement {
    /// A quotation opens at this token; `mark`: after a comma, colon or dash.
    Quote(u32, bool),
    /// A that-clause.
    That(u32),
    /// A clause without `that`.
    Bare(u32),
    /// A wh- or if-clause.
    Wh(u32),
    /// to + infinitive.
    Infinitive(u32),
    /// A noun phrase.
    Phrase(u32),
    /// `as` or the predicate of `X Y`.
    Predicate(u32),
    /// A preposition that belongs to the content.
    Prepositional(u32),
    /// Words after a colon.
    Colon(u32),
    /// Nothing; the clause goes on at this token.
    None(u32),
}

impl View<'_> {
    /// Reads what follows a reporting verb with these frames.
    pub fn complement(&self, group: &Group, frames: Frames) -> Complement {
        let end = self.end_of_sentence(group.main);
        let mut t = group.end;
        let mut hearer = false;
        let mut adjunct_from = None;
        for _ in 0..12 {
            if t >= end {
                return Complement::None(t);
            }
            if self.opens(t).is_some() {
                return Complement::Quote(t, false);
            }
            if t == group.particle {
                t += 1;
                continue;
            }
            match self.pos(t) {
                Pos::Neg if self.pos(t + 1) == Pos::To && (frames.has('i') || frames.has('I') && hearer) => {
                    return Complement::Infinitive(t);
                }
                Pos::Adv | Pos::Neg | Pos::Hidden | Pos::Other => t += 1,
                Pos::Colon => return self.after_mark(t, end, true),
                Pos::Comma | Pos::Dash => match self.after_mark(t, end, false) {
                    Complement::None(_) if adjunct_from.is_some() || self.aside_adjunct(t, end).is_some() => {
                        match self.aside_adjunct(t, end) {
                            Some(next) => t = next,
                            None => return Complement::None(t),
                        }
                    }
                    found => return found,
                },
                Pos::That => return Complement::That(t),
                Pos::Rel if frames.has('w') || frames.has('q') && frames.has('c') => {
                    return Complement::Wh(t);
                }
                Pos::Sub if frames.has('w') && (self.is(t, "if") || self.is(t, "whether")) => {
                    return Complement::Wh(t);
                }
                Pos::To => {
                    let fits = frames.has('i') || frames.has('I') && hearer;
                    return if fits { Complement::Infinitive(t) } else { Complement::None(t) };
                }
                Pos::Time => t = self.time_end(t, end),
                Pos::Open => match (t + 1..end.min(t + 12)).find(|&i| self.pos(i) == Pos::Close) {
                    Some(close) => t = close + 1,
                    None => return Complement::None(t),
                },
                Pos::Prep => {
                    if let Some(found) = self.prepositional(t, frames, hearer) {
                        return found;
                    }
                    let inner = self.phrase_end_in(t + 1, end);
                    if inner == t + 1 {
                        return Complement::None(t);
                    }
                    let skip = self.skippable(t, inner);
                    if !skip && frames.has('c') && self.clause_at(t, end) {
                        return Complement::Bare(t);
                    }
                    adjunct_from.get_or_insert(t);
                    t = inner;
                }
                Pos::Det | Pos::Adj if self.pos(t + 1) == Pos::Time && self.begins_phrase(t + 2) => t += 2,
                _ if self.begins_phrase(t) || self.pos(t) == Pos::Ing || self.having(t) => {
                    match self.at_phrase(t, end, frames, hearer) {
                        Ok(found) => return found,
                        Err(next) => {
                            hearer = true;
                            t = next;
                        }
                    }
                }
                _ => return Complement::None(t),
            }
        }
        Complement::None(t)
    }

    /// At a noun phrase: a clause, a hearer (`Err`: go on there) or the content itself.
    fn at_phrase(&self, t: u32, end: u32, frames: Frames, hearer: bool) -> Result<Complement, u32> {
        if frames.has('I') && !hearer {
            let inner = self.hearer_end(t, end);
            let negated = self.pos(inner) == Pos::Neg && self.pos(inner + 1) == Pos::To;
            if inner > t && (self.pos(inner) == Pos::To || negated) {
                return Err(inner);
            }
        }
        if frames.has('c') && !frames.has('N') && !hearer && self.clause_at(t, end) {
            return Ok(Complement::Bare(t));
        }
        if frames.has('p')
            && let Some(found) = self.predicate(t, end)
        {
            return Ok(found);
        }
        if frames.has('k')
            && let Some(found) = self.predicate_as(t, end)
        {
            return Ok(found);
        }
        let takes_hearer = ['N', 'O', 'I', 'o', 'F'].iter().any(|&f| frames.has(f));
        if takes_hearer && !hearer {
            let inner = self.hearer_end(t, end);
            if inner > t && inner < end {
                let timed = matches!(self.pos(inner), Pos::Time | Pos::Adv);
                if frames.has('N') && frames.has('c') && !timed && self.clause_at(inner, end) {
                    return Ok(Complement::Bare(inner));
                }
                let goes_on = self.opens(inner).is_some()
                    || matches!(
                        self.pos(inner),
                        Pos::That
                            | Pos::To
                            | Pos::Neg
                            | Pos::Comma
                            | Pos::Colon
                            | Pos::Prep
                            | Pos::Rel
                            | Pos::Sub
                            | Pos::Time
                            | Pos::Adv
                    )
                    || frames.has('N') && self.clause_at(inner, end);
                if goes_on {
                    if frames.has('N')
                        && self.clause_at(inner, end)
                        && !matches!(
                            self.pos(inner),
                            Pos::That | Pos::Comma | Pos::Rel | Pos::Sub | Pos::Time | Pos::Adv
                        )
                    {
                        return Ok(Complement::Bare(inner));
                    }
                    return Err(inner);
                }
            }
        }
        if hearer && frames.has('N') && self.clause_at(t, end) {
            return Ok(Complement::Bare(t));
        }
        if frames.has('n') {
            return Ok(Complement::Phrase(t));
        }
        Ok(Complement::None(t))
    }

    fn hearer_end(&self, t: u32, end: u32) -> u32 {
        if self.pos(t) == Pos::Pron {
            return t + 1;
        }
        let mut core = self.core_end(t, end);
        if self.finite_at(core).is_some() {
            // "told NPR Hamza bin Laden had": the hearer is the first name, the rest is the clause's subject.
            core = self.first_name_end(t, core);
        }
        let mut at = core;
        while at < end && self.pos(at) == Pos::Prep && self.is(at, "of") {
            let next = self.core_end(at + 1, end);
            if next == at + 1 {
                break;
            }
            at = next;
        }
        if at < end && self.pos(at) == Pos::Cc && self.begins_phrase(at + 1) {
            let next = self.core_end(at + 1, end);
            if next > at + 1 && self.finite_at(next).is_none() {
                at = next;
            }
        }
        at
    }

    /// End of the first of two names that stand side by side: where a mention ends, else after the first word.
    fn first_name_end(&self, t: u32, core: u32) -> u32 {
        let known = self.mention_end(t).filter(|&e| e < core);
        let after_name =
            (t + 1..core).find(|&i| self.pos(i - 1) == Pos::Proper && self.pos(i) != Pos::Genitive);
        known.or(after_name).unwrap_or(core)
    }

    fn phrase_end_in(&self, t: u32, end: u32) -> u32 {
        if self.pos(t) == Pos::Time { self.time_end(t, end) } else { self.phrase_end(t).min(end) }
    }

    /// End of an expression of time: `Jan. 5, 2019`.
    fn time_end(&self, mut t: u32, end: u32) -> u32 {
        while t < end
            && (matches!(self.pos(t), Pos::Time | Pos::Num)
                || self.pos(t) == Pos::Stop && self.pos(t + 1) == Pos::Num)
        {
            t += 1;
        }
        if self.pos(t) == Pos::Comma && self.pos(t + 1) == Pos::Num && t + 1 < end {
            t += 2;
            if self.pos(t) == Pos::Comma {
                t += 1;
            }
        }
        t
    }

    /// An adjunct of the reporting verb, not of its content: time, occasion, medium, hearer.
    fn skippable(&self, prep: u32, end: u32) -> bool {
        self.pos(prep + 1) == Pos::Time
            || (prep + 1..end)
                .any(|i| self.pos(i) == Pos::Time || self.tags(i).any(Tags::EVENT.with(Tags::DOC)))
            || self.is(prep, "to")
            || self.is(prep, "via")
    }

    /// `, in a statement,`: the token after the second comma.
    fn aside_adjunct(&self, comma: u32, end: u32) -> Option<u32> {
        if !matches!(self.pos(comma + 1), Pos::Prep | Pos::Time | Pos::Adv | Pos::Ing | Pos::Rel) {
            return None;
        }
        // "X said, adding, “…”": the quotation is the other verb's.
        if self.pos(comma + 1) == Pos::Ing && self.cue_at(comma + 1).is_some() {
            return None;
        }
        let close = (comma + 1..end.min(comma + 20)).find(|&i| self.pos(i) == Pos::Comma)?;
        let next = close + 1;
        let occasion = self.pos(comma + 1) == Pos::Prep
            && !(comma + 1..close).any(|i| self.pos(i).is_verb())
            && self.begins_phrase(next)
            && self.clause_at(next, end);
        (self.opens(next).is_some() || self.pos(next) == Pos::That || occasion).then_some(next)
    }

    fn after_mark(&self, t: u32, end: u32, colon: bool) -> Complement {
        let mut next = t + 1;
        while self.pos(next) == Pos::Hidden {
            next += 1;
        }
        if self.opens(next).is_some() {
            return Complement::Quote(next, true);
        }
        if colon && next < end {
            return Complement::Colon(next);
        }
        if self.pos(next) == Pos::That {
            return Complement::That(next);
        }
        if self.rules.clauses_in_commas && !colon && self.clause_at(next, end) {
            return Complement::Bare(next);
        }
        // "said, however, that"; "said, in English, “…”"
        if matches!(self.pos(next), Pos::Adv) && self.pos(next + 1) == Pos::Comma {
            if self.opens(next + 2).is_some() {
                return Complement::Quote(next + 2, true);
            }
            if self.pos(next + 2) == Pos::That {
                return Complement::That(next + 2);
            }
        }
        Complement::None(t)
    }

    fn prepositional(&self, t: u32, frames: Frames, hearer: bool) -> Option<Complement> {
        if frames.has('k') && self.is(t, "as") {
            return Some(Complement::Predicate(t));
        }
        if frames.has('k') && (self.is(t, "to") || self.is(t, "on")) {
            return self.predicate_as(t + 1, self.end_of_sentence(t));
        }
        let fits = frames.has('o') && hearer && (self.is(t, "of") || self.is(t, "with"))
            || frames.has('f') && self.is(t, "for")
            || frames.has('F') && hearer && self.is(t, "for")
            || frames.has('g') && ["of", "to", "about", "against", "for"].iter().any(|p| self.is(t, p));
        fits.then_some(Complement::Prepositional(t))
    }

    /// `called the vote a sham`, `called it "a sham"`.
    fn predicate(&self, t: u32, end: u32) -> Option<Complement> {
        let object = self.core_end(t, end);
        let mut at = object;
        while at > t
            && at < end
            && self.pos(at) == Pos::Prep
            && self.pos(at + 1) != Pos::Quote
            && self.opens(at + 1).is_none()
            && !self.is(at, "as")
        {
            let next = self.core_end(at + 1, end);
            if next == at + 1 {
                break;
            }
            at = next;
        }
        if at == t || at >= end {
            return None;
        }
        let fits = self.opens(at).is_some() || self.begins_phrase(at) && self.pos(at) != Pos::Num;
        (fits && self.finite_at(at).is_none()).then_some(Complement::Predicate(at))
    }

    fn predicate_as(&self, t: u32, end: u32) -> Option<Complement> {
        let limit = end.min(t + 30);
        for i in t..limit {
            if self.is(i, "as") && i > t {
                return Some(Complement::Predicate(i));
            }
            let relative = (t..i).rev().take(6).any(|j| self.pos(j) == Pos::Rel);
            if self.pos(i).is_finite() && !relative || matches!(self.pos(i), Pos::Semi | Pos::Colon) {
                return None;
            }
        }
        None
    }

    /// `having`, `being`: auxiliaries that aren't finite.
    fn having(&self, t: u32) -> bool {
        matches!(self.pos(t), Pos::Have | Pos::Be) && self.tags(t).any(Tags::VG)
    }

    /// Whether a clause with a subject and a finite verb begins at `t`.
    pub fn clause_at(&self, t: u32, end: u32) -> bool {
        let limit = end.min(t + 45);
        let mut at = t;
        let mut subject = false;
        while at < limit {
            if let Some(region) = self.opens(at) {
                let verb = |&i: &u32| self.group(i).is_some_and(|g| g.form == Form::Finite);
                let marked = matches!(self.pos(at.saturating_sub(1)), Pos::Comma | Pos::Colon);
                let first = self.tags(region.start);
                let says = first.any(Tags::VERB) && !first.any(Tags::NOUN)
                    || (region.start..region.end.min(region.start + 30)).any(|i| verb(&i));
                if subject && !marked && says {
                    return true;
                }
                at = region.after.max(at + 1);
                subject = true;
                continue;
            }
            let pos = self.pos(at);
            if pos.is_finite() && !self.having(at) {
                return subject && self.group(at).is_some_and(|g| g.form == Form::Finite);
            }
            match pos {
                Pos::Noun | Pos::Proper | Pos::Pron | Pos::Num | Pos::Time | Pos::Det => subject = true,
                Pos::Semi | Pos::Colon | Pos::That => return false,
                Pos::Stop if !self.flags(at).has(TokenFlags::ABBREVIATION) => {
                    return false;
                }
                Pos::Comma if !subject => return false,
                Pos::To if !subject => return false,
                Pos::Sub if subject => return false,
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// End of a clause that begins at `from` and is reported by `cue`: where the attribution ends.
    pub fn clause_end(&self, from: u32, cue: &Group, narrow: bool) -> u32 {
        let end = self.end_of_sentence(from.max(cue.main)).min(from + REACH);
        // "While critics said the bridge was unsafe, the mayor walked": the main clause follows.
        let start = self.start_of_sentence(cue.main);
        let led = self.pos(start) == Pos::Sub && cue.main - start <= 12 && !self.is(start, "but");
        let mut t = from + 1;
        while t < end {
            if let Some(region) = self.opens(t) {
                // A quoted sentence after a colon begins something of its own.
                if self.pos(t - 1) == Pos::Colon {
                    return t - 1;
                }
                t = region.after.max(t + 1);
                let comma = self.words.pos[region.end as usize - 1] == Pos::Comma;
                if comma && t < end && self.cut_at_comma(t - 1, end, cue) {
                    return t;
                }
                continue;
            }
            match self.pos(t) {
                Pos::Semi => return t,
                Pos::Comma if led && self.clause_at(t + 1, end) => return t,
                Pos::Comma if self.cut_at_comma(t, end, cue) => return t,
                Pos::Cc if self.cut_at_conjunction(t, end, cue) => return t,
                Pos::Cc if narrow && self.is(t, "but") && self.finite_at(t + 1).is_some() => return t,
                Pos::Sub if self.leads_contrast(t) && self.cue_clause(t + 1, end) => return t,
                Pos::Rel if narrow && self.tags(t).any(Tags::SUB) && self.clause_at(t + 1, end) => return t,
                Pos::Ing | Pos::Adv if self.goes_on_saying(t) => return t,
                Pos::Comma if narrow && self.pos(t + 1) != Pos::Adj => return t,
                Pos::Sub | Pos::Cc if narrow && self.clause_at(t + 1, end) => return t,
                _ => {}
            }
            t += 1;
        }
        end
    }

    fn leads_contrast(&self, t: u32) -> bool {
        self.is(t, "while") || self.is(t, "whereas")
    }

    fn cue_at(&self, t: u32) -> Option<(&Group, Scope)> {
        let group = self.group(self.skip_adverbs(t))?;
        let cue = self.rules.cue(group.cue)?;
        Some((group, cue.scope))
    }

    fn cut_at_comma(&self, comma: u32, end: u32, cue: &Group) -> bool {
        let next = self.skip_adverbs(comma + 1);
        match self.pos(next) {
            Pos::Ing => self.cue_at(next).is_some(),
            Pos::Cc => {
                let after = self.skip_adverbs(next + 1);
                if let Some(group) = self.finite_at(after) {
                    let reports = self.rules.cue(group.cue).is_some();
                    return reports && (self.is(next, "but") || self.alike(group, cue));
                }
                self.is(next, "but") && self.clause_at(after, end) || self.cue_clause(after, end)
            }
            Pos::Sub if self.leads_contrast(next) => self.cue_clause(next + 1, end),
            Pos::Prep => self.is(next, "according"),
            _ => self.is(next, "according") || self.is(next, "however"),
        }
    }

    fn cut_at_conjunction(&self, cc: u32, end: u32, cue: &Group) -> bool {
        let after = self.skip_adverbs(cc + 1);
        match self.cue_at(after) {
            Some((group, _)) => group.start <= after && self.alike(group, cue),
            _ => self.is(cc, "but") && self.cue_clause(after, end),
        }
    }

    /// `…the cases also stating that`: a reporting -ing form of the same speaker, after no noun that could say it.
    fn goes_on_saying(&self, t: u32) -> bool {
        let speakers = Tags::ROLE.with(Tags::GROUP).with(Tags::ORG).with(Tags::DOC).with(Tags::SPEECH_NOUN);
        let before = t - 1;
        let silent = self.pos(before) == Pos::Noun && !self.tags(before).any(speakers.with(Tags::EVIDENCE));
        silent
            && self.cue_at(t).is_some_and(|(group, scope)| {
                let next = group.end + u32::from(self.pos(group.end) == Pos::Comma);
                let content = self.pos(group.end) == Pos::That || self.opens(next).is_some();
                group.form == Form::Ing && scope == Scope::Speech && content
            })
    }

    /// Whether two groups have the same form, so that they may be coordinated.
    fn alike(&self, a: &Group, b: &Group) -> bool {
        let past = |g: &Group| {
            self.tags(g.start).any(Tags::VD) || self.is(g.start, "had") || self.is(g.start, "was")
        };
        a.form == b.form && past(a) == past(b)
    }

    /// Whether a clause with a reporting verb of its own begins at `t`.
    fn cue_clause(&self, t: u32, end: u32) -> bool {
        // "and on January 23, Canada announced": an adverbial may lead in.
        let lead = matches!(self.pos(t), Pos::Prep | Pos::Time);
        let comma = (t..end.min(t + 8)).find(|&i| lead && self.pos(i) == Pos::Comma);
        let t = comma.map_or(t, |c| c + 1);
        let limit = end.min(t + 12);
        let mut at = t;
        while at < limit {
            if self.opens(at).is_some() {
                return false;
            }
            if self.pos(at).is_finite() {
                return self.cue_at(at).is_some_and(|(g, s)| s == Scope::Speech && g.form == Form::Finite);
            }
            if matches!(self.pos(at), Pos::Comma | Pos::Semi) {
                return false;
            }
            at += 1;
        }
        false
    }

    /// End of a noun phrase that is content, with everything that hangs on it.
    pub fn content_phrase_end(&self, from: u32, cue: &Group) -> Range {
        (from, self.clause_end(from, cue, true))
    }
}
