//! The contract of a stage, and the cases: article snippets with the mentions that they should give.

use std::path::Path;

use newsmill_core::Registry;
use newsmill_entities::EntitiesStage;
use newsmill_gazetteer::Gazetteer;
use newsmill_testkit::{Setup, check_dir, contract};
use newsmill_tokenize::Tokenize;

/// A small list with every flag that the stage reads.
const LIST: &str = r#"{ "files": ["list.csv"] }"#;

fn here() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

#[test]
fn stage_keeps_the_contract() {
    let setup = Setup::new()
        .base(here())
        .after::<Tokenize>()
        .after_with::<Gazetteer>(LIST)
        .refuses(r#"{ "discover": 3 }"#);
    contract::<EntitiesStage>(setup);
}

#[test]
fn cases_give_the_mentions_that_they_say() {
    let registry = Registry::new().with::<Tokenize>().with::<Gazetteer>().with::<EntitiesStage>();
    check_dir(here().join("cases"), &registry, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases.json"));
}
