//! Rust crates as peers of `benches/rivals`: `newsmill-rivals PEER ARTICLES.jsonl NAMES.tsv OUT_DIR`.
//!
//! Each is used as its documentation shows, between serde_json and csv, on one thread. Names count where no letter or digit
//! touches them; quotations come from the same regular expressions as those of the peers in Python.

mod names;
mod quotes;
mod tokens;

use std::borrow::Cow;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [peer, articles, names, out] = arguments.as_slice() else {
        return Err(
            "usage: newsmill-rivals aho-corasick|daachorse|icu ARTICLES.jsonl NAMES.tsv OUT_DIR".into()
        );
    };
    fs::create_dir_all(out)?;
    let (articles, out) = (PathBuf::from(articles), PathBuf::from(out));
    match peer.as_str() {
        "aho-corasick" => names::run(&names::AhoCorasick::new(&names::read(names)?)?, &articles, &out),
        "daachorse" => names::run(&names::Daachorse::new(&names::read(names)?)?, &articles, &out),
        "icu" => tokens::run(&articles, &out),
        other => Err(format!("there is no peer `{other}`").into()),
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    body: Cow<'a, str>,
}

/// Id and text of each line; the title, if any, is the first paragraph.
fn each_article(
    path: &Path,
    mut work: impl FnMut(&str, &str) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut reader = BufReader::with_capacity(1 << 20, fs::File::open(path)?);
    let (mut line, mut text) = (String::new(), String::new());
    while reader.read_line(&mut line)? > 0 {
        let article: Line<'_> = serde_json::from_str(&line)?;
        text.clear();
        if !article.title.is_empty() {
            text.extend([&*article.title, "\n\n"]);
        }
        text.push_str(&article.body);
        work(&article.id, &text)?;
        line.clear();
    }
    Ok(())
}

/// A CSV table with these columns.
fn table(out: &Path, name: &str, columns: &str) -> Result<csv::Writer<fs::File>, Box<dyn Error>> {
    let mut table =
        csv::WriterBuilder::new().buffer_capacity(1 << 20).from_path(out.join(format!("{name}.csv")))?;
    table.write_record(columns.split(' '))?;
    Ok(table)
}

/// Code points before byte offsets that ascend.
struct Chars<'t> {
    text: &'t str,
    byte: usize,
    chars: usize,
}

impl<'t> Chars<'t> {
    fn new(text: &'t str) -> Self {
        Chars { text, byte: 0, chars: 0 }
    }

    fn before(&mut self, byte: usize) -> String {
        self.chars += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.chars.to_string()
    }
}
