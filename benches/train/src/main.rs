//! Trains the models that ship with newsmill.
//!
//! ```text
//! cargo run --release -p newsmill-train -- tagger TRAIN.conllu DEV.conllu crates/newsmill-quotes/models/tagger-en.bin
//! ```
//! `TRAIN.conllu` is the train part of UD English-EWT (CC BY-SA 4.0); `DEV.conllu` its dev part, which only measures.

mod tagger;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Trains the models that ship with newsmill")]
struct Args {
    #[command(subcommand)]
    model: Model,
}

#[derive(Subcommand)]
enum Model {
    /// The part-of-speech tagger of the quotes stage.
    Tagger {
        /// CoNLL-U to learn from.
        train: PathBuf,
        /// CoNLL-U to measure with.
        dev: PathBuf,
        /// File to write.
        model: PathBuf,
    },
}

fn main() -> ExitCode {
    let Args { model: Model::Tagger { train, dev, model } } = Args::parse();
    let (text, code) = match tagger::train(&train, &dev, &model) {
        Ok(report) => (report, ExitCode::SUCCESS),
        Err(message) => (message, ExitCode::FAILURE),
    };
    let _ = writeln!(std::io::stdout(), "{text}");
    code
}
