//! What a server answered, as archives keep it.

use std::borrow::Cow;
use std::io::Read;

use newsmill_core::input::DecodeError;

/// A page that is longer when unpacked isn't looked at; bytes.
const MAX_UNPACKED: u64 = 32 << 20;

/// Header lines, and what follows the blank line after them.
pub(crate) fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let crlf = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| (at, 4));
    let lf = memchr::memmem::find(bytes, b"\n\n").map(|at| (at, 2));
    match crlf.into_iter().chain(lf).min() {
        Some((at, length)) => (&bytes[..at], &bytes[at + length..]),
        None => (bytes, b""),
    }
}

/// A header's value by its name (in lower case). Values aren't always UTF-8.
pub(crate) fn value<'a>(headers: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    headers.split(|b| *b == b'\n').find_map(|line| {
        let at = memchr::memchr(b':', line)?;
        let found = line[..at].trim_ascii().eq_ignore_ascii_case(name.as_bytes());
        found.then(|| String::from_utf8_lossy(line[at + 1..].trim_ascii()))
    })
}

/// A page that was there.
pub(crate) struct Response<'a> {
    /// In lower case.
    pub content_type: String,
    /// Put together and unpacked.
    pub body: Cow<'a, [u8]>,
}

impl<'a> Response<'a> {
    /// Reads the block of a record of type `response`.
    ///
    /// # Errors
    /// The server had no page (to be skipped), or it can't be unpacked.
    pub(crate) fn of(block: &'a [u8]) -> Result<Self, DecodeError> {
        let (headers, body) = split(block);
        let status = headers.split(|b| *b == b' ').nth(1).unwrap_or_default();
        if !headers.starts_with(b"HTTP/") || !status.starts_with(b"2") {
            return Err(DecodeError::skipped("not-found"));
        }
        let content_type = value(headers, "content-type").unwrap_or_default().to_ascii_lowercase();
        let mut body = Cow::Borrowed(body);
        if value(headers, "transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"))
            && let Some(joined) = unchunk(&body)
        {
            body = Cow::Owned(joined);
        }
        let encoding = value(headers, "content-encoding").unwrap_or_default().to_ascii_lowercase();
        if !content_type.starts_with("text/html") && !content_type.starts_with("application/xhtml") {
            // Not worth unpacking.
            return Ok(Response { content_type, body });
        }
        let unpacked = match &*encoding {
            // Many archives hold what was unpacked already.
            "gzip" | "x-gzip" if body.starts_with(&[0x1F, 0x8B]) => {
                Some(unpack(flate2::read::MultiGzDecoder::new(&*body))?)
            }
            "deflate" if body.first().is_some_and(|b| b & 0x0F == 8) => {
                Some(unpack(flate2::read::ZlibDecoder::new(&*body))?)
            }
            "br" | "zstd" if std::str::from_utf8(&body).is_err() => {
                let message = format!("the page is packed with `{encoding}`, which isn't read");
                return Err(DecodeError::new("content-encoding", message));
            }
            _ => None,
        };
        Ok(Response { content_type, body: unpacked.map_or(body, Cow::Owned) })
    }
}

fn unpack(reader: impl Read) -> Result<Vec<u8>, DecodeError> {
    let mut out = Vec::new();
    let result = reader.take(MAX_UNPACKED + 1).read_to_end(&mut out);
    if out.len() as u64 > MAX_UNPACKED {
        let message = format!("the page is longer than {MAX_UNPACKED} bytes when unpacked");
        return Err(DecodeError::new("too-large", message));
    }
    match result {
        Err(e) if out.is_empty() => {
            Err(DecodeError::new("content-encoding", format!("it can't be unpacked: {e}")))
        }
        // A page that was cut while it was fetched may still hold the article.
        _ => Ok(out),
    }
}

/// Joins the chunks of RFC 9112; `None` if it isn't made of chunks.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(rest.len());
    loop {
        let end = memchr::memchr(b'\n', rest)?;
        let size = rest[..end].split(|b| *b == b';').next()?.trim_ascii();
        let size = usize::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Some(out);
        }
        // The last chunk may be cut.
        out.extend_from_slice(&rest[..size.min(rest.len())]);
        rest = rest.get(size..).unwrap_or_default();
        rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        if rest.is_empty() {
            return Some(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_whatever_their_case_and_line_ends() {
        let (headers, body) =
            split(b"HTTP/1.1 200 OK\r\nContent-TYPE : text/html\r\nX: \xFF\r\n\r\nbody\n\n");
        assert_eq!(value(headers, "content-type").unwrap(), "text/html");
        assert_eq!(value(headers, "y"), None);
        assert_eq!(body, b"body\n\n");
        assert_eq!(split(b"a: b\n\nc").1, b"c");
        assert_eq!(split(b"a: b"), (&b"a: b"[..], &b""[..]));
    }

    #[test]
    fn chunks_are_joined() {
        assert_eq!(unchunk(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").unwrap(), b"abcde");
        assert_eq!(unchunk(b"A\r\nabc").unwrap(), b"abc");
        assert_eq!(unchunk(b"<html>\n"), None);
        assert_eq!(unchunk(b"ffffffffffffffffffff\n"), None);
        let huge = format!("{:x}\r\nab", usize::MAX);
        assert_eq!(unchunk(huge.as_bytes()).unwrap(), b"ab");
    }

    #[test]
    fn what_was_not_there_is_skipped() {
        for block in
            [&b"HTTP/1.1 404 Not Found\r\n\r\nx"[..], b"HTTP/1.1 301 Moved\r\n\r\n", b"", b"nonsense"]
        {
            assert!(Response::of(block).err().unwrap().skip);
        }
        let page =
            Response::of(b"HTTP/1.0 200\r\nContent-Type: Text/HTML\r\nContent-Encoding: gzip\r\n\r\n<p>")
                .unwrap();
        assert_eq!((&*page.content_type, &*page.body), ("text/html", &b"<p>"[..]));
        let packed = b"HTTP/1.0 200\r\nContent-Type: text/html\r\nContent-Encoding: br\r\n\r\n\xFF\xFE";
        assert_eq!(Response::of(packed).err().unwrap().code, "content-encoding");
    }
}
