//! Who the source is: the mention in its noun phrase, an appositive, or the speaker chain.

mod issuers;
mod pronouns;

use newsmill_core::layers::{Entities, Entity, EntityIx, Gender, Mention, Mentions};

use crate::candidates::Candidate;
use crate::tags::Tags;
use crate::view::{Range, View};
use crate::words::Pos;

/// A resolved speaker.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Speaker {
    /// The entity, if it is one.
    pub entity: Option<EntityIx>,
    /// Tokens of the noun phrase that names it first.
    pub phrase: Option<Range>,
    /// person, organization, place, group, document, or empty.
    pub kind: &'static str,
    /// He or she, as far as is known.
    pub gender: Gender,
    /// Several people.
    pub plural: bool,
}

/// Resolves the sources of an article in reading order.
pub(crate) struct Resolver<'a> {
    view: View<'a>,
    mentions: &'a Mentions,
    entities: &'a Entities,
    /// The speaker of the quotation before.
    last: Option<Speaker>,
    /// The last speaker that was one person.
    last_person: Option<Speaker>,
    /// Where the last source stands.
    last_source: Option<Range>,
    /// Speakers that noun phrases named, with the phrase's head.
    spoke: Vec<(u32, Speaker)>,
    /// Who answers under a letter.
    interviewed: Option<Speaker>,
    /// What pronouns told about entities without a gender.
    genders: Vec<Gender>,
}

impl<'a> Resolver<'a> {
    /// Begins an article.
    pub fn new(view: View<'a>, mentions: &'a Mentions, entities: &'a Entities) -> Self {
        let genders = entities.rows.iter().map(|e| e.gender).collect();
        Resolver {
            view,
            mentions,
            entities,
            last: None,
            last_person: None,
            last_source: None,
            spoke: Vec::new(),
            interviewed: None,
            genders,
        }
    }

    /// Who speaks under a letter in an interview that ends at `end`: who asks isn't told; who answers is the person
    /// that spoke or was named last before.
    fn of_letter(&mut self, (start, _): Range, end: u32) -> Speaker {
        if (end..end + 2).any(|t| self.view.is(t, "?")) {
            return Speaker { kind: "person", ..Speaker::default() };
        }
        if self.interviewed.is_none() {
            let nearest = || self.nearest_person(start, Gender::Unknown);
            let named = || nearest().map(|(entity, _, token)| self.named(entity, (token, token + 1)));
            self.interviewed = self.last_person.clone().filter(|s| s.phrase.is_some()).or_else(named);
        }
        self.interviewed.clone().unwrap_or_default()
    }

    /// The speaker of a candidate; call in reading order. `carry`: a candidate without source has the last speaker.
    pub fn speaker(&mut self, c: &Candidate, carry: bool) -> Option<Speaker> {
        let speaker = match c.source {
            Some(range) if self.view.is_letter(range) => Some(self.of_letter(range, c.span().1)),
            Some(range) => Some(self.of_phrase(range)),
            None if carry => self.carried(c.span().0),
            None => None,
        };
        if let Some(s) = speaker.clone().filter(|_| !c.inside) {
            self.last_source =
                c.source.or_else(|| if self.last == speaker { self.last_source } else { s.phrase });
            if s.kind == "person" && !s.plural {
                self.last_person = Some(s.clone());
            }
            self.last = Some(s);
        }
        speaker
    }

    /// The source that a quotation without reporting clause shares.
    pub fn shared_source(&self) -> Option<Range> {
        self.last_source
    }

    /// Who says a quotation without reporting clause: the person whom the sentence before it is about, if nobody spoke in
    /// it, else the last speaker.
    fn carried(&mut self, at: u32) -> Option<Speaker> {
        let view = self.view;
        let own = view.start_of_sentence(at);
        let begins = view.marks.at(at).map_or(at, |r| r.open);
        let from = if own < begins { own } else { view.start_of_sentence(own.saturating_sub(1)) };
        let silent = self.last_source.is_none_or(|(_, end)| end <= from);
        if silent
            && from < begins
            && let Some(range) = self.first_subject(from, begins)
            && self.names_person(range)
        {
            return Some(self.of_phrase(range));
        }
        self.last.clone().or_else(|| self.narrated(at))
    }

