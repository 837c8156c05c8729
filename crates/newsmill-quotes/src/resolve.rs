//! Who the source is: the mention in its noun phrase, an appositive, or the speaker chain.

use newsmill_core::layers::{Entities, EntityIx, Gender, Mention, Mentions};

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
    /// What pronouns told about entities without a gender.
    genders: Vec<Gender>,
}

impl<'a> Resolver<'a> {
    /// Begins an article.
    pub fn new(view: View<'a>, mentions: &'a Mentions, entities: &'a Entities) -> Self {
        let genders = entities.rows.iter().map(|e| e.gender).collect();
        Resolver { view, mentions, entities, last: None, last_person: None, genders }
    }

    /// The speaker of a candidate; call in reading order. `carry`: a candidate without source has the last speaker.
    pub fn speaker(&mut self, c: &Candidate, carry: bool) -> Option<Speaker> {
        let speaker = match c.source {
            Some(range) => Some(self.of_phrase(range)),
            None if carry => self.last.clone().or_else(|| self.narrated(c.span().0)),
            None => None,
        };
        if let Some(s) = speaker.clone().filter(|_| !c.inside) {
            if s.kind == "person" && !s.plural {
                self.last_person = Some(s.clone());
            }
            self.last = Some(s);
        }
        speaker
    }

    /// Nobody spoke yet: the person that the sentence before is about.
    fn narrated(&self, at: u32) -> Option<Speaker> {
        let start = self.view.start_of_sentence(at);
        let before = self.view.start_of_sentence(start.checked_sub(1)?);
        let (entity, _, token) = self.nearest_person(start, Gender::Unknown)?;
        (token >= before).then(|| self.named(entity, (token, token + 1)))
    }

