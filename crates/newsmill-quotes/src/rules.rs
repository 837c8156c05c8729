//! Loads the rule files of a language and looks words up.

use std::collections::HashMap;

use newsmill_core::build::BuildError;
use newsmill_core::fold::{fold, fold_hash};

use crate::inflect::{listed_forms, s_form, verb_forms};
use crate::lexicon::{Endings, Known, LONGEST_ENDING, Lexicon, Tail};
use crate::tags::Tags;

/// The rule files of a language, compiled in; each begins with a comment that explains its columns.
pub(crate) struct RuleFiles {
    /// ISO 639-1 code.
    pub language: &'static str,
    /// Nouns are capitalized, so that an unknown word in lower case is none.
    pub capital_nouns: bool,
    /// Every clause stands between commas, and a verb's particle at its clause's end.
    pub clauses_in_commas: bool,
    /// Forms of a verb entry.
    pub verb_forms: fn(&str) -> Vec<(String, Tags)>,
    /// Plural of a noun, if it is derived and not listed.
    pub plural: Option<fn(&str) -> String>,
    /// Closed-class words.
    pub function_words: &'static str,
    /// Nouns by what they can be as speakers.
    pub nouns: &'static str,
    /// Common adjectives.
    pub adjectives: &'static str,
    /// Other verbs.
    pub verbs: &'static str,
    /// Reporting verbs and their frames.
    pub cues: &'static str,
    /// Reporting nouns.
    pub cue_nouns: &'static str,
    /// Fixed phrases.
    pub phrases: &'static str,
    /// Shares of right quotations.
    pub confidence: &'static str,
    /// Endings that tell the class of unknown words.
    pub endings: &'static str,
}

/// English.
pub(crate) const ENGLISH: RuleFiles = RuleFiles {
    language: "en",
    capital_nouns: false,
    clauses_in_commas: false,
    verb_forms,
    plural: Some(s_form),
    function_words: include_str!("../rules/en/function_words.txt"),
    nouns: include_str!("../rules/en/nouns.txt"),
    adjectives: include_str!("../rules/en/adjectives.txt"),
    verbs: include_str!("../rules/en/verbs.txt"),
    cues: include_str!("../rules/en/cues.txt"),
    cue_nouns: include_str!("../rules/en/cue_nouns.txt"),
    phrases: include_str!("../rules/en/phrases.txt"),
    confidence: include_str!("../rules/en/confidence.txt"),
    endings: include_str!("../rules/en/endings.txt"),
};

/// German: a beginning. Confidence is English's, for nothing was counted yet.
pub(crate) const GERMAN: RuleFiles = RuleFiles {
    language: "de",
    capital_nouns: true,
    clauses_in_commas: true,
    verb_forms: listed_forms,
    plural: None,
    function_words: include_str!("../rules/de/function_words.txt"),
    nouns: include_str!("../rules/de/nouns.txt"),
    adjectives: include_str!("../rules/de/adjectives.txt"),
    verbs: include_str!("../rules/de/verbs.txt"),
    cues: include_str!("../rules/de/cues.txt"),
    cue_nouns: include_str!("../rules/de/cue_nouns.txt"),
    phrases: include_str!("../rules/de/phrases.txt"),
    confidence: ENGLISH.confidence,
    endings: include_str!("../rules/de/endings.txt"),
};

/// Whether a cue reports speech or a thought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// Somebody communicates.
    Speech,
    /// Somebody thinks, wants, finds.
    Attitude,
}

/// What a reporting verb's content can be: the letters of `cues.txt`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frames(pub u32);

impl Frames {
    const LETTERS: &'static str = "qctwinNOIofFgkpeErx";

    /// The set of one letter.
    pub const fn of(letter: char) -> Frames {
        let letters = Self::LETTERS.as_bytes();
        let mut i = 0;
        while i < letters.len() {
            if letters[i] == letter as u8 {
                return Frames(1 << i);
            }
            i += 1;
        }
        Frames(0)
    }

    /// Whether the verb has this frame.
    pub fn has(self, letter: char) -> bool {
        self.0 & Frames::of(letter).0 != 0
    }

    fn parse(letters: &str) -> Option<Frames> {
        letters.chars().try_fold(Frames(0), |set, c| match Frames::of(c) {
            Frames(0) => None,
            Frames(bit) => Some(Frames(set.0 | bit)),
        })
    }
}

/// A reporting verb.
#[derive(Clone, Debug)]
pub(crate) struct Cue {
    /// Plain form.
    pub lemma: String,
    /// Speech or attitude.
    pub scope: Scope,
    /// What its content can be.
    pub frames: Frames,
}

/// Index of a cue, plus one; 0 is none.
pub(crate) type CueId = u16;

/// A fixed phrase that attributes a clause.
#[derive(Clone, Debug)]
pub(crate) struct Phrase {
    /// Words, folded.
    pub words: Vec<String>,
    /// Hash of the first word.
    pub hash: u32,
    /// The source follows.
    pub takes_source: bool,
    /// Speech or attitude.
    pub scope: Scope,
}

