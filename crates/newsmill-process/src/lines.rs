//! Lines out of the pieces that a pipe gives.

use std::ops::Range;

/// What was read and not yet used.
#[derive(Debug, Default)]
pub struct Lines {
    buffer: Vec<u8>,
    /// Where the next line begins.
    at: usize,
    /// Up to here there is no end of it.
    searched: usize,
}

impl Lines {
    /// Appends a piece; lines that were found before it are forgotten.
    pub fn push(&mut self, piece: &[u8]) {
        self.buffer.drain(..self.at);
        self.searched -= self.at;
        self.at = 0;
        self.buffer.extend_from_slice(piece);
    }

    /// The next line that is complete: where it lies, without its end.
    pub fn find(&mut self) -> Option<Range<usize>> {
        let Some(end) = self.buffer[self.searched..].iter().position(|&b| b == b'\n') else {
            self.searched = self.buffer.len();
            return None;
        };
        let line = self.at..self.searched + end;
        self.at = line.end + 1;
        self.searched = self.at;
        Some(line)
    }

    /// A line that was found, until the next piece comes.
    pub fn line(&self, found: Range<usize>) -> &[u8] {
        self.buffer.get(found).unwrap_or_default()
    }

    /// Bytes that wait for their line's end.
    pub fn waiting(&self) -> usize {
        self.buffer.len() - self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&str]) -> (Vec<String>, usize) {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines.push(piece.as_bytes());
            while let Some(line) = lines.find() {
                found.push(String::from_utf8_lossy(lines.line(line)).into_owned());
            }
        }
        (found, lines.waiting())
    }

    #[test]
    fn lines_do_not_depend_on_the_pieces() {
        let expected = (["a", "", "bc"].map(str::to_owned).to_vec(), 2);
        assert_eq!(lines(&["a\n\nbc\nde"]), expected);
        assert_eq!(lines(&["a", "\n", "\nb", "c", "", "\nd", "e"]), expected);
    }
}
