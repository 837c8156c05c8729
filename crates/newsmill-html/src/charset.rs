//! Which encoding a page is in, much as browsers find it.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Where a page must say its encoding; bytes.
const PRESCANNED: usize = 4096;

/// A page's text, and whether bytes of it had to be replaced.
///
/// A byte order mark counts most. Bytes that are valid UTF-8 are that, whatever is said: nothing else looks like it by
/// chance. Then the page's own word, the server's, and a guess; the first that fits without a bad byte is taken.
pub(crate) fn decode<'a>(bytes: &'a [u8], told: Option<&str>) -> (Cow<'a, str>, bool) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), false);
    }
    let label = |label: &str| Encoding::for_label(label.trim().as_bytes());
    let own = meta_charset(&bytes[..bytes.len().min(PRESCANNED)]).and_then(label);
    // A page that can be read far enough to find its word isn't in UTF-16.
    let own = own.filter(|e| *e != UTF_16LE && *e != UTF_16BE);
    let said = [own, told.and_then(label)];
    for encoding in said.into_iter().flatten().filter(|e| *e != UTF_8) {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            return (text, false);
        }
    }
    if said.contains(&Some(UTF_8)) {
        return (String::from_utf8_lossy(bytes), true);
    }
    newsmill_input::guess_encoding(bytes).decode_without_bom_handling(bytes)
}

/// The value of `charset` in a `meta` element (`<meta charset=x>`, or inside its `content`).
fn meta_charset(head: &[u8]) -> Option<&str> {
    let lower = head.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&lower[from..], b"<meta") {
        let start = from + at;
        let end = start + memchr::memchr(b'>', &lower[start..])?;
        if let Some(at) = memchr::memmem::find(&lower[start..end], b"charset") {
            let value = head[start + at + 7..end].trim_ascii_start();
            if let Some(value) = value.strip_prefix(b"=") {
                let value = value.trim_ascii_start();
                let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
                let ends = |b: &u8| matches!(b, b'"' | b'\'' | b';' | b'/') || b.is_ascii_whitespace();
                let length = value.iter().position(ends).unwrap_or(value.len());
                return std::str::from_utf8(&value[..length]).ok().filter(|v| !v.is_empty());
            }
        }
        from = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_what_fits() {
        let of = |bytes: &[u8], told| decode(bytes, told).0.into_owned();
        assert_eq!(of("é".as_bytes(), Some("iso-8859-1")), "é");
        assert_eq!(of(b"<meta charset=windows-1251>\xC4\xE0", None), "<meta charset=windows-1251>Да");
        let http = b"<META http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\">\xE4\xC1";
        assert!(of(http, Some("utf-8")).ends_with("Да"));
        assert_eq!(of(b"\xC4\xE0", Some("windows-1251")), "Да");
        assert_eq!(of(b"\xFF\xFEa\0", Some("utf-8")), "a");
        assert_eq!(decode(b"caf\xE9", Some("utf-8")), (Cow::from("caf\u{FFFD}"), true));
        assert!(
            of(b"Il caf\xE9 \xE8 chiuso, perch\xE9 il barista \xE8 malato.", None).starts_with("Il café è")
        );
        assert_eq!(meta_charset(b"<meta charset"), None);
        assert_eq!(meta_charset(b"<meta charset=>"), None);
    }
}
