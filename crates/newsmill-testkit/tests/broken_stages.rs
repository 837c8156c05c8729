//! Every rule of the contract catches a stage that breaks it, and only it.

use std::sync::atomic::{AtomicU64, Ordering};

use newsmill_core::layers::rows::Value;
use newsmill_core::layers::{MentionQuotes, Rows};
use newsmill_core::prelude::*;
use newsmill_core::reduce::Cell;
use newsmill_testkit::contract::violations;
use newsmill_testkit::{GivenMentions, GivenTokens, Setup, contract};

/// A stage with one layer of two columns, a span and a whole number, whose rows the body pushes.
macro_rules! stage {
    ($name:ident, $config:ty, example: $example:expr, |$doc:ident, $rows:ident, $scratch:ident| $body:expr) => {
        struct $name {
            rows: Write<Rows>,
        }

        impl Stage for $name {
            const KIND: &'static str = "under-test";
            const ABOUT: &'static str = "breaks a rule";
            const VERSION: u32 = 1;
            const EXAMPLE: &'static str = $example;
            type Config = $config;
            type Scratch = u64;

            fn build(_: $config, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
                let columns = [Column::span("", SpanStyle::Full, "the text"), Column::int("n", "a number")];
                let rows = cx.write_with_schema("rows", Schema::new(columns))?;
                Ok($name { rows })
            }

            fn run(
                &self,
                $doc: Doc<'_>,
                out: &mut Output<'_>,
                $scratch: &mut u64,
            ) -> Result<Verdict, DocError> {
                let _ = $doc;
                let $rows = out.get(&self.rows);
                $body;
                *$scratch += 1;
                Ok(Verdict::Keep)
            }
        }
    };
}

fn row(span: Span, n: u64) -> [Value; 2] {
    [Value::Span(span), Value::Cell(Cell::Int(n))]
}

fn whole(doc: Doc<'_>) -> Span {
    Span::from(0..doc.text().len())
}

/// The rules that a stage breaks, without repetitions.
fn broken<S: Stage>(setup: Setup) -> Vec<&'static str> {
    let mut rules: Vec<_> = violations::<S>(setup).into_iter().map(|v| v.rule).collect();
    rules.dedup();
    rules
}

stage!(Sound, NoOptions, example: "{}", |doc, rows, scratch| rows.push(row(whole(doc), 1)));

#[test]
fn a_sound_stage_breaks_no_rule() {
    assert_eq!(violations::<Sound>(Setup::new()), []);
    contract::<GivenTokens>(Setup::new());
    contract::<GivenMentions>(Setup::new().after::<GivenTokens>());
}

