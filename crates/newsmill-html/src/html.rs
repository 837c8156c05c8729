//! Web pages as files.

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Article;
use newsmill_core::input::{DecodeError, Emit, Format, Frame, InputFile, Source};
use newsmill_input::fields::{FieldMap, Fields};
use newsmill_input::{WholeFile, too_large};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::charset;
use crate::page::{self, Scratch};

/// Options of web pages.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HtmlOptions {
    /// What the pages say of themselves to carry through to the table `articles`: `author`, `section`, `keywords`,
    /// `description`, `canonical` (the address that the page gives itself).
    carry: Vec<String>,
}

/// A file is a page, its path relative to the named folder the id.
pub struct Html {
    map: FieldMap,
}

impl Format for Html {
    const KIND: &'static str = "html";
    const ABOUT: &'static str = "web pages, one article each";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "carry": ["section"] }"#;
    const EXTENSIONS: &'static [&'static str] = &["html", "htm", "xhtml"];
    type Config = HtmlOptions;
    type Scratch = Scratch;

    fn build(options: HtmlOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Html { map: FieldMap::new(Fields::default(), options.carry)? })
    }

    fn carried(&self) -> &[String] {
        self.map.carried()
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        Box::new(WholeFile::new(file))
    }

    fn decode(&self, frame: &Frame<'_>, article: &mut Article, scratch: &mut Scratch, emit: &mut Emit<'_>) {
        article.clear();
        let result = self.read(frame, article, scratch);
        frame.file_name.clone_into(&mut article.id);
        emit(article, result);
    }
}

impl Html {
    fn read(
        &self,
        frame: &Frame<'_>,
        article: &mut Article,
        scratch: &mut Scratch,
    ) -> Result<(), DecodeError> {
        if let Some(bytes) = frame.oversize {
            return Err(too_large(bytes));
        }
        let (html, replaced) = charset::decode(frame.bytes, None);
        if replaced {
            article.note.push_str("invalid bytes replaced");
        }
        // Whoever names a file thinks it an article, and should hear if it is none.
        page::read(&html, "", &self.map, scratch, article).map_err(|e| match e.skip {
            true => DecodeError::new("no-article", "no article's text was found on the page"),
            false => e,
        })
    }
}
