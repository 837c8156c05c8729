//! Stand-ins for the stages before the one under test: plain tokens, and mentions of names that the test gives.
//!
//! A stage crate depends on `newsmill-core` and no other stage; with these its tests need no other either.

use std::collections::BTreeMap;

use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{
    Entities, Entity, EntityIx, Mention, Mentions, ParagraphKind, Paragraphs, SentenceIx, Sentences,
    TokenFlags, TokenIx, TokenKind, Tokens,
};
use newsmill_core::prelude::*;

/// Writes tokens, sentences and paragraphs by the plainest rules: runs of letters and digits, single marks; a sentence
/// ends at `.`, `!` or `?` before white space, a paragraph at a blank line.
pub struct GivenTokens {
    tokens: Write<Tokens>,
    sentences: Write<Sentences>,
    paragraphs: Write<Paragraphs>,
}

impl Stage for GivenTokens {
    const KIND: &'static str = "given-tokens";
    const ABOUT: &'static str = "plain tokens, sentences and paragraphs, for tests of later stages";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(GivenTokens {
            tokens: cx.write(names::TOKENS)?,
            sentences: cx.write(names::SENTENCES)?,
            paragraphs: cx.write(names::PARAGRAPHS)?,
        })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let (tokens, sentences, paragraphs) = out.get3(&self.tokens, &self.sentences, &self.paragraphs);
        let text = doc.text();
        let mut previous_end = 0;
        let (mut new_sentence, mut new_paragraph) = (true, true);
        let mut at = 0;
        while let Some(span) = next_token(text, at) {
            at = span.end as usize;
            let gap = &text[previous_end as usize..span.start as usize];
            new_paragraph |= gap.matches('\n').count() > 1;
            new_sentence |= new_paragraph || (!gap.is_empty() && ends_sentence(text, tokens));
            let token = Layer::len(tokens) as u32;
            let mut flags = flags_of(doc.slice(span));
            if gap.is_empty() && token > 0 {
                flags = flags.with(TokenFlags::JOINED_LEFT);
            }
            if new_sentence {
                flags = flags.with(TokenFlags::SENTENCE_START);
                sentences.push(span, token);
            }
            if new_paragraph {
                flags = flags.with(TokenFlags::PARAGRAPH_START);
                paragraphs.push(span, Layer::len(sentences) as u32 - 1, ParagraphKind::Text);
            }
            tokens.push(span, flags, fold_hash(doc.slice(span)));
            for last in [sentences.span.last_mut(), paragraphs.span.last_mut()].into_iter().flatten() {
                last.end = span.end;
            }
            (previous_end, new_sentence, new_paragraph) = (span.end, false, false);
        }
        Ok(Verdict::Keep)
    }
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}')
}

fn next_token(text: &str, at: usize) -> Option<Span> {
    let rest = &text[at..];
    let start = at + rest.find(|c| !is_gap(c))?;
    let first = text[start..].chars().next()?;
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}');
    let len = match is_word(first) {
        true => text[start..].find(|c| !is_word(c)).unwrap_or(text.len() - start),
        false => first.len_utf8(),
    };
    Some(Span::from(start..start + len))
}

/// Whether the last tokens are a stop, perhaps with up to three closing marks after it.
fn ends_sentence(text: &str, tokens: &Tokens) -> bool {
    let count = Layer::len(tokens) as u32;
    let mut last = (0..count).rev().take(4).map(|t| &text[tokens.span(TokenIx(t)).range()]);
    last.find(|t| !matches!(*t, "”" | "\"" | "’" | ")")).is_some_and(|t| matches!(t, "." | "!" | "?"))
}