/// A verb's form with a particle after it, by their hashes.
#[derive(Clone, Copy, Debug)]
struct Particle {
    form: u32,
    particle: u32,
    cue: CueId,
}

/// Compiled rules.
pub(crate) struct Rules {
    /// See [`RuleFiles::capital_nouns`].
    pub capital_nouns: bool,
    /// See [`RuleFiles::clauses_in_commas`].
    pub clauses_in_commas: bool,
    /// The words of all lists.
    pub lexicon: Lexicon,
    /// Reporting verbs; [`CueId`] minus one indexes it.
    pub cues: Vec<Cue>,
    /// Cues with a particle, by the hash of their verb's form.
    particles: Vec<Particle>,
    /// Fixed phrases.
    pub phrases: Vec<Phrase>,
    /// Two words that together are an adverb, by their hashes.
    idioms: Vec<(u32, u32)>,
    endings: Endings,
}

fn lines(text: &'static str) -> impl Iterator<Item = (u64, &'static str)> {
    text.lines()
        .zip(1..)
        .map(|(line, number)| (number, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn bad(file: &str, line: u64, what: &str) -> BuildError {
    BuildError::new(what.to_owned()).in_resource(format!("rules/{file}"), line)
}

#[derive(Default)]
struct Builder {
    words: Vec<(String, Known)>,
    index: HashMap<String, usize>,
}

impl Builder {
    fn add(&mut self, word: &str, tags: Tags) -> &mut Known {
        let key = fold(word);
        let at = *self.index.entry(key.clone()).or_insert_with(|| {
            self.words.push((key, Known::default()));
            self.words.len() - 1
        });
        let found = &mut self.words[at].1;
        found.tags = found.tags.with(tags);
        found
    }

    fn classed(
        &mut self,
        file: &str,
        text: &'static str,
        plural: Option<fn(&str) -> String>,
    ) -> Result<(), BuildError> {
        for (number, line) in lines(text) {
            let (classes, words) =
                line.split_once(':').ok_or_else(|| bad(file, number, "no `:` after the classes"))?;
            let mut tags = Tags::NONE;
            for class in classes.split([',', ' ']).filter(|c| !c.is_empty()) {
                let tag =
                    Tags::named(class).ok_or_else(|| bad(file, number, &format!("no class `{class}`")))?;
                tags = tags.with(tag);
            }
            for word in words.split_whitespace() {
                self.add(word, tags);
                if let Some(plural) = plural {
                    self.add(&plural(word), tags.with(Tags::PLURAL));
                }
            }
        }
        Ok(())
    }
}

impl Rules {
    /// Compiles the rule files.
    ///
    /// # Errors
    /// A line that can't be read, with file and line.
    pub fn new(files: &RuleFiles) -> Result<Rules, BuildError> {
        let mut b = Builder::default();
        b.classed("function_words.txt", files.function_words, None)?;
        b.classed("nouns.txt", files.nouns, files.plural)?;
        b.classed("cue_nouns.txt", files.cue_nouns, files.plural)?;
        let people = [Tags::ROLE, Tags::GROUP, Tags::ORG, Tags::DOC, Tags::EVIDENCE, Tags::EVENT];
        let nouns = people.into_iter().chain([Tags::SPEECH_NOUN, Tags::ATTITUDE_NOUN]);
        let nouns = nouns.fold(Tags::NOUN, Tags::with);
        for (_, word) in &mut b.words {
            if word.tags.any(nouns) {
                word.tags = word.tags.with(Tags::NOUN);
            }
            if word.tags.any(Tags::GROUP) {
                word.tags = word.tags.with(Tags::PLURAL);
            }
        }
        for (_, line) in lines(files.adjectives) {
            for word in line.split_whitespace() {
                b.add(word, Tags::ADJ);
            }
        }
        for (_, line) in lines(files.verbs) {
            for entry in line.split_whitespace() {
                let (entry, noun) = entry.strip_prefix('~').map_or((entry, false), |e| (e, true));
                for (form, tags) in (files.verb_forms)(entry) {
                    let noun = noun && tags.any(Tags::V0.with(Tags::VS));
                    b.add(&form, if noun { tags.with(Tags::NOUN) } else { tags });
                }
            }
        }
        let (cues, particles) = Self::cues(files, &mut b)?;
        let (phrases, idioms) = phrases(files.phrases, &mut b)?;
        let too_many = || BuildError::new("the rule files have too many words".to_owned());
        let lexicon = Lexicon::new(b.words).ok_or_else(too_many)?;
        Ok(Rules {
            capital_nouns: files.capital_nouns,
            clauses_in_commas: files.clauses_in_commas,
            lexicon,
            cues,
            particles,
            phrases,
            idioms,
            endings: Endings::new(&endings(files.endings)?),
        })
    }

    fn cues(files: &RuleFiles, b: &mut Builder) -> Result<(Vec<Cue>, Vec<Particle>), BuildError> {
        let mut cues: Vec<Cue> = Vec::new();
        let mut particles: Vec<Particle> = Vec::new();
        for (number, line) in lines(files.cues) {
            let fail = |what: &str| bad("cues.txt", number, what);
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [verb, scope, frames] = columns[..] else {
                return Err(fail("not three columns: verb, scope, frames"));
            };
            let scope = match scope {
                "s" => Scope::Speech,
                "a" => Scope::Attitude,
                _ => return Err(fail("scope is neither s nor a")),
            };
            let frames = Frames::parse(frames).ok_or_else(|| fail("unknown letter among the frames"))?;
            let base = verb.split(['/', '*']).next().unwrap_or("");
            let (stem, particle) = base.split_once('_').unwrap_or((base, ""));
            let entry = verb.replacen(base, stem, 1);
            cues.push(Cue { lemma: stem.to_owned(), scope, frames });
            let id = cues.len() as CueId;
            for (form, tags) in (files.verb_forms)(&entry) {
                let word = b.add(&form, tags);
                if !particle.is_empty() {
                    let hashes = (fold_hash(&form), fold_hash(particle));
                    particles.push(Particle { form: hashes.0, particle: hashes.1, cue: id });
                    word.tags = word.tags.with(Tags::CUE);
                } else if word.cue == 0 {
                    word.cue = id;
                    word.tags = word.tags.with(Tags::CUE);
                }
            }
        }
        particles.sort_by_key(|p| p.form);
        Ok((cues, particles))
    }

    /// The class that the ending of a word suggests that can't be a noun.
    pub fn guess_lower(&self, tail: Tail, len: usize) -> Tags {
        self.endings.get(tail, len).unwrap_or(Tags::ADV)
    }

    /// The class that a word's ending suggests, by its last letters and its length in bytes; nothing known is a noun.
    #[inline]
    pub fn guess(&self, tail: Tail, len: usize) -> Tags {
        if let Some(tags) = self.endings.get(tail, len) {
            return tags;
        }
        let ends = |letters| tail.ends(len, letters);
        if ends("ing") {
            Tags::VG.with(Tags::NOUN)
        } else if ends("ed") {
            Tags::VD.with(Tags::VN)
        } else if ends("s") && !ends("ss") && !ends("us") && !ends("is") {
            Tags::NOUN.with(Tags::PLURAL)
        } else {
            Tags::NOUN
        }
    }

    /// The cue that a form makes with the particle after it, by their [`fold_hash`]es.
    pub fn with_particle(&self, form: u32, particle: u32) -> Option<CueId> {
        let from = self.particles.partition_point(|p| p.form < form);
        let forms = self.particles[from..].iter().take_while(|p| p.form == form);
        forms.filter(|p| p.particle == particle).map(|p| p.cue).next()
    }

    /// Whether two words, by their [`fold_hash`]es, together are an adverb: `at least`.
    pub fn is_idiom(&self, first: u32, second: u32) -> bool {
        self.idioms.contains(&(first, second))
    }

    /// A cue.
    pub fn cue(&self, id: CueId) -> Option<&Cue> {
        self.cues.get((id as usize).wrapping_sub(1))
    }
}

/// The fixed phrases that attribute, and the pairs of words that are adverbs.
type Phrases = (Vec<Phrase>, Vec<(u32, u32)>);

fn phrases(text: &'static str, b: &mut Builder) -> Result<Phrases, BuildError> {
    let (mut all, mut idioms) = (Vec::new(), Vec::new());
    for (number, line) in lines(text) {
        let fail = |what: &str| bad("phrases.txt", number, what);
        let columns: Vec<&str> = line.split_whitespace().collect();
        let (takes_source, scope, words) = match columns[..] {
            ["idiom", first, second] => {
                b.add(first, Tags::IDIOM);
                idioms.push((fold_hash(first), fold_hash(second)));
                continue;
            }
            ["prep", scope, ref words @ ..] => (true, scope, words),
            ["adv", scope, ref words @ ..] => (false, scope, words),
            _ => return Err(fail("kind is neither prep nor adv nor, with two words, idiom")),
        };
        let scope = if scope == "a" { Scope::Attitude } else { Scope::Speech };
        let words: Vec<String> = words.iter().map(|w| fold(w)).collect();
        let hash = fold_hash(words.first().map_or("", String::as_str));
        all.push(Phrase { words, hash, takes_source, scope });
    }
    Ok((all, idioms))
}

fn endings(text: &'static str) -> Result<Vec<(String, Tags)>, BuildError> {
    let mut all = Vec::new();
    for (number, line) in lines(text) {
        let (class, list) =
            line.split_once(':').ok_or_else(|| bad("endings.txt", number, "no `:` after the class"))?;
        let tags = Tags::named(class).ok_or_else(|| bad("endings.txt", number, "no such class"))?;
        for ending in list.split_whitespace() {
            if ending.len() > LONGEST_ENDING {
                return Err(bad("endings.txt", number, "an ending of over eight bytes"));
            }
            all.push((ending.to_owned(), tags));
        }
    }
    Ok(all)
}
