//! Third pass: visits the bytes that rules care about, moves token starts, marks tokens and finds sentence starts.

use newsmill_core::layers::{TokenFlags, TokenKind};

use crate::bits::Bits;
use crate::chars::{Class, class_of, is_emoji};
use crate::classes::Maps;
use crate::language::Guess;
use crate::rules::Rules;

/// In a mark: what follows from the token's characters stays its kind.
pub const KEEP_KIND: TokenFlags = TokenFlags(1 << 31);

/// What the rules found out: all in ascending order of byte offset when the pass is over.
#[derive(Debug, Default)]
pub struct Findings {
    /// Kinds and flags of tokens, by their first byte.
    pub marks: Vec<(u32, TokenFlags)>,
    /// First bytes of sentences.
    pub sentences: Vec<u32>,
    /// Where sentences would start if the article began them in lower case.
    pub loose: Vec<u32>,
    /// How many paragraphs start in lower case.
    pub lower_paragraphs: usize,
}

impl Findings {
    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.marks.clear();
        self.sentences.clear();
        self.loose.clear();
        self.lower_paragraphs = 0;
    }

    /// Puts what was found into order. News never starts a sentence in lower case; an article that does so all the
    /// time isn't edited text, and gets these sentences too.
    pub fn settle(&mut self, paragraphs: usize) {
        if !self.marks.is_sorted_by_key(|m| m.0) {
            self.marks.sort_by_key(|m| m.0);
        }
        let firm = self.sentences.len().saturating_sub(paragraphs);
        let evidence = self.loose.len() + self.lower_paragraphs;
        if !self.loose.is_empty() && evidence >= 2 && evidence * 4 >= firm {
            self.sentences.append(&mut self.loose);
            self.sentences.sort_unstable();
            self.sentences.dedup();
        }
    }
}

/// State of the pass over one paragraph. The rules are in [`crate::marks`], [`crate::joins`] and
/// [`crate::sentences`].
pub struct Scan<'a> {
    pub text: &'a str,
    pub bytes: &'a [u8],
    pub maps: &'a Maps,
    pub start: &'a mut Bits,
    pub found: &'a mut Findings,
    pub rules: &'a Rules,
    pub language: &'a mut Guess,
    /// First byte of the paragraph.
    pub from: usize,
    /// One past its last byte.
    pub end: usize,
    /// First byte of the sentence that is open.
    pub sentence: usize,
    /// Everything before this byte is settled.
    pub settled: usize,
    /// A single quotation mark opened here and isn't closed.
    pub open_single: Option<usize>,
    /// A double one is open.
    pub open_double: bool,
    /// Number that the next item of a list inside the paragraph must have, and the first item's form.
    pub list: Option<crate::sentences::List>,
    /// End of the address that was found last.
    pub address_end: usize,
    /// Up to here blank-delimited chunks were tried for addresses.
    pub tried: usize,
}

