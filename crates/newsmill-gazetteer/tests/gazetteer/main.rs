//! The stage in a pipeline, behind a plain tokenizer of its own.

mod compiled;
mod differences;
mod generated;
mod nearest;
mod reference;
mod support;

use newsmill_core::layers::Matches;
use newsmill_core::prelude::*;
use support::{plan, plan_in, problems};

fn found(options: &str, text: &str) -> Vec<String> {
    let plan = plan(options).expect("a valid config");
    let mut ws = plan.workspace();
    ws.article = Article::new("a", text);
    assert_eq!(plan.process(&mut ws, &mut [], &mut ()), Outcome::Done);
    plan.check_layers(&ws).expect("layers keep their invariants");
    let matches = ws.layer::<Matches>().expect("matches");
    let lexicon = matches.lexicon.as_ref().expect("lexicon");
    let show = |m: &newsmill_core::layers::Match| {
        format!("{}={}", ws.doc().slice(m.span).replace('\n', "/"), lexicon.entry(m.entry).id)
    };
    matches.rows.iter().map(show).collect()
}

/// Cases as a linguist reads them: a list (`id: forms [flags]`), a text, what is found.
#[test]
fn every_case_of_the_data_file() {
    let cases = include_str!("cases.txt");
    let mut list = Vec::new();
    let mut policy = String::new();
    let mut texts = 0;
    for (n, line) in cases.lines().enumerate() {
        let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
        match head {
            "#" | "" => {}
            "##" => list.clear(),
            "list" => list.push(support::entry(rest)),
            "overlap" => policy = rest.to_owned(),
            "text" => {
                let (text, expected) = rest.split_once(" => ").expect("text => matches");
                let expected: Vec<&str> = expected.split("; ").filter(|s| *s != "-").collect();
                let overlap = if policy.is_empty() { "longest" } else { &policy };
                let options = format!(
                    r#"{{ "entries": [{}], "overlap": "{overlap}", "priority": ["person", "org", "place"] }}"#,
                    list.join(",")
                );
                let text = text.replace("\\n", "\n");
                assert_eq!(found(&options, &text), expected, "line {}", n + 1);
                differences::compare(&support::compile(&list), &text, usize::MAX);
                texts += 1;
            }
            _ => panic!("line {}: {line}", n + 1),
        }
    }
    assert!(texts > 40, "{texts} cases");
}

