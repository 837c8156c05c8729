//! The English rule files and how they become word classes.

use newsmill_core::fold::fold_hash;

use crate::location::Level;
use crate::words::Class;

const GIVEN: &str = include_str!("../rules/en/given_names.csv");
const SURNAMES: &str = include_str!("../rules/en/surnames.csv");
const COMMON: &str = include_str!("../rules/en/common_words.txt");
const RARE: &str = include_str!("../rules/en/rare_words.txt");
const CLOSED: &str = include_str!("../rules/en/closed_words.txt");
const NOT_NAMES: &str = include_str!("../rules/en/not_names.txt");
const CALENDAR: &str = include_str!("../rules/en/calendar.txt");
const PARTICLES: &str = include_str!("../rules/en/particles.txt");
const FAMILY_FIRST: &str = include_str!("../rules/en/family_first.csv");
const HEADS: &str = include_str!("../rules/en/heads.csv");
const TITLES: &str = include_str!("../rules/en/titles.csv");
const CONTEXT: &str = include_str!("../rules/en/context.csv");
const LANGUAGES: &str = include_str!("../rules/languages.csv");
const NICKNAMES: &str = include_str!("../rules/en/nicknames.csv");
const PLACE_LEVELS: &str = include_str!("../rules/en/place_levels.csv");
const VARIANTS: &str = include_str!("../rules/en/variants.csv");

/// Surnames up to this rank are frequent enough to be evidence by themselves.
const FREQUENT_RANK: u32 = 1000;

/// Lines that aren't comments, without the header line of a CSV file.
fn lines(file: &str, header: bool) -> impl Iterator<Item = &str> {
    file.lines().skip(usize::from(header)).map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'))
}

/// Cells of a line. The rule files quote nothing.
fn cells(line: &str) -> [&str; 3] {
    let mut it = line.split(',').map(str::trim);
    [it.next().unwrap_or(""), it.next().unwrap_or(""), it.next().unwrap_or("")]
}

/// Takes a word and a class that it has.
type Add<'a> = dyn FnMut(&str, Class) + 'a;

/// Tells the words of all files, the frequent ones first.
pub fn load_english(add: &mut Add<'_>) {
    for line in lines(LANGUAGES, true) {
        let [language, list, _] = cells(line);
        let class = if language == "english" { Class::ENGLISH } else { Class::FOREIGN };
        list.split_whitespace().for_each(|word| add(word, class));
    }
    for (file, class) in [
        (CLOSED, Class::CLOSED),
        (COMMON, Class::COMMON),
        (CALENDAR, Class::CALENDAR),
        (NOT_NAMES, Class::NOT_NAME),
        (PARTICLES, Class::PARTICLE),
        (RARE, Class::RARE),
    ] {
        for word in lines(file, false).flat_map(str::split_whitespace) {
            add_with_dot(add, word, class);
        }
    }
    for day in lines(CALENDAR, false).flat_map(str::split_whitespace).filter(|w| w.len() > 4) {
        add(&format!("{day}s"), Class::CALENDAR);
    }
    names(add);
    heads(add);
    titles(add);
    for line in lines(CONTEXT, true) {
        let [class, list, _] = cells(line);
        for word in list.split_whitespace() {
            add(word, context_class(class));
        }
    }
    for word in ["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"] {
        add(word, Class::GENERATION);
    }
}

/// Where a word stands that tells the level of a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Before,
    Of,
    After,
}

/// Words beside a place's name that tell its level.
pub struct PlaceLevels {
    words: Vec<(u32, Beside, Level)>,
}

impl PlaceLevels {
    /// The words of the rule file.
    pub fn english() -> PlaceLevels {
        let mut words = Vec::new();
        for line in lines(PLACE_LEVELS, true) {
            let [level, place, list] = cells(line);
            let beside = match place {
                "before" => Beside::Before,
                "of" => Beside::Of,
                _ => Beside::After,
            };
            words.extend(list.split_whitespace().map(|w| (fold_hash(w), beside, Level::named(level))));
        }
        PlaceLevels { words }
    }

    fn find(&self, word: u32, beside: Beside) -> Option<Level> {
        self.words.iter().find(|w| (w.0, w.1) == (word, beside)).map(|w| w.2)
    }

    /// What the word directly before a name tells.
    pub fn before(&self, word: u32) -> Option<Level> {
        self.find(word, Beside::Before)
    }

