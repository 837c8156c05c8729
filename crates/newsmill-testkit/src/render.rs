//! Layers as text that a linguist can read: the sections of a case file.
//!
//! | section | one line |
//! |---|---|
//! | `sentences` | a sentence: its tokens with one space between |
//! | `mentions` | `text \| type \| name \| match` |
//! | `quotes` | `kind \| speaker text \| speaker name \| cue \| content \| negated` |
//! | any other layer | its columns; the first line names them |
//!
//! A content's pieces are joined by ` // `. Line breaks in a cell show as ⏎, a `|` as `\|`.

use newsmill_core::layers::{Mentions, QuotePart, QuoteParts, Quotes, Sentences, TokenFlags, Tokens, names};
use newsmill_core::prelude::*;

use crate::table;

/// The lines of a section for the workspace's article.
///
/// # Errors
/// No stage of the plan writes that layer, or its rows aren't those of its schema.
pub fn render(plan: &Plan, workspace: &Workspace, section: &str) -> Result<Vec<String>, String> {
    let missing = || {
        let known: Vec<&str> = plan.layers().map(|(name, _)| name).collect();
        format!("no stage writes a layer `{section}`; this plan has {}", known.join(", "))
    };
    let doc = workspace.doc();
    match section {
        names::SENTENCES => {
            let layers = (workspace.layer::<Tokens>(), workspace.layer::<Sentences>());
            let (Some(tokens), Some(sentences)) = layers else { return Err(missing()) };
            Ok(sentence_lines(doc, tokens, sentences))
        }
        names::MENTIONS => Ok(mention_lines(doc, workspace.layer().ok_or_else(missing)?)),
        names::QUOTES => {
            let layers = (workspace.layer::<Quotes>(), workspace.layer::<QuoteParts>());
            let (Some(quotes), Some(parts)) = layers else { return Err(missing()) };
            Ok(quote_lines(doc, quotes, parts))
        }
        _ => {
            let layer = plan.table(workspace, section).ok_or_else(missing)?;
            let (_, schema) = plan.layers().find(|(name, _)| *name == section).ok_or_else(missing)?;
            let table = table::read(layer, schema, doc).map_err(|e| format!("layer `{section}`: {e}"))?;
            let rows = std::iter::once(&table.columns).chain(&table.rows);
            Ok(rows.map(|row| line(row.iter().map(String::as_str))).collect())
        }
    }
}

/// The number of columns of a section whose lines aren't headed by their names; `None` if a line is one text.
pub(crate) fn fixed_columns(section: &str) -> Option<usize> {
    match section {
        names::MENTIONS => Some(4),
        names::QUOTES => Some(6),
        _ => None,
    }
}

/// Cells as one line, trailing empty ones included.
fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(escape).collect();
    cells.join(" | ").trim_end().to_owned()
}

/// The cells of a line.
pub(crate) fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek() == Some(&'|') => {
                chars.next();
                push(&mut cells, "\\|");
            }
            '|' => cells.push(String::new()),
            c => push(&mut cells, c.encode_utf8(&mut [0; 4])),
        }
    }
    cells.iter().map(|c| c.trim().to_owned()).collect()
}

fn push(cells: &mut [String], text: &str) {
    if let Some(last) = cells.last_mut() {
        last.push_str(text);
    }
}

fn escape(cell: &str) -> String {
    cell.trim().replace("\r\n", "⏎").replace(['\n', '\r'], "⏎").replace('|', "\\|")
}

fn sentence_lines(doc: Doc<'_>, tokens: &Tokens, sentences: &Sentences) -> Vec<String> {
    let mut lines = Vec::with_capacity(sentences.len());
    for sentence in 0..sentences.len() {
        let range = sentences.tokens(newsmill_core::layers::SentenceIx(sentence as u32), Layer::len(tokens));
        let mut line = String::new();
        for token in range {
            let at = token as usize;
            let joined = tokens.keep_compounds && tokens.flags[at].has(TokenFlags::IN_COMPOUND);
            if !line.is_empty() && !joined {
                line.push(' ');
            }
            line.push_str(&doc.slice(tokens.span(newsmill_core::layers::TokenIx(token))).replace('\n', "⏎"));
        }
        lines.push(line);
    }
    lines
}

fn mention_lines(doc: Doc<'_>, mentions: &Mentions) -> Vec<String> {
    let strings = &mentions.strings;
    let row = |m: &newsmill_core::layers::Mention| {
        line([doc.slice(m.span), strings.get(m.kind), strings.get(m.name), m.how])
    };
    mentions.rows.iter().map(row).collect()
}

