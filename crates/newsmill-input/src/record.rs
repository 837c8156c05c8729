//! A JSON object's fields, read in one pass straight into reused strings.

use std::borrow::Cow;

use newsmill_core::document::Article;
use newsmill_core::hash::content_hash_of;
use newsmill_core::input::DecodeError;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::date;
use crate::fields::{FieldMap, Role};

/// What a value turned out to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Found {
    /// There was none.
    #[default]
    Nothing,
    Null,
    Text,
    /// A number, list or something else where text belongs.
    Other(&'static str),
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
pub(crate) struct Record {
    slots: [Slot; Role::ALL.len()],
    /// Where a value is read before it is known to be the best.
    next: String,
    buf: String,
}

impl Record {
    /// Reads an object's fields.
    pub(crate) fn read(&mut self, json: &str, map: &FieldMap) -> Result<(), serde_json::Error> {
        for slot in &mut self.slots {
            slot.text.clear();
            slot.found = Found::Nothing;
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        deserializer.deserialize_map(ObjectVisitor { record: self, map })?;
        deserializer.end()
    }

    fn get(&self, role: Role) -> &str {
        &self.slots[role as usize].text
    }

    /// Keeps `next` if it counts more than what is there: text before anything else, then the better name.
    fn keep(&mut self, role: Role, rank: u8, found: Found) {
        let slot = &mut self.slots[role as usize];
        let weight = |found, empty: bool| match found {
            Found::Nothing => 0,
            Found::Null => 1,
            Found::Other(_) => 2,
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

    /// Moves the fields into an article.
    pub(crate) fn fill(&mut self, article: &mut Article) -> Result<(), DecodeError> {
        let body = self.slots[Role::Body as usize].found;
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
        match body {
            Found::Text => article.set_text(title, text),
            Found::Nothing => {
                return Err(DecodeError::new(
                    "missing-body",
                    "the object has no field for the body; name it with \"fields\": { \"body\": \"…\" }",
                ));
            }
            Found::Null => return Err(DecodeError::new("missing-body", "the body is null")),
            Found::Twice => {
                let message = "the object has two bodies of the same name; which is the article?";
                return Err(DecodeError::new("duplicate-key", message));
            }
            Found::Other(kind) => {
                return Err(DecodeError::new("body-type", format!("the body is {kind}, not a string")));
            }
        }
        Ok(())
    }
}

/// `https://user@www.example.org:80/x` → `www.example.org`.
fn host_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return "" };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    host.split(':').next().unwrap_or("")
}

struct ObjectVisitor<'a> {
    record: &'a mut Record,
    map: &'a FieldMap,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(rank) = map.next_key_seed(KeySeed(self.map))? {
            let Some((role, rank)) = rank else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let record = &mut *self.record;
            record.next.clear();
            let found = match role {
                Role::Body => map.next_value_seed(TextSeed(&mut record.next))?,
                Role::Id => read_id(map.next_value()?, &mut record.next, &mut record.buf),
                _ => map.next_value_seed(MetaSeed(&mut record.next))?,
            };
            record.keep(role, rank, found);
        }
        Ok(())
    }
}

/// A number keeps every digit, also beyond 64 bits.
fn read_id(raw: &RawValue, out: &mut String, buf: &mut String) -> Found {
    let text = raw.get();
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        out.push_str(text);
        return Found::Text;
    }
    buf.clear();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let found = MetaSeed(buf).deserialize(&mut deserializer).unwrap_or(Found::Null);
    out.push_str(buf);
    found
}

struct KeySeed<'a>(&'a FieldMap);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Option<(Role, u8)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Option<(Role, u8)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.role_of(name))
    }
}