    /// What the word before an "of" before a name tells.
    pub fn of(&self, word: u32) -> Option<Level> {
        self.find(word, Beside::Of)
    }

    /// What the word behind a name, or behind its possessive, tells.
    pub fn after(&self, word: u32) -> Option<Level> {
        self.find(word, Beside::After)
    }
}

/// Adds a word, and the same with a dot if it is short enough to be an abbreviation.
fn add_with_dot(add: &mut Add<'_>, word: &str, class: Class) {
    add(word, class);
    if word.len() <= 5 && class != Class::COMMON && class != Class::RARE {
        let mut dotted = word.to_owned();
        dotted.push('.');
        add(&dotted, class);
    }
}

fn names(add: &mut Add<'_>) {
    for line in lines(GIVEN, true) {
        let [name, gender, _] = cells(line);
        let class = match gender {
            "m" => Class::GIVEN_M,
            "f" => Class::GIVEN_F,
            _ => Class::GIVEN,
        };
        add(name, class);
        // Tokens split at hyphens: both halves of Jean-Claude are given names.
        for part in name.split('-').filter(|p| *p != name && p.len() > 2) {
            add(part, class);
        }
    }
    for line in lines(SURNAMES, true) {
        let [name, rank, _] = cells(line);
        let frequent = rank.parse().is_ok_and(|r: u32| r <= FREQUENT_RANK);
        let class = if frequent { Class::SURNAME.with(Class::FREQUENT_SURNAME) } else { Class::SURNAME };
        add(name, class);
    }
    for line in lines(FAMILY_FIRST, true) {
        for name in cells(line)[1].split_whitespace() {
            add(name, Class::FAMILY_FIRST.with(Class::SURNAME));
        }
    }
}

fn heads(add: &mut Add<'_>) {
    for line in lines(HEADS, true) {
        let [word, kind, places] = cells(line);
        let mut class = match kind {
            "organization" => Class::OF_ORGANIZATION,
            "place" => Class::OF_PLACE,
            _ => Class::OF_EVENT,
        };
        for place in places.split_whitespace() {
            class = class.with(match place {
                "last" => Class::HEAD_LAST,
                "first" => Class::HEAD_FIRST,
                "of" => Class::HEAD_OF,
                "company" => Class::COMPANY,
                "media" => Class::MEDIA,
                _ => Class::TEAM,
            });
        }
        add_with_dot(add, word, class);
    }
}

fn titles(add: &mut Add<'_>) {
    for line in lines(TITLES, true) {
        let [title, kind, gender] = cells(line);
        let class = match kind {
            "honorific" => Class::HONORIFIC,
            "royal" => Class::ROYAL,
            "role" => Class::ROLE,
            _ => Class::MODIFIER,
        };
        let class = match gender {
            "m" => class.with(Class::TITLE_M),
            "f" => class.with(Class::TITLE_F),
            _ => class,
        };
        add_with_dot(add, title, class);
    }
}

fn context_class(name: &str) -> Class {
    match name {
        "say" => Class::SAY,
        "place-preposition" => Class::PLACE_PREPOSITION,
        "place-modifier" => Class::PLACE_MODIFIER,
        "person-noun" => Class::PERSON_NOUN,
        "organization-noun" => Class::ORGANIZATION_NOUN,
        "place-noun" => Class::PLACE_NOUN,
        "event-noun" => Class::EVENT_NOUN,
        "ordinal" => Class::ORDINAL,
        "vote" => Class::VOTE,
        "vote-head" => Class::VOTE_HEAD,
        "person-pronoun" => Class::PERSON_PRONOUN,
        _ => Class::default(),
    }
}

/// Short forms of given names, folded, each with its full forms.
pub fn nicknames() -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for line in lines(NICKNAMES, true) {
        let [short, full, _] = cells(line);
        for full in full.split('|') {
            pairs.push((newsmill_core::fold::fold(short), newsmill_core::fold::fold(full)));
        }
    }
    pairs.sort();
    pairs
}

/// Where a spelling rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// At the start of a word.
    Start,
    /// At the end of a word.
    End,
    /// Anywhere.
    Any,
}

/// The spelling rules: what, becomes what, where.
pub fn variants() -> Vec<(&'static str, &'static str, Where)> {
    lines(VARIANTS, true)
        .map(|line| {
            let [from, to, place] = cells(line);
            let place = match place {
                "start" => Where::Start,
                "end" => Where::End,
                _ => Where::Any,
            };
            (from, to, place)
        })
        .collect()
}
