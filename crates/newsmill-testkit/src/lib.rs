//! Data tests for stages: render layers as readable text and compare.