    /// Whether a noun phrase is a named person or a pronoun for one.
    fn names_person(&self, (start, end): Range) -> bool {
        let pronoun = end == start + 1 && self.view.tags(start).any(Tags::MALE.with(Tags::FEMALE));
        let head = self.view.core_end(start, end).max(start + 1) - 1;
        pronoun || self.entity_at_head(start, head).is_some_and(|e| self.is_person(e))
    }

    /// Nobody spoke yet: the person that the sentence before is about.
    fn narrated(&self, at: u32) -> Option<Speaker> {
        let start = self.view.start_of_sentence(at);
        let before = self.view.start_of_sentence(start.checked_sub(1)?);
        let (entity, _, token) = self.nearest_person(start, Gender::Unknown)?;
        (token >= before).then(|| self.named(entity, (token, token + 1)))
    }

    fn of_phrase(&mut self, range: Range) -> Speaker {
        let (start, end) = self.unbracketed(range);
        let view = self.view;
        if end == start + 1 && (view.pos(start) == Pos::Pron || view.pos(start) == Pos::Poss) {
            return self.pronoun(range);
        }
        let speaker = self.of_noun_phrase((start, end));
        self.spoke.push((self.head((start, end)), speaker.clone()));
        speaker
    }

    /// A label in brackets without them: `((WSS)): …`.
    fn unbracketed(&self, (mut start, mut end): Range) -> Range {
        while start + 1 < end && self.view.pos(start) == Pos::Open && self.view.pos(end - 1) == Pos::Close {
            (start, end) = (start + 1, end - 1);
        }
        (start, end)
    }

    /// The token that a noun phrase is about.
    fn head(&self, (start, end): Range) -> u32 {
        let head = self.view.core_end(start, end).max(start + 1) - 1;
        self.view.name_around(head).filter(|&(s, e)| s >= start && e <= end).map_or(head, |(_, e)| e - 1)
    }

    /// Who a noun phrase, no pronoun, is.
    pub(super) fn of_noun_phrase(&self, range: Range) -> Speaker {
        let (start, end) = range;
        let view = self.view;
        let head = self.head(range);
        let tags = view.tags(head);
        if self.several(range).len() > 1 {
            return Speaker { phrase: Some(range), kind: "group", plural: true, ..Speaker::default() };
        }
        let found = self
            .person_at_edge(start, end, head)
            .or_else(|| self.entity_at_head(start, head))
            .or_else(|| self.appositive(end))
            .or_else(|| self.by_role(start, head))
            .or_else(|| self.by_initials(range));
        if let Some(entity) = found {
            return self.named(entity, range);
        }
        let common = view.pos(head) == Pos::Noun;
        if tags.any(Tags::DOC.with(Tags::EVIDENCE))
            && common
            && let Some(issuer) = self.issuer(range, head)
        {
            return if issuer.entity.is_some() { Speaker { phrase: Some(range), ..issuer } } else { issuer };
        }
        if let Some(before) = self.spoke_before(start, head) {
            return before;
        }
        if tags.any(Tags::ORG)
            && common
            && view.is(start, "the")
            && head == start + 1
            && let Some(body) = self.body(start)
        {
            return self.named(body, range);
        }
        let name = self.appositive_name(end).unwrap_or_else(|| self.name_in(range));
        self.unnamed(name, head)
    }

