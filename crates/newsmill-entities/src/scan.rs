//! Finding: one pass over each sentence that cuts capitalised text and gazetteer matches into mentions in the making.
//!
//! At each word four patterns are tried: a listed name, a title, a person's name, a name with a head word. A longer
//! pattern that has its own evidence wins over a shorter listed name ("Moscow State University" over "Moscow").

mod event;
mod headed;
mod person;
mod title;

pub(crate) use headed::head_kind;

use newsmill_core::layers::{Match, MatchKind, SentenceIx, TokenFlags, TokenKind};
use newsmill_core::lexicon::{EntryId, Lexicon, NameFlags};

use crate::memo::Memo;
use crate::proto::{Kind, Marks, NOBODY, Proto};
use crate::towns;
use crate::view::{Case, View};
use crate::words::Class;

/// Longest name in tokens; bounds the look-ahead, and with it the cost.
pub(crate) const MAX_TOKENS: u32 = 16;

/// What a match's candidates allow, read once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    /// Index into the matches.
    pub ix: u32,
    /// One past its last token.
    pub end: u32,
    /// The likeliest entity.
    pub entry: EntryId,
    /// Its type.
    pub kind: Kind,
    /// Every candidate needs context.
    pub ambiguous: bool,
    /// Every candidate has it only as a surname that never comes first.
    pub surname: bool,
}

impl Listed {
    /// Whether it may be believed where it stands.
    pub fn firm(self) -> bool {
        !self.ambiguous && !self.surname
    }
}

/// The sentence under the knife.
pub(crate) struct Scanner<'a> {
    pub v: View<'a>,
    matches: &'a [Match],
    lexicon: Option<&'a dyn Lexicon>,
    /// For each token, one more than the index of the longest match that begins there.
    starts: &'a [u32],
    facts: &'a [Listed],
    /// First token of the sentence.
    pub first: u32,
    /// One past its last token.
    pub end: u32,
    sentence: u32,
    case: Case,
}

/// Fills `starts` for [`scan`], without the matches of `hidden`.
fn index_matches(matches: &[Match], hidden: &[u32], tokens: usize, starts: &mut Vec<u32>) {
    starts.clear();
    starts.resize(tokens, 0);
    let mut hidden = hidden.iter().rev().peekable();
    for (ix, m) in matches.iter().enumerate().rev() {
        if hidden.next_if(|&&h| h as usize == ix).is_some() {
            continue;
        }
        if let Some(slot) = starts.get_mut(m.first_token as usize) {
            *slot = ix as u32 + 1;
        }
    }
}

/// Reads what each match's candidates allow.
fn read_facts(
    v: View<'_>,
    matches: &[Match],
    lexicon: &dyn Lexicon,
    memo: &mut Memo,
    facts: &mut Vec<Listed>,
    hidden: &mut Vec<u32>,
) {
    let usable = |f: NameFlags| !f.has(NameFlags::SURNAME) || f.has(NameFlags::FAMOUS);
    facts.extend(matches.iter().enumerate().map(|(ix, m)| {
        let candidates = lexicon.candidates(m.name);
        let (entry, only_towns) = towns::main_entry(lexicon, memo, m);
        if only_towns && !towns::stands_like_place(v, lexicon, memo, matches, ix) {
            hidden.push(ix as u32);
        }
        Listed {
            ix: ix as u32,
            end: m.end_token,
            kind: memo.facts(lexicon, entry).kind,
            entry,
            ambiguous: adds_marks(v, lexicon, m)
                || is_small_word(v, lexicon, memo, m)
                || candidates.iter().all(|c| c.flags.has(NameFlags::AMBIGUOUS)),
            surname: candidates.iter().all(|c| !usable(c.flags)),
        }
    }));
}

/// Prior from which a place that is also a common word is believed without context.
const KNOWN: u32 = 300_000;

/// A little-known place with the name of a common word: Police in Poland.
fn is_small_word(v: View<'_>, lexicon: &dyn Lexicon, memo: &mut Memo, m: &Match) -> bool {
    let common = m.end_token == m.first_token + 1 && v.class(m.first_token).any(Class::COMMON);
    let facts = |memo: &mut Memo| memo.facts(lexicon, m.entry);
    common && facts(memo).kind == Kind::Place && facts(memo).prior < KNOWN
}

