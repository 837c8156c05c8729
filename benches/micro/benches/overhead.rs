//! What a stage costs that does nothing: an article through no stage, through five empty ones, and through five that each
//! claim a layer, read the one before and write a row.
//!
//! The difference of the first two is what the plan adds; it may be 1 µs an article at most.

use criterion::{Criterion, criterion_group, criterion_main};
use newsmill_core::layers::Rows;
use newsmill_core::layers::rows::Value;
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

fn plan(stages: &[String]) -> Plan {
    let text = format!(
        r#"{{ "input": [{{ "files": ["x"] }}], "stages": [{}], "output": {{ "sinks": [] }} }}"#,
        stages.join(",")
    );
    let config = ConfigFile::parse("overhead.json", ".", &text).expect("it is JSON");
    let registry = Registry::new().with::<Empty>().with::<Counts>();
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
        let plan = plan(&stages);
        let mut ws = plan.workspace();
        ws.article = Article::titled("a", "Who said what?", &"Nobody minded, the mayor said. ".repeat(100));
        group.bench_function(name, |bencher| bencher.iter(|| plan.process(&mut ws, &mut [], &mut ())));
    }
    group.finish();
}

criterion_group!(benches, overhead);
criterion_main!(benches);
