//! `newsmill schema`: the JSON Schema of configs.

use newsmill_core::Registry;

use super::FAILED;
use crate::ui;

pub(super) fn schema(registry: &Registry) -> u8 {
    match serde_json::to_string_pretty(&registry.json_schema()) {
        Ok(text) => ui::print(&(text + "\n")),
        Err(e) => {
            ui::note(&format!("error: {e}"));
            FAILED
        }
    }
}
