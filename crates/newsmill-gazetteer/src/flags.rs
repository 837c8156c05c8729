//! The words of a list's `flags` column.

use newsmill_core::lexicon::NameFlags;

/// The words that a `flags` cell may hold, and what each means.
pub const FLAG_WORDS: [(&str, &str); 10] = [
    ("exact", "only in exactly this case"),
    ("anycase", "in any case, lower case too"),
    ("abbr", "an abbreviation: dots are optional, the case counts"),
    ("amb", "a common word or shared name: needs context"),
    ("surname", "a bare surname: refers back, never a first mention"),
    ("famous", "a surname that is used alone at first mention"),
    ("variant", "a transliteration or foreign form"),
    ("nofold", "diacritics must agree"),
    ("nofuzzy", "never matched fuzzily"),
    ("suppress", "takes the form (or, without one, the entity) out of the lists before this one"),
];

/// A parsed `flags` cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// How the row's forms may be used.
    pub name: NameFlags,
    /// The row takes something away instead of adding it.
    pub suppress: bool,
}

/// Parses a cell of words between spaces.
///
/// # Errors
/// The first unknown word.
pub fn parse(cell: &str) -> Result<Flags, &str> {
    let mut flags = Flags::default();
    for word in cell.split_ascii_whitespace() {
        let bit = match word {
            "exact" => NameFlags::EXACT,
            "anycase" => NameFlags::ANY_CASE,
            "abbr" => NameFlags::ABBREVIATION.with(NameFlags::EXACT),
            "amb" => NameFlags::AMBIGUOUS,
            "surname" => NameFlags::SURNAME,
            "famous" => NameFlags::FAMOUS,
            "variant" => NameFlags::VARIANT,
            "nofold" => NameFlags::NO_FOLD,
            "nofuzzy" => NameFlags::NO_FUZZY,
            "suppress" => {
                flags.suppress = true;
                continue;
            }
            _ => return Err(word),
        };
        flags.name = flags.name.with(bit);
    }
    if flags.name.has(NameFlags::ANY_CASE) && flags.name.has(NameFlags::ABBREVIATION) {
        // "abbr anycase": dots optional, and the case doesn't count after all.
        flags.name = NameFlags(flags.name.0 & !NameFlags::EXACT.0);
    }
    Ok(flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_word_is_known() {
        for (word, _) in FLAG_WORDS {
            assert!(parse(word).is_ok(), "{word}");
        }
        assert_eq!(parse("amb  exakt"), Err("exakt"));
    }

    #[test]
    fn an_abbreviation_is_exact_unless_it_says_any_case() {
        assert!(parse("abbr").unwrap().name.has(NameFlags::EXACT));
        assert!(!parse("abbr anycase").unwrap().name.has(NameFlags::EXACT));
    }
}
