//! Web archives after ISO 28500 (WARC), as crawlers such as Common Crawl write them.

mod http;
mod records;

use std::borrow::Cow;

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Article;
use newsmill_core::hash::content_hash_of;
use newsmill_core::input::{DecodeError, Emit, Format, Frame, InputFile, Source};
use newsmill_input::fields::{FieldMap, Fields};
use newsmill_input::too_large;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::charset;
use crate::page::{self, Scratch};
use records::Records;

/// Options of web archives.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WarcOptions {
    /// What the pages say of themselves to carry through to the table `articles`: `author`, `section`, `keywords`,
    /// `description`, `canonical` (the address that the page gives itself).
    carry: Vec<String>,
}

/// A record with a page that was fetched is an article, its address the id. What else archives hold (requests,
/// pictures, pages that weren't there, pages that are no articles) is skipped and counted.
pub struct Warc {
    map: FieldMap,
}

impl Format for Warc {
    const KIND: &'static str = "warc";
    const ABOUT: &'static str = "web archives (WARC, WET), one article a page";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "carry": ["section"] }"#;
    const EXTENSIONS: &'static [&'static str] = &["warc", "wet"];
    type Config = WarcOptions;
    type Scratch = Scratch;

    fn build(options: WarcOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Warc { map: FieldMap::new(Fields::default(), options.carry)? })
    }

    fn carried(&self) -> &[String] {
        self.map.carried()
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        Box::new(Records::new(file))
    }

    fn decode(&self, frame: &Frame<'_>, article: &mut Article, scratch: &mut Scratch, emit: &mut Emit<'_>) {
        article.clear();
        let result = self.read(frame, article, scratch);
        emit(article, result);
    }
}

impl Warc {
    fn read(
        &self,
        frame: &Frame<'_>,
        article: &mut Article,
        scratch: &mut Scratch,
    ) -> Result<(), DecodeError> {
        let (headers, block) = http::split(frame.bytes);
        let kind = http::value(headers, "warc-type").unwrap_or_default();
        let url = http::value(headers, "warc-target-uri").unwrap_or_default();
        let url = url.trim_start_matches('<').trim_end_matches('>');
        if let Some(bytes) = frame.oversize {
            url.clone_into(&mut article.id);
            return Err(too_large(bytes));
        }
        let told = http::value(headers, "content-type").unwrap_or_default();
        match &*kind {
            "response" if told.starts_with("application/http") => {
                let response = http::Response::of(block)?;
                self.page(&response.body, &response.content_type, url, article, scratch)
            }
            // An extract of a page's text.
            "conversion" => {
                let (text, _) = charset::decode(block, Some("utf-8"));
                url.clone_into(&mut article.meta.url);
                url.clone_into(&mut article.id);
                article.set_text("", text.trim());
                article.hash = content_hash_of(&[b"", article.body().as_bytes()]);
                Ok(())
            }
            _ => self.page(block, &told, url, article, scratch),
        }
    }

    fn page(
        &self,
        bytes: &[u8],
        content_type: &str,
        url: &str,
        article: &mut Article,
        scratch: &mut Scratch,
    ) -> Result<(), DecodeError> {
        let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        if !matches!(kind.trim(), "text/html" | "application/xhtml+xml") {
            return Err(DecodeError::skipped("not-html"));
        }
        if bytes.trim_ascii().is_empty() {
            return Err(DecodeError::skipped("empty"));
        }
        let charset =
            parameters.split_once("charset=").map(|(_, value)| value.trim_matches(['"', '\'', ' ']));
        let (html, replaced): (Cow<'_, str>, bool) = charset::decode(bytes, charset);
        if replaced {
            article.note.push_str("invalid bytes replaced");
        }
        let result = page::read(&html, url, &self.map, scratch, article);
        if article.id.is_empty() {
            url.clone_into(&mut article.id);
        }
        result
    }
}
