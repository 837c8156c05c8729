//! The config file: what it may say, overrides, and problems with their places.
//!
//! The typed part here is what newsmill itself reads; `with` of a stage, and the options of sinks and formats, stay
//! [`json::Node`]s until the registered kind reads them.

pub mod de;
pub mod json;
pub mod schema;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::offsets::OffsetUnit;
use crate::privacy::PrivacyOptions;
use crate::sink::Compression;
use json::{Node, Place, Value};

/// A config file as read, with the overrides of the command line applied.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// As messages name it.
    pub name: String,
    /// The folder that input and resource paths are relative to.
    pub base: PathBuf,
    /// The content.
    pub root: Node,
}

/// Something wrong with a config, or questionable about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Name of the file.
    pub file: String,
    /// Where in it.
    pub at: Option<Place>,
    /// Whether the run can go on.
    pub severity: Severity,
    /// What is wrong, and the fix after a semicolon.
    pub message: String,
}

/// Whether a run can go on in spite of a [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It can't.
    Error,
    /// It can.
    Warning,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.at {
            Some(Place { set: Some(set), .. }) if set.starts_with("--") => write!(f, "{set}: ")?,
            Some(Place { set: Some(set), .. }) => write!(f, "--set {set}: ")?,
            Some(at) => write!(f, "{}:{}:{}: ", self.file, at.line, at.column)?,
            None => write!(f, "{}: ", self.file)?,
        }
        match self.severity {
            Severity::Error => f.write_str("error: ")?,
            Severity::Warning => f.write_str("warning: ")?,
        }
        f.write_str(&self.message)
    }
}

impl ConfigFile {
    /// Parses the text of a config file.
    ///
    /// # Errors
    /// The syntax error, with its place.
    pub fn parse(name: impl Into<String>, base: impl Into<PathBuf>, text: &str) -> Result<Self, Problem> {
        let name = name.into();
        match json::parse(text) {
            Ok(root) => Ok(ConfigFile { name, base: base.into(), root }),
            Err(e) => {
                Err(Problem { file: name, at: Some(e.at), severity: Severity::Error, message: e.message })
            }
        }
    }

