//! Programs that keep the protocol and programs that don't.

use newsmill_core::layers::{ArticleRow, Rows};
use newsmill_core::prelude::*;
use newsmill_process::Process;
use newsmill_process::protocol::{Answer, Greeting};
use newsmill_testkit::{GivenTokens, Setup, contract, plan_in, rows};
use proptest::prelude::*;

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../python");
const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs");

#[test]
fn the_python_example_keeps_the_contract() {
    let setup = Setup::new()
        .base(PYTHON)
        .open_option("options")
        .refuses(r#"{ "command": [] }"#)
        .refuses(r#"{ "command": ["python3", "reading_ease.py"], "options": { "min_words": 0 } }"#)
        .refuses(r#"{ "command": ["python3", "no-such-file.py"] }"#)
        .refuses(r#"{ "command": ["no-such-program-anywhere"] }"#)
        .refuses(r#"{ "command": ["python3", "reading_ease.py"], "sends": ["tokens"] }"#)
        .refuses(r#"{ "command": ["python3", "reading_ease.py"], "timeout_ms": 0 }"#)
        .refuses(r#"{ "command": ["python3", "reading_ease.py"], "batch": 0 }"#);
    contract::<Process>(setup);
}

fn naughty(options: &str) -> Plan {
    let stages = format!(
        r#"[{{ "kind": "process", "with": {{ "command": ["python3", "naughty.py"], "timeout_ms": 3000, "processes": 1,
            "batch": 4 {options} }} }}]"#
    );
    plan_in(&Registry::new().with::<Process>(), PROGRAMS.as_ref(), &stages)
}

/// What becomes of these articles in one group.
fn together(plan: &Plan, texts: &[&str]) -> Vec<String> {
    let mut group: Vec<Workspace> = texts.iter().map(|_| plan.workspace()).collect();
    for (ws, text) in group.iter_mut().zip(texts) {
        ws.article = Article::new("a", text);
    }
    let outcomes = plan.process_group(&mut group, &mut [], &mut ());
    let of = |(ws, outcome): (&Workspace, Outcome)| match outcome {
        Outcome::Done => {
            assert_eq!(plan.check_layers(ws), Ok(()));
            let status = ws.layer::<ArticleRow>().map(|r| r.status.clone()).unwrap_or_default();
            format!("{status}: {}", ws.layer::<Rows>().map_or(0, Layer::len))
        }
        Outcome::Failed(f) => format!("{}: {}", f.code, f.message),
        other => format!("{other:?}"),
    };
    group.iter().zip(outcomes).map(of).collect()
}

#[test]
fn a_bad_answer_costs_only_its_article() {
    let plan = naughty("");
    for (text, expected) in [
        ("die", "exited: the program ended (exit status: 3) before it had answered"),
        ("hang", "timeout: the program said nothing for 3000 ms"),
        ("nonsense", "bad-answer: `this is no JSON` isn't an answer: expected ident at line 1 column 2"),
        ("unknown layer", "bad-answer: it answers with a layer `other`, which nobody declared"),
        ("short row", "bad-answer: layer `seen`, row 0: 1 cells in place of 2"),
        ("wrong kind", "bad-answer: layer `seen`, row 0, column `n`: \"one\" isn't a cell of the kind int"),
        ("wrong place", "bad-answer: layer `seen`, row 0, column ``: [0,99] isn't a cell of the kind span"),
        ("error", "program: as told"),
        ("drop", "Dropped { stage: 0, reason: \"told to\" }"),
        (
            "drop for no reason",
            "bad-answer: it drops the article for `no reason`, which isn't among the `drops` that it declared",
        ),
        ("note", "ok; process: as told: 0"),
    ] {
        let seen = together(&plan, &["żółw", text, "c", "d", "e"]);
        assert_eq!(seen, ["ok: 1", expected, "ok: 1", "ok: 1", "ok: 1"], "{text}");
    }
    assert!(together(&plan, &["other article"])[0].starts_with("bad-answer: `{\"type\": \"result\""));
}

#[test]
fn an_answer_too_many_isnt_taken_for_the_next_articles() {
    let plan = naughty("");
    assert_eq!(together(&plan, &["a", "twice", "ccc"]), ["ok: 1", "ok: 0", "ok: 1"]);
    assert_eq!(together(&plan, &["twice"]), ["ok: 0"]);
    assert_eq!(together(&plan, &["ccc"]), ["ok: 1"]);
}

#[test]
fn what_a_program_says_at_first_is_checked() {
    for (greeting, expected) in [
        ("refuse", "config:2:39: error: the program says: not these"),
        ("bad column", "`N N` in the layer `x` can't be a column's name"),
        ("exit", "the program ended (exit status: 7) before it had answered"),
    ] {
        let options = format!(r#", "options": {{ "greeting": "{greeting}" }}"#);
        let message =
            std::panic::catch_unwind(|| naughty(&options)).err().map(|e| *e.downcast::<String>().unwrap());
        assert!(message.as_ref().is_some_and(|m| m.contains(expected)), "{greeting}: {message:?}");
    }
}

#[test]
fn layers_may_be_declared_by_the_config() {
    let options = r#", "options": { "greeting": "none" },
        "layers": [{ "name": "seen", "columns": [{ "name": "n", "kind": "int" }, { "kind": "span" }] }]"#;
    assert_eq!(together(&naughty(options), &["abc"]), ["ok: 1"]);
}

#[test]
fn layers_of_earlier_stages_are_sent() {
    let stages = r#"[{ "kind": "given-tokens" }, { "kind": "process",
        "with": { "command": ["python3", "shows_layers.py"], "sends": ["sentences"] } }]"#;
    let registry = Registry::new().with::<GivenTokens>().with::<Process>();
    let plan = plan_in(&registry, PROGRAMS.as_ref(), stages);
    let ws = newsmill_testkit::run_titled(&plan, "Zoë won", "It rained. Ça va.");
    assert_eq!(rows(&plan, &ws, "shown"), [["Zoë won"], ["It rained."], ["Ça va."]]);
}

#[test]
fn a_program_says_which_layers_it_wants_to_be_sent() {
    let stages = r#"[{ "kind": "process", "with": { "command": ["python3", "shows_layers.py"] } }]"#;
    let refused =
        std::panic::catch_unwind(|| plan_in(&Registry::new().with::<Process>(), PROGRAMS.as_ref(), stages));
    let message = *refused.err().unwrap().downcast::<String>().unwrap();
    let expected =
        "the program says: it reads the layer `sentences`; put \"sends\": [\"sentences\"] beside \"command\"";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_stage_in_python_is_tested_without_newsmill() {
    let tests = std::process::Command::new("python3")
        .arg("test_shows_layers.py")
        .current_dir(PROGRAMS)
        .output()
        .unwrap();
    assert!(tests.status.success(), "{}", String::from_utf8_lossy(&tests.stderr));
}

proptest! {
    #[test]
    fn no_line_makes_reading_panic(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Answer::parse(&line, 1, 2);
        let _ = Greeting::parse(&line, "hello");
    }

    #[test]
    fn only_the_very_answer_is_taken(batch in 0u64..3, article in 0u64..3, note in ".*") {
        let line = serde_json::json!({ "type": "result", "batch": batch, "article": article, "note": note });
        let answer = Answer::parse(line.to_string().as_bytes(), 1, 2);
        prop_assert_eq!(answer.is_ok(), (batch, article) == (1, 2));
        prop_assert_eq!(answer.ok().and_then(|a| a.note).unwrap_or(note.clone()), note);
    }

    /// Any JSON in place of rows is either cells as declared or told.
    #[test]
    fn damaged_answers_are_told(cut in 0usize..90, other in any::<u8>()) {
        let mut line = br#"{"type":"result","batch":1,"article":2,"layers":{"x":[[1,[0,1],null,"a"]]},"note":"n"}"#.to_vec();
        let at = cut.min(line.len() - 1);
        line[at] = other;
        let _ = Answer::parse(&line, 1, 2);
        line.truncate(at);
        prop_assert!(Answer::parse(&line, 1, 2).is_err());
    }
}
