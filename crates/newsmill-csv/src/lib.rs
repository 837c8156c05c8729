//! The CSV and TSV sink.
