//! Quotation marks and apostrophes: which is which, and what belongs to the word.

use newsmill_core::layers::{TokenFlags, TokenKind};

use crate::chars::quote;
use crate::rules::{Entry, Languages};
use crate::scan::Scan;

/// Words after which `'s` is a verb.
const PRONOUNS: [&str; 12] =
    ["it", "he", "she", "that", "there", "here", "what", "who", "where", "how", "let", "this"];
impl Scan<'_> {
    /// `'`, `` ` ``, `’` and relatives, `len` bytes long.
    pub fn single(&mut self, at: usize, len: usize) {
        let after = at + len;
        if self.doubled(at, len) {
            return;
        }
        match (self.word_before(at), self.word_at(after)) {
            (true, true) => self.inside_word(at, after),
            (true, false) => self.after_word(at, after),
            (false, true) => self.before_word(at, after),
            (false, false) => {
                let kind = self.direction(at, after, false);
                self.mark_single(at, kind);
            }
        }
    }

    /// `''` and ` `` ` are one mark.
    fn doubled(&mut self, at: usize, len: usize) -> bool {
        let after = at + len;
        if self.at(after) != self.bytes[at] {
            return false;
        }
        let Some(mark) = self.text.get(at..after) else { return false };
        if after + len > self.end || self.text.get(after..after + len) != Some(mark) {
            return false;
        }
        self.join(after);
        self.settled = after + len;
        if mark == "`" {
            self.mark(at, quote(TokenKind::OpenQuote, false));
            self.open_double = true;
        } else {
            let kind = match self.direction(at, after + len, self.open_double) {
                TokenKind::Quote => TokenKind::CloseQuote,
                kind => kind,
            };
            self.mark_double(at, kind);
        }
        true
    }

    fn inside_word(&mut self, at: usize, after: usize) {
        let end = self.word_end(after);
        let Some(left) = self.token_before(at) else {
            self.join(at);
            self.join(after);
            return;
        };
        let (word, tail) = (&self.text[left..at], &self.text[after..end]);
        if tail.eq_ignore_ascii_case("t") && word.len() > 1 && word.ends_with(['n', 'N']) {
            self.start.set(at - 1);
            self.mark(at - 1, TokenFlags::CLITIC);
            self.join(at);
            self.join(after);
            return;
        }
        if is_clitic(tail) {
            if tail.eq_ignore_ascii_case("s") && is_decade(word) {
                self.join(at);
            } else {
                self.mark(at, clitic(word, tail));
            }
            self.join(after);
            return;
        }
        self.join(at);
        if !(is_elision(word) && self.language.get(self.text) == Languages::FR) {
            self.join(after);
        }
    }

    fn after_word(&mut self, at: usize, after: usize) {
        let word = self.token_before(at).map_or("", |left| &self.text[left..at]);
        if self.open_single.is_none() && self.bytes[at] != b'`' {
            if word.len() > 3 && word.ends_with("in") && self.blank_at(after) {
                return self.join(at);
            }
            if is_elision(word) && self.language.get(self.text) == Languages::FR {
                return self.join(at);
            }
        }
        let plural = word.len() > 1 && word.ends_with(['s', 'S', 'x', 'z']);
        if plural && self.blank_at(after) && (self.open_single.is_none() || self.closes_later(after)) {
            self.mark(at, TokenFlags::of(TokenKind::Apostrophe).with(TokenFlags::POSSESSIVE));
            return;
        }
        self.mark_single(at, TokenKind::CloseQuote);
    }

    /// Whether another mark soon after closes what is open, so that this one needn't.
    fn closes_later(&self, from: usize) -> bool {
        let end = self.end.min(from + 240);
        let mut at = from;
        while let Some(hot) = self.maps.hot.next(at, end) {
            let mark = self.char_at(hot).unwrap_or(' ');
            at = hot + mark.len_utf8();
            match mark {
                '‘' => return false,
                '\'' | '’' if !self.blank_before(hot) && !self.word_at(at) => return true,
                _ => {}
            }
        }
        false
    }

    fn before_word(&mut self, at: usize, after: usize) {
        let end = self.word_end(after);
        let tail = &self.text[after..end];
        let blank = self.blank_before(at);
        // Already tokenised text has `company 's`; a paragraph doesn't start with a clitic.
        let detached = blank && at > self.from && !tail.eq_ignore_ascii_case("d");
        let attached = self.after_abbreviation(at) || (!blank && self.blank_at(end));
        if is_clitic(tail) && self.bytes[at] != b'`' && (attached || (detached && self.blank_at(end))) {
            self.mark(at, clitic("", tail));
            self.join(after);
            return;
        }
        if self.bytes[at] != b'`' && self.elided(at, after, end) {
            return;
        }
        let kind = match self.direction(at, after, self.open_single.is_some()) {
            TokenKind::Quote if blank => TokenKind::OpenQuote,
            kind => kind,
        };
        self.mark_single(at, kind);
    }

    /// Joins the mark to `'90s`, `'em` or `'n'`, if it stands before such a word; whether it does.
    fn elided(&mut self, at: usize, after: usize, end: usize) -> bool {
        let tail = &self.text[after..end];
        let digits = tail.len() - tail.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let decade = digits == 2 && matches!(&tail[2..], "" | "s");
        if !decade && !matches!(self.rules.words.get(&tail.to_ascii_lowercase()), Some(Entry::Elided)) {
            return false;
        }
        self.mark(at, TokenFlags::of(if decade { TokenKind::Number } else { TokenKind::Word }));
        self.join(after);
        let mark = self.char_at(end).filter(|c| matches!(c, '\'' | '’') && tail.eq_ignore_ascii_case("n"));
        if let Some(len) = mark.map(char::len_utf8).filter(|len| self.blank_at(end + len)) {
            self.join(end);
            self.settled = end + len;
        }
        true
    }

    /// Whether a word stands here that is written with an apostrophe before, but no other that an opening mark may
    /// stand before.
    fn surely_elided(&self, after: usize) -> bool {
        let word = &self.bytes[after..self.word_end(after)];
        matches!(word, b"em" | b"n" | [b'0'..=b'9', b'0'..=b'9', b's'])
    }

    /// A straight double mark.
    pub fn double(&mut self, at: usize, len: usize) {
        let kind = self.direction(at, at + len, self.open_double);
        self.mark_double(at, kind);
    }

    /// A mark whose shape tells its direction; German and others turn some shapes round.
    pub fn shaped_quote(&mut self, at: usize, c: char, kind: TokenKind, single: bool) {
        let after = at + c.len_utf8();
        if c == '‘' {
            if self.blank_before(at) && self.surely_elided(after) {
                self.elided(at, after, self.word_end(after));
                return;
            }
            if self.word_before(at) && self.word_at(after) {
                self.join(at);
                self.join(after);
                return;
            }
            if self.doubled(at, 3) {
                if let Some(mark) = self.found.marks.last_mut() {
                    mark.1 = quote(TokenKind::OpenQuote, false);
                }
                return;
            }
        }
        let turned = matches!(c, '“' | '‘' | '»' | '«' | '›' | '‹' | '”');
        let place = self.direction(at, after, kind == TokenKind::CloseQuote);
        let kind = if turned && place != TokenKind::Quote { place } else { kind };
        if single { self.mark_single(at, kind) } else { self.mark_double(at, kind) }
    }

    /// Direction by what stands on both sides; `open` says whether one is open, for the unclear.
    fn direction(&self, at: usize, after: usize, open: bool) -> TokenKind {
        let left = match self.bytes.get(at.wrapping_sub(1)) {
            _ if at <= self.from => Side::Blank,
            Some(&b @ 0..0x80) => SIDES[usize::from(b)],
            _ if self.blank_before(at) => Side::Blank,
            _ => self.char_before(at).map_or(Side::Blank, Side::of),
        };
        let right = match self.bytes.get(after) {
            _ if after >= self.end => Side::Blank,
            Some(&b @ 0..0x80) => SIDES[usize::from(b)],
            _ if self.blank_at(after) => Side::Blank,
            _ => self.char_at(after).map_or(Side::Blank, Side::of),
        };
        DIRECTIONS[usize::from(open)][left as usize][right as usize]
    }

    fn mark_single(&mut self, at: usize, kind: TokenKind) {
        match kind {
            TokenKind::OpenQuote => self.open_single = Some(at),
            TokenKind::CloseQuote => self.open_single = None,
            _ => {}
        }
        self.mark(at, quote(kind, true));
    }

    fn mark_double(&mut self, at: usize, kind: TokenKind) {
        self.open_double =
            kind == TokenKind::OpenQuote || (kind != TokenKind::CloseQuote && !self.open_double);
        self.mark(at, quote(kind, false));
    }
}

