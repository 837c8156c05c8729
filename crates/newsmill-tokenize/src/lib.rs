//! Tokens, sentences and paragraphs of news text.
//!
//! [`Tokenize`] is the stage. Bytes are sorted into bitmaps ([`classes`]), characters outside ASCII get their places
//! in them ([`unicode`]), [`lines`] finds the paragraphs, the rules visit only the bytes that matter ([`scan`]) and move
//! token starts, and [`flatten`] turns the bitmaps into the layers. `DESIGN.md` beside this crate says why.

mod asides;
mod bits;
mod chars;
mod classes;
#[cfg(target_arch = "x86_64")]
mod classes_avx2;
mod columns;
mod flatten;
mod ideographs;
mod joins;
mod language;
mod lines;
mod longer;
mod marks;
mod rules;
mod scan;
mod sentences;
mod shapes;
mod stops;
mod unicode;

use newsmill_core::document::Field;
use newsmill_core::layers::{Paragraphs, Sentences, TokenIx, Tokens};
use newsmill_core::prelude::*;

use bits::Bits;
use classes::{Engine, Maps};
use ideographs::Dictionary;
use language::Guess;
use lines::Paragraph;
use rules::Rules;
use scan::{Findings, Scan};

/// Which view of hyphen and slash compounds tables and counts show. The token stream always has the parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Hyphens {
    /// `Russia-PRC` is three tokens.
    #[default]
    Split,
    /// `Russia-PRC` is one token.
    Keep,
}

/// How scripts without spaces are cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ideographs {
    /// Each Han and Hiragana character is a token, runs of Katakana, Thai and the like are one.
    #[default]
    Characters,
    /// Words by ICU's dictionaries: much slower where there are such characters.
    Words,
}

/// Options of [`Tokenize`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How tables and counts show hyphen and slash compounds: `split` into their parts, or `keep` them whole.
    pub hyphens: Hyphens,
    /// Tokens of scripts without spaces: `characters`, or `words` by ICU's dictionaries.
    pub ideographs: Ideographs,
}

/// Writes [`Tokens`], [`Sentences`] and [`Paragraphs`].
pub struct Tokenize {
    config: Config,
    engine: Engine,
    rules: Rules,
    dictionary: Option<Dictionary>,
    tokens: Write<Tokens>,
    sentences: Write<Sentences>,
    paragraphs: Write<Paragraphs>,
}

/// Memory of [`Tokenize`] that is reused from article to article.
#[derive(Default)]
pub struct Scratch {
    maps: Maps,
    start: Bits,
    found: Findings,
    lines: Vec<lines::Line>,
    columns: columns::Columns,
    paragraphs: Vec<Paragraph>,
}

impl Stage for Tokenize {
    const KIND: &'static str = "tokenize";
    const ABOUT: &'static str = "finds tokens, sentences and paragraphs";
    const VERSION: u32 = 4;
    const EXAMPLE: &'static str = r#"{ "hyphens": "split" }"#;
    type Config = Config;
    type Scratch = Scratch;

    fn build(config: Config, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Tokenize {
            config,
            engine: Engine::fastest(),
            rules: Rules::new(),
            dictionary: (config.ideographs == Ideographs::Words).then(Dictionary::new),
            tokens: cx.write(names::TOKENS)?,
            sentences: cx.write(names::SENTENCES)?,
            paragraphs: cx.write(names::PARAGRAPHS)?,
        })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut Scratch) -> Result<Verdict, DocError> {
        let (tokens, sentences, paragraphs) = out.get3(&self.tokens, &self.sentences, &self.paragraphs);
        tokens.keep_compounds = self.config.hyphens == Hyphens::Keep;
        let knowledge = Knowledge { rules: &self.rules, dictionary: self.dictionary.as_ref() };
        segment(knowledge, self.engine, doc, scratch, Layers { tokens, sentences, paragraphs });
        Ok(Verdict::Keep)
    }
}

#[derive(Clone, Copy)]
struct Knowledge<'a> {
    rules: &'a Rules,
    dictionary: Option<&'a Dictionary>,
}

struct Layers<'a> {
    tokens: &'a mut Tokens,
    sentences: &'a mut Sentences,
    paragraphs: &'a mut Paragraphs,
}

fn segment(knowledge: Knowledge<'_>, engine: Engine, doc: Doc<'_>, scratch: &mut Scratch, out: Layers<'_>) {
    let text = doc.text();
    let Scratch { maps, start, found, lines: memory, columns, paragraphs: layout } = scratch;
    classes::classify(engine, text.as_bytes(), maps);
    unicode::settle(text, maps, start);
    maps.find_visits(start);
    let Knowledge { rules, dictionary } = knowledge;
    if let Some(dictionary) = dictionary {
        dictionary.cut(text, start);
    }
    layout.clear();
    for section in doc.article().sections() {
        let title = section.field == Field::Title;
        lines::paragraphs(text, maps, section.span.range(), title, memory, layout);
    }
    found.clear();
    let mut language = Guess::from_tag(&doc.meta().language);
    for paragraph in layout.iter() {
        Scan {
            text,
            bytes: text.as_bytes(),
            maps,
            start,
            found,
            rules,
            language: &mut language,
            from: paragraph.start,
            end: paragraph.end,
            sentence: paragraph.start,
            settled: paragraph.start,
            open_single: None,
            open_double: false,
            list: None,
            address_end: usize::MAX,
            tried: 0,
        }
        .run();
    }
    found.settle(layout.len());
    flatten::tokens(engine, text, maps, start, found, rules, columns, out.tokens);
    flatten::structure(layout, start, &columns.ranks, found, out.tokens, out.sentences, out.paragraphs);
}

/// Checks that all engines give the same layers and that these keep their invariants: for tests and fuzzing.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct EngineCheck {
    rules: Rules,
}

impl EngineCheck {
    /// The check for one article.
    ///
    /// # Errors
    /// What differs, or which invariant doesn't hold.
    pub fn run(&self, article: &Article) -> Result<(), String> {
        check_engines(&self.rules, article)
    }
}

fn check_engines(rules: &Rules, article: &Article) -> Result<(), String> {
    let doc = Doc::bare(article);
    let run = |engine| {
        let (mut tokens, mut sentences, mut paragraphs) =
            (Tokens::default(), Sentences::default(), Paragraphs::default());
        let out = Layers { tokens: &mut tokens, sentences: &mut sentences, paragraphs: &mut paragraphs };
        let knowledge = Knowledge { rules, dictionary: None };
        segment(knowledge, engine, doc, &mut Scratch::default(), out);
        (tokens, sentences, paragraphs)
    };
    let scalar = run(Engine::Scalar);
    let (tokens, sentences, paragraphs) = &scalar;
    tokens.check(doc)?;
    sentences.check(doc)?;
    paragraphs.check(doc)?;
    let covered = sentences.first_token.first().is_none_or(|&t| t == 0)
        && sentences.span.is_empty() == tokens.start.is_empty();
    if !covered {
        return Err("sentences don't cover the tokens".to_owned());
    }
    for i in 0..tokens.start.len() {
        let span = tokens.span(TokenIx(i as u32));
        if tokens.hash[i] != newsmill_core::fold::fold_hash(doc.slice(span)) {
            return Err(format!("token {i}: hash isn't that of its text"));
        }
    }
    let expected = format!("{scalar:?}");
    for engine in Engine::all() {
        let found = format!("{:?}", run(engine));
        if found != expected {
            return Err(format!("{engine:?} differs from the scalar engine:\n{expected}\n{found}"));
        }
    }
    Ok(())
}
