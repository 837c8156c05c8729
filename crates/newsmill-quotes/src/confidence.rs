//! How sure a quotation is: shares of right ones, counted on annotated articles.
//!
//! Two counts are looked up: of the template with this kind of source, and of the template with this verb. The second
//! is drawn towards the first by as many imagined cases as [`PRIOR`], so a verb seen once decides nothing.

use std::collections::HashMap;

use newsmill_core::build::BuildError;

use crate::candidates::{Candidate, Template};
use crate::resolve::Speaker;
use crate::view::View;
use crate::words::Pos;

/// Weight of the general count against a verb's own.
const PRIOR: f32 = 6.0;
/// What is assumed of a template that was never counted, with the weight of [`PRIOR`].
const UNKNOWN: f32 = 0.5;

/// How a source may be known.
pub(crate) const SOURCES: [&str; 6] =
    ["none", "carried", "pronoun", "unresolved-pronoun", "entity", "phrase"];

/// Counts of a template by source and by verb: right ones, all.
#[derive(Debug, Default)]
pub(crate) struct Confidence {
    by_source: HashMap<(Template, usize), (f32, f32)>,
    by_verb: HashMap<(Template, String), (f32, f32)>,
}

impl Confidence {
    /// Reads the table `confidence.txt`.
    ///
    /// # Errors
    /// A line that can't be read.
    pub fn new(text: &'static str) -> Result<Confidence, BuildError> {
        let mut table = Confidence::default();
        for (line, number) in text.lines().zip(1..).filter(|(l, _)| !l.starts_with('#') && !l.is_empty()) {
            let bad = || {
                BuildError::new("not `template key right all`").in_resource("rules/confidence.txt", number)
            };
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [template, key, right, all] = columns[..] else { return Err(bad()) };
            let template = Template::named(template).ok_or_else(bad)?;
            let count = (right.parse().map_err(|_| bad())?, all.parse().map_err(|_| bad())?);
            match key.strip_prefix("source=").map(|k| SOURCES.iter().position(|s| *s == k)) {
                Some(Some(source)) => table.by_source.insert((template, source), count),
                Some(None) => return Err(bad()),
                None => table.by_verb.insert((template, key.to_owned()), count),
            };
        }
        Ok(table)
    }

    /// Probability that content and speaker are right; `source`: see [`source_kind`].
    pub fn of(&self, view: &View<'_>, c: &Candidate, source: usize) -> f32 {
        let smooth = |count: Option<&(f32, f32)>, prior: f32| {
            count.map_or(prior, |(right, all)| (right + PRIOR * prior) / (all + PRIOR))
        };
        let general = smooth(self.by_source.get(&(c.template, source)), UNKNOWN);
        let Some(verb) = view.rules.cue(c.verb) else { return general };
        smooth(self.by_verb.get(&(c.template, verb.lemma.clone())), general).clamp(0.0, 1.0)
    }
}

/// How a candidate's source is known: an index into [`SOURCES`].
pub(crate) fn source_kind(view: &View<'_>, c: &Candidate, speaker: Option<&Speaker>) -> usize {
    let entity = speaker.is_some_and(|s| s.entity.is_some());
    match c.source {
        None => usize::from(speaker.is_some()),
        Some((start, end)) if end == start + 1 && view.pos(start) == Pos::Pron => 3 - usize::from(entity),
        Some(_) => 5 - usize::from(entity),
    }
}
