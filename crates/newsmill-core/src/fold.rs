//! Folding: the form in which names and words are compared.
//!
//! Lower case, without diacritics, with straight apostrophes and plain hyphens, without characters that can't be
//! seen: `Erdoğan` and `ERDOGAN` both fold to `erdogan`, `O’Neill` to `o'neill`.

mod table;

/// Appends the folded form of a character.
fn fold_char(c: char, mut push: impl FnMut(&str)) {
    let mut utf8 = [0; 4];
    match c {
        '\0'..='\x7F' => push(c.to_ascii_lowercase().encode_utf8(&mut utf8)),
        '\u{C0}'..='\u{24F}' => push(table::LATIN[c as usize - 0xC0]),
        '\u{1E00}'..='\u{1EFF}' => push(table::LATIN_ADDITIONAL[c as usize - 0x1E00]),
        // Combining marks, soft hyphen, joiners, zero-width space, byte order mark, direction marks.
        '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' => {}
        '‘' | '’' | 'ʼ' | 'ʻ' | '´' | '′' | '＇' => push("'"),
        '‐' | '‑' | '⁃' => push("-"),
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => push(" "),
        '\u{2010}'..='\u{205E}' | '\u{3001}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' => {
            push(c.encode_utf8(&mut utf8))
        }
        'Ё' | 'ё' => push("е"),
        'ά' | 'Ά' => push("α"),
        'έ' | 'Έ' => push("ε"),
        'ή' | 'Ή' => push("η"),
        'ί' | 'Ί' | 'ϊ' | 'ΐ' | 'Ϊ' => push("ι"),
        'ό' | 'Ό' => push("ο"),
        'ύ' | 'Ύ' | 'ϋ' | 'ΰ' | 'Ϋ' => push("υ"),
        'ώ' | 'Ώ' => push("ω"),
        'ς' => push("σ"),
        _ => {
            for lower in c.to_lowercase() {
                push(lower.encode_utf8(&mut utf8));
            }
        }
    }
}

/// Appends the folded form of `text`.
pub fn fold_into(text: &str, out: &mut String) {
    for c in text.chars() {
        fold_char(c, |s| out.push_str(s));
    }
}

/// The folded form of `text`.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// A 32-bit hash of the folded form, for quick rejection; always compare the text before you believe it.
///
/// Defined as [`hash_bytes`] of [`fold`]`(text)`, but allocates only for non-ASCII texts of over 64 folded bytes.
#[inline]
pub fn fold_hash(text: &str) -> u32 {
    if text.is_ascii() { hash_ascii(text.as_bytes()) } else { hash_unicode(text) }
}

const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
const MULTIPLIER: u64 = 0xD6E8_FEB8_6659_FD93;

/// A 32-bit hash of bytes, eight at a time.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> u32 {
    hash_words(bytes, |w| w)
}

/// [`fold_hash`] in steps, for who has the text in registers: folded words of eight bytes, little-endian, the last one
/// padded with zeros; none for an empty text.
#[derive(Clone, Copy, Debug)]
pub struct FoldHasher(u64);

impl FoldHasher {
    /// For a text whose folded form has `len` bytes.
    #[inline(always)]
    pub fn new(len: usize) -> Self {
        FoldHasher(SEED ^ len as u64)
    }

    /// Adds eight folded bytes.
    #[inline(always)]
    pub fn word(&mut self, folded: u64) {
        self.0 = mix(self.0, folded);
    }

    /// The hash.
    #[inline(always)]
    pub fn finish(self) -> u32 {
        (self.0 ^ (self.0 >> 32)) as u32
    }
}

#[inline]
fn hash_ascii(bytes: &[u8]) -> u32 {
    hash_words(bytes, lower_ascii)
}

/// Four letters of the Cyrillic block `U+0400..=U+045F` in UTF-8, folded, and a bit in the lane of each capital; `None` if there is any other character.
///
/// Bytes in memory order, so that a lead byte is the low half of a lane of 16 bits.
#[inline]
pub fn fold_cyrillic(bytes: u64) -> Option<(u64, u64)> {
    let (folded, capitals, fits) = fold_cyrillic_lanes(bytes);
    fits.then_some((folded, capitals))
}

/// [`fold_cyrillic`] without a branch, for loops over columns: whether all four are such letters is the last of the
/// three; if not, the others mean nothing.
#[inline(always)]
pub fn fold_cyrillic_lanes(bytes: u64) -> (u64, u64, bool) {
    const LANES: u64 = 0x0001_0001_0001_0001;
    // U+0400 + `letters`: the last bit of the lead byte, then six bits of the second byte.
    let letters = (bytes & LANES) << 6 | (bytes >> 8 & (LANES * 0x3F));
    // The lane's top bit says whether a letter is at or after the constant.
    let from = |first: u64| letters + LANES * (0x8000 - first);
    let fits = bytes & (LANES * 0xC0FE) == LANES * 0x80D0 && from(0x60) & (LANES * 0x8000) == 0;
    let spread = |tops: u64| (tops & (LANES * 0x8000)) >> 15;
    let capital = spread(!from(0x30));
    let early = spread(!from(0x10));
    let lower = letters + capital * 0x20 + early * 0x30;
    // Ё and ё fold to е.
    let other = lower ^ (LANES * 0x51);
    let yo = spread(!(other + LANES * 0x7FFF));
    let lower = lower - yo * (0x51 - 0x35);
    let seconds = (lower & (LANES * 0x3F)) << 8;
    ((LANES * 0x80D0) | seconds | (lower >> 6 & LANES), capital, fits)
}

