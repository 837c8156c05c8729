//! The names of a new stage, derived from one.

/// The example's names and, in the same order, those that take their place.
const EXAMPLE: [&str; 5] = [
    "newsmill-example-stage",
    "newsmill_example_stage",
    "words-per-sentence",
    "words_per_sentence",
    "WordsPerSentence",
];

/// Types that the template's code names: a stage of the same name would hide them.
const TAKEN: [&str; 22] = [
    "Article",
    "BuildContext",
    "BuildError",
    "Column",
    "ColumnKind",
    "ConfigFile",
    "Csv",
    "Doc",
    "DocError",
    "GivenTokens",
    "Layer",
    "Options",
    "Outcome",
    "Output",
    "Plan",
    "Registry",
    "Schema",
    "SentenceIx",
    "Sentences",
    "Setup",
    "Tokens",
    "Words",
];

/// Names in newsmill's prelude and Rust's that can't be those of a stage either.
const TAKEN_ELSEWHERE: [&str; 17] = [
    "Deserialize",
    "JsonSchema",
    "NoOptions",
    "Read",
    "Reduce",
    "RowWriter",
    "Sink",
    "Span",
    "SpanStyle",
    "Stage",
    "String",
    "Table",
    "Verdict",
    "Vec",
    "Workspace",
    "Write",
    "Self",
];

/// Long enough for anybody; file systems and tables have limits.
const LONGEST: usize = 40;

/// What a stage is called where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// In configs: `reading-ease`.
    pub kind: String,
    /// Package: `newsmill-reading-ease`.
    pub package: String,
    /// The package in Rust code: `newsmill_reading_ease`.
    pub krate: String,
    /// Its layer and table: `reading_ease`.
    pub layer: String,
    /// Its type: `ReadingEase`.
    pub type_name: String,
}

impl Names {
    /// # Errors
    /// Why no stage can be called so, and what to do.
    pub(super) fn new(kind: &str, known: &[&str]) -> Result<Names, String> {
        let bare = kind.strip_prefix("newsmill-").unwrap_or(kind);
        if !is_kind(bare) {
            let proposal = proposal(bare);
            let hint = match is_kind(&proposal) {
                true => format!("; for example `{proposal}`"),
                false => "; for example `reading-ease`".to_owned(),
            };
            return Err(format!(
                "`{kind}` can't be the name of a stage: it has lower case words of a–z and 0–9, the first beginning with a \
                 letter, joined by single hyphens{hint}"
            ));
        }
        if bare.len() > LONGEST {
            return Err(format!(
                "`{bare}` has {} letters, more than {LONGEST}; choose a shorter name",
                bare.len()
            ));
        }
        let type_name: String = bare.split('-').map(capitalized).collect();
        if TAKEN.iter().chain(&TAKEN_ELSEWHERE).any(|t| *t == type_name) {
            return Err(format!(
                "a type `{type_name}` is in newsmill already; choose a longer name, as `my-{bare}`"
            ));
        }
        if known.contains(&bare) || bare == EXAMPLE[2] || bare == "example-stage" {
            return Err(format!("there is a stage `{bare}` already; choose another name, as `my-{bare}`"));
        }
        let layer = bare.replace('-', "_");
        Ok(Names {
            package: format!("newsmill-{bare}"),
            krate: format!("newsmill_{layer}"),
            kind: bare.to_owned(),
            layer,
            type_name,
        })
    }

    /// A text of the template with these names.
    pub(super) fn fill(&self, text: &str) -> String {
        let own = [&self.package, &self.krate, &self.kind, &self.layer, &self.type_name];
        EXAMPLE.iter().zip(own).fold(text.to_owned(), |text, (example, own)| text.replace(example, own))
    }
}

fn is_kind(name: &str) -> bool {
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('-').all(word)
}

/// What the user may have meant: `Reading_Ease` → `reading-ease`.
fn proposal(name: &str) -> String {
    let lower: String =
        name.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    lower.split('-').filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-")
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_derive_from_one() {
        let names = Names::new("reading-ease2", &[]).unwrap();
        assert_eq!(
            (&*names.package, &*names.krate, &*names.layer, &*names.type_name),
            ("newsmill-reading-ease2", "newsmill_reading_ease2", "reading_ease2", "ReadingEase2")
        );
        assert_eq!(Names::new("newsmill-reading-ease2", &[]).unwrap(), names);
    }

    #[test]
    fn bad_names_are_refused_with_one_that_would_do() {
        for (name, part) in [
            ("Reading_Ease", "for example `reading-ease`"),
            ("reading--ease", "for example `reading-ease`"),
            ("-x", "for example `x`"),
            ("2x", "for example `reading-ease`"),
            ("", "for example `reading-ease`"),
            ("../x", "for example `x`"),
            ("läge", "for example `l-ge`"),
            ("options", "as `my-options`"),
            ("tokenize", "there is a stage `tokenize` already"),
            ("words-per-sentence", "already"),
            (&"a".repeat(41), "more than 40"),
        ] {
            let message = Names::new(name, &["tokenize"]).unwrap_err();
            assert!(message.contains(part), "{name}: {message}");
        }
    }

    #[test]
    fn no_name_of_the_example_is_left() {
        let names = Names::new("x", &[]).unwrap();
        for (path, text) in
            super::super::COMMON.iter().chain(&super::super::INSIDE).chain(&super::super::OUTSIDE)
        {
            let filled = names.fill(text);
            for name in ["example", "words-per", "words_per", "WordsPer"] {
                assert!(!filled.contains(name), "{path} has {name}");
            }
        }
    }
}