fn quote_lines(doc: Doc<'_>, quotes: &Quotes, parts: &QuoteParts) -> Vec<String> {
    let mut lines = Vec::with_capacity(quotes.rows.len());
    for (i, q) in quotes.rows.iter().enumerate() {
        let first = parts.rows.partition_point(|p| p.quote.at() < i);
        let end = parts.rows.partition_point(|p| p.quote.at() <= i);
        let content: Vec<&str> =
            pieces(doc.text(), &parts.rows[first..end]).into_iter().map(|s| doc.slice(s)).collect();
        lines.push(line([
            q.kind.as_str(),
            q.speaker.map_or("", |s| doc.slice(s)),
            quotes.strings.get(q.speaker_name),
            q.cue.map_or("", |s| doc.slice(s)),
            &content.join(" // "),
            if q.negated { "negated" } else { "" },
        ]));
    }
    lines
}

/// The stretches of a quotation's content that the reporting clause, or a closing mark before an opening one, leaves.
///
/// A stretch that is partly inside marks and partly outside keeps its marks, also those at its edges.
pub fn pieces(text: &str, parts: &[QuotePart]) -> Vec<Span> {
    let mut pieces: Vec<(Span, bool)> = Vec::new();
    let mut previous: Option<QuotePart> = None;
    for &part in parts {
        let gap = previous.and_then(|p| text.get(p.span.end as usize..part.span.start as usize));
        let turns = previous.is_some_and(|p| p.verbatim != part.verbatim);
        match (gap, pieces.last_mut()) {
            (Some(gap), Some((span, mixed))) if is_inside_piece(gap, turns) => {
                *span = span.cover(part.span);
                *mixed |= turns;
            }
            _ => pieces.push((part.span, false)),
        }
        previous = Some(part);
    }
    let verbatim_at = |at: u32, end: bool| {
        parts.iter().any(|p| p.verbatim && (if end { p.span.end } else { p.span.start }) == at)
    };
    let with_marks = |(span, mixed): (Span, bool)| {
        let mut span = span;
        if mixed && verbatim_at(span.end, true) {
            span.end += closing_len(&text[span.end as usize..]);
        }
        if mixed && verbatim_at(span.start, false) {
            let mark = text[..span.start as usize].chars().next_back().filter(|&c| is_mark(c));
            span.start -= mark.map_or(0, |c| c.len_utf8() as u32);
        }
        span
    };
    pieces.into_iter().map(with_marks).collect()
}

fn is_inside_piece(gap: &str, turns: bool) -> bool {
    !gap.contains(char::is_alphanumeric) && (turns || gap.chars().filter(|&c| is_mark(c)).count() < 2)
}

/// Bytes of stops and the closing mark after them; 0 if no mark follows.
fn closing_len(rest: &str) -> u32 {
    let stops = rest.len() - rest.trim_start_matches(['.', ',', '!', '?', '…']).len();
    let mark = rest[stops..].chars().next().filter(|&c| is_mark(c));
    mark.map_or(0, |c| (stops + c.len_utf8()) as u32)
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '“'
            | '”'
            | '„'
            | '‟'
            | '‘'
            | '’'
            | '‚'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '「'
            | '」'
            | '『'
            | '』'
    )
}

#[cfg(test)]
mod tests {
    use newsmill_core::layers::QuoteIx;

    use super::*;

    fn pieces_of(text: &str, parts: &[(&str, bool)]) -> Vec<String> {
        let mut at = 0;
        let parts: Vec<QuotePart> = parts
            .iter()
            .enumerate()
            .map(|(i, &(part, verbatim))| {
                let start = at + text[at..].find(part).unwrap();
                at = start + part.len();
                QuotePart { quote: QuoteIx(0), part: i as u32, span: Span::from(start..at), verbatim }
            })
            .collect();
        pieces(text, &parts).into_iter().map(|s| text[s.range()].to_owned()).collect()
    }

    #[test]
    fn reporting_clause_splits_the_content() {
        let text = "“We ate,” he said, “and left.”";
        assert_eq!(pieces_of(text, &[("We ate", true), ("and left", true)]), ["We ate", "and left"]);
    }

    #[test]
    fn mixed_piece_keeps_its_marks() {
        let text = "He said the plan was “dead” today.";
        let parts = [("the plan was", false), ("dead", true), ("today", false)];
        assert_eq!(pieces_of(text, &parts), ["the plan was “dead” today"]);
        let text = "It said corridors “work.” Nobody agreed.";
        assert_eq!(pieces_of(text, &[("corridors", false), ("work", true)]), ["corridors “work.”"]);
    }

    #[test]
    fn paragraph_that_reopens_marks_goes_on_with_the_piece() {
        let text = "“One.\n\n“Two,” she said.";
        assert_eq!(pieces_of(text, &[("One.", true), ("Two", true)]), ["One.\n\n“Two"]);
    }

    #[test]
    fn cells_are_trimmed_and_escaped_bars_stay() {
        assert_eq!(cells("a | b \\| c |"), ["a", "b \\| c", ""]);
        assert_eq!(line(["x|y", "two\nlines", ""]), "x\\|y | two⏎lines |");
    }
}
