//! Word classes in context: one pass over the tokens, by the word lists, the endings and the word before.
//!
//! Good enough to find verbs, their subjects and where clauses begin; not a treebank's tagger.

mod open;

use std::ops::Range;

use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{Mentions, TokenFlags, TokenIx, TokenKind, Tokens};

use crate::lexicon::{Known, Tail};
use crate::marks::Marks;
use crate::rules::{CueId, Rules, Scope};
use crate::tagger::{self, Model, Sentence, Tag};
use crate::tags::Tags;

/// The class of a token in its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pos {
    Det,
    Adj,
    Noun,
    Proper,
    Num,
    Pron,
    /// `his`, `their`
    Poss,
    /// `’s`
    Genitive,
    Prep,
    Cc,
    Sub,
    Rel,
    That,
    To,
    Modal,
    Be,
    Have,
    Do,
    Neg,
    Adv,
    /// Finite verb.
    Fin,
    /// Plain form after `to`, a modal or `do`.
    Base,
    /// Participle: perfect, passive or reduced relative.
    Part,
    /// -ing form.
    Ing,
    /// Expression of time.
    Time,
    Comma,
    Semi,
    Colon,
    Dash,
    Open,
    Close,
    Stop,
    Quote,
    /// Nothing that shows: a soft hyphen, a joiner.
    Hidden,
    Other,
}

impl Pos {
    /// May end a noun phrase.
    #[inline]
    pub fn ends_noun_phrase(self) -> bool {
        matches!(self, Pos::Noun | Pos::Proper | Pos::Num | Pos::Pron | Pos::Time | Pos::Det | Pos::Adj)
    }

    /// A noun or name.
    #[inline]
    pub fn is_nominal(self) -> bool {
        matches!(self, Pos::Noun | Pos::Proper | Pos::Num)
    }

    /// Begins a verb group that can have a subject of its own.
    #[inline]
    pub fn is_finite(self) -> bool {
        matches!(self, Pos::Fin | Pos::Modal | Pos::Be | Pos::Have | Pos::Do)
    }

    /// Any verb form.
    #[inline]
    pub fn is_verb(self) -> bool {
        self.is_finite() || matches!(self, Pos::Base | Pos::Part | Pos::Ing)
    }

    /// A mark rather than a word.
    #[inline]
    pub fn is_mark(self) -> bool {
        matches!(
            self,
            Pos::Comma | Pos::Semi | Pos::Colon | Pos::Dash | Pos::Open | Pos::Close | Pos::Stop | Pos::Quote
        )
    }
}

/// Classes of all tokens of an article.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// Class in context.
    pub pos: Vec<Pos>,
    /// What the lists say.
    pub tags: Vec<Tags>,
    /// The reporting verb that the token is a form of, or 0.
    pub cue: Vec<CueId>,
    /// What the tagger says, for sentences that may hold a quotation; `Mark` elsewhere.
    /// `None` of words that it wasn't asked for.
    tagged: Vec<Option<Tag>>,
    /// For each token the longest name that covers it: index of the mention plus one, 0 for none.
    pub name_of: Vec<u32>,
    /// The last four bytes of each token in lower case, the last one lowest.
    endings: Vec<u32>,
    /// Whether the sentence is a headline with capitals: they tell no names there.
    headline: bool,
    sentence: Sentence,
    folded: String,
}

/// How many tokens' words are asked for at once.
const TOUCH: usize = 256;

/// What may follow a verb at once and hardly ever a noun.
const COMPLEMENT: Tags = Tags::DET
    .with(Tags::PRON)
    .with(Tags::OBJ)
    .with(Tags::POSS)
    .with(Tags::THAT)
    .with(Tags::TO)
    .with(Tags::REFL);

/// How far a reduced relative clause is looked through for its clause's own verb.
const LOOKAHEAD: usize = 14;

/// Classes of words that get a class without the tagger, whatever stands around them.
const CLOSED: Tags = Tags::THAT
    .with(Tags::NEG)
    .with(Tags::AUX)
    .with(Tags::POSS)
    .with(Tags::PRON)
    .with(Tags::OBJ)
    .with(Tags::REFL)
    .with(Tags::SUB)
    .with(Tags::REL)
    .with(Tags::CC)
    .with(Tags::DET)
    .with(Tags::NUM)
    .with(Tags::INDEF);

