//! What the runner relies on.

use newsmill_quotes::QuoteStage;
use newsmill_testkit::{GivenMentions, GivenTokens, Setup, contract};

#[test]
fn stage_contract_holds() {
    let setup = Setup::new().after::<GivenTokens>().after::<GivenMentions>();
    contract::<QuoteStage>(setup);
}
