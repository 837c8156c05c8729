//! Stops: abbreviations, numbers, and whether a sentence ends.

use newsmill_core::layers::{TokenFlags, TokenKind};

use crate::rules::{Abbreviation, Entry, Languages};
use crate::scan::Scan;

/// A list inside a paragraph (`1. … 2. …`): what the next item must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    next: u32,
    letter: bool,
}

/// What stands before a possible end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// A word and a full stop.
    Plain,
    /// `!` or `?`, perhaps with dots.
    Strong,
    /// More than one dot.
    Dots,
    /// An abbreviation that may end a sentence.
    Maybe,
    /// A single capital letter.
    Initial,
}

impl Scan<'_> {
    /// A run of `.`, `!`, `?`, `…` and relatives.
    pub fn stop(&mut self, at: usize) {
        let (end, dots, strong, wide) = self.stop_run(at);
        self.start.clear_range(at + 1..end);
        self.settled = end;
        if strong {
            return self.decide(end, Ending::Strong, wide);
        }
        if dots > 1 {
            return self.decide(end, Ending::Dots, wide);
        }
        if wide {
            let ending = if self.text[at..end].starts_with('…') { Ending::Dots } else { Ending::Strong };
            return self.decide(end, ending, ending == Ending::Strong);
        }
        self.dot(at);
    }

    /// End of the run, number of dots in it, whether it has `!` or `?`, whether it is of a script without spaces.
    fn stop_run(&self, at: usize) -> (usize, usize, bool, bool) {
        let (mut end, mut dots, mut strong, mut wide) = (at, 0, false, false);
        while end < self.end {
            match self.bytes[end] {
                b'.' => dots += 1,
                b'!' | b'?' => strong = true,
                0x80.. if self.maps.hot.get(end) => {
                    let Some(c) = self.char_at(end) else { break };
                    if !matches!(crate::chars::class_of(c), crate::chars::Class::Mark(TokenKind::Stop)) {
                        break;
                    }
                    match c {
                        '…' => dots += 3,
                        '‼' | '⁇' | '⁈' | '⁉' | '؟' => strong = true,
                        _ => wide = true,
                    }
                    end += c.len_utf8() - 1;
                }
                _ => break,
            }
            end += 1;
        }
        (end, dots, strong, wide)
    }

    /// A full stop alone.
    fn dot(&mut self, at: usize) {
        let after = at + 1;
        let (before, next) = (self.before(at), self.at(after));
        if next.is_ascii_digit() && (before.is_ascii_digit() || self.blank_before(at)) {
            if before.is_ascii_digit() {
                self.join(at);
            }
            self.join(after);
            return;
        }
        if !self.word_before(at) {
            return self.decide(after, Ending::Plain, false);
        }
        let left = self.token_before(at);
        if self.word_at(after) && self.dot_inside(at, left) {
            return;
        }
        if self.list_item(left.unwrap_or(at), at) {
            return;
        }
        let ending = left.map_or(Some(Ending::Plain), |left| self.abbreviation(left, at));
        if let Some(ending) = ending {
            self.decide(after, ending, false);
        }
    }

    /// A dot between word characters; whether that settles it.
    fn dot_inside(&mut self, at: usize, left: Option<usize>) -> bool {
        let after = at + 1;
        if self.address(at) {
            return true;
        }
        let Some(left) = left else { return false };
        let right = self.word_end(after);
        let (word, tail) = (&self.text[left..at], &self.text[after..right]);
        let short = |w: &str, max: usize| w.chars().count() <= max && w.chars().all(char::is_alphabetic);
        let last = word.rsplit('.').next().unwrap_or("");
        let dotted = short(last, 2) && short(tail, 2) && (self.at(right) == b'.' || (short(last, 1) && short(tail, 1)));
        if dotted || (last.len() <= 4 && self.at(right) == b'.' && self.is_listed(left, right)) {
            self.join(at);
            self.join(after);
            return true;
        }
        // `J.K.Rowling`, `U.S.-led`
        if (word.contains('.') || short(word, 1)) && word.starts_with(char::is_uppercase) {
            self.join(at);
            self.mark(left, TokenFlags::ABBREVIATION);
            return true;
        }
        false
    }

    fn is_listed(&mut self, left: usize, right: usize) -> bool {
        self.rules.abbreviations.get(&self.text[left..right]).is_some()
    }

    /// Joins the dot to an abbreviation. `None` if no sentence can end here.
    fn abbreviation(&mut self, left: usize, at: usize) -> Option<Ending> {
        let after = at + 1;
        let word = &self.text[left..at];
        let language = |scan: &mut Self| scan.language.get(scan.text);
        let listed = match self.rules.abbreviations.get(word) {
            Some(Entry::Abbreviation(class, languages)) if languages.overlaps(language(self)) => Some(class),
            _ => None,
        };
        let class = match listed {
            Some(Abbreviation::Number) if !self.number_follows(after) => None,
            Some(class) => Some(class),
            None if word.contains('.') => Some(Abbreviation::Maybe),
            None => None,
        };
        match class {
            Some(class) => {
                self.join(at);
                self.mark(left, TokenFlags::ABBREVIATION);
                (class == Abbreviation::Maybe).then_some(Ending::Maybe)
            }
            None => {
                let mut chars = word.chars();
                let single = chars.next().filter(|_| chars.next().is_none());
                if single.is_some_and(char::is_uppercase) {
                    return Some(Ending::Initial);
                }
                let number = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
                if number && language(self) == Languages::DE && self.word_follows(after) {
                    self.join(at);
                    return None;
                }
                Some(Ending::Plain)
            }
        }
    }

    fn number_follows(&self, from: usize) -> bool {
        self.start.next(from, self.end).is_some_and(|n| self.bytes[n].is_ascii_digit() || self.bytes[n] == b'#')
    }

    fn word_follows(&self, from: usize) -> bool {
        self.start.next(from, self.end).and_then(|n| self.char_at(n)).is_some_and(char::is_alphabetic)
    }

    /// Whether a sentence ends at a stop whose last byte is before `end`; if so, notes where the next starts.
    fn decide(&mut self, end: usize, ending: Ending, dense: bool) {
        let (after, quoted) = self.closers(end);
        let next = self.start.next(after, self.end);
        let ends = match next {
            None => ending != Ending::Initial || after >= self.end,
            Some(next) => self.is_end(after, next, ending, dense, quoted),
        };
        if ending == Ending::Initial && !ends {
            self.join(end - 1);
            if let Some(left) = self.token_before(end - 1) {
                self.mark(left, TokenFlags::ABBREVIATION);
            }
        }
        if let (true, Some(next)) = (ends, next) {
            self.begin(next);
        }
    }

    /// Starts a sentence.
    pub fn begin(&mut self, at: usize) {
        if at > self.sentence {
            self.found.sentences.push(at as u32);
            self.sentence = at;
        }
    }

    /// After the closing marks that follow a stop, and whether a quotation mark was among them.
    fn closers(&self, end: usize) -> (usize, bool) {
        let (mut at, mut quoted) = (end, false);
        while let Some(c) = self.char_at(at) {
            let after = at + c.len_utf8();
            match c {
                ')' | ']' | '}' | '」' | '』' | '）' | '】' | '》' => {}
                '"' | '\'' | '”' | '’' | '»' | '›' | '“' | '‘' | '«' if !self.word_at(after) || matches!(c, '”' | '’') => {
                    quoted = true;
                }
                _ => break,
            }
            at = after;
        }
        // French sets blanks inside its marks.
        if self.blank_at(at) && at < self.end {
            if let Some(next) = self.start.next(at, self.end) {
                if matches!(self.char_at(next), Some('»' | '”')) && !self.word_at(next + 2) && !self.word_at(next + 3) {
                    let after = next + self.char_at(next).map_or(1, char::len_utf8);
                    if self.blank_at(after) {
                        return (after, true);
                    }
                }
            }
        }
        (at, quoted)
    }

    fn is_end(&mut self, after: usize, next: usize, ending: Ending, dense: bool, quoted: bool) -> bool {
        if dense {
            return !matches!(self.char_at(next), Some('」' | '』' | '）' | '，' | '、'));
        }
        let gap = self.blank_at(after);
        if !gap && !self.lacks_space(after, ending) {
            return false;
        }
        let Some((first, word)) = self.first_word(next) else { return false };
        if first.is_lowercase() {
            return false;
        }
        match ending {
            Ending::Maybe => self.is_starter(word),
            Ending::Initial => self.is_starter(word) && self.found_pronoun(after),
            Ending::Dots => first.is_alphanumeric(),
            Ending::Strong if quoted => !self.speech_follows(word),
            Ending::Plain | Ending::Strong => true,
        }
    }

    /// A missing space after a stop: `end.Next`.
    fn lacks_space(&self, after: usize, ending: Ending) -> bool {
        let Some(first) = self.char_at(after) else { return false };
        if !first.is_uppercase() || !matches!(ending, Ending::Plain | Ending::Strong) {
            return false;
        }
        let end = self.word_end(after);
        let long = self.text[after..end].chars().nth(1).is_none_or(char::is_lowercase);
        let left = self.char_before(after - 1);
        long && left.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit() || matches!(c, ')' | '"' | '”'))
    }

    /// First letter or digit of the next sentence, and where its word is; `None` if no sentence can start here.
    fn first_word(&self, next: usize) -> Option<(char, usize)> {
        let mut at = next;
        for _ in 0..6 {
            let c = self.char_at(at)?;
            if c.is_alphanumeric() {
                return Some((c, at));
            }
            match c {
                ',' | ';' | ':' | ')' | ']' | '}' | '”' | '%' | '/' | '&' | '=' => return None,
                _ => at = self.start.next(at + c.len_utf8(), self.end).unwrap_or(self.end),
            }
        }
        Some(('X', at))
    }

    fn is_starter(&self, word: usize) -> bool {
        let end = self.apostrophe_end(word);
        self.rules.starters.get(&self.text[word..end]).is_some()
    }

    /// End of a word, across one apostrophe (`It's`).
    fn apostrophe_end(&self, word: usize) -> usize {
        let end = self.word_end(word);
        if self.at(end) == b'\'' && self.word_at(end + 1) { self.word_end(end + 1) } else { end }
    }

    /// Whether the single letter before a dot is the pronoun `I` or a name for a thing (`plan B.`).
    fn found_pronoun(&self, after: usize) -> bool {
        let _ = after;
        true
    }

    /// Whether the next words are a capitalised name and a verb of speech: `“Why?” Smith asked.`
    fn speech_follows(&self, word: usize) -> bool {
        let mut at = word;
        for _ in 0..4 {
            let end = self.word_end(at);
            let text = &self.text[at..end];
            if matches!(self.rules.words.get(text), Some(Entry::Speech)) {
                return true;
            }
            let Some(next) = self.start.next(end, self.end) else { return false };
            if !text.starts_with(char::is_uppercase) || !self.word_at(next) {
                return false;
            }
            at = next;
        }
        false
    }

    /// If the paragraph opens with the first item of a list, the following items start sentences.
    pub fn open_list(&mut self) {
        let end = self.word_end(self.from);
        let (item, mark) = (&self.text[self.from..end], self.at(end));
        if !matches!(mark, b'.' | b')') {
            return;
        }
        self.list = match item {
            "1" => Some(List { next: 1, letter: false }),
            "a" | "A" => Some(List { next: 1, letter: true }),
            _ => None,
        };
    }

    /// A dot or bracket after the number that comes next in the list.
    fn list_item(&mut self, left: usize, at: usize) -> bool {
        let Some(list) = self.list else { return false };
        let item = &self.text[left..at];
        let fits = if list.letter {
            item.len() == 1 && u32::from(item.as_bytes()[0] | 0x20) == u32::from(b'a') + list.next - 1
        } else {
            item.parse() == Ok(list.next)
        };
        if !fits || list.next > 25 {
            return false;
        }
        let after = at + 1 + usize::from(self.at(at) == b'.' && self.at(at + 1) == b')');
        if !self.blank_at(after) {
            return false;
        }
        self.list = Some(List { next: list.next + 1, ..list });
        self.begin(left);
        self.settled = self.settled.max(after);
        true
    }

    /// A closing bracket: perhaps of a list's number.
    pub fn bracket(&mut self, at: usize) {
        if self.list.is_some() && self.word_before(at) {
            if let Some(left) = self.token_before(at) {
                self.list_item(left, at);
            }
        }
    }
}
