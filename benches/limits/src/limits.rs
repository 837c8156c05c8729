//! What one core can do at most.

use std::hint::black_box;
use std::io::{Read, Write};

use newsmill_generate::Generated;
use serde::Deserialize;

use crate::{Rate, least};

/// Bytes that no cache holds.
const MEMORY: usize = 256 << 20;

/// An article as JSON lines have it, strings borrowed where they hold no escape.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    id: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    body: std::borrow::Cow<'a, str>,
}

/// All limits; the first is memory.
pub fn measure(articles: &[Generated]) -> Result<Vec<Rate>, Box<dyn std::error::Error>> {
    let lines: Vec<String> = articles.iter().map(Generated::to_json_line).collect();
    let json = lines.concat().into_bytes();
    let text = articles.iter().map(|a| &*a.body).collect::<Vec<_>>().join("\n\n");
    let (text, of_text) = (text.as_bytes(), text.len());
    let words: Vec<u64> = (0..MEMORY as u64 / 8).collect();
    let rate =
        |what: &str, bytes: usize, ns: f64| Rate { what: what.to_owned(), ns_per_byte: ns / bytes as f64 };
    let mut copy = vec![0; words.len()];
    let mut out = Vec::with_capacity(2 * of_text);

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&json)?;
    let gzip = gzip.finish()?;
    let zstd = zstd::encode_all(&json[..], 3)?;
    let inflated = least(|| {
        out.clear();
        let _ = black_box(flate2::read::MultiGzDecoder::new(&gzip[..]).read_to_end(&mut out));
    });
    let unpacked = least(|| {
        out.clear();
        let _ = black_box(zstd::stream::copy_decode(&zstd[..], &mut out));
    });
    let decoded = least(|| {
        for line in &lines {
            let line: Result<Line<'_>, _> = serde_json::from_str(line);
            black_box(line.map(|l| l.id.len() + l.body.len()).unwrap_or_default());
        }
    });
    Ok(vec![
        rate("read memory", MEMORY, least(|| eat(words.iter().fold(0, |a, w| a ^ w)))),
        rate("copy memory", MEMORY, least(|| black_box(&mut copy).copy_from_slice(black_box(&words)))),
        rate("find a byte that isn't there (memchr)", of_text, least(|| eat(memchr::memchr(0, text)))),
        rate("check UTF-8 (simdutf8)", of_text, least(|| eat(simdutf8::basic::from_utf8(text)))),
        rate("check UTF-8 (std)", of_text, least(|| eat(std::str::from_utf8(text)))),
        rate("JSON lines to structs (serde_json), of JSON", json.len(), decoded),
        rate("articles to CSV (csv)", of_text, least(|| csv(articles, &mut out))),
        rate("gzip in (zlib-rs), of what comes out", json.len(), inflated),
        rate("Zstandard in, of what comes out", json.len(), unpacked),
    ])
}

/// So that nothing is left out for nobody's wanting it.
fn eat<T>(result: T) {
    let _ = black_box(result);
}

fn csv(articles: &[Generated], out: &mut Vec<u8>) {
    out.clear();
    let mut writer = csv::Writer::from_writer(out);
    for article in articles {
        // Writing to memory can't fail.
        let _ = writer.write_record([&article.id, &article.body]);
    }
    let _ = writer.flush();
}
