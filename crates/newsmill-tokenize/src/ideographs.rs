//! Words of scripts without spaces, by ICU's dictionaries: an option, because it runs at a fraction of the speed of the rest.

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};

use crate::bits::Bits;
use crate::chars::{Class, class_of};

/// Cuts runs of Han, Kana, Thai and the like into words.
pub struct Dictionary(WordSegmenterBorrowed<'static>);

impl Dictionary {
    /// The compiled-in dictionaries.
    pub fn new() -> Self {
        Dictionary(WordSegmenter::new_dictionary(WordBreakInvariantOptions::default()))
    }

    /// Moves the token starts inside such runs to where words begin.
    pub fn cut(&self, text: &str, start: &mut Bits) {
        let mut run: Option<usize> = None;
        for (at, c) in text.char_indices() {
            let inside = !c.is_ascii() && matches!(class_of(c), Class::Ideograph | Class::Run);
            match run {
                None if inside => run = Some(at),
                Some(from) if !inside => {
                    self.cut_run(text, from, at, start);
                    run = None;
                }
                _ => {}
            }
        }
        if let Some(from) = run {
            self.cut_run(text, from, text.len(), start);
        }
    }

    fn cut_run(&self, text: &str, from: usize, to: usize, start: &mut Bits) {
        let first = start.get(from);
        start.clear_range(from..to);
        for at in self.0.segment_str(&text[from..to]) {
            if at > 0 && from + at < to {
                start.set(from + at);
            }
        }
        if first {
            start.set(from);
        }
    }
}
