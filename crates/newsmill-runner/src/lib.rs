//! Runs a plan over many files in parallel, in order, with nothing lost.