/// Classes of words that get one without the tagger if they aren't verbs as well.
const HALF_CLOSED: Tags = Tags::TIME.with(Tags::TO).with(Tags::PREP).with(Tags::ADV);

/// Words that are no names, even capitalised at the start of one.
const NEVER_NAMES: Tags = Tags::DET.with(Tags::PREP).with(Tags::CC);

/// What follows the participle of a reduced relative clause.
const ADJUNCT: Tags = Tags::PREP.with(Tags::TIME).with(Tags::TO).with(Tags::ADV);

impl Words {
    /// Classifies the tokens of an article.
    ///
    /// Sentences with a word that may report, or with marks, go through the tagger; the others need no classes.
    pub fn run(
        &mut self,
        rules: &Rules,
        (model, scope): (Option<&Model>, Scope),
        text: &str,
        tokens: &Tokens,
        mentions: &Mentions,
        marks: &Marks,
    ) {
        let n = tokens.start.len();
        self.look_up(rules, text, tokens);
        self.cover(mentions, n);
        self.pos.clear();
        self.tagged.clear();
        self.tagged.resize(n, Some(Tag::Mark));
        let mut from = 0;
        while from < n {
            let starts = |f: &TokenFlags| f.has(TokenFlags::SENTENCE_START);
            let to = tokens.flags[from + 1..].iter().position(starts).map_or(n, |i| from + 1 + i);
            self.headline = is_title_case(&tokens.flags[from..to], &self.name_of[from..to]);
            // Inside a quotation only what is nested could gain from the tagger: not worth its time.
            let quoted = marks.at(from as u32).is_some_and(|r| r.open < from as u32 && r.after >= to as u32);
            if let Some(model) = model.filter(|_| !quoted)
                && self.classify_until(text, tokens, to, |words, i| words.may_report(rules, scope, i))
            {
                self.tag(model, tokens, from..to);
                self.pos.truncate(from);
            }
            self.classify_until(text, tokens, to, |_, _| false);
            from = to;
        }
    }

    /// Classifies the tokens before `to`, up to the first that is found to be what is looked for.
    fn classify_until(
        &mut self,
        text: &str,
        tokens: &Tokens,
        to: usize,
        found: impl Fn(&Self, usize) -> bool,
    ) -> bool {
        (self.pos.len()..to).any(|i| {
            let pos = self.classify(text, tokens, i);
            self.pos.push(pos);
            found(self, i)
        })
    }

    /// What the lists, or else the endings, say of each word.
    fn look_up(&mut self, rules: &Rules, text: &str, tokens: &Tokens) {
        let n = tokens.start.len();
        self.tags.clear();
        self.cue.clear();
        self.endings.clear();
        self.tags.reserve(n);
        self.cue.reserve(n);
        self.endings.reserve(n);
        for i in 0..n {
            if i.is_multiple_of(TOUCH) {
                rules.lexicon.touch(&tokens.hash[i..n.min(i + TOUCH)]);
            }
            let (start, end) = (tokens.start[i] as usize, tokens.end[i] as usize);
            let tail = Tail::at(text.as_bytes(), start, end);
            self.endings.push(tail.0 as u32);
            let mut known = Known::default();
            if tokens.flags[i].kind() == TokenKind::Word {
                let word = text.get(start..end).unwrap_or("");
                known = match rules.lexicon.get(word, tail, tokens.hash[i], &mut self.folded) {
                    Some(known) => known,
                    None if rules.capital_nouns && !tokens.flags[i].has(TokenFlags::CAPITAL) => {
                        Known { tags: rules.guess_lower(tail, word.len()), cue: 0 }
                    }
                    None => Known { tags: rules.guess(tail, word.len()), cue: 0 },
                };
            }
            self.tags.push(known.tags);
            self.cue.push(known.cue);
            if i > 0
                && self.tags[i - 1].any(Tags::IDIOM)
                && rules.is_idiom(tokens.hash[i - 1], tokens.hash[i])
            {
                self.tags[i - 1..].fill(Tags::ADV.with(Tags::IDIOM));
            }
        }
    }

