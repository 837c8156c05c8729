//! The stage keeps the contract, its cases hold, and later stages see what it found.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use newsmill_core::layers::ArticleRow;
use newsmill_core::prelude::*;
use newsmill_language::Language;
use newsmill_testkit::{Setup, check_dir, contract, plan};

#[test]
fn keeps_the_contract() {
    let setup = Setup::new()
        .with(r#"{ "min_confidence": 0.5 }"#)
        .refuses(r#"{ "keep": ["xx"] }"#)
        .refuses(r#"{ "among": ["english"] }"#)
        .refuses(r#"{ "among": ["fr"], "keep": ["en"] }"#)
        .refuses(r#"{ "min_confidence": 1.5 }"#);
    contract::<Language>(setup);
}

#[test]
fn cases_hold() {
    check_dir("tests/cases", &Registry::new().with::<Language>(), "language");
}

const FRENCH: &str = "Le ministre a déclaré mardi que les travaux commenceront avant la fin de l’année.";

/// Outcome and language of an article.
fn run(options: &str, given: &str, text: &str) -> (Outcome, String, String) {
    let stages = format!(r#"[{{ "kind": "language", "with": {options} }}]"#);
    let plan = plan(&Registry::new().with::<Language>(), &stages);
    let mut ws = plan.workspace();
    ws.article = Article::new("a", text);
    ws.article.meta.language = given.to_owned();
    let outcome = plan.process(&mut ws, &mut [], &mut ());
    let status = ws.layer::<ArticleRow>().unwrap().status.clone();
    (outcome, ws.article.meta.language.clone(), status)
}

#[test]
fn what_it_finds_is_the_articles_language_from_then_on() {
    assert_eq!(run("{}", "", FRENCH).1, "fr");
    assert_eq!(run("{}", "de", FRENCH).1, "de");
    assert_eq!(run(r#"{ "overrule": true }"#, "de", FRENCH).1, "fr");
}

#[test]
fn articles_are_kept_and_dropped_by_language() {
    let dropped = |reason| Outcome::Dropped { stage: 0, reason };
    assert_eq!(run(r#"{ "keep": ["en"] }"#, "", FRENCH).0, dropped("other language"));
    assert_eq!(run(r#"{ "keep": ["en", "fr"] }"#, "", FRENCH).0, Outcome::Done);
    assert_eq!(run(r#"{ "keep": ["pt"] }"#, "pt-br", FRENCH).0, Outcome::Done);
    assert_eq!(run(r#"{ "drop_unknown": true }"#, "", "1234").0, dropped("unknown language"));
    assert_eq!(run("{}", "", "1234").2, "ok; language: unknown language");
}
