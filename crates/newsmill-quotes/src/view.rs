//! What the templates look at: an article's words, verb groups and marks, within bounds.

use newsmill_core::layers::{Mentions, TokenFlags, TokenIx, TokenKind, Tokens};

use crate::groups::{Form, Group, Groups};
use crate::marks::{Marks, Region};
use crate::rules::Rules;
use crate::tags::Tags;
use crate::words::{Pos, Words};

/// Tokens from the first to one past the last.
pub(crate) type Range = (u32, u32);

/// How many tokens a search for a clause's edge goes at most: keeps the stage linear in a text without full stops.
pub(crate) const REACH: u32 = 300;
/// How many tokens a noun phrase has at most.
pub(crate) const PHRASE: u32 = 40;

/// An article while its quotations are looked for.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub text: &'a str,
    pub tokens: &'a Tokens,
    pub words: &'a Words,
    pub groups: &'a Groups,
    pub marks: &'a Marks,
    pub rules: &'a Rules,
    /// For each token the first token of its sentence, where sentences inside marks don't count.
    pub sentence_start: &'a [u32],
    /// Names, by their first token.
    pub mentions: &'a Mentions,
    /// First token that is looked at.
    pub lo: u32,
    /// One past the last token that is looked at.
    pub hi: u32,
    /// Inside a quotation: marks are words here.
    pub inside: bool,
}