fn flags_of(token: &str) -> TokenFlags {
    let first = token.chars().next().unwrap_or(' ');
    let kind = match first {
        c if c.is_numeric() => TokenKind::Number,
        c if c.is_alphabetic() => TokenKind::Word,
        '“' | '‘' | '«' | '„' => TokenKind::OpenQuote,
        '”' | '»' => TokenKind::CloseQuote,
        '"' => TokenKind::Quote,
        '\'' | '’' => TokenKind::Apostrophe,
        '.' | '!' | '?' | '…' => TokenKind::Stop,
        '–' | '—' => TokenKind::Dash,
        '-' | '/' => TokenKind::Hyphen,
        c if c.is_ascii_punctuation() => TokenKind::Punctuation,
        _ => TokenKind::Symbol,
    };
    let has_lower = token.contains(char::is_lowercase);
    let facts = [
        (first.is_uppercase(), TokenFlags::CAPITAL),
        (has_lower, TokenFlags::HAS_LOWER),
        (!has_lower && token.chars().filter(|c| c.is_uppercase()).count() > 1, TokenFlags::ALL_CAPS),
        (token.chars().skip(1).any(char::is_uppercase), TokenFlags::INNER_CAPITAL),
        (!token.is_ascii(), TokenFlags::NON_ASCII),
        (token.contains(char::is_numeric), TokenFlags::HAS_DIGIT),
        (matches!(first, '‘' | '’' | '\''), TokenFlags::SINGLE),
    ];
    facts
        .iter()
        .fold(TokenFlags::of(kind), |flags, &(holds, bit)| if holds { flags.with(bit) } else { flags })
}

/// Options of [`GivenMentions`].
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GivenNames {
    /// Text to find → `type`, or `type: canonical name` where that is another text.
    names: BTreeMap<String, String>,
}

/// Writes entities and mentions of the names that its config lists: `{ "names": { "Dong Jun": "person", "Dong":
/// "person: Dong Jun" } }`. Longest names win; an entity's id is `given:` and its name.
pub struct GivenMentions {
    /// Text, type and canonical name; longest text first.
    names: Vec<[String; 3]>,
    tokens: Read<Tokens>,
    sentences: Read<Sentences>,
    entities: Write<Entities>,
    mentions: Write<Mentions>,
}

impl Stage for GivenMentions {
    const KIND: &'static str = "given-mentions";
    const ABOUT: &'static str = "mentions of the names that the config gives, for tests of later stages";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "names": { "Dong Jun": "person", "Dong": "person: Dong Jun" } }"#;
    type Config = GivenNames;
    type Scratch = ();

    fn build(config: GivenNames, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let entry = |(text, value): (String, String)| match value.split_once(':') {
            Some((kind, name)) => [text, kind.trim().to_owned(), name.trim().to_owned()],
            None => [text.clone(), value.trim().to_owned(), text],
        };
        let mut names: Vec<[String; 3]> = config.names.into_iter().map(entry).collect();
        names.sort_by_key(|[text, ..]| std::cmp::Reverse(text.len()));
        Ok(GivenMentions {
            names,
            tokens: cx.read(names::TOKENS)?,
            sentences: cx.read(names::SENTENCES)?,
            entities: cx.write(names::ENTITIES)?,
            mentions: cx.write(names::MENTIONS)?,
        })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let (tokens, sentences) = (doc.get(&self.tokens), doc.get(&self.sentences));
        let (entities, mentions) = out.get2(&self.entities, &self.mentions);
        let mut token = 0;
        while token < Layer::len(tokens) {
            let start = tokens.start[token] as usize;
            let found = self.names.iter().find_map(|[text, kind, name]| {
                let end = (doc.text()[start..].starts_with(text.as_str())).then_some(start + text.len())?;
                let end_token = tokens.end.binary_search(&(end as u32)).ok()? + 1;
                Some((Span::from(start..end), end_token, kind, name))
            });
            let Some((span, end_token, kind, name)) = found else {
                token += 1;
                continue;
            };
            let entity = entity_of(entities, kind, name);
            mentions.rows.push(Mention {
                span,
                first_token: token as u32,
                end_token: end_token as u32,
                sentence: if sentences.is_empty() {
                    SentenceIx(0)
                } else {
                    sentences.of_token(TokenIx(token as u32))
                },
                entity,
                how: "given",
                kind: mentions.strings.push(kind),
                entity_id: mentions.strings.push_fmt(format_args!("given:{name}")),
                name: mentions.strings.push(name),
            });
            token = end_token;
        }
        Ok(Verdict::Keep)
    }
}

/// The entity of that name, made at its first mention.
fn entity_of(entities: &mut Entities, kind: &str, name: &str) -> EntityIx {
    let known = (0..entities.rows.len()).find(|&i| entities.name(EntityIx(i as u32)) == name);
    let index = known.unwrap_or_else(|| {
        let id = entities.strings.push_fmt(format_args!("given:{name}"));
        let (name, kind) = (entities.strings.push(name), entities.strings.push(kind));
        entities.rows.push(Entity { id, name, kind, ..Entity::default() });
        entities.rows.len() - 1
    });
    entities.rows[index].mentions += 1;
    EntityIx(index as u32)
}
