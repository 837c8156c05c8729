//! The contract of a stage, and the cases: article snippets with the mentions that they should give.

use std::path::Path;

use newsmill_core::Registry;
use newsmill_core::layers::{Entities, Mentions};
use newsmill_entities::EntitiesStage;
use newsmill_gazetteer::Gazetteer;
use newsmill_testkit::{Setup, check_dir, contract, plan_in, run};
use newsmill_tokenize::Tokenize;
use proptest::prelude::*;

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

#[test]
fn long_chains_cost_in_proportion_to_their_length() {
    let registry = Registry::new().with::<Tokenize>().with::<Gazetteer>().with::<EntitiesStage>();
    let plan = plan_in(&registry, here(), "cases.json");
    for unit in [
        "Ab-",
        "Ab ",
        "A.",
        "Ab & ",
        "Ab of ",
        "Bank of ",
        "University of Ab for ",
        "Ab (AB) ",
        "(AB) ",
        "Ab and ",
        "J. ",
        "von ",
        "Minister ",
        "Ab’s ",
        "2001 Ab ",
        "Paris, ",
        "Ab/",
        "“Ab ",
        "The ",
        "Dong ",
        "New Zeleand ",
    ] {
        let text = unit.repeat(120_000 / unit.len());
        let since = std::time::Instant::now();
        let workspace = run(&plan, &text);
        // A quadratic step takes minutes here, a linear one well under a second.
        assert!(since.elapsed().as_secs() < 8, "{unit:?}: {:?}", since.elapsed());
        let longest =
            workspace.layer::<Mentions>().unwrap().rows.iter().map(|m| m.end_token - m.first_token).max();
        assert!(longest.unwrap_or(0) <= 128, "{unit:?}: a name of {longest:?} tokens");
    }
}

/// Pieces that the rules hang on, so that arbitrary texts reach them.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            "Andrey", "Belousov", "Dong", "Jun", "Putin", "the", "The", "of", "and", "for", "de", "van", "al", "-", "/", "(",
            ")", "NFMB", "U.S.", "Jr.", ",", ".", "’s", "'s", "“", "”", "said", "in", "Paris", "Texas", "Minister", "Prime",
            "University", "Party", "Court", "War", "Lake", "2001", "election", "May", "Rao", "&", "Inc.", "Russian", "Zeleand",
            "New", "MOSCOW", "Supreme", "Senate", "\n\n", "J.", "Mr.", "reading", "Reading", "Gáspár",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec((piece, prop::bool::weighted(0.8)), 0..60)
        .prop_map(|pieces| pieces.into_iter().map(|(p, space)| if space { p + " " } else { p }).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn layers_of_any_text_hold_together(text in texts()) {
        let registry = Registry::new().with::<Tokenize>().with::<Gazetteer>().with::<EntitiesStage>();
        thread_local!(static PLAN: std::cell::OnceCell<newsmill_core::Plan> = const { std::cell::OnceCell::new() });
        PLAN.with(|cell| {
            let plan = cell.get_or_init(|| plan_in(&registry, here(), "cases.json"));
            let workspace = run(plan, &text);
            prop_assert_eq!(plan.check_layers(&workspace), Ok(()));
            let (entities, mentions) = (workspace.layer::<Entities>().unwrap(), workspace.layer::<Mentions>().unwrap());
            let mut counts = vec![0; entities.rows.len()];
            for m in &mentions.rows {
                counts[m.entity.at()] += 1;
                prop_assert_eq!(mentions.strings.get(m.name), entities.name(m.entity));
            }
            let told: Vec<u32> = entities.rows.iter().map(|e| e.mentions).collect();
            prop_assert_eq!(counts, told);
            for pair in mentions.rows.windows(2) {
                prop_assert!(pair[0].span.end <= pair[1].span.start, "mentions overlap: {:?}", pair);
            }
            Ok(())
        })?;
    }
}
