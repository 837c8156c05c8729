//! Words of the open classes: nouns, verbs, adjectives, by lists, endings, what stands around them, and the tagger.

use newsmill_core::layers::{TokenFlags, TokenKind, Tokens};

use super::{ADJUNCT, COMPLEMENT, LOOKAHEAD, Pos, Words};
use crate::tagger::Tag;
use crate::tags::Tags;

/// What a form may be beside a past tense.
const NOT_PAST: Tags = Tags::VN.with(Tags::NOUN).with(Tags::ADJ).with(Tags::V0);

impl Words {
    /// The class that the tagger gives to a word of an open class.
    pub(super) fn tagged_class(&self, i: usize, initial: bool) -> Option<Pos> {
        Some(match self.opinion(i) {
            Tag::Noun => Pos::Noun,
            Tag::Name => Pos::Proper,
            Tag::Adjective => Pos::Adj,
            Tag::Adverb => Pos::Adv,
            Tag::Past | Tag::Present => Pos::Fin,
            Tag::Base if initial => return None,
            Tag::Base => Pos::Base,
            Tag::Ing => Pos::Ing,
            Tag::Participle => Pos::Part,
            _ => return None,
        })
    }

    /// What the words before rule out: a verb straight after a determiner or adjective, a participle after `who`.
    pub(super) fn mended(&self, i: usize, pos: Pos) -> Pos {
        let tags = self.tags[i];
        match (pos, self.prev(i)) {
            (Pos::Fin, Some(Pos::Det | Pos::Adj | Pos::Poss)) if tags.any(Tags::NOUN) => Pos::Noun,
            (Pos::Fin | Pos::Base, Some(Pos::Adj | Pos::Proper))
                if tags.any(Tags::ROLE) && self.tags_at(i + 1).any(Tags::PREP.with(Tags::TO)) =>
            {
                Pos::Noun
            }
            // "was safe drew": what is no participle is no adjective either.
            (Pos::Adj, Some(Pos::Adj)) if tags.any(Tags::VD) && !tags.any(NOT_PAST) => Pos::Fin,
            (Pos::Part, Some(Pos::Rel)) if tags.any(Tags::VD) => Pos::Fin,
            (Pos::Part, Some(Pos::Pron)) if tags.any(Tags::VD) && self.after_subject(i) => Pos::Fin,
            _ => pos,
        }
    }

    /// Whether a pronoun before `i` is the subject of a verb there: `they arrested`, not `were they arrested`.
    fn after_subject(&self, i: usize) -> bool {
        let pronoun = i.checked_sub(1).is_some_and(|p| self.tags[p].any(Tags::PRON));
        let auxiliary = i.checked_sub(2).is_some_and(|p| matches!(self.pos[p], Pos::Be | Pos::Have));
        pronoun && !auxiliary
    }

    /// A verb that has a capital like all words of its headline: `Mayor Says Bridge Is Safe`.
    pub(super) fn capital_verb(&self, i: usize) -> Option<Pos> {
        let tags = self.tags[i];
        let verb = self.headline && tags.any(Tags::VERB) && !tags.any(Tags::NOUN.with(Tags::ADJ));
        if !verb {
            return None;
        }
        let left = self.before_adverbs(i);
        Some(match left {
            Some(Pos::To | Pos::Modal | Pos::Do) if tags.any(Tags::V0) => Pos::Base,
            Some(Pos::Be | Pos::Have) if tags.any(Tags::VN) => Pos::Part,
            _ if tags.any(Tags::VG) => Pos::Ing,
            _ if tags.any(Tags::VS.with(Tags::VD)) => Pos::Fin,
            Some(Pos::Pron | Pos::Proper | Pos::Noun) => Pos::Fin,
            _ => return None,
        })
    }

