//! Config files and what `--set` makes of them.

use std::sync::LazyLock;

use newsmill_core::config::Problem;
use newsmill_core::{ConfigFile, Plan, Registry};

/// The kinds that read no files and start no programs when they are built.
static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    Registry::new()
        .with_format::<newsmill_input::JsonLines>()
        .with_format::<newsmill_input::Json>()
        .with_format::<newsmill_input::Csv>()
        .with::<newsmill_tokenize::Tokenize>()
        .with_sink::<newsmill_csv::Csv>()
        .with_sink::<newsmill_jsonl::JsonLines>()
});

/// A text up to the first byte FF is a config, what follows are arguments of `--set`. Mistakes are told with places that
/// are there, the same ones each time; what can be read is the same when it is written and read again; a plan that can
/// be built says what it is.
pub fn check(data: &[u8]) {
    let mut pieces = data.split(|&b| b == 0xFF);
    let text = String::from_utf8_lossy(pieces.next().unwrap_or_default());
    let mut config = match ConfigFile::parse("fuzz.json", ".", &text) {
        Ok(config) => config,
        Err(problem) => return told(&problem, &text),
    };
    let json = config.root.to_json().to_string();
    // Written without line breaks, it is as deep and as long as before.
    let again = ConfigFile::parse("fuzz.json", ".", &json).expect("what was read can be written and read");
    assert_eq!(without_fractions(again.root.to_json()), without_fractions(config.root.to_json()));
    for argument in pieces {
        if let Err(problem) = config.set(&String::from_utf8_lossy(argument)) {
            told(&problem, &text);
        }
    }
    match (Plan::new(&config, &REGISTRY), Plan::new(&config, &REGISTRY)) {
        (Ok(plan), Ok(same)) => {
            assert_eq!(plan.fingerprint(), same.fingerprint());
            assert!(plan.describe().is_object());
            assert!(plan.outputs().all(|output| output.is_allowed()));
            plan.warnings.iter().for_each(|warning| told(warning, &text));
        }
        (Err(problems), Err(same)) => {
            assert!(!problems.is_empty());
            assert_eq!(problems, same);
            problems.iter().for_each(|problem| told(problem, &text));
        }
        _ => panic!("a plan that can be built once can't be built again"),
    }
}

/// serde_json reads fractions to the last digit but one.
fn without_fractions(mut value: serde_json::Value) -> serde_json::Value {
    match &mut value {
        serde_json::Value::Number(n) if n.is_f64() => value = serde_json::Value::Null,
        serde_json::Value::Array(items) => items.iter_mut().for_each(|v| *v = without_fractions(v.take())),
        serde_json::Value::Object(map) => map.values_mut().for_each(|v| *v = without_fractions(v.take())),
        _ => {}
    }
    value
}

/// A problem has words, and its place, if it has one, lies in the text.
fn told(problem: &Problem, text: &str) {
    assert!(!problem.message.is_empty());
    assert!(problem.to_string().contains(&problem.message));
    let Some(at) = problem.at.as_ref().filter(|at| at.set.is_none()) else { return };
    let line = text.split('\n').nth(at.line as usize - 1);
    let line = line.unwrap_or_else(|| panic!("there is no line {} for: {problem}", at.line));
    let columns = line.chars().count() as u32 + 1;
    assert!((1..=columns).contains(&at.column), "there is no such column: {problem}");
}
