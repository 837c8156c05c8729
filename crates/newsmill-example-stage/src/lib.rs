//! A stage that is complete: options, claimed layers, a layer of its own with columns. It counts the words of each
//! sentence until you change it; newsmill's `CONTRIBUTING.md` walks through it.

use newsmill_core::layers::{SentenceIx, Sentences, Tokens};
use newsmill_core::prelude::*;

/// Options, as `with` of the stage's entry in a config.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Words with fewer letters than this aren't counted.
    min_letters: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { min_letters: 1 }
    }
}

/// The layer: one count a sentence.
#[derive(Debug, Default)]
pub struct Words(Vec<(Span, u32)>);

impl Layer for Words {
    fn clear(&mut self) {
        self.0.clear();
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}

impl Table for Words {
    fn schema() -> Schema {
        Schema::new([
            Column::int("sentence", "index within the article, from 0"),
            Column::int("words", "words of the sentence"),
            Column::span("", SpanStyle::Full, "the sentence"),
        ])
    }
    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (i, &(span, words)) in self.0.iter().enumerate() {
            out.int(i as u64);
            out.int(u64::from(words));
            out.span(span);
            out.end_row();
        }
    }
}

/// The stage: its options and the layers that it claimed.
pub struct WordsPerSentence {
    options: Options,
    tokens: Read<Tokens>,
    sentences: Read<Sentences>,
    words: Write<Words>,
}

impl Stage for WordsPerSentence {
    const KIND: &'static str = "words-per-sentence";
    const ABOUT: &'static str = "counts the words of each sentence";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "min_letters": 2 }"#;
    type Config = Options;
    type Scratch = ();

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        if options.min_letters == 0 {
            return Err(BuildError::new("`min_letters` is 0; 1 counts every word").at("/min_letters"));
        }
        let (tokens, sentences) = (cx.read(names::TOKENS)?, cx.read(names::SENTENCES)?);
        Ok(WordsPerSentence { options, tokens, sentences, words: cx.write("words_per_sentence")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let (tokens, sentences) = (doc.get(&self.tokens), doc.get(&self.sentences));
        let words = out.get(&self.words);
        let min = self.options.min_letters;
        for (i, &span) in sentences.span.iter().enumerate() {
            let of_sentence = sentences.tokens(SentenceIx(i as u32), tokens.len());
            let is_word = |&t: &u32| {
                let text = doc.slice(Span::new(tokens.start[t as usize], tokens.end[t as usize]));
                text.chars().filter(|c| c.is_alphabetic()).take(min).count() == min
            };
            words.0.push((span, of_sentence.filter(is_word).count() as u32));
        }
        Ok(Verdict::Keep)
    }
}
