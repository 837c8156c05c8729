//! A merge of one's own: two layers of one type become one; of places that overlap the longer stays.
//! `docs/extending.md` points here.

use newsmill_core::prelude::*;
use newsmill_testkit::{Setup, contract, plan, rows, run};

/// Places, ascending and disjoint.
#[derive(Default)]
struct Places(Vec<Span>);

impl Layer for Places {
    fn clear(&mut self) {
        self.0.clear();
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn check(&self, _: Doc<'_>) -> Result<(), String> {
        let disjoint = self.0.windows(2).all(|w| w[0].end <= w[1].start);
        if disjoint { Ok(()) } else { Err("places overlap".to_owned()) }
    }
}

impl Table for Places {
    fn schema() -> Schema {
        Schema::new([Column::span("", SpanStyle::Full, "the place")])
    }
    fn rows(&self, _: Doc<'_>, out: &mut dyn RowWriter) {
        for &place in &self.0 {
            out.span(place);
            out.end_row();
        }
    }
}

/// Finds a phrase wherever it stands.
struct Phrase {
    phrase: String,
    places: Write<Places>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Options {
    phrase: String,
}

impl Stage for Phrase {
    const KIND: &'static str = "phrase";
    const ABOUT: &'static str = "finds a phrase";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "phrase": "said" }"#;
    type Config = Options;
    type Scratch = ();

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        if options.phrase.is_empty() {
            return Err(BuildError::new("`phrase` is empty; write what to look for").at("/phrase"));
        }
        Ok(Phrase { phrase: options.phrase, places: cx.write("places")? })
    }
    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let found = doc.text().match_indices(&self.phrase).map(|(at, m)| Span::from(at..at + m.len()));
        out.get(&self.places).0.extend(found);
        Ok(Verdict::Keep)
    }
}

/// The merge: a stage that reads two layers and writes one.
struct Longest {
    first: Read<Places>,
    second: Read<Places>,
    merged: Write<Places>,
}

impl Stage for Longest {
    const KIND: &'static str = "longest";
    const ABOUT: &'static str = "merges two layers of places; the longer wins, of equals the first";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = Vec<Span>;

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        // The config says which layers these are: "reads": { "first": "…", "second": "…" }.
        Ok(Longest { first: cx.read("first")?, second: cx.read("second")?, merged: cx.write("merged")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, all: &mut Vec<Span>) -> Result<Verdict, DocError> {
        all.clear();
        all.extend(doc.get(&self.first).0.iter().chain(&doc.get(&self.second).0));
        all.sort_by_key(|s| s.start);
        let merged = &mut out.get(&self.merged).0;
        for &place in all.iter() {
            match merged.last_mut() {
                Some(last) if last.end > place.start => {
                    if place.end - place.start > last.end - last.start {
                        *last = place;
                    }
                }
                _ => merged.push(place),
            }
        }
        Ok(Verdict::Keep)
    }
}

const STAGES: &str = r#"[
    { "kind": "phrase", "id": "short", "with": { "phrase": "York" }, "writes": { "places": "first" } },
    { "kind": "phrase", "id": "long", "with": { "phrase": "New York Times" }, "writes": { "places": "second" } },
    { "kind": "longest" }
]"#;

#[test]
fn the_longer_of_two_that_overlap_stays() {
    let plan = plan(&Registry::new().with::<Phrase>().with::<Longest>(), STAGES);
    let ws = run(&plan, "York is not New York; the New York Times is.");
    assert_eq!(rows(&plan, &ws, "merged"), [["York"], ["York"], ["New York Times"]]);
}

#[test]
fn a_phrase_keeps_the_contract() {
    contract::<Phrase>(Setup::new().refuses(r#"{ "phrase": "" }"#));
}
