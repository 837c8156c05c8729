//! A look at how deep a page's elements lie in each other, before it is parsed.
//!
//! Building a tree takes time for every open element at each new one, so that a page of a million `<div>` would take
//! hours. Browsers stop at 512.

/// Elements in each other that a page may have.
pub(crate) const LIMIT: usize = 512;

/// Elements that have no content, or that the next of their kind ends: authors leave out their end tags.
const UNCOUNTED: &[&str] = &[
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img",
    "input", "li", "link", "meta", "option", "optgroup", "p", "param", "source", "tbody", "td", "tfoot",
    "th", "thead", "tr", "track", "wbr",
];

/// Whether some element lies deeper than [`LIMIT`], as far as tags tell.
pub(crate) fn is_too_deep(html: &str) -> bool {
    let bytes = html.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        at += found + 1;
        let rest = &bytes[at..];
        if rest.starts_with(b"!--") {
            at += memchr::memmem::find(rest, b"-->").unwrap_or(rest.len());
            continue;
        }
        let closes = rest.first() == Some(&b'/');
        let name = &rest[usize::from(closes)..];
        let length = name.iter().take(20).take_while(|b| b.is_ascii_alphanumeric()).count();
        if length == 0 || !name[0].is_ascii_alphabetic() {
            continue;
        }
        let name = name[..length].to_ascii_lowercase();
        if UNCOUNTED.iter().any(|n| n.as_bytes() == name) {
            continue;
        }
        if closes {
            depth = depth.saturating_sub(1);
        } else {
            depth += 1;
            if depth > LIMIT {
                return true;
            }
            if name == b"script" || name == b"style" {
                // What looks like tags in there is none.
                let end: &[u8] = if name == b"script" { b"</script" } else { b"</style" };
                at += memchr::memmem::find(&bytes[at..], end).unwrap_or(0);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_elements_in_each_other_count() {
        assert!(!is_too_deep(&"<div>x</div><p>y<br>".repeat(5000)));
        assert!(!is_too_deep(&"<".repeat(5000)));
        assert!(!is_too_deep(&format!("<script>{}</script>", "'<b>'".repeat(5000))));
        assert!(!is_too_deep(&format!("<!-- {} -->", "<b>".repeat(5000))));
        assert!(is_too_deep(&"<div>".repeat(513)));
        assert!(is_too_deep(&"<B><i>".repeat(300)));
    }
}
