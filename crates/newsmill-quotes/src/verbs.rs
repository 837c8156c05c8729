//! Templates around a reporting verb: what it reports, on which side, and who says it.

use newsmill_core::layers::TokenFlags;

use crate::candidates::{Candidate, Template};
use crate::clauses::Complement;
use crate::groups::{Form, Group};
use crate::marks::Region;
use crate::phrases::Link;
use crate::rules::{Cue, Scope};
use crate::tags::Tags;
use crate::view::{Range, View};
use crate::words::Pos;

impl View<'_> {
    /// The quotations that a reporting verb makes.
    pub fn of_verb(&self, group: &Group, scope: Scope, out: &mut Vec<Candidate>) {
        let Some(cue) = self.rules.cue(group.cue) else { return };
        if cue.scope > scope || self.marks.index_at(group.main).is_some() != self.inside {
            return;
        }
        let found = if group.passive { self.passive(group, cue) } else { self.active(group, cue) };
        out.extend(found);
    }

    fn candidate(
        &self,
        group: &Group,
        cue: &Cue,
        template: Template,
        pieces: Vec<Range>,
    ) -> Option<Candidate> {
        let pieces: Vec<Range> = pieces.into_iter().filter_map(|p| self.trim(p)).collect();
        if pieces.is_empty() {
            return None;
        }
        Some(Candidate {
            pieces,
            cue: Some((group.start, group.end)),
            verb: group.cue,
            source: None,
            template,
            negated: group.negated || cue.lemma == "deny",
            inside: self.inside,
        })
    }

    fn active(&self, group: &Group, cue: &Cue) -> Option<Candidate> {
        let subject = self.subject(group);
        let inverted = match subject {
            Some((_, Link::Adjacent | Link::Relative)) => None,
            // "told" has its hearer there, not its subject.
            _ if cue.frames.has('N') && subject.is_some() => None,
            _ => self.inverted(group),
        };
        if self.addresses_reader(subject.map(|(range, _)| range)) {
            return None;
        }
        if let Some(source) = inverted
            && let Some(mut c) = self.inverted_candidate(group, cue, source)
        {
            c.source = Some(source);
            return Some(c);
        }
        let complement = self.complement(group, cue.frames);
        let complement = self.after_comma(group, cue, subject, complement);
        if group.form == Form::Infinitive
            && !self.goes_on_to(group)
            && !matches!(complement, Complement::Quote(..) | Complement::None(_))
        {
            return None;
        }
        if cue.frames.has('x') && subject.is_some_and(|(range, _)| self.is_evidence(range)) {
            return None;
        }
        let mut found = match self.left(group, cue, subject, complement) {
            Some(c) => Some(c),
            None => self.right(group, cue, complement),
        }?;
        found.source = subject.map(|(range, _)| range);
        found.negated |= subject.is_some_and(|((start, _), _)| self.tags(start).any(Tags::NO));
        if group.form == Form::Infinitive
            && self.goes_on_to(group)
            && let Some(before) = self.group(group.start - 1)
        {
            found.cue = Some((before.start, group.end));
        }
        if subject.is_some_and(|(_, link)| link == Link::Relative) {
            self.cut_relative(&mut found);
        }
        // Without a subject a verb reports hardly ever: imperatives, headings, misread nouns.
        let needs_source = matches!(
            found.template,
            Template::BareClause | Template::NounPhrase | Template::Predicate | Template::ThatClause
        );
        if group.form == Form::Participle || needs_source && found.source.is_none() {
            return None;
        }
        Some(found)
    }

    /// `said on Sunday, the bridge was safe`: a clause after the comma that ends an aside.
    fn after_comma(
        &self,
        group: &Group,
        cue: &Cue,
        subject: Option<(Range, Link)>,
        complement: Complement,
    ) -> Complement {
        let Complement::None(comma) = complement else { return complement };
        let clause = comma + 1;
        let occasion = |t: u32| {
            matches!(self.pos(t), Pos::Time | Pos::Num) || self.tags(t).any(Tags::EVENT.with(Tags::DOC))
        };
        let adjunct = (group.end..comma).any(occasion) || cue.frames.has('N');
        let aside = comma > group.end && self.pos(comma) == Pos::Comma && adjunct && cue.frames.has('c');
        let first = subject.is_some_and(|((start, _), _)| {
            self.begins_sentence(start) || start > self.lo && self.is(start - 1, "as")
        });
        let fits = aside && first && self.begins_phrase(clause);
        if fits && self.clause_at(clause, self.end_of_sentence(group.main)) {
            return Complement::Bare(clause);
        }
        complement
    }

    /// `went on to say`
    fn goes_on_to(&self, group: &Group) -> bool {
        group.start > self.lo
            && self
                .group(group.start - 1)
                .and_then(|g| self.rules.cue(g.cue))
                .is_some_and(|c| c.lemma == "go")
    }

    /// `X, who said the bridge was safe, has left`: the relative clause ends at the comma before the main verb.
    fn cut_relative(&self, c: &mut Candidate) {
        if let Some(last) = c.pieces.last_mut() {
            let main = |&i: &u32| self.pos(i) == Pos::Comma && self.finite_at(i + 1).is_some();
            if let Some(comma) = (last.0 + 1..last.1).find(main) {
                last.1 = comma;
            }
        }
    }

    /// Questions and advice to the reader: `you say`.
    fn addresses_reader(&self, source: Option<Range>) -> bool {
        source.is_some_and(|(s, e)| e == s + 1 && self.is(s, "you"))
    }

    fn is_evidence(&self, (start, end): Range) -> bool {
        let head = self.core_end(start, end).max(start + 1) - 1;
        self.tags(head).any(Tags::EVIDENCE) && self.pos(head) == Pos::Noun
    }

    /// Content after the verb.
    fn right(&self, group: &Group, cue: &Cue, complement: Complement) -> Option<Candidate> {
        let frames = cue.frames;
        match complement {
            Complement::Quote(t, marked) => self.quote_right(group, cue, t, marked),
            Complement::That(t) if frames.has('t') => {
                let end = self.clause_end(t, group, false);
                self.candidate(group, cue, Template::ThatClause, vec![(t, end)])
            }
            Complement::Bare(t) if frames.has('c') => {
                let end = self.clause_end(t, group, false);
                self.candidate(group, cue, Template::BareClause, vec![(t, end)])
            }
            Complement::Wh(t) if frames.has('w') => {
                let free =
                    self.begins_sentence(group.start) || self.is(group.start.saturating_sub(1), "when");
                let end = if free { self.lead_end(t) } else { self.clause_end(t, group, false) };
                self.candidate(group, cue, Template::WhClause, vec![(t, end)])
            }
            Complement::Infinitive(t) => {
                let end = self.clause_end(t, group, false);
                self.candidate(group, cue, Template::Infinitive, vec![(t, end)])
            }
            // "denied it": nothing is told.
            Complement::Phrase(t) if self.pos(t) == Pos::Pron => None,
            Complement::Phrase(t) => {
                let range = self.content_phrase_end(t, group);
                self.candidate(group, cue, Template::NounPhrase, vec![range])
            }
            Complement::Predicate(t) => self.predicated(group, cue, t),
            Complement::Prepositional(t) => {
                let end = self.clause_end(t, group, false);
                self.candidate(group, cue, Template::Prepositional, vec![(t, end)])
            }
            Complement::Colon(t) if frames.has('q') => {
                let end = self.end_of_sentence(t);
                self.candidate(group, cue, Template::Colon, vec![(t, end)])
            }
            _ => None,
        }
    }

    /// End of a clause that leads in the sentence: `Asked whether …, she replied`.
    fn lead_end(&self, t: u32) -> u32 {
        let end = self.end_of_sentence(t);
        let main = (t..end).find(|&i| self.pos(i) == Pos::Comma && self.clause_at(i + 1, end));
        main.unwrap_or(end)
    }

    /// What somebody is called; `as` stays outside if marks follow.
    fn predicated(&self, group: &Group, cue: &Cue, t: u32) -> Option<Candidate> {
        let marked = self.is(t, "as") && self.opens(t + 1).is_some();
        let from = if marked { t + 1 } else { t };
        let Some(region) = self.opens(from) else {
            let end = self.clause_end(t, group, true);
            return self.candidate(group, cue, Template::Predicate, vec![(t, end)]);
        };
        let mut pieces = vec![(region.start, region.end)];
        let next = region.after;
        let stopped = self.begins_sentence(next) || self.words.pos[region.end as usize - 1] == Pos::Stop;
        if stopped {
            return self.candidate(group, cue, Template::Predicate, pieces);
        }
        if self.pos(next) == Pos::Cc
            && let Some(second) = self.opens(next + 1)
        {
            pieces.push((second.start, second.end));
        } else if self.pos(next).is_nominal() || self.pos(next) == Pos::Prep {
            pieces[0].1 = self.clause_end(next, group, true);
        }
        self.candidate(group, cue, Template::Predicate, pieces)
    }

    fn quote_right(&self, group: &Group, cue: &Cue, t: u32, marked: bool) -> Option<Candidate> {
        let region = self.opens(t)?;
        let frames = cue.frames;
        let follows = self.pos(region.after.max(t + 1));
        let goes_on = !self.begins_sentence(region.after)
            && !follows.is_mark()
            && follows != Pos::Cc
            && !self.flags(region.after).has(TokenFlags::PARAGRAPH_START);
        if !marked && goes_on && frames.has('c') && self.clause_at(t, self.end_of_sentence(t)) {
            let end = self.clause_end(t, group, false);
            return self.candidate(group, cue, Template::BareClause, vec![(t, end)]);
        }
        if !marked && !frames.has('q') {
            let template = if frames.has('n') { Template::NounPhrase } else { Template::Predicate };
            let end = if goes_on { self.clause_end(t, group, true) } else { region.end };
            return self.candidate(group, cue, template, vec![(t, end)]);
        }
        let mut pieces = self.chain(region);
        if self.pos(region.after) == Pos::Cc
            && let Some(second) = self.opens(region.after + 1)
        {
            pieces.push((second.start, second.end));
        }
        self.candidate(group, cue, Template::Direct, pieces)
    }

    /// A quotation with the paragraphs that continue it.
    fn chain(&self, region: Region) -> Vec<Range> {
        let mut pieces = vec![(region.start, region.end)];
        let mut index = match self.marks.index_at(region.open) {
            Some(i) => i + 1,
            None => return pieces,
        };
        while let Some(next) = self.marks.regions.get(index) {
            if next.depth == 0 {
                if !next.continues {
                    break;
                }
                pieces.push((next.start, next.end));
            }
            index += 1;
        }
        pieces
    }

    /// The quotation that ends just before `t`, a comma or dash between allowed.
    fn quote_left(&self, t: u32) -> Option<Region> {
        let region = self.ends_before(t).or_else(|| {
            let mark = t > self.lo && matches!(self.pos(t - 1), Pos::Comma | Pos::Dash);
            if mark { self.ends_before(t - 1) } else { None }
        })?;
        // “…wide.” The mayor said: a full stop inside ends the sentence.
        let stopped = self.is(region.end - 1, ".") && self.flags(t).has(TokenFlags::SENTENCE_START);
        let paragraph = (region.after..=t).any(|i| self.flags(i).has(TokenFlags::PARAGRAPH_START));
        (!stopped && !paragraph).then_some(region)
    }

    /// Whether a quotation reads like speech that a reporting clause follows: its last mark is inside or a comma outside.
    fn spoken(&self, region: Region, t: u32) -> bool {
        let last = self.words.pos[region.end as usize - 1];
        matches!(last, Pos::Comma | Pos::Stop | Pos::Dash | Pos::Other)
            || t > self.lo && region.after < t && self.pos(t - 1) == Pos::Comma
            || region.end - region.start >= 4
    }

    /// Content before subject and verb: `“…,” X said`, `…, X said`.
    fn left(
        &self,
        group: &Group,
        cue: &Cue,
        subject: Option<(Range, Link)>,
        complement: Complement,
    ) -> Option<Candidate> {
        let (source, link) = subject?;
        if matches!(link, Link::Shared | Link::Relative) {
            return None;
        }
        let region = self.quote_left(source.0);
        if let Some(region) = region.filter(|r| self.spoken(*r, source.0))
            && (cue.frames.has('q')
                || !matches!(complement, Complement::That(_) | Complement::Bare(_))
                    && group.form == Form::Finite)
        {
            // "…" he said that …: the clause after it is its own.
            if matches!(complement, Complement::That(_) | Complement::Bare(_))
                && self.begins_sentence(source.0)
            {
                return None;
            }
            return self.with_rest(group, cue, region, group.end);
        }
        if let Complement::Quote(t, true) = complement {
            return self.subject_then_quote(group, cue, source.0, t);
        }
        if let Some(found) = self.around_relative(group, cue, source.0) {
            return Some(found);
        }
        if !matches!(complement, Complement::None(_)) || !cue.frames.has('c') {
            return None;
        }
        self.clause_left(group, cue, source.0, group.end)
    }

    /// `which officials said left a gap`, `what she called`: the pronoun before, and the verb that it goes with after.
    fn around_relative(&self, group: &Group, cue: &Cue, source: u32) -> Option<Candidate> {
        let rel = source.checked_sub(1).filter(|&r| r > self.lo && !self.begins_sentence(r))?;
        let verb = self.finite_at(group.end)?;
        let relative = matches!(self.pos(rel), Pos::Rel | Pos::That) && self.group(rel - 1).is_none();
        if !relative || verb.start < group.end || !cue.frames.has('c') {
            return None;
        }
        let rest = (group.end, self.clause_end(group.end, group, false));
        let mut found = self.candidate(group, cue, Template::LeftClause, vec![(rel, source), rest])?;
        self.cut_relative(&mut found);
        Some(found)
    }

    /// `The bridge, X said, “is a perfect example”`: the quotation's subject stands before.
    fn subject_then_quote(&self, group: &Group, cue: &Cue, clause: u32, quote: u32) -> Option<Candidate> {
        let region = self.opens(quote)?;
        let start = self.start_of_sentence(group.start);
        let comma = clause.checked_sub(1).filter(|&c| c > start && self.pos(c) == Pos::Comma)?;
        let subject = self.begins_phrase(start) && !self.has_verb(start, comma);
        let verb = self.words.pos[region.start as usize].is_finite();
        let lower = self.flags(region.start).has(TokenFlags::HAS_LOWER)
            && !self.flags(region.start).has(TokenFlags::CAPITAL);
        let leads =
            matches!(self.pos(start), Pos::Prep | Pos::Adv | Pos::Sub | Pos::Ing) && comma > start + 1;
        let occasion =
            (start..comma).any(|i| self.pos(i) == Pos::Time || self.tags(i).any(Tags::EVENT.with(Tags::DOC)));
        if !(subject && verb || leads && lower && !occasion) {
            return None;
        }
        self.candidate(group, cue, Template::LeftClause, vec![(start, comma), (region.start, region.end)])
    }

    /// A quotation before its reporting clause, with the piece that goes on after it.
    fn with_rest(&self, group: &Group, cue: &Cue, region: Region, after: u32) -> Option<Candidate> {
        let mut pieces = self.head_of_chain(region);
        if let [piece] = &mut pieces[..]
            && let Some(start) = self.clause_before(region)
        {
            piece.0 = start;
        }
        if let Some(next) = self.rest_quote(after) {
            pieces.extend(self.chain(next));
        }
        self.candidate(group, cue, Template::Direct, pieces)
    }

    /// `They want to “create an economy,” X said`: where the clause begins that only ends in marks.
    fn clause_before(&self, region: Region) -> Option<u32> {
        let start = self.start_of_sentence(region.open);
        let near = start < region.open && region.open - start <= 25;
        let joined = near && !self.pos(region.open - 1).is_mark() && self.ends_before(region.open).is_none();
        let cue = |g: &Group| self.rules.cue(g.cue).is_some_and(|c| c.scope == Scope::Speech);
        let reports = (start..region.open).any(|i| self.opens(i).is_some() || self.group(i).is_some_and(cue));
        (joined && !reports).then_some(start)
    }

    /// The region and, if it continues others, the paragraphs before it.
    fn head_of_chain(&self, region: Region) -> Vec<Range> {
        let mut pieces = vec![(region.start, region.end)];
        let mut current = region;
        let Some(mut index) = self.marks.index_at(region.open) else { return pieces };
        while current.continues && index > 0 {
            index -= 1;
            let before = self.marks.regions[index];
            if before.depth == 0 {
                pieces.insert(0, (before.start, before.end));
                current = before;
            }
            if pieces.len() > 50 {
                break;
            }
        }
        pieces
    }

    /// `…, “B.”` after the reporting clause, in the same sentence.
    fn rest_quote(&self, after: u32) -> Option<Region> {
        let end = self.end_of_sentence(after.saturating_sub(1).max(self.lo));
        let limit = end.min(after + 40);
        let mut t = after;
        while t < limit {
            if let Some(region) = self.opens(t) {
                let mark = matches!(self.pos(t - 1), Pos::Comma | Pos::Colon | Pos::Dash | Pos::Semi);
                return mark.then_some(region);
            }
            if self.group(t).is_some_and(|g| g.cue != 0 && g.start >= after && g.form != Form::Infinitive) {
                return None;
            }
            t += 1;
        }
        None
    }

    /// `…, X said.` and `…, X said, …`.
    fn clause_left(&self, group: &Group, cue: &Cue, clause: u32, after: u32) -> Option<Candidate> {
        if clause <= self.lo || self.pos(clause - 1) != Pos::Comma {
            return None;
        }
        let start = self.start_of_sentence(group.start);
        let comma = clause - 1;
        if comma <= start || comma - start > 120 {
            return None;
        }
        // "…, said X" is a reporting clause whatever the words before look like.
        let inverted = clause == group.start && comma - start >= 4 && cue.lemma == "say";
        if !inverted && !self.has_verb(start, comma) {
            return self.split_clause(group, cue, (start, comma), after);
        }
        let mut t = after;
        let end = self.end_of_sentence(group.main);
        while t < end
            && matches!(
                self.pos(t),
                Pos::Adv
                    | Pos::Time
                    | Pos::Num
                    | Pos::Prep
                    | Pos::Noun
                    | Pos::Proper
                    | Pos::Det
                    | Pos::Adj
                    | Pos::Poss
                    | Pos::Genitive
                    | Pos::Pron
            )
        {
            t += 1;
        }
        let mut pieces = vec![(start, comma)];
        if t < end && self.pos(t) == Pos::Comma {
            let rest = self.clause_end(t, group, false);
            if rest > t + 3 && !matches!(self.pos(t + 1), Pos::Ing | Pos::Cc) {
                pieces.push((t + 1, rest));
            }
        } else if t + 1 < end
            && !matches!(self.pos(t), Pos::Stop | Pos::Semi | Pos::Cc | Pos::Sub)
            && (inverted || self.pos(t) != Pos::Dash)
        {
            return None;
        }
        self.candidate(group, cue, Template::LeftClause, pieces)
    }

    /// `The bridge, X said, had been unsafe`: a subject, the attribution, the rest of the clause.
    fn split_clause(&self, group: &Group, cue: &Cue, first: Range, after: u32) -> Option<Candidate> {
        let rest = after + 1;
        let end = self.end_of_sentence(group.main);
        let subject = self.finite_at(rest).is_some() && self.begins_phrase(first.0);
        let leads = matches!(self.pos(first.0), Pos::Prep | Pos::Adv | Pos::Time | Pos::Sub);
        let adverbial = leads && self.clause_at(rest, end);
        let whole = self.pos(after) == Pos::Comma && (subject || adverbial);
        if !whole {
            return None;
        }
        let rest = (rest, self.clause_end(rest, group, false));
        // "Still, he said, …": a lone adverb belongs to the reporting clause as much.
        let lone = first.1 == first.0 + 1 && self.pos(first.0) == Pos::Adv;
        let pieces = if lone { vec![rest] } else { vec![first, rest] };
        self.candidate(group, cue, Template::LeftClause, pieces)
    }

    fn has_verb(&self, from: u32, to: u32) -> bool {
        (from..to).any(|i| self.pos(i).is_finite())
    }

    /// A subject after the verb, where what stands before allows it.
    fn inverted(&self, group: &Group) -> Option<Range> {
        if group.form != Form::Finite || group.main != group.start {
            return None;
        }
        let before = group.start;
        let first = self.begins_sentence(before);
        let allowed = first
            || self.quote_left(before).is_some()
            || before > self.lo && self.pos(before - 1) == Pos::Comma;
        if !allowed || self.pos(group.end) == Pos::Time {
            return None;
        }
        self.inverted_subject(group).filter(|&(_, e)| !matches!(self.pos(e), Pos::That | Pos::To))
    }

    fn inverted_candidate(&self, group: &Group, cue: &Cue, source: Range) -> Option<Candidate> {
        if let Some(region) = self.quote_left(group.start) {
            return self.with_rest(group, cue, region, source.1);
        }
        if self.begins_sentence(group.start) {
            let mut shifted = *group;
            shifted.end = self.after_aside(source.1);
            let complement = self.complement(&shifted, cue.frames);
            return match complement {
                Complement::Quote(..) | Complement::Colon(_) => self.right(group, cue, complement),
                _ => None,
            };
        }
        if !cue.frames.has('r') && !cue.frames.has('c') {
            return None;
        }
        self.clause_left(group, cue, group.start, self.after_aside(source.1))
    }

    /// Skips an appositive after an inverted subject.
    fn after_aside(&self, t: u32) -> u32 {
        if self.pos(t) != Pos::Comma {
            return t;
        }
        let end = self.end_of_sentence(t);
        let close = (t + 1..end.min(t + 25))
            .find(|&i| matches!(self.pos(i), Pos::Comma | Pos::Colon) || self.opens(i).is_some());
        // `…, said its director, Y.`: the name ends the sentence.
        let bare = !(t..end).any(|i| self.pos(i).is_verb());
        if bare && end - t < 30 { end } else { close.unwrap_or(t) }
    }

    /// Passives: `X was accused of`, `were told that`, `it was reported that`, `X was confirmed`.
    fn passive(&self, group: &Group, cue: &Cue) -> Option<Candidate> {
        let mut found = self.passive_content(group, cue)?;
        found.source = self.agent(group);
        if found.template == Template::Passive && found.source.is_none() && !cue.frames.has('E') {
            return None;
        }
        Some(found)
    }

    fn passive_content(&self, group: &Group, cue: &Cue) -> Option<Candidate> {
        let frames = cue.frames;
        let bare = group.form == Form::Participle;
        let t = self.skip_adverbs(group.end);
        let end = self.end_of_sentence(group.main);
        let personal = ['N', 'I', 'o', 'p', 'k', 'F'].iter().any(|&f| frames.has(f));
        let from = if self.is(t, "by") { self.phrase_end(t + 1).min(end) } else { t };
        let rest = |template| {
            let stop = self.clause_end(from, group, matches!(template, Template::Predicate));
            self.candidate(group, cue, template, vec![(from, stop)])
        };
        if self.is(from, "as") && self.tags(from + 1).any(Tags::CUE) {
            return None;
        }
        match self.pos(from) {
            Pos::That => return rest(Template::ThatClause),
            Pos::To if frames.has('I') || frames.has('e') => return rest(Template::Infinitive),
            Pos::Neg if frames.has('I') && self.pos(from + 1) == Pos::To => {
                return rest(Template::Infinitive);
            }
            Pos::Prep if frames.has('o') && (self.is(from, "of") || self.is(from, "with")) => {
                return rest(Template::Prepositional);
            }
            // "was hailed as it passed"
            Pos::Prep if frames.has('k') && self.is(from, "as") && self.finite_at(from + 2).is_none() => {
                return rest(Template::Predicate);
            }
            Pos::Rel | Pos::Sub if frames.has('w') && !self.is(from, "as") => {
                return rest(Template::WhClause);
            }
            _ if bare => return None,
            _ if frames.has('p') && (self.begins_phrase(from) || self.opens(from).is_some()) => {
                return rest(Template::Predicate);
            }
            _ => {}
        }
        if !frames.has('e') || bare || personal && !frames.has('e') {
            return None;
        }
        let (subject, link) = self.subject(group)?;
        if self.expletive(group) {
            let start = self.skip_adjuncts(from, end);
            let clause = self.clause_at(start, end) || self.pos(start) == Pos::That;
            let stop = self.clause_end(start, group, false);
            return if clause {
                self.candidate(group, cue, Template::Passive, vec![(start, stop)])
            } else {
                None
            };
        }
        if link == Link::Shared || self.subordinate(subject.0) {
            return None;
        }
        let mut pieces = vec![subject];
        if self.pos(from) == Pos::Prep && self.pos(from + 1) != Pos::Time {
            pieces.push((from, self.clause_end(from, group, true)));
        }
        self.candidate(group, cue, Template::Passive, pieces)
    }

    /// Past times and places.
    fn skip_adjuncts(&self, mut t: u32, end: u32) -> u32 {
        while t < end
            && (matches!(self.pos(t), Pos::Time | Pos::Adv | Pos::Num)
                || self.pos(t) == Pos::Prep && self.pos(t + 1) == Pos::Time)
        {
            t += 1;
        }
        t
    }

    /// After a subordinator: `after symptoms were reported`.
    fn subordinate(&self, start: u32) -> bool {
        start > self.lo
            && !self.begins_sentence(start)
            && (self.pos(start - 1) == Pos::Sub
                || ["after", "before", "since", "until", "as"].iter().any(|w| self.is(start - 1, w)))
    }

    fn expletive(&self, group: &Group) -> bool {
        self.subject(group).is_some_and(|((s, e), _)| e == s + 1 && self.is(s, "it"))
    }

    /// `by X` after a passive.
    fn agent(&self, group: &Group) -> Option<Range> {
        let t = self.skip_adverbs(group.end);
        if !self.is(t, "by") {
            return None;
        }
        let end = self.phrase_end(t + 1);
        (end > t + 1 && self.pos(t + 1) != Pos::Time).then_some((t + 1, end))
    }
}
