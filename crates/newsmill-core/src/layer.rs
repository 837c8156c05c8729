//! Layers: the typed results that stages leave on an article.

use std::any::Any;

use crate::document::Doc;
use crate::table::{RowWriter, Schema};

/// A result of one stage for one article, stored as structure of arrays and reused from article to article.
pub trait Layer: Default + Send + 'static {
    /// Empties the layer and keeps its allocations.
    fn clear(&mut self);

    /// Number of items.
    fn len(&self) -> usize;

    /// Whether the layer has no item.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Checks the layer's own invariants. Run by tests and by `--check-layers`, never in normal runs.
    ///
    /// # Errors
    /// What is wrong, and at which item.
    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        let _ = doc;
        Ok(())
    }
}

/// A layer that sinks can export by name.
pub trait Table: Layer {
    /// Columns that every instance has. A stage whose columns are known only when it is built passes its own schema
    /// to [`BuildContext::write_with_schema`](crate::build::BuildContext::write_with_schema).
    fn schema() -> Schema;

    /// Writes all rows, each with exactly the cells that the schema names.
    fn rows(&self, doc: Doc<'_>, out: &mut dyn RowWriter);

    /// Number of rows that [`rows`](Table::rows) writes.
    fn row_count(&self) -> usize {
        self.len()
    }
}

/// Object-safe face of a [`Table`]; sealed, made by the blanket implementation below.
pub trait AnyTable: Any + Send {
    #[doc(hidden)]
    fn as_any(&self) -> &dyn Any;
    #[doc(hidden)]
    fn as_any_mut(&mut self) -> &mut dyn Any;
    /// See [`Layer::clear`].
    fn clear(&mut self);
    /// See [`Layer::check`].
    ///
    /// # Errors
    /// What is wrong.
    fn check(&self, doc: Doc<'_>) -> Result<(), String>;
    /// See [`Table::rows`].
    fn rows(&self, doc: Doc<'_>, out: &mut dyn RowWriter);
    /// See [`Table::row_count`].
    fn row_count(&self) -> usize;
}

impl<T: Table> AnyTable for T {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn clear(&mut self) {
        Layer::clear(self);
    }
    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        Layer::check(self, doc)
    }
    fn rows(&self, doc: Doc<'_>, out: &mut dyn RowWriter) {
        Table::rows(self, doc, out);
    }
    fn row_count(&self) -> usize {
        Table::row_count(self)
    }
}
