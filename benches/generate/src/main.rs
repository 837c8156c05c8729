//! Writes generated articles as JSON lines: `newsmill-generate BYTES [SEED [GAZETTEER.csv …]] > corpus.jsonl`.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use newsmill_generate::{Generator, Names};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let bytes = arguments.next().and_then(|a| a.parse().ok());
    let bytes: u64 = bytes.ok_or("usage: newsmill-generate BYTES [SEED [GAZETTEER.csv ...]]")?;
    let seed: u64 = match arguments.next() {
        Some(seed) => seed.parse().map_err(|_| format!("{seed:?} isn't a seed: give a whole number"))?,
        None => 1,
    };
    let read = |path: String| std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"));
    let files = arguments.map(read).collect::<Result<Vec<String>, String>>()?;
    let names = match files.is_empty() {
        true => Names::default(),
        false => Names::from_csv(files.iter().map(String::as_str)),
    };
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    for article in Generator::new(names, seed).articles(bytes) {
        out.write_all(article.to_json_line().as_bytes()).map_err(|e| format!("can't write: {e}"))?;
    }
    out.flush().map_err(|e| format!("can't write: {e}"))
}