    pub(super) fn open_class(&self, tokens: &Tokens, i: usize) -> Pos {
        let tags = self.tags[i];
        let noun = tags.any(Tags::NOUN) || !tags.any(Tags::VERB.with(Tags::ADJ).with(Tags::ADV));
        let left = self.before_adverbs(i);
        let direct = self.prev(i);
        let in_phrase = matches!(direct, Some(Pos::Det | Pos::Adj | Pos::Poss | Pos::Genitive | Pos::Num))
            && !self.reports_of_number(tokens, i);
        if tags.any(Tags::V0)
            && (matches!(left, Some(Pos::To | Pos::Modal | Pos::Do)) && !(in_phrase && noun))
        {
            return Pos::Base;
        }
        let invariant = tags.any(Tags::V0) && tags.any(Tags::VD);
        if invariant && tags.any(Tags::NOUN) && self.opinion(i) == Tag::Noun {
            return Pos::Noun;
        }
        if tags.any(Tags::VG) {
            return match direct {
                Some(Pos::Det | Pos::Poss | Pos::Genitive | Pos::Adj) => Pos::Noun,
                _ => Pos::Ing,
            };
        }
        if tags.any(Tags::VD.with(Tags::VN))
            && let Some(pos) = self.past(tokens, i, left, in_phrase)
        {
            return pos;
        }
        if tags.any(Tags::V0.with(Tags::VS))
            && let Some(pos) = self.present(tokens, i, left, in_phrase, noun)
        {
            return pos;
        }
        if tags.any(Tags::ADJ) && (!tags.any(Tags::NOUN) || self.continues_phrase(i + 1)) {
            return Pos::Adj;
        }
        if noun {
            Pos::Noun
        } else if tags.any(Tags::ADV) {
            Pos::Adv
        } else {
            Pos::Adj
        }
    }

    /// `42% say they`, `another says the`: a verb that is no noun after a number that stands for people.
    fn reports_of_number(&self, tokens: &Tokens, i: usize) -> bool {
        let before = i.checked_sub(1).map(|p| (self.pos[p], self.tags[p]));
        let people = before.is_some_and(|(pos, tags)| match pos {
            Pos::Det => tags.any(Tags::INDEF),
            pos => matches!(pos, Pos::Num | Pos::Adj),
        });
        let tags = self.tags[i];
        let verb = tags.any(Tags::CUE) && !tags.any(Tags::NOUN.with(Tags::ADJ));
        let name = tokens.flags.get(i + 1).is_some_and(|f| f.has(TokenFlags::CAPITAL));
        people && verb && (name || self.tags_at(i + 1).any(COMPLEMENT))
    }

    /// Whether the word at `i` could go on a noun phrase.
    fn continues_phrase(&self, i: usize) -> bool {
        let tags = self.tags_at(i);
        tags.any(Tags::NOUN.with(Tags::ADJ)) && !tags.any(Tags::PREP.with(Tags::AUX))
    }

    fn past(&self, tokens: &Tokens, i: usize, left: Option<Pos>, in_phrase: bool) -> Option<Pos> {
        let tags = self.tags[i];
        if in_phrase {
            return Some(if self.tags[i].any(Tags::NOUN) && !self.continues_phrase(i + 1) {
                Pos::Noun
            } else {
                Pos::Adj
            });
        }
        match left {
            Some(Pos::Have | Pos::Be) if tags.any(Tags::VN) => return Some(Pos::Part),
            Some(Pos::Prep) => return tags.any(Tags::VN).then_some(Pos::Part),
            _ => {}
        }
        if !tags.any(Tags::VD) {
            return Some(if tags.any(Tags::V0) { return None } else { Pos::Part });
        }
        if tags.any(Tags::VN)
            && left.is_some_and(Pos::is_nominal)
            && self.reduced_relative(tokens, i)
            && self.opinion(i) != Tag::Past
        {
            return Some(Pos::Part);
        }
        Some(Pos::Fin)
    }

