//! Reading a JSON object's fields in one pass, straight into reused strings.

use std::borrow::Cow;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::fields::{Entry, FieldMap, Role};
use crate::record::{Found, Record};

/// Reads an object's fields into a record.
///
/// # Errors
/// It isn't one JSON object. A value that can't be read (a number out of range, half a surrogate pair) costs its field
/// alone, unless that is the body.
pub(crate) fn read(json: &str, record: &mut Record, map: &FieldMap) -> Result<(), serde_json::Error> {
    let mut pass = |careful| {
        record.clear(map);
        let mut deserializer = serde_json::Deserializer::from_str(json);
        deserializer.deserialize_map(ObjectVisitor { record, map, careful })?;
        deserializer.end()
    };
    let Err(error) = pass(false) else { return Ok(()) };
    match pass(true) {
        Ok(()) if record.body() != Found::Unreadable => Ok(()),
        _ => Err(error),
    }
}

/// The names of an object's fields, as far as it can be read.
pub(crate) fn names(json: &str) -> impl Iterator<Item = Cow<'static, str>> {
    struct Names<'a>(&'a mut Vec<Cow<'static, str>>);
    impl<'de> Visitor<'de> for Names<'_> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key::<String>()? {
                self.0.push(Cow::Owned(name));
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let mut names = Vec::new();
    // What was read before an error is good enough for a message.
    let _ = serde_json::Deserializer::from_str(json).deserialize_map(Names(&mut names));
    names.into_iter()
}

/// The same text with U+FFFD for every half of a surrogate pair among its escapes, and how many there were; `None` if
/// there are none.
pub(crate) fn without_half_pairs(json: &str) -> Option<(String, usize)> {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut halves, mut copied, mut at) = (String::new(), 0, 0, 0);
    while let Some(found) = memchr::memchr(b'\\', &json.as_bytes()[at..]) {
        let escape = at + found;
        at = match unit(escape) {
            Some(0xD800..=0xDBFF) if matches!(unit(escape + 6), Some(0xDC00..=0xDFFF)) => escape + 12,
            Some(0xD800..=0xDFFF) => {
                out.push_str(&json[copied..escape]);
                out.push_str("\\ufffd");
                halves += 1;
                copied = escape + 6;
                copied
            }
            // Past the character that is escaped.
            _ => json.len().min(escape + 2),
        };
    }
    out.push_str(&json[copied..]);
    (halves > 0).then_some((out, halves))
}

struct ObjectVisitor<'a> {
    record: &'a mut Record,
    map: &'a FieldMap,
    /// Every value is looked at by itself.
    careful: bool,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(entry) = map.next_key_seed(KeySeed(self.map))? {
            let Some(entry) = entry else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            match entry.only_role() {
                Some((Role::Body, rank)) if !self.careful => {
                    self.record.next.clear();
                    let found = map.next_value_seed(TextSeed(&mut self.record.next))?;
                    self.record.keep(Role::Body, rank, found);
                }
                _ => take(map.next_value::<&RawValue>()?.get(), entry, self.record),
            }
        }
        Ok(())
    }
}

/// Takes a value for everything that its name is good for.
fn take(raw: &str, entry: &Entry, record: &mut Record) {
    if let Some((role, rank)) = entry.role {
        record.next.clear();
        let found = match role {
            Role::Body => TextSeed(&mut record.next)
                .deserialize(&mut serde_json::Deserializer::from_str(raw))
                .unwrap_or(Found::Unreadable),
            _ => read_meta(raw, &mut record.next),
        };
        record.keep(role, rank, found);
    }
    if let Some(index) = entry.carried {
        let mut text = String::new();
        if read_meta(raw, &mut text) != Found::Text && raw != "null" {
            // Objects without a name, true and false are shown as they are.
            raw.clone_into(&mut text);
        }
        record.carry(index, &text);
    }
    if !entry.inside.is_empty()
        && let Ok(value) = serde_json::from_str::<serde_json::Value>(raw)
    {
        for (pointer, entry) in &entry.inside {
            if let Some(inner) = value.pointer(pointer) {
                take(&inner.to_string(), entry, record);
            }
        }
    }
}

