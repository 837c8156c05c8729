//! Both passes keep the contract, and what stands out is found.

use newsmill_core::prelude::*;
use newsmill_keywords::{Keywords, Terms};
use newsmill_testkit::{GivenTokens, Setup, check_dir, contract};

#[test]
fn the_first_pass_keeps_the_contract() {
    contract::<Terms>(Setup::new().after::<GivenTokens>());
}

#[test]
fn the_second_pass_keeps_the_contract() {
    let setup = Setup::new()
        .base("tests")
        .after::<GivenTokens>()
        .refuses(r#"{ "terms": "no-such-file.csv" }"#)
        .refuses(r#"{ "terms": "stage.rs" }"#)
        .refuses(r#"{ "terms": "" }"#)
        .refuses(r#"{ "terms": "terms.csv", "min_score": -1 }"#);
    contract::<Keywords>(setup);
}

#[test]
fn cases_hold() {
    let registry = Registry::new().with::<GivenTokens>().with::<Terms>().with::<Keywords>();
    let stages = r#"[{ "kind": "given-tokens" }, { "kind": "terms" },
        { "kind": "keywords", "with": { "terms": "tests/terms.csv", "min_count": 1 } }]"#;
    check_dir("tests/cases", &registry, stages);
}
