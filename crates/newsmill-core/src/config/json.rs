//! JSON with comments and trailing commas, in which every value knows its place.
//!
//! serde_json tells a place only for errors of its own; newsmill also reports mistakes that show when a stage is
//! built, so values keep their positions. Scalars are decoded by serde_json.

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it begins.
    pub at: Place,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// A string.
    String(String),
    /// `[…]`
    Array(Vec<Node>),
    /// `{…}`, in the order of the file; keys are unique.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key.
    pub key: String,
    /// Where the key begins.
    pub key_at: Place,
    /// The value.
    pub value: Node,
}

/// A place in a config: line and column, both from 1 (columns count characters); or a `--set` option.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1; 0 for `--set`.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The `--set` argument, if the value came from one; or the name of another command-line option (`--input`).
    pub set: Option<String>,
}

/// A syntax error.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub at: Place,
}

/// Arrays and objects nested deeper than this are refused.
const MAX_DEPTH: usize = 64;

/// Parses a whole file. A byte order mark is skipped.
///
/// # Errors
/// The first syntax error, or a key given twice.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    let mut parser = Parser { text, at: 0, line: 1, line_start: 0 };
    if text.starts_with('\u{FEFF}') {
        parser.at = '\u{FEFF}'.len_utf8();
        parser.line_start = parser.at;
    }
    parser.skip_space()?;
    let node = parser.value(0)?;
    parser.skip_space()?;
    match parser.peek() {
        None => Ok(node),
        Some(c) => Err(parser.error(format!("{c:?} after the end of the config"))),
    }
}

impl Node {
    /// A node for a value that has no place in a file.
    pub fn from_json(value: &serde_json::Value, at: &Place) -> Node {
        let value = match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(b) => Value::Bool(*b),
            serde_json::Value::Number(n) => Value::Number(n.clone()),
            serde_json::Value::String(s) => Value::String(s.clone()),
            serde_json::Value::Array(items) => {
                Value::Array(items.iter().map(|v| Node::from_json(v, at)).collect())
            }
            serde_json::Value::Object(map) => Value::Object(
                map.iter()
                    .map(|(k, v)| Member {
                        key: k.clone(),
                        key_at: at.clone(),
                        value: Node::from_json(v, at),
                    })
                    .collect(),
            ),
        };
        Node { value, at: at.clone() }
    }

    /// The same value without places.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => serde_json::Value::Number(n.clone()),
            Value::String(s) => s.as_str().into(),
            Value::Array(items) => items.iter().map(Node::to_json).collect(),
            Value::Object(members) => serde_json::Value::Object(
                members.iter().map(|m| (m.key.clone(), m.value.to_json())).collect(),
            ),
        }
    }

    /// The member of an object.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Object(members) => members.iter().find(|m| m.key == key).map(|m| &m.value),
            _ => None,
        }
    }

    /// The member of an object, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.value {
            Value::Object(members) => members.iter_mut().find(|m| m.key == key).map(|m| &mut m.value),
            _ => None,
        }
    }

    /// The member of an object, made (as an empty object) if absent; `None` if this isn't an object.
    pub fn get_or_insert(&mut self, key: &str, at: &Place) -> Option<&mut Node> {
        let Value::Object(members) = &mut self.value else { return None };
        let index = members.iter().position(|m| m.key == key).unwrap_or_else(|| {
            let value = Node { value: Value::Object(Vec::new()), at: at.clone() };
            members.push(Member { key: key.to_owned(), key_at: at.clone(), value });
            members.len() - 1
        });
        Some(&mut members[index].value)
    }

    /// The place that a JSON pointer (`/files/0`) leads to: of the member's key where the last step is a key, or as
    /// near to it as the value goes. A value that came from `--set` is there and not at the key that it replaced.
    pub fn place(&self, pointer: &str) -> &Place {
        let (mut node, mut place) = (self, &self.at);
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            match &node.value {
                Value::Object(members) => match members.iter().find(|m| m.key == step) {
                    Some(m) if m.value.at.set.is_some() => (node, place) = (&m.value, &m.value.at),
                    Some(m) => (node, place) = (&m.value, &m.key_at),
                    None => break,
                },
                Value::Array(items) => match step.parse::<usize>().ok().and_then(|i| items.get(i)) {
                    Some(item) => (node, place) = (item, &item.at),
                    None => break,
                },
                _ => break,
            }
        }
        place
    }

    /// What the value is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
}

