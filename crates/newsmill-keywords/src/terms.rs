//! The first pass: how often each word is in the corpus.

use newsmill_core::fold::fold_into;
use newsmill_core::layers::{TokenKind, Tokens};
use newsmill_core::prelude::*;
use newsmill_core::strings::{StrRef, Strings};
use rustc_hash::FxHashMap;

/// The layer: the article's words with their counts; folded over the run.
#[derive(Debug, Default)]
pub struct TermCounts {
    strings: Strings,
    terms: Vec<(StrRef, u32)>,
}

impl Layer for TermCounts {
    fn clear(&mut self) {
        self.strings.clear();
        self.terms.clear();
    }
    fn len(&self) -> usize {
        self.terms.len()
    }
}

impl Table for TermCounts {
    fn schema() -> Schema {
        Schema::new([
            Column::text("term", "word in lower case, without diacritics").reduced(Reduce::Key),
            Column::int("count", "how often it is in the corpus").reduced(Reduce::Sum),
            Column::int("articles", "in how many articles").reduced(Reduce::Sum),
        ])
    }
    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for &(term, count) in &self.terms {
            out.text(self.strings.get(term));
            out.int(u64::from(count));
            out.int(1);
            out.end_row();
        }
    }
}

/// Counts the words of an article, in the order in which they first come.
#[derive(Default)]
pub(crate) struct Counter {
    strings: Strings,
    places: FxHashMap<String, usize>,
    /// Each word, how often it is there, and where first.
    pub terms: Vec<(StrRef, u32, Span)>,
    /// Words in all.
    pub total: u64,
    folded: String,
}

/// Shorter words say little; letters.
const SHORTEST: usize = 3;

impl Counter {
    pub fn count(&mut self, doc: Doc<'_>, tokens: &Tokens) {
        self.strings.clear();
        self.places.clear();
        self.terms.clear();
        self.total = 0;
        for (i, flags) in tokens.flags.iter().enumerate() {
            if flags.kind() != TokenKind::Word {
                continue;
            }
            let span = Span::new(tokens.start[i], tokens.end[i]);
            self.folded.clear();
            fold_into(doc.slice(span), &mut self.folded);
            if self.folded.chars().filter(|c| c.is_alphabetic()).count() < SHORTEST {
                continue;
            }
            self.total += 1;
            match self.places.get(&self.folded) {
                Some(&at) => self.terms[at].1 += 1,
                None => {
                    self.places.insert(self.folded.clone(), self.terms.len());
                    self.terms.push((self.strings.push(&self.folded), 1, span));
                }
            }
        }
    }

    pub fn text(&self, term: StrRef) -> &str {
        self.strings.get(term)
    }
}

/// The stage of the first pass.
pub struct Terms {
    tokens: Read<Tokens>,
    layer: Write<TermCounts>,
}

/// Memory for counting.
#[derive(Default)]
pub struct Scratch(Counter);

impl Stage for Terms {
    const KIND: &'static str = "terms";
    const ABOUT: &'static str = "keywords, first pass: how often each word is in the corpus";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = Scratch;

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Terms { tokens: cx.read(names::TOKENS)?, layer: cx.write("terms")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut Scratch) -> Result<Verdict, DocError> {
        let counter = &mut scratch.0;
        counter.count(doc, doc.get(&self.tokens));
        let layer = out.get(&self.layer);
        for &(term, count, _) in &counter.terms {
            let term = layer.strings.push(counter.text(term));
            layer.terms.push((term, count));
        }
        Ok(Verdict::Keep)
    }
}