    /// `findings published on Tuesday said`: no object follows, and another verb does in the same clause.
    fn reduced_relative(&self, tokens: &Tokens, i: usize) -> bool {
        let next = self.tags_at(i + 1);
        if !next.any(ADJUNCT) || next.any(Tags::THAT) {
            return false;
        }
        for j in i + 1..(i + LOOKAHEAD).min(tokens.flags.len()) {
            let (flags, tags) = (tokens.flags[j], self.tags[j]);
            let ends =
                !flags.is_wordlike() && !matches!(flags.kind(), TokenKind::Hyphen | TokenKind::Apostrophe);
            if ends
                || tags.any(Tags::CC.with(Tags::SUB).with(Tags::THAT).with(Tags::PRON).with(Tags::REL))
                    && !tags.any(Tags::PREP)
            {
                return false;
            }
            let free = !self.tags_at(j - 1).any(Tags::TO.with(Tags::DET));
            if free
                && (tags.any(Tags::MODAL.with(Tags::BE).with(Tags::HAVE))
                    || tags.any(Tags::VD.with(Tags::VS)) && !tags.any(Tags::NOUN))
            {
                return !flags.has(TokenFlags::CAPITAL);
            }
        }
        false
    }

    /// Whether the word before is a noun that isn't plural.
    fn singular_before(&self, i: usize) -> bool {
        i.checked_sub(1).is_some_and(|p| {
            self.pos[p] == Pos::Noun && !self.tags[p].any(Tags::PLURAL.with(Tags::GROUP).with(Tags::ORG))
        })
    }

    fn present(
        &self,
        tokens: &Tokens,
        i: usize,
        left: Option<Pos>,
        in_phrase: bool,
        noun: bool,
    ) -> Option<Pos> {
        if in_phrase {
            return noun.then_some(Pos::Noun);
        }
        let next = self.tags_at(i + 1);
        let complement = COMPLEMENT;
        if self.tags[i].any(Tags::CUE) && next.any(Tags::PARTICLE) && self.tags_at(i + 2).any(complement) {
            // "points out that"
            return Some(Pos::Fin);
        }
        match left {
            Some(Pos::Pron | Pos::Rel) => Some(Pos::Fin),
            // "a term": no verb without -s after a singular.
            Some(Pos::Noun) if noun && !self.tags[i].any(Tags::VS) && self.singular_before(i) => {
                Some(Pos::Noun)
            }
            Some(Pos::Proper) if noun && !self.tags[i].any(Tags::VS) && !next.any(complement) => {
                Some(Pos::Noun)
            }
            Some(Pos::Noun | Pos::Proper | Pos::Close | Pos::Num | Pos::Time) => {
                if !noun
                    || next.any(complement)
                    || self.claims_of_name(tokens, i)
                    || self.tags[i].any(Tags::CUE)
                        && !next.any(Tags::VERB.with(Tags::NOUN).with(Tags::AUX).with(Tags::PREP))
                {
                    Some(Pos::Fin)
                } else {
                    Some(Pos::Noun)
                }
            }
            Some(Pos::Comma | Pos::Quote | Pos::Cc | Pos::That | Pos::Sub) => {
                let verb = !noun || self.tags[i].any(Tags::VS.with(Tags::CUE)) && next.any(complement);
                verb.then_some(Pos::Fin)
            }
            None | Some(Pos::Stop) if !noun => Some(Pos::Base),
            _ if !noun => Some(Pos::Fin),
            _ => None,
        }
    }
    /// `the government claims Mahan flies`: a form in -s after a singular, a name after it.
    fn claims_of_name(&self, tokens: &Tokens, i: usize) -> bool {
        let name = tokens.flags.get(i + 1).is_some_and(|f| f.has(TokenFlags::CAPITAL) && f.is_wordlike());
        let before = i.checked_sub(1).map(|p| (self.pos[p], self.tags[p]));
        let singular = before.is_some_and(|(pos, tags)| {
            pos == Pos::Proper || pos == Pos::Noun && !tags.any(Tags::PLURAL.with(Tags::GROUP))
        });
        name && singular && self.tags[i].any(Tags::VS) && self.tags[i].any(Tags::CUE)
    }
}