impl<'a> View<'a> {
    /// Text of a token.
    pub fn word(&self, t: u32) -> &'a str {
        match (t as usize) < self.tokens.start.len() {
            true => self.text.get(self.tokens.span(TokenIx(t)).range()).unwrap_or(""),
            false => "",
        }
    }

    /// Whether a token is this lower-case word.
    pub fn is(&self, t: u32, word: &str) -> bool {
        let t = t as usize;
        let (Some(&start), Some(&end)) = (self.tokens.start.get(t), self.tokens.end.get(t)) else {
            return word.is_empty();
        };
        let range = start as usize..end as usize;
        // Most words differ in length already.
        range.len() == word.len()
            && self.text.as_bytes().get(range).is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Class of a token; outside the bounds everything is a stop.
    pub fn pos(&self, t: u32) -> Pos {
        if t < self.lo || t >= self.hi { Pos::Stop } else { self.words.pos[t as usize] }
    }

    /// What the lists say of a token.
    pub fn tags(&self, t: u32) -> Tags {
        if t < self.lo || t >= self.hi { Tags::NONE } else { self.words.tags[t as usize] }
    }

    /// A token's flags.
    pub fn flags(&self, t: u32) -> TokenFlags {
        self.tokens.flags.get(t as usize).copied().unwrap_or_default()
    }

    /// The quotation that opens at this token.
    pub fn opens(&self, t: u32) -> Option<Region> {
        if t >= self.hi {
            return None;
        }
        if self.inside {
            return self.marks.opening_at(t).filter(|r| r.depth > 0 && r.after <= self.hi);
        }
        self.marks.at(t).filter(|r| r.open == t)
    }

    /// The quotation that ends just before this token.
    pub fn ends_before(&self, t: u32) -> Option<Region> {
        let mut t = t;
        while t > self.lo && self.pos(t - 1) == Pos::Hidden {
            t -= 1;
        }
        if self.inside || t <= self.lo {
            return None;
        }
        self.marks.at(t - 1).filter(|r| r.after == t)
    }

    /// The verb group at a token.
    pub fn group(&self, t: u32) -> Option<&'a Group> {
        self.groups.at(t as usize)
    }

    /// First token of the sentence, within the bounds.
    pub fn start_of_sentence(&self, t: u32) -> u32 {
        if self.inside {
            let mut at = t;
            while at > self.lo && t - at < REACH && !self.flags(at).has(TokenFlags::SENTENCE_START) {
                at -= 1;
            }
            return at;
        }
        self.sentence_start.get(t as usize).copied().unwrap_or(t).max(self.lo)
    }

    /// Whether a sentence begins at this token (inside marks only if we are inside).
    pub fn begins_sentence(&self, t: u32) -> bool {
        t >= self.hi
            || if self.inside {
                self.flags(t).has(TokenFlags::SENTENCE_START)
            } else {
                self.sentence_start[t as usize] == t
            }
    }

    /// One past the last token of the sentence, at most [`REACH`] further on.
    pub fn end_of_sentence(&self, t: u32) -> u32 {
        let limit = self.hi.min(t.saturating_add(REACH));
        (t + 1..limit).find(|&i| self.begins_sentence(i)).unwrap_or(limit)
    }

    /// Skips adverbs.
    pub fn skip_adverbs(&self, mut t: u32) -> u32 {
        while self.pos(t) == Pos::Adv && !self.begins_sentence(t) {
            t += 1;
        }
        t
    }

    /// Whether a finite verb group begins at `t`, adverbs skipped.
    pub fn finite_at(&self, t: u32) -> Option<&'a Group> {
        let t = self.skip_adverbs(t);
        if t >= self.hi {
            return None;
        }
        self.group(t).filter(|g| g.form == Form::Finite && g.start <= t)
    }

    /// End of the longest name that begins at this token.
    pub fn mention_end(&self, t: u32) -> Option<u32> {
        self.name_around(t).filter(|&(start, _)| start == t).map(|(_, end)| end)
    }

    /// The longest name that covers this token.
    #[inline]
    pub fn name_around(&self, t: u32) -> Option<Range> {
        let index = (*self.words.name_of.get(t as usize)? as usize).checked_sub(1)?;
        self.mentions.rows.get(index).map(|m| (m.first_token, m.end_token))
    }

    /// Whether the longest name that covers this token is a place's.
    pub fn names_place(&self, t: u32) -> bool {
        let index = self.words.name_of.get(t as usize).and_then(|&i| (i as usize).checked_sub(1));
        let mention = index.and_then(|i| self.mentions.rows.get(i));
        mention.is_some_and(|m| self.mentions.strings.get(m.kind) == "place")
    }

    /// Cuts marks, commas and stops from both ends of a range; nothing is left if it has no word.
    pub fn trim(&self, (mut start, mut end): Range) -> Option<Range> {
        use Pos::{Colon, Comma, Dash, Hidden, Quote, Semi, Stop};
        let edge = |p: Pos| matches!(p, Comma | Semi | Colon | Dash | Stop | Quote | Hidden);
        while start < end && edge(self.words.pos[start as usize]) {
            start += 1;
        }
        while start < end
            && (edge(self.words.pos[end as usize - 1]) || self.words.pos[end as usize - 1] == Pos::Cc)
        {
            end -= 1;
        }
        if !self.speaks(start, end) {
            return None;
        }
        Some(if self.inside { (start, end) } else { self.settle((start, end)) })
    }

    /// Whether a range says something: it has a word or, in marks, a picture.
    pub fn speaks(&self, start: u32, end: u32) -> bool {
        let picture = |t: u32| {
            let flags = self.flags(t);
            flags.kind() == TokenKind::Symbol && flags.has(TokenFlags::NON_ASCII)
        };
        self.wordy(start, end)
            || self.marks.at(start).is_some_and(|r| r.end >= end) && (start..end).any(picture)
    }

    /// Whether a range has a word.
    fn wordy(&self, start: u32, end: u32) -> bool {
        (start..end).any(|t| self.flags(t).is_wordlike())
    }

    /// Symbols alone before or after marks don't count (`* “yes”`); a closing mark whose opening one is inside stays.
    fn settle(&self, (mut start, mut end): Range) -> Range {
        if let Some(region) = (start..end).find_map(|t| self.marks.at(t))
            && region.start > start
            && region.start < end
            && !self.wordy(start, region.open)
        {
            start = region.start;
        }
        let last = (start..end).rev().find_map(|t| self.marks.at(t));
        if let Some(region) = last
            && region.end < end
            && !self.wordy(region.after, end)
        {
            end = region.end;
        }
        match self.marks.at(end - 1) {
            Some(region) if region.open >= start => (start, region.after),
            _ => (start, end),
        }
    }
}