/// A single word with diacritics that the list's form doesn't have ("Gáspár" for Gaspar) may well be another.
fn adds_marks(v: View<'_>, lexicon: &dyn Lexicon, m: &Match) -> bool {
    m.kind == MatchKind::Folded
        && m.end_token == m.first_token + 1
        && v.flags(m.first_token).has(TokenFlags::NON_ASCII)
        && lexicon.name(m.name).is_ascii()
}

/// Memory kept from article to article.
#[derive(Default)]
pub struct ScanScratch {
    starts: Vec<u32>,
    facts: Vec<Listed>,
    /// Matches of small places that nothing vouches for.
    pub hidden: Vec<u32>,
}

/// Cuts an article into mentions in the making, in order of the text and without overlaps.
pub fn scan(
    v: View<'_>,
    matches: &[Match],
    lexicon: Option<&dyn Lexicon>,
    memo: &mut Memo,
    scratch: &mut ScanScratch,
    out: &mut Vec<Proto>,
) {
    let ScanScratch { starts, facts, hidden } = scratch;
    facts.clear();
    hidden.clear();
    if let Some(lexicon) = lexicon {
        read_facts(v, matches, lexicon, memo, facts, hidden);
    }
    index_matches(matches, hidden, v.len() as usize, starts);
    for s in 0..v.sentences.span.len() as u32 {
        let range = v.sentences.tokens(SentenceIx(s), v.len() as usize);
        let case = v.case(s);
        let mut scanner = Scanner {
            v,
            matches,
            lexicon,
            starts,
            facts,
            first: range.start,
            end: range.end,
            sentence: s,
            case,
        };
        scanner.run(out);
    }
}