/// The lists that newsmill ships, if this checkout has them.
#[test]
fn the_shipped_lists_are_well_formed() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/gazetteer");
    let plan = plan_in(&folder, r#"{ "files": ["*.csv"] }"#).expect("well-formed lists");
    let told = support::warnings(&plan);
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// A line that ends without a full stop ends a sentence, if the tokenizer says so; a dot may be an abbreviation's.
#[test]
fn a_name_crosses_a_sentence_only_after_a_dot() {
    use newsmill_core::layers::{TokenFlags, Tokens};
    let names = support::compile(&[
        support::entry("org wp: Washington Post"),
        support::entry("place stl: St. Louis"),
    ]);
    for (text, second, expected) in [("Washington\nPost", 1, 0), ("St. Louis", 1, 1), ("St.\nLouis", 1, 1)] {
        let mut tokens = Tokens::default();
        support::tokenize(text, &mut tokens);
        let count = |tokens: &Tokens| {
            let mut hits = Vec::new();
            newsmill_gazetteer::scan::Scan::new(&names, text, tokens).longest(&mut hits);
            hits.len()
        };
        assert_eq!(count(&tokens), 1, "{text:?} in one sentence");
        tokens.flags[second] = tokens.flags[second].with(TokenFlags::SENTENCE_START);
        assert_eq!(count(&tokens), expected, "{text:?} in two sentences");
    }
}

#[test]
fn the_example_is_a_valid_config() {
    assert!(found(newsmill_gazetteer::Gazetteer::EXAMPLE, "The Moskva sank.") == ["Moskva=my:moskva"]);
}

#[test]
fn extra_columns_reach_the_matches_table() {
    let dir = support::folder(
        "extra",
        &[("a.csv", "entity_id,type,name,gender,role\nx:1,person,Xi Jinping,m,president\n")],
    );
    let plan = plan_in(&dir, r#"{ "files": ["*.csv"] }"#).expect("a valid config");
    let (_, schema) = plan.layers().find(|(name, _)| *name == "matches").expect("matches");
    let extra: Vec<&str> = schema.columns.iter().filter(|c| c.extra).map(|c| &*c.name).collect();
    assert_eq!(extra, ["gender", "role"]);
    let mut ws = plan.workspace();
    ws.article = Article::new("a", "Xi Jinping spoke.");
    plan.process(&mut ws, &mut [], &mut ());
    let mut row = support::Cells::default();
    ws.layer::<Matches>().expect("matches").rows(ws.doc(), &mut row);
    assert_eq!(row.0, "0|person|x:1|Xi Jinping|Xi Jinping|exact|1|m|president|\n");
}

#[test]
fn malformed_lists_are_told_with_file_line_and_fix() {
    let header = "entity_id,type,name,alias,flags,prior\n";
    for (body, expected) in [
        ("", "l.csv:1: the list is empty; begin it with the line `entity_id,"),
        ("id,type,name\n", "l.csv:1: the column `entity_id` is missing; the first line names the columns"),
        ("entity_id,type,name,name\n", "l.csv:1: the column `name` is there twice; rename one"),
        (
            &format!("{header}x:1,place,Moscow,,exakt,\n"),
            "l.csv:2: unknown flag `exakt`; did you mean `exact`?",
        ),
        (
            &format!("{header}x:1,place,Moscow,,,\nx:2,place\n"),
            "l.csv:3: 2 cells, but the first line names 6 columns; add",
        ),
        (&format!("{header}x:1,place,,,,\n"), "l.csv:2: `name` is empty; write"),
        (&format!("{header},place,Moscow,,,\n"), "l.csv:2: `entity_id` is empty; give"),
        (&format!("{header}x:1,,Moscow,,,\n"), "l.csv:2: `type` is empty; use person"),
        (&format!("{header}x:1,place,Moscow,,,many\n"), "l.csv:2: `prior` is \"many\"; write a whole number"),
        (&format!("{header}x:1,place,Moscow, | ,,\n"), "l.csv:2: `alias` has no form between its `|`; write"),
        (&format!("{header}x:1,place,…,,,\n"), "l.csv:2: the form \"…\" has no letter or digit; a form"),
        (&format!("{header},,,,suppress,\n"), "l.csv:2: a row with `suppress` names neither"),
    ] {
        let dir = support::folder("malformed", &[("l.csv", body)]);
        let told = problems(&dir, r#"{ "files": ["l.csv"] }"#);
        assert!(told.contains(expected), "expected {expected:?}\n     got {told}");
    }
    let dir = support::folder("missing", &[]);
    assert!(problems(&dir, r#"{ "files": ["no.csv"] }"#).contains("can't read"));
    assert!(problems(&dir, r#"{ "files": ["no*.csv"] }"#).contains("no file matches"));
    assert!(problems(&dir, "{}").contains("the gazetteer has no names; list files"));
}

#[test]
fn duplicates_and_clashes_are_warnings() {
    let dir = support::folder(
        "warn",
        &[(
            "l.csv",
            "entity_id,type,name,alias,country\n\
        x:1,place,Moscow,Moscow|Moskva,RU\nx:1,place,Moskau,Moskva,RU\nx:1,place,Moscow,Moskva,\n",
        )],
    );
    let plan = plan_in(&dir, r#"{ "files": ["l.csv"] }"#).expect("warnings don't stop a plan");
    let told = support::warnings(&plan);
    assert!(
        told[0].contains("l.csv:3: x:1 (place) has name \"Moskau\" here and \"Moscow\" on line 2"),
        "{told:?}"
    );
    assert!(
        told[1].contains("l.csv:3: the form \"Moskva\" of x:1 is listed twice, first on line 2"),
        "{told:?}"
    );
}

#[test]
fn later_lists_override_and_suppress_earlier_ones() {
    let dir = support::folder(
        "overlay",
        &[
            (
                "a.csv",
                "entity_id,type,name,alias,prior,role\nx:1,person,Jane Roe,Jane Roe|Roe,5,minister\n\
                   x:2,place,Turkey,,9,\nx:3,place,Reading,,3,\n",
            ),
            (
                "b.tsv",
                "entity_id\ttype\tname\talias\tflags\trole\nx:1\tperson\tJane Roe\tJane Roe\t\tpresident\n\
                   x:2\tplace\tTürkiye\tTurkey\t\t\n\t\t\tReading\tsuppress\t\nx:1\tperson\t\tRoe\tsuppress\t\n\
                   x:9\tplace\t\t\tsuppress\t\n",
            ),
        ],
    );
    let plan = plan_in(&dir, r#"{ "files": ["a.csv", "b.tsv"] }"#).expect("a valid config");
    let told = support::warnings(&plan);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("b.tsv:6: `suppress` takes nothing out"), "{told:?}");
    let mut ws = plan.workspace();
    ws.article = Article::new("a", "Roe met Jane Roe in Turkey, not in Reading.");
    plan.process(&mut ws, &mut [], &mut ());
    let mut rows = support::Cells::default();
    ws.layer::<Matches>().expect("matches").rows(ws.doc(), &mut rows);
    assert_eq!(
        rows.0,
        "0|person|x:1|Jane Roe|Jane Roe|exact|1|president|\n1|place|x:2|Türkiye|Turkey|exact|1||\n"
    );
}

#[test]
fn json_lines_are_read_like_csv() {
    let json = r#"{"entity_id": "x:1", "type": "weapon", "name": "Kh-101", "alias": ["Kh-101", "X-101"], "flags": ["amb"], "prior": 4, "range_km": 2800}"#;
    let dir = support::folder("json", &[("l.jsonl", json)]);
    let plan = plan_in(&dir, r#"{ "files": ["l.jsonl"] }"#).expect("a valid config");
    let mut ws = plan.workspace();
    ws.article = Article::new("a", "A Kh-101 missile.");
    plan.process(&mut ws, &mut [], &mut ());
    let mut rows = support::Cells::default();
    ws.layer::<Matches>().expect("matches").rows(ws.doc(), &mut rows);
    assert_eq!(rows.0, "0|weapon|x:1|Kh-101|Kh-101|exact|1|2800|\n");
}
