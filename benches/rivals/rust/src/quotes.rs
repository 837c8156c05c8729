//! Quotations and speakers by regular expressions, as in `peers/common.py`.

use std::ops::Range;

use regex::Regex;

const CUES: &str =
    "(?:said|says|told|added|asked|argued|claimed|wrote|explained|noted|warned|announced|insisted)";
const NAME: &str = r"([A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){0,3})";
/// Bytes before and after a quotation that are looked at.
const NEAR: usize = 120;

/// The expressions.
pub struct Quotes {
    quoted: Regex,
    after: Regex,
    before: Regex,
}

/// A quotation.
pub struct Quote<'t> {
    /// Its content.
    pub content: Range<usize>,
    /// Whom the text names beside it, or nothing.
    pub speaker: &'t str,
}

impl Quotes {
    pub fn new() -> Result<Self, regex::Error> {
        Ok(Quotes {
            quoted: Regex::new(r#"["“]([^"“”]{8,600})["”]"#)?,
            after: Regex::new(&format!(r"^[\s,]*(?:{CUES} {NAME}|{NAME} {CUES})"))?,
            before: Regex::new(&format!(r"{NAME} {CUES}[,:]?\s*$"))?,
        })
    }

    /// All quotations of a text.
    pub fn of<'t>(&self, text: &'t str) -> impl Iterator<Item = Quote<'t>> {
        self.quoted.captures_iter(text).filter_map(move |found| {
            let (whole, content) = (found.get(0)?, found.get(1)?);
            let after = &text[whole.end()..boundary(text, whole.end() + NEAR)];
            let before = &text[boundary(text, whole.start().saturating_sub(NEAR))..whole.start()];
            let speaker = self
                .after
                .captures(after)
                .and_then(|c| c.get(1).or(c.get(2)))
                .or_else(|| self.before.captures(before).and_then(|c| c.get(1)));
            Some(Quote { content: content.range(), speaker: speaker.map_or("", |m| m.as_str()) })
        })
    }
}

/// The last boundary of characters at or before an offset.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}
