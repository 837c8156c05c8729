//! Trains the models that ship with newsmill.
//!
//! ```text
//! cargo run --release -p newsmill-train -- tagger TRAIN.conllu DEV.conllu crates/newsmill-quotes/models/tagger-en.bin
//! ```
//! `TRAIN.conllu` is the train part of UD English-EWT (CC BY-SA 4.0); `DEV.conllu` its dev part, which only measures.
//!
//! ```text
//! cargo run --release -p newsmill-eval -- quotes GOLD.jsonl --set quotes.scope=all --set quotes.min_confidence=0 > PRED.jsonl
//! cargo run --release -p newsmill-train -- confidence GOLD.jsonl PRED.jsonl > crates/newsmill-quotes/rules/en/confidence.txt
//! ```
//! `GOLD.jsonl` is the training part of the Wikinews annotation; `reliability` in place of `confidence` shows, for other
//! articles, how many quotations of each confidence are right.

mod confidence;
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
    /// The counts behind the confidence of quotations.
    Confidence {
        /// Annotated articles.
        gold: PathBuf,
        /// What `newsmill-eval quotes` says of them.
        predicted: PathBuf,
    },
    /// How many quotations of each confidence are right, as a table.
    Reliability {
        /// Annotated articles.
        gold: PathBuf,
        /// What `newsmill-eval quotes` says of them.
        predicted: PathBuf,
    },
}

fn main() -> ExitCode {
    let Args { model } = Args::parse();
    let made = match &model {
        Model::Tagger { train, dev, model } => tagger::train(train, dev, model).map(|report| report + "\n"),
        Model::Confidence { gold, predicted } => confidence::table(gold, predicted),
        Model::Reliability { gold, predicted } => confidence::reliability(gold, predicted),
    };
    match made {
        Ok(text) if std::io::stdout().write_all(text.as_bytes()).is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}
