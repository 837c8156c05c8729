//! The stage's options, and what can be wrong with them.

use newsmill_core::prelude::*;
use regex::{Regex, RegexBuilder};

/// Options of a `regex` stage.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// What to look for.
    pub patterns: Vec<Pattern>,
    /// Name of the layer, and so of its table.
    pub layer: String,
    /// Where to look.
    pub fields: Fields,
}

impl Default for Options {
    fn default() -> Self {
        Options { patterns: Vec::new(), layer: "regex_matches".to_owned(), fields: Fields::Both }
    }
}

/// A pattern.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Shown in the column `pattern`.
    pub name: String,
    /// The regular expression, in the syntax of Rust's `regex` crate; `(?<NAME>…)` becomes the column NAME.
    pub regex: String,
    /// Whether upper and lower case are the same.
    #[serde(default)]
    pub ignore_case: bool,
}

/// Which parts of an article are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fields {
    /// Title and body, each for itself.
    #[default]
    Both,
    /// The title alone.
    Title,
    /// The body alone.
    Body,
}

/// What the options come to.
pub(crate) struct Compiled {
    /// The patterns with their names.
    pub patterns: Vec<(String, Regex)>,
    /// Names of all their groups, in the order in which they come up.
    pub groups: Vec<String>,
}

/// Columns that every table of matches has.
const OWN_COLUMNS: [&str; 5] = ["article_id", "pattern", "field", "text", "start"];

impl Options {
    pub(crate) fn compile(&self) -> Result<Compiled, BuildError> {
        if self.patterns.is_empty() {
            return Err(
                BuildError::new("`patterns` is empty; add { \"name\": …, \"regex\": … }").at("/patterns")
            );
        }
        if self.layer.is_empty() {
            return Err(BuildError::new("`layer` is empty; name the layer").at("/layer"));
        }
        let mut compiled: Vec<(String, Regex)> = Vec::new();
        let mut groups: Vec<String> = Vec::new();
        for (i, Pattern { name, regex, ignore_case }) in self.patterns.iter().enumerate() {
            if name.is_empty() || compiled.iter().any(|(n, _)| n == name) {
                let what = if name.is_empty() { "has no name" } else { "has the name of an earlier one" };
                let message = format!("pattern {i} ({name:?}) {what}; give it one of its own");
                return Err(BuildError::new(message).at(format!("/patterns/{i}/name")));
            }
            let at = format!("/patterns/{i}/regex");
            let built = RegexBuilder::new(regex).case_insensitive(*ignore_case).build();
            // Only the last line of the regex crate's message says what is wrong; the others point at it.
            let built = built.map_err(|e| BuildError::new(last_line(&e.to_string())).at(&*at))?;
            for group in built.capture_names().flatten() {
                if OWN_COLUMNS.contains(&group) || group.contains("_start_") || group.contains("_end_") {
                    let message =
                        format!("the group `{group}` would clash with a column of the table; rename it");
                    return Err(BuildError::new(message).at(at));
                }
                if !groups.iter().any(|g| g == group) {
                    groups.push(group.to_owned());
                }
            }
            compiled.push((name.clone(), built));
        }
        Ok(Compiled { patterns: compiled, groups })
    }
}

fn last_line(message: &str) -> String {
    message.lines().last().unwrap_or(message).trim_start_matches("error: ").to_owned()
}
