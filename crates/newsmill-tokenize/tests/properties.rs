//! What holds for any text: layers' invariants, engines that agree, and variants of a text that read the same.

use newsmill_core::layers::{Sentences, Tokens};
use newsmill_core::prelude::*;
use newsmill_tokenize::{EngineCheck, Tokenize};
use proptest::prelude::*;

/// Pieces that rules care about, and characters of all kinds.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z]{1,12}",
        3 => Just(" ".to_owned()),
        1 => prop::sample::select(vec![
            ". ", "? ", "... ", "!", "\n", "\n\n", "\r\n", "\u{85}", "\u{2028}", "\u{A0}", "\u{200B}", "\u{FEFF}", "\u{AD}",
            "\u{200D}", "\"", "''", "``", "'", "’", "‘", "“", "”", "«", "»", "'s", "n't", "U.S.", "Mr. ", "No. 5", "a.m. ",
            "1,000.5", "10:30", "-", "--", "—", "/", "www.example.org", "a@b.org", "@you", "#news", "$", "US$", "AT&T", "(",
            ")", ":)", "[3]", "• ", "1. ", "cannot", "日本語。", "カタカナ", "ไทย", "Ёлка", "élan", "🙂", "🇺🇦", "e\u{301}", "\0",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        // Words longer than what rules look back and ahead.
        1 => (any::<char>(), 1usize..120).prop_map(|(c, n)| c.to_string().repeat(n)),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..60).prop_map(|p| p.concat())
}

#[test]
fn layers_hold_their_invariants_and_engines_agree() {
    let check = EngineCheck::default();
    proptest!(|(title in text(), body in text())| {
        prop_assert_eq!(check.run(&Article::titled("a", &title, &body)), Ok(()));
    });
}

fn plan() -> Plan {
    let config = r#"{ "input": [], "stages": [ { "kind": "tokenize" } ], "output": { "sinks": [] } }"#;
    let config = ConfigFile::parse("test.json", ".", config).expect("config");
    Plan::new(&config, &Registry::new().with::<Tokenize>()).expect("plan")
}

/// Sentences as lists of tokens, without what variants differ in.
fn read(plan: &Plan, text: &str) -> Vec<Vec<String>> {
    let mut workspace = plan.workspace();
    workspace.article = Article::new("a", text);
    assert_eq!(plan.process(&mut workspace, &mut [], &mut ()), Outcome::Done);
    let (tokens, sentences) =
        (workspace.layer::<Tokens>().expect("tokens"), workspace.layer::<Sentences>().expect("sentences"));
    let word =
        |i: usize| workspace.article.text()[tokens.start[i] as usize..tokens.end[i] as usize].to_owned();
    let mut out: Vec<Vec<String>> = Vec::new();
    for (s, &first) in sentences.first_token.iter().enumerate() {
        let end = sentences.first_token.get(s + 1).map_or(tokens.start.len(), |&t| t as usize);
        out.push((first as usize..end).map(word).collect());
    }
    out
}

const NEWS: &str = include_str!("news.txt");

#[test]
fn variants_of_a_text_read_the_same() {
    let plan = plan();
    let plain = read(&plan, NEWS);
    assert!(plain.len() > 20, "{} sentences", plain.len());
    for (name, variant) in [
        ("CRLF", NEWS.replace('\n', "\r\n")),
        ("no-break spaces", NEWS.replace(' ', "\u{A0}")),
        ("thin spaces", NEWS.replace(' ', "\u{2009}")),
        ("zero-width spaces", NEWS.replace(' ', " \u{200B}")),
        ("byte order mark", format!("\u{FEFF}{NEWS}")),
        ("wrapped at 60", wrap(NEWS, 60, "\n")),
        ("wrapped at 72", wrap(NEWS, 72, "\n")),
        ("wrapped at 100, CRLF", wrap(NEWS, 100, "\r\n")),
        ("wrapped at 72, U+0085", wrap(NEWS, 72, "\u{85}")),
    ] {
        assert_eq!(read(&plan, &variant), plain, "{name}");
    }
    let straight = |sentences: Vec<Vec<String>>| -> Vec<Vec<String>> {
        let token = |t: String| t.replace(['“', '”'], "\"").replace(['‘', '’'], "'");
        sentences.into_iter().map(|s| s.into_iter().map(token).collect()).collect()
    };
    let curly = straight(read(&plan, &curl(NEWS)));
    assert_eq!(curly, plain, "curly quotes");
}

/// Breaks each paragraph's lines where the next word doesn't fit.
fn wrap(text: &str, width: usize, line_end: &str) -> String {
    let mut out = String::new();
    for paragraph in text.split("\n\n") {
        let mut column = 0;
        for word in paragraph.split_whitespace() {
            if column > 0 && column + 1 + word.len() > width {
                out.push_str(line_end);
                column = 0;
            } else if column > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += word.len();
        }
        out.push_str(line_end);
        out.push_str(line_end);
    }
    out
}

/// Straight marks to curly ones.
fn curl(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in text.chars() {
        let opens = before.is_whitespace() || matches!(before, '(' | '—' | '"');
        out.push(match c {
            '"' if opens => '“',
            '"' => '”',
            '\'' if opens && before != '"' => '‘',
            '\'' => '’',
            c => c,
        });
        before = c;
    }
    out
}
