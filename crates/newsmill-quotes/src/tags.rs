//! What the word lists say of a word: a set of bits.

/// A set of word classes; several may hold at once (`report` is a noun and a verb).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tags(pub u64);

macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $bit:literal, $word:literal;)*) => {
        impl Tags {
            $($(#[$doc])* pub const $name: Tags = Tags(1 << $bit);)*

            /// The class that a rule file calls by this name.
            pub fn named(name: &str) -> Option<Tags> {
                match name {
                    $($word => Some(Tags::$name),)*
                    _ => None,
                }
            }
        }
    };
}

tags! {
    /// Determiner.
    DET = 0, "det";
    /// Personal pronoun as subject.
    PRON = 1, "pron";
    /// Object pronoun.
    OBJ = 2, "obj";
    /// Possessive pronoun.
    POSS = 3, "poss";
    /// Reflexive pronoun.
    REFL = 4, "refl";
    /// Indefinite pronoun or numeral that stands for people.
    INDEF = 5, "indef";
    /// Preposition.
    PREP = 6, "prep";
    /// Coordinator.
    CC = 7, "cc";
    /// Subordinator.
    SUB = 8, "sub";
    /// Relative or question word.
    REL = 9, "rel";
    /// The word `that`.
    THAT = 10, "that";
    /// The word `to`.
    TO = 11, "to";
    /// Modal verb.
    MODAL = 12, "modal";
    /// A form of `be`.
    BE = 13, "be";
    /// A form of `have`.
    HAVE = 14, "have";
    /// A form of `do`.
    DO = 15, "do";
    /// Negation.
    NEG = 16, "neg";
    /// Adverb.
    ADV = 17, "adv";
    /// Expression of time.
    TIME = 18, "time";
    /// Numeral.
    NUM = 19, "num";
    /// Verb particle.
    PARTICLE = 20, "particle";
    /// Noun.
    NOUN = 21, "noun";
    /// Adjective.
    ADJ = 22, "adj";
    /// Plain form of a verb.
    V0 = 23, "v0";
    /// Third person singular.
    VS = 24, "vs";
    /// Past tense.
    VD = 25, "vd";
    /// Past participle.
    VN = 26, "vn";
    /// -ing form.
    VG = 27, "vg";
    /// Plural noun or pronoun.
    PLURAL = 28, "plural";
    /// Male.
    MALE = 29, "male";
    /// Female.
    FEMALE = 30, "female";
    /// A person's role.
    ROLE = 31, "role";
    /// Unnamed people.
    GROUP = 32, "group";
    /// A body that speaks.
    ORG = 33, "org";
    /// A text that speaks.
    DOC = 34, "doc";
    /// A finding.
    EVIDENCE = 35, "evidence";
    /// A title before a name.
    TITLE = 36, "title";
    /// An occasion of speech.
    EVENT = 37, "event";
    /// Reporting noun, speech.
    SPEECH_NOUN = 38, "s";
    /// Reporting noun, attitude.
    ATTITUDE_NOUN = 39, "a";
    /// The word is a form of a reporting verb.
    CUE = 40, "cue";
    /// A noun that any organization may be called by once it is named.
    ANAPHOR = 41, "anaphor";
    /// A preposition that attaches a phrase to the noun before.
    ATTACH = 42, "attach";
    /// An article that attaches a noun to the one before: a genitive.
    GEN = 43, "gen";
    /// The first of two words that together are an adverb.
    IDIOM = 44, "idiom";
    /// A word that says that there is none: nobody, neither.
    NO = 45, "no";
    /// A reporting noun whose content may follow after `of`.
    OF_NOUN = 46, "of";
    /// A reporting noun whose content may be an infinitive.
    TO_NOUN = 47, "inf";
    /// A verb form that reports its clause by itself: German *sei*, *habe*.
    SUBJUNCTIVE = 48, "subj";
    /// The speaker as a subject: *I*.
    FIRST = 49, "first";
}

impl Tags {
    /// No class: a word of no list.
    pub const NONE: Tags = Tags(0);
    /// Forms that are only verbs' own.
    pub const VERB: Tags = Tags(Tags::V0.0 | Tags::VS.0 | Tags::VD.0 | Tags::VN.0 | Tags::VG.0);
    /// Auxiliaries.
    pub const AUX: Tags = Tags(Tags::MODAL.0 | Tags::BE.0 | Tags::HAVE.0 | Tags::DO.0);

    /// Both sets.
    #[must_use]
    pub const fn with(self, other: Tags) -> Tags {
        Tags(self.0 | other.0)
    }

    /// Whether the sets share a class.
    #[inline]
    pub const fn any(self, other: Tags) -> bool {
        self.0 & other.0 != 0
    }
}
