//! The stage's options.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Options of a `process` stage.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The program and its arguments, started in the folder of the config file. Arguments that are files there are hashed
    /// into the run's identity.
    pub command: Vec<String>,
    /// Handed to the program as they are.
    pub options: serde_json::Map<String, serde_json::Value>,
    /// The layers that it writes, if it doesn't say so itself.
    pub layers: Vec<LayerDeclaration>,
    /// Layers of earlier stages that it is sent with every article.
    pub sends: Vec<String>,
    /// More files that its answers depend on; hashed into the run's identity.
    pub files: Vec<String>,
    /// How many processes at most; 0 for one a core.
    pub processes: u32,
    /// How many articles it is sent at once, at most. Changes no result.
    pub batch: u32,
    /// How long it may say nothing while articles wait, in milliseconds.
    pub timeout_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            command: Vec::new(),
            options: serde_json::Map::new(),
            layers: Vec::new(),
            sends: Vec::new(),
            files: Vec::new(),
            processes: 0,
            batch: 32,
            timeout_ms: 60_000,
        }
    }
}

/// A layer that the program writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerDeclaration {
    /// Name of the layer and of its table.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<ColumnDeclaration>,
}

/// A column of such a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnDeclaration {
    /// Its header. Of a span it is the prefix of three columns; an empty name makes `field`, `start`, `end`, `text`.
    #[serde(default)]
    pub name: String,
    /// What its cells are.
    pub kind: CellKind,
    /// One line of documentation, with units.
    #[serde(default)]
    pub doc: String,
}

/// What cells are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    /// Text.
    Text,
    /// A whole number from 0.
    Int,
    /// A number.
    Float,
    /// True or false.
    Bool,
    /// A place in the article: `[start, end]` in code points of its text.
    Span,
}
