//! From bytes to text: which encoding they are in, and what becomes of bytes that are in none.
//!
//! Formats whose records are lines are changed to UTF-8 before their records are found ([`TextOptions::recode`]); those
//! in which a file is a record are decoded whole ([`Decoding::whole`]). Either way a byte order mark counts more than
//! what the config says, and bytes that make no character are an error or, if the config says so, become U+FFFD.

use std::borrow::Cow;
use std::io::{self, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use newsmill_core::build::BuildError;
use newsmill_core::input::{DecodeError, Recode};
use schemars::JsonSchema;
use serde::Deserialize;

/// How much of a file is looked at to guess its encoding; bytes.
const LOOKED_AT: usize = 64 << 10;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What to do about bytes that are no text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Invalid {
    /// The record goes to `quarantine.jsonl`.
    #[default]
    Quarantine,
    /// They become U+FFFD, and the article's status says so.
    Replace,
}

/// How bytes become text.
#[derive(Clone, Copy, Debug)]
pub struct Decoding {
    /// What the config says.
    encoding: &'static Encoding,
    /// Guess it if the bytes are no UTF-8.
    detect: bool,
    invalid: Invalid,
}

impl Decoding {
    /// From the options `encoding` (a label such as `windows-1252`, or `detect`; empty for UTF-8) and `invalid`.
    ///
    /// # Errors
    /// There is no such encoding.
    pub fn new(encoding: &str, invalid: Invalid) -> Result<Self, BuildError> {
        let detect = encoding.eq_ignore_ascii_case("detect");
        let label = if detect || encoding.is_empty() { "utf-8" } else { encoding };
        let unknown = || {
            BuildError::new(format!("there is no encoding `{encoding}`"))
                .help("give a name such as utf-8, utf-16le, windows-1252, iso-8859-15, gbk or shift_jis, or \"detect\"")
                .at("/encoding")
        };
        let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(unknown)?;
        Ok(Decoding { encoding, detect, invalid })
    }

    /// Bytes that are no text are replaced.
    pub(crate) fn replaces(&self) -> bool {
        self.invalid == Invalid::Replace
    }

    /// The encoding of a file that begins with `head`, of which there may be more.
    fn of(&self, head: &[u8]) -> &'static Encoding {
        match Encoding::for_bom(head) {
            Some((encoding, _)) => encoding,
            None if self.detect => guess(head),
            None => self.encoding,
        }
    }

    /// Changes a file that begins with `head` to UTF-8, if it is in something else. Bytes that make no character become
    /// the byte FF, which is no UTF-8 either, so that it is the record's decoder that decides about them.
    pub fn recode(&self, head: &[u8]) -> Option<Recode> {
        let encoding = self.of(head);
        (encoding != UTF_8)
            .then(|| -> Recode { Box::new(move |reader| Box::new(ToUtf8::new(reader, encoding))) })
    }

    /// What is worth noting of a file that begins with `head`: which encoding it is read in, if that is a guess.
    pub fn note(&self, head: &[u8]) -> Option<DecodeError> {
        let guessed = self.detect && Encoding::for_bom(head).is_none();
        let encoding = guessed.then(|| guess(head)).filter(|encoding| *encoding != UTF_8)?;
        let message = format!(
            "read as {}, which is a guess; if words look wrong, name the \"encoding\"",
            encoding.name()
        );
        Some(DecodeError::new("guessed-encoding", message))
    }

    /// A record that is UTF-8, or should be; and how many sequences of bytes had to be replaced.
    ///
    /// # Errors
    /// It isn't, and the config doesn't say that bytes should be replaced.
    pub fn record<'a>(&self, bytes: &'a [u8]) -> Result<(Cow<'a, str>, usize), DecodeError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok((Cow::Borrowed(text), 0)),
            Err(_) if self.invalid == Invalid::Replace => {
                let replaced = bytes.utf8_chunks().filter(|c| !c.invalid().is_empty()).count();
                Ok((String::from_utf8_lossy(bytes), replaced))
            }
            Err(e) => Err(self.invalid(e.valid_up_to())),
        }
    }

    fn invalid(&self, at: usize) -> DecodeError {
        let hint = "say which \"encoding\" it is (or \"detect\"), or set \"invalid\" to \"replace\"";
        DecodeError::new("invalid-utf8", format!("byte {at} isn't valid UTF-8; {hint}"))
    }

    /// A whole file; a note if that wasn't plain.
    ///
    /// # Errors
    /// It isn't in the encoding that the config says, and the config doesn't say that bytes should be replaced.
    pub fn whole<'a>(&self, bytes: &'a [u8], note: &mut String) -> Result<Cow<'a, str>, DecodeError> {
        let encoding = self.of(&bytes[..bytes.len().min(LOOKED_AT)]);
        let bare = match Encoding::for_bom(bytes) {
            Some((_, length)) => &bytes[length..],
            None => bytes,
        };
        if encoding == UTF_8 {
            let at = bytes.len() - bare.len();
            let (text, replaced) = self.record(bare).map_err(|mut e| {
                if let Err(error) = std::str::from_utf8(bare) {
                    e = self.invalid(at + error.valid_up_to());
                }
                e
            })?;
            push_replaced(note, replaced);
            return Ok(text);
        }
        let text = encoding.decode_without_bom_handling_and_without_replacement(bare);
        if self.detect && bare.len() == bytes.len() {
            push_note(note, &format!("read as {}", encoding.name()));
        }
        match text {
            Some(text) => Ok(text),
            None if self.invalid == Invalid::Replace => {
                let (text, _) = encoding.decode_without_bom_handling(bare);
                push_note(note, "invalid bytes replaced");
                Ok(text)
            }
            None => {
                let message = format!(
                    "it isn't valid {}; say which \"encoding\" it is, or set \"invalid\" to \"replace\"",
                    encoding.name()
                );
                Err(DecodeError::new("invalid-encoding", message))
            }
        }
    }
}

