//! `newsmill stages`: the kinds that this binary knows, and the options of each.

use newsmill_core::Registry;
use newsmill_core::registry::Kind;
use newsmill_core::suggest;
use serde_json::Value;

use super::USAGE;
use crate::ui;

pub(super) fn stages(kind: Option<&str>, registry: &Registry) -> u8 {
    match kind {
        None => ui::print(&overview(registry)),
        Some(kind) => one(kind, registry),
    }
}

fn overview(registry: &Registry) -> String {
    let mut text = String::from("stages\n");
    for kind in registry.stages() {
        text += &format!("  {:<12} {}\n", kind.kind, kind.about);
    }
    text += "formats (input)\n";
    for (kind, extensions) in registry.formats() {
        let endings: Vec<String> = extensions.iter().map(|e| format!(".{e}")).collect();
        text += &format!("  {:<12} {} ({})\n", kind.kind, kind.about, endings.join(", "));
    }
    text += "sinks (output.sinks)\n";
    for kind in registry.sinks() {
        text += &format!("  {:<12} {}\n", kind.kind, kind.about);
    }
    text + "`newsmill stages KIND` shows the options of one.\n"
}

fn one(name: &str, registry: &Registry) -> u8 {
    let all: Vec<(&Kind, &str)> = registry
        .stages()
        .map(|k| (k, "stage; its options stand in \"with\""))
        .chain(registry.formats().map(|(k, _)| (k, "format; its options stand in the entry of \"input\"")))
        .chain(registry.sinks().map(|k| (k, "sink; its options stand in the entry of \"output.sinks\"")))
        .collect();
    let found: Vec<_> = all.iter().filter(|(k, _)| k.kind == name).collect();
    if found.is_empty() {
        let names: Vec<&str> = all.iter().map(|(k, _)| k.kind).collect();
        let hint = match suggest::nearest(name, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known: {}", names.join(", ")),
        };
        ui::note(&format!("error: no kind `{name}`; {hint}"));
        return USAGE;
    }
    // A format and a sink may have the same name.
    let texts: Vec<String> = found.into_iter().map(|(kind, role)| described(kind, role)).collect();
    ui::print(&texts.join("\n"))
}

fn described(kind: &Kind, role: &str) -> String {
    let mut text = format!("{}: {} (version {})\n{role}\n", kind.kind, kind.about, kind.version);
    let options = options_of(kind);
    text += if options.is_empty() { "no options\n" } else { "options\n" };
    text += &options;
    text + &format!("example\n  {}\n", kind.example.trim())
}

/// A line an option: name, type, default, documentation.
fn options_of(kind: &Kind) -> String {
    let mut generator = newsmill_core::config::schema::generator();
    let mut schema = kind.schema(&mut generator).to_value();
    // Of this kind alone: types of several kinds may have the same name.
    let mut definitions = Value::Object(generator.take_definitions(true));
    for described in [&mut schema, &mut definitions] {
        newsmill_core::config::schema::without_links(described);
    }
    let schema = resolve(&schema, &definitions);
    let mut text = String::new();
    for (name, option) in schema["properties"].as_object().into_iter().flatten() {
        let type_text = type_of(option, &definitions);
        let default = match &option["default"] {
            Value::Null => String::new(),
            value => format!(", default {value}"),
        };
        let doc = option["description"].as_str().unwrap_or_default().replace('\n', " ");
        text += &format!("  {name}: {type_text}{default}\n      {doc}\n");
    }
    text
}

fn resolve<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        Some(name) => &definitions[name],
        None => schema,
    }
}

fn type_of(option: &Value, definitions: &Value) -> String {
    let option = resolve(option, definitions);
    if let Some(values) = option["enum"].as_array() {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(options) = option[key].as_array() {
            let types: Vec<String> = options
                .iter()
                .map(|o| if o["const"].is_null() { type_of(o, definitions) } else { o["const"].to_string() })
                .filter(|t| t != "null")
                .collect();
            return types.join(" | ");
        }
    }
    match &option["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str).filter(|n| *n != "null");
            names.collect::<Vec<_>>().join(" | ")
        }
        _ => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::options_of;

    #[test]
    fn options_are_those_of_the_kind() {
        let registry = crate::builtin();
        let of = |kind: &str| registry.stages().find(|k| k.kind == kind).map(options_of).unwrap();
        assert!(of("gazetteer").contains("overlap: "));
        assert!(of("quotes").contains("scope: ") && !of("quotes").contains("overlap: "));
    }
}
