//! Which of a record's fields hold what: names that publishers, crawlers and data sets use.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

/// What a field of a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Identity.
    Id,
    /// Address.
    Url,
    /// Headline.
    Title,
    /// Date of publication.
    Date,
    /// Authors.
    Author,
    /// Publisher.
    Source,
    /// Language tag.
    Language,
    /// Text.
    Body,
}

impl Role {
    /// All of them, each at the index of its number.
    pub const ALL: [Role; 8] = [
        Role::Id,
        Role::Url,
        Role::Title,
        Role::Date,
        Role::Author,
        Role::Source,
        Role::Language,
        Role::Body,
    ];

    fn default_names(self) -> &'static str {
        match self {
            Role::Id => "id uuid article_id guid _id identifier",
            Role::Url => "url link uri original_url canonical_url mainEntityOfPage",
            Role::Title => "title headline article_title heading hl1",
            Role::Date => {
                "date published date_publish publication_date publishing_date datePublished pub_date datetime"
            }
            Role::Author => "author authors byline creator",
            Role::Source => {
                "source publication publisher site sitename source_domain domain canonical_domain"
            }
            Role::Language => "language lang inLanguage",
            Role::Body => {
                "body text content maintext text_content articleBody article plaintext raw_text content_original"
            }
        }
    }
}

/// Names of fields by what they hold; each replaces the default list. Names are compared without case; of several
/// that a record has, the first of the list that isn't empty counts.
#[derive(Clone, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Fields {
    /// Identity. Default: id, uuid, article_id, guid, _id, identifier; else the url, else a hash of title and text.
    id: Option<Names>,
    /// Address. Default: url, link, uri, original_url, canonical_url, mainEntityOfPage.
    url: Option<Names>,
    /// Headline. Default: title, headline, article_title, heading, hl1.
    title: Option<Names>,
    /// Date of publication. Default: date, published, date_publish, publication_date, publishing_date, datePublished,
    /// pub_date, datetime.
    date: Option<Names>,
    /// Authors, a string, list or object with a name. Default: author, authors, byline, creator.
    author: Option<Names>,
    /// Publisher. Default: source, publication, publisher, site, sitename, source_domain, domain, canonical_domain;
    /// else the url's host.
    source: Option<Names>,
    /// Language tag. Default: language, lang, inLanguage.
    language: Option<Names>,
    /// Text. Default: body, text, content, maintext, text_content, articleBody, article, plaintext, raw_text,
    /// content_original.
    body: Option<Names>,
}

/// A name or a list of names.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "OneOrMore")]
struct Names(Vec<String>);

/// For the schema alone: the error of an untagged enum says nothing, so [`Names`] reads itself.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "stands for `Names` in the JSON Schema")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamesVisitor;
        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = Names;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a field name or a list of field names")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Names, E> {
                Ok(Names(vec![name.to_owned()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = seq.next_element()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_any(NamesVisitor)
    }
}

/// The role of a name, and its place in that role's list (lower counts more).
pub(crate) type Rank = (Role, u8);

/// Looks up roles by field name, without regard to case.
#[derive(Debug)]
pub(crate) struct FieldMap {
    /// By lower-case name.
    roles: HashMap<String, Rank>,
    longest: usize,
}

impl FieldMap {
    pub(crate) fn new(fields: Fields) -> Self {
        let mut roles = HashMap::new();
        let Fields { id, url, title, date, author, source, language, body } = fields;
        let given = [id, url, title, date, author, source, language, body];
        // Names that the user gives come first: they win over the same name among another role's defaults.
        for (role, names) in Role::ALL.into_iter().zip(&given) {
            for (name, rank) in names.iter().flat_map(|n| &n.0).zip(0..=u8::MAX) {
                roles.entry(name.to_lowercase()).or_insert((role, rank));
            }
        }
        for (role, _) in Role::ALL.into_iter().zip(&given).filter(|(_, names)| names.is_none()) {
            for (name, rank) in role.default_names().split(' ').zip(0..=u8::MAX) {
                roles.entry(name.to_lowercase()).or_insert((role, rank));
            }
        }
        let longest = roles.keys().map(String::len).max().unwrap_or(0);
        FieldMap { roles, longest }
    }

    pub(crate) fn role_of(&self, name: &str) -> Option<Rank> {
        // Lower-casing can change a name's length in bytes, by a third at most.
        if name.len() > self.longest * 2 {
            return None;
        }
        match self.roles.get(name) {
            Some(rank) => Some(*rank),
            None if name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'_' | b'0'..=b'9')) => None,
            None => self.roles.get(&name.to_lowercase()).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_case_and_lists_are_replaced() {
        let map = FieldMap::new(serde_json::from_str(r#"{ "body": ["Main Text", "text"] }"#).unwrap());
        assert_eq!(map.role_of("main text"), Some((Role::Body, 0)));
        assert_eq!(map.role_of("TEXT"), Some((Role::Body, 1)));
        assert_eq!(map.role_of("body"), None);
        assert_eq!(map.role_of("datepublished"), Some((Role::Date, 5)));
        assert_eq!(map.role_of("x".repeat(1000).as_str()), None);
    }

    #[test]
    fn a_wrong_value_is_told_in_words() {
        let error = serde_json::from_str::<Fields>(r#"{ "body": 5 }"#).unwrap_err().to_string();
        assert!(error.contains("expected a field name or a list of field names"), "{error}");
    }
}
