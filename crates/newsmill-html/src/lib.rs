//! Formats: web pages, each a file ([`Html`]) or many in an archive ([`Warc`]).
//!
//! The main text is found by `dom_smoothie`, which follows Mozilla's Readability; date, author and the like come from
//! what the page says of itself (JSON-LD, OpenGraph). Readability finds some text on every page, so a gate decides
//! which pages are articles at all. In a crate of its own, so that nobody compiles an HTML parser who reads texts.

mod charset;
mod depth;
mod html;
mod meta;
mod page;
mod warc;

pub use html::{Html, HtmlOptions};
pub use page::Scratch;
pub use warc::{Warc, WarcOptions};
