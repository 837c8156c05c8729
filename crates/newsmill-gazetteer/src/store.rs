//! Arrays that are either built in memory or lie in a compiled list as it was read, without being copied.

use std::ops::Range;
use std::sync::Arc;

use bytemuck::Pod;

/// An immutable array.
#[derive(Clone, Debug)]
pub(crate) enum Array<T> {
    Own(Vec<T>),
    /// Bytes of a file, aligned for `T` and a whole number of them: checked by [`Array::stored`].
    Stored(Arc<Vec<u8>>, Range<usize>),
}

impl<T> Default for Array<T> {
    fn default() -> Self {
        Array::Own(Vec::new())
    }
}

impl<T: Pod> Array<T> {
    /// An array in a file's bytes; `None` if the place isn't in the file or not aligned.
    pub fn stored(file: &Arc<Vec<u8>>, place: Range<usize>) -> Option<Array<T>> {
        bytemuck::try_cast_slice::<u8, T>(file.get(place.clone())?).ok()?;
        Some(Array::Stored(file.clone(), place))
    }

    pub fn as_slice(&self) -> &[T] {
        match self {
            Array::Own(items) => items,
            Array::Stored(file, place) => {
                let bytes = file.get(place.clone()).unwrap_or_default();
                bytemuck::try_cast_slice(bytes).unwrap_or_default()
            }
        }
    }
}

/// The text of a [`Table`].
#[derive(Clone, Debug)]
pub(crate) enum Text {
    /// Known to be UTF-8.
    Own(String),
    /// Each string is checked when it is asked for.
    Stored(Array<u8>),
}

impl Text {
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Text::Own(text) => text.as_bytes(),
            Text::Stored(bytes) => bytes.as_slice(),
        }
    }
}

/// Strings laid end to end: string `i` is bytes `starts[i]..starts[i + 1]`.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub text: Text,
    pub starts: Vec<u32>,
}

impl Default for Table {
    fn default() -> Self {
        Table { text: Text::Own(String::new()), starts: Vec::new() }
    }
}

impl Table {
    pub fn new(text: String, starts: Vec<u32>) -> Table {
        Table { text: Text::Own(text), starts }
    }

    /// String `index`; empty if there is none, or if it isn't UTF-8, which a list that is read in full isn't.
    #[inline]
    pub fn get(&self, index: usize) -> &str {
        match (&self.text, self.starts.get(index..index + 2)) {
            (Text::Own(text), Some(&[start, end])) => {
                text.get(start as usize..end as usize).unwrap_or_default()
            }
            (Text::Stored(text), Some(&[start, end])) => {
                let bytes = text.as_slice().get(start as usize..end as usize).unwrap_or_default();
                std::str::from_utf8(bytes).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// The lengths of the strings.
    pub fn lengths(&self) -> impl Iterator<Item = u32> {
        self.starts.windows(2).map(|w| w[1] - w[0])
    }
}

/// Bytes of string `index` of a table; none if there is no such string.
#[inline]
pub(crate) fn bytes_of<'a>(text: &'a [u8], starts: &[u32], index: usize) -> &'a [u8] {
    match starts.get(index..index + 2) {
        Some(&[start, end]) => text.get(start as usize..end as usize).unwrap_or_default(),
        _ => &[],
    }
}
