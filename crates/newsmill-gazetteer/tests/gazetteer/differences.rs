//! No difference from the reference, on many names and much text.

use std::path::Path;

use newsmill_core::layer::Layer;
use newsmill_core::layers::Tokens;
use newsmill_core::lexicon::Lexicon;
use newsmill_gazetteer::compile::Row;
use newsmill_gazetteer::scan::{Hit, Scan};
use newsmill_gazetteer::{Compiler, Names, flags};
use proptest::prelude::*;

use crate::generated::{self, Random};
use crate::reference::{self, Reference};
use crate::support::tokenize;

const FLAGS: [&str; 8] = ["", "", "", "exact", "anycase", "abbr", "nofold", "abbr anycase"];

fn compile(forms: &[String], flag_of: impl Fn(usize) -> &'static str) -> Names {
    let mut lists = Compiler::default();
    lists.begin_file("generated");
    for (i, form) in forms.iter().enumerate() {
        let id = format!("x:{}", i % (forms.len() / 2 + 1));
        let row = Row {
            entity_id: &id,
            kind: "other",
            name: form,
            alias: form,
            flags: flags::parse(flag_of(i)).expect("known flags"),
            prior: Some(i as u32 % 97),
            line: i as u32 + 2,
            ..Row::default()
        };
        // Generated pieces without a letter are no forms.
        let _ = lists.add(&row);
    }
    lists.finish().0
}

/// Compares article by article, so that a failure is small. Returns the number of hits.
pub fn compare(names: &Names, text: &str, article: usize) -> usize {
    let reference = Reference::new(names);
    let mut tokens = Tokens::default();
    let (mut longest, mut all): (Vec<Hit>, Vec<Hit>) = (Vec::new(), Vec::new());
    let mut count = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let cut = rest.char_indices().map(|(i, _)| i).find(|&i| i >= article).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(cut);
        rest = after;
        tokens.clear();
        tokenize(piece, &mut tokens);
        let scan = Scan::new(names, piece, &tokens);
        longest.clear();
        all.clear();
        scan.longest(&mut longest);
        scan.all(&mut all);
        let expected = reference.all(piece, &tokens);
        same(&all, &expected, names, piece, &tokens);
        same(&longest, &reference::longest(&expected), names, piece, &tokens);
        count += longest.len();
    }
    count
}

fn same(found: &[Hit], expected: &[Hit], names: &Names, text: &str, tokens: &Tokens) {
    if found == expected {
        return;
    }
    let show = |hit: Option<&Hit>| {
        hit.map(|h| {
            let span = tokens.cover(h.first_token..h.end_token);
            format!("{h:?} {:?} as {:?}", &text[span.range()], names.name(h.name))
        })
    };
    let at = (0..).find(|&i| found.get(i) != expected.get(i)).unwrap_or(0);
    panic!("hit {at}: found {:?}, reference {:?}", show(found.get(at)), show(expected.get(at)));
}

#[test]
fn hundred_thousand_generated_names_in_eight_megabytes() {
    let mut random = Random(4);
    let words: Vec<String> = (0..8000).map(|_| generated::word(&mut random)).collect();
    let forms = generated::names(100_000, &words, &mut random);
    let names = compile(&forms, |i| FLAGS[i % 23 % FLAGS.len()]);
    let text = generated::text(8 << 20, &forms, &words, &mut random);
    let hits = compare(&names, &text, 64 << 10);
    assert!(hits > 400_000, "{hits} hits");
}

/// Names and articles of real news, where they are to be had.
#[test]
fn real_names_in_real_news() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let lists = ["persons.tsv", "places.tsv", "orgs.tsv", "demonyms.tsv"];
    let Some(forms) =
        lists.iter().map(|list| forms_of(&shared.join("gazetteers").join(list))).collect::<Option<Vec<_>>>()
    else {
        eprintln_skip();
        return;
    };
    let forms: Vec<String> = forms.into_iter().flatten().collect();
    let names = compile(&forms, |i| FLAGS[i % 11 % FLAGS.len()]);
    let text = news(&shared.join("corpora"), 8 << 20);
    assert!(compare(&names, &text, 8 << 10) > 1000);
}

#[expect(clippy::disallowed_macros, reason = "a test that is skipped says so")]
fn eprintln_skip() {
    eprintln!("skipped: there is no ../shared/gazetteers beside the checkout");
}

fn forms_of(list: &Path) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(list).ok()?;
    Some(text.lines().skip(1).filter_map(|line| line.split('\t').nth(3)).map(str::to_owned).collect())
}

/// Up to `limit` bytes of the text files in a folder, by name.
fn news(folder: &Path, limit: usize) -> String {
    let mut text = String::new();
    let mut files: Vec<_> = walk(folder);
    files.sort();
    for file in files {
        if text.len() >= limit {
            break;
        }
        text.push_str(&String::from_utf8_lossy(&std::fs::read(file).unwrap_or_default()));
        text.push_str("\n\n");
    }
    text
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| {
            let path = entry.path();
            let is_text = path.extension().is_some_and(|e| e == "txt" || e == "jsonl");
            if path.is_dir() { walk(&path) } else { is_text.then_some(path).into_iter().collect() }
        })
        .collect()
}

/// Names and texts of a few letters and marks, so that everything meets everything.
fn tiny() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just("A"),
            Just("a"),
            Just("Ab"),
            Just("ab"),
            Just("É"),
            Just("e"),
            Just("."),
            Just(" "),
            Just(" "),
            Just("-"),
            Just("'"),
            Just("’s"),
            Just("!"),
            Just("/"),
            Just("\n"),
            Just("\n\n"),
            Just("7"),
            Just("東"),
            Just("U.S."),
            Just("US"),
            Just("\u{AD}"),
            Just("e\u{301}")
        ],
        1..7,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_names_in_any_text(forms in proptest::collection::vec(tiny(), 1..12), texts in proptest::collection::vec(tiny(), 1..12),
                             shift in 0usize..8) {
        let names = compile(&forms, |i| FLAGS[(i + shift) % FLAGS.len()]);
        compare(&names, &texts.concat(), usize::MAX);
    }
}
