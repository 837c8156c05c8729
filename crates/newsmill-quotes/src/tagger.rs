//! A small part-of-speech tagger: which words are verbs, and which form of them.
//!
//! Greedy, left to right: a word that the training text nearly always gives one tag gets it; the others are scored by a linear
//! model over hashed features (word, ending, shape, neighbours, tags so far), as an averaged perceptron learnt it
//! (M. Collins, 2002). Weights are bytes, so a whole model is 1.6 MB and scoring one word adds a dozen rows of 24.
//! `cargo run --release -p newsmill-train -- tagger` makes the model.

mod features;
mod model;

use newsmill_core::layers::{TokenFlags, TokenKind, Tokens};

pub use features::{FEATURES, Word, features};
pub use model::{Model, ModelError};

/// What a word is in its sentence. Finite verbs are told from the other forms, for a reporting verb needs to be finite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Tag {
    /// Common noun.
    #[default]
    Noun,
    /// Proper noun.
    Name,
    /// Personal or indefinite pronoun.
    Pronoun,
    /// Determiner, also possessive (`the`, `his`).
    Determiner,
    /// Adjective.
    Adjective,
    /// Adverb.
    Adverb,
    /// Number.
    Number,
    /// Preposition.
    Preposition,
    /// Subordinating conjunction (`that`, `if`, `because`).
    Subordinator,
    /// Coordinating conjunction.
    Coordinator,
    /// `to` before an infinitive.
    To,
    /// `not`, `n't`.
    Negation,
    /// Main verb in the past tense.
    Past,
    /// Main verb in the present tense.
    Present,
    /// Main verb, infinitive or imperative.
    Base,
    /// Main verb, -ing form.
    Ing,
    /// Main verb, past participle.
    Participle,
    /// Modal verb.
    Modal,
    /// Finite auxiliary (`is`, `has`, `did`).
    Auxiliary,
    /// Other form of an auxiliary (`be`, `been`, `having`).
    AuxiliaryForm,
    /// `'s` of a possessive.
    Possessive,
    /// Relative or question word (`who`, `which`, `when`).
    Wh,
    /// Interjection, foreign word, symbol.
    Other,
    /// Punctuation.
    Mark,
}

/// Number of tags.
pub const TAGS: usize = 24;

const ALL: [Tag; TAGS] = [
    Tag::Noun,
    Tag::Name,
    Tag::Pronoun,
    Tag::Determiner,
    Tag::Adjective,
    Tag::Adverb,
    Tag::Number,
    Tag::Preposition,
    Tag::Subordinator,
    Tag::Coordinator,
    Tag::To,
    Tag::Negation,
    Tag::Past,
    Tag::Present,
    Tag::Base,
    Tag::Ing,
    Tag::Participle,
    Tag::Modal,
    Tag::Auxiliary,
    Tag::AuxiliaryForm,
    Tag::Possessive,
    Tag::Wh,
    Tag::Other,
    Tag::Mark,
];

impl Tag {
    /// The tag of a number below [`TAGS`]; [`Tag::Other`] above.
    pub fn from_index(index: usize) -> Tag {
        ALL.get(index).copied().unwrap_or(Tag::Other)
    }

    /// The tag of a Universal Dependencies word: universal and English-specific part of speech, and its text in lower
    /// case.
    pub fn from_ud(upos: &str, xpos: &str, word: &str) -> Tag {
        match (upos, xpos) {
            (_, "WDT" | "WP" | "WP$" | "WRB") => Tag::Wh,
            ("PART", "POS") => Tag::Possessive,
            ("PART", "TO") => Tag::To,
            ("PART", _) if matches!(word, "not" | "n't" | "n’t") => Tag::Negation,
            ("AUX", "MD") => Tag::Modal,
            ("AUX", "VBZ" | "VBP" | "VBD") => Tag::Auxiliary,
            ("AUX", _) => Tag::AuxiliaryForm,
            ("VERB", "VBD") => Tag::Past,
            ("VERB", "VBZ" | "VBP") => Tag::Present,
            ("VERB", "VBG") => Tag::Ing,
            ("VERB", "VBN") => Tag::Participle,
            ("VERB", _) => Tag::Base,
            ("PRON", "PRP$") | ("DET", _) => Tag::Determiner,
            ("PRON", _) => Tag::Pronoun,
            ("NOUN", _) => Tag::Noun,
            ("PROPN", _) => Tag::Name,
            ("ADJ", "NNP" | "NNPS") => Tag::Name,
            ("ADJ", _) => Tag::Adjective,
            ("ADV", _) => Tag::Adverb,
            ("NUM", _) => Tag::Number,
            ("ADP", _) => Tag::Preposition,
            ("SCONJ", _) => Tag::Subordinator,
            ("CCONJ", _) => Tag::Coordinator,
            ("PUNCT", _) => Tag::Mark,
            _ => Tag::Other,
        }
    }