    /// `the researchers`: an earlier speaker whose phrase has the same head.
    fn spoke_before(&self, start: u32, head: u32) -> Option<Speaker> {
        let view = self.view;
        let definite = ["the", "this", "these", "that", "those"].iter().any(|d| view.is(start, d));
        if !definite || head > start + 2 {
            return None;
        }
        let word = view.word(head);
        let same =
            |(before, _): &&(u32, Speaker)| *before < start && view.word(*before).eq_ignore_ascii_case(word);
        self.spoke.iter().rev().take(40).find(same).map(|(_, s)| s.clone())
    }

    /// `WSS: …`: the label of an interview, the initials of somebody named.
    fn by_initials(&self, (start, end): Range) -> Option<EntityIx> {
        let word = self.view.word(start);
        let short = end == start + 1 && (2..=4).contains(&word.len());
        if !short || !word.bytes().all(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let initials = |e: &Entity| {
            let name = self.entities.strings.get(e.name);
            let initials = name.split([' ', '-', '.']).filter_map(|w| w.chars().next());
            self.entities.strings.get(e.kind) == "person" && initials.eq(word.chars())
        };
        self.entities.rows.iter().position(initials).map(|i| EntityIx(i as u32))
    }

    fn unnamed(&self, range: Range, head: u32) -> Speaker {
        let view = self.view;
        let tags = view.tags(head);
        let proper = view.pos(head) == Pos::Proper;
        let kind =
            if tags.any(Tags::PLURAL) && tags.any(Tags::ROLE.with(Tags::GROUP)) || tags.any(Tags::GROUP) {
                "group"
            } else if tags.any(Tags::ROLE) {
                "person"
            } else if tags.any(Tags::DOC.with(Tags::EVIDENCE).with(Tags::SPEECH_NOUN)) && !proper {
                "document"
            } else if tags.any(Tags::ORG) {
                "organization"
            } else if proper && head > range.0 {
                "person"
            } else if tags.any(Tags::PLURAL) || tags.any(Tags::INDEF) {
                "group"
            } else {
                ""
            };
        let gender = if tags.any(Tags::FEMALE) || self.titled(range, Tags::FEMALE) {
            Gender::Female
        } else if tags.any(Tags::MALE) || self.titled(range, Tags::MALE) {
            Gender::Male
        } else {
            Gender::Unknown
        };
        Speaker { entity: None, phrase: Some(range), kind, gender, plural: kind == "group" }
    }

    fn titled(&self, (start, end): Range, gender: Tags) -> bool {
        (start..end)
            .any(|t| self.view.tags(t).any(gender) && self.view.tags(t).any(Tags::TITLE.with(Tags::ROLE)))
    }

    fn named(&self, entity: EntityIx, phrase: Range) -> Speaker {
        let row = &self.entities.rows[entity.at()];
        let kind = match self.entities.strings.get(row.kind) {
            "person" => "person",
            "organization" => "organization",
            "place" | "demonym" => "place",
            _ => "",
        };
        let mut gender = self.genders[entity.at()];
        if gender == Gender::Unknown {
            gender = self.unnamed(phrase, phrase.1 - 1).gender;
        }
        Speaker { entity: Some(entity), phrase: Some(phrase), kind, gender, plural: false }
    }

    /// The mention that ends with the phrase's head.
    fn entity_at_head(&self, start: u32, head: u32) -> Option<EntityIx> {
        let from = self.mentions.rows.partition_point(|m| m.end_token <= start && m.first_token < start);
        let found = self.mentions.rows[from..].iter().take_while(|m| m.first_token <= head).filter(|m| {
            m.first_token >= start
                && m.end_token == head + 1
                && self.mentions.strings.get(m.kind) != "demonym"
        });
        found.max_by_key(|m| m.end_token - m.first_token).map(|m| m.entity)
    }

    /// `the mayor, Sadiq Khan, said`: a person named between commas after the phrase.
    fn appositive(&self, end: u32) -> Option<EntityIx> {
        if self.view.pos(end) != Pos::Comma {
            return None;
        }
        let close = (end + 1..end + 12).find(|&t| self.view.pos(t).is_mark()).unwrap_or(end + 12);
        let from = self.mentions.rows.partition_point(|m| m.first_token <= end);
        let persons = self.mentions.rows[from..].iter().take_while(|m| m.first_token < close);
        let mut persons = persons.filter(|m| m.end_token <= close && self.is_person(m.entity));
        let first = persons.next()?;
        let plain = (end + 1..first.first_token)
            .all(|t| matches!(self.view.pos(t), Pos::Proper | Pos::Noun | Pos::Adj | Pos::Det));
        plain.then_some(first.entity)
    }

    /// A person named at the phrase's start (`Yang Weizhong Deputy Director for …`) or, after a role, at its end
    /// (`Mayor of Koszalin Piotr Jedlinski`).
    fn person_at_edge(&self, start: u32, end: u32, head: u32) -> Option<EntityIx> {
        let view = self.view;
        let from = self.mentions.rows.partition_point(|m| m.first_token < start);
        let inside = self.mentions.rows[from..].iter().take_while(|m| m.first_token < end);
        let role = self.view.tags(head).any(Tags::ROLE.with(Tags::TITLE));
        let named_head = role || self.view.pos(head) == Pos::Proper;
        let mut persons = inside.filter(|m| self.is_person(m.entity) && m.end_token <= end);
        let edge = |m: &&Mention| {
            let first = m.first_token == start && self.view.pos(m.end_token) != Pos::Genitive;
            let after = m.first_token > start && self.bare_before(m.first_token);
            let last =
                m.end_token == end || view.pos(m.end_token) == Pos::Prep && view.tags(head).any(Tags::ROLE);
            first || named_head && after && last
        };
        persons.find(edge).map(|m| m.entity)
    }

    /// Whether a name follows straight on another word and not, titles and adjectives apart, on a preposition.
    fn bare_before(&self, t: u32) -> bool {
        let view = self.view;
        let passed = Tags::TITLE.with(Tags::ADJ);
        let before =
            |&i: &u32| !view.tags(i).any(passed) && !matches!(view.pos(i), Pos::Stop | Pos::Det | Pos::Adj);
        let before = (t.saturating_sub(6)..t).rev().find(before);
        before.is_none_or(|i| !matches!(view.pos(i), Pos::Prep | Pos::Genitive | Pos::Cc))
    }

    /// The tokens of an unknown name after titles: `UK Secretary of Health Alan Johnson`.
    fn name_in(&self, (start, end): Range) -> Range {
        let view = self.view;
        let proper = (start..end).rev().take_while(|&t| view.pos(t) == Pos::Proper).count() as u32;
        let titled =
            (start..end - proper.min(end - start)).any(|t| view.tags(t).any(Tags::TITLE.with(Tags::ROLE)));
        let mut from = end - proper;
        while from < end && view.tags(from).any(Tags::TITLE.with(Tags::ROLE)) {
            from += 1;
        }
        let words = end - from;
        let bare = end - proper == start || self.bare_before(end - proper);
        if (2..=4).contains(&words) && bare && (titled || from > end - proper) {
            (from, end)
        } else {
            (start, end)
        }
    }

    /// `the company`: the last organization of that kind that spoke, or the nearest named before; of a word that any
    /// organization may be called by, the last that spoke.
    fn body(&self, start: u32) -> Option<EntityIx> {
        let word = self.view.word(start + 1).to_lowercase();
        let organization =
            |e: EntityIx| self.entities.strings.get(self.entities.rows[e.at()].kind) == "organization";
        // Of that kind: its name or its subtype has the word.
        let fits = |e: EntityIx| {
            let row = &self.entities.rows[e.at()];
            let has = |s| self.entities.strings.get(s).to_lowercase().contains(&word);
            organization(e) && (has(row.name) || has(row.subtype))
        };
        let spoke = self.last.as_ref().and_then(|s| s.entity);
        let upto = self.mentions.rows.partition_point(|m| m.first_token < start);
        let mut nearest = self.mentions.rows[..upto].iter().rev().take(12).map(|m| m.entity);
        let any = spoke.filter(|&e| organization(e) && self.view.tags(start + 1).any(Tags::ANAPHOR));
        spoke.filter(|&e| fits(e)).or_else(|| nearest.find(|&e| fits(e))).or(any)
    }

    /// `their mother, Anwar, said`: an unknown name between commas.
    fn appositive_name(&self, end: u32) -> Option<Range> {
        let proper = (end + 1..end + 5).take_while(|&t| self.view.pos(t) == Pos::Proper).count() as u32;
        let close = end + 1 + proper;
        let fits = self.view.pos(end) == Pos::Comma && proper > 0 && self.view.pos(close) == Pos::Comma;
        let role = end > 0 && self.view.tags(end - 1).any(Tags::ROLE);
        (fits && role).then_some((end + 1, close))
    }

    fn is_person(&self, entity: EntityIx) -> bool {
        self.entities.rows.get(entity.at()).is_some_and(|e| self.entities.strings.get(e.kind) == "person")
    }

    /// `the mayor`: the last person mentioned before whose role has that word.
    fn by_role(&self, start: u32, head: u32) -> Option<EntityIx> {
        let tags = self.view.tags(head);
        if !tags.any(Tags::ROLE) || tags.any(Tags::PLURAL) || !self.view.is(start, "the") || head > start + 2
        {
            return None;
        }
        let word = self.view.word(head).to_lowercase();
        let upto = self.mentions.rows.partition_point(|m| m.first_token < start);
        self.mentions.rows[..upto].iter().rev().take(60).map(|m| m.entity).find(|&e| {
            let role = self.entities.strings.get(self.entities.rows[e.at()].role);
            self.is_person(e) && role.to_lowercase().split_whitespace().any(|w| w == word)
        })
    }

    /// The speakers of a phrase that names several: `A and B`, `both officials`.
    pub fn several(&self, source: Range) -> Vec<(Speaker, Option<Range>)> {
        let (start, end) = source;
        let view = self.view;
        let from = self.mentions.rows.partition_point(|m| m.first_token < start);
        let inside: Vec<_> = self.mentions.rows[from..]
            .iter()
            .take_while(|m| m.first_token < end)
            .filter(|m| m.end_token <= end)
            .collect();
        let conjunction = (start..end).any(|t| view.pos(t) == Pos::Cc);
        if conjunction {
            let mut all: Vec<(Speaker, Option<Range>)> = Vec::new();
            for m in inside {
                let heads = m.end_token == end || matches!(view.pos(m.end_token), Pos::Cc | Pos::Comma);
                if heads && all.iter().all(|(s, _)| s.entity != Some(m.entity)) {
                    let range = (m.first_token, m.end_token);
                    all.push((self.named(m.entity, range), Some(range)));
                }
            }
            return if all.len() > 1 { all } else { Vec::new() };
        }
        let two = view.is(start, "both") || view.is(start, "the") && view.is(start + 1, "two");
        let head = view.core_end(start, end).max(start + 1) - 1;
        if !two || !view.tags(head).any(Tags::PLURAL) || !view.tags(head).any(Tags::ROLE.with(Tags::GROUP)) {
            return Vec::new();
        }
        let mut all: Vec<(Speaker, Option<Range>)> = Vec::new();
        for m in self.mentions.rows[..from].iter().rev().take(20) {
            if self.is_person(m.entity) && all.iter().all(|(s, _)| s.entity != Some(m.entity)) {
                let range = (m.first_token, m.end_token);
                all.insert(0, (self.named(m.entity, range), Some(range)));
                if all.len() == 2 {
                    return all;
                }
            }
        }
        Vec::new()
    }
}
