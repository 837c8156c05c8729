//! Every case file of `tests/cases`: an article and the quotations in it, one phenomenon each.

use newsmill_core::Registry;
use newsmill_quotes::QuoteStage;
use newsmill_testkit::{GivenMentions, GivenTokens, check_dir};

#[test]
fn cases_hold() {
    let registry = Registry::new().with::<GivenTokens>().with::<GivenMentions>().with::<QuoteStage>();
    check_dir("tests/cases", &registry, "given-tokens, given-mentions, quotes");
}