    /// Which name covers each token.
    fn cover(&mut self, mentions: &Mentions, n: usize) {
        self.name_of.clear();
        self.name_of.resize(n, 0);
        for (index, m) in mentions.rows.iter().enumerate() {
            // Longer names come first; what lies inside one isn't a name of its own here.
            let range = m.first_token as usize..(m.end_token as usize).min(n);
            if self.name_of.get(range.start) == Some(&0) {
                self.name_of[range].fill(index as u32 + 1);
            }
        }
    }

    /// Whether the word at `i` is a verb or noun that may report something.
    fn may_report(&self, rules: &Rules, scope: Scope, i: usize) -> bool {
        let verb = self.cue[i] != 0
            && self.pos[i].is_verb()
            && rules.cue(self.cue[i]).is_some_and(|c| c.scope <= scope);
        let next = self.tags_at(i + 1);
        verb || self.tags[i].any(Tags::SPEECH_NOUN.with(Tags::ATTITUDE_NOUN)) && next.any(Tags::THAT)
            || self.tags[i].any(Tags::OF_NOUN.with(Tags::TO_NOUN)) && next.any(Tags::PREP.with(Tags::TO))
    }

    /// Tags a sentence.
    fn tag(&mut self, model: &Model, tokens: &Tokens, range: Range<usize>) {
        let mut sentence = std::mem::take(&mut self.sentence);
        sentence.words.clear();
        sentence.words.extend(range.clone().map(|i| {
            tagger::Word::of(self.endings[i], tokens.hash[i], tokens.flags[i], self.asks(tokens, i))
        }));
        model.tag(&mut sentence);
        for ((to, word), &tag) in self.tagged[range].iter_mut().zip(&sentence.words).zip(&sentence.tags) {
            *to = word.asked().then_some(tag);
        }
        self.sentence = sentence;
    }

    /// Whether the rules may look at what the tagger says of a token: it is no name and of no closed class. Looking at
    /// one that isn't asked for would be a mistake, so this is wide.
    fn asks(&self, tokens: &Tokens, i: usize) -> bool {
        let (flags, tags) = (tokens.flags[i], self.tags[i]);
        if flags.kind() != TokenKind::Word || flags.has(TokenFlags::CLITIC) {
            return false;
        }
        if tags.any(Tags::TO) {
            return true;
        }
        let capital = flags.has(TokenFlags::CAPITAL);
        let named = capital && self.name_of[i] != 0 && !tags.any(NEVER_NAMES);
        let after_word = i > 0 && tokens.flags[i - 1].kind() == TokenKind::Word;
        let inner_capital = capital && after_word && !flags.has(TokenFlags::SENTENCE_START);
        let closed = tags.any(CLOSED)
            || tags.any(Tags::TIME) && !tags.any(Tags::MODAL.with(Tags::VERB))
            || tags.any(Tags::PREP.with(Tags::ADV)) && !tags.any(Tags::VERB);
        if named || inner_capital || closed {
            return false;
        }
        // Reporting verbs keep the rules' verdict, but for two questions.
        let past = tags.any(Tags::VD);
        !tags.any(Tags::CUE)
            || past && tags.any(Tags::V0)
            || past && tags.any(Tags::VN) && self.tags_at(i + 1).any(ADJUNCT)
    }

    /// What the tagger says of a word that the rules [ask](Self::asks) for.
    fn opinion(&self, i: usize) -> Tag {
        debug_assert!(self.tagged[i].is_some(), "`asks` must include the word at {i}");
        self.tagged[i].unwrap_or(Tag::Mark)
    }

    fn tags_at(&self, i: usize) -> Tags {
        self.tags.get(i).copied().unwrap_or_default()
    }

    fn prev(&self, i: usize) -> Option<Pos> {
        i.checked_sub(1).map(|p| self.pos[p])
    }

    /// The class of the last word before `i` that isn't an adverb or a negation.
    fn before_adverbs(&self, i: usize) -> Option<Pos> {
        self.pos[..i].iter().rev().take(4).copied().find(|p| !matches!(p, Pos::Adv | Pos::Neg))
    }

