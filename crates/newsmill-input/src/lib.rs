//! Formats: text files and JSON lines.
