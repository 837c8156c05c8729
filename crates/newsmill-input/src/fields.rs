//! Which of a record's fields hold what: names that publishers, crawlers and data sets use.

use std::collections::HashMap;

use newsmill_core::build::BuildError;
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
/// that a record has, the first of the list that isn't empty counts. A name that begins with `/` is a JSON pointer to a
/// nested field: `/article/text`.
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

/// What a field of this name is good for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub role: Option<Rank>,
    /// Index among the carried columns.
    pub carried: Option<usize>,
    /// What JSON pointers find inside it: the rest of the pointer, and what is there.
    pub inside: Vec<(String, Entry)>,
}

impl Entry {
    fn may_hold_body(&self) -> bool {
        let own = self.role.is_some_and(|(role, _)| role == Role::Body);
        own || self.inside.iter().any(|(_, entry)| entry.may_hold_body())
    }

    /// Its value is one role's and nothing else.
    pub(crate) fn only_role(&self) -> Option<Rank> {
        self.role.filter(|_| self.carried.is_none() && self.inside.is_empty())
    }
}

/// Looks up what to do with a field by its name, without regard to case.
#[derive(Debug)]
pub struct FieldMap {
    /// By lower-case name.
    entries: HashMap<String, Entry>,
    longest: usize,
    carried: Vec<String>,
}

impl FieldMap {
    /// With lists of names from a config, and columns to carry through. A name that begins with `/` is a JSON pointer.
    ///
    /// # Errors
    /// A column that can't be carried, as an error about the option `carry`.
    pub fn new(fields: Fields, carry: Vec<String>) -> Result<Self, BuildError> {
        check_carried(&carry)?;
        let mut map = FieldMap { entries: HashMap::new(), longest: 0, carried: Vec::new() };
        let Fields { id, url, title, date, author, source, language, body } = fields;
        let given = [id, url, title, date, author, source, language, body];
        // Names that the user gives come first: they win over the same name among another role's defaults.
        for (role, names) in Role::ALL.into_iter().zip(&given) {
            for (name, rank) in names.iter().flat_map(|n| &n.0).zip(0..=u8::MAX) {
                map.entry(name).role.get_or_insert((role, rank));
            }
        }
        for (role, _) in Role::ALL.into_iter().zip(&given).filter(|(_, names)| names.is_none()) {
            for (name, rank) in role.default_names().split(' ').zip(0..=u8::MAX) {
                map.entry(name).role.get_or_insert((role, rank));
            }
        }
        for (index, name) in carry.iter().enumerate() {
            map.entry(name).carried = Some(index);
        }
        map.longest = map.entries.keys().map(String::len).max().unwrap_or(0);
        map.carried = carry;
        Ok(map)
    }

    fn entry(&mut self, name: &str) -> &mut Entry {
        let Some(pointer) = name.strip_prefix('/') else {
            return self.entries.entry(name.to_lowercase()).or_default();
        };
        let (first, rest) = pointer.split_at(pointer.find('/').unwrap_or(pointer.len()));
        let first = first.replace("~1", "/").replace("~0", "~").to_lowercase();
        let entry = self.entries.entry(first).or_default();
        if rest.is_empty() {
            return entry;
        }
        let at = entry.inside.iter().position(|(inner, _)| inner == rest).unwrap_or_else(|| {
            entry.inside.push((rest.to_owned(), Entry::default()));
            entry.inside.len() - 1
        });
        &mut entry.inside[at].1
    }

    /// Columns that are carried through, as the user named them.
    pub fn carried(&self) -> &[String] {
        &self.carried
    }

    /// Whether a field of this name is of any use.
    pub fn knows(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether a field of this name, or something inside it, can be the body.
    pub fn may_hold_body(&self, name: &str) -> bool {
        self.get(name).is_some_and(Entry::may_hold_body)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Entry> {
        // Lower-casing can change a name's length in bytes, by a third at most.
        if name.len() > self.longest * 2 {
            return None;
        }
        match self.entries.get(name) {
            Some(entry) => Some(entry),
            None if name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'_' | b'0'..=b'9')) => None,
            None => self.entries.get(&name.to_lowercase()),
        }
    }
}

/// Columns that the table `articles` has already.
const TAKEN: &str =
    "article_id source title date date_raw url language hash status chars tokens sentences mentions quotes";

fn check_carried(carry: &[String]) -> Result<(), BuildError> {
    for (index, name) in carry.iter().enumerate() {
        let why = match name {
            name if name.is_empty() => "an empty name is no column".to_owned(),
            name if TAKEN.split(' ').any(|taken| taken.eq_ignore_ascii_case(name)) => {
                format!("`articles` has a column `{name}` already")
            }
            name if carry[..index].contains(name) => format!("`{name}` is carried twice"),
            _ => continue,
        };
        return Err(BuildError::new(why).at(format!("/carry/{index}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_case_and_lists_are_replaced() {
        let fields = serde_json::from_str(r#"{ "body": ["Main Text", "text"] }"#).unwrap();
        let map = FieldMap::new(fields, Vec::new()).unwrap();
        let role_of = |name: &str| map.get(name).and_then(|e| e.only_role());
        assert_eq!(role_of("main text"), Some((Role::Body, 0)));
        assert_eq!(role_of("TEXT"), Some((Role::Body, 1)));
        assert_eq!(role_of("body"), None);
        assert_eq!(role_of("datepublished"), Some((Role::Date, 5)));
        assert_eq!(role_of("x".repeat(1000).as_str()), None);
    }

    #[test]
    fn pointers_and_carried_columns_share_their_first_field() {
        let fields =
            serde_json::from_str(r#"{ "body": "/doc/text", "title": ["/doc/head", "doc"] }"#).unwrap();
        let map = FieldMap::new(fields, vec!["Section".into(), "/doc/x".into()]).unwrap();
        let doc = map.get("Doc").unwrap();
        assert_eq!(doc.role, Some((Role::Title, 1)));
        let inside: Vec<&str> = doc.inside.iter().map(|(rest, _)| &**rest).collect();
        assert_eq!(inside, ["/head", "/text", "/x"]);
        assert_eq!(map.get("section").unwrap().carried, Some(0));
        assert_eq!(map.get("body"), None);
        for carry in ["Title", ""] {
            assert!(FieldMap::new(Fields::default(), vec![carry.to_owned()]).is_err());
        }
    }

    #[test]
    fn a_wrong_value_is_told_in_words() {
        let error = serde_json::from_str::<Fields>(r#"{ "body": 5 }"#).unwrap_err().to_string();
        assert!(error.contains("expected a field name or a list of field names"), "{error}");
    }
}