    /// Reads a config file; its folder becomes the base of relative paths.
    ///
    /// # Errors
    /// It can't be read or parsed.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let name = path.display().to_string();
        let fail = |message| Problem { file: name.clone(), at: None, severity: Severity::Error, message };
        let bytes = std::fs::read(path).map_err(|e| fail(format!("can't read the config: {e}")))?;
        let text = std::str::from_utf8(&bytes).map_err(|e| {
            fail(format!("the config isn't UTF-8 (byte {}); save it as UTF-8", e.valid_up_to()))
        })?;
        let base = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self::parse(name.clone(), base, text)
    }

    /// Applies `--set ID.OPTION=VALUE`; `ID` is a stage's id, or `input`, `output` or `limits`. `VALUE` is JSON, else
    /// a string. Options may be nested (`quotes.model.beam=4`).
    ///
    /// # Errors
    /// There is no `=`, no option, or no such stage.
    pub fn set(&mut self, argument: &str) -> Result<(), Problem> {
        let at = Place { set: Some(argument.to_owned()), ..Place::default() };
        let name = self.name.clone();
        let fail = |message: String| Problem {
            file: name.clone(),
            at: Some(at.clone()),
            severity: Severity::Error,
            message,
        };
        let Some((path, value)) = argument.split_once('=') else {
            return Err(fail("expected ID.OPTION=VALUE, for example quotes.scope=all".to_owned()));
        };
        let mut steps = path.split('.');
        let id = steps.next().unwrap_or_default();
        let options: Vec<&str> = steps.collect();
        if options.is_empty() || options.iter().any(|o| o.is_empty()) {
            return Err(fail("expected ID.OPTION=VALUE, for example quotes.scope=all".to_owned()));
        }
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        let value = Node::from_json(&value, &at);
        let mut targets = self.set_targets(id, &at).map_err(fail)?;
        for target in &mut targets {
            assign(target, &options, value.clone(), &at).map_err(|m| fail(m.to_owned()))?;
        }
        Ok(())
    }

    fn set_targets(&mut self, id: &str, at: &Place) -> Result<Vec<&mut Node>, String> {
        match id {
            "output" | "limits" => Ok(self.root.get_or_insert(id, at).into_iter().collect()),
            "input" => match self.root.get_or_insert(id, at).map(|n| &mut n.value) {
                Some(Value::Array(entries)) => Ok(entries.iter_mut().collect()),
                _ => Err("the config has no `input` array".to_owned()),
            },
            _ => {
                let stages = match self.root.get_or_insert("stages", at).map(|n| &mut n.value) {
                    Some(Value::Array(entries)) => entries,
                    _ => return Err("the config has no `stages` array".to_owned()),
                };
                let ids: Vec<String> = stages.iter().map(|s| entry_id(s).to_owned()).collect();
                match ids.iter().position(|i| i == id) {
                    Some(i) => Ok(stages[i].get_or_insert("with", at).into_iter().collect()),
                    None => {
                        let mut known: Vec<&str> = ids.iter().map(String::as_str).collect();
                        known.extend(["input", "output", "limits"]);
                        let hint = match crate::suggest::nearest(id, &known) {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => format!("known: {}", known.join(", ")),
                        };
                        Err(format!("no stage has the id `{id}`; {hint}"))
                    }
                }
            }
        }
    }

    /// Replaces the output directory (relative to the working directory).
    ///
    /// # Errors
    /// The config's `output` isn't an object.
    pub fn set_output(&mut self, dir: &str) -> Result<(), Problem> {
        let at = Place { set: Some("--output".to_owned()), ..Place::default() };
        let value = Node::from_json(&dir.into(), &at);
        let assigned = match self.root.get_or_insert("output", &at) {
            Some(output) => assign(output, &["dir"], value, &at),
            None => Err("the config isn't an object"),
        };
        assigned.map_err(|message| Problem {
            file: self.name.clone(),
            at: Some(at),
            severity: Severity::Error,
            message: message.to_owned(),
        })
    }

    /// Replaces the inputs by these paths, folders or globs (relative to the working directory; `-` is standard input).
    /// Field maps and other options are kept if the config has exactly one input entry.
    pub fn set_input(&mut self, files: &[String]) {
        let at = Place { set: Some("--input".to_owned()), ..Place::default() };
        let base = std::env::current_dir().unwrap_or_default();
        let path = |file: &String| match file.as_str() {
            // An empty path is told as a mistake when the files are listed.
            "" | "-" => file.clone(),
            file => base.join(file).to_string_lossy().into_owned(),
        };
        let files: Vec<serde_json::Value> = files.iter().map(|f| path(f).into()).collect();
        let files = Node::from_json(&serde_json::Value::Array(files), &at);
        let Some(input) = self.root.get_or_insert("input", &at) else { return };
        match &mut input.value {
            Value::Array(entries) if entries.len() == 1 && matches!(entries[0].value, Value::Object(_)) => {
                if let Value::Object(members) = &mut entries[0].value {
                    members.retain(|m| m.key != "kind");
                }
                let _ = assign(&mut entries[0], &["files"], files, &at);
            }
            value => {
                let member = json::Member { key: "files".to_owned(), key_at: at.clone(), value: files };
                let entry = Node { value: Value::Object(vec![member]), at: at.clone() };
                *value = Value::Array(vec![entry]);
            }
        }
    }
}

/// The `id` of a stage entry, by default its kind.
fn entry_id(entry: &Node) -> &str {
    let text = |key| match entry.get(key).map(|n| &n.value) {
        Some(Value::String(s)) => Some(s.as_str()),
        _ => None,
    };
    text("id").or_else(|| text("kind")).unwrap_or("")
}

fn assign(node: &mut Node, path: &[&str], value: Node, at: &Place) -> Result<(), &'static str> {
    let mut node = node;
    for step in path {
        node = node.get_or_insert(step, at).ok_or("the path goes through a value that isn't an object")?;
    }
    *node = value;
    Ok(())
}

/// A stage's entry in `stages`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageEntry {
    /// The registered kind.
    pub kind: String,
    /// Name of this entry in messages, `--set` and metrics. Default: the kind.
    #[serde(default)]
    pub id: Option<String>,
    /// Layers to read in place of the stage's own names: `{ "mentions": "people" }`.
    #[serde(default)]
    pub reads: BTreeMap<String, String>,
    /// Names for the layers that the stage writes: `{ "matches": "people_matches" }`.
    #[serde(default)]
    pub writes: BTreeMap<String, String>,
    /// What happens to an article that the stage can't process.
    #[serde(default)]
    pub on_error: OnError,
    /// The stage's own options, which it reads itself.
    #[serde(default)]
    #[schemars(skip)]
    pub with: serde::de::IgnoredAny,
}

