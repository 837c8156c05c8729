//! The stage keeps the contract and its cases hold.

use newsmill_core::prelude::*;
use newsmill_regex::RegexStage;
use newsmill_testkit::{Setup, check_dir, contract};

#[test]
fn keeps_the_contract() {
    let setup = Setup::new()
        .refuses(r#"{ "patterns": [] }"#)
        .refuses(r#"{ "patterns": [{ "name": "a", "regex": "(" }] }"#)
        .refuses(r#"{ "patterns": [{ "name": "a", "regex": "(?<text>x)" }] }"#)
        .refuses(r#"{ "patterns": [{ "name": "a", "regex": "a" }, { "name": "a", "regex": "b" }] }"#)
        .refuses(r#"{ "patterns": [{ "name": "a", "regex": "\\w{1000}{1000}" }] }"#);
    contract::<RegexStage>(setup);
}

#[test]
fn empty_matches_and_boundaries_keep_the_contract() {
    let options = r#"{ "patterns": [{ "name": "a", "regex": "\\b|x*|(?<word>\\pL+)" }], "fields": "body" }"#;
    contract::<RegexStage>(Setup::new().with(options));
}

#[test]
fn cases_hold() {
    check_dir("tests/cases", &Registry::new().with::<RegexStage>(), "tests/cases.json");
}
