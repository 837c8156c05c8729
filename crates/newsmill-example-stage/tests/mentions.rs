//! A stage that reads what earlier stages found: the names of each sentence that has two or more.
//! `docs/extending.md` points here.

use newsmill_core::layers::{Mentions, SentenceIx, Sentences};
use newsmill_core::prelude::*;
use newsmill_testkit::{GivenMentions, GivenTokens, Setup, contract, plan, rows, run};

/// One row a pair of neighbours.
#[derive(Default)]
struct Pairs(Vec<Pair>);

struct Pair {
    /// Indices into [`Mentions::rows`].
    first: u32,
    second: u32,
    between: Span,
}

impl Layer for Pairs {
    fn clear(&mut self) {
        self.0.clear();
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}

impl Table for Pairs {
    fn schema() -> Schema {
        Schema::new([
            Column::int("mention", "index of the first mention, as in `mentions`"),
            Column::int("next", "index of the mention after it, in the same sentence"),
            Column::span("", SpanStyle::Full, "the words between them"),
        ])
    }
    fn rows(&self, _: Doc<'_>, out: &mut dyn RowWriter) {
        for pair in &self.0 {
            out.int(u64::from(pair.first));
            out.int(u64::from(pair.second));
            out.span(pair.between);
            out.end_row();
        }
    }
}

struct Neighbours {
    sentences: Read<Sentences>,
    mentions: Read<Mentions>,
    pairs: Write<Pairs>,
}

impl Stage for Neighbours {
    const KIND: &'static str = "neighbours";
    const ABOUT: &'static str =
        "finds what stands between two names of a sentence that mean different entities";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let (sentences, mentions) = (cx.read(names::SENTENCES)?, cx.read(names::MENTIONS)?);
        Ok(Neighbours { sentences, mentions, pairs: cx.write("neighbours")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let (sentences, mentions) = (doc.get(&self.sentences), doc.get(&self.mentions));
        let pairs = &mut out.get(&self.pairs).0;
        for sentence in (0..sentences.len() as u32).map(SentenceIx) {
            let of_sentence = mentions.of_sentence(sentence);
            for (i, pair) in of_sentence.clone().zip(mentions.rows[of_sentence].windows(2)) {
                let [a, b] = pair else { continue };
                if a.entity != b.entity && a.span.end <= b.span.start {
                    let between = Span::new(a.span.end, b.span.start);
                    pairs.push(Pair { first: i as u32, second: i as u32 + 1, between });
                }
            }
        }
        Ok(Verdict::Keep)
    }
}

#[test]
fn keeps_the_contract() {
    contract::<Neighbours>(Setup::new().after::<GivenTokens>().after::<GivenMentions>());
}

#[test]
fn words_between_two_names_of_a_sentence_are_found() {
    let registry = Registry::new().with::<GivenTokens>().with::<GivenMentions>().with::<Neighbours>();
    let stages = r#"[{ "kind": "given-tokens" },
        { "kind": "given-mentions", "with": { "names": { "Zoë": "person", "Dong": "person", "Oslo": "place" } } },
        { "kind": "neighbours" }]"#;
    let plan = plan(&registry, stages);
    let ws = run(&plan, "Zoë met Dong in Oslo. Zoë left. Zoë told Zoë.");
    assert_eq!(rows(&plan, &ws, "neighbours"), [["0", "1", " met "], ["1", "2", " in "]]);
}