/// Eight bytes of small Cyrillic а, to fill up a word with.
pub const CYRILLIC_PADDING: u64 = 0xB0D0_B0D0_B0D0_B0D0;

/// [`fold_hash`] if all characters are of the basic Cyrillic letters.
fn hash_cyrillic(bytes: &[u8]) -> Option<u32> {
    let mut h = FoldHasher::new(bytes.len());
    let (words, tail) = bytes.as_chunks::<8>();
    for w in words {
        h.word(fold_cyrillic(u64::from_le_bytes(*w))?.0);
    }
    if !tail.is_empty() {
        let mut last = CYRILLIC_PADDING.to_le_bytes();
        last[..tail.len()].copy_from_slice(tail);
        h.word(fold_cyrillic(u64::from_le_bytes(last))?.0 & (!0 >> (64 - 8 * tail.len())));
    }
    Some(h.finish())
}

fn hash_unicode(text: &str) -> u32 {
    let cyrillic = matches!(text.as_bytes().first(), Some(0xD0 | 0xD1));
    if let Some(hash) = cyrillic.then(|| hash_cyrillic(text.as_bytes())).flatten() {
        return hash;
    }
    let mut buf = [0u8; 64];
    let mut len = 0;
    let mut fits = true;
    for c in text.chars() {
        fold_char(c, |s| {
            for &byte in s.as_bytes() {
                match buf.get_mut(len) {
                    Some(room) => *room = byte,
                    None => fits = false,
                }
                len += 1;
            }
        });
    }
    if fits { hash_bytes(&buf[..len]) } else { hash_bytes(fold(text).as_bytes()) }
}

#[inline]
fn hash_words(bytes: &[u8], map: impl Fn(u64) -> u64) -> u32 {
    let mut h = SEED ^ bytes.len() as u64;
    let (words, tail) = bytes.as_chunks::<8>();
    for w in words {
        h = mix(h, map(u64::from_le_bytes(*w)));
    }
    if !tail.is_empty() {
        h = mix(h, map(short_word(tail)));
    }
    (h ^ (h >> 32)) as u32
}

/// One to seven bytes as a little-endian number, without a copy of variable length.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    let n = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (n - 4));
    }
    let at = |i: usize| u64::from(bytes.get(i).copied().unwrap_or(0)) << (8 * i);
    at(0) | at(1) | at(2)
}

#[inline]
fn mix(h: u64, word: u64) -> u64 {
    let x = (h ^ word).wrapping_mul(MULTIPLIER);
    x ^ (x >> 29)
}

/// Lower case of eight ASCII bytes at once.
#[inline(always)]
pub fn lower_ascii(x: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let at_least_a = x.wrapping_add(ONES * (0x80 - b'A' as u64));
    let above_z = x.wrapping_add(ONES * (0x80 - b'Z' as u64 - 1));
    x | (((at_least_a ^ above_z) & (ONES * 0x80)) >> 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_to_what_people_type() {
        for (text, folded) in [
            ("Erdoğan", "erdogan"),
            ("O’Neill", "o'neill"),
            ("ŁUKASZ", "lukasz"),
            ("Nguyễn Văn", "nguyen van"),
            ("São Paulo", "sao paulo"),
            ("Straße", "strasse"),
            ("İstanbul", "istanbul"),
            ("Zoe\u{301}", "zoe"),
            ("co\u{AD}operate", "cooperate"),
            ("МОСКВА", "москва"),
            ("Αθήνα", "αθηνα"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn hash_is_that_of_the_folded_bytes() {
        let long = "Ünïcödé-".repeat(20);
        for text in [
            "",
            "A",
            "Moscow",
            "MOSCOW",
            "Radio Free Europe",
            "Erdoğan",
            "“",
            "'s",
            "’s",
            "[\\]^_`@Z{",
            &long,
        ] {
            assert_eq!(fold_hash(text), hash_bytes(fold(text).as_bytes()), "{text}");
        }
        assert_eq!(fold_hash("’s"), fold_hash("'S"));
        for first in 'Ѐ'..='ѿ' {
            let text = format!("{first}Яж-{first}{first}а");
            let letters = text.replace('-', "");
            assert_eq!(fold_hash(&text), hash_bytes(fold(&text).as_bytes()), "{text}");
            assert_eq!(fold_hash(&letters), hash_bytes(fold(&letters).as_bytes()), "{letters}");
        }
        for text in ["", "a", "U.S.", "Moscow", "DEFENCE!", "Herausgeber"] {
            let mut hasher = FoldHasher::new(text.len());
            for chunk in text.as_bytes().chunks(8) {
                let mut bytes = [0; 8];
                bytes[..chunk.len()].copy_from_slice(chunk);
                hasher.word(lower_ascii(u64::from_le_bytes(bytes)));
            }
            assert_eq!(hasher.finish(), fold_hash(text), "{text}");
        }
    }
}
