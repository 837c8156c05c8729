//! From byte offsets to code points and UTF-16 units.
//!
//! Spans are bytes inside newsmill; tables show the unit that the user asked for. A map holds one checkpoint per 256
//! bytes, made in one pass, so that a lookup counts at most 255 bytes; ASCII text needs no checkpoints at all.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The unit of the offsets in tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OffsetUnit {
    /// Unicode code points, as Python and R count.
    #[default]
    Char,
    /// Bytes of UTF-8, as Rust and Go count.
    Byte,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
}

impl OffsetUnit {
    /// The suffix of offset columns: `start_char`, `start_byte`, `start_utf16`.
    pub fn suffix(self) -> &'static str {
        match self {
            OffsetUnit::Char => "char",
            OffsetUnit::Byte => "byte",
            OffsetUnit::Utf16 => "utf16",
        }
    }
}

const STEP: usize = 256;

/// Checkpoints of one text.
#[derive(Debug)]
pub struct OffsetMap {
    /// At byte `i * STEP`: characters begun before it, UTF-16 units of these. Empty for ASCII text.
    checkpoints: Vec<(u32, u32)>,
}

impl OffsetMap {
    /// One pass over the text.
    pub fn new(text: &str) -> Self {
        if text.is_ascii() {
            return OffsetMap { checkpoints: Vec::new() };
        }
        let mut checkpoints = Vec::with_capacity(text.len() / STEP + 1);
        let (mut chars, mut units) = (0u32, 0u32);
        for chunk in text.as_bytes().chunks(STEP) {
            checkpoints.push((chars, units));
            let (c, u) = count(chunk);
            chars += c;
            units += u;
        }
        checkpoints.push((chars, units));
        OffsetMap { checkpoints }
    }

    /// Offset in `unit`s of the byte offset `at`, counted from the start of the text.
    /// `text` must be the text that the map was made of; `at` must be a `char` boundary of it.
    pub fn convert(&self, text: &str, at: u32, unit: OffsetUnit) -> u32 {
        if self.checkpoints.is_empty() || unit == OffsetUnit::Byte {
            return at;
        }
        let at = (at as usize).min(text.len());
        let step = at / STEP;
        let (chars, units) = self.checkpoints[step];
        let (c, u) = count(&text.as_bytes()[step * STEP..at]);
        match unit {
            OffsetUnit::Utf16 => units + u,
            _ => chars + c,
        }
    }

    /// [`convert`](Self::convert), given the result for an earlier place: cheap if that is near. For rows that follow
    /// one another through the text.
    pub fn convert_from(&self, text: &str, before: (u32, u32), at: u32, unit: OffsetUnit) -> u32 {
        let (from, offset) = before;
        let near = from <= at && (at - from) as usize <= STEP / 4;
        match text.as_bytes().get(from as usize..at as usize) {
            Some(between) if near && !self.checkpoints.is_empty() && unit != OffsetUnit::Byte => {
                let (chars, units) = count(between);
                offset + if unit == OffsetUnit::Utf16 { units } else { chars }
            }
            _ => self.convert(text, at, unit),
        }
    }
}

/// Characters begun in these bytes, and UTF-16 units of them.
fn count(bytes: &[u8]) -> (u32, u32) {
    let (mut chars, mut astral) = (0, 0);
    for &b in bytes {
        chars += u32::from(b & 0xC0 != 0x80);
        astral += u32::from(b >= 0xF0);
    }
    (chars, chars + astral)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_agrees_with_counting() {
        let text = "añ😀 “x” 中文 ".repeat(60);
        let map = OffsetMap::new(&text);
        let mut last = (0, 0);
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let before = &text[..at];
            assert_eq!(map.convert(&text, at as u32, OffsetUnit::Char) as usize, before.chars().count());
            assert_eq!(
                map.convert(&text, at as u32, OffsetUnit::Utf16) as usize,
                before.encode_utf16().count()
            );
            assert_eq!(map.convert(&text, at as u32, OffsetUnit::Byte) as usize, at);
            let next = map.convert_from(&text, last, at as u32, OffsetUnit::Char);
            assert_eq!(next as usize, before.chars().count());
            if at % 5 == 0 {
                last = (at as u32, next);
            }
        }
    }

    #[test]
    fn ascii_needs_no_checkpoints() {
        assert!(OffsetMap::new("plain text").checkpoints.is_empty());
    }
}