    fn classify(&self, text: &str, tokens: &Tokens, i: usize) -> Pos {
        let flags = tokens.flags[i];
        match flags.kind() {
            TokenKind::Word => {}
            TokenKind::Number => return Pos::Num,
            TokenKind::Url | TokenKind::Handle => return Pos::Proper,
            TokenKind::Ideograph => return Pos::Noun,
            TokenKind::OpenQuote | TokenKind::CloseQuote | TokenKind::Quote => return Pos::Quote,
            TokenKind::Apostrophe => return Pos::Genitive,
            TokenKind::Hyphen => return Pos::Adj,
            TokenKind::Dash => {
                let inner = flags.has(TokenFlags::JOINED_LEFT)
                    && tokens
                        .flags
                        .get(i + 1)
                        .is_some_and(|f| f.has(TokenFlags::JOINED_LEFT) && f.has(TokenFlags::CAPITAL));
                return if inner { Pos::Adj } else { Pos::Dash };
            }
            TokenKind::Stop => return Pos::Stop,
            TokenKind::Symbol | TokenKind::Punctuation if tokens.hash[i] == fold_hash("") => {
                return Pos::Hidden;
            }
            TokenKind::Symbol => return Pos::Num,
            TokenKind::Punctuation => return punctuation(text, tokens, i),
        }
        let tags = self.tags[i];
        if let Some(pos) = self.loose_clitic(text, tokens, i) {
            return pos;
        }
        let initial = flags.has(TokenFlags::SENTENCE_START)
            || matches!(self.prev(i), None | Some(Pos::Quote | Pos::Colon | Pos::Stop));
        if flags.has(TokenFlags::CLITIC) {
            return self.clitic(text, tokens, i);
        }
        let next_capital = tokens.flags.get(i + 1).is_some_and(|f| f.has(TokenFlags::CAPITAL));
        if flags.has(TokenFlags::ALL_CAPS) && !flags.has(TokenFlags::HAS_LOWER) {
            let near = [i.checked_sub(1), Some(i + 1)].into_iter().flatten();
            let shouting = near.filter_map(|j| tokens.flags.get(j)).any(|f| {
                f.kind() == TokenKind::Word && f.has(TokenFlags::ALL_CAPS) && !f.has(TokenFlags::CLITIC)
            });
            if !shouting {
                return Pos::Proper;
            }
        }
        let capital = flags.has(TokenFlags::CAPITAL);
        if capital && self.name_of[i] != 0 && !tags.any(NEVER_NAMES) {
            return Pos::Proper;
        }
        if let Some(pos) = self.closed_class(tokens, i, capital && !initial) {
            return pos;
        }
        if capital && !initial {
            return self.capital_verb(i).unwrap_or(Pos::Proper);
        }
        if !tags.any(Tags::CUE)
            && let Some(pos) = self.tagged_class(i, initial)
        {
            return self.mended(i, pos);
        }
        if capital && !tags.any(Tags::VERB) && (next_capital || !self.known_noun(tags)) {
            if tags.any(Tags::ADJ) && !next_capital {
                return Pos::Adj;
            }
            return if tags.any(Tags::ADV) { Pos::Adv } else { Pos::Proper };
        }
        self.open_class(tokens, i)
    }

    /// `’s` and `n’t` that a tokenizer cut at the apostrophe.
    fn loose_clitic(&self, text: &str, tokens: &Tokens, i: usize) -> Option<Pos> {
        let apostrophe = i.checked_sub(1).is_some_and(|p| tokens.flags[p].kind() == TokenKind::Apostrophe);
        if !apostrophe || tokens.end[i] - tokens.start[i] > 1 || !tokens.flags[i].has(TokenFlags::JOINED_LEFT)
        {
            return None;
        }
        match text.get(tokens.span(TokenIx(i as u32)).range()).unwrap_or("") {
            "s" | "S" => Some(Pos::Genitive),
            "t" | "T" => Some(Pos::Neg),
            _ => None,
        }
    }

    fn known_noun(&self, tags: Tags) -> bool {
        tags.any(Tags::NOUN.with(Tags::PLURAL))
    }

    fn clitic(&self, text: &str, tokens: &Tokens, i: usize) -> Pos {
        let word = text.get(tokens.span(TokenIx(i as u32)).range()).unwrap_or("");
        let tags = self.tags[i];
        if word.ends_with(['s', 'S']) {
            let pronoun = i.checked_sub(1).is_some_and(|p| {
                self.tags[p].any(Tags::PRON.with(Tags::REL).with(Tags::THAT)) && self.pos[p] != Pos::Proper
                    || self.pos[p] == Pos::Pron
            });
            return if pronoun { Pos::Be } else { Pos::Genitive };
        }
        if tags.any(Tags::NEG) || word.ends_with(['t', 'T']) {
            Pos::Neg
        } else if tags.any(Tags::MODAL) {
            Pos::Modal
        } else if tags.any(Tags::HAVE) {
            Pos::Have
        } else if tags.any(Tags::BE) {
            Pos::Be
        } else {
            Pos::Genitive
        }
    }

