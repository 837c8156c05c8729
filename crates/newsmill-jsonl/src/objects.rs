//! Rows as JSON objects.

use newsmill_core::flat::{Cells, FlatTable};

/// A table's keys as they stand in an object: `"name":`. A column without a key is left out.
pub(crate) struct Keys(Vec<Option<Vec<u8>>>);

impl Keys {
    /// The keys of all columns but those of these names.
    pub(crate) fn of(table: &FlatTable, without: &[String]) -> Self {
        let key = |name: &str| {
            let mut key = Vec::new();
            push_text(&mut key, name);
            key.push(b':');
            key
        };
        Keys(table.columns().iter().map(|c| (!without.contains(&c.name)).then(|| key(&c.name))).collect())
    }
}

/// Appends a JSON string.
pub(crate) fn push_text(buf: &mut Vec<u8>, text: &str) {
    // Writing a string to a `Vec` can't fail.
    let _ = serde_json::to_writer(buf, text);
}

/// What stands around the objects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One a line.
    Lines,
    /// Members of a list.
    List,
    /// One, whose end is left to somebody else.
    Open,
}

/// Writes rows as objects.
pub(crate) struct Objects<'a> {
    shape: Shape,
    keys: &'a Keys,
    /// Members with their commas that stand in front of every row's own.
    lead: &'a [u8],
    buf: &'a mut Vec<u8>,
    /// Next column.
    at: usize,
    /// Whether this object has a member already.
    has_member: bool,
    /// Whether there was an object already.
    begun: bool,
}

impl<'a> Objects<'a> {
    pub(crate) fn new(shape: Shape, keys: &'a Keys, lead: &'a [u8], buf: &'a mut Vec<u8>) -> Self {
        Objects { shape, keys, lead, buf, at: 0, has_member: false, begun: false }
    }

    /// Appends the next column's member.
    fn member(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let key = self.keys.0.get(self.at).and_then(Option::as_ref);
        self.at += 1;
        let Some(key) = key else { return };
        if self.has_member {
            self.buf.push(b',');
        } else {
            if self.begun && self.shape == Shape::List {
                self.buf.push(b',');
            }
            self.begun = true;
            self.buf.push(b'{');
            self.buf.extend_from_slice(self.lead);
        }
        self.has_member = true;
        self.buf.extend_from_slice(key);
        write(self.buf);
    }
}

impl Cells for Objects<'_> {
    fn text(&mut self, value: &str) {
        if value.is_empty() {
            return self.absent();
        }
        self.member(|buf| push_text(buf, value));
    }

    fn int(&mut self, value: u64) {
        self.member(|buf| buf.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()));
    }

    fn float(&mut self, value: f32) {
        // The shortest form that reads back the same, `null` if it isn't finite; a `Vec` takes all.
        self.member(|buf| drop(serde_json::to_writer(buf, &value)));
    }

    fn bool(&mut self, value: bool) {
        self.member(|buf| buf.extend_from_slice(if value { b"true" } else { b"false" }));
    }

    fn absent(&mut self) {
        self.member(|buf| buf.extend_from_slice(b"null"));
    }

    fn end_row(&mut self) {
        match self.shape {
            Shape::Lines => self.buf.extend_from_slice(b"}\n"),
            Shape::List => self.buf.push(b'}'),
            Shape::Open => {}
        }
        (self.at, self.has_member) = (0, false);
    }
}
