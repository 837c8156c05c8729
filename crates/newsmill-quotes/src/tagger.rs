//! A small part-of-speech tagger: which words are verbs, and which form of them.
//!
//! Greedy, left to right: a word that the training text nearly always gives one tag gets it; the others are scored by a linear
//! model over hashed features (word, ending, shape, neighbours, tags so far), as an averaged perceptron learnt it
//! (M. Collins, 2002). Weights are bytes, so a whole model is 1.6 MB and scoring one word adds a dozen rows of 24.
//! `cargo run --release -p newsmill-train -- tagger` makes the model.

mod features;
mod model;

use newsmill_core::layers::{TokenFlags, TokenKind};

pub use features::{FEATURES, Word, features};
use features::{FIXED, fixed_features, moving_features};
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

impl Sentence {
    /// Of these words.
    pub fn new(words: Vec<Word>) -> Sentence {
        Sentence { words, ..Sentence::default() }
    }
}

impl Model {
    /// Tags a sentence: one tag a word. A word that isn't asked for may get any.
    ///
    /// Weights are far away: the rows that depend on words alone, and one that probably will be needed, are all asked
    /// for before the first is waited for.
    pub fn tag(&self, sentence: &mut Sentence) {
        let Sentence { words, tags, rows, open } = sentence;
        self.look_up(words);
        open.clear();
        open.resize(words.len(), false);
        // A tag is worth its time if it is asked for or one of the next two words looks back at it.
        let mut ahead = [false; 2];
        for (word, open) in words.iter().zip(open.iter_mut()).rev() {
            *open = !word.certain && (word.asked || ahead[0] || ahead[1]);
            ahead = [*open, ahead[0]];
        }
        rows.clear();
        for i in (0..words.len()).filter(|&i| open[i]) {
            let usual = i.checked_sub(1).map(|j| Tag::from_index(words[j].usual as usize));
            rows.extend(fixed_features(words, i).map(|f| self.row(f)));
            rows.push(self.row(moving_features(words, i, usual, None)[0]));
        }
        self.touch(rows);
        tags.clear();
        let mut next = rows.chunks_exact(FIXED + 1).map(|chunk| &chunk[..FIXED]);
        let mut before = (None, None);
        for (i, word) in words.iter().enumerate() {
            let mut tag = Tag::from_index(word.usual as usize);
            if open[i]
                && let Some(fixed) = next.next()
            {
                let moving = moving_features(words, i, before.0, before.1).map(|f| self.row(f));
                tag = self.best(fixed, &moving);
            }
            tags.push(tag);
            before = (Some(tag), before.0);
        }
    }
}

/// A sentence to tag; kept from sentence to sentence for its memory.
#[derive(Debug, Default)]
pub struct Sentence {
    /// The words.
    pub words: Vec<Word>,
    /// What they are.
    pub tags: Vec<Tag>,
    /// Row numbers of the words that are weighed.
    rows: Vec<u32>,
    /// Words that are weighed.
    open: Vec<bool>,
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

    fn words(sentence: &str) -> Vec<Word> {
        let word = |w: &str| {
            let capital = w.starts_with(char::is_uppercase);
            let kind =
                if w.starts_with(char::is_alphabetic) { TokenKind::Word } else { TokenKind::Punctuation };
            let flags = TokenFlags::of(kind).with(if capital { TokenFlags::CAPITAL } else { TokenFlags(0) });
            Word::new(w, fold_hash(w), flags)
        };
        sentence.split(' ').map(word).collect()
    }

    fn tags(words: Vec<Word>) -> Vec<Tag> {
        let mut sentence = Sentence::new(words);
        Model::english().tag(&mut sentence);
        sentence.tags
    }

    #[test]
    fn finite_verbs_are_told_from_participles_and_nouns() {
        use Tag::*;
        let found = tags(words("The minister accused of fraud said the report was wrong ."));
        assert_eq!([found[2], found[5], found[7], found[8]], [Participle, Past, Noun, Auxiliary]);
        assert_eq!(tags(words("Officials report that they want to leave ."))[1], Present);
    }

    #[test]
    fn a_tag_does_not_depend_on_which_others_are_asked_for() {
        let all =
            words("Police shot at the fleeing suspects near where troops guard closed shops and left .");
        for (asked, tag) in tags(all.clone()).into_iter().enumerate() {
            let mut some = all.clone();
            some.iter_mut().enumerate().for_each(|(i, w)| w.asked = i == asked);
            assert_eq!(tags(some)[asked], tag, "word {asked}");
        }
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