/// What stands on one side of a quotation mark.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Blank,
    Opener,
    Closer,
    Dash,
    Other,
}

impl Side {
    const ALL: [Side; 5] = [Side::Blank, Side::Opener, Side::Closer, Side::Dash, Side::Other];

    const fn of(c: char) -> Self {
        match c {
            ' ' | '\t' | '\n' | '\r' | '\x0B' | '\x0C' => Side::Blank,
            '(' | '[' | '{' | '“' | '‘' | '„' | '«' | '‹' | '¿' | '¡' | '<' => Side::Opener,
            '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '”' | '’' | '»' | '›' | '…' | '>' => {
                Side::Closer
            }
            '—' | '–' | '-' | '/' => Side::Dash,
            _ => Side::Other,
        }
    }

    /// Direction of a mark between this and that on its right.
    const fn direction(self, right: Side, open: bool) -> TokenKind {
        match (self, right) {
            (Side::Blank, Side::Blank) => TokenKind::Quote,
            (Side::Blank | Side::Opener, _) => TokenKind::OpenQuote,
            (_, Side::Blank | Side::Closer) => TokenKind::CloseQuote,
            (Side::Dash, _) if !open => TokenKind::OpenQuote,
            (_, Side::Dash) if open => TokenKind::CloseQuote,
            _ => TokenKind::Quote,
        }
    }
}

