//! What the `newsmill` binary knows without any crate of the user's.

use newsmill_core::Registry;

/// The stages, sinks and formats that ship with newsmill.
pub fn builtin() -> Registry {
    Registry::new().with::<newsmill_tokenize::Tokenize>()
}
