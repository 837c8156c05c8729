//! What a program declared, and its answers as rows of that.

use newsmill_core::layers::Rows;
use newsmill_core::prelude::*;

use crate::columns::{Places, fill, schema};
use crate::options::LayerDeclaration;
use crate::protocol::Answer;

/// The layers that a program writes, claimed, and the reasons for which it may drop an article.
pub struct Declared {
    layers: Vec<(LayerDeclaration, Write<Rows>)>,
    drops: Vec<&'static str>,
}

impl Declared {
    /// Claims the layers; `at` is the option that a fault is told of.
    ///
    /// # Errors
    /// A name or column that can't be in a table, or a layer that another stage writes.
    pub fn claim(
        layers: &[LayerDeclaration],
        drops: &[String],
        at: &str,
        cx: &mut BuildContext<'_>,
    ) -> Result<Declared, BuildError> {
        let mut claimed = Vec::new();
        for layer in layers {
            let schema = schema(layer).map_err(|e| BuildError::new(e).at(at))?;
            claimed.push((layer.clone(), cx.write_with_schema(&layer.name, schema)?));
        }
        // A verdict's reason lives as long as the program; those of a stage are few and known when it is built.
        let drops = drops.iter().map(|d| &*d.clone().leak()).collect();
        Ok(Declared { layers: claimed, drops })
    }

    /// Writes an answer into the article's layers.
    ///
    /// # Errors
    /// The program can't process the article, or the answer isn't what was declared.
    pub fn apply(&self, answer: Answer, doc: Doc<'_>, out: &mut Output<'_>) -> Result<Verdict, DocError> {
        if let Some(message) = answer.error {
            return Err(DocError::new("program", message));
        }
        let bad = |message: String| DocError::new("bad-answer", message);
        if let Some(reason) = answer.drop {
            let known = self.drops.iter().find(|d| **d == reason);
            return known.map(|d| Verdict::Drop(d)).ok_or_else(|| {
                bad(format!(
                    "it drops the article for `{reason}`, which isn't among the `drops` that it declared"
                ))
            });
        }
        if let Some(unknown) = answer.layers.keys().find(|n| self.layers.iter().all(|(l, _)| l.name != **n)) {
            return Err(bad(format!("it answers with a layer `{unknown}`, which nobody declared")));
        }
        let mut places = Places::default();
        for (layer, handle) in &self.layers {
            if let Some(rows) = answer.layers.get(&layer.name) {
                fill(out.get(handle), layer, rows, doc.text(), &mut places).map_err(bad)?;
            }
        }
        if let Some(note) = answer.note.filter(|n| !n.is_empty()) {
            out.note(&note);
        }
        Ok(Verdict::Keep)
    }
}
