//! The fields of a record, by what they hold, and how they make an article.

use std::borrow::Cow;

use newsmill_core::document::Article;
use newsmill_core::hash::content_hash_of;
use newsmill_core::input::DecodeError;

use crate::date;
use crate::fields::{Entry, FieldMap, Role};

/// What a value turned out to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Found {
    /// There was none.
    #[default]
    Nothing,
    Null,
    Text,
    /// A number, list or something else where text belongs.
    Other(&'static str),
    /// It can't be read.
    Unreadable,
    /// Text twice under the same name.
    Twice,
}

/// The best value so far for one role.
#[derive(Debug, Default)]
struct Slot {
    text: String,
    found: Found,
    rank: u8,
}

/// A record's fields by role; reused from record to record.
#[derive(Debug, Default)]
pub struct Record {
    slots: [Slot; Role::ALL.len()],
    carried: Vec<String>,
    /// Where a value is read before it is known to be the best.
    pub(crate) next: String,
}

impl Record {
    /// Forgets all fields.
    pub fn clear(&mut self, map: &FieldMap) {
        for slot in &mut self.slots {
            slot.text.clear();
            slot.found = Found::Nothing;
        }
        self.carried.iter_mut().for_each(String::clear);
        self.carried.resize_with(map.carried().len(), String::new);
    }

    /// Takes a field of a format in which all values are text.
    pub fn set(&mut self, map: &FieldMap, name: &str, value: &str) {
        if let Some(entry) = map.get(name) {
            self.set_entry(entry, value);
        }
    }

    pub(crate) fn set_entry(&mut self, entry: &Entry, value: &str) {
        if let Some((role, rank)) = entry.role {
            self.next.clear();
            self.next.push_str(value);
            self.keep(role, rank, Found::Text);
        }
        if let Some(index) = entry.carried {
            self.carry(index, value);
        }
    }

    pub(crate) fn carry(&mut self, index: usize, value: &str) {
        if let Some(text) = self.carried.get_mut(index) {
            value.clone_into(text);
        }
    }

    fn get(&self, role: Role) -> &str {
        &self.slots[role as usize].text
    }

    pub(crate) fn body(&self) -> Found {
        self.slots[Role::Body as usize].found
    }

    /// Keeps `next` if it counts more than what is there: text before anything else, then the better name.
    pub(crate) fn keep(&mut self, role: Role, rank: u8, found: Found) {
        let slot = &mut self.slots[role as usize];
        let weight = |found, empty: bool| match found {
            Found::Nothing => 0,
            Found::Null => 1,
            Found::Other(_) | Found::Unreadable => 2,
            Found::Text if empty => 3,
            Found::Text | Found::Twice => 4,
        };
        let (new, old) = (weight(found, self.next.is_empty()), weight(slot.found, slot.text.is_empty()));
        if new == old && rank == slot.rank && found == Found::Text {
            slot.found = Found::Twice;
        } else if new > old || (new == old && rank < slot.rank) {
            std::mem::swap(&mut slot.text, &mut self.next);
            slot.found = found;
            slot.rank = rank;
        }
    }

    /// Moves the fields into an article; `names` lists the record's own, for the message if none of them is a body.
    ///
    /// # Errors
    /// There is no body, or it is no text. The article has its metadata all the same.
    pub fn fill<'n, N: Iterator<Item = Cow<'n, str>>>(
        &mut self,
        article: &mut Article,
        map: &FieldMap,
        names: impl FnOnce() -> N,
    ) -> Result<(), DecodeError> {
        self.fill_metadata(article);
        let carried = map.carried().iter().cloned().zip(self.carried.iter().cloned());
        article.meta.carried.extend(carried);
        match self.body() {
            Found::Text => {
                article.set_text(self.get(Role::Title), self.get(Role::Body));
                Ok(())
            }
            Found::Nothing => Err(no_body(names())),
            Found::Null => Err(DecodeError::new("missing-body", "the body is null")),
            Found::Unreadable => Err(DecodeError::new("body-type", "the body can't be read")),
            Found::Twice => {
                let message = "the record has two bodies of the same name; which is the article?";
                Err(DecodeError::new("duplicate-key", message))
            }
            Found::Other(kind) => {
                Err(DecodeError::new("body-type", format!("the body is {kind}, not a string")))
            }
        }
    }

    /// Fills an article whose body isn't among the fields. Without an id among them it has none.
    pub(crate) fn fill_text(&mut self, body: &str, article: &mut Article, map: &FieldMap) {
        let slot = &mut self.slots[Role::Body as usize];
        body.clone_into(&mut slot.text);
        slot.found = Found::Text;
        // With a body it can't fail.
        let _ = self.fill(article, map, std::iter::empty);
        if self.get(Role::Id).is_empty() {
            article.id.clear();
        }
    }

    /// Everything but the text: identity, hash, and what is known besides.
    pub(crate) fn fill_metadata(&self, article: &mut Article) {
        let (title, text) = (self.get(Role::Title), self.get(Role::Body));
        article.hash = content_hash_of(&[title.as_bytes(), text.as_bytes()]);
        let meta = &mut article.meta;
        meta.url.push_str(self.get(Role::Url));
        meta.author.push_str(self.get(Role::Author));
        meta.source.push_str(match self.get(Role::Source) {
            "" => host_of(&meta.url),
            source => source,
        });
        meta.language.extend(self.get(Role::Language).chars().flat_map(char::to_lowercase));
        meta.date_raw.push_str(self.get(Role::Date));
        date::push_iso(&meta.date_raw, &mut meta.date);
        match (self.get(Role::Id), &*meta.url) {
            ("", "") => {
                use std::fmt::Write;
                // Writing to a `String` can't fail.
                let _ = write!(article.id, "{:032x}", article.hash);
            }
            ("", url) => article.id.push_str(url),
            (id, _) => article.id.push_str(id),
        }
    }
}

/// Names that the message about a missing body lists.
const LISTED: usize = 20;

fn no_body<'n>(names: impl Iterator<Item = Cow<'n, str>>) -> DecodeError {
    let mut names = names.map(|name| name.chars().take(40).collect::<String>());
    let mut listed = names.by_ref().take(LISTED).collect::<Vec<_>>().join(", ");
    if names.next().is_some() {
        listed.push_str(", …");
    }
    let message = format!(
        "no field is the body (fields: {listed}); name the one that is with \"fields\": {{ \"body\": \"…\" }}"
    );
    DecodeError::new("missing-body", message)
}

/// `https://user@www.example.org:80/x` → `www.example.org`.
fn host_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return "" };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    host.split(':').next().unwrap_or("")
}
