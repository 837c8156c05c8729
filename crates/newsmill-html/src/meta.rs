//! What a page says of itself: JSON-LD after schema.org, OpenGraph, and older `meta` elements.

use dom_query::Document;
use serde_json::Value;

/// What is known of a page; empty means absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    pub title: String,
    pub date: String,
    pub author: String,
    pub source: String,
    pub language: String,
    pub url: String,
    pub section: String,
    pub keywords: String,
    pub description: String,
    /// It says that it is an article.
    pub article: bool,
}

impl About {
    /// Reads a page's head; of several sources for a field the first that isn't empty counts.
    pub(crate) fn of(doc: &Document) -> About {
        let mut about = About::default();
        for script in doc.select("script[type=\"application/ld+json\"]").iter() {
            if let Ok(value) = serde_json::from_str(&script.text()) {
                about.take_json(&value, 0);
            }
        }
        about.take_elements(doc);
        about
    }

    /// Looks for an article in a block of JSON-LD: alone, in a list or in a `@graph`.
    fn take_json(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Array(items) if depth < 4 => items.iter().for_each(|item| self.take_json(item, depth + 1)),
            Value::Object(object) => {
                if is_article(&value["@type"]) {
                    self.take_article(value);
                } else if let Some(graph) = object.get("@graph").filter(|_| depth < 4) {
                    self.take_json(graph, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn take_article(&mut self, value: &Value) {
        self.article = true;
        let text = |key: &str| text_of(&value[key]);
        fill(&mut self.title, &plain(&text("headline")));
        fill(&mut self.date, &text("datePublished"));
        fill(&mut self.author, &plain(&text("author")));
        fill(&mut self.source, &plain(&text("publisher")));
        fill(&mut self.language, &text("inLanguage"));
        fill(&mut self.url, &text("url"));
        fill(&mut self.url, &text("mainEntityOfPage"));
        fill(&mut self.section, &plain(&text("articleSection")));
        fill(&mut self.keywords, &plain(&text("keywords")));
        fill(&mut self.description, &plain(&text("description")));
    }

    fn take_elements(&mut self, doc: &Document) {
        let metas: Vec<(String, String)> = doc
            .select("meta[content]")
            .iter()
            .filter_map(|meta| {
                let name = ["property", "name", "itemprop"].into_iter().find_map(|key| meta.attr(key))?;
                Some((name.to_ascii_lowercase(), meta.attr("content")?.trim().to_owned()))
            })
            .collect();
        let first = |names: &[&str]| {
            let found = names.iter().find_map(|n| metas.iter().find(|(name, v)| name == n && !v.is_empty()));
            found.map_or("", |(_, value)| value.as_str())
        };
        let attr = |selector: &str, name: &str| doc.select_single(selector).attr(name).unwrap_or_default();
        self.article |= first(&["og:type"]).eq_ignore_ascii_case("article");
        fill(&mut self.title, first(&["og:title", "twitter:title", "dc.title"]));
        fill(&mut self.date, first(DATES));
        fill(&mut self.date, &attr("article time[datetime]", "datetime"));
        let author = first(&["article:author", "author", "dc.creator", "parsely-author", "sailthru.author"]);
        if !author.contains("://") {
            fill(&mut self.author, author);
        }
        fill(&mut self.source, first(&["og:site_name", "application-name"]));
        fill(&mut self.language, &attr("html", "lang"));
        fill(&mut self.language, &first(&["og:locale"]).replace('_', "-"));
        fill(&mut self.url, &attr("link[rel=\"canonical\"]", "href"));
        fill(&mut self.url, first(&["og:url"]));
        fill(&mut self.section, first(&["article:section", "section", "parsely-section"]));
        fill(&mut self.keywords, first(&["news_keywords", "keywords", "article:tag"]));
        fill(&mut self.description, first(&["og:description", "description", "twitter:description"]));
    }
}

const DATES: &[&str] = &[
    "article:published_time",
    "datepublished",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "date",
];

/// Whether a type of schema.org is an article's.
fn is_article(kind: &Value) -> bool {
    match kind {
        Value::String(kind) => {
            let kind = kind.rsplit('/').next().unwrap_or(kind);
            kind.ends_with("Article") || matches!(kind, "BlogPosting" | "LiveBlogPosting" | "Report")
        }
        Value::Array(kinds) => kinds.iter().any(is_article),
        _ => false,
    }
}

/// Text, the name of an object, or these of a list, joined with `; `.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(object) => {
            let found = ["name", "@id", "url"].into_iter().find_map(|key| object.get(key));
            found.filter(|v| v.is_string()).map(text_of).unwrap_or_default()
        }
        Value::Array(items) => {
            let texts = items.iter().filter(|i| !i.is_array()).map(text_of).filter(|t| !t.is_empty());
            texts.collect::<Vec<_>>().join("; ")
        }
        Value::Null | Value::Bool(_) => String::new(),
    }
}

/// Without the HTML that some publishers write in JSON.
fn plain(text: &str) -> String {
    match text.contains(['&', '<']) {
        true => Document::from(text).text().trim().to_owned(),
        false => text.to_owned(),
    }
}

fn fill(field: &mut String, value: &str) {
    if field.is_empty() {
        value.trim().clone_into(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_counts_before_elements() {
        let html = r#"<html lang="de"><head><meta property="og:title" content="Other"><meta name="author" content="B">
            <meta property="article:published_time" content="2020-01-02"><meta property="og:site_name" content="Site">
            <link rel="canonical" href="https://x.test/a">
            <script type="application/ld+json">{"broken": </script>
            <script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "no"},
              {"@type": ["NewsArticle"], "headline": "A &amp; B", "author": [{"name": "C"}, "D"], "articleSection": ["World"],
               "publisher": {"name": "Pub"}}]}</script></head></html>"#;
        let about = About::of(&Document::from(html));
        let expected = About {
            title: "A & B".into(),
            date: "2020-01-02".into(),
            author: "C; D".into(),
            source: "Pub".into(),
            language: "de".into(),
            url: "https://x.test/a".into(),
            section: "World".into(),
            article: true,
            ..About::default()
        };
        assert_eq!(about, expected);
    }

    #[test]
    fn pages_without_anything_are_nothing() {
        for html in ["", "<html>", "<script type=\"application/ld+json\">[[[[[[]]]]]]</script>", "\0"] {
            assert_eq!(About::of(&Document::from(html)), About::default());
        }
    }
}
