//! Both passes keep the contract, and together they find the copies of made articles.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use newsmill_core::prelude::*;
use newsmill_duplicates::{Duplicates, Fingerprints};
use newsmill_testkit::{Setup, contract, odd, plan_in};

#[test]
fn the_first_pass_keeps_the_contract() {
    contract::<Fingerprints>(Setup::new());
}

/// A table of fingerprints as the CSV sink writes it.
fn fingerprints<'a>(articles: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> String {
    let plan = plan_in(&Registry::new().with::<Fingerprints>(), ".".as_ref(), "fingerprints");
    let mut text = "article_id,words,text_hash,signature\n".to_owned();
    let mut ws = plan.workspace();
    for (id, title, body) in articles {
        ws.article = Article::titled(id, title, body);
        assert_eq!(plan.process(&mut ws, &mut [], &mut ()), Outcome::Done);
        let (layer, schema) = (
            plan.table(&ws, "fingerprints").unwrap(),
            plan.layers().find(|l| l.0 == "fingerprints").unwrap().1,
        );
        let table = newsmill_testkit::table::read(layer, schema, ws.doc()).unwrap();
        text += &format!("\"{}\",{}\n", id.replace('"', "\"\""), table.rows[0].join(","));
    }
    text
}

#[test]
fn the_second_pass_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let texts = odd::texts();
    let table = fingerprints(texts.iter().map(|t| (t.name, &*t.title, &*t.body)));
    std::fs::write(dir.path().join("fingerprints.csv"), table).unwrap();
    std::fs::write(dir.path().join("other.csv"), "article_id,words\na,1\n").unwrap();
    let setup = Setup::new()
        .base(dir.path())
        .refuses(r#"{ "fingerprints": "no-such-file.csv" }"#)
        .refuses(r#"{ "fingerprints": "other.csv" }"#)
        .refuses(r#"{ "fingerprints": "" }"#)
        .refuses(r#"{ "fingerprints": "fingerprints.csv", "threshold": 0.2 }"#);
    contract::<Duplicates>(setup);
}

/// What the second pass says of each: the id of the original, or nothing.
fn originals(articles: &[(String, String)], options: &str) -> Vec<Option<String>> {
    let dir = tempfile::tempdir().unwrap();
    let table = fingerprints(articles.iter().map(|(id, body)| (&**id, "", &**body)));
    std::fs::write(dir.path().join("f.csv"), table).unwrap();
    let stages = format!(r#"[{{ "kind": "duplicates", "with": {{ "fingerprints": "f.csv" {options} }} }}]"#);
    let plan = plan_in(&Registry::new().with::<Duplicates>(), dir.path(), &stages);
    let of = |(id, body): &(String, String)| {
        let mut ws = plan.workspace();
        ws.article = Article::new(id, body);
        match plan.process(&mut ws, &mut [], &mut ()) {
            Outcome::Done => {}
            other => return Some(format!("{other:?}")),
        }
        let (layer, schema) =
            (plan.table(&ws, "duplicates").unwrap(), plan.layers().find(|l| l.0 == "duplicates").unwrap().1);
        let table = newsmill_testkit::table::read(layer, schema, ws.doc()).unwrap();
        Some(table.rows[0][0].clone()).filter(|id| !id.is_empty())
    };
    articles.iter().map(of).collect()
}

fn article(id: &str, words: std::ops::Range<usize>) -> (String, String) {
    (id.to_owned(), words.map(|i| format!("word{i} ")).collect())
}

#[test]
fn a_copy_names_the_earliest_original_and_short_articles_none() {
    let articles = [
        article("first", 0..200),
        article("other", 1000..1200),
        article("shortened", 0..180),
        article("with a foreword", 3..205),
        article("short", 0..10),
        article("short too", 0..10),
    ];
    let found = originals(&articles, "");
    let first = Some("first".to_owned());
    assert_eq!(found, [None, None, first.clone(), first, None, None]);
}

#[test]
fn copies_can_be_dropped() {
    let articles = [article("a", 0..100), article("b", 0..100)];
    let found = originals(&articles, r#", "drop": true"#);
    assert_eq!(found[0], None);
    assert!(found[1].as_ref().is_some_and(|f| f.contains("near-duplicate")), "{found:?}");
}

#[test]
fn an_article_that_the_first_pass_did_not_see_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f.csv"), fingerprints([("a", "", "one two three")].into_iter())).unwrap();
    let stages = r#"[{ "kind": "duplicates", "with": { "fingerprints": "f.csv" } }]"#;
    let plan = plan_in(&Registry::new().with::<Duplicates>(), dir.path(), stages);
    let mut ws = plan.workspace();
    ws.article = Article::new("a", "one two four");
    let outcome = plan.process(&mut ws, &mut [], &mut ());
    assert!(matches!(outcome, Outcome::Failed(f) if f.code == "no-fingerprint"));
}
