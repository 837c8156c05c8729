//! The second pass: which words stand out in an article.

use newsmill_core::layers::Tokens;
use newsmill_core::prelude::*;
use newsmill_core::strings::{StrRef, Strings};
use rustc_hash::FxHashMap;

use crate::terms::Counter;

/// Options of the stage.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The table `terms` that the first pass wrote, as CSV; relative to the config file.
    terms: String,
    /// Keywords of an article, at most.
    most: usize,
    /// How often a word must be in the article.
    min_count: u32,
    /// How much a word must stand out, in standard deviations.
    min_score: f64,
}

impl Default for Options {
    fn default() -> Self {
        Options { terms: String::new(), most: 10, min_count: 2, min_score: 1.96 }
    }
}

/// The layer: the article's keywords, the most outstanding first.
#[derive(Debug, Default)]
pub struct KeywordRows {
    strings: Strings,
    rows: Vec<Keyword>,
}

#[derive(Clone, Copy, Debug)]
struct Keyword {
    term: StrRef,
    first: Span,
    count: u32,
    articles: u32,
    score: f32,
}

impl Layer for KeywordRows {
    fn clear(&mut self) {
        self.strings.clear();
        self.rows.clear();
    }
    fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Table for KeywordRows {
    fn schema() -> Schema {
        Schema::new([
            Column::int("rank", "from 0, the most outstanding"),
            Column::text("term", "word in lower case, without diacritics"),
            Column::span("", SpanStyle::Full, "where it stands first"),
            Column::int("count", "how often it is in the article"),
            Column::int("articles", "in how many articles of the corpus it is"),
            Column::float("score", "log-odds ratio against the rest of the corpus, in standard deviations"),
        ])
    }
    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (rank, row) in self.rows.iter().enumerate() {
            out.int(rank as u64);
            out.text(self.strings.get(row.term));
            out.span(row.first);
            out.int(u64::from(row.count));
            out.int(u64::from(row.articles));
            out.float(row.score);
            out.end_row();
        }
    }
}

/// How often a word is in the corpus.
#[derive(Clone, Copy, Default)]
struct Frequency {
    count: u64,
    articles: u32,
}

/// The stage of the second pass.
pub struct Keywords {
    options: Options,
    corpus: FxHashMap<Box<str>, Frequency>,
    /// Words of the corpus in all.
    total: u64,
    tokens: Read<Tokens>,
    layer: Write<KeywordRows>,
}

/// Memory for counting.
#[derive(Default)]
pub struct Scratch {
    counter: Counter,
    scored: Vec<(f32, usize, Frequency)>,
}

impl Stage for Keywords {
    const KIND: &'static str = "keywords";
    const ABOUT: &'static str = "keywords, second pass: the words that stand out in each article";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "terms": "terms.csv", "most": 10 }"#;
    type Config = Options;
    type Scratch = Scratch;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        if options.min_score.is_nan() || options.min_score < 0.0 {
            return Err(
                BuildError::new("`min_score` is below 0; such words are rarer than usual").at("/min_score")
            );
        }
        let (tokens, layer) = (cx.read(names::TOKENS)?, cx.write("keywords")?);
        if options.terms.is_empty() {
            let help = "run a config with the stage `terms` first, and name the CSV that it writes";
            return Err(BuildError::new("`terms` names no file").help(help).at("/terms"));
        }
        let bytes = cx.file(&options.terms).map_err(|e| e.at("/terms"))?;
        let corpus = load(&bytes).map_err(|(line, message)| {
            BuildError::new(message).in_resource(cx.path(&options.terms), line).at("/terms")
        })?;
        let total = corpus.values().map(|f| f.count).sum();
        Ok(Keywords { options, corpus, total, tokens, layer })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut Scratch) -> Result<Verdict, DocError> {
        let Scratch { counter, scored } = scratch;
        counter.count(doc, doc.get(&self.tokens));
        scored.clear();
        for (i, &(term, count, _)) in counter.terms.iter().enumerate() {
            if count >= self.options.min_count {
                let frequency = self.corpus.get(counter.text(term)).copied().unwrap_or_default();
                let score = score(u64::from(count), counter.total, frequency.count, self.total);
                if f64::from(score) >= self.options.min_score {
                    scored.push((score, i, frequency));
                }
            }
        }
        // Of equals the one that comes first in the text.
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let KeywordRows { strings, rows } = out.get(&self.layer);
        for &(score, i, frequency) in scored.iter().take(self.options.most) {
            let (term, count, first) = counter.terms[i];
            let term = strings.push(counter.text(term));
            rows.push(Keyword { term, first, count, articles: frequency.articles, score });
        }
        Ok(Verdict::Keep)
    }
}

