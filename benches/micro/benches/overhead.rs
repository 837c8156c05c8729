//! What a stage costs that does nothing: an article through no stage, through five empty ones, and through five that each
//! claim a layer, read the one before and write a row.
//!
//! The difference of the first two is what the plan adds; it may be 1 µs an article at most.
//!
//! Then a layer of one's own against one of newsmill's: the same stage copies the sentences of an article into either, and both
//! are written as CSV.

use criterion::{Criterion, criterion_group, criterion_main};
use newsmill_core::layers::rows::Value;
use newsmill_core::layers::{Rows, Sentences};
use newsmill_core::prelude::*;
use newsmill_core::reduce::Cell;

struct Empty;

impl Stage for Empty {
    const KIND: &'static str = "empty";
    const ABOUT: &'static str = "does nothing";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Empty)
    }
    fn run(&self, _: Doc<'_>, _: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        Ok(Verdict::Keep)
    }
}

/// Writes one row more than the stage before it.
struct Counts {
    before: Option<Read<Rows>>,
    rows: Write<Rows>,
}

impl Stage for Counts {
    const KIND: &'static str = "counts";
    const ABOUT: &'static str = "reads a layer and writes one";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let before = cx.read_optional("before")?;
        let rows = cx.write_with_schema("rows", Schema::new([Column::int("n", "a number")]))?;
        Ok(Counts { before, rows })
    }
    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let before = self.before.as_ref().map_or(0, |b| doc.get(b).len());
        out.get(&self.rows).push([Value::Cell(Cell::Int(before as u64 + 1))]);
        Ok(Verdict::Keep)
    }
}

/// A layer that is made of sentences.
trait Holds: Table {
    const KIND: &'static str;
    fn take(&mut self, span: Span, first_token: u32);
}

impl Holds for Sentences {
    const KIND: &'static str = "copy-to-sentences";
    fn take(&mut self, span: Span, first_token: u32) {
        self.push(span, first_token);
    }
}

/// As a stage crate elsewhere would write it.
#[derive(Default)]
struct OwnLayer(Vec<(Span, u32)>);

impl Layer for OwnLayer {
    fn clear(&mut self) {
        self.0.clear();
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}

impl Table for OwnLayer {
    fn schema() -> Schema {
        Sentences::schema()
    }
    fn rows(&self, _: Doc<'_>, out: &mut dyn RowWriter) {
        for (i, &(span, _)) in self.0.iter().enumerate() {
            out.int(i as u64);
            out.span(span);
            out.end_row();
        }
    }
}

impl Holds for OwnLayer {
    const KIND: &'static str = "copy-to-own";
    fn take(&mut self, span: Span, first_token: u32) {
        self.0.push((span, first_token));
    }
}

/// Copies the sentences into a layer of this type.
struct Copies<T> {
    sentences: Read<Sentences>,
    copy: Write<T>,
}

impl<T: Holds> Stage for Copies<T> {
    const KIND: &'static str = T::KIND;
    const ABOUT: &'static str = "copies the sentences";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Copies { sentences: cx.read(names::SENTENCES)?, copy: cx.write("copy")? })
    }
    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let (sentences, copy) = (doc.get(&self.sentences), out.get(&self.copy));
        for (&span, &first_token) in sentences.span.iter().zip(&sentences.first_token) {
            copy.take(span, first_token);
        }
        Ok(Verdict::Keep)
    }
}

fn plan(stages: &[String], sinks: &str) -> Plan {
    let text = format!(
        r#"{{ "input": [{{ "files": ["x"] }}], "stages": [{}], "output": {{ "sinks": [{sinks}] }} }}"#,
        stages.join(",")
    );
    let config = ConfigFile::parse("overhead.json", ".", &text).expect("it is JSON");
    let registry = newsmill::builtin().with::<Empty>().with::<Counts>();
    let registry = registry.with::<Copies<Sentences>>().with::<Copies<OwnLayer>>();
    Plan::new(&config, &registry).map_err(|p| p[0].to_string()).expect("it is a plan")
}

fn overhead(criterion: &mut Criterion) {
    let entry = |kind: &str, i: usize| {
        let before = i.saturating_sub(1);
        format!(
            r#"{{ "kind": "{kind}", "id": "s{i}", "reads": {{ "before": "rows{before}" }}, "writes": {{ "rows": "rows{i}" }} }}"#
        )
    };
    let five = |kind: &str| (0..5).map(|i| entry(kind, i)).collect::<Vec<_>>();
    let mut group = criterion.benchmark_group("overhead");
    for (name, stages) in
        [("no stage", Vec::new()), ("five empty", five("empty")), ("five layers", five("counts"))]
    {
        let plan = plan(&stages, "");
        let mut ws = workspace(&plan);
        group.bench_function(name, |bencher| bencher.iter(|| plan.process(&mut ws, &mut [], &mut ())));
    }
    group.finish();
    let mut group = criterion.benchmark_group("layer");
    for (name, kind) in [("newsmill's", Sentences::KIND), ("one's own", OwnLayer::KIND)] {
        let stages = ["tokenize", kind].map(|kind| format!(r#"{{ "kind": "{kind}" }}"#));
        let plan = plan(&stages, r#"{ "kind": "csv", "table": "copy" }"#);
        let (mut ws, mut buffers) = (workspace(&plan), [Vec::new()]);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                buffers[0].clear();
                plan.process(&mut ws, &mut buffers, &mut ())
            });
        });
    }
    group.finish();
}

/// With an article of a hundred sentences.
fn workspace(plan: &Plan) -> Workspace {
    let mut ws = plan.workspace();
    ws.article = Article::titled("a", "Who said what?", &"Nobody minded, the mayor said. ".repeat(100));
    ws
}

criterion_group!(benches, overhead);
criterion_main!(benches);