impl Scan<'_> {
    /// Runs the rules over the paragraph.
    pub fn run(&mut self) {
        self.found.sentences.push(self.from as u32);
        self.found.lower_paragraphs += usize::from(self.char_at(self.from).is_some_and(char::is_lowercase));
        self.open_list();
        let last = (self.end + 63) >> 6;
        for index in self.from >> 6..last {
            let mut visits = self.maps.visits.0[index];
            if index == self.from >> 6 {
                visits &= !0 << (self.from & 63);
            }
            while visits != 0 {
                let at = (index << 6) + visits.trailing_zeros() as usize;
                visits &= visits - 1;
                if at >= self.settled && at < self.end {
                    self.visit(at);
                }
            }
        }
        self.date_line();
    }

    fn visit(&mut self, at: usize) {
        let byte = self.bytes[at];
        match byte {
            b'.' => {
                if !self.usual_stop(at) {
                    self.stop(at);
                }
            }
            b'!' | b'?' => self.stop(at),
            b'\'' | b'`' => self.single(at, 1),
            b'"' => self.double(at, 1),
            b',' => self.comma(at),
            b'-' => self.hyphen(at),
            b'/' | b':' | b';' => self.slash_or_colon(at),
            b'&' | b'*' | b'_' => self.infix(at),
            b'@' | b'#' => self.handle(at),
            b'$' => self.currency(at),
            b')' => self.bracket(at),
            b'+' => self.plus(at),
            0x80.. => self.wide(at),
            _ => self.repeated(at),
        }
    }

    fn wide(&mut self, at: usize) {
        match self.bytes.get(at..at + 3) {
            Some([0xE2, 0x80, 0x99]) => return self.single(at, 3),
            Some([0xE2, 0x80, 0x9C]) => return self.shaped_quote(at, '“', TokenKind::OpenQuote, false),
            Some([0xE2, 0x80, 0x9D]) => return self.shaped_quote(at, '”', TokenKind::CloseQuote, false),
            _ => {}
        }
        let Some(c) = self.char_at(at) else { return };
        match class_of(c) {
            Class::Apostrophe => self.single(at, c.len_utf8()),
            Class::Quote(kind, single) => self.shaped_quote(at, c, kind, single),
            Class::Mark(TokenKind::Stop) => self.stop(at),
            Class::Mark(TokenKind::Hyphen) => self.compound(at, at + c.len_utf8()),
            Class::Mark(TokenKind::Symbol) if is_emoji(c) => self.smile(at),
            Class::Mark(TokenKind::Symbol) => self.bullet(at, c),
            _ => {}
        }
    }

    /// The byte, or 0 outside the paragraph.
    #[inline]
    pub fn at(&self, at: usize) -> u8 {
        if at < self.end { self.bytes.get(at).copied().unwrap_or(0) } else { 0 }
    }

    /// The byte before, or 0 at the paragraph's start.
    #[inline]
    pub fn before(&self, at: usize) -> u8 {
        if at > self.from { self.bytes[at - 1] } else { 0 }
    }

    /// The character that starts at a byte of the paragraph.
    pub fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..self.end)?.chars().next()
    }

    /// The character before a byte of the paragraph.
    pub fn char_before(&self, at: usize) -> Option<char> {
        self.text.get(self.from..at)?.chars().next_back()
    }

    /// Whether a word character starts here.
    #[inline]
    pub fn word_at(&self, at: usize) -> bool {
        at < self.end && self.maps.word.get(at)
    }

    /// Whether a word character ends here.
    #[inline]
    pub fn word_before(&self, at: usize) -> bool {
        at > self.from && self.maps.word.get(at - 1)
    }

    /// Whether here is white space or the paragraph's end.
    #[inline]
    pub fn blank_at(&self, at: usize) -> bool {
        at >= self.end || self.maps.space.get(at)
    }

    /// Whether before this byte is white space or the paragraph's start.
    #[inline]
    pub fn blank_before(&self, at: usize) -> bool {
        at <= self.from || self.maps.space.get(at - 1)
    }

    /// End of the run of word characters that starts here, at most 64 to 128 bytes on.
    pub fn word_end(&self, at: usize) -> usize {
        let mut end = at;
        while end < self.end && end - at <= 64 {
            let rest = !self.maps.word.0[end >> 6] >> (end & 63);
            let room = 64 - (end & 63);
            let run = (rest.trailing_zeros() as usize).min(room);
            end += run;
            if run < room {
                break;
            }
        }
        // The last byte looked at may be inside a character.
        while !self.text.is_char_boundary(end.min(self.end)) {
            end += 1;
        }
        end.min(self.end)
    }

    /// Start of the token that ends before this byte, if it isn't longer than a few words of the bitmap.
    pub fn token_before(&self, at: usize) -> Option<usize> {
        self.start.previous(at.checked_sub(1)?, 2).filter(|&s| s >= self.from)
    }

    /// Whether the token before this byte has a dot for its last character.
    pub fn after_abbreviation(&self, at: usize) -> bool {
        self.before(at) == b'.' && !self.start.get(at - 1)
    }

    /// Takes away the token start here: the byte belongs to the token before.
    pub fn join(&mut self, at: usize) {
        self.start.clear(at);
    }

    /// Says what the token that starts here is.
    pub fn mark(&mut self, at: usize, flags: TokenFlags) {
        self.found.marks.push((at as u32, flags));
    }
}
