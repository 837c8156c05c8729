//! Quotations: who said what.
