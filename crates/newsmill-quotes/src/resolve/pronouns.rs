//! Pronouns: the speaker chain, and the subjects of the sentences before.

use newsmill_core::layers::{EntityIx, Gender};

use super::{Resolver, Speaker};
use crate::groups::Form;
use crate::tags::Tags;
use crate::view::Range;
use crate::words::Pos;

impl Resolver<'_> {
    pub(super) fn pronoun(&mut self, range: Range) -> Speaker {
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
            let several = |s: &Speaker| s.plural || s.kind != "person";
            self.subject_before(range.0, several).or_else(|| self.last.clone().filter(several))
        } else if self.view.is(range.0, "it") {
            let thing = |s: &Speaker| !s.plural && !matches!(s.kind, "person" | "group");
            let named = |s: &Speaker| thing(s) && !s.kind.is_empty();
            self.subject_before(range.0, named).or_else(|| self.last.clone().filter(thing))
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

    /// Who the subjects of this sentence and of the one before are: the first that fits.
    fn subject_before(&self, at: u32, fits: impl Fn(&Speaker) -> bool) -> Option<Speaker> {
        let view = self.view;
        let own = view.start_of_sentence(at);
        let before = view.start_of_sentence(own.saturating_sub(1));
        [(own, at), (before, own)].into_iter().find_map(|(from, to)| {
            self.subjects(from, to)
                .filter(|&(s, e)| e > s + 1 || view.pos(s) != Pos::Pron)
                .map(|range| self.of_noun_phrase(range))
                .find(&fits)
        })
    }

    /// The subject of the first finite verb in a stretch.
    pub(super) fn first_subject(&self, from: u32, to: u32) -> Option<Range> {
        self.subjects(from, to).next()
    }

    /// Subjects of finite verbs in a stretch, outside marks.
    fn subjects(&self, from: u32, to: u32) -> impl Iterator<Item = Range> {
        let view = self.view;
        let first = view.groups.rows.partition_point(|g| g.start < from);
        let groups = view.groups.rows[first..].iter().take_while(move |g| g.end <= to).take(6);
        groups
            .filter(move |g| g.form == Form::Finite && view.marks.at(g.start).is_none())
            .filter_map(move |g| view.subject(g))
            .map(|(range, _)| range)
            .filter(move |&(s, e)| s >= from && e <= to)
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
        if let Some(region) = self.view.marks.at(at) {
            // Who speaks there calls himself "I".
            let named = self.person_within(region.start, at, gender);
            let other = || {
                self.last_person.clone().filter(|s| self.agrees(s, gender) && self.last.as_ref() != Some(s))
            };
            return named.or_else(other);
        }
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

    /// The last person named between two tokens.
    fn person_within(&self, from: u32, to: u32, gender: Gender) -> Option<Speaker> {
        let upto = self.mentions.rows.partition_point(|m| m.first_token < to);
        let near = self.mentions.rows[..upto].iter().rev().take_while(|m| m.first_token >= from);
        let mut fitting = near.filter(|m| {
            self.is_person(m.entity) && [Gender::Unknown, gender].contains(&self.genders[m.entity.at()])
        });
        fitting.next().map(|m| self.named(m.entity, (m.first_token, m.end_token)))
    }

    /// The sentence of the pronoun or the one before.
    fn same_neighbourhood(&self, token: u32, at: u32) -> bool {
        let start = self.view.start_of_sentence(at);
        let before = self.view.start_of_sentence(start.saturating_sub(1));
        token >= before
    }

    /// Nearest earlier person outside marks, subjects first; whether it is a subject, and its token.
    pub(super) fn nearest_person(&self, at: u32, gender: Gender) -> Option<(EntityIx, bool, u32)> {
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
}