/// What happens to an article that a stage can't process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It goes to `quarantine.jsonl`.
    #[default]
    Quarantine,
    /// It goes on with that stage's layers empty, and its status says so.
    Keep,
    /// The run stops.
    Fail,
}

/// `output` without its sinks.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputOptions {
    /// Directory of the run, relative to the working directory.
    pub dir: String,
    /// Unit of the offsets in tables.
    pub offsets: OffsetUnit,
    /// Compression of all tables whose file names don't say it themselves.
    pub compression: Compression,
    /// Articles after which tables begin a new file: `mentions/part-00000.csv` and so on. Default: one file a table.
    pub parts: Option<std::num::NonZeroU64>,
    /// Hide the names of people who are in no list, in everything that is written. Default: nothing is hidden.
    pub privacy: Option<PrivacyOptions>,
    /// Whether `quarantine.jsonl` repeats the records that failed. Without them it tells where they are. With `privacy` it
    /// never repeats them.
    pub raw_in_quarantine: bool,
}

impl OutputOptions {
    /// Whether the quarantine repeats records.
    pub fn repeats_records(&self) -> bool {
        self.raw_in_quarantine && self.privacy.is_none()
    }
}

impl Default for OutputOptions {
    fn default() -> Self {
        OutputOptions {
            dir: "out".to_owned(),
            offsets: OffsetUnit::Char,
            compression: Compression::None,
            parts: None,
            privacy: None,
            raw_in_quarantine: true,
        }
    }
}

/// `limits`: what protects a run from single records.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Articles with a longer body (bytes of UTF-8) go to the quarantine.
    pub max_body_bytes: u32,
    /// When a run with many failures stops.
    pub max_failures: FailureBudget,
    /// Articles that take longer (milliseconds) are named in the log, the summary and `run.json`; 0 for none. Changes no
    /// table.
    pub slow_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_body_bytes: 4 << 20, max_failures: FailureBudget::default(), slow_ms: 2000 }
    }
}

/// A run stops when more than `ratio` of the articles have failed, looked at once `after` articles are done.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FailureBudget {
    /// Share of failed articles, 0 to 1; 1 never stops.
    pub ratio: f64,
    /// Articles before the share is looked at.
    pub after: u64,
}

impl Default for FailureBudget {
    fn default() -> Self {
        FailureBudget { ratio: 1.0, after: 1000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> ConfigFile {
        ConfigFile::parse("news.json", ".", text).unwrap()
    }

    #[test]
    fn set_reaches_stage_options_and_sections() {
        let mut c =
            config(r#"{ "stages": [ { "kind": "quotes" }, { "kind": "gazetteer", "id": "ships" } ] }"#);
        c.set("quotes.scope=all").unwrap();
        c.set("ships.fuzzy=false").unwrap();
        c.set("limits.max_body_bytes=10").unwrap();
        assert_eq!(
            c.root.to_json(),
            serde_json::json!({
                "stages": [
                    { "kind": "quotes", "with": { "scope": "all" } },
                    { "kind": "gazetteer", "id": "ships", "with": { "fuzzy": false } },
                ],
                "limits": { "max_body_bytes": 10 },
            })
        );
    }

    #[test]
    fn mistakes_in_a_value_that_was_set_are_told_as_such() {
        let mut c =
            config(r#"{ "stages": [ { "kind": "quotes", "with": { "limit": 3, "scope": "all" } } ] }"#);
        c.set("quotes.limit=0").unwrap();
        assert_eq!(c.root.place("/stages/0/with/limit").set.as_deref(), Some("quotes.limit=0"));
        assert_eq!(c.root.place("/stages/0/with/scope").line, 1);
    }

    #[test]
    fn set_names_the_nearest_stage() {
        let error = config(r#"{ "stages": [ { "kind": "quotes" } ] }"#).set("qoutes.scope=all").unwrap_err();
        let message = "--set qoutes.scope=all: error: no stage has the id `qoutes`; did you mean `quotes`?";
        assert_eq!(error.to_string(), message);
    }
}
