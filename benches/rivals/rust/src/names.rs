//! Matchers of many names.

use std::error::Error;
use std::path::Path;

use crate::quotes::Quotes;
use crate::{Chars, each_article, table};

/// Form, type and entity id.
pub type Name = [String; 3];

/// The lines of a list of names.
pub fn read(path: &str) -> Result<Vec<Name>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let name = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        Some([cells.next()?, cells.next()?, cells.next()?])
    };
    Ok(text.lines().filter_map(name).collect())
}

/// A matcher: leftmost-longest matches that don't overlap.
pub trait Matcher {
    /// Calls with start, end and number of the name.
    fn each(&self, text: &str, found: &mut dyn FnMut(usize, usize, usize));
    /// Type and entity id of a name.
    fn name(&self, number: usize) -> &Name;
}

/// The crate `aho-corasick`, with the automaton that it chooses.
pub struct AhoCorasick {
    automaton: aho_corasick::AhoCorasick,
    names: Vec<Name>,
}

impl AhoCorasick {
    pub fn new(names: &[Name]) -> Result<Self, Box<dyn Error>> {
        let mut builder = aho_corasick::AhoCorasick::builder();
        let automaton = builder
            .match_kind(aho_corasick::MatchKind::LeftmostLongest)
            .build(names.iter().map(|n| &n[0]))?;
        Ok(AhoCorasick { automaton, names: names.to_vec() })
    }
}

impl Matcher for AhoCorasick {
    fn each(&self, text: &str, found: &mut dyn FnMut(usize, usize, usize)) {
        for m in self.automaton.find_iter(text) {
            found(m.start(), m.end(), m.pattern().as_usize());
        }
    }
    fn name(&self, number: usize) -> &Name {
        &self.names[number]
    }
}

/// The crate `daachorse`, by bytes, as its documentation advises for texts that are mostly ASCII.
pub struct Daachorse {
    automaton: daachorse::DoubleArrayAhoCorasick<u32>,
    names: Vec<Name>,
}

impl Daachorse {
    pub fn new(names: &[Name]) -> Result<Self, Box<dyn Error>> {
        // It takes no pattern twice: the first entity of a form is that of all.
        let mut names = names.to_vec();
        names.sort_by(|a, b| a[0].cmp(&b[0]));
        names.dedup_by(|a, b| a[0] == b[0]);
        let builder = daachorse::DoubleArrayAhoCorasickBuilder::new();
        let automaton = builder
            .match_kind(daachorse::MatchKind::LeftmostLongest)
            .build(names.iter().map(|n| n[0].as_bytes()))
            .map_err(|e| e.to_string())?;
        Ok(Daachorse { automaton, names })
    }
}

impl Matcher for Daachorse {
    fn each(&self, text: &str, found: &mut dyn FnMut(usize, usize, usize)) {
        for m in self.automaton.leftmost_find_iter(text) {
            found(m.start(), m.end(), m.value() as usize);
        }
    }
    fn name(&self, number: usize) -> &Name {
        &self.names[number]
    }
}

/// Mentions and quotations of all articles.
pub fn run(matcher: &dyn Matcher, articles: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut mentions = table(out, "mentions", "article_id start_char end_char text type entity_id")?;
    let mut table = table(out, "quotes", "article_id start_char end_char text speaker")?;
    let quotes = Quotes::new()?;
    each_article(articles, |id, text| {
        let (mut chars, mut result) = (Chars::new(text), Ok(()));
        matcher.each(text, &mut |start, end, number| {
            if is_whole(text, start, end) && result.is_ok() {
                let [_, kind, entity] = matcher.name(number);
                let (from, to) = (chars.before(start), chars.before(end));
                result = mentions.write_record([id, &from, &to, &text[start..end], kind, entity]);
            }
        });
        result?;
        let mut chars = Chars::new(text);
        for quote in quotes.of(text) {
            let (from, to) = (chars.before(quote.content.start), chars.before(quote.content.end));
            table.write_record([id, &from, &to, &text[quote.content], quote.speaker])?;
        }
        Ok(())
    })?;
    mentions.flush()?;
    Ok(table.flush()?)
}

/// Whether no letter or digit touches either end.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !is_word(text[..start].chars().next_back()) && !is_word(text[end..].chars().next())
}
