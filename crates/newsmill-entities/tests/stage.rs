//! The contract of a stage, and the cases: article snippets with the mentions that they should give.

use std::path::Path;

use newsmill_core::layers::{ArticleRow, Entities, Mentions};
use newsmill_core::{Article, Outcome, Registry, Workspace};
use newsmill_entities::{EntitiesStage, WordCase};
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
fn counting_of_cases_keeps_the_contract() {
    contract::<WordCase>(Setup::new().after::<Tokenize>());
}

/// An article of a day through the stages, with the list that has dates and a type of its own.
fn of_day(date: &str, body: &str) -> Workspace {
    let registry = Registry::new().with::<Tokenize>().with::<Gazetteer>().with::<EntitiesStage>();
    let stages = r#"[{ "kind": "tokenize" }, { "kind": "gazetteer", "with": { "files": ["dated.csv"] } },
        { "kind": "entities" }]"#;
    let plan = plan_in(&registry, here(), stages);
    let mut workspace = plan.workspace();
    workspace.article = Article::new("a", body);
    workspace.article.meta.date = date.to_owned();
    assert_eq!(plan.process(&mut workspace, &mut [], &mut ()), Outcome::Done);
    workspace
}

/// Name and role of the first entity, and the cells of its other columns.
fn first_entity(workspace: &Workspace) -> (String, String, Vec<String>) {
    let entities = workspace.layer::<Entities>().expect("the stage writes entities");
    let text = |s| entities.strings.get(s).to_owned();
    let e = entities.rows[0];
    let extra = entities.extra[..entities.extra_width].iter().map(|&s| text(s)).collect();
    (text(e.name), text(e.role), extra)
}

#[test]
fn date_of_the_article_decides_who_held_the_office_and_which_role() {
    for (date, name, role) in [
        ("1986-05-01", "George H. W. Bush", "vice president"),
        ("1990-08-02", "George H. W. Bush", "president"),
        ("2003-03-20T08:00:00Z", "George W. Bush", "president"),
        ("", "George W. Bush", "president"),
    ] {
        let workspace = of_day(date, "The decision was taken late at night, and President Bush defended it.");
        let found = first_entity(&workspace);
        assert_eq!((found.0.as_str(), found.1.as_str()), (name, role), "{date}");
    }
    let later =
        first_entity(&of_day("2012-01-01", "The library was opened by George W. Bush in the morning."));
    assert_eq!((later.0.as_str(), later.1.as_str()), ("George W. Bush", ""));
}

#[test]
fn type_and_columns_of_a_list_of_ones_own_reach_the_tables() {
    let workspace = of_day("2022-04-14", "The cruiser Moskva sank in a storm.");
    let mentions = workspace.layer::<Mentions>().unwrap();
    assert_eq!(mentions.strings.get(mentions.rows[0].kind), "ship");
    let entities = workspace.layer::<Entities>().unwrap();
    assert_eq!(entities.strings.get(entities.rows[0].kind), "ship");
    assert_eq!(first_entity(&workspace).2.last().map(String::as_str), Some("Slava"));
}

#[test]
fn what_a_corpus_writes_corrects_the_lists_of_words() {
    let place = std::env::temp_dir().join(format!("newsmill-case-{}", std::process::id()));
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("case.csv"), "word,lower,capital\nquonks,40,1\n").unwrap();
    let registry = Registry::new().with::<Tokenize>().with::<Gazetteer>().with::<EntitiesStage>();
    let found = |options: &str| {
        let stages = format!(
            r#"[{{ "kind": "tokenize" }}, {{ "kind": "gazetteer", "with": {{ "entries": [{{ "entity_id": "place:x", "type": "place", "name": "Ruritania" }}] }} }},
                {{ "kind": "entities", "with": {options} }}]"#
        );
        let workspace =
            run(&plan_in(&registry, &place, &stages), "Quonks are rare. It was cold when Maria Lopez came.");
        let mentions = workspace.layer::<Mentions>().unwrap();
        mentions.rows.iter().map(|m| mentions.strings.get(m.name).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("{}"), ["Quonks", "Maria Lopez"]);
    assert_eq!(found(r#"{ "case": "case.csv" }"#), ["Maria Lopez"]);
    std::fs::remove_dir_all(&place).unwrap();
}

#[test]
fn cases_give_the_mentions_that_they_say() {
    let registry = Registry::new().with::<Tokenize>().with::<Gazetteer>().with::<EntitiesStage>();
    check_dir(here().join("cases"), &registry, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases.json"));
}

#[test]
fn cases_about_places_give_the_places_that_they_say() {
    let registry = Registry::new().with::<Tokenize>().with::<Gazetteer>().with::<EntitiesStage>();
    check_dir(here().join("places"), &registry, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/places.json"));
}

#[test]
fn an_article_without_rules_says_so_and_gives_listed_names_only() {
    let registry = Registry::new().with::<Tokenize>().with::<Gazetteer>().with::<EntitiesStage>();
    let plan = plan_in(&registry, here(), "cases.json");
    for (text, names) in [
        ("Взрыв прогремел в Киеве.", vec![]),
        ("Президент України Володимир Зеленський відвідав Харків.", vec![]),
        ("中国国家主席习近平星期一在北京会见了俄罗斯总统普京。", vec![]),
        ("東京都知事は月曜日に記者会見を開いた。", vec![]),
        ("서울에서 월요일에 회담이 열렸다.", vec![]),
        ("التقى الرئيس المصري في القاهرة", vec![]),
        ("Ο πρωθυπουργός μίλησε στην Αθήνα.", vec![]),
        ("Президент Путин (Vladimir Putin) и Си Цзиньпин встретились.", vec!["Vladimir Putin"]),
    ] {
        let workspace = run(&plan, text);
        let status = &workspace.layer::<ArticleRow>().unwrap().status;
        assert_eq!(status, "ok; entities: not in English: names of the lists only", "{text}");
        let mentions = workspace.layer::<Mentions>().unwrap();
        let found: Vec<&str> = mentions.rows.iter().map(|m| mentions.strings.get(m.name)).collect();
        assert_eq!(found, names, "{text}");
    }
    assert_eq!(run(&plan, "It rained.").layer::<ArticleRow>().unwrap().status, "ok");
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