/// A number keeps every digit, also beyond 64 bits.
fn read_meta(raw: &str, out: &mut String) -> Found {
    if raw.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        out.push_str(raw);
        return Found::Text;
    }
    let found = MetaSeed(out).deserialize(&mut serde_json::Deserializer::from_str(raw));
    found.unwrap_or_else(|_| {
        out.clear();
        Found::Null
    })
}

struct KeySeed<'a>(&'a FieldMap);

impl<'de, 'a> DeserializeSeed<'de> for KeySeed<'a> {
    type Value = Option<&'a Entry>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for KeySeed<'a> {
    type Value = Option<&'a Entry>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.get(name))
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
            if found == Found::Null && matches!(&*key, "name" | "@id" | "url" | "$date" | "$oid") {
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
    use newsmill_core::document::Article;
    use newsmill_core::hash::content_hash_of;
    use newsmill_core::input::DecodeError;

    use super::*;

    fn article(json: &str) -> Result<Article, DecodeError> {
        mapped(json, "{}", &[])
    }

    fn mapped(json: &str, fields: &str, carry: &[&str]) -> Result<Article, DecodeError> {
        let carry = carry.iter().map(|&c| c.to_owned()).collect();
        let map = FieldMap::new(serde_json::from_str(fields).unwrap(), carry).unwrap();
        let (mut record, mut article) = (Record::default(), Article::default());
        read(json, &mut record, &map).map_err(|e| DecodeError::new("invalid-json", e.to_string()))?;
        record.fill(&mut article, &map, || names(json))?;
        Ok(article)
    }

    #[test]
    fn halves_of_pairs_are_replaced_and_nothing_else() {
        let mended = |json| without_half_pairs(json).map(|(text, n)| format!("{n} {text}"));
        assert_eq!(mended(r#""\ud83d x""#).unwrap(), r#"1 "\ufffd x""#);
        assert_eq!(mended(r#""\udc00\ud83d\ude00\ud800é""#).unwrap(), r#"2 "\ufffd\ud83d\ude00\ufffdé""#);
        assert_eq!(mended(r#""\\ud83d \n \u00e9""#), None);
        assert_eq!(mended("\"\\"), None);
        assert_eq!(mended("\"\\é"), None);
    }

    #[test]
    fn pointers_reach_into_objects_and_lists() {
        let json =
            r#"{"meta": {"head": "H", "by": [{"name": "A"}, "B"], "id": 5}, "doc": {"p": ["no", "text"]}}"#;
        let fields =
            r#"{"body": ["x", "/doc/p/1"], "title": "/meta/head", "author": "/meta/by", "id": "/meta/id"}"#;
        let article = mapped(json, fields, &[]).unwrap();
        assert_eq!((article.body(), article.title()), ("text", Some("H")));
        assert_eq!((&*article.id, &*article.meta.author), ("5", "A; B"));
        assert_eq!(mapped(json, r#"{"body": "/doc/p/7"}"#, &[]).unwrap_err().code, "missing-body");
    }

    #[test]
    fn carried_columns_come_along_as_text() {
        let json = r#"{"body": "x", "Tags": ["a", "b"], "n": 1.50, "ok": true, "o": {"k": [1]}, "url": "u"}"#;
        let article = mapped(json, "{}", &["tags", "n", "ok", "o", "none", "/o/k/0"]).unwrap();
        let values: Vec<&str> = article.meta.carried.iter().map(|(_, v)| &**v).collect();
        assert_eq!(values, ["a; b", "1.50", "true", r#"{"k": [1]}"#, "", "1"]);
    }

    #[test]
    fn a_value_that_cannot_be_read_costs_its_field_alone() {
        for (json, date) in [
            (r#"{"body": "x", "date": 1e400}"#, "1e400"),
            (r#"{"body": "x", "title": "\ud83d", "date": "d"}"#, "d"),
            (r#"{"text": 1e400, "body": "x"}"#, ""),
            (r#"{"body": "x", "title": [1e400], "date": -1e999}"#, "-1e999"),
        ] {
            let article = article(json).unwrap();
            assert_eq!((article.body(), &*article.meta.date_raw), ("x", date), "{json}");
        }
    }

    #[test]
    fn a_missing_body_names_the_fields_that_are_there() {
        let error = article(r#"{"id": 1, "txt": "x"}"#).unwrap_err();
        assert!(error.message.contains("(fields: id, txt)"), "{}", error.message);
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
