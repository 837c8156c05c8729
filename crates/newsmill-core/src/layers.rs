//! The layer types that several crates share.

pub mod article;
pub mod entities;
pub mod matches;
pub mod mentions;
pub mod quotes;
pub mod rows;
pub mod sentences;
pub mod tokens;

pub use article::{ArticleRow, ArticleText};
pub use entities::{Entities, Entity, EntityIx, Gender};
pub use matches::{Match, MatchKind, Matches};
pub use mentions::{Mention, MentionIx, Mentions};
pub use quotes::{
    MentionQuotes, Quote, QuoteIx, QuoteKind, QuotePart, QuoteParts, QuoteSpeaker, QuoteSpeakers, Quotes,
};
pub use rows::Rows;
pub use sentences::{ParagraphKind, Paragraphs, SentenceIx, Sentences};
pub use tokens::{TokenFlags, TokenIx, TokenKind, Tokens};

/// Default names of the built-in layers.
pub mod names {
    /// [`super::ArticleRow`], written by the pipeline itself.
    pub const ARTICLES: &str = "articles";
    /// [`super::ArticleText`], written by the pipeline itself.
    pub const TEXTS: &str = "texts";
    /// [`super::Rows`] that continue `articles`: columns of the input that are carried through.
    pub const CARRIED: &str = "carried";
    /// [`super::Tokens`], written by `tokenize`.
    pub const TOKENS: &str = "tokens";
    /// [`super::Sentences`], written by `tokenize`.
    pub const SENTENCES: &str = "sentences";
    /// [`super::Paragraphs`], written by `tokenize`.
    pub const PARAGRAPHS: &str = "paragraphs";
    /// [`super::Matches`], written by `gazetteer`.
    pub const MATCHES: &str = "matches";
    /// [`super::Entities`], written by `entities`.
    pub const ENTITIES: &str = "entities";
    /// [`super::Mentions`], written by `entities`.
    pub const MENTIONS: &str = "mentions";
    /// [`super::Quotes`], written by `quotes`.
    pub const QUOTES: &str = "quotes";
    /// [`super::QuoteParts`], written by `quotes`.
    pub const QUOTE_PARTS: &str = "quote_parts";
    /// [`super::QuoteSpeakers`], written by `quotes`.
    pub const QUOTE_SPEAKERS: &str = "quote_speakers";
    /// [`super::MentionQuotes`], written by `quotes`.
    pub const MENTION_QUOTES: &str = "mention_quotes";
}

/// Declares a newtype index into a layer.
macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into a slice.
            #[inline]
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}
pub(crate) use index;
