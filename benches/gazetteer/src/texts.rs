//! Articles to look in.

use std::path::{Path, PathBuf};

use newsmill_core::layers::Tokens;
use newsmill_core::{Article, ConfigFile, Outcome, Plan, Registry};
use newsmill_tokenize::Tokenize;

use crate::names::{Random, names};

/// The articles of these files and folders, or generated ones.
pub fn articles(paths: &[PathBuf]) -> Vec<String> {
    let read: Vec<String> = paths.iter().flat_map(|path| read(path)).collect();
    if read.is_empty() { generated() } else { read }
}

fn read(path: &Path) -> Vec<String> {
    if let Ok(folder) = std::fs::read_dir(path) {
        let mut files: Vec<PathBuf> = folder.flatten().map(|e| e.path()).collect();
        files.sort();
        return files.iter().flat_map(|file| read(file)).collect();
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    match path.extension().and_then(|e| e.to_str()) {
        Some("txt") => vec![text],
        Some("jsonl") => text.lines().filter_map(body).collect(),
        _ => Vec::new(),
    }
}

fn body(line: &str) -> Option<String> {
    let object: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(object.get("body").or(object.get("text"))?.as_str()?.to_owned())
}

/// 8 MB of articles: small words, and every twelfth word a name.
fn generated() -> Vec<String> {
    let names = names(200_000, &[]);
    let small = [
        "the",
        "said",
        "of",
        "and",
        "in",
        "troops",
        "after",
        "government",
        "that",
        "on",
        "minister",
        "for",
        "talks",
    ];
    let mut random = Random(2);
    (0..2000)
        .map(|_| {
            let mut text = String::new();
            while text.len() < 4000 {
                match random.below(12) {
                    0 => text.push_str(&names[random.below(names.len())]),
                    _ => text.push_str(small[random.below(small.len())]),
                }
                text.push_str([" ", " ", " ", " ", " ", ", ", ". "][random.below(7)]);
            }
            text
        })
        .collect()
}

/// Reads an article and its tokens once.
pub fn touch(text: &str, tokens: Option<&Tokens>) {
    let mut sum = text.bytes().fold(0u32, |sum, b| sum.wrapping_add(u32::from(b)));
    if let Some(tokens) = tokens {
        let columns = [&tokens.start, &tokens.end, &tokens.hash];
        sum = columns.into_iter().flatten().fold(sum, |sum, &n| sum.wrapping_add(n));
        sum = tokens.flags.iter().fold(sum, |sum, f| sum.wrapping_add(f.0));
    }
    std::hint::black_box(sum);
}

/// The tokens of each article, made by the shipped tokenizer.
pub fn tokenize(articles: &[String]) -> Vec<Tokens> {
    let text =
        r#"{ "input": [{ "files": ["x"] }], "stages": [{ "kind": "tokenize" }], "output": { "sinks": [] } }"#;
    let config = ConfigFile::parse("bench.json", ".", text).expect("a config");
    let plan = Plan::new(&config, &Registry::new().with::<Tokenize>()).unwrap_or_else(|p| panic!("{p:?}"));
    let mut workspace = plan.workspace();
    articles
        .iter()
        .map(|text| {
            workspace.article = Article::new("x", text);
            assert_eq!(plan.process(&mut workspace, &mut [], &mut ()), Outcome::Done);
            let tokens = workspace.layer::<Tokens>().expect("tokens");
            Tokens {
                start: tokens.start.clone(),
                end: tokens.end.clone(),
                flags: tokens.flags.clone(),
                hash: tokens.hash.clone(),
                keep_compounds: false,
            }
        })
        .collect()
}