/// What the ASCII characters are beside a mark.
const SIDES: [Side; 128] = {
    let mut sides = [Side::Other; 128];
    let mut b = 0;
    while b < 128 {
        sides[b] = Side::of(b as u8 as char);
        b += 1;
    }
    sides
};

/// Directions by whether a mark is open, the left and the right side.
const DIRECTIONS: [[[TokenKind; 5]; 5]; 2] = {
    let mut directions = [[[TokenKind::Quote; 5]; 5]; 2];
    let mut i = 0;
    while i < 50 {
        let (open, left, right) = (i / 25, i / 5 % 5, i % 5);
        directions[open][left][right] = Side::ALL[left].direction(Side::ALL[right], open == 1);
        i += 1;
    }
    directions
};

/// Whether `'s` makes a plural of the number: `80's`, `1980's`, but not `2003's`.
fn is_decade(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit()) && (word.len() < 3 || word.ends_with('0'))
}

fn is_clitic(tail: &str) -> bool {
    matches!(tail, "s" | "m" | "d" | "ll" | "re" | "ve" | "S" | "M" | "D" | "LL" | "RE" | "VE")
}

/// What French puts before an apostrophe.
fn is_elision(word: &str) -> bool {
    match word.len() {
        1 => matches!(word.as_bytes()[0] | 0x20, b'l' | b'd' | b'j' | b'm' | b't' | b's' | b'n' | b'c'),
        2..=7 => matches!(
            word.to_ascii_lowercase().as_str(),
            "qu" | "jusqu" | "lorsqu" | "puisqu" | "quoiqu" | "quelqu" | "presqu"
        ),
        _ => false,
    }
}

fn clitic(word: &str, tail: &str) -> TokenFlags {
    let pronoun = word.len() <= 5 && PRONOUNS.iter().any(|p| word.eq_ignore_ascii_case(p));
    let possessive = matches!(tail, "s" | "S") && !pronoun;
    if possessive { TokenFlags::CLITIC.with(TokenFlags::POSSESSIVE) } else { TokenFlags::CLITIC }
}
