//! Every case file of `tests/cases`: one class of phenomena each.

use newsmill_core::Registry;
use newsmill_testkit::check_dir;
use newsmill_tokenize::Tokenize;

#[test]
fn cases_hold() {
    check_dir("tests/cases", &Registry::new().with::<Tokenize>(), "tokenize");
}
