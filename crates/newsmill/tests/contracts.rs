//! The shipped stages are held to the contract that every stage is held to, on the shipped lists.

use newsmill_entities::EntitiesStage;
use newsmill_gazetteer::Gazetteer;
use newsmill_quotes::QuoteStage;
use newsmill_testkit::{Setup, contract};
use newsmill_tokenize::Tokenize;

/// A list that is quick to load and has names of all types.
const LISTS: &str = r#"{ "files": ["gazetteer/countries.csv", "gazetteer/demonyms.csv", "gazetteer/people-us.csv",
    "gazetteer/organizations-international.csv"] }"#;

fn setup() -> Setup {
    Setup::new().base(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config"))
}

#[test]
fn tokenize_keeps_the_contract() {
    contract::<Tokenize>(setup());
}

#[test]
fn gazetteer_keeps_the_contract() {
    let setup =
        setup().after::<Tokenize>().with(LISTS).refuses(r#"{ "files": ["gazetteer/no-such-list.csv"] }"#);
    contract::<Gazetteer>(setup);
}

#[test]
fn entities_keep_the_contract() {
    contract::<EntitiesStage>(setup().after::<Tokenize>().after_with::<Gazetteer>(LISTS));
}

#[test]
fn quotes_keep_the_contract() {
    let setup = setup().after::<Tokenize>().after_with::<Gazetteer>(LISTS).after::<EntitiesStage>();
    contract::<QuoteStage>(setup);
}