stage!(BadExample, NoOptions, example: r#"{ "limit": 3 }"#, |doc, rows, scratch| rows.clear());

#[test]
fn an_example_that_does_not_build_is_caught() {
    assert_eq!(broken::<BadExample>(Setup::new()), ["example"]);
}

#[derive(Deserialize, JsonSchema)]
struct OpenOptions {
    #[serde(default)]
    #[expect(dead_code, reason = "only its type matters")]
    limit: u32,
}

stage!(TakesUnknownOptions, OpenOptions, example: "{}", |doc, rows, scratch| rows.clear());

#[test]
fn an_ignored_unknown_option_is_caught() {
    assert_eq!(broken::<TakesUnknownOptions>(Setup::new()), ["config"]);
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AnyValue {
    #[serde(default)]
    #[expect(dead_code, reason = "only its type matters")]
    limit: serde_json::Value,
}

stage!(TakesAnyValue, AnyValue, example: "{}", |doc, rows, scratch| rows.clear());

#[test]
fn an_option_that_takes_nonsense_is_caught_unless_it_is_meant_to() {
    assert_eq!(broken::<TakesAnyValue>(Setup::new()), ["config"]);
    assert!(broken::<TakesAnyValue>(Setup::new().open_option("limit")).is_empty());
}

#[test]
fn options_that_the_setup_wants_refused_and_are_not_are_caught() {
    let setup = Setup::new().open_option("limit").refuses(r#"{ "limit": 0 }"#);
    assert_eq!(broken::<TakesAnyValue>(setup), ["config"]);
}

stage!(SlicesBytes, NoOptions, example: "{}", |doc, rows, scratch| {
    let end = doc.text().len().min(3);
    rows.push(row(Span::from(0..end), doc.text()[..end].len() as u64))
});

#[test]
fn a_panic_on_odd_text_is_caught() {
    assert_eq!(broken::<SlicesBytes>(Setup::new()), ["panic"]);
}

stage!(UnevenRows, NoOptions, example: "{}", |doc, rows, scratch| {
    rows.push(row(whole(doc), 1));
    rows.push(row(whole(doc), 1).into_iter().take(1));
});

#[test]
fn a_layer_that_fails_its_own_check_is_caught() {
    assert_eq!(broken::<UnevenRows>(Setup::new())[0], "check");
}

stage!(ShortRows, NoOptions, example: "{}", |doc, rows, scratch| {
    rows.push(row(whole(doc), 1).into_iter().take(1))
});
stage!(SwappedCells, NoOptions, example: "{}", |doc, rows, scratch| {
    rows.push(row(whole(doc), 1).into_iter().rev())
});
stage!(TextForNumber, NoOptions, example: "{}", |doc, rows, scratch| {
    rows.push([Value::Span(whole(doc)), Value::Cell(Cell::Text("1".to_owned()))])
});

#[test]
fn rows_that_are_not_the_schemas_are_caught() {
    assert_eq!(broken::<ShortRows>(Setup::new()), ["rows"]);
    assert_eq!(broken::<SwappedCells>(Setup::new()), ["rows"]);
    assert_eq!(broken::<TextForNumber>(Setup::new()), ["rows"]);
}

/// Continues the mentions' rows, but with one row too many.
struct OneRowTooMany {
    layer: Write<MentionQuotes>,
}

impl Stage for OneRowTooMany {
    const KIND: &'static str = "one-row-too-many";
    const ABOUT: &'static str = "breaks a rule";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(OneRowTooMany { layer: cx.write(names::MENTION_QUOTES)? })
    }
    fn run(&self, _: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        out.get(&self.layer).rows.extend([None; 3]);
        Ok(Verdict::Keep)
    }
}

#[test]
fn a_table_that_does_not_continue_another_row_by_row_is_caught() {
    let setup = Setup::new().after::<GivenTokens>().after::<GivenMentions>();
    assert_eq!(broken::<OneRowTooMany>(setup), ["rows"]);
}

static RUNS: AtomicU64 = AtomicU64::new(0);

stage!(CountsArticles, NoOptions, example: "{}", |doc, rows, scratch| {
    rows.push(row(whole(doc), RUNS.fetch_add(1, Ordering::Relaxed)))
});

#[test]
fn state_shared_between_articles_is_caught() {
    assert!(broken::<CountsArticles>(Setup::new()).contains(&"repeat"));
}

stage!(RemembersLongest, NoOptions, example: "{}", |doc, rows, scratch| {
    *scratch = (*scratch).max(doc.text().len() as u64);
    rows.push(row(whole(doc), *scratch));
    *scratch -= 1
});

#[test]
fn a_scratch_that_leaks_into_results_is_caught() {
    assert!(broken::<RemembersLongest>(Setup::new()).contains(&"scratch"));
}

/// Gives each article of a group the first one's length.
struct MixesUpAGroup {
    rows: Write<Rows>,
}

impl Stage for MixesUpAGroup {
    const KIND: &'static str = "mixes-up-a-group";
    const ABOUT: &'static str = "breaks a rule";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(MixesUpAGroup { rows: cx.write_with_schema("rows", Schema::new([Column::int("n", "length")]))? })
    }
    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        out.get(&self.rows).push([Value::Cell(Cell::Int(doc.text().len() as u64))]);
        Ok(Verdict::Keep)
    }
    fn group(&self) -> usize {
        8
    }
    fn run_group(&self, members: &mut [Member<'_>], _: &mut ()) {
        let first = members.first().map_or(0, |m| m.doc.text().len() as u64);
        for member in members {
            member.out.get(&self.rows).push([Value::Cell(Cell::Int(first))]);
        }
    }
}

#[test]
fn a_group_that_gives_other_results_than_its_articles_alone_is_caught() {
    assert_eq!(broken::<MixesUpAGroup>(Setup::new()), ["group"]);
}

stage!(ComparesAllPairs, NoOptions, example: "{}", |doc, rows, scratch| {
    let bytes = doc.text().as_bytes();
    // The odd texts are long: many pairs only of those that the growth test makes.
    if doc.id() == "growing" {
        let pairs: u64 = bytes.iter().step_by(16).map(|a| bytes.iter().filter(|b| std::hint::black_box(*b) == a).count() as u64).sum();
        rows.push(row(whole(doc), pairs))
    }
});

#[test]
fn cost_that_grows_with_the_square_is_caught() {
    assert_eq!(broken::<ComparesAllPairs>(Setup::new()), ["linear"]);
    assert!(broken::<ComparesAllPairs>(Setup::new().any_cost("a test of the test")).is_empty());
}

struct Misnamed;

impl Stage for Misnamed {
    const KIND: &'static str = "Mis Named";
    const ABOUT: &'static str = "";
    const VERSION: u32 = 0;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Misnamed)
    }
    fn run(&self, _: Doc<'_>, _: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        Ok(Verdict::Keep)
    }
}

#[test]
fn a_kind_nobody_can_type_is_caught() {
    let found = violations::<Misnamed>(Setup::new());
    assert_eq!(found.iter().filter(|v| v.rule == "identity").count(), 3);
}
