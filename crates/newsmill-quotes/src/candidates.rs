//! What the templates find: possible quotations, before they are chosen and resolved.

use crate::rules::CueId;
use crate::view::Range;

/// Which template found a candidate; confidence is measured for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Template {
    /// Marks beside a reporting verb.
    Direct,
    /// Marks without reporting verb.
    Loose,
    /// A that-clause.
    ThatClause,
    /// A clause without `that`.
    BareClause,
    /// A wh- or if-clause.
    WhClause,
    /// to + infinitive.
    Infinitive,
    /// A noun phrase.
    NounPhrase,
    /// X as Y, or X Y.
    Predicate,
    /// of, for, to + noun phrase.
    Prepositional,
    /// A clause before its reporting verb.
    LeftClause,
    /// according to X.
    AccordingTo,
    /// reportedly.
    Adverb,
    /// A passive whose clause is the content.
    Passive,
    /// X: words.
    Colon,
    /// A reporting noun.
    NounCue,
}

/// The templates by the names that tables call them by.
const NAMES: [(&str, Template); 15] = [
    ("direct", Template::Direct),
    ("loose", Template::Loose),
    ("that", Template::ThatClause),
    ("bare", Template::BareClause),
    ("wh", Template::WhClause),
    ("infinitive", Template::Infinitive),
    ("noun_phrase", Template::NounPhrase),
    ("predicate", Template::Predicate),
    ("prepositional", Template::Prepositional),
    ("left_clause", Template::LeftClause),
    ("according_to", Template::AccordingTo),
    ("adverb", Template::Adverb),
    ("passive", Template::Passive),
    ("colon", Template::Colon),
    ("noun_cue", Template::NounCue),
];

impl Template {
    /// The template that the confidence table calls by this name.
    pub fn named(name: &str) -> Option<Template> {
        NAMES.iter().find(|(n, _)| *n == name).map(|&(_, template)| template)
    }

    /// The name that the confidence table calls it by.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, t)| *t == self).map_or("", |&(name, _)| name)
    }
}

/// A possible quotation.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Its content, in order, disjoint.
    pub pieces: Vec<Range>,
    /// The reporting words.
    pub cue: Option<Range>,
    /// The reporting verb, or 0.
    pub verb: CueId,
    /// The source as the text has it.
    pub source: Option<Range>,
    /// What found it.
    pub template: Template,
    /// The source denies it or did not say it.
    pub negated: bool,
    /// Lies inside another quotation's marks.
    pub inside: bool,
}

impl Candidate {
    /// From the first token to one past the last.
    pub fn span(&self) -> Range {
        match (self.pieces.first(), self.pieces.last()) {
            (Some(first), Some(last)) => (first.0, last.1),
            _ => (0, 0),
        }
    }
}
