//! A plain tokenizer and small helpers, so that the crate is tested without any other stage.

use std::path::{Path, PathBuf};

use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{TokenFlags, TokenKind, Tokens};
use newsmill_core::prelude::*;
use newsmill_gazetteer::read::{self, InlineRow};
use newsmill_gazetteer::{Compiler, Gazetteer, Names};

/// Words, marks and possessives; dotted initialisms and a few abbreviations keep their dots.
pub struct Plain {
    tokens: Write<Tokens>,
}

impl Stage for Plain {
    const KIND: &'static str = "plain";
    const ABOUT: &'static str = "tokens for tests";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Plain { tokens: cx.write("tokens")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, (): &mut ()) -> Result<Verdict, DocError> {
        tokenize(doc.text(), out.get(&self.tokens));
        Ok(Verdict::Keep)
    }
}

/// Fills `tokens` from a text.
pub fn tokenize(text: &str, tokens: &mut Tokens) {
    let mut at = 0;
    let mut newlines = 2;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}') {
            newlines += usize::from(c == '\n');
            at += c.len_utf8();
            continue;
        }
        let len = token_len(&text[at..]);
        let token = &text[at..at + len];
        let joined = tokens.end.last().is_some_and(|&end| end as usize == at);
        let mut flags = flags_of(token, c);
        for (set, flag) in [(joined, TokenFlags::JOINED_LEFT), (newlines > 1, TokenFlags::PARAGRAPH_START)] {
            flags = if set { flags.with(flag) } else { flags };
        }
        tokens.push(Span::from(at..at + len), flags, fold_hash(token));
        at += len;
        newlines = 0;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}')
}

fn token_len(rest: &str) -> usize {
    let first = rest.chars().next().unwrap_or(' ');
    let word = |s: &str| s.find(|c| !is_word(c)).unwrap_or(s.len());
    if matches!(first, '\'' | '’') {
        let after = &rest[first.len_utf8()..];
        return if word(after) == 1 && after.starts_with(['s', 'S']) {
            first.len_utf8() + 1
        } else {
            first.len_utf8()
        };
    }
    if !is_word(first) {
        return first.len_utf8();
    }
    let mut len = word(rest);
    loop {
        let mut next = rest[len..].chars();
        let Some(mark) = next.next() else { break };
        let after = next.as_str();
        let inner = word(after);
        let one_letter = rest[..len].rsplit('.').next().is_some_and(|w| w.chars().count() == 1);
        let possessive = inner == 1 && after.starts_with(['s', 'S']);
        if matches!(mark, '\'' | '’') && inner > 0 && !possessive {
            len += mark.len_utf8() + inner;
        } else if mark == '.' && one_letter && first.is_alphabetic() {
            len += 1 + if inner == 1 { 1 } else { 0 };
            if inner != 1 {
                break;
            }
        } else if mark == '.' && ["St", "Inc", "Gen", "Mt"].contains(&&rest[..len]) {
            len += 1;
            break;
        } else {
            break;
        }
    }
    len
}

fn flags_of(token: &str, first: char) -> TokenFlags {
    let kind = match first {
        '\'' | '’' if token.len() == first.len_utf8() => TokenKind::Apostrophe,
        '\'' | '’' => TokenKind::Word,
        '-' | '/' => TokenKind::Hyphen,
        '.' | '!' | '?' => TokenKind::Stop,
        c if c.is_numeric() => TokenKind::Number,
        c if is_word(c) => TokenKind::Word,
        _ => TokenKind::Punctuation,
    };
    let mut flags = TokenFlags::of(kind);
    for (set, flag) in [
        (token.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase), TokenFlags::CAPITAL),
        (token.chars().any(char::is_lowercase), TokenFlags::HAS_LOWER),
        (token.chars().any(char::is_numeric), TokenFlags::HAS_DIGIT),
    ] {
        flags = if set { flags.with(flag) } else { flags };
    }
    flags
}

/// A plan of the plain tokenizer and a gazetteer with these options.
pub fn plan(options: &str) -> Result<Plan, String> {
    plan_in(Path::new("."), options)
}

/// The same, in a folder.
pub fn plan_in(dir: &Path, options: &str) -> Result<Plan, String> {
    let text = format!(
        r#"{{ "input": [{{ "files": ["x"] }}], "stages": [{{ "kind": "plain" }},
            {{ "kind": "gazetteer", "with": {options} }}], "output": {{ "sinks": [] }} }}"#
    );
    let config = ConfigFile::parse("x.json", dir, &text).map_err(|e| format!("{e:?}"))?;
    let registry = Registry::new().with::<Plain>().with::<Gazetteer>();
    Plan::new(&config, &registry).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(|p| p.message.clone()).collect();
        lines.join("\n")
    })
}

/// What is wrong with a config.
pub fn problems(dir: &Path, options: &str) -> String {
    plan_in(dir, options).err().unwrap_or_else(|| "nothing".to_owned())
}

/// What the gazetteer found questionable.
pub fn warnings(plan: &Plan) -> Vec<String> {
    plan.warnings.iter().map(|w| w.message.clone()).filter(|m| !m.starts_with("nobody reads")).collect()
}

/// A fresh folder with these files.
pub fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a folder for the test");
    for (file, text) in files {
        std::fs::write(dir.join(file), text).expect("a file for the test");
    }
    dir
}

/// `type id: form|form flags` as an inline row; the first form is the name.
pub fn entry(line: &str) -> String {
    let (head, rest) = line.split_once(": ").expect("type id: forms");
    let (kind, id) = head.split_once(' ').expect("type id");
    let (forms, flags) = match rest.split_once(" [") {
        Some((forms, flags)) => (forms, flags.trim_end_matches(']')),
        None => (rest, ""),
    };
    let name = forms.split('|').next().unwrap_or(forms);
    serde_json::json!({ "entity_id": id, "type": kind, "name": name, "alias": forms, "flags": flags })
        .to_string()
}

/// The list of inline rows, compiled.
pub fn compile(rows: &[String]) -> Names {
    let rows: Vec<InlineRow> = serde_json::from_str(&format!("[{}]", rows.join(","))).expect("inline rows");
    let mut lists = Compiler::default();
    read::read_inline(&rows, &mut lists).expect("well-formed rows");
    lists.finish().0
}

/// Rows as text.
#[derive(Default)]
pub struct Cells(pub String);

impl RowWriter for Cells {
    fn text(&mut self, value: &str) {
        self.0.push_str(value);
        self.0.push('|');
    }
    fn int(&mut self, value: u64) {
        self.text(&value.to_string());
    }
    fn float(&mut self, value: f32) {
        self.text(&value.to_string());
    }
    fn bool(&mut self, value: bool) {
        self.text(&value.to_string());
    }
    fn span(&mut self, _: Span) {}
    fn absent(&mut self) {
        self.text("");
    }
    fn end_row(&mut self) {
        self.0.push('\n');
    }
}