/// Takes a string and nothing else.
struct TextSeed<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for TextSeed<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextSeed<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }
    fn visit_str<E>(self, text: &str) -> Result<Found, E> {
        self.0.push_str(text);
        Ok(Found::Text)
    }
    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(Found::Null)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Found, E> {
        Ok(Found::Other("true or false"))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Found, E> {
        Ok(Found::Other("a number"))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Found, E> {
        Ok(Found::Other("a number"))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Found, E> {
        Ok(Found::Other("a number"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Found, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Found::Other("a list"))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Found::Other("an object"))
    }
}

/// Takes what metadata comes as: a string, a number, an object with a name, a list of these (joined with `; `).
struct MetaSeed<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for MetaSeed<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for MetaSeed<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }
    fn visit_str<E>(self, text: &str) -> Result<Found, E> {
        self.0.push_str(text);
        Ok(Found::Text)
    }
    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(Found::Null)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Found, E> {
        Ok(Found::Null)
    }
    fn visit_u64<E>(self, n: u64) -> Result<Found, E> {
        self.0.push_str(itoa::Buffer::new().format(n));
        Ok(Found::Text)
    }
    fn visit_i64<E>(self, n: i64) -> Result<Found, E> {
        self.0.push_str(itoa::Buffer::new().format(n));
        Ok(Found::Text)
    }
    fn visit_f64<E>(self, x: f64) -> Result<Found, E> {
        self.0.push_str(&x.to_string());
        Ok(Found::Text)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Found, A::Error> {
        let start = self.0.len();
        loop {
            let before = self.0.len();
            if before > start {
                self.0.push_str("; ");
            }
            let item = self.0.len();
            let more = seq.next_element_seed(MetaSeed(self.0))?.is_some();
            if self.0.len() == item {
                self.0.truncate(before);
            }
            if !more {
                return Ok(if before > start { Found::Text } else { Found::Null });
            }
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::Null;
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            if found == Found::Null && matches!(&*key, "name" | "@id" | "url") {
                found = map.next_value_seed(MetaSeed(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Fields;

    fn article(json: &str) -> Result<Article, DecodeError> {
        let (mut record, map) = (Record::default(), FieldMap::new(Fields::default()));
        let mut article = Article::default();
        record.read(json, &map).map_err(|e| DecodeError::new("invalid-json", e.to_string()))?;
        record.fill(&mut article)?;
        Ok(article)
    }

    #[test]
    fn authors_come_in_many_shapes() {
        for (author, expected) in [
            (r#""A. Writer""#, "A. Writer"),
            (r#"["A", "B"]"#, "A; B"),
            (r#"{"@type": "Person", "name": "A"}"#, "A"),
            (r#"[{"name": "A"}, {"name": "B", "url": "x"}, null, ""]"#, "A; B"),
            ("null", ""),
            ("[]", ""),
        ] {
            let article = article(&format!(r#"{{"body": "x", "author": {author}}}"#)).unwrap();
            assert_eq!(article.meta.author, expected, "{author}");
        }
    }

    #[test]
    fn the_first_name_that_is_not_empty_counts() {
        for json in [
            r#"{"text": "second", "body": "first"}"#,
            r#"{"body": "first", "text": "second"}"#,
            r#"{"body": "", "content": "", "text": "first"}"#,
            r#"{"body": null, "Text": "first"}"#,
            r#"{"body": 5, "text": "first"}"#,
            r#"{"body": "first", "text": "second", "text": "third"}"#,
        ] {
            assert_eq!(article(json).unwrap().body(), "first", "{json}");
        }
    }

    #[test]
    fn ids_come_from_the_record_the_url_or_the_text() {
        let id = |json| article(json).unwrap().id;
        assert_eq!(id(r#"{"id": "a", "url": "u", "body": "x"}"#), "a");
        assert_eq!(
            id(r#"{"id": 123456789012345678901234567890, "body": "x"}"#),
            "123456789012345678901234567890"
        );
        assert_eq!(id(r#"{"id": "", "url": "u", "body": "x"}"#), "u");
        assert_eq!(id(r#"{"id": null, "link": "u", "body": "x"}"#), "u");
        assert_eq!(id(r#"{"title": "t", "body": "x"}"#), format!("{:032x}", content_hash_of(&[b"t", b"x"])));
    }

    #[test]
    fn sources_come_from_the_url_if_nowhere_else() {
        let source = |json| article(json).unwrap().meta.source;
        assert_eq!(source(r#"{"url": "https://u:p@www.bbc.co.uk:80/a?b", "body": ""}"#), "www.bbc.co.uk");
        assert_eq!(
            source(r#"{"url": "https://bbc.co.uk", "publisher": {"name": "BBC"}, "body": ""}"#),
            "BBC"
        );
        assert_eq!(source(r#"{"url": "nothing", "body": ""}"#), "");
    }

    #[test]
    fn what_is_no_article_has_a_code() {
        for (json, code) in [
            (r#"{"title": "x"}"#, "missing-body"),
            (r#"{"body": null}"#, "missing-body"),
            (r#"{"body": 5}"#, "body-type"),
            (r#"{"body": ["x"]}"#, "body-type"),
            (r#"{"body": "x", "body": "y"}"#, "duplicate-key"),
            (r#"{"body": "x"} x"#, "invalid-json"),
            (r#"{"body": "\ud83d"}"#, "invalid-json"),
            (r#"{"body": NaN}"#, "invalid-json"),
            (r#"{'body': 'x'}"#, "invalid-json"),
        ] {
            assert_eq!(article(json).unwrap_err().code, code, "{json}");
        }
    }

    #[test]
    fn deep_nesting_in_an_unused_field_is_no_matter() {
        let deep = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
        assert_eq!(article(&format!(r#"{{"x": {deep}, "body": "b"}}"#)).unwrap().body(), "b");
    }
}
