//! How often quotations are right: the counts behind their confidence, and how true it is.
//!
//! What is counted are *fragments*, as the scorer of `../shared/eval/quotes` does: runs of content with no word between.
//! One is right if an annotated fragment shares at least half of their words and its speaker is the same.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// A verb with fewer cases of a template has no line of its own.
const FEWEST: usize = 3;

/// Words that end what a speaker is called by: `Moira Kent of the council` is `kent`.
const AFTER_NAME: [&str; 9] =
    [" who ", " which ", " of ", " for ", " at ", " from ", " in ", " with ", " on "];

#[derive(Deserialize)]
struct Article {
    id: String,
    #[serde(default)]
    text: String,
    quotes: Vec<Quote>,
}

#[derive(Deserialize)]
struct Quote {
    source: Vec<Span>,
    content: Vec<Span>,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    confidence: f64,
    /// Template, kind of source, verb.
    #[serde(default)]
    reason: [String; 3],
}

/// In code points.
type Span = [usize; 2];

/// A run of content with no word between.
struct Fragment<'a> {
    /// Where its words begin, ascending.
    words: Vec<usize>,
    /// Where the words of its quotation's source begin.
    source: Vec<usize>,
    /// The last name in that source.
    name: String,
    quote: &'a Quote,
}

/// Right ones and all.
#[derive(Clone, Copy, Default)]
struct Count {
    right: usize,
    all: usize,
}

impl Count {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }
}

/// The table `confidence.txt`: right ones and all, of each template by kind of source and by verb.
pub fn table(gold: &Path, predicted: &Path) -> Result<String, String> {
    let mut by_source: BTreeMap<(String, String), Count> = BTreeMap::new();
    let mut by_verb = by_source.clone();
    judge(gold, predicted, |quote, right| {
        let [template, source, verb] = quote.reason.clone();
        by_source.entry((template.clone(), format!("source={source}"))).or_default().add(right);
        if !verb.is_empty() {
            by_verb.entry((template, verb)).or_default().add(right);
        }
    })?;
    by_verb.retain(|_, count| count.all >= FEWEST);
    let mut text = String::from(
        "# How often quotations were right (content and speaker), counted on the training part of the Wikinews annotation, scope all.\n\
         # Columns: template, source=KIND or the verb, right ones, all of them. Made by `newsmill-train confidence`; src/confidence.rs says how\n\
         # the counts are used.\n",
    );
    for ((template, key), Count { right, all }) in by_source.iter().chain(&by_verb) {
        text += &format!("{template} {key} {right} {all}\n");
    }
    Ok(text)
}

/// Of the predictions of each tenth of confidence, how many are right.
pub fn reliability(gold: &Path, predicted: &Path) -> Result<String, String> {
    let mut tenths = [Count::default(); 10];
    judge(gold, predicted, |quote, right| {
        tenths[((quote.confidence * 10.0) as usize).min(9)].add(right);
    })?;
    let mut text = String::from("| confidence | quotations | right |\n|---|---|---|\n");
    for (tenth, count) in tenths.iter().enumerate().rev().filter(|(_, c)| c.all > 0) {
        let (from, to) = (tenth as f64 / 10.0, (tenth + 1) as f64 / 10.0);
        let share = 100.0 * count.right as f64 / count.all as f64;
        text += &format!("| {from:.1}–{to:.1} | {} | {share:.0} % |\n", count.all);
    }
    Ok(text)
}

/// Tells `each` predicted fragment's quotation and whether it is right.
fn judge(gold: &Path, predicted: &Path, mut each: impl FnMut(&Quote, bool)) -> Result<(), String> {
    let predicted = read(predicted)?;
    for article in read(gold)? {
        let Some(found) = predicted.iter().find(|p| p.id == article.id) else {
            return Err(format!("no prediction for {}", article.id));
        };
        let chars: Vec<char> = article.text.chars().collect();
        let (gold, found) = (fragments(&chars, &article.quotes), fragments(&chars, &found.quotes));
        let partners = partners(&gold, &found);
        for (fragment, partner) in found.iter().zip(partners) {
            each(fragment.quote, partner.is_some_and(|g| same_speaker(&gold[g], fragment)));
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Article>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, number)| {
            serde_json::from_str(line).map_err(|e| format!("{}:{number}: {e}", path.display()))
        })
        .collect()
}

