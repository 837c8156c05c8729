//! Verb groups: auxiliaries, adverbs and negation with their main verb.

use crate::rules::{CueId, Rules};
use crate::tags::Tags;
use crate::words::{Pos, Words};

/// What a verb group can do in a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Has a subject of its own.
    Finite,
    /// `to` and a plain form.
    Infinitive,
    /// An -ing form without auxiliary.
    Ing,
    /// A participle without auxiliary.
    Participle,
}

/// A verb group, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// First token.
    pub start: u32,
    /// Main verb.
    pub main: u32,
    /// One past the last token, the particle included.
    pub end: u32,
    /// The verb's particle where it stands apart, at the clause's end; else 0.
    pub particle: u32,
    /// Form.
    pub form: Form,
    /// Passive voice.
    pub passive: bool,
    /// Has a negation.
    pub negated: bool,
    /// Has a modal verb.
    pub modal: bool,
    /// The reporting verb of its main verb, or 0.
    pub cue: CueId,
}

/// How many words after its verb a particle is looked for.
const CLAUSE: usize = 16;

/// All verb groups, in order.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// The groups.
    pub rows: Vec<Group>,
    /// For each token the group that it lies in, plus one.
    of: Vec<u32>,
}

impl Groups {
    /// Finds the groups of an article. `hashes` are those of the tokens, for particles.
    pub fn run(&mut self, rules: &Rules, words: &Words, hashes: &[u32]) {
        let n = words.pos.len();
        self.rows.clear();
        self.of.clear();
        self.of.resize(n, 0);
        let mut i = 0;
        while i < n {
            match may_begin(words.pos[i]).then(|| read_group(words, i)).flatten() {
                Some(mut group) => {
                    group.cue = cue_of(rules, words, &mut group, hashes);
                    i = group.end as usize;
                    self.rows.push(group);
                    self.of[group.start as usize..i].fill(self.rows.len() as u32);
                }
                None => i += 1,
            }
        }
    }

    /// The group that a token lies in.
    #[inline]
    pub fn at(&self, token: usize) -> Option<&Group> {
        self.of.get(token).and_then(|&g| self.rows.get((g as usize).wrapping_sub(1)))
    }

    /// Index of the group that a token lies in.
    #[inline]
    pub fn index_at(&self, token: usize) -> Option<usize> {
        self.of.get(token).and_then(|&g| (g as usize).checked_sub(1))
    }
}

fn cue_of(rules: &Rules, words: &Words, group: &mut Group, hashes: &[u32]) -> CueId {
    let main = group.main as usize;
    if !words.tags[main].any(Tags::CUE) {
        return 0;
    }
    let after = main + 1;
    if words.tags.get(after).is_some_and(|t| t.any(Tags::PREP.with(Tags::PARTICLE)))
        && let Some(id) = rules.with_particle(hashes[main], hashes[after])
    {
        group.end = group.end.max(after as u32 + 1);
        return id;
    }
    if rules.clauses_in_commas
        && let Some((particle, id)) = particle_apart(rules, words, main, hashes)
    {
        group.particle = particle as u32;
        return id;
    }
    words.cue[main]
}

/// `teilte am Montag mit,`: a particle that is the last word of its verb's clause.
fn particle_apart(rules: &Rules, words: &Words, main: usize, hashes: &[u32]) -> Option<(usize, CueId)> {
    let from = main + 1;
    let mark = words.pos[from..].iter().take(CLAUSE).position(|p| p.is_mark())?;
    let last = (from + mark).checked_sub(1).filter(|&l| l > main)?;
    rules.with_particle(hashes[main], hashes[last]).map(|id| (last, id))
}

/// Whether a verb group may begin with a word of this class.
#[inline]
fn may_begin(pos: Pos) -> bool {
    pos.is_finite() || matches!(pos, Pos::To | Pos::Ing | Pos::Part | Pos::Neg)
}

fn read_group(words: &Words, start: usize) -> Option<Group> {
    let lead = (start..start + 3).take_while(|&i| matches!(words.pos.get(i), Some(Pos::Neg | Pos::Adv)));
    let negated_before = words.pos[start] == Pos::Neg;
    let verb = if negated_before { start + lead.count() } else { start };
    let first = *words.pos.get(verb)?;
    if negated_before && first != Pos::Fin {
        return None;
    }
    let form = match first {
        Pos::Have | Pos::Be if words.tags[verb].any(Tags::VG) => Form::Ing,
        Pos::Modal | Pos::Have | Pos::Do | Pos::Fin | Pos::Be => Form::Finite,
        Pos::To => Form::Infinitive,
        Pos::Ing => Form::Ing,
        Pos::Part => Form::Participle,
        _ => return None,
    };
    let mut group = Group {
        start: start as u32,
        main: verb as u32,
        end: verb as u32 + 1,
        particle: 0,
        form,
        passive: first == Pos::Part,
        negated: negated_before,
        modal: first == Pos::Modal,
        cue: 0,
    };
    let mut aux = first;
    if matches!(first, Pos::Fin | Pos::Ing | Pos::Part) {
        return Some(group);
    }
    let mut at = start + 1;
    loop {
        let mut next = at;
        let mut negated = false;
        while next < at + 4 && matches!(words.pos.get(next), Some(Pos::Adv | Pos::Neg)) {
            negated |= words.pos[next] == Pos::Neg;
            next += 1;
        }
        let Some(&pos) = words.pos.get(next) else { break };
        let tags = words.tags[next];
        let fits = match aux {
            Pos::Modal | Pos::To | Pos::Do => {
                matches!(pos, Pos::Base | Pos::Be | Pos::Have | Pos::Do)
                    || pos == Pos::Fin && tags.any(Tags::V0)
            }
            Pos::Have => matches!(pos, Pos::Part | Pos::Be) || pos == Pos::Fin && tags.any(Tags::VN),
            Pos::Be => matches!(pos, Pos::Part | Pos::Ing | Pos::Be) || pos == Pos::Fin && tags.any(Tags::VN),
            _ => false,
        };
        if !fits {
            if negated && words.pos[at] == Pos::Neg {
                group.negated = true;
                group.end = at as u32 + 1;
            }
            break;
        }
        group.negated |= negated;
        group.passive = aux == Pos::Be && matches!(pos, Pos::Part | Pos::Fin);
        group.main = next as u32;
        group.end = next as u32 + 1;
        at = next + 1;
        aux = pos;
        if matches!(pos, Pos::Base | Pos::Part | Pos::Ing | Pos::Fin) {
            break;
        }
    }
    if first == Pos::To && group.main == group.start {
        return None;
    }
    Some(group)
}