impl Scanner<'_> {
    fn run(&mut self, out: &mut Vec<Proto>) {
        let mut at = self.first;
        let mut title = (0, 0);
        while at < self.end {
            if self.starts[at as usize] == 0
                && !self.v.is_capital(at)
                && self.v.flags(at).kind() != TokenKind::Number
            {
                at += 1;
                continue;
            }
            let before = out.len();
            let next = self.step(at, title, out);
            title = if out.len() == before { self.title_between(at, next) } else { (0, 0) };
            at = next.max(at + 1);
        }
    }

    /// The title that was just passed, if the step from `at` to `next` passed one.
    fn title_between(&self, at: u32, next: u32) -> (u32, u32) {
        if next > at && self.title_at(at) == Some(next) { (at, next) } else { (0, 0) }
    }

    /// Takes one name, title or other word; returns where to go on.
    fn step(&self, at: u32, title: (u32, u32), out: &mut Vec<Proto>) -> u32 {
        let title = if title.1 == at && title.0 < at { title } else { (0, 0) };
        let listed = self.listed(at).filter(|g| {
            (g.firm() && g.kind != Kind::Person) || g.end > at + 1 || self.word_end(at) == at + 1
        });
        if let Some(end) = self.event_at(at) {
            return self.found(at, end, Kind::Event, 8, Marks::HEADED, title, out);
        }
        if let Some(g) = listed.filter(|g| g.end > at + 1 && self.v.word(at).eq_ignore_ascii_case("the")) {
            if self.headed_at(at + 1).is_some_and(|(end, _)| end > g.end) {
                return at + 1;
            }
            if self.has_article(g) {
                return self.take_listed(at + 1, g, title, out);
            }
        }
        if !self.v.is_capital(at) {
            return match listed {
                Some(g) => self.take_listed(at, g, title, out),
                None => at + 1,
            };
        }
        let class = self.v.class(at);
        if class.any(Class::CALENDAR) && listed.is_some_and(|g| g.end == at + 1 && g.kind == Kind::Place) {
            return at + 1;
        }
        let firm_end = listed.filter(|g| g.firm()).map_or(at, |g| g.end);
        if class.any(Class::CLOSED)
            && (!self.v.is_acronym(at) || listed.is_none())
            && firm_end <= at + 1
            && listed.is_none_or(|g| g.end == at + 1)
        {
            if class.any(Class::ORDINAL)
                && let Some((end, kind)) = self.headed_at(at)
                && end > at + 2
            {
                return self.found(at, end, kind, 8, Marks::HEADED, title, out);
            }
            // "May" after "Theresa May": for coreference to tell.
            let surname = class.any(Class::SURNAME) && self.v.word(at).len() > 2;
            if surname && !self.is_initial_place(at) && self.v.flags(at + 1).kind() != TokenKind::Number {
                return self.found(at, at + 1, Kind::Person, 0, Marks::WEAK, title, out);
            }
            return at + 1;
        }
        let titled = title.1 > title.0;
        let headed = self.headed_at(at);
        let person = self.person_at(at, titled);
        if let Some(role_end) = self.title_at(at)
            && headed.is_some_and(|(end, _)| {
                self.person_at(role_end, true).is_some_and(|p| p.end >= end && p.names > 1)
            })
            && firm_end <= role_end
        {
            return self.pass_title(at, role_end, out);
        }
        if let Some((end, kind)) = headed
            && let Some(g) = listed.filter(|g| g.end == end && g.kind == kind && !g.firm())
        {
            return self.take_listed(at, Listed { ambiguous: false, surname: false, ..g }, title, out);
        }
        if let Some((end, kind)) = headed
            && end > firm_end
            && !person.is_some_and(|p| p.end >= end && self.person_beats_head(at, p, titled))
        {
            return self.found(at, end, kind, 8, Marks::HEADED, title, out);
        }
        if let Some(role_end) = self.title_at(at)
            && firm_end <= role_end
            && !person.is_some_and(|p| {
                p.strength >= 6 && p.end > role_end && !titled && class.any(Class::ANY_GIVEN)
            })
        {
            return self.pass_title(at, role_end, out);
        }
        if let Some(p) = person
            && self.person_beats_listed(at, p, listed, titled)
        {
            let marks = if p.names > 1 { Marks::FULL_NAME } else { Marks::default() };
            return self.found(at, p.end, Kind::Person, p.strength, marks, title, out);
        }
        match listed {
            Some(g) => match self.extended(at, g) {
                Some(end) => self.found(at, end, Kind::Other, 0, Marks::default(), title, out),
                None => self.take_listed(at, g, title, out),
            },
            None => self.unknown(at, title, out),
        }
    }

    /// End of a longer name that begins with a listed one: "Odessa American", "CBS Cable".
    fn extended(&self, at: u32, g: Listed) -> Option<u32> {
        let extends = g.end == at + 1
            && matches!(g.kind, Kind::Place | Kind::Organization)
            && self.case == Case::Normal;
        let next = self.v.class(g.end);
        let other = Class::CLOSED
            .with(Class::CALENDAR)
            .with(Class::ANY_TITLE)
            .with(Class::MODIFIER)
            .with(Class::NOT_NAME);
        if !extends || g.end >= self.end || !self.v.is_capital(g.end) || next.any(other) || self.cuts(g.end) {
            return None;
        }
        let end = self.unknown_end(g.end);
        // A person after the place: "Texas Fred Miller".
        let person = self.person_at(g.end, false).is_some_and(|p| p.strength >= 4);
        (!person).then_some(end)
    }

    /// The longest listed name that begins at a token.
    #[inline]
    pub(crate) fn listed(&self, at: u32) -> Option<Listed> {
        let ix = self.starts.get(at as usize)?.checked_sub(1)?;
        self.facts.get(ix as usize).copied().filter(|g| g.end <= self.end)
    }

    /// Whether a listed name begins with an article that isn't part of it: the list has "the Pacific", not "The Hague".
    fn has_article(&self, g: Listed) -> bool {
        let form = self.lexicon.map_or("", |l| l.name(self.matches[g.ix as usize].name));
        let canonical = self.lexicon.map_or("", |l| l.entry(self.matches[g.ix as usize].entry).name);
        form.starts_with("the ") || !canonical.starts_with("The ")
    }

    /// Whether a capital at this token may only be that of a sentence or a quotation.
    pub(crate) fn is_initial_place(&self, at: u32) -> bool {
        let mut t = at;
        while t > self.first {
            let f = self.v.flags(t - 1);
            if f.is_quote() || self.v.word(t - 1) == ":" {
                return true;
            }
            if f.is_wordlike() || f.kind() == TokenKind::Hyphen {
                return false;
            }
            if !matches!(self.v.word(t - 1), "-" | "–" | "—" | "*" | "•" | "(" | "[") {
                return false;
            }
            t -= 1;
        }
        true
    }

    fn take_listed(&self, at: u32, g: Listed, title: (u32, u32), out: &mut Vec<Proto>) -> u32 {
        let m = &self.matches[g.ix as usize];
        let (at, end) = self.trimmed(at, g);
        let mut marks = self.marks(at, end, title);
        if g.ambiguous {
            marks.set(Marks::AMBIGUOUS);
        }
        if g.surname {
            marks.set(Marks::SURNAME);
        }
        let how = match m.kind {
            MatchKind::Exact => "exact",
            MatchKind::Folded => "folded",
        };
        let strength = if g.firm() { 10 } else { 2 };
        out.push(Proto {
            name: Some(m.name),
            entry: Some(g.entry),
            how,
            ..self.proto(at, end, g.kind, strength, marks, title)
        });
        g.end
    }

    /// A listed name without the words around it that aren't its own: "mainland China", "Henan province", "Queen Elizabeth".
    fn trimmed(&self, at: u32, g: Listed) -> (u32, u32) {
        let (mut first, mut end) = (at, g.end);
        let after = Class::PLACE_NOUN.with(Class::ORGANIZATION_NOUN);
        if end > first + 1 && self.v.is_lower(end - 1) && self.v.class(end - 1).any(after) {
            end -= 1;
        }
        if end > first + 1 && self.v.is_lower(first) && self.v.class(first).any(Class::PLACE_MODIFIER) {
            first += 1;
        }
        if g.kind == Kind::Person
            && let Some(title_end) = self.title_at(first)
            && title_end < end
        {
            first = title_end;
        }
        (first, end)
    }

    fn proto(&self, at: u32, end: u32, kind: Kind, strength: i16, marks: Marks, title: (u32, u32)) -> Proto {
        Proto {
            first: at,
            end,
            sentence: self.sentence,
            key: self.v.key(at, end),
            kind,
            strength,
            marks,
            name: None,
            entry: None,
            how: "discovered",
            title,
            entity: NOBODY,
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all facts of one mention; a struct would be built only here"
    )]
    fn found(
        &self,
        at: u32,
        end: u32,
        kind: Kind,
        strength: i16,
        extra: Marks,
        title: (u32, u32),
        out: &mut Vec<Proto>,
    ) -> u32 {
        // Patterns may look a token too far; a name never leaves its sentence.
        let end = end.min(self.end);
        let mut marks = self.marks(at, end, title);
        marks.set(extra);
        let mut proto = self.proto(at, end, kind, strength, marks, title);
        // "the Pacific" may have taken the place of "Pacific Ocean".
        if extra == Marks::HEADED
            && at > self.first
            && self.v.word(at - 1) == "the"
            && self.starts[at as usize - 1] != 0
            && let Some(lexicon) = self.lexicon
            && let Some(name) = lexicon.find(self.v.phrase(at, end))
            && let Some(c) = lexicon.candidates(name).first()
        {
            proto.name = Some(name);
            proto.entry = Some(c.entry);
            proto.kind = Kind::of_entry(lexicon.entry(c.entry).kind);
            proto.how = "exact";
        }
        out.push(proto);
        end
    }

    fn marks(&self, at: u32, end: u32, title: (u32, u32)) -> Marks {
        let mut marks = Marks::default();
        if self.is_initial_place(at) {
            marks.set(Marks::INITIAL);
        }
        if (at..end)
            .all(|t| !self.v.flags(t).is_wordlike() || self.v.class(t).any(Class::COMMON.with(Class::CLOSED)))
        {
            marks.set(Marks::COMMON);
        }
        if end == at + 1 && self.v.is_acronym(at) {
            marks.set(Marks::ACRONYM);
        }
        if self.case != Case::Normal {
            marks.set(Marks::HEADLINE);
        }
        if title.1 > title.0 {
            marks.set(Marks::TITLED);
            if self.v.class(title.1 - 1).any(Class::ROYAL) {
                marks.set(Marks::ROYAL);
            }
        }
        marks
    }

    /// A capitalised sequence without other evidence.
    fn unknown(&self, at: u32, title: (u32, u32), out: &mut Vec<Proto>) -> u32 {
        let class = self.v.class(at);
        let usage = self.v.usages.of(self.v.hash(at));
        let vouched = usage.capital > 0 && usage.lower == 0;
        let named = class.any(Class::ANY_GIVEN.with(Class::SURNAME));
        let sleeps = class.any(Class::COMMON)
            || usage.lower > 0
            || (!named && (class.any(Class::RARE) || has_word_ending(self.v.word(at))));
        if class.any(Class::CALENDAR.with(Class::NOT_NAME)) && self.word_end(at) == at + 1 {
            return at + 1;
        }
        let lone = self.word_end(at) == at + 1 && self.v.word(at).chars().nth(1).is_none();
        if lone || (class.any(Class::COMPANY) && !class.any(Class::SURNAME)) {
            return at + 1;
        }
        let end = self.unknown_end(at);
        // Shouted words are words.
        if end == at + 1 && self.v.is_acronym(at) && class.any(Class::COMMON.with(Class::CLOSED)) && !vouched
        {
            return at + 1;
        }
        if self.case != Case::Normal || (self.is_initial_place(at) && sleeps && !vouched) {
            // Only a step that knows the name from elsewhere in the article may use it.
            let end = if self.case == Case::Normal { at + 1 } else { self.word_end(at).min(end) };
            return self.found(at, end, Kind::Other, 0, Marks::WEAK, title, out);
        }
        self.found(at, end, Kind::Other, 0, Marks::default(), title, out)
    }

    /// End of the capitalised sequence that begins at a token.
    fn unknown_end(&self, at: u32) -> u32 {
        let mut t = self.word_end(at);
        while t < self.end && t < at + MAX_TOKENS && self.v.is_capital(t) && !self.cuts(t) {
            t = self.word_end(t);
        }
        t
    }

    /// Whether a capitalised word can't go on an unknown name.
    fn cuts(&self, at: u32) -> bool {
        let class = self.v.class(at);
        class.any(Class::CLOSED.with(Class::CALENDAR))
            || self.listed(at).is_some_and(|g| g.firm() || g.end > at + 1)
            || self.is_clear_person(at)
            || (class.any(Class::ANY_TITLE) && !class.any(Class::SURNAME))
    }

    /// End of a word with the parts that hyphens, slashes and digits join to it; listed parts stay apart.
    pub(crate) fn word_end(&self, at: u32) -> u32 {
        let mut t = at + 1;
        while t + 1 < self.end.min(at + MAX_TOKENS)
            && self.v.flags(t).kind() == TokenKind::Hyphen
            && self.v.joined(t)
            && self.v.joined(t + 1)
            && self.v.flags(t + 1).is_wordlike()
            && self.joins(at, t)
        {
            t += 2;
        }
        t
    }

    /// Whether the hyphen at `hyphen` joins its sides into one name.
    fn joins(&self, at: u32, hyphen: u32) -> bool {
        let next = hyphen + 1;
        if self.v.word(hyphen) == "/" {
            return false;
        }
        if let Some(g) = self.listed(next).filter(|g| g.firm()) {
            // "Rao-Leclerc" is one name; "Trump-Putin" and "Russia-PRC" are two.
            let own = self.listed(at).is_none_or(|f| !f.firm()) && !self.v.class(at).any(Class::COMMON);
            let surname =
                g.kind == Kind::Person || (g.kind == Kind::Place && self.v.class(next).any(Class::SURNAME));
            return own && surname && g.end == next + 1;
        }
        if self.listed(at).is_some_and(|g| g.firm() && g.kind != Kind::Person) {
            return false;
        }
        let number = self.v.flags(next).kind() == TokenKind::Number;
        number
            || self.v.is_capital(next)
            || (self.v.class(at).any(Class::FAMILY_FIRST) && !self.v.class(next).any(Class::COMMON))
    }
}

/// Whether a word that no list has is still an English word by its ending.
fn has_word_ending(word: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        "ly", "ing", "ised", "ized", "ness", "ment", "tion", "tions", "able", "workers", "makers", "holders",
        "keepers", "goers",
    ];
    word.len() > 5 && word.is_ascii() && ENDINGS.iter().any(|e| word.ends_with(e))
}