    /// A main verb or auxiliary that carries tense.
    pub fn is_finite(self) -> bool {
        matches!(self, Tag::Past | Tag::Present | Tag::Modal | Tag::Auxiliary)
    }

    /// Any form of a main verb.
    pub fn is_verb(self) -> bool {
        matches!(self, Tag::Past | Tag::Present | Tag::Base | Tag::Ing | Tag::Participle)
    }

    /// Can stand inside a noun phrase before its head.
    pub fn is_nominal(self) -> bool {
        matches!(
            self,
            Tag::Noun | Tag::Name | Tag::Adjective | Tag::Number | Tag::Determiner | Tag::Possessive
        )
    }
}

impl Model {
    /// Tags the tokens of a range (a sentence): appends one tag a token to `tags`.
    pub fn tag(
        &self,
        text: &str,
        tokens: &Tokens,
        range: std::ops::Range<u32>,
        words: &mut Vec<Word>,
        tags: &mut Vec<Tag>,
    ) {
        words.clear();
        words.extend(range.map(|i| {
            let i = i as usize;
            let token = text.get(tokens.start[i] as usize..tokens.end[i] as usize).unwrap_or("");
            Word::new(token, tokens.hash[i], tokens.flags[i])
        }));
        self.tag_words(words, tags);
    }

    /// Tags a sentence of words: appends one tag a word.
    pub fn tag_words(&self, words: &mut [Word], tags: &mut Vec<Tag>) {
        self.look_up(words);
        let base = tags.len();
        for (i, word) in words.iter().enumerate() {
            let tag = match word.certain {
                true => Tag::from_index(word.usual as usize),
                false => self.best(&features(words, i, &tags[base..])),
            };
            tags.push(tag);
        }
    }
}

/// The tag of a token that is no word: its kind tells.
fn tag_of_kind(flags: TokenFlags) -> Option<Tag> {
    match flags.kind() {
        TokenKind::Word => None,
        TokenKind::Number => Some(Tag::Number),
        TokenKind::Url | TokenKind::Handle => Some(Tag::Name),
        TokenKind::Symbol | TokenKind::Ideograph => Some(Tag::Other),
        TokenKind::Apostrophe if flags.has(TokenFlags::POSSESSIVE) => Some(Tag::Possessive),
        _ => Some(Tag::Mark),
    }
}

#[cfg(test)]
mod tests {
    use newsmill_core::fold::fold_hash;

    use super::*;

    fn tags(sentence: &str) -> Vec<Tag> {
        let word = |w: &str| {
            let capital = w.starts_with(char::is_uppercase);
            let kind =
                if w.starts_with(char::is_alphabetic) { TokenKind::Word } else { TokenKind::Punctuation };
            let flags = TokenFlags::of(kind).with(if capital { TokenFlags::CAPITAL } else { TokenFlags(0) });
            Word::new(w, fold_hash(w), flags)
        };
        let mut words: Vec<Word> = sentence.split(' ').map(word).collect();
        let mut tags = Vec::new();
        Model::english().tag_words(&mut words, &mut tags);
        tags
    }

    #[test]
    fn finite_verbs_are_told_from_participles_and_nouns() {
        use Tag::*;
        let found = tags("The minister accused of fraud said the report was wrong .");
        assert_eq!([found[2], found[5], found[7], found[8]], [Participle, Past, Noun, Auxiliary]);
        assert_eq!(tags("Officials report that they want to leave .")[1], Present);
    }

    #[test]
    fn damaged_models_are_refused() {
        let bytes = Model::english().to_bytes();
        assert!(Model::from_bytes(&bytes).is_ok());
        for cut in [0, 4, 8, 15, 100, bytes.len() - 1] {
            assert!(Model::from_bytes(&bytes[..cut]).is_err(), "{cut}");
        }
        assert!(Model::from_bytes(b"NMTAG001\x03\0\0\0\x01\0\0\0").is_err());
    }
}
