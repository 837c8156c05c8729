//! What the runner relies on.

use newsmill_testkit::{Setup, contract};
use newsmill_tokenize::Tokenize;

#[test]
fn stage_contract_holds() {
    contract::<Tokenize>(Setup::new().refuses(r#"{ "hyphens": "join" }"#).refuses(r#"{ "hyphen": "keep" }"#));
}
