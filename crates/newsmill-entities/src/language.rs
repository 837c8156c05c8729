//! Whether the English rules may be applied to an article.

use newsmill_core::layers::TokenFlags;

use crate::view::View;
use crate::words::Class;

/// Fewer words in Latin letters aren't judged.
const ENOUGH: u32 = 20;

/// Whether an article is in English: by its tag, else by its function words. Text without any, such as a table of
/// results, counts as English; another language must show itself.
pub fn is_english(v: View<'_>, tag: &str) -> bool {
    match tag.split(['-', '_']).next().unwrap_or("") {
        "" => !is_foreign(v),
        language => language.eq_ignore_ascii_case("en"),
    }
}

fn is_foreign(v: View<'_>) -> bool {
    let (mut words, mut english, mut foreign, mut other_script) = (0u32, 0u32, 0u32, 0u32);
    for t in 0..v.len() {
        let flags = v.flags(t);
        if !flags.is_wordlike() {
            continue;
        }
        words += 1;
        if flags.has(TokenFlags::NON_ASCII) {
            let latin =
                v.word(t).chars().any(|c| c.is_ascii_alphabetic() || ('\u{C0}'..='\u{24F}').contains(&c));
            other_script += u32::from(!latin);
        } else if v.is_lower(t) {
            let class = v.class(t);
            english += u32::from(class.any(Class::ENGLISH));
            foreign +=
                u32::from(class.any(Class::FOREIGN) && !class.any(Class::ENGLISH.with(Class::PARTICLE)));
        }
    }
    // Another script needs no counting: one headline in Cyrillic shows itself.
    other_script * 2 > words || (words >= ENOUGH && foreign > english && foreign * 12 > words)
}
