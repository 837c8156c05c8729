//! An arena of short strings, so that a layer owns its strings without one allocation for each.

/// A string in a [`Strings`] arena. The default is the empty string, valid in every arena.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct StrRef {
    start: u32,
    len: u32,
}

impl StrRef {
    /// Whether the string is empty (tables write an empty cell for it).
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// Strings laid end to end in one buffer; cleared without giving memory back.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    buf: String,
}

impl Strings {
    /// Copies `text` in. Total size of an arena is limited to 4 GiB, far above `limits.max_body_bytes`.
    pub fn push(&mut self, text: &str) -> StrRef {
        if text.is_empty() {
            return StrRef::default();
        }
        let start = self.buf.len() as u32;
        self.buf.push_str(text);
        StrRef { start, len: text.len() as u32 }
    }

    /// Formats straight into the arena.
    pub fn push_fmt(&mut self, args: std::fmt::Arguments<'_>) -> StrRef {
        let start = self.buf.len();
        // Writing to a `String` can't fail; a `Display` that reports an error yields what it wrote so far.
        let _ = std::fmt::Write::write_fmt(&mut self.buf, args);
        StrRef { start: start as u32, len: (self.buf.len() - start) as u32 }
    }

    /// The string behind a reference that this arena gave out since it was last cleared.
    pub fn get(&self, r: StrRef) -> &str {
        self.buf.get(r.start as usize..(r.start + r.len) as usize).unwrap_or("")
    }

    /// Forgets every string, keeps the memory.
    pub fn clear(&mut self) {
        self.buf.clear();
    }
}
