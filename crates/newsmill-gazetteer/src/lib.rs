//! Whole-word dictionary matching of name lists.