    fn of_phrase(&mut self, range: Range) -> Speaker {
        let (start, end) = range;
        let view = self.view;
        if end == start + 1 && (view.pos(start) == Pos::Pron || view.pos(start) == Pos::Poss) {
            return self.pronoun(range);
        }
        let head = view.core_end(start, end).max(start + 1) - 1;
        let head =
            view.name_around(head).filter(|&(s, e)| s >= start && e <= end).map_or(head, |(_, e)| e - 1);
        let tags = view.tags(head);
        if self.several(range).len() > 1 {
            return Speaker { phrase: Some(range), kind: "group", plural: true, ..Speaker::default() };
        }
        let found = self
            .person_at_edge(start, end, head)
            .or_else(|| self.entity_at_head(start, head))
            .or_else(|| self.appositive(end))
            .or_else(|| self.by_role(start, head));
        if let Some(entity) = found {
            return self.named(entity, range);
        }
        let common = view.pos(head) == Pos::Noun;
        if tags.any(Tags::DOC.with(Tags::EVIDENCE))
            && common
            && let Some(issuer) = self.issuer(range, head)
        {
            return Speaker { phrase: Some(range), ..issuer };
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
        let from = self.mentions.rows.partition_point(|m| m.first_token < start);
        let inside = self.mentions.rows[from..].iter().take_while(|m| m.first_token < end);
        let role = self.view.tags(head).any(Tags::ROLE.with(Tags::TITLE));
        let named_head = role || self.view.pos(head) == Pos::Proper;
        let mut persons = inside.filter(|m| self.is_person(m.entity) && m.end_token <= end);
        let edge = |m: &&Mention| {
            let first = m.first_token == start && self.view.pos(m.end_token) != Pos::Genitive;
            let last = m.end_token == end && m.first_token > start && self.bare_before(m.first_token);
            first || named_head && last
        };
        persons.find(edge).map(|m| m.entity)
    }

    /// Whether a name follows straight on another word, not on a preposition.
    fn bare_before(&self, t: u32) -> bool {
        !matches!(self.view.pos(t - 1), Pos::Prep | Pos::Genitive | Pos::Cc | Pos::Det)
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
        if words >= 2 && (titled || from > end - proper) && words <= 4 { (from, end) } else { (start, end) }
    }

    /// Whose text it is: `X’s report`, `a statement by X`, `the report` of the last speaker.
    fn issuer(&self, (start, end): Range, head: u32) -> Option<Speaker> {
        let from = self.mentions.rows.partition_point(|m| m.first_token < start);
        let inside = self.mentions.rows[from..].iter().take_while(|m| m.first_token < end);
        let own = inside
            .filter(|m| m.end_token <= end && self.mentions.strings.get(m.kind) != "demonym")
            .find(|m| {
                let place = self.mentions.strings.get(m.kind) == "place";
                let by = m.first_token > head
                    && ["of", "by", "from"].iter().any(|p| self.preceded(m.first_token, p));
                m.end_token <= head && !place || self.view.pos(m.end_token) == Pos::Genitive || by
            });
        let after = self.mentions.rows[from..].iter().skip_while(|m| m.first_token < end);
        let by = after.take_while(|m| m.first_token < end + 10).find(|m| self.preceded(m.first_token, "by"));
        if let Some(m) = own.or(by) {
            return Some(self.named(m.entity, (m.first_token, m.end_token)));
        }
        let definite = ["the", "this", "their", "his", "her", "its"].iter().any(|d| self.view.is(start, d));
        if definite && head <= start + 1 { self.last.clone() } else { None }
    }

    /// Whether a preposition stands before the noun phrase at `t`, an article and titles between.
    fn preceded(&self, t: u32, prep: &str) -> bool {
        (1..=5)
            .take_while(|&n| n <= t)
            .map(|n| t - n)
            .find(|&i| self.view.pos(i) == Pos::Prep)
            .is_some_and(|i| self.view.is(i, prep))
    }

    /// `the company`: the last organization of that kind that spoke, or the nearest named before.
    fn body(&self, start: u32) -> Option<EntityIx> {
        let word = self.view.word(start + 1).to_lowercase();
        // Only a body of that kind: its name or its subtype has the word.
        let organization = |e: EntityIx| {
            let row = &self.entities.rows[e.at()];
            let text = |s| self.entities.strings.get(s).to_lowercase();
            text(row.kind) == "organization"
                && (text(row.name).contains(&word) || text(row.subtype).contains(&word))
        };
        let spoke = self.last.as_ref().and_then(|s| s.entity).filter(|&e| organization(e));
        let upto = self.mentions.rows.partition_point(|m| m.first_token < start);
        let nearest =
            self.mentions.rows[..upto].iter().rev().take(12).map(|m| m.entity).find(|&e| organization(e));
        spoke.or(nearest)
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

    fn pronoun(&mut self, range: Range) -> Speaker {
        let tags = self.view.tags(range.0);
        let gender = if tags.any(Tags::MALE) {
            Gender::Male
        } else if tags.any(Tags::FEMALE) {
            Gender::Female
        } else {
            Gender::Unknown
        };
        let fallback = Speaker { phrase: Some(range), gender, ..Speaker::default() };
        let found = if gender != Gender::Unknown {
            self.person(range.0, gender)
        } else if tags.any(Tags::PLURAL) {
            self.last.clone().filter(|s| s.plural || s.kind != "person")
        } else if self.view.is(range.0, "it") {
            self.last.clone().filter(|s| s.kind != "person" && s.kind != "group")
        } else {
            self.last.clone()
        };
        let mut speaker = found.unwrap_or(fallback);
        if let Some(entity) = speaker.entity.filter(|_| gender != Gender::Unknown) {
            self.genders[entity.at()] = gender;
            speaker.gender = gender;
        }
        speaker
    }

    fn agrees(&self, s: &Speaker, gender: Gender) -> bool {
        let known = s.entity.map_or(s.gender, |e| match self.genders[e.at()] {
            Gender::Unknown => s.gender,
            g => g,
        });
        known == Gender::Unknown || known == gender
    }

    /// The person that `he` or `she` means: the last person who spoke, or the nearest person before.
    fn person(&self, at: u32, gender: Gender) -> Option<Speaker> {
        let spoke = self.last_person.clone().filter(|s| self.agrees(s, gender));
        let nearest = self.nearest_person(at, gender);
        match (spoke, nearest) {
            (Some(s), Some((entity, subject, token))) => {
                let later = s.phrase.is_none_or(|(start, _)| token > start);
                let other = s.entity != Some(entity);
                if later && other && subject && self.same_neighbourhood(token, at) {
                    Some(self.named(entity, (token, token + 1)))
                } else {
                    Some(s)
                }
            }
            (Some(s), None) => Some(s),
            (None, Some((entity, _, token))) => Some(self.named(entity, (token, token + 1))),
            (None, None) => None,
        }
    }

    /// The sentence of the pronoun or the one before.
    fn same_neighbourhood(&self, token: u32, at: u32) -> bool {
        let start = self.view.start_of_sentence(at);
        let before = self.view.start_of_sentence(start.saturating_sub(1));
        token >= before
    }

    /// Nearest earlier person outside marks, subjects first; whether it is a subject, and its token.
    fn nearest_person(&self, at: u32, gender: Gender) -> Option<(EntityIx, bool, u32)> {
        let upto = self.mentions.rows.partition_point(|m| m.first_token < at);
        let earlier = self.mentions.rows[..upto].iter().rev().take(40).filter(|m| {
            let fits = self.genders[m.entity.at()];
            self.is_person(m.entity)
                && (fits == Gender::Unknown || fits == gender || gender == Gender::Unknown)
                && self.view.marks.at(m.first_token).is_none()
        });
        let mut first = None;
        for m in earlier {
            let subject = self.view.finite_at(m.end_token).is_some()
                || self.view.start_of_sentence(m.first_token) == m.first_token;
            if subject {
                return Some((m.entity, true, m.first_token));
            }
            first.get_or_insert((m.entity, false, m.first_token));
        }
        first
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
