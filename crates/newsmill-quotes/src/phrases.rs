//! Noun phrases: where one begins and ends, and which one is a verb's subject.

use newsmill_core::layers::TokenFlags;

use crate::groups::{Form, Group};
use crate::tags::Tags;
use crate::view::{PHRASE, Range, View};
use crate::words::Pos;

/// How a subject stands to its verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Just before it.
    Adjacent,
    /// With an aside between.
    Aside,
    /// Taken from the verb that this one is coordinated with or depends on.
    Shared,
    /// The antecedent of a relative pronoun.
    Relative,
}

impl View<'_> {
    fn attaching(&self, t: u32) -> bool {
        self.pos(t) == Pos::Prep && self.tags(t).any(Tags::ATTACH)
    }

    /// `des Hafens` after a noun.
    fn genitive(&self, t: u32) -> bool {
        self.tags(t).any(Tags::GEN) && t > self.lo && !self.begins_sentence(t) && self.pos(t - 1).is_nominal()
    }

    /// Whether a noun phrase may begin at `t`.
    pub fn begins_phrase(&self, t: u32) -> bool {
        matches!(
            self.pos(t),
            Pos::Det | Pos::Adj | Pos::Noun | Pos::Proper | Pos::Num | Pos::Pron | Pos::Poss
        )
    }

    /// End of the noun phrase that begins at `t`, with the phrases that hang on it. `t` if none does.
    pub fn phrase_end(&self, t: u32) -> u32 {
        let limit = self.hi.min(t + PHRASE);
        let mut end = self.core_end(t, limit);
        if end == t {
            return t;
        }
        loop {
            if let Some((_, name_end)) = self.name_around(end - 1)
                && name_end > end
                && name_end <= limit
            {
                end = name_end;
            }
            if self.pos(end).is_nominal() && !self.begins_sentence(end) {
                end = self.core_end(end, limit).max(end);
            }
            let next = self.extension(t, end, limit);
            if next <= end {
                return end;
            }
            end = next;
        }
    }

    fn extension(&self, start: u32, end: u32, limit: u32) -> u32 {
        if end >= limit || self.begins_sentence(end) {
            return end;
        }
        if self.attaching(end) && self.pos(start) != Pos::Pron {
            let inner = self.core_end(end + 1, limit);
            let occasion = inner > end + 1
                && self.tags(inner - 1).any(Tags::EVENT.with(Tags::DOC))
                && !self.is(end, "of");
            return if inner > end + 1 && self.pos(end + 1) != Pos::Time && !occasion { inner } else { end };
        }
        if self.genitive(end) {
            return self.core_end(end, limit);
        }
        if self.pos(end) == Pos::Open {
            let close = (end + 1..limit.min(end + 9)).find(|&i| self.pos(i) == Pos::Close);
            return close.map_or(end, |c| c + 1);
        }
        if self.pos(end) == Pos::Cc && !self.is(end, "but") {
            let inner = self.core_end(end + 1, limit);
            let head = inner > end + 1 && self.pos(end + 1) != Pos::Pron;
            return if head && self.finite_at(inner).is_none() { inner } else { end };
        }
        end
    }

    /// End of a noun phrase without what hangs on its head.
    pub fn core_end(&self, t: u32, limit: u32) -> u32 {
        if self.pos(t) == Pos::Pron {
            return t + 1;
        }
        let mut at = t;
        let mut head = t;
        while at < limit && (at == t || !self.begins_sentence(at)) && self.opens(at).is_none() {
            match self.pos(at) {
                Pos::Noun | Pos::Proper | Pos::Num => {
                    at += 1;
                    head = at;
                }
                Pos::Det if at == t || at == t + 1 && self.pos(t) == Pos::Det => {
                    at += 1;
                    if self.tags(at - 1).any(Tags::INDEF) {
                        head = at;
                    }
                }
                Pos::Poss if at == t || self.pos(at - 1) == Pos::Det => at += 1,
                Pos::Time if head == at && self.pos(at + 1) == Pos::Genitive => at += 1,
                Pos::Time if at == t || self.pos(at - 1) == Pos::Adj || self.pos(at - 1) == Pos::Det => {
                    at += 1;
                    head = at;
                }
                Pos::Genitive if head == at => {
                    at += 1;
                    if self.begins_phrase(at) { continue } else { head = at }
                }
                Pos::Adj | Pos::Ing | Pos::Part
                    if at == t || !matches!(self.pos(at), Pos::Ing | Pos::Part) =>
                {
                    at += 1
                }
                Pos::Ing | Pos::Part if matches!(self.pos(at - 1), Pos::Det | Pos::Poss | Pos::Adj) => {
                    at += 1
                }
                _ => break,
            }
        }
        if head == t && at > t && matches!(self.pos(at - 1), Pos::Adj) && self.pos(t) == Pos::Det {
            return at;
        }
        head
    }

    /// Start of the noun phrase that ends at `end` (one past its last token), not before `lo`.
    pub fn phrase_start(&self, end: u32, lo: u32) -> u32 {
        let lo = lo.max(end.saturating_sub(PHRASE));
        let mut at = end;
        while at > lo {
            let t = at - 1;
            if self.ends_before(at).is_some() {
                break;
            }
            match self.pos(t) {
                Pos::Noun | Pos::Proper | Pos::Num | Pos::Adj | Pos::Genitive => at = t,
                Pos::Pron => {
                    if at == end {
                        at = t
                    }
                    break;
                }
                Pos::Det | Pos::Poss => {
                    at = t;
                    let more = at > lo
                        && (self.attaching(at - 1)
                            || self.genitive(at)
                            || self.pos(at - 1) == Pos::Det
                            || self.coordinated(at, lo));
                    if !more {
                        break;
                    }
                }
                Pos::Close => match (lo..t).rev().take(10).find(|&i| self.pos(i) == Pos::Open) {
                    Some(open) if open > lo => at = open,
                    _ => break,
                },
                Pos::Prep if at < end && self.attaching(t) && self.hangs_on_noun(t, lo) => at = t,
                Pos::Cc if at < end && self.coordinated(at, lo) => at = t,
                Pos::Comma if at < end && t > lo && self.listed(t, end, lo) => at = t,
                Pos::Part | Pos::Ing if at < end && t > lo => {
                    let before = self.pos(t - 1);
                    if matches!(before, Pos::Det | Pos::Poss | Pos::Adj)
                        || before.is_nominal() && self.reduced(t)
                        || self.attaching(t - 1) && self.pos(at).is_nominal()
                    {
                        at = t;
                    } else {
                        break;
                    }
                }
                Pos::Time if at == end || self.pos(t + 1) == Pos::Genitive => at = t,
                Pos::Time if at < end && t > lo && self.inside_reduced(t, lo) => at = t,
                _ => break,
            }
        }
        if let Some((name, _)) = self.name_around(at).filter(|&(s, e)| s < at && s >= lo && e <= end) {
            at = name;
        }
        // A phrase can't begin with a genitive mark, a conjunction or a hyphen that lost its left side.
        while at < end && matches!(self.pos(at), Pos::Genitive | Pos::Cc | Pos::Prep | Pos::Comma) {
            at += 1;
        }
        at
    }

    fn inside_reduced(&self, t: u32, lo: u32) -> bool {
        let from = lo.max(t.saturating_sub(8));
        (from..t).rev().find(|&i| self.pos(i).is_verb()).is_some_and(|i| self.pos(i) == Pos::Part)
    }

    fn reduced(&self, t: u32) -> bool {
        self.pos(t) == Pos::Part || matches!(self.pos(t + 1), Pos::Prep | Pos::Det)
    }

    fn hangs_on_noun(&self, prep: u32, lo: u32) -> bool {
        if prep <= lo {
            return false;
        }
        let before = self.pos(prep - 1);
        before.is_nominal()
            || before == Pos::Close
            || before == Pos::Det && self.tags(prep - 1).any(Tags::INDEF)
            || before == Pos::Pron && self.tags(prep - 1).any(Tags::INDEF)
            || before == Pos::Part
            || before == Pos::Prep && self.is(prep, "across") && self.hangs_on_noun(prep - 1, lo)
            || before == Pos::Adj
                && (self.tags(prep - 1).any(Tags::ROLE) || prep > lo + 1 && self.pos(prep - 2).is_nominal())
    }

    /// Whether `X and` before `at` belongs to the phrase: the other side is a phrase at the start of the clause.
    fn coordinated(&self, at: u32, lo: u32) -> bool {
        if at <= lo + 1
            || self.pos(at - 1) != Pos::Cc
            || self.is(at - 1, "but")
            || !self.pos(at - 2).is_nominal()
        {
            return false;
        }
        let mut t = at - 1;
        while t > lo
            && at - t < 14
            && (self.pos(t - 1).is_nominal()
                || matches!(self.pos(t - 1), Pos::Adj | Pos::Det | Pos::Poss | Pos::Genitive | Pos::Comma)
                || self.attaching(t - 1))
        {
            t -= 1;
        }
        t <= lo || !self.pos(t - 1).is_verb() && self.pos(t - 1) != Pos::Prep
    }

    /// Whether a comma separates the items of a list of names that ends in `and X`.
    fn listed(&self, comma: u32, end: u32, lo: u32) -> bool {
        self.pos(comma - 1) == Pos::Proper
            && self.pos(comma + 1) == Pos::Proper
            && (comma..end).any(|i| self.pos(i) == Pos::Cc)
            && !(lo..comma).rev().take(4).any(|i| self.pos(i) == Pos::Time)
    }

    /// The subject of a verb group, looking left, and how it was found.
    pub fn subject(&self, group: &Group) -> Option<(Range, Link)> {
        self.subject_within(group, 4)
    }

    fn subject_within(&self, group: &Group, depth: u8) -> Option<(Range, Link)> {
        let depth = depth.checked_sub(1)?;
        let lo = self.start_of_sentence(group.start);
        let mut t = group.start;
        while t > lo && matches!(self.pos(t - 1), Pos::Adv | Pos::Neg) {
            t -= 1;
        }
        if group.form == Form::Ing && t > lo && (self.names_speaker(t - 1) || group.passive) {
            let start = self.phrase_start(t, lo);
            let led = start > lo && self.pos(start - 1) == Pos::Prep && self.is(start - 1, "with");
            if start < t && (led || start == lo || self.begins_clause(start, lo)) {
                return Some(((start, t), Link::Shared));
            }
        }
        if group.form == Form::Ing || group.form == Form::Infinitive {
            return self.controller(group.start, lo, depth);
        }
        if t < group.start && t > lo && self.pos(t - 1) == Pos::Comma && self.is(t, "then") {
            return self.controller(t - 1, lo, depth);
        }
        let mut link = Link::Adjacent;
        if let Some(before) = self.before_quoted_aside(t, lo) {
            (t, link) = (before, Link::Aside);
        }
        for _ in 0..3 {
            if t <= lo {
                return None;
            }
            match self.pos(t - 1) {
                Pos::Rel => return self.antecedent(t - 1, lo),
                Pos::Cc => return self.controller(t - 1, lo, depth),
                Pos::Comma => {
                    if t >= lo + 2 && self.pos(t - 2) == Pos::Cc {
                        return self.controller(t - 2, lo, depth);
                    }
                    t = match self.aside_start(t - 1, lo) {
                        Some(start) => start,
                        // A comma gone astray: "Minister Ian Macdonald, said".
                        None if t > lo + 1
                            && t - lo <= 8
                            && self.names_speaker(t - 2)
                            && self.phrase_start(t - 1, lo) == lo =>
                        {
                            t - 1
                        }
                        None => return None,
                    };
                    link = Link::Aside;
                }
                Pos::Dash => {
                    t = (lo..t - 1).rev().take(30).find(|&i| self.pos(i) == Pos::Dash)?;
                    link = Link::Aside;
                }
                Pos::Time if t >= lo + 2 && self.phrase_before_time(t, lo).is_some() => {
                    t = self.phrase_before_time(t, lo)?;
                    link = Link::Aside;
                }
                p if p.ends_noun_phrase() || p == Pos::Close || p == Pos::Genitive => {
                    if self.ends_before(t).is_some() {
                        return None;
                    }
                    let start = self.phrase_start(t, lo);
                    if start == t {
                        return None;
                    }
                    let start = self.before_country(start, t, lo).unwrap_or(start);
                    if let Some(found) = self.of_relative_clause(start, lo) {
                        return Some(found);
                    }
                    return Some((self.without_leading_time((start, t)), link));
                }
                _ => return None,
            }
        }
        None
    }

    /// `X, citing “the magic,” said`: an aside whose last comma stands in marks.
    fn before_quoted_aside(&self, t: u32, lo: u32) -> Option<u32> {
        let region = self.ends_before(t).filter(|r| self.words.pos[r.end as usize - 1] == Pos::Comma)?;
        let comma = (lo..region.open).rev().take(8).find(|&i| self.pos(i) == Pos::Comma)?;
        let opens = matches!(self.pos(comma + 1), Pos::Ing | Pos::Part | Pos::Prep | Pos::Rel);
        let names = comma > lo && self.pos(comma - 1).ends_noun_phrase();
        (opens && names).then_some(comma)
    }

    /// `Experts who had no part in the trial called`: the phrase at `start` is the object of a relative clause, the
    /// subject its antecedent.
    fn of_relative_clause(&self, start: u32, lo: u32) -> Option<(Range, Link)> {
        let mut at = start;
        if at > lo && self.pos(at - 1) == Pos::Prep {
            at = self.phrase_start(at - 1, lo);
        }
        let group = self.group(at.checked_sub(1)?).filter(|g| g.form == Form::Finite && g.start > lo)?;
        let rel = group.start - 1;
        let (range, _) = (self.pos(rel) == Pos::Rel).then(|| self.antecedent(rel, lo)).flatten()?;
        Some((range, Link::Aside))
    }

    /// `the ministry in Munich, Germany`: a name after a comma that only says where the name before it is.
    fn before_country(&self, start: u32, end: u32, lo: u32) -> Option<u32> {
        let place = self.name_around(start) == Some((start, end)) && self.names_place(start);
        let comma = start.checked_sub(1).filter(|&c| place && c > lo + 1 && self.pos(c) == Pos::Comma)?;
        let place_before = self.pos(comma - 1) == Pos::Proper && self.names_place(comma - 1);
        let whole = self.phrase_start(comma, lo);
        let subject = whole < comma - 1 && (whole == lo || self.begins_clause(whole, lo));
        (place_before && subject).then_some(whole)
    }

    /// Whether the noun at `t` can say something: a name, a role, a group, a body or a text.
    fn names_speaker(&self, t: u32) -> bool {
        let speakers = Tags::ROLE.with(Tags::GROUP).with(Tags::ORG).with(Tags::DOC);
        self.pos(t) == Pos::Proper || self.pos(t) == Pos::Noun && self.tags(t).any(speakers)
    }

    /// `X on Monday said`, `X Monday said`: where the time begins.
    fn phrase_before_time(&self, t: u32, lo: u32) -> Option<u32> {
        let mut at = t;
        while at > lo && matches!(self.pos(at - 1), Pos::Time | Pos::Num | Pos::Adv) {
            at -= 1;
        }
        if at > lo && self.pos(at - 1) == Pos::Det && self.is(at - 1, "this") {
            at -= 1;
        }
        if at > lo && self.pos(at - 1) == Pos::Prep {
            at -= 1;
        }
        while at > lo && (self.pos(at - 1) == Pos::Adv || self.is(at - 1, "both") || self.is(at - 1, "all")) {
            at -= 1;
        }
        let before = at > lo
            && (self.pos(at - 1).is_nominal()
                || matches!(self.pos(at - 1), Pos::Pron | Pos::Comma | Pos::Close | Pos::Rel));
        (before && at < t).then_some(at)
    }

    fn without_leading_time(&self, (mut start, end): Range) -> Range {
        while start + 1 < end && self.pos(start) == Pos::Time && self.pos(start + 1) != Pos::Genitive {
            start += 1;
        }
        (start, end)
    }

    /// An aside ends at the comma `close`: the token after the phrase that it hangs on.
    ///
    /// Of several commas that fit, the one whose phrase begins its clause: `X, Republican, Evansville, told`.
    fn aside_start(&self, close: u32, lo: u32) -> Option<u32> {
        let mut tries = 0;
        let mut finite = false;
        let mut nearest = None;
        for t in (lo..close).rev().take(60) {
            if self.ends_before(t + 1).is_some() && t + 1 != close {
                break;
            }
            match self.pos(t) {
                Pos::Comma => {
                    tries += 1;
                    let opener = self.pos(t + 1);
                    let relative =
                        opener == Pos::Rel || self.pos(t + 2) == Pos::Rel || self.tags(t + 1).any(Tags::REL);
                    let before =
                        t > lo && (self.pos(t - 1).ends_noun_phrase() || self.pos(t - 1) == Pos::Close);
                    if before
                        && (relative || !finite)
                        && (opener != Pos::Cc || self.is(t + 1, "or"))
                        && !self.opens_adverbial(t, lo)
                    {
                        let start = self.phrase_start(t, lo);
                        nearest.get_or_insert(t);
                        if start == lo || start < t && self.begins_clause(start, lo) {
                            return Some(t);
                        }
                    }
                    if tries >= 5 {
                        break;
                    }
                }
                Pos::Semi => break,
                Pos::Stop if !self.flags(t).has(TokenFlags::ABBREVIATION) => break,
                Pos::Rel => finite = false,
                p if p.is_finite() => finite = true,
                _ => {}
            }
        }
        nearest
    }

    /// Whether a phrase at `start` begins its clause: after a conjunction, a subordinator, or an adverbial's comma.
    fn begins_clause(&self, start: u32, lo: u32) -> bool {
        match self.pos(start - 1) {
            Pos::Comma => self.opens_adverbial(start - 1, lo),
            Pos::Cc | Pos::Sub | Pos::That | Pos::Adv | Pos::Colon | Pos::Dash => true,
            _ => false,
        }
    }

    /// Whether what stands before the comma `t` is an adverbial at the start (`In 2019, …`), no phrase with an aside.
    fn opens_adverbial(&self, t: u32, lo: u32) -> bool {
        if t - lo > 14 {
            return false;
        }
        let first = self.pos(lo);
        let simple = !(lo..t).any(|i| self.pos(i).is_finite() || self.pos(i) == Pos::Comma);
        simple && matches!(first, Pos::Prep | Pos::Time | Pos::Adv | Pos::Sub)
    }

    /// The antecedent of the relative pronoun at `rel`.
    fn antecedent(&self, rel: u32, lo: u32) -> Option<(Range, Link)> {
        let end = if rel > lo && self.pos(rel - 1) == Pos::Comma { rel - 1 } else { rel };
        if end <= lo || !(self.pos(end - 1).ends_noun_phrase() || self.pos(end - 1) == Pos::Close) {
            return None;
        }
        let start = self.phrase_start(end, lo);
        (start < end).then_some(((start, end), Link::Relative))
    }

    /// The subject of the verb that `t` depends on: for coordinated verbs, -ing forms and infinitives.
    ///
    /// Verbs of embedded clauses are passed over: `X said that he did A but denied B`.
    fn controller(&self, t: u32, lo: u32, depth: u8) -> Option<(Range, Link)> {
        let from = lo.max(t.saturating_sub(60));
        let mut at = t;
        let mut nearest = None;
        while at > from {
            at -= 1;
            if self.ends_before(at + 1).is_some() {
                at = self.marks.at(at)?.open;
                continue;
            }
            let Some(group) = self.group(at) else { continue };
            at = group.start;
            if group.form != Form::Finite || group.start >= t {
                continue;
            }
            let inverted = || self.inverted_subject(group).map(|range| (range, Link::Shared));
            if let Some((range, link)) = self.subject_once(group, depth).or_else(inverted) {
                if link != Link::Relative && !self.embedded(range.0, lo) {
                    return Some((range, Link::Shared));
                }
                nearest.get_or_insert((range, if link == Link::Relative { link } else { Link::Shared }));
            }
        }
        nearest
    }

    /// Whether a clause whose subject begins at `start` is part of another: after `that`, or straight after a verb.
    fn embedded(&self, start: u32, lo: u32) -> bool {
        if start <= lo {
            return false;
        }
        match self.pos(start - 1) {
            Pos::That | Pos::Rel | Pos::Sub => true,
            _ => self.group(start - 1).is_some_and(|g| g.cue != 0),
        }
    }

    /// As [`subject`](Self::subject), but follows at most a few coordinations.
    fn subject_once(&self, group: &Group, depth: u8) -> Option<(Range, Link)> {
        let mut group = group;
        for _ in 0..6 {
            let lo = self.start_of_sentence(group.start);
            let mut t = group.start;
            while t > lo && matches!(self.pos(t - 1), Pos::Adv | Pos::Neg) {
                t -= 1;
            }
            if t > lo && self.pos(t - 1) == Pos::Cc
                || t > lo + 1 && self.pos(t - 1) == Pos::Comma && self.pos(t - 2) == Pos::Cc
            {
                let index = self.groups.index_at(group.start as usize)?;
                group = self.groups.rows[..index]
                    .iter()
                    .rev()
                    .take(6)
                    .find(|g| g.form == Form::Finite && g.start >= lo)?;
                continue;
            }
            return self.subject_within(group, depth);
        }
        None
    }

    /// The subject after an inverted verb: `said Moira Kent, a shopkeeper`.
    pub fn inverted_subject(&self, group: &Group) -> Option<Range> {
        let at = group.end;
        if at >= self.hi || self.begins_sentence(at) || !self.begins_phrase(at) {
            return None;
        }
        let end = self.phrase_end(at);
        // "said she and two friends had": the verb of a coordinated subject.
        let other = if self.pos(end) == Pos::Cc { self.core_end(end + 1, self.hi) } else { end };
        (end > at && self.finite_at(other).is_none()).then_some((at, end))
    }
}
