//! The lines of `flags.txt`: what the flags of tokens say.

use newsmill_core::layers::{TokenFlags, TokenKind, Tokens};
use newsmill_core::prelude::*;
use newsmill_tokenize::Tokenize;

const FLAGS: [(&str, TokenFlags); 15] = [
    ("CAPITAL", TokenFlags::CAPITAL),
    ("ALL_CAPS", TokenFlags::ALL_CAPS),
    ("HAS_LOWER", TokenFlags::HAS_LOWER),
    ("INNER_CAPITAL", TokenFlags::INNER_CAPITAL),
    ("JOINED_LEFT", TokenFlags::JOINED_LEFT),
    ("IN_COMPOUND", TokenFlags::IN_COMPOUND),
    ("SENTENCE_START", TokenFlags::SENTENCE_START),
    ("PARAGRAPH_START", TokenFlags::PARAGRAPH_START),
    ("ABBREVIATION", TokenFlags::ABBREVIATION),
    ("CLITIC", TokenFlags::CLITIC),
    ("NON_ASCII", TokenFlags::NON_ASCII),
    ("HAS_DIGIT", TokenFlags::HAS_DIGIT),
    ("SINGLE", TokenFlags::SINGLE),
    ("POSSESSIVE", TokenFlags::POSSESSIVE),
    ("AFFIX", TokenFlags::AFFIX),
];

fn kind(name: &str) -> TokenKind {
    match name {
        "WORD" => TokenKind::Word,
        "NUMBER" => TokenKind::Number,
        "PUNCTUATION" => TokenKind::Punctuation,
        "SYMBOL" => TokenKind::Symbol,
        "OPEN" => TokenKind::OpenQuote,
        "CLOSE" => TokenKind::CloseQuote,
        "QUOTE" => TokenKind::Quote,
        "APOSTROPHE" => TokenKind::Apostrophe,
        "HYPHEN" => TokenKind::Hyphen,
        "DASH" => TokenKind::Dash,
        "URL" => TokenKind::Url,
        "HANDLE" => TokenKind::Handle,
        "IDEOGRAPH" => TokenKind::Ideograph,
        "STOP" => TokenKind::Stop,
        _ => panic!("no kind {name}"),
    }
}

fn flag(name: &str) -> TokenFlags {
    FLAGS.iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("no flag {name}")).1
}

#[test]
fn flags_say_what_the_lines_ask_for() {
    let config = r#"{ "input": [], "stages": [ { "kind": "tokenize" } ], "output": { "sinks": [] } }"#;
    let config = ConfigFile::parse("test.json", ".", config).expect("config");
    let plan = Plan::new(&config, &Registry::new().with::<Tokenize>()).expect("plan");
    let mut workspace = plan.workspace();
    let mut faults = Vec::new();
    for line in include_str!("flags.txt").lines().filter(|l| !l.starts_with('#')) {
        let (text, wanted) = line.split_once(" => ").expect("a line has =>");
        workspace.article = Article::new("a", &text.replace('⏎', "\n"));
        plan.process(&mut workspace, &mut [], &mut ());
        let tokens = workspace.layer::<Tokens>().expect("tokens");
        let mut at = 0;
        for want in wanted.split(' ') {
            let slash = want.rfind('/').expect("token/KIND");
            let (token, rest) = (&want[..slash], &want[slash + 1..]);
            let found = (at..tokens.start.len()).find(|&i| {
                &workspace.article.text()[tokens.start[i] as usize..tokens.end[i] as usize] == token
            });
            let Some(i) = found else {
                faults.push(format!("{text}: no token {token}"));
                continue;
            };
            at = i + 1;
            let mut absent = rest.split('!');
            let mut present = absent.next().unwrap_or("").split('+');
            let flags = tokens.flags[i];
            let right = flags.kind() == kind(present.next().unwrap_or(""))
                && present.all(|f| flags.has(flag(f)))
                && !absent.any(|f| flags.has(flag(f)));
            if !right {
                let names: Vec<_> = FLAGS.iter().filter(|f| flags.has(f.1)).map(|f| f.0).collect();
                faults.push(format!("{text}: {want}, but {:?} {names:?}", flags.kind()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
