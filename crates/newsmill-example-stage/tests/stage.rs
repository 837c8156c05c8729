//! The stage keeps the contract, its cases hold, and its layer reaches CSV.

use newsmill_core::prelude::*;
use newsmill_csv::Csv;
use newsmill_testkit::{GivenTokens, Setup, check_dir, contract};

use newsmill_example_stage::WordsPerSentence;

#[test]
fn keeps_the_contract() {
    contract::<WordsPerSentence>(Setup::new().after::<GivenTokens>().refuses(r#"{ "min_letters": 0 }"#));
}

#[test]
fn cases_hold() {
    let registry = Registry::new().with::<GivenTokens>().with::<WordsPerSentence>();
    check_dir("tests/cases", &registry, "given-tokens, words-per-sentence");
}

#[test]
fn layer_is_exported_by_name() {
    let config = r#"{
        "input": [{ "files": ["news"] }],
        "stages": [{ "kind": "given-tokens" }, { "kind": "words-per-sentence" }],
        "output": { "sinks": [{ "kind": "csv", "table": "words_per_sentence" }] } }"#;
    let config = ConfigFile::parse("config.json", ".", config).unwrap();
    let registry = Registry::new().with::<GivenTokens>().with::<WordsPerSentence>().with_sink::<Csv>();
    let plan = Plan::new(&config, &registry).map_err(|p| p[0].to_string()).unwrap();
    let mut workspace = plan.workspace();
    workspace.article = Article::new("a.txt", "It rained. Nobody minded.");
    let mut csv = vec![Vec::new()];
    plan.header(0, &mut csv[0]);
    assert_eq!(plan.process(&mut workspace, &mut csv, &mut ()), Outcome::Done);
    let expected = "article_id,sentence,words,field,start_char,end_char,text\n\
                    a.txt,0,2,body,0,10,It rained.\n\
                    a.txt,1,2,body,11,25,Nobody minded.\n";
    assert_eq!(String::from_utf8(csv.remove(0)).unwrap(), expected);
}