impl Parser<'_> {
    fn place(&self) -> Place {
        let column = self.text[self.line_start..self.at].chars().count() as u32 + 1;
        Place { line: self.line, column, set: None }
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError { message: message.into(), at: self.place() }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn bump(&mut self, c: char) {
        self.at += c.len_utf8();
        if c == '\n' {
            self.line += 1;
            self.line_start = self.at;
        }
    }

    fn skip_space(&mut self) -> Result<(), SyntaxError> {
        while let Some(c) = self.peek() {
            let rest = &self.text[self.at..];
            if c.is_whitespace() {
                self.bump(c);
            } else if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let Some(end) = rest.find("*/") else {
                    return Err(self.error("comment is never closed: add `*/`"));
                };
                for c in rest[..end + 2].chars() {
                    self.bump(c);
                }
            } else {
                break;
            }
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Node, SyntaxError> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let at = self.place();
        let value = match self.peek() {
            None => return Err(self.error("the config ends where a value is expected")),
            Some('{') => self.object(depth)?,
            Some('[') => self.array(depth)?,
            Some('"') => Value::String(self.string()?),
            Some(_) => self.scalar()?,
        };
        Ok(Node { value, at })
    }

    fn object(&mut self, depth: usize) -> Result<Value, SyntaxError> {
        let mut members: Vec<Member> = Vec::new();
        self.bump('{');
        loop {
            self.skip_space()?;
            let key_at = self.place();
            match self.peek() {
                Some('}') => {
                    self.bump('}');
                    return Ok(Value::Object(members));
                }
                Some('"') => {}
                Some(c) => {
                    return Err(self.error(format!("expected a key in double quotes or `}}`, found {c:?}")));
                }
                None => return Err(self.error("object is never closed: add `}`")),
            }
            let key = self.string()?;
            if let Some(first) = members.iter().find(|m| m.key == key) {
                let message = format!("key \"{key}\" is given twice, first on line {}", first.key_at.line);
                return Err(SyntaxError { message, at: key_at });
            }
            self.skip_space()?;
            if self.peek() != Some(':') {
                return Err(self.error(format!("expected `:` after the key \"{key}\"")));
            }
            self.bump(':');
            self.skip_space()?;
            let value = self.value(depth + 1)?;
            members.push(Member { key, key_at, value });
            self.separator('}')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, SyntaxError> {
        let mut items = Vec::new();
        self.bump('[');
        loop {
            self.skip_space()?;
            match self.peek() {
                Some(']') => {
                    self.bump(']');
                    return Ok(Value::Array(items));
                }
                None => return Err(self.error("array is never closed: add `]`")),
                Some(_) => items.push(self.value(depth + 1)?),
            }
            self.separator(']')?;
        }
    }

    /// A comma, or what closes the array or object (left for the caller).
    fn separator(&mut self, close: char) -> Result<(), SyntaxError> {
        self.skip_space()?;
        match self.peek() {
            Some(',') => {
                self.bump(',');
                Ok(())
            }
            Some(c) if c == close => Ok(()),
            Some(c) => Err(self.error(format!("expected `,` or `{close}`, found {c:?}"))),
            None => Err(self.error(format!("the config ends where `,` or `{close}` is expected"))),
        }
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let rest = &self.text[self.at..];
        let mut escaped = false;
        for (i, c) in rest.char_indices().skip(1) {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    let literal = &rest[..=i];
                    let decoded = serde_json::from_str(literal)
                        .map_err(|_| self.error(format!("{literal} isn't a valid JSON string")))?;
                    self.at += literal.len();
                    return Ok(decoded);
                }
                _ => {}
            }
        }
        Err(self.error("string is never closed: add `\"`"))
    }

    fn scalar(&mut self) -> Result<Value, SyntaxError> {
        let rest = &self.text[self.at..];
        let len = rest.find(|c: char| !(c.is_alphanumeric() || "+-._".contains(c))).unwrap_or(rest.len());
        let word = &rest[..len];
        let value = match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => match serde_json::from_str::<serde_json::Number>(word) {
                Ok(number) => Value::Number(number),
                Err(_) if word.is_empty() => {
                    return Err(self
                        .error(format!("expected a value, found {:?}", rest.chars().next().unwrap_or(' '))));
                }
                Err(_) => {
                    return Err(self.error(format!("`{word}` isn't a value: strings need double quotes")));
                }
            },
        };
        self.at += len;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_fine_and_places_hold() {
        let text = "// news\n{ \"a\": [1, 2,], /* x\n */ \"b\": { \"c\": \"é\", \"d\": -1.5e3 } }\n";
        let node = parse(text).unwrap();
        assert_eq!(node.to_json(), serde_json::json!({"a": [1, 2], "b": {"c": "é", "d": -1.5e3}}));
        let place = node.place("/b/d");
        assert_eq!((place.line, place.column), (3, 22));
        assert_eq!(node.place("/a/1").column, 12);
    }

    #[test]
    fn syntax_errors_say_where_and_what() {
        for (text, line, column, message) in [
            ("{\n  \"a\": 1\n  \"b\": 2 }", 3, 3, "expected `,` or `}`, found '\"'"),
            ("{ \"a\": yes }", 1, 8, "`yes` isn't a value: strings need double quotes"),
            ("{ \"a\": 1, \"a\": 2 }", 1, 11, "key \"a\" is given twice, first on line 1"),
            ("[1", 1, 3, "the config ends where `,` or `]` is expected"),
            ("{ a: 1 }", 1, 3, "expected a key in double quotes or `}`, found 'a'"),
            ("\"abc", 1, 1, "string is never closed: add `\"`"),
            ("/* x", 1, 1, "comment is never closed: add `*/`"),
            ("", 1, 1, "the config ends where a value is expected"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(
                (error.at.line, error.at.column, error.message.as_str()),
                (line, column, message),
                "{text}"
            );
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(parse(&"[".repeat(100_000)).unwrap_err().message.contains("nested deeper"));
    }
}
