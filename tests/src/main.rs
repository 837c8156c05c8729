//! The newsmill binary with four stages more, which do what stages shouldn't: the tests need to see it contained.

use std::process::ExitCode;

use newsmill_core::prelude::*;

fn main() -> ExitCode {
    newsmill::main(
        newsmill::builtin().with::<Misbehave>().with::<DropShort>().with::<Lengths>().with::<Words>(),
    )
}

/// Panics or fails on articles that hold a word.
struct Misbehave {
    options: MisbehaveOptions,
    seen: Write<Seen>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct MisbehaveOptions {
    /// Panic on articles with this word.
    panic_on: Option<String>,
    /// Fail on articles with this word.
    fail_on: Option<String>,
    /// Wait so long on every article; milliseconds.
    sleep_ms: u64,
}

#[derive(Default)]
struct Seen {
    articles: u64,
}

impl Layer for Seen {
    fn clear(&mut self) {
        self.articles = 0;
    }
    fn len(&self) -> usize {
        1
    }
}

impl Table for Seen {
    fn schema() -> Schema {
        Schema::new([Column::int("seen", "always 1")])
    }
    fn rows(&self, _: Doc<'_>, out: &mut dyn RowWriter) {
        out.int(self.articles);
        out.end_row();
    }
}

impl Stage for Misbehave {
    const KIND: &'static str = "misbehave";
    const ABOUT: &'static str = "panics, fails or waits, for tests";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = MisbehaveOptions;
    type Scratch = ();

    fn build(options: MisbehaveOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Misbehave { options, seen: cx.write("seen")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        std::thread::sleep(std::time::Duration::from_millis(self.options.sleep_ms));
        let at = |word: &Option<String>| {
            word.as_deref().and_then(|w| doc.text().find(w).map(|at| at..at + w.len()))
        };
        if let Some(range) = at(&self.options.panic_on) {
            panic!("found the word at {range:?}");
        }
        if let Some(range) = at(&self.options.fail_on) {
            let span = Some(Span::from(range));
            return Err(DocError { code: "bad-word", message: "the word is there".into(), span });
        }
        out.get(&self.seen).articles = 1;
        Ok(Verdict::Keep)
    }
}

/// Drops articles shorter than 40 bytes.
struct DropShort;

impl Stage for DropShort {
    const KIND: &'static str = "drop_short";
    const ABOUT: &'static str = "drops articles shorter than 40 bytes, for tests";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(DropShort)
    }

    fn run(&self, doc: Doc<'_>, _: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        Ok(if doc.text().len() < 40 { Verdict::Drop("short") } else { Verdict::Keep })
    }
}

/// Continues the `sentences` table by each sentence's length: a layer that no sink has heard of.
struct Lengths {
    sentences: Read<newsmill_core::layers::Sentences>,
    lengths: Write<newsmill_core::layers::Rows>,
}

impl Stage for Lengths {
    const KIND: &'static str = "lengths";
    const ABOUT: &'static str = "measures sentences, for tests";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let sentences = cx.read(names::SENTENCES)?;
        let schema = Schema::extending(
            names::SENTENCES,
            [Column::int("bytes", "length"), Column::span("first", SpanStyle::Named, "the first byte")],
        );
        Ok(Lengths { sentences, lengths: cx.write_with_schema("lengths", schema)? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        use newsmill_core::layers::rows::Value;
        use newsmill_core::reduce::Cell;
        let lengths = out.get(&self.lengths);
        for span in &doc.get(&self.sentences).span {
            let first = doc.slice(*span).chars().next().map_or(0, char::len_utf8) as u32;
            lengths.push([
                Value::Cell(Cell::Int(span.len() as u64)),
                Value::Span(Span::new(span.start, span.start + first)),
            ]);
        }
        Ok(Verdict::Keep)
    }
}

/// Counts words of the whole run: a run-level table.
struct Words {
    words: Write<newsmill_core::layers::Rows>,
}

impl Stage for Words {
    const KIND: &'static str = "words";
    const ABOUT: &'static str = "counts words, for tests";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let schema = Schema::new([
            Column::text("word", "").reduced(Reduce::Key),
            Column::text("first_article", "").reduced(Reduce::First),
            Column::int("count", "").reduced(Reduce::Sum),
        ]);
        Ok(Words { words: cx.write_with_schema("words", schema)? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        use newsmill_core::layers::rows::Value;
        use newsmill_core::reduce::Cell;
        for word in doc.text().split_whitespace() {
            let cells = [Cell::Text(word.into()), Cell::Text(doc.id().into()), Cell::Int(1)];
            out.get(&self.words).push(cells.map(Value::Cell));
        }
        Ok(Verdict::Keep)
    }
}
