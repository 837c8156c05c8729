//! The article and a stage's read-only view of it.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::handle::{Read, ReadTable};
use crate::layer::AnyTable;
use crate::offsets::OffsetMap;
use crate::privacy::Mask;
use crate::span::Span;

/// Which part of the article a section is. Tables show it as the `field` of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The headline.
    Title,
    /// Everything else.
    Body,
}

impl Field {
    /// The name that tables show.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Title => "title",
            Field::Body => "body",
        }
    }
}

/// A field's place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which field.
    pub field: Field,
    /// Its bytes in the text.
    pub span: Span,
}

/// What is known of an article besides its text. Empty means absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Publisher or outlet.
    pub source: String,
    /// Publication date as ISO 8601 (`2025-10-14` or `2025-10-14T08:30:00Z`), empty if it couldn't be read.
    pub date: String,
    /// The date as the input had it.
    pub date_raw: String,
    /// Address.
    pub url: String,
    /// Language tag in lower case (`en`, `pt-br`), empty if unknown.
    pub language: String,
    /// Authors, joined with `; `.
    pub author: String,
    /// Input columns that the user asked to carry through, in the order of the config.
    pub carried: Vec<(String, String)>,
}

/// One article: identity, metadata and one text buffer that holds the title as its first paragraph, then the body.
///
/// A worker owns one and refills it, so a decoder calls [`clear`](Article::clear) and then the setters.
#[derive(Debug, Default)]
pub struct Article {
    /// Identity within the run.
    pub id: String,
    /// What else is known.
    pub meta: Metadata,
    /// 128-bit hash of title and body.
    pub hash: u128,
    /// What is odd about how it was read (characters replaced, say), for its status; empty if nothing is.
    pub note: String,
    text: String,
    title_len: Option<u32>,
    offsets: OnceCell<OffsetMap>,
}

/// Between title and body in the text: a blank line, so that no sentence crosses it.
const TITLE_BREAK: &str = "\n\n";

impl Article {
    /// An article with a body and no title.
    pub fn new(id: &str, body: &str) -> Self {
        Self::titled(id, "", body)
    }

    /// An article with a title and a body.
    pub fn titled(id: &str, title: &str, body: &str) -> Self {
        let mut article = Article { id: id.to_owned(), ..Article::default() };
        article.set_text(title, body);
        article
    }

    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.id.clear();
        let Metadata { source, date, date_raw, url, language, author, carried } = &mut self.meta;
        for s in [source, date, date_raw, url, language, author] {
            s.clear();
        }
        carried.clear();
        self.hash = 0;
        self.note.clear();
        self.text.clear();
        self.title_len = None;
        self.offsets.take();
    }

    /// Replaces the text. An empty title leaves no trace in it.
    pub fn set_text(&mut self, title: &str, body: &str) {
        self.offsets.take();
        self.text.clear();
        self.title_len = None;
        if !title.is_empty() {
            self.text.push_str(title);
            self.text.push_str(TITLE_BREAK);
            self.title_len = Some(title.len() as u32);
        }
        self.text.push_str(body);
    }

    /// Title and body in one buffer.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The title, if the article has one.
    pub fn title(&self) -> Option<&str> {
        self.title_len.map(|n| &self.text[..n as usize])
    }

    /// The body.
    pub fn body(&self) -> &str {
        &self.text[self.body_start()..]
    }

    fn body_start(&self) -> usize {
        self.title_len.map_or(0, |n| n as usize + TITLE_BREAK.len())
    }

    /// The sections, title first. Their spans are disjoint and ascending.
    pub fn sections(&self) -> impl Iterator<Item = Section> + use<> {
        let title = self.title_len.map(|n| Section { field: Field::Title, span: Span::new(0, n) });
        let body = Section { field: Field::Body, span: Span::from(self.body_start()..self.text.len()) };
        title.into_iter().chain([body])
    }

    /// The section that holds this byte offset (an offset in the break after the title counts as title).
    pub fn section_at(&self, offset: u32) -> Section {
        match self.title_len {
            Some(n) if (offset as usize) < self.body_start() => {
                Section { field: Field::Title, span: Span::new(0, n) }
            }
            _ => Section { field: Field::Body, span: Span::from(self.body_start()..self.text.len()) },
        }
    }

    /// Conversions from byte offsets to other units; made on first use, once per article.
    pub fn offsets(&self) -> &OffsetMap {
        self.offsets.get_or_init(|| OffsetMap::new(&self.text))
    }
}

/// Storage of one layer, empty while the stage that writes it runs.
pub(crate) type Slot = Option<Box<dyn AnyTable>>;

/// A stage's read-only view of an article and of the layers that earlier stages wrote.
#[derive(Clone, Copy)]
pub struct Doc<'a> {
    article: &'a Article,
    slots: &'a [Slot],
    /// The article is one without names, and layers tell of the one with them.
    mask: Option<&'a Mask>,
}

impl<'a> Doc<'a> {
    pub(crate) fn new(article: &'a Article, slots: &'a [Slot]) -> Self {
        Doc { article, slots, mask: None }
    }

    /// A sink's view of an article whose names are hidden.
    pub(crate) fn masked(mask: &'a Mask, slots: &'a [Slot]) -> Self {
        Doc { article: mask.article(), slots, mask: Some(mask) }
    }

    /// A place that a layer holds, in the text that this view shows.
    pub(crate) fn shown_place(self, span: Span) -> Span {
        self.mask.map_or(span, |mask| mask.place(span))
    }

    /// A text that a layer holds, as this view shows it.
    pub(crate) fn shown_text<'t>(self, text: &'t str) -> Cow<'t, str>
    where
        'a: 't,
    {
        self.mask.map_or(Cow::Borrowed(text), |mask| mask.text(text))
    }

    /// An article without layers, for tests of what needs only text.
    pub fn bare(article: &'a Article) -> Self {
        Doc { article, slots: &[], mask: None }
    }

    /// The article.
    pub fn article(self) -> &'a Article {
        self.article
    }

    /// Identity of the article.
    pub fn id(self) -> &'a str {
        &self.article.id
    }

    /// Title and body in one buffer; spans of every layer point into it.
    pub fn text(self) -> &'a str {
        &self.article.text
    }

    /// What is known besides the text.
    pub fn meta(self) -> &'a Metadata {
        &self.article.meta
    }

    /// The text under a span; empty if the span isn't one of this text's.
    pub fn slice(self, span: Span) -> &'a str {
        self.article.text.get(span.range()).unwrap_or("")
    }

    /// The layer behind a handle. It can't be missing: handles come from a plan in which an earlier stage writes it.
    ///
    /// # Panics
    /// Only if a handle of one plan is used with a document of another.
    #[inline]
    pub fn get<T: 'static>(self, handle: &Read<T>) -> &'a T {
        match self.slots.get(handle.slot()).and_then(Option::as_ref).and_then(|l| l.as_any().downcast_ref()) {
            Some(layer) => layer,
            None => panic!("handle of layer `{}` used outside its plan", handle.name()),
        }
    }

    /// The layer behind a name-only handle, as a table.
    ///
    /// # Panics
    /// Only if a handle of one plan is used with a document of another.
    pub fn table(self, handle: &ReadTable) -> &'a dyn AnyTable {
        match self.slots.get(handle.slot()).and_then(Option::as_ref) {
            Some(layer) => layer.as_ref(),
            None => panic!("handle of layer `{}` used outside its plan", handle.name()),
        }
    }
}
