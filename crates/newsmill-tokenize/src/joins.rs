//! Marks that belong to a number, a name, an address or a repeated mark, and so start no token.

use newsmill_core::layers::{TokenFlags, TokenKind};

use crate::rules::Entry;
use crate::scan::{KEEP_KIND, Scan};

/// Longest chunk, in bytes, that is tried as an address.
const LONGEST_ADDRESS: usize = 2048;
/// Longest prefix, in bytes.
const LONGEST_PREFIX: usize = 7;

impl Scan<'_> {
    /// `1,000`.
    pub fn comma(&mut self, at: usize) {
        if self.before(at).is_ascii_digit() && self.at(at + 1).is_ascii_digit() {
            self.join(at);
            self.join(at + 1);
        }
    }

    /// Dates and phone numbers; other hyphens split and make compounds.
    pub fn hyphen(&mut self, at: usize) {
        if self.before(at) == b'-' {
            return self.repeated(at);
        }
        if !(self.before(at).is_ascii_digit() && self.at(at + 1).is_ascii_digit()) {
            return self.compound(at, at + 1);
        }
        let Some(left) = self.token_before(at) else { return };
        let mut end = at;
        while end < self.end
            && end - left < 24
            && (self.bytes[end].is_ascii_digit() || self.bytes[end] == b'-')
        {
            end += 1;
        }
        if is_dashed_number(&self.bytes[left..end]) && !self.word_at(end) {
            for i in at..end {
                self.join(i);
            }
            self.settled = end;
        } else {
            self.compound(at, at + 1);
        }
    }

    /// A hyphen or slash between words: flags it and the word after it.
    pub fn compound(&mut self, at: usize, after: usize) {
        if !(self.word_before(at) || self.after_abbreviation(at)) || !self.word_at(after) {
            return;
        }
        let mut flags = TokenFlags::IN_COMPOUND;
        if let Some(left) = self.token_before(at).filter(|_| self.bytes[at] == b'-') {
            let place = left as u32;
            let inside = |m: &&(u32, TokenFlags)| m.0 == place && m.1.has(TokenFlags::IN_COMPOUND);
            let first = self.found.marks.iter().rev().take(2).find(inside).is_none();
            if first && at - left <= LONGEST_PREFIX && self.is_prefix(left, at) {
                flags = flags.with(TokenFlags::AFFIX);
            }
        }
        self.mark(at, flags.with(TokenFlags::of(TokenKind::Hyphen)));
        self.mark(after, flags.with(KEEP_KIND));
    }

    fn is_prefix(&self, from: usize, to: usize) -> bool {
        let word = &self.text[from..to];
        match word.bytes().all(|b| b.is_ascii_lowercase()) {
            true => self.rules.prefixes.get(word).is_some(),
            false => self.rules.prefixes.get(&word.to_ascii_lowercase()).is_some(),
        }
    }

    /// `/`, `:` and `;`: times, dates, fractions, addresses, emoticons.
    pub fn slash_or_colon(&mut self, at: usize) {
        let byte = self.bytes[at];
        if byte == b':' && self.at(at + 1) == b'/' && self.at(at + 2) == b'/' && self.address(at) {
            return;
        }
        if byte == b'/' && self.bytes.get(at.wrapping_sub(1)) == Some(&b'/') {
            return self.repeated(at);
        }
        if byte != b';' && self.before(at).is_ascii_digit() && self.at(at + 1).is_ascii_digit() {
            self.join(at);
            self.join(at + 1);
            return;
        }
        if byte == b'/' {
            return self.compound(at, at + 1);
        }
        if byte == b':' {
            self.credit(at);
        }
        if self.blank_before(at) {
            let nose = usize::from(self.at(at + 1) == b'-');
            let mouth = at + 1 + nose;
            if matches!(self.at(mouth), b')' | b'(' | b'D' | b'P' | b'p' | b'|') && !self.word_at(mouth + 1) {
                self.start.clear_range(at + 1..mouth + 1);
                self.mark(at, TokenFlags::of(TokenKind::Symbol));
                self.settled = mouth + 1;
                self.after_smile(mouth + 1);
            }
        }
    }

    /// `AT&T`, `f*ed`, `saem_aero`.
    pub fn infix(&mut self, at: usize) {
        if self.before(at) == self.bytes[at] {
            return self.repeated(at);
        }
        if self.bytes[at] == b'&' {
            let Some(left) = self.token_before(at) else { return };
            let right = self.word_end(at + 1);
            let short_caps = |w: &[u8]| (1..=4).contains(&w.len()) && w.iter().all(u8::is_ascii_uppercase);
            let tail = &self.bytes[at + 1..right];
            // `S&Ls`
            let tail = tail.strip_suffix(b"s").unwrap_or(tail);
            if !short_caps(&self.bytes[left..at]) || !short_caps(tail) {
                return;
            }
        } else if !(self.word_before(at) && self.word_at(at + 1)) && self.bytes[at] == b'*' {
            return;
        }
        if self.word_before(at) {
            self.join(at);
        }
        if self.word_at(at + 1) {
            self.join(at + 1);
        }
    }

    /// `@handle`, `#hashtag`, `name@example.org`; `#1` is a number.
    pub fn handle(&mut self, at: usize) {
        if self.bytes[at] == b'#' && self.before(at) == b'#' {
            return self.repeated(at);
        }
        if !self.word_at(at + 1) {
            return;
        }
        if self.word_before(at) {
            if self.bytes[at] == b'@' {
                self.address(at);
            }
            return;
        }
        if self.bytes[at + 1..self.word_end(at + 1)].iter().all(u8::is_ascii_digit) {
            return;
        }
        self.join(at + 1);
        self.mark(at, TokenFlags::of(TokenKind::Handle));
    }

    /// `US$`, `A$`.
    pub fn currency(&mut self, at: usize) {
        if self.before(at) == b'$' {
            return self.repeated(at);
        }
        let Some(left) = self.token_before(at).filter(|_| self.word_before(at)) else { return };
        if (1..=3).contains(&(at - left)) && self.bytes[left..at].iter().all(u8::is_ascii_uppercase) {
            self.join(at);
            self.mark(left, TokenFlags::of(TokenKind::Symbol));
        }
    }

    /// `+61`.
    pub fn plus(&mut self, at: usize) {
        if self.blank_before(at) && self.at(at + 1).is_ascii_digit() {
            return self.join(at + 1);
        }
        self.repeated(at);
    }

    /// `--`, `***`, `====`: one token.
    pub fn repeated(&mut self, at: usize) {
        let byte = self.bytes[at];
        if self.before(at) == byte
            && matches!(
                byte,
                b'-' | b'*' | b'=' | b'_' | b'~' | b'#' | b'<' | b'>' | b'+' | b'/' | b'$' | b'&'
            )
        {
            self.join(at);
        }
    }

    /// Takes the blank-delimited chunk around `at` as an address, if it is one.
    pub fn address(&mut self, at: usize) -> bool {
        if at < self.tried {
            return false;
        }
        let reach = LONGEST_ADDRESS / 64;
        let from = self.maps.space.previous(at, reach).map_or(self.from, |s| s + 1).max(self.from);
        let to = self.maps.space.next(at, self.end).unwrap_or(self.end);
        self.tried = to;
        if to - from > LONGEST_ADDRESS || !self.text.is_char_boundary(from) {
            return false;
        }
        let chunk = &self.text[from..to];
        let rest = chunk.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '/');
        let start = to - rest.len();
        let body = trim_end(rest);
        if start > at || start + body.len() <= at {
            return false;
        }
        // `seen:http://…` and `(http://…`: the scheme's letters begin the address.
        let scheme = body
            .find("://")
            .map(|colon| colon - body[..colon].bytes().rev().take_while(u8::is_ascii_alphanumeric).count());
        let cut = scheme.or_else(|| body.rfind(['<', '"', '(']).map(|i| i + 1)).unwrap_or(0);
        let (start, body) = (start + cut, &body[cut..]);
        if start > at || !self.is_address(body) {
            return false;
        }
        let end = start + body.len();
        self.start.clear_range(start + 1..end);
        self.start.set(start);
        if self.word_at(end) {
            self.start.set(end);
        }
        self.mark(start, TokenFlags::of(TokenKind::Url));
        self.settled = end;
        self.address_end = end;
        true
    }

    fn is_address(&self, body: &str) -> bool {
        if let Some((scheme, rest)) = body.split_once("://") {
            return !scheme.is_empty()
                && scheme.bytes().all(|b| b.is_ascii_alphanumeric())
                && !rest.is_empty();
        }
        let host = body.split(['/', '?', '#', ':']).next().unwrap_or("");
        if body.starts_with("www.") {
            return host.len() > 6;
        }
        if let Some((user, domain)) = host.split_once('@') {
            return !user.is_empty() && !domain.is_empty() && domain.bytes().all(is_host_byte);
        }
        let mut labels = host.rsplit('.');
        let last = labels.next().unwrap_or("");
        let well_formed = host.contains('.') && host.bytes().all(is_host_byte) && !host.contains("..");
        let lower = last.to_ascii_lowercase();
        let alike = last == lower || !host.bytes().any(|b| b.is_ascii_lowercase());
        well_formed
            && labels.all(|l| !l.is_empty())
            && ((alike
                && host.len() > last.len() + 2
                && matches!(self.rules.domains.get(&lower), Some(Entry::Domain)))
                || (host.bytes().filter(|&b| b == b'.').count() >= 2
                    && host.split('.').all(|l| l.len() > 1 && l.bytes().all(|b| b.is_ascii_lowercase()))))
    }
}

fn is_host_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')
}

/// Without the punctuation and the possessive that follow an address in running text.
fn trim_end(chunk: &str) -> &str {
    let end = chunk.trim_end_matches(|c: char| {
        matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ']' | '}' | '>' | '"' | '\'' | '”' | '’' | '»' | '…')
    });
    match end.strip_suffix(')') {
        Some(inner) if !inner.contains('(') => trim_end(inner),
        _ => end.strip_suffix("'s").or_else(|| end.strip_suffix("’s")).unwrap_or(end),
    }
}

/// `2025-10-14`, `620-294-4000`, `363-0555`.
fn is_dashed_number(bytes: &[u8]) -> bool {
    let mut lengths = [0usize; 6];
    let mut groups = 0;
    for group in bytes.split(|&b| b == b'-') {
        if groups == lengths.len() {
            return false;
        }
        lengths[groups] = group.len();
        groups += 1;
    }
    matches!(lengths[..groups], [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4] | [3 | 4, 3, 4] | [3, 4] | [1, 3, 3, 4])
}
