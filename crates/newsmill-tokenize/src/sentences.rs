//! Stops: abbreviations, numbers, and whether a sentence ends.

use std::ops::Range;

use newsmill_core::layers::{TokenFlags, TokenKind};

use crate::chars::{Class, class_of, is_bullet, is_emoji};
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

/// Most notes (`[7] [9]`) that are taken to a sentence: the search stays local.
const MOST_NOTES: usize = 8;

impl Scan<'_> {
    /// A run of `.`, `!`, `?`, `…` and relatives.
    pub fn stop(&mut self, at: usize) {
        let (end, dots, strong, wide) = self.stop_run(at);
        self.start.clear_range(at + 1..end);
        self.settled = end;
        if strong {
            return self.decide(end, Ending::Strong, wide);
        }
        match (self.before(at), self.at(end)) {
            (b'(', b')') => return,
            // `[...]` stands for what was left out, perhaps the end of a sentence.
            (b'[', b']') if dots < 2 || at - 1 <= self.sentence || !self.capital_follows(end + 1) => return,
            _ => {}
        }
        if dots > 1 && at == self.sentence {
            return;
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

    /// Whether blanks and a capital stand here.
    fn capital_follows(&self, at: usize) -> bool {
        let next = self.start.next(at, self.end).filter(|_| self.blank_at(at));
        next.and_then(|next| self.char_at(next)).is_some_and(char::is_uppercase)
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
                    if !matches!(class_of(c), Class::Mark(TokenKind::Stop)) {
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
        if self.is_spaced_dot(at) {
            return;
        }
        if !self.word_before(at) || self.address_end == at {
            if !matches!(self.char_before(at), Some('°' | '№')) {
                self.decide(after, Ending::Plain, false);
            }
            return;
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

    /// `. . .`: three dots with blanks between end no sentence, the fourth does.
    fn is_spaced_dot(&self, at: usize) -> bool {
        let dot = |at: Option<usize>| {
            at.is_some_and(|i| self.at(i) == b'.' && self.blank_before(i) && self.blank_at(i + 1))
        };
        if self.at(at + 1) == b' ' && dot(Some(at + 2)) {
            return true;
        }
        dot(Some(at)) && dot(at.checked_sub(2)) && !dot(at.checked_sub(6))
    }

    /// A dot between word characters; whether that settles it.
    fn dot_inside(&mut self, at: usize, left: Option<usize>) -> bool {
        let after = at + 1;
        let right = self.word_end(after);
        if left.is_some_and(|left| self.is_ticker(left..at, after..right)) {
            self.join(at);
            self.join(after);
            return true;
        }
        if self.address(at) {
            return true;
        }
        let Some(left) = left else { return false };
        let (word, tail) = (&self.text[left..at], &self.text[after..right]);
        // `5p.m.`
        let hour = word.trim_start_matches(|c: char| !c.is_alphabetic());
        if hour.len() < word.len() && matches!((hour, tail), ("a" | "p", "m")) && self.at(right) == b'.' {
            self.start.set(at - 1);
            self.join(at);
            self.join(after);
            return true;
        }
        let short = |w: &str, max: usize| w.chars().count() <= max && w.chars().all(char::is_alphabetic);
        let last = word.rsplit('.').next().unwrap_or("");
        let dotted = short(last, 2)
            && short(tail, 2)
            && (self.at(right) == b'.' || (short(last, 1) && short(tail, 1)));
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

    /// Whether these are the parts of a share's code: `(BP.L)`, `<0005.HK>`.
    fn is_ticker(&self, word: Range<usize>, tail: Range<usize>) -> bool {
        let code = |w: &Range<usize>| {
            self.bytes[w.clone()].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        matches!(self.at(tail.end), b')' | b'>' | b',')
            && tail.len() <= 2
            && code(&word)
            && code(&tail)
            && (self.before(word.start) == b'<' || self.in_brackets(word.start))
    }

    /// The word's entry; that of `Pvt` counts for `PVT`.
    fn listed(&self, word: &str) -> Option<(Abbreviation, Languages)> {
        let mut entry = self.rules.abbreviations.get(word);
        if entry.is_none() && (2..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase()) {
            let title = [&word[..1], &word[1..].to_ascii_lowercase()].concat();
            entry = self.rules.abbreviations.get(&title);
        }
        match entry {
            Some(Entry::Abbreviation(class, languages)) => Some((class, languages)),
            _ => None,
        }
    }

    fn is_listed(&mut self, left: usize, right: usize) -> bool {
        self.rules.abbreviations.get(&self.text[left..right]).is_some()
    }

    /// Joins the dot to an abbreviation. `None` if no sentence can end here.
    fn abbreviation(&mut self, left: usize, at: usize) -> Option<Ending> {
        let after = at + 1;
        let word = &self.text[left..at];
        let language = |scan: &mut Self| scan.language.get(scan.text);
        let listed = match self.listed(word) {
            Some((class, languages)) if languages == Languages::ALL || languages.overlaps(language(self)) => {
                Some(class)
            }
            _ => None,
        };
        let class = match listed {
            Some(class) if class != Abbreviation::Number || self.number_follows(after) => Some(class),
            _ if word.contains('.') && !word.bytes().any(|b| b.is_ascii_digit()) => Some(Abbreviation::Maybe),
            // `(b. 1971)`, `(d. August 2015)`
            _ if word.len() == 1
                && word.bytes().all(|b| b.is_ascii_lowercase())
                && self.in_brackets(left) =>
            {
                Some(Abbreviation::Title)
            }
            _ => None,
        };
        match class {
            Some(class) => {
                self.join(at);
                self.mark(left, TokenFlags::ABBREVIATION);
                if self.at(after) == b'-' {
                    self.compound(after, after + 1);
                }
                (class == Abbreviation::Maybe).then_some(Ending::Maybe)
            }
            None => {
                let mut chars = word.chars();
                let single = chars.next().filter(|_| chars.next().is_none());
                // The letter of `Objective-C` is no initial.
                let compound = self.before(left) == b'-' && self.word_before(left - 1);
                if single.is_some_and(char::is_uppercase) && !compound {
                    return Some(Ending::Initial);
                }
                let number = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
                if number && self.opens_sentence(left) {
                    return None;
                }
                if number && self.word_follows(after) && language(self) == Languages::DE {
                    self.join(at);
                    return None;
                }
                Some(Ending::Plain)
            }
        }
    }

    /// Whether nothing but a bullet stands before this token in its sentence.
    fn opens_sentence(&self, token: usize) -> bool {
        let before = self.text[self.sentence..token.max(self.sentence)].trim_end();
        before.len() <= 3 && before.chars().all(is_bullet)
    }

    /// Whether a bracket is open just before this place.
    fn in_brackets(&self, at: usize) -> bool {
        let near = self.sentence.max(at.saturating_sub(80));
        let before = &self.bytes[near.min(at)..at];
        before.iter().rposition(|&b| b == b'(') > before.iter().rposition(|&b| b == b')')
    }

    fn number_follows(&self, from: usize) -> bool {
        self.start
            .next(from, self.end)
            .is_some_and(|n| self.bytes[n].is_ascii_digit() || self.bytes[n] == b'#')
    }

    fn word_follows(&self, from: usize) -> bool {
        self.start.next(from, self.end).and_then(|n| self.char_at(n)).is_some_and(char::is_alphabetic)
    }

    /// Whether a sentence ends at a stop whose last byte is before `end`; if so, notes where the next starts.
    fn decide(&mut self, end: usize, ending: Ending, dense: bool) {
        let (after, quoted) = self.closers(end);
        let next = self.start.next(after, self.end);
        let label = ending == Ending::Initial && self.token_before(end - 1) == Some(self.sentence);
        let ends = match next {
            // `Q. Why?`
            Some(_) if label => false,
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
                _ if is_emoji(c) || class_of_mark(c) => {}
                '"' | '\'' | '”' | '’' | '»' | '›' | '“' | '‘' | '«'
                    if !self.word_at(after) || matches!(c, '”' | '’') =>
                {
                    quoted = true;
                }
                _ => break,
            }
            at = after;
        }
        // One note may follow another.
        for _ in 0..MOST_NOTES {
            let Some((end, mark)) = self.distant_closer(at) else { break };
            (at, quoted) = (end, quoted || mark);
        }
        (at, quoted)
    }

    /// After what belongs to the sentence although a blank stands before it: the closing marks of French, the notes
    /// of encyclopedias (`[12]`), emoji.
    fn distant_closer(&self, at: usize) -> Option<(usize, bool)> {
        let next = self.start.next(at, self.end).filter(|_| self.blank_at(at))?;
        let c = self.char_at(next)?;
        let after = next + c.len_utf8();
        match c {
            '»' | '”' if self.blank_at(after) => Some((after, true)),
            '"' if self.open_double && self.blank_at(after) => Some((after, true)),
            '[' => {
                let close = self.word_end(after);
                let note = close > after
                    && close - after <= 3
                    && self.text[after..close].bytes().all(|b| b.is_ascii_digit());
                (note && self.at(close) == b']').then_some((close + 1, false))
            }
            _ if is_emoji(c) => Some((self.emoji_end(next), false)),
            _ => None,
        }
    }

    /// End of a run of emoji, blanks between them included.
    fn emoji_end(&self, from: usize) -> usize {
        let mut end = from;
        let mut at = from;
        while let Some(c) = self.char_at(at) {
            if is_emoji(c) || class_of_mark(c) {
                end = at + c.len_utf8();
            } else if c != ' ' {
                break;
            }
            at += c.len_utf8();
        }
        end
    }

    /// An emoji after words: ends the sentence before a capital.
    pub fn smile(&mut self, at: usize) {
        let end = self.emoji_end(at);
        self.settled = self.settled.max(end);
        self.after_smile(end);
    }

    /// After an emoji or smiley a capital starts a sentence.
    pub fn after_smile(&mut self, end: usize) {
        let Some(next) = self.start.next(end, self.end) else { return };
        let plain = !self.at(next).is_ascii_digit() && self.at(next) != b'+';
        if plain && self.first_word(next).is_some_and(|(first, _)| !first.is_lowercase()) {
            self.begin(next);
        }
    }

    /// A bullet inside a paragraph that starts with one.
    pub fn bullet(&mut self, at: usize, c: char) {
        if is_bullet(c) && self.char_at(self.from) == Some(c) {
            self.begin(at);
        }
    }

    fn is_end(&mut self, after: usize, next: usize, ending: Ending, dense: bool, quoted: bool) -> bool {
        if dense {
            return !matches!(self.char_at(next), Some('」' | '』' | '）' | '，' | '、'));
        }
        let gap = self.blank_at(after);
        if !gap && !self.lacks_space(after, ending) {
            return false;
        }
        let dash = || matches!(self.char_at(next), Some('-' | '–' | '—'));
        if self.is_aside(next) || (ending == Ending::Maybe && dash()) {
            return false;
        }
        let Some((first, word)) = self.first_word(next) else { return false };
        let lower =
            first.is_lowercase() && !self.char_at(word + first.len_utf8()).is_some_and(char::is_uppercase);
        if lower {
            let loose = match ending {
                Ending::Plain => true,
                Ending::Strong => !self.closes_name(after),
                _ => false,
            };
            if gap && !quoted && loose {
                self.found.loose.push(next as u32);
            }
            return false;
        }
        match ending {
            Ending::Maybe => self.is_starter(word) || self.starts_after_long(word, after),
            Ending::Initial => self.is_starter(word),
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
            let mark = ('\u{2010}'..='\u{205E}').contains(&c);
            if !mark && c.is_alphanumeric() {
                return Some((c, at));
            }
            match c {
                ',' | ';' | ':' | ')' | ']' | '}' | '”' | '%' | '/' | '&' | '=' => return None,
                '@' | '#' if self.word_at(at + 1) => return Some(('X', at)),
                _ => at = self.start.next(at + c.len_utf8(), self.end).unwrap_or(self.end),
            }
        }
        Some(('X', at))
    }

    /// Whether a word that starts sentences stands here; `A.` is an initial.
    fn is_starter(&self, word: usize) -> bool {
        let end = self.apostrophe_end(word);
        let initial = self.at(end) == b'.' && self.text[word..end].chars().nth(1).is_none();
        !initial && self.rules.starters.get(&self.text[word..end]).is_some()
    }

    /// End of a word, across one apostrophe (`It's`).
    fn apostrophe_end(&self, word: usize) -> usize {
        let end = self.word_end(word);
        if self.at(end) == b'\'' && self.word_at(end + 1) { self.word_end(end + 1) } else { end }
    }

    /// Whether so much of a sentence comes before that it may end with its abbreviation, and the next word speaks for
    /// that: `Mr.`, or after a time of day one that doesn't go on with it.
    fn starts_after_long(&self, word: usize, after: usize) -> bool {
        let before = &self.text[self.sentence..after];
        if before.len() <= 16 {
            return false;
        }
        let hour = ["a.m.", "p.m.", "A.M.", "P.M."].iter().any(|hour| before.ends_with(hour));
        let form =
            || matches!(self.rules.words.get(&self.text[word..self.word_end(word)]), Some(Entry::Form));
        (hour && !self.follows_hour(word)) || form()
    }

    /// Whether the stop before this byte may belong to the name that it follows (`Yahoo!`).
    fn closes_name(&self, after: usize) -> bool {
        let name = self.token_before(after).and_then(|stop| self.token_before(stop));
        let name = name.filter(|&name| name > self.sentence).and_then(|name| self.char_at(name));
        name.is_some_and(char::is_uppercase)
    }

    /// Whether the word goes on with the time of day: a weekday, a month, a time zone.
    fn follows_hour(&self, word: usize) -> bool {
        let text = &self.text[word..self.word_end(word)];
        let zone = (2..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase());
        let digit = text.starts_with(|c: char| c.is_ascii_digit());
        zone || digit || matches!(self.rules.words.get(text), Some(Entry::Hour)) || self.is_month(word)
    }

    /// Whether an abbreviation of a weekday or month stands here (`Oct.`, `Mon.`).
    fn is_month(&self, word: usize) -> bool {
        let end = self.word_end(word);
        let listed = self.listed(&self.text[word..end]);
        self.at(end) == b'.' && listed.is_some_and(|(class, _)| class != Abbreviation::Title)
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
        let left = self.token_before(at).filter(|_| self.word_before(at));
        if self.list.is_some() && left.is_some_and(|left| self.list_item(left, at)) {
            return;
        }
        let smile = self.at(at + 1) == b')' || left.is_some_and(|left| at - left > 3);
        if smile && !self.is_matched(at) {
            let mut end = at + 1;
            while self.at(end) == b')' {
                end += 1;
            }
            self.settled = end;
            self.after_smile(end);
        }
    }

    /// Whether a bracket opens in the bytes before this closing one.
    fn is_matched(&self, at: usize) -> bool {
        let mut depth = 0;
        for &b in self.bytes[self.from.max(at.saturating_sub(400))..at].iter().rev() {
            match b {
                b')' => depth += 1,
                b'(' if depth == 0 => return true,
                b'(' => depth -= 1,
                _ => {}
            }
        }
        at.saturating_sub(400) > self.from
    }
}

/// Whether the character belongs to an emoji before it.
fn class_of_mark(c: char) -> bool {
    matches!(c, '\u{FE0F}' | '\u{200D}') || (!c.is_ascii() && class_of(c) == Class::Extend)
}
