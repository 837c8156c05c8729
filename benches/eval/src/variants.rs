//! The same text written in other ways: what a tokenizer should read alike.

use clap::ValueEnum;

/// A way to write a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Variant {
    /// Lines broken at 72 characters.
    Wrap,
    /// Curly quotation marks and apostrophes for straight ones.
    Curly,
    /// No-break spaces for one blank in five.
    Nbsp,
    /// A byte order mark in front, a zero-width space after one blank in seven.
    ZeroWidth,
    /// Line ends of two characters.
    Crlf,
}

/// A rewritten text, and where its characters came from.
pub struct Rewritten {
    /// The text.
    pub text: String,
    /// For each code point of it the place, in code points, in the original.
    places: Vec<u32>,
}

impl Rewritten {
    /// The original's span of a span of this text, both in code points.
    pub fn original(&self, [start, end]: [u32; 2]) -> [u32; 2] {
        let place = |at: u32| self.places.get(at as usize).copied().unwrap_or(0);
        [place(start), place(end.saturating_sub(1)) + 1]
    }

    fn push(&mut self, c: char, place: usize) {
        self.text.push(c);
        self.places.push(place as u32);
    }
}

const WIDTH: usize = 72;

impl Variant {
    /// Writes a text in this way.
    pub fn rewrite(self, text: &str) -> Rewritten {
        let chars: Vec<char> = text.chars().collect();
        let mut out = Rewritten { text: String::new(), places: Vec::new() };
        if self == Variant::ZeroWidth {
            out.push('\u{FEFF}', 0);
        }
        let (mut blanks, mut column) = (0, 0);
        for (at, &c) in chars.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|i| chars.get(i)).copied().unwrap_or(' ');
            blanks += usize::from(c == ' ');
            column = if c == '\n' { 0 } else { column + 1 };
            match (self, c) {
                (Variant::Wrap, ' ') => {
                    let word = chars[at + 1..].iter().take_while(|c| !c.is_whitespace()).count();
                    let full = column + word > WIDTH && before != '\n' && before != ' ' && word > 0;
                    column = if full { 0 } else { column };
                    out.push(if full { '\n' } else { ' ' }, at);
                }
                (Variant::Curly, '"' | '\'') => {
                    let opens = before.is_whitespace() || matches!(before, '(' | '[' | '“' | '‘' | '"');
                    out.push(curly(c, opens), at);
                }
                (Variant::Nbsp, ' ') if blanks % 5 == 0 => out.push('\u{A0}', at),
                (Variant::ZeroWidth, ' ') if blanks % 7 == 0 => {
                    out.push(' ', at);
                    out.push('\u{200B}', at);
                }
                (Variant::Crlf, '\n') => {
                    out.push('\r', at);
                    out.push('\n', at);
                }
                _ => out.push(c, at),
            }
        }
        out
    }
}

fn curly(mark: char, opens: bool) -> char {
    match (mark, opens) {
        ('"', true) => '“',
        ('"', false) => '”',
        (_, true) => '‘',
        (_, false) => '’',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_change_what_they_say_and_know_where_it_came_from() {
        let text = "He said \"it's on\" to us.\n\nThey left one two three.";
        for (variant, expected) in [
            (Variant::Wrap, text),
            (Variant::Curly, "He said “it’s on” to us.\n\nThey left one two three."),
            (Variant::Nbsp, "He said \"it's on\" to\u{A0}us.\n\nThey left one two three."),
            (Variant::ZeroWidth, "\u{FEFF}He said \"it's on\" to us.\n\nThey left \u{200B}one two three."),
            (Variant::Crlf, "He said \"it's on\" to us.\r\n\r\nThey left one two three."),
        ] {
            let rewritten = variant.rewrite(text);
            assert_eq!(rewritten.text, expected, "{variant:?}");
            let at = |text: &str| text.chars().take_while(|&c| c != 'T').count() as u32;
            let they = at(&rewritten.text);
            assert_eq!(rewritten.original([they, they + 4]), [at(text), at(text) + 4], "{variant:?}");
        }
    }

    #[test]
    fn wrapped_lines_keep_their_words_within_the_width() {
        let text = "word ".repeat(60);
        let wrapped = Variant::Wrap.rewrite(text.trim()).text;
        assert!(wrapped.lines().count() > 3 && wrapped.lines().all(|line| line.len() <= WIDTH));
        assert_eq!(wrapped.replace('\n', " "), text.trim());
    }
}
