//! Which language an article is in, as far as the rules need it: asked for only when a rule hangs on it.

use crate::rules::Languages;

/// The article's language: told by its metadata, or guessed from its text on first use.
#[derive(Debug)]
pub struct Guess {
    known: Option<Languages>,
}

/// Bytes of text that the guess is made from.
const SAMPLE: usize = 2048;

impl Guess {
    /// From a language tag; empty if unknown.
    pub fn from_tag(tag: &str) -> Self {
        let known = match tag.split(['-', '_']).next().unwrap_or("") {
            "" => None,
            "de" => Some(Languages::DE),
            "fr" => Some(Languages::FR),
            "ru" | "uk" | "be" | "bg" | "sr" | "mk" => Some(Languages::CYRILLIC),
            _ => Some(Languages::EN),
        };
        Guess { known }
    }

    /// The language.
    pub fn get(&mut self, text: &str) -> Languages {
        *self.known.get_or_insert_with(|| guess(text))
    }
}

fn guess(text: &str) -> Languages {
    let mut cut = text.len().min(SAMPLE);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let sample = &text[..cut];
    if sample.contains(" the ") {
        return Languages::EN;
    }
    let cyrillic = sample.bytes().filter(|b| matches!(b, 0xD0 | 0xD1)).count();
    if cyrillic * 4 > sample.len() {
        return Languages::CYRILLIC;
    }
    let (mut english, mut german, mut french) = (0, 0, 0);
    for word in sample.split(|c: char| !c.is_alphanumeric()) {
        match word {
            "of" | "and" | "to" | "that" | "is" | "for" | "was" | "it" | "with" | "he" | "as" | "at"
            | "by" => english += 1,
            "der" | "die" | "und" | "das" | "ist" | "nicht" | "ein" | "eine" | "von" | "zu" | "den"
            | "mit" | "sich" => {
                german += 1;
            }
            "le" | "la" | "les" | "des" | "et" | "est" | "une" | "dans" | "du" | "que" | "pour" | "par"
            | "sur" => {
                french += 1;
            }
            _ => {}
        }
    }
    if german > english && german > french {
        Languages::DE
    } else if french > english {
        Languages::FR
    } else {
        Languages::EN
    }
}