/// Words that the prior is worth: as a long article.
const PRIOR: f64 = 1000.0;

/// How far the odds of a word in an article (`count` of `words`) are above those in the rest of the corpus (`all` of
/// `total`, the article among them), in standard deviations.
fn score(count: u64, words: u64, all: u64, total: u64) -> f32 {
    // An article that the first pass didn't see isn't among its counts.
    let (rest, rest_total) = (all.saturating_sub(count) as f64, total.saturating_sub(words) as f64);
    let share = (rest + count as f64) / (rest_total + words as f64);
    let prior = PRIOR * share;
    let log_odds = |y: f64, n: f64| ((y + prior) / (n + PRIOR - y - prior).max(1.0)).ln();
    let difference = log_odds(count as f64, words as f64) - log_odds(rest, rest_total);
    let variance = 1.0 / (count as f64 + prior) + 1.0 / (rest + prior);
    (difference / variance.sqrt()) as f32
}

/// Reads the first pass's table; errors are a line and what is wrong there.
fn load(bytes: &[u8]) -> Result<FxHashMap<Box<str>, Frequency>, (u64, String)> {
    let mut reader = csv::Reader::from_reader(bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes));
    let header = reader.headers().map_err(|e| (1, e.to_string()))?.clone();
    let column = |name: &str| {
        let at = header.iter().position(|h| h == name);
        at.ok_or_else(|| (1, format!("there is no column `{name}`; this isn't the table `terms`")))
    };
    let (term, count, articles) = (column("term")?, column("count")?, column("articles")?);
    let mut corpus = FxHashMap::default();
    for record in reader.records() {
        let record = record.map_err(|e| (e.position().map_or(1, csv::Position::line), e.to_string()))?;
        let line = record.position().map_or(1, csv::Position::line);
        let number = |at: usize| {
            record[at].parse::<u64>().map_err(|_| (line, format!("`{}` isn't a whole number", &record[at])))
        };
        let articles = u32::try_from(number(articles)?).unwrap_or(u32::MAX);
        corpus.insert(record[term].into(), Frequency { count: number(count)?, articles });
    }
    Ok(corpus)
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn words_that_are_as_frequent_as_everywhere_have_no_weight() {
        assert!(score(10, 200, 50_000, 1_000_000).abs() < 0.1);
    }

    #[test]
    fn rare_words_outweigh_common_ones_and_large_counts_small_ones() {
        let (rare, common) = (score(5, 200, 20, 1_000_000), score(5, 200, 2_000, 1_000_000));
        assert!(rare > common && common > 0.0, "{rare} {common}");
        assert!(score(8, 200, 20, 1_000_000) > rare);
        assert!(score(1, 200, 60_000, 1_000_000) < 0.0);
    }

    #[test]
    fn no_counts_make_it_no_number() {
        for (count, words, all, total) in
            [(1, 1, 0, 0), (2, 2, 2, 2), (5, 9, 1, 3), (1, 1, u64::MAX, u64::MAX)]
        {
            assert!(score(count, words, all, total).is_finite(), "{count} {words} {all} {total}");
        }
    }
}
