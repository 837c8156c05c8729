//! From a page to an article.

use std::iter;

use dom_query::Document;
use dom_smoothie::{Config, Readability, ReadabilityError, TextMode, is_probably_readable};
use newsmill_core::document::Article;
use newsmill_core::input::DecodeError;
use newsmill_input::Record;
use newsmill_input::fields::FieldMap;

use crate::depth;
use crate::meta::About;

/// Elements of a page that are looked at; the largest live blogs have some ten thousand.
const MAX_ELEMENTS: usize = 60_000;
/// An article that says that it is one may be as short as a brief; code points.
const SHORTEST: usize = 60;
/// What doesn't say so has to be longer.
const SHORTEST_UNTOLD: usize = 300;
/// How much of such a text may be inside links.
const MOST_LINKED: f64 = 0.4;

/// Per-worker memory.
#[derive(Default)]
pub struct Scratch {
    record: Record,
}

/// Fills an article from a page. `url` is where it was fetched; without, the page's own word is taken for its address.
///
/// # Errors
/// It isn't an article (to be skipped), or can't be looked at.
pub(crate) fn read(
    html: &str,
    url: &str,
    map: &FieldMap,
    scratch: &mut Scratch,
    article: &mut Article,
) -> Result<(), DecodeError> {
    if depth::is_too_deep(html) {
        let message = format!("more than {} elements lie in each other", depth::LIMIT);
        return Err(DecodeError::new("too-deep", message));
    }
    let doc = Document::from(html);
    let about = About::of(&doc);
    let readable = about.article || is_probably_readable(&doc, None, None);
    let title = if about.title.is_empty() { title_of(&doc) } else { about.title.clone() };
    if !readable {
        return Err(DecodeError::skipped("no-article"));
    }
    let body = main_text(doc, about.article)?;
    let record = &mut scratch.record;
    record.clear(map);
    let address = if url.is_empty() { &about.url } else { url };
    for (name, value) in [
        ("url", address),
        ("title", &*title),
        ("date", &about.date),
        ("author", &about.author),
        ("source", &about.source),
        ("language", &about.language),
        ("section", &about.section),
        ("keywords", &about.keywords),
        ("description", &about.description),
        ("canonical", &about.url),
        ("body", &body),
    ] {
        record.set(map, name, value);
    }
    record.fill(article, map, iter::empty)
}

/// The main text, paragraphs separated by a blank line.
fn main_text(doc: Document, told: bool) -> Result<String, DecodeError> {
    let config = Config {
        max_elements_to_parse: MAX_ELEMENTS,
        disable_json_ld: true,
        text_mode: TextMode::Formatted,
        // Briefs shouldn't make it try again with less care.
        char_threshold: 200,
        ..Config::default()
    };
    let mut readability = Readability::with_document(doc, None, Some(config)).map_err(|e| explain(&e))?;
    let found = readability.parse().map_err(|e| explain(&e))?;
    let text = found.text_content.trim();
    let length = text.chars().count();
    let shortest = if told { SHORTEST } else { SHORTEST_UNTOLD };
    if length < shortest {
        return Err(DecodeError::skipped("no-article"));
    }
    if !told {
        let linked =
            readability.doc.select("a").iter().map(|a| a.text().trim().chars().count()).sum::<usize>();
        if linked as f64 > MOST_LINKED * length as f64 {
            return Err(DecodeError::skipped("no-article"));
        }
    }
    Ok(text.to_owned())
}

fn explain(error: &ReadabilityError) -> DecodeError {
    match error {
        ReadabilityError::TooManyElements(found, limit) => {
            DecodeError::new("too-large", format!("the page has {found} elements, more than {limit}"))
        }
        ReadabilityError::GrabFailed | ReadabilityError::BadDocumentURL => DecodeError::skipped("no-article"),
    }
}

/// The one heading of the page, else its title.
fn title_of(doc: &Document) -> String {
    let headings = doc.select("h1");
    let text = match headings.length() {
        1 => headings.text(),
        _ => doc.select_single("title").text(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use newsmill_input::fields::Fields;

    use super::*;

    const SENTENCE: &str =
        "The council of Tarn voted on Monday to keep the ferry, said the mayor, Olaf Brink. ";

    fn read(html: &str, url: &str) -> Result<Article, DecodeError> {
        let map = FieldMap::new(Fields::default(), vec!["section".into()]).unwrap();
        let mut article = Article::default();
        super::read(html, url, &map, &mut Scratch::default(), &mut article)?;
        Ok(article)
    }

    fn page(head: &str, paragraphs: usize) -> String {
        let text = format!("<p>{}</p>", SENTENCE.repeat(4)).repeat(paragraphs);
        format!(
            "<html><head><title>T - Site</title>{head}</head><body><nav><a href=/>Home</a></nav><h1>Ferry stays</h1>\
             <article>{text}</article><footer>Subscribe to our newsletter</footer></body></html>"
        )
    }

    #[test]
    fn the_main_text_is_found_and_the_rest_left_out() {
        let head =
            r#"<meta property="og:type" content="article"><meta property="article:section" content="Local">"#;
        let article = read(&page(head, 3), "https://x.test/ferry").unwrap();
        assert_eq!(article.title(), Some("Ferry stays"));
        assert_eq!(article.body().matches("\n\n").count(), 2, "{:?}", article.body());
        assert!(!article.body().contains("Home") && !article.body().contains("newsletter"));
        assert_eq!((&*article.id, &*article.meta.source), ("https://x.test/ferry", "x.test"));
        assert_eq!(article.meta.carried, [("section".to_owned(), "Local".to_owned())]);
        assert!(read(&page("", 3), "").is_ok(), "it need not say that it is an article");
    }

    #[test]
    fn pages_that_are_no_articles_are_skipped() {
        let links = format!(
            "<html><body>{}</body></html>",
            "<li><a href=/x>Another headline of today</a>".repeat(60)
        );
        for html in ["", "<html><body>gone</body></html>", &links, &page("", 0)] {
            assert!(read(html, "").unwrap_err().skip, "{html}");
        }
    }

    #[test]
    fn hostile_pages_end() {
        for html in [
            "<div>".repeat(200_000),
            "<b><p>".repeat(400),
            format!("{}{}", "<div>".repeat(500), SENTENCE.repeat(20)),
            "<table><tr><td>".repeat(400),
            "<a href=".repeat(10_000),
            "<p>x".repeat(80_000),
            "&".repeat(100_000),
        ] {
            let _ = read(&html, "");
        }
    }
}