/// Says in an article's note how many sequences of bytes were replaced, if any.
pub(crate) fn push_replaced(note: &mut String, replaced: usize) {
    match replaced {
        0 => {}
        1 => push_note(note, "1 invalid sequence replaced"),
        n => push_note(note, &format!("{n} invalid sequences replaced")),
    }
}

pub(crate) fn push_note(note: &mut String, text: &str) {
    if !note.is_empty() {
        note.push_str(", ");
    }
    note.push_str(text);
}

/// UTF-8 if it can be (its last character may be cut), else what is most likely.
pub fn guess(head: &[u8]) -> &'static Encoding {
    let head = &head[..head.len().min(LOOKED_AT)];
    if let Some(encoding) = utf16(head) {
        return encoding;
    }
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none() && head.len() >= LOOKED_AT,
    };
    if valid {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, head.len() < LOOKED_AT);
    detector.guess(None, Utf8Detection::Deny)
}

/// UTF-16 without a mark: text that is mostly in one alphabet has the same byte in every other place.
fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(4096)];
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    match () {
        () if odd > half / 2 && even < half / 16 + 1 => Some(UTF_16LE),
        () if even > half / 2 && odd < half / 16 + 1 => Some(UTF_16BE),
        () => None,
    }
}

/// Changes a stream to UTF-8, without its byte order mark.
struct ToUtf8 {
    reader: Box<dyn Read + Send>,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    /// `input[at..end]` isn't decoded yet.
    at: usize,
    end: usize,
    /// Decoded, and not given out.
    ready: Vec<u8>,
    given: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// The reader is at its end, the decoder isn't told.
    Ending,
    Ended,
}

impl ToUtf8 {
    fn new(reader: Box<dyn Read + Send>, encoding: &'static Encoding) -> Self {
        ToUtf8 {
            reader,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: vec![0; 64 << 10],
            at: 0,
            end: 0,
            ready: Vec::new(),
            given: 0,
            state: State::Reading,
        }
    }

    /// Decodes some more into `ready`, which has been given out.
    fn step(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        if self.at == self.end && self.state == State::Reading {
            self.at = 0;
            self.end = self.reader.read(&mut self.input)?;
            if self.end == 0 {
                self.state = State::Ending;
            }
        }
        let last = self.state == State::Ending;
        let bytes = &self.input[self.at..self.end];
        let room = self.decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        self.ready.resize(room.unwrap_or(4 * bytes.len() + 16) + 1, 0);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(bytes, &mut self.ready, last);
        self.ready.truncate(written);
        self.at += read;
        match result {
            DecoderResult::Malformed(..) => self.ready.push(0xFF),
            DecoderResult::InputEmpty if last => self.state = State::Ended,
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
        }
        Ok(())
    }
}

