//! The stage keeps the contract and its cases hold.

use newsmill_core::prelude::*;
use newsmill_dates::DatesStage;
use newsmill_testkit::{Setup, check_dir, contract, plan};

#[test]
fn keeps_the_contract() {
    contract::<DatesStage>(Setup::new());
}

#[test]
fn cases_hold() {
    check_dir("tests/cases", &Registry::new().with::<DatesStage>(), "dates");
}

#[test]
fn every_day_of_publication_will_do() {
    let plan = plan(&Registry::new().with::<DatesStage>(), "dates");
    let text =
        "Yesterday, next month, 900 years ago, on Monday, Feb. 29, last December, 31 June and 99 days ago.";
    let mut ws = plan.workspace();
    for date in
        ["0001-01-01", "9999-12-31", "2024-02-29", "2025-13-01", "nonsense", "", "2025-10-14T08:30:00Z"]
    {
        ws.article = Article::new("a", text);
        ws.article.meta.date = date.to_owned();
        assert_eq!(plan.process(&mut ws, &mut [], &mut ()), Outcome::Done, "{date}");
        assert_eq!(plan.check_layers(&ws), Ok(()));
    }
}