fn fragments<'a>(text: &[char], quotes: &'a [Quote]) -> Vec<Fragment<'a>> {
    let mut all = Vec::new();
    for quote in quotes {
        let source: Vec<usize> = quote.source.iter().flat_map(|&s| words(text, s)).collect();
        let phrases: Vec<String> =
            quote.source.iter().map(|&[s, e]| text[s..e.min(text.len())].iter().collect()).collect();
        let name = last_name(&phrases.join(" "));
        let mut spans = quote.content.clone();
        spans.sort_unstable();
        let mut end = None;
        for span in spans.into_iter().filter(|&s| !words(text, s).is_empty()) {
            let own = words(text, span);
            let goes_on = end.is_some_and(|end| words(text, [end, span[0].max(end)]).is_empty());
            match all.last_mut() {
                Some(Fragment { words, .. }) if goes_on => {
                    let last = words.last().copied();
                    words.extend(own.into_iter().filter(|&w| Some(w) > last));
                }
                _ => all.push(Fragment { words: own, source: source.clone(), name: name.clone(), quote }),
            }
            end = Some(span[1]);
        }
    }
    all
}

/// Where the words between two places begin.
fn words(text: &[char], [start, end]: Span) -> Vec<usize> {
    let word = |i: usize| text.get(i).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    (start..end).filter(|&i| word(i) && (i == start || !word(i - 1))).collect()
}

/// For each predicted fragment the annotated one that it matches: best pairs first, each once.
fn partners(gold: &[Fragment<'_>], found: &[Fragment<'_>]) -> Vec<Option<usize>> {
    let mut pairs = Vec::new();
    for (f, fragment) in found.iter().enumerate() {
        for (g, other) in gold.iter().enumerate() {
            let both = shared(&fragment.words, &other.words);
            let either = fragment.words.len() + other.words.len() - both;
            if both * 2 >= either {
                pairs.push((std::cmp::Reverse(both * 1_000_000 / either), g, f));
            }
        }
    }
    pairs.sort_unstable();
    let mut partners = vec![None; found.len()];
    for (_, g, f) in pairs {
        if partners[f].is_none() && !partners.contains(&Some(g)) {
            partners[f] = Some(g);
        }
    }
    partners
}

fn shared(a: &[usize], b: &[usize]) -> usize {
    a.iter().filter(|w| b.binary_search(w).is_ok()).count()
}

/// Their sources share a word, or the name resolved to is the same, or the annotation has neither.
fn same_speaker(gold: &Fragment<'_>, found: &Fragment<'_>) -> bool {
    let reference = last_name(&gold.quote.reference);
    let named = [last_name(&found.quote.reference), found.name.clone()];
    gold.source.iter().any(|w| found.source.contains(w))
        || !reference.is_empty() && named.contains(&reference)
        || gold.source.is_empty() && reference.is_empty()
}

/// The last word of a name, without what follows it, in lower case.
fn last_name(phrase: &str) -> String {
    let phrase = phrase.trim();
    let marks = phrase.find([',', '(', ';']).into_iter();
    let end = marks.chain(AFTER_NAME.iter().filter_map(|w| phrase.find(w))).min().unwrap_or(phrase.len());
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\'' | '’');
    let last = phrase[..end].split(|c| !word(c)).rfind(|w| !w.is_empty()).unwrap_or("");
    let bare = last.trim_end_matches("’s").trim_end_matches("'s").trim_end_matches('.');
    bare.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(source: &[Span], content: &[Span], reference: &str) -> Quote {
        Quote {
            source: source.to_vec(),
            content: content.to_vec(),
            reference: reference.to_owned(),
            confidence: 0.0,
            reason: Default::default(),
        }
    }

    #[test]
    fn pieces_without_a_word_between_are_one_fragment() {
        let text: Vec<char> = "“A b,” she said. “C d.” “E f.”".chars().collect();
        let quotes = [quote(&[[7, 10]], &[[1, 4], [18, 21], [25, 28]], "")];
        let found = fragments(&text, &quotes);
        assert_eq!(found.iter().map(|f| f.words.len()).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn half_of_the_words_and_the_speaker_make_it_right() {
        let text: Vec<char> = "Moira Kent said one two three four.".chars().collect();
        let gold = [quote(&[[0, 10]], &[[16, 34]], "Moira Kent")];
        let half = [quote(&[[6, 10]], &[[16, 23]], "")];
        let less = [quote(&[[6, 10]], &[[16, 19]], "")];
        let other = [quote(&[[16, 19]], &[[16, 34]], "Tom Hale")];
        let gold = fragments(&text, &gold);
        for (found, matched, right) in [(half, true, true), (less, false, false), (other, true, false)] {
            let found = fragments(&text, &found);
            assert_eq!(partners(&gold, &found)[0].is_some(), matched);
            assert_eq!(same_speaker(&gold[0], &found[0]), right || !matched);
        }
    }

    #[test]
    fn last_names_stand_before_what_follows_them() {
        assert_eq!(last_name("Moira Kent, the mayor"), "kent");
        assert_eq!(last_name("Moira Kent’s"), "kent");
        assert_eq!(last_name("a spokesman for the ministry"), "spokesman");
    }
}
