//! The article itself as a table: identity, metadata, status and counts.

use crate::document::Doc;
use crate::layer::{Layer, Table};
use crate::table::{Column, RowWriter, Schema};

/// The one row of the `articles` table; the pipeline fills it after the last stage.
#[derive(Debug, Default)]
pub struct ArticleRow {
    /// `ok`, with what stages noted (`ok; entities: ...`) and which are missing because they failed on the article; or
    /// why it was dropped.
    pub status: String,
    /// Rows of the layers `tokens`, `sentences`, `mentions` and `quotes`; absent if the plan has none.
    pub counts: [Option<u32>; 4],
}

/// The article's text as stages saw it, as the one row of the `texts` table: offsets in other tables point into it.
#[derive(Debug, Default)]
pub struct ArticleText;

impl Layer for ArticleText {
    fn clear(&mut self) {}

    fn len(&self) -> usize {
        1
    }
}

impl Table for ArticleText {
    fn schema() -> Schema {
        Schema::new([
            Column::text("title", "headline, as `field` title of other tables counts it"),
            Column::text("body", "body, as `field` body of other tables counts it"),
        ])
    }

    fn rows(&self, doc: Doc<'_>, out: &mut dyn RowWriter) {
        out.text(doc.article().title().unwrap_or(""));
        out.text(doc.article().body());
        out.end_row();
    }
}

impl Layer for ArticleRow {
    fn clear(&mut self) {
        self.status.clear();
        self.counts = [None; 4];
    }

    fn len(&self) -> usize {
        1
    }
}

impl Table for ArticleRow {
    fn schema() -> Schema {
        Schema::new([
            Column::text("source", "publisher or outlet"),
            Column::text("title", "headline"),
            Column::text("date", "publication date, ISO 8601"),
            Column::text("date_raw", "the date as the input had it"),
            Column::text("url", "address"),
            Column::text("language", "language tag, lower case"),
            Column::text("hash", "128-bit hash of title and body, 32 hexadecimal digits"),
            Column::text("status", "ok, or what was dropped and why"),
            Column::int("chars", "code points of the body"),
            Column::int("tokens", "tokens of title and body"),
            Column::int("sentences", "sentences"),
            Column::int("mentions", "mentions"),
            Column::int("quotes", "quotations"),
        ])
    }

    fn rows(&self, doc: Doc<'_>, out: &mut dyn RowWriter) {
        let (article, meta) = (doc.article(), doc.meta());
        out.text(&meta.source);
        out.text(article.title().unwrap_or(""));
        out.text(&meta.date);
        out.text(&meta.date_raw);
        out.text(&meta.url);
        out.text(&meta.language);
        out.text(&format!("{:032x}", article.hash));
        out.text(&self.status);
        out.int(article.body().chars().count() as u64);
        for count in self.counts {
            out.int_or_absent(count);
        }
        out.end_row();
    }
}
