//! The rule `config`: what is wrong with options is told, with its place.

use std::panic::{AssertUnwindSafe, catch_unwind};

use newsmill_core::config::json::parse;
use newsmill_core::prelude::*;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{Report, Setup};

/// No option has this name, no option takes this value.
const NONSENSE: &str = "no-such-option-of-any-stage";

pub(super) fn check<S: Stage>(setup: &Setup, report: &mut Report) {
    let Ok(example) = parse(S::EXAMPLE) else {
        report.add("example", "EXAMPLE isn't JSON".to_owned());
        return;
    };
    let Value::Object(example) = example.to_json() else {
        report.add("example", "EXAMPLE isn't a JSON object".to_owned());
        return;
    };
    let mut refuse = |what: String, options: &Value| {
        if let Err(fault) = refused::<S>(setup, &options.to_string()) {
            report.add("config", format!("{what}: {fault}"));
        }
    };
    let changed = |name: &str, value: Value| {
        let mut options: Map<String, Value> = example.clone();
        options.insert(name.to_owned(), value);
        Value::Object(options)
    };
    refuse("an unknown option".to_owned(), &changed(NONSENSE, json!(1)));
    refuse("an array in place of the options".to_owned(), &json!([[]]));
    for name in option_names::<S>().iter().filter(|n| !setup.open.contains(&n.as_str())) {
        refuse(format!("nonsense for the option `{name}`"), &changed(name, json!([{ NONSENSE: [null] }])));
    }
    for bad in &setup.bad {
        if let Err(fault) = refused::<S>(setup, bad) {
            report.add("config", format!("{bad}: {fault}"));
        }
    }
}

/// Checks that these options are refused with a place in the config; else says what happened.
fn refused<S: Stage>(setup: &Setup, options: &str) -> Result<(), String> {
    let build = || setup.plan::<S>(options);
    let message = match catch_unwind(AssertUnwindSafe(build)) {
        Err(_) => return Err("building panicked; return a BuildError".to_owned()),
        Ok(Ok(_)) => {
            return Err(
                "was accepted; is `#[serde(deny_unknown_fields)]` missing, or a check in `build`?".into()
            );
        }
        Ok(Err(message)) => message,
    };
    // `config:LINE:COLUMN: error: …`
    let mut parts = message.splitn(4, ':');
    let name = parts.next();
    let numbers = [parts.next(), parts.next()].map(|p| p.and_then(|p| p.trim().parse::<u32>().ok()));
    match (name, numbers) {
        (Some("config"), [Some(_), Some(_)]) => Ok(()),
        _ => Err(format!("the message names no place: {message}")),
    }
}

fn option_names<S: Stage>() -> Vec<String> {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<S::Config>();
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.map(|p| p.keys().cloned().collect()).unwrap_or_default()
}