    /// Function words. `inner_capital`: capitalised in the middle of a sentence, so perhaps part of a name.
    fn closed_class(&self, tokens: &Tokens, i: usize, inner_capital: bool) -> Option<Pos> {
        let tags = self.tags[i];
        if !tags.any(CLOSED.with(HALF_CLOSED)) {
            return None;
        }
        let next = self.tags_at(i + 1);
        let prev = self.prev(i);
        if tags.any(Tags::IDIOM) && tags.any(Tags::ADV) {
            return Some(self.idiom(tokens, i));
        }
        if tags.any(Tags::TIME) && (!tags.any(Tags::MODAL.with(Tags::VERB)) || inner_capital) {
            // "five-year term"
            let compound = i > 0 && tokens.flags[i - 1].kind() == TokenKind::Hyphen && self.known_noun(next);
            return Some(if compound { Pos::Adj } else { Pos::Time });
        }
        if inner_capital && tags.any(Tags::VERB.with(Tags::NOUN).with(Tags::ADJ)) && !tags.any(Tags::AUX) {
            return None;
        }
        if tags.any(Tags::TO) && matches!(self.opinion(i), Tag::To | Tag::Preposition) {
            // "declined to comment": the tagger takes many reporting verbs for nouns.
            let verb = self.opinion(i) == Tag::To || next.any(Tags::V0) && next.any(Tags::CUE);
            let name = tokens.flags.get(i + 1).is_some_and(|f| f.has(TokenFlags::CAPITAL));
            // "according to exit polls"
            let phrase = prev == Some(Pos::Prep);
            return Some(if verb && !name && !phrase { Pos::To } else { Pos::Prep });
        }
        if tags.any(Tags::TO) {
            let verb = next.any(Tags::V0.with(Tags::BE).with(Tags::HAVE).with(Tags::DO).with(Tags::ADV));
            let name = tokens.flags.get(i + 1).is_some_and(|f| f.has(TokenFlags::CAPITAL));
            return Some(if verb && !name && prev != Some(Pos::Prep) { Pos::To } else { Pos::Prep });
        }
        if tags.any(Tags::THAT) {
            return Some(match prev {
                Some(Pos::Prep) => Pos::Det,
                _ if next.any(Tags::BE.with(Tags::MODAL))
                    && matches!(prev, None | Some(Pos::Comma | Pos::Stop | Pos::Cc)) =>
                {
                    Pos::Pron
                }
                Some(Pos::Noun | Pos::Proper) if self.only_finite(i + 1) => Pos::Rel,
                _ => Pos::That,
            });
        }
        if tags.any(Tags::NEG) {
            return Some(Pos::Neg);
        }
        if tags.any(Tags::MODAL) {
            let noun = matches!(prev, Some(Pos::Det | Pos::Adj | Pos::Poss | Pos::Genitive));
            // "this might happen"
            let noun = noun && !next.any(Tags::V0.with(Tags::BE).with(Tags::HAVE));
            return Some(if noun { Pos::Noun } else { Pos::Modal });
        }
        if tags.any(Tags::BE) {
            return Some(Pos::Be);
        }
        if tags.any(Tags::HAVE) {
            return Some(Pos::Have);
        }
        if tags.any(Tags::DO) {
            return Some(Pos::Do);
        }
        if tags.any(Tags::POSS) {
            let object = tags.any(Tags::OBJ)
                && next.any(
                    Tags::PREP.with(Tags::TO).with(Tags::THAT).with(Tags::DET).with(Tags::ADV).with(Tags::CC),
                );
            let last = tokens.flags.get(i + 1).is_none_or(|f| !f.is_wordlike());
            return Some(if object || (last && tags.any(Tags::OBJ)) { Pos::Pron } else { Pos::Poss });
        }
        if tags.any(Tags::PRON.with(Tags::OBJ).with(Tags::REFL)) {
            return Some(if tags.any(Tags::REL) { Pos::Rel } else { Pos::Pron });
        }
        if tags.any(Tags::SUB) {
            return Some(if tags.any(Tags::PREP.with(Tags::REL).with(Tags::ADV)) {
                self.ambiguous_sub(tags)
            } else {
                Pos::Sub
            });
        }
        if tags.any(Tags::REL) {
            return Some(Pos::Rel);
        }
        if tags.any(Tags::CC) {
            return Some(Pos::Cc);
        }
        if tags.any(Tags::PREP) && prev == Some(Pos::Det) && next.any(Tags::NOUN) && !next.any(Tags::DET) {
            return Some(Pos::Adj);
        }
        if tags.any(Tags::PREP)
            && !(tags.any(Tags::VERB) && matches!(prev, Some(Pos::Pron | Pos::Modal | Pos::To)))
        {
            return Some(Pos::Prep);
        }
        if tags.any(Tags::DET) {
            return Some(Pos::Det);
        }
        if tags.any(Tags::NUM) {
            return Some(Pos::Num);
        }
        if tags.any(Tags::INDEF) {
            return Some(Pos::Pron);
        }
        if tags.any(Tags::ADV) && !tags.any(Tags::VERB) {
            let there = next.any(Tags::AUX) || next.any(Tags::ADV) && self.tags_at(i + 2).any(Tags::AUX);
            let word_is_there =
                tokens.end[i] - tokens.start[i] == 5 && there && !self.tags[i].any(Tags::TIME);
            let subject = word_is_there && tokens.hash[i] == fold_hash("there");
            return Some(if subject { Pos::Pron } else { Pos::Adv });
        }
        None
    }

