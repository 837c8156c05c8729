//! Forms of English verbs and nouns, made from the base forms in the rule files.

use crate::tags::Tags;

/// The forms of a verb entry `base`, `base*` (doubles the last consonant) or `base/past/participle`.
pub(crate) fn verb_forms(entry: &str) -> Vec<(String, Tags)> {
    let (entry, doubled) = match entry.strip_suffix('*') {
        Some(e) => (e, true),
        None => (entry, false),
    };
    let mut pieces = entry.split('/');
    let base = pieces.next().unwrap_or("");
    let stem = if doubled { double(base) } else { base.to_owned() };
    let regular = if base.ends_with('e') {
        format!("{base}d")
    } else if ends_in_consonant_y(base) {
        format!("{}ied", &base[..base.len() - 1])
    } else {
        format!("{stem}ed")
    };
    let past = pieces.next().map_or_else(|| regular.clone(), str::to_owned);
    let participle = pieces.next().map_or_else(|| past.clone(), str::to_owned);
    vec![
        (base.to_owned(), Tags::V0),
        (s_form(base), Tags::VS),
        (past, Tags::VD),
        (participle, Tags::VN),
        (ing_form(base, &stem), Tags::VG),
    ]
}

/// The forms of an entry that lists them: infinitive/3rd person/past/past plural/participle.
pub(crate) fn listed_forms(entry: &str) -> Vec<(String, Tags)> {
    let classes = [Tags::V0, Tags::VS, Tags::VD, Tags::VD, Tags::VN];
    entry.split('/').map(str::to_owned).zip(classes).collect()
}

fn ing_form(base: &str, stem: &str) -> String {
    if let Some(root) = base.strip_suffix("ie") {
        format!("{root}ying")
    } else if base.ends_with('e') && !["ee", "oe", "ye"].iter().any(|e| base.ends_with(e)) && base.len() > 2 {
        format!("{}ing", &base[..base.len() - 1])
    } else {
        format!("{stem}ing")
    }
}

fn double(base: &str) -> String {
    let mut stem = base.to_owned();
    stem.extend(base.chars().next_back());
    stem
}

fn ends_in_consonant_y(word: &str) -> bool {
    let mut last = word.chars().rev();
    last.next() == Some('y') && last.next().is_some_and(|c| !"aeiou".contains(c))
}

/// The -s form of a verb or the plural of a noun.
pub(crate) fn s_form(base: &str) -> String {
    if ends_in_consonant_y(base) {
        format!("{}ies", &base[..base.len() - 1])
    } else if ["s", "x", "z", "ch", "sh"].iter().any(|e| base.ends_with(e))
        || (base.ends_with('o') && !base.ends_with("oo") && !base.ends_with("io"))
    {
        format!("{base}es")
    } else if let Some(stem) = base.strip_suffix("man") {
        format!("{stem}men")
    } else {
        format!("{base}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(entry: &str) -> String {
        verb_forms(entry).into_iter().map(|(f, _)| f).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn regular_and_irregular_verbs() {
        assert_eq!(forms("state"), "state states stated stated stating");
        assert_eq!(forms("say/said/said"), "say says said said saying");
        assert_eq!(forms("deny"), "deny denies denied denied denying");
        assert_eq!(forms("admit*"), "admit admits admitted admitted admitting");
        assert_eq!(forms("stress"), "stress stresses stressed stressed stressing");
        assert_eq!(forms("agree"), "agree agrees agreed agreed agreeing");
        assert_eq!(forms("lie"), "lie lies lied lied lying");
        assert_eq!(forms("go/went/gone"), "go goes went gone going");
    }

    #[test]
    fn plurals() {
        assert_eq!(s_form("spokesman"), "spokesmen");
        assert_eq!(s_form("agency"), "agencies");
        assert_eq!(s_form("analysis"), "analysises");
        assert_eq!(s_form("witness"), "witnesses");
    }
}
