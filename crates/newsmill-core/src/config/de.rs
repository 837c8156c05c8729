//! From nodes to typed options, with the place of every mistake.

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::json::{Member, Node, Place, Value};
use crate::suggest;

/// A value that doesn't fit its option.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeError {
    /// What is wrong, with the fix.
    pub message: String,
    /// Where, once known.
    pub at: Option<Place>,
}

/// Turns a node into `T`.
///
/// # Errors
/// The first value that doesn't fit, with its place.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, TypeError> {
    T::deserialize(node).map_err(|e| e.or_at(&node.at))
}

impl TypeError {
    fn or_at(mut self, at: &Place) -> Self {
        self.at.get_or_insert_with(|| at.clone());
        self
    }
}

impl std::fmt::Display for TypeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TypeError {}

/// "expected one of" or "did you mean".
fn choice(what: &str, given: &str, expected: &'static [&'static str]) -> TypeError {
    let hint = match suggest::nearest(given, expected) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if expected.is_empty() => "nothing is expected here".to_owned(),
        None => format!("known: {}", expected.join(", ")),
    };
    TypeError { message: format!("unknown {what} \"{given}\"; {hint}"), at: None }
}

impl de::Error for TypeError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        TypeError { message: message.to_string(), at: None }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        choice("key", field, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        choice("value", variant, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        TypeError { message: format!("the key \"{field}\" is missing; add it"), at: None }
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = TypeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeError> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(b) => visitor.visit_bool(*b),
            Value::Number(n) => match (n.as_u64(), n.as_i64(), n.as_f64()) {
                (Some(n), _, _) => visitor.visit_u64(n),
                (_, Some(n), _) => visitor.visit_i64(n),
                (_, _, Some(x)) => visitor.visit_f64(x),
                _ => Err(de::Error::custom(format!("number {n} is out of range"))),
            },
            Value::String(s) => visitor.visit_str(s),
            Value::Array(items) => visitor.visit_seq(Items(items.iter())),
            Value::Object(members) => visitor.visit_map(Members { members: members.iter(), value: None }),
        }
        .map_err(|e| e.or_at(&self.at))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TypeError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, TypeError> {
        visitor.visit_newtype_struct(self)
    }

    /// Only objects: serde would also take an array for a struct, its fields in order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypeError> {
        match self.value {
            Value::Object(_) => self.deserialize_any(visitor),
            _ => {
                let message = format!("expected an object, found {}", self.kind());
                Err(TypeError { message, at: Some(self.at.clone()) })
            }
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypeError> {
        let result = match &self.value {
            Value::String(s) => visitor.visit_enum(s.as_str().into_deserializer()),
            Value::Object(members) if members.len() == 1 => {
                visitor.visit_enum(de::value::MapAccessDeserializer::new(Members {
                    members: members.iter(),
                    value: None,
                }))
            }
            _ => Err(de::Error::custom(format!("expected a string, found {}", self.kind()))),
        };
        result.map_err(|e| e.or_at(&self.at))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = TypeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, TypeError> {
        self.0.next().map(|node| seed.deserialize(node).map_err(|e| e.or_at(&node.at))).transpose()
    }
}

struct Members<'de> {
    members: std::slice::Iter<'de, Member>,
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = TypeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, TypeError> {
        let Some(member) = self.members.next() else { return Ok(None) };
        self.value = Some(&member.value);
        seed.deserialize(member.key.as_str().into_deserializer())
            .map(Some)
            .map_err(|e: TypeError| e.or_at(&member.key_at))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, TypeError> {
        match self.value.take() {
            Some(node) => seed.deserialize(node).map_err(|e| e.or_at(&node.at)),
            None => Err(de::Error::custom("value asked for before its key")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct Options {
        scope: Scope,
        limit: u32,
        names: Vec<String>,
        nested: Option<Box<Options>>,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Scope {
        #[default]
        Speech,
        All,
    }

    fn options(text: &str) -> Result<Options, (u32, u32, String)> {
        from_node(&super::super::json::parse(text).unwrap()).map_err(|e| {
            let at = e.at.unwrap_or_default();
            (at.line, at.column, e.message)
        })
    }

    #[test]
    fn good_options_are_read() {
        let read = options(r#"{ "scope": "all", "limit": 3, "names": ["a"], "nested": null }"#).unwrap();
        assert_eq!(read, Options { scope: Scope::All, limit: 3, names: vec!["a".into()], nested: None });
    }

    #[test]
    fn mistakes_carry_their_place_and_a_hint() {
        for (text, line, column, message) in [
            ("{\n \"scop\": \"all\" }", 2, 2, "unknown key \"scop\"; did you mean \"scope\"?"),
            ("{ \"scope\": \"al\" }", 1, 12, "unknown value \"al\"; did you mean \"all\"?"),
            ("{ \"limit\": -3 }", 1, 12, "invalid value: integer `-3`, expected u32"),
            ("{ \"names\": [\"x\", 5] }", 1, 18, "invalid type: integer `5`, expected a string"),
            ("{ \"nested\": { \"limit\": true } }", 1, 24, "invalid type: boolean `true`, expected u32"),
            ("{ \"scope\": 5 }", 1, 12, "expected a string, found a number"),
            ("[\"all\", 3]", 1, 1, "expected an object, found an array"),
        ] {
            assert_eq!(options(text).unwrap_err(), (line, column, message.to_owned()), "{text}");
        }
    }
}