impl Read for ToUtf8 {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && self.state != State::Ended && !buf.is_empty() {
            match self.step() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                result => result?,
            }
        }
        let n = buf.len().min(self.ready.len() - self.given);
        buf[..n].copy_from_slice(&self.ready[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

/// A record without the mark that the beginning of its file may have.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BOM).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "“Größer,” sagte sie – und ging.\nДа, сказал он.\n";

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let unit = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
        text.encode_utf16().flat_map(unit).collect()
    }

    /// What a stream becomes, read in pieces of this size.
    fn recoded(decoding: &Decoding, bytes: &[u8], piece: usize) -> Option<Vec<u8>> {
        let recode = decoding.recode(bytes)?;
        let mut reader = recode(Box::new(io::Cursor::new(bytes.to_vec())));
        let (mut all, mut buf) = (Vec::new(), vec![0; piece]);
        loop {
            match reader.read(&mut buf).unwrap() {
                0 => return Some(all),
                n => all.extend_from_slice(&buf[..n]),
            }
        }
    }

    #[test]
    fn marks_and_labels_and_guesses_tell_the_encoding() {
        let told = |label: &str| Decoding::new(label, Invalid::Quarantine).unwrap();
        let (plain, detect) = (told(""), told("detect"));
        let marked = [b"\xFF\xFE".to_vec(), utf16(TEXT, false)].concat();
        let big = [b"\xFE\xFF".to_vec(), utf16(TEXT, true)].concat();
        for piece in [1, 7, 100_000] {
            assert_eq!(recoded(&plain, &marked, piece).unwrap(), TEXT.as_bytes());
            assert_eq!(recoded(&plain, &big, piece).unwrap(), TEXT.as_bytes());
            assert_eq!(recoded(&told("utf-16le"), &utf16(TEXT, false), piece).unwrap(), TEXT.as_bytes());
        }
        let ascii = "Plain words in UTF-16, as some programs save them.";
        assert_eq!(recoded(&detect, &utf16(ascii, false), 9).unwrap(), ascii.as_bytes());
        assert_eq!(recoded(&detect, &utf16(ascii, true), 9).unwrap(), ascii.as_bytes());
        assert_eq!(recoded(&told("latin1"), b"caf\xE9", 9).unwrap(), "café".as_bytes());
        assert!(recoded(&plain, TEXT.as_bytes(), 9).is_none());
        assert!(recoded(&detect, TEXT.as_bytes(), 9).is_none());
        assert!(Decoding::new("klingon", Invalid::Quarantine).is_err());
    }

    #[test]
    fn bytes_that_are_nothing_stay_no_utf8() {
        let told = Decoding::new("utf-16le", Invalid::Replace).unwrap();
        let lone = [utf16("a", false), vec![0x00, 0xD8], utf16("b", false), vec![0x41]].concat();
        let out = recoded(&told, &lone, 3).unwrap();
        assert_eq!(out, b"a\xFFb\xFF");
        assert_eq!(told.record(&out).unwrap(), (Cow::from("a\u{FFFD}b\u{FFFD}"), 2));
    }

    #[test]
    fn whole_files_are_decoded_strictly_or_not() {
        let whole = |label: &str, invalid, bytes: &[u8]| {
            let mut note = String::new();
            let text = Decoding::new(label, invalid).unwrap().whole(bytes, &mut note);
            (text.map(Cow::into_owned).map_err(|e| e.code), note)
        };
        let strict = Invalid::Quarantine;
        assert_eq!(whole("", strict, b"\xEF\xBB\xBFa"), (Ok("a".into()), String::new()));
        assert_eq!(whole("", strict, &[b"\xFF\xFE".to_vec(), utf16("ä", false)].concat()).0, Ok("ä".into()));
        assert_eq!(whole("", strict, b"caf\xE9").0, Err("invalid-utf8"));
        let replaced = (Ok("caf\u{FFFD}".into()), "1 invalid sequence replaced".into());
        assert_eq!(whole("", Invalid::Replace, b"caf\xE9"), replaced);
        assert_eq!(whole("windows-1252", strict, b"caf\xE9"), (Ok("café".into()), String::new()));
        let russian = Decoding::new("windows-1251", strict).unwrap();
        assert_eq!(russian.whole(b"\xC4\xE0", &mut String::new()).unwrap(), "Да");
        let long = b"Il caf\xE9 di Trieste \xE8 chiuso, perch\xE9 il barista \xE8 malato.";
        let (text, note) = whole("detect", strict, long);
        assert_eq!((text.unwrap().contains("café"), &*note), (true, "read as windows-1252"));
        assert_eq!(whole("gbk", strict, b"a\xFF").0, Err("invalid-encoding"));
        assert_eq!(whole("gbk", Invalid::Replace, b"a\xFF").1, "invalid bytes replaced");
    }
}
