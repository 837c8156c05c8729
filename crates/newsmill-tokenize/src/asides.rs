//! Short pieces that newsrooms set beside prose: credits, date lines, attributions, years in brackets.

use crate::rules::Entry;
use crate::scan::Scan;

/// Longest attribution (`— Matthew Ingram`), in bytes.
const LONGEST_ATTRIBUTION: usize = 60;

impl Scan<'_> {
    /// A colon after `Image` and the like: a picture's credit is a sentence of its own, with no stop before it.
    pub fn credit(&mut self, at: usize) {
        let Some(left) = self.token_before(at).filter(|_| self.word_before(at) && self.blank_at(at + 1))
        else {
            return;
        };
        if matches!(self.rules.words.get(&self.text[left..at]), Some(Entry::Credit))
            && self.blank_before(left)
        {
            self.begin(left);
        }
    }

    /// A date with its weekday that closes a paragraph, as below headlines, is a sentence of its own.
    pub fn date_line(&mut self) {
        if !self.before(self.end).is_ascii_digit() {
            return;
        }
        let mut words = [""; 4];
        let mut from = self.end;
        for (count, word) in words.iter_mut().rev().enumerate() {
            let end = if count == 0 { from } else { self.solid_before(from) };
            let Some(blank) = self.maps.space.previous(end.saturating_sub(1), 1) else { return };
            from = blank + 1;
            let Some(text) = self.text.get(from..end).filter(|_| from > self.from) else { return };
            *word = text;
        }
        if from <= self.sentence {
            return;
        }
        let [weekday, month, day, year] = words;
        let calendar = |word: &str| matches!(self.rules.words.get(word), Some(Entry::Hour));
        let number = |word: &str, longest: usize| {
            (1..=longest).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())
        };
        let fits = weekday.strip_suffix(',').is_some_and(|day| day.ends_with("day") && calendar(day))
            && calendar(month)
            && day.strip_suffix(',').is_some_and(|day| number(day, 2))
            && year.len() == 4
            && number(year, 4);
        if fits {
            self.begin(from);
        }
    }

    /// End of what stands before the blanks before this byte.
    fn solid_before(&self, mut at: usize) -> usize {
        while at > self.from && self.maps.space.get(at - 1) {
            at -= 1;
        }
        at
    }

    /// Whether what starts here belongs to the sentence before: a year in brackets, or a dash and the name of who said
    /// it, up to the paragraph's end.
    pub fn is_aside(&self, next: usize) -> bool {
        match self.bytes[next] {
            b'(' => {
                let rest = &self.bytes[next + 1..self.end];
                rest.len() > 4 && rest[..4].iter().all(u8::is_ascii_digit) && rest[4] == b')'
            }
            b'-' | 0xE2 => self.is_attribution(next),
            _ => false,
        }
    }

    fn is_attribution(&self, dash: usize) -> bool {
        if self.end - dash > LONGEST_ATTRIBUTION {
            return false;
        }
        let rest = &self.text[dash..self.end];
        let name = rest.trim_start_matches(['-', '–', '—']);
        name.len() < rest.len()
            && name.starts_with(char::is_whitespace)
            && name.trim_start().starts_with(char::is_uppercase)
            && !name.contains(['.', '!', '?', '…', ':'])
            && name.split_whitespace().count() <= 5
    }
}
