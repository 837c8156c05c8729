//! JSON Schema of the config, generated from the types of everything registered, for editors.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::{Limits, OutputOptions, StageEntry};
use crate::registry::{Kind, Registry};

/// A generator as [`Registry::json_schema`] uses it, for the schema of one kind.
pub fn generator() -> SchemaGenerator {
    schemars::generate::SchemaSettings::draft2020_12().into_generator()
}

/// The schema of a whole config file.
pub(crate) fn generate(registry: &Registry, mut generator: SchemaGenerator) -> Value {
    let stages: Vec<Value> = registry.stages().map(|k| stage(k, &mut generator)).collect();
    let sinks: Vec<Value> = registry.sinks().map(|k| flat(k, &mut generator, &["kind"])).collect();
    let inputs: Vec<Value> = registry.formats().map(|(k, _)| flat(k, &mut generator, &["files"])).collect();
    let output = properties::<OutputOptions>(&mut generator);
    let mut output_properties = output["properties"].clone();
    output_properties["sinks"] = json!({ "type": "array", "items": { "anyOf": sinks } });
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "newsmill config",
        "type": "object",
        "required": ["input", "stages", "output"],
        "additionalProperties": false,
        "properties": {
            "$schema": { "type": "string" },
            "input": { "type": "array", "items": { "anyOf": inputs } },
            "stages": { "type": "array", "items": { "anyOf": stages } },
            "output": { "type": "object", "additionalProperties": false, "properties": output_properties },
            "limits": properties::<Limits>(&mut generator),
        },
        "$defs": Value::Object(generator.take_definitions(true)),
    });
    without_links(&mut schema);
    schema
}

/// Turns rustdoc's links in descriptions (``[`Name`](path)``) into plain text: no editor can follow them.
pub fn without_links(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(without_links),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text) if key == "description" => *text = unlinked(text),
                    _ => without_links(value),
                }
            }
        }
        _ => {}
    }
}

fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        out.push_str(before);
        let Some((name, after)) = link.split_once(']').filter(|(name, _)| name.starts_with('`')) else {
            out.push('[');
            rest = link;
            continue;
        };
        out.push_str(name);
        let target = after.strip_prefix('(').and_then(|t| t.split_once(')'));
        rest = target.map_or(after, |(_, rest)| rest);
    }
    out + rest
}

fn properties<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    T::json_schema(generator).to_value()
}

fn stage(kind: &Kind, generator: &mut SchemaGenerator) -> Value {
    let mut entry = properties::<StageEntry>(generator);
    entry["description"] = kind.about.into();
    entry["properties"]["kind"] = json!({ "const": kind.kind });
    entry["properties"]["with"] = kind.schema(generator).to_value();
    entry
}

/// An entry whose options stand beside its `kind`.
fn flat(kind: &Kind, generator: &mut SchemaGenerator, required: &[&str]) -> Value {
    let mut options = resolve(kind.schema(generator).to_value(), generator);
    if !options.is_object() {
        options = json!({});
    }
    options["type"] = "object".into();
    options["description"] = kind.about.into();
    if !options["properties"].is_object() {
        options["properties"] = json!({});
    }
    options["properties"]["kind"] = json!({ "const": kind.kind });
    if required.contains(&"files") {
        options["properties"]["files"] = json!({ "type": "array", "items": { "type": "string" },
            "description": "files, folders (read recursively) or globs, relative to the config file; - is standard input" });
    }
    let mut all: Vec<Value> = options["required"].as_array().cloned().unwrap_or_default();
    all.extend(required.iter().map(|&r| Value::from(r)));
    options["required"] = all.into();
    options
}

/// Follows a reference into the generator's definitions.
fn resolve(schema: Value, generator: &SchemaGenerator) -> Value {
    let name = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()).map(str::to_owned);
    match name.and_then(|n| generator.definitions().get(&n).cloned()) {
        Some(definition) => definition,
        None => schema,
    }
}

/// The names of a kind's options.
pub(crate) fn option_names(kind: &Kind) -> Vec<String> {
    let mut generator = SchemaGenerator::default();
    let schema = kind.schema(&mut generator).to_value();
    let schema = resolve(schema, &generator);
    schema["properties"].as_object().map(|p| p.keys().cloned().collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn links_become_plain_text() {
        let linked = "Options of [`A`] and [`b()`](crate::b), [0, 1] or a[5].";
        assert_eq!(super::unlinked(linked), "Options of `A` and `b()`, [0, 1] or a[5].");
        assert_eq!(super::unlinked("[`open"), "[`open");
    }
}