    /// Words that together are an adverb; before a number they belong to its phrase: `at least 71 people`.
    fn idiom(&self, tokens: &Tokens, i: usize) -> Pos {
        let second = self.tags_at(i + 1).any(Tags::IDIOM) && self.tags_at(i + 1).any(Tags::ADV);
        let after = if second { i + 2 } else { i + 1 };
        let number = tokens.flags.get(after).is_some_and(|f| f.kind() == TokenKind::Number)
            || self.tags_at(after).any(Tags::NUM);
        if number { Pos::Adj } else { Pos::Adv }
    }

    /// Whether the word can be nothing but a finite verb: `that monitored`, `that has`.
    fn only_finite(&self, i: usize) -> bool {
        let tags = self.tags_at(i);
        let verb =
            tags.any(Tags::AUX) || tags.any(Tags::VD.with(Tags::VS)) && !tags.any(Tags::NOUN.with(Tags::ADJ));
        verb && !tags.any(Tags::V0.with(Tags::DET).with(Tags::PREP))
    }

    fn ambiguous_sub(&self, tags: Tags) -> Pos {
        if tags.any(Tags::PREP) {
            Pos::Prep
        } else if tags.any(Tags::REL) {
            Pos::Rel
        } else {
            Pos::Sub
        }
    }
}

/// Whether all longer words of a sentence begin with a capital, some of them no known names.
fn is_title_case(flags: &[TokenFlags], names: &[u32]) -> bool {
    let long = |f: &TokenFlags| f.kind() == TokenKind::Word && f.has(TokenFlags::HAS_LOWER);
    let words = flags.iter().zip(names).filter(|(f, _)| long(f) && !f.has(TokenFlags::CLITIC));
    let (mut capitals, mut small) = (0, 0);
    for (f, &name) in words {
        capitals += usize::from(f.has(TokenFlags::CAPITAL) && name == 0);
        small += usize::from(!f.has(TokenFlags::CAPITAL));
    }
    capitals >= 3 && capitals >= small * 4
}

fn punctuation(text: &str, tokens: &Tokens, i: usize) -> Pos {
    match text.get(tokens.span(TokenIx(i as u32)).range()).unwrap_or("") {
        "," | "、" | "，" => Pos::Comma,
        ";" => Pos::Semi,
        ":" => Pos::Colon,
        "(" | "[" | "{" => Pos::Open,
        ")" | "]" | "}" => Pos::Close,
        "-" | "--" | "---" => Pos::Dash,
        "&" => Pos::Cc,
        _ => Pos::Other,
    }
}
