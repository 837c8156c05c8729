//! How a corpus writes its words, to know "may" from "May": the stage `word-case` counts it, the option `case` of
//! `entities` reads what was counted.

use std::collections::BTreeMap;

use newsmill_core::fold::fold_into;
use newsmill_core::layers::{Paragraphs, SentenceIx, Sentences, TokenFlags, Tokens};
use newsmill_core::prelude::*;

use crate::view::{Case, View, ViewScratch};
use crate::words::Words;

/// The words of an article and how it writes them.
#[derive(Debug, Default)]
pub struct WordCases {
    /// By folded word.
    rows: BTreeMap<String, Counts>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    lower: u64,
    capital: u64,
}

impl Layer for WordCases {
    fn clear(&mut self) {
        self.rows.clear();
    }
    fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Table for WordCases {
    fn schema() -> Schema {
        Schema::new([
            Column::text("word", "folded word").reduced(Reduce::Key),
            Column::int("lower", "how often it is written in lower case").reduced(Reduce::Sum),
            Column::int(
                "capital",
                "how often with a capital, inside a sentence and not beside another capital",
            )
            .reduced(Reduce::Sum),
        ])
    }
    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (word, counts) in &self.rows {
            out.text(word);
            out.int(counts.lower);
            out.int(counts.capital);
            out.end_row();
        }
    }
}

/// Counts for each word how often it is written in lower case and with a capital, where the writing tells something.
pub struct WordCase {
    words: Words,
    tokens: Read<Tokens>,
    sentences: Read<Sentences>,
    paragraphs: Read<Paragraphs>,
    cases: Write<WordCases>,
}

/// Memory that a worker keeps from article to article.
#[derive(Default)]
pub struct CaseScratch {
    view: ViewScratch,
    word: String,
}

impl Stage for WordCase {
    const KIND: &'static str = "word-case";
    const ABOUT: &'static str = "counts how words are written, for the option `case` of `entities`";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = CaseScratch;

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(WordCase {
            words: Words::english(),
            tokens: cx.read(names::TOKENS)?,
            sentences: cx.read(names::SENTENCES)?,
            paragraphs: cx.read(names::PARAGRAPHS)?,
            cases: cx.write("word_case")?,
        })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, s: &mut CaseScratch) -> Result<Verdict, DocError> {
        let (tokens, sentences) = (doc.get(&self.tokens), doc.get(&self.sentences));
        let v = View::new(doc.text(), tokens, sentences, doc.get(&self.paragraphs), &self.words, &mut s.view);
        let cases = out.get(&self.cases);
        for sentence in (0..sentences.span.len() as u32).filter(|&i| v.case(i) == Case::Normal) {
            let range = sentences.tokens(SentenceIx(sentence), tokens.len());
            for t in range.clone() {
                let (lower, capital) = (is_lower(v, t), is_lone_capital(v, t, range.start));
                if lower || capital {
                    s.word.clear();
                    fold_into(v.word(t), &mut s.word);
                    let counts = match cases.rows.get_mut(&s.word) {
                        Some(counts) => counts,
                        None => cases.rows.entry(s.word.clone()).or_default(),
                    };
                    counts.lower += u64::from(lower);
                    counts.capital += u64::from(capital);
                }
            }
        }
        Ok(Verdict::Keep)
    }
}

/// Two letters or more and nothing but letters: what a list of words can have.
fn is_plain(v: View<'_>, t: u32) -> bool {
    let word = v.word(t);
    word.len() > 1 && word.chars().all(char::is_alphabetic) && !v.flags(t).has(TokenFlags::CLITIC)
}

fn is_lower(v: View<'_>, t: u32) -> bool {
    v.is_lower(t) && v.flags(t).has(TokenFlags::HAS_LOWER) && is_plain(v, t)
}

/// A word with a capital inside a sentence that isn't part of a longer name or a heading: "United" of "United Nations"
/// says nothing of "united".
fn is_lone_capital(v: View<'_>, t: u32, first: u32) -> bool {
    v.is_capital(t)
        && t > first
        && !v.flags(t - 1).is_quote()
        && !v.flags(t).has(TokenFlags::ALL_CAPS)
        && !v.is_capital(t - 1)
        && !v.is_capital(t + 1)
        && is_plain(v, t)
}

/// How a corpus writes a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learnt {
    /// Folded.
    pub word: String,
    /// In lower case.
    pub lower: u64,
    /// With a capital of its own.
    pub capital: u64,
}

/// Reads the table that `word-case` writes.
///
/// # Errors
/// Line (from 1) and what is wrong with it.
pub fn read(csv: &[u8]) -> Result<Vec<Learnt>, (u64, String)> {
    let text = std::str::from_utf8(csv).map_err(|_| (1, "it isn't UTF-8".to_owned()))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines());
    if lines.next().is_none_or(|(_, header)| header.trim_end() != "word,lower,capital") {
        return Err((1, "its first line isn't `word,lower,capital`".to_owned()));
    }
    let mut rows = Vec::new();
    for (number, line) in lines.filter(|(_, l)| !l.is_empty()) {
        let mut cells = line.split(',');
        let word = cells.next().unwrap_or("").to_owned();
        let mut count = || cells.next().and_then(|c| c.trim().parse().ok());
        let (Some(lower), Some(capital)) = (count(), count()) else {
            return Err((number, format!("`{line}` isn't a word and two whole numbers")));
        };
        rows.push(Learnt { word, lower, capital });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_read_back_and_mistakes_are_told_with_their_line() {
        let row = Learnt { word: "may".to_owned(), lower: 12, capital: 3 };
        assert_eq!(read(b"word,lower,capital\nmay,12,3\n"), Ok(vec![row]));
        assert_eq!(read(b"word;lower\n").map_err(|e| e.0), Err(1));
        assert_eq!(read(b"word,lower,capital\nmay,12,3\nmay,x,3\n").map_err(|e| e.0), Err(3));
        assert_eq!(read(b"\xFF").map_err(|e| e.0), Err(1));
    }
}
