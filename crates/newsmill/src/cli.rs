//! What the command line may say.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use newsmill_runner::{SampleSize, Shard};

use crate::commands::GazetteerCommand;

#[derive(Parser)]
#[command(
    name = "newsmill",
    version,
    about = "From a news corpus to tables of who was named and who said what.",
    after_help = "Exit codes: 0 complete, 1 failed, 2 usage or config, 3 too many failures, 130 interrupted."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// Log more on stderr (-v, -vv).
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// Says what clap can't know: `--input` takes every path after it, the config too.
pub(crate) fn hint(error: &clap::Error, arguments: impl Iterator<Item = String>) {
    let mut paths = arguments.skip_while(|a| a != "--input" && a != "--corpus").skip(1);
    let swallowed = error.kind() == clap::error::ErrorKind::MissingRequiredArgument;
    let config = paths.find(|path| path.ends_with(".json"));
    if let Some(config) = config.filter(|_| swallowed) {
        crate::ui::note(&format!(
            "hint: --input takes all paths after it, {config} among them; put the config first: newsmill run {config} \
             --input …"
        ));
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run a config over its input.
    Run(RunArgs),
    /// Process again what is in the quarantine of a run, after its config, a limit or a stage was mended.
    Retry(RetryArgs),
    /// Make one run of the runs of all shards (see run --shard).
    MergeRuns(MergeArgs),
    /// Tell all mistakes of a config without running it.
    Check(CheckArgs),
    /// Show what a config does: stages, layers, tables.
    Plan(PlanArgs),
    /// List the stages, formats and sinks, or describe one of them.
    Stages {
        /// Its kind.
        kind: Option<String>,
    },
    /// Print the JSON Schema of configs, for editors.
    Schema,
    /// Make a crate with a stage of your own, which compiles, is tested and runs at once.
    NewStage(NewStageArgs),
    /// Measure how fast a pipeline is on this machine.
    Bench(BenchArgs),
    /// Compile, check, ask or import name lists.
    #[command(subcommand)]
    Gazetteer(GazetteerCommand),
}

/// A config with what overrides it.
#[derive(Args)]
pub(crate) struct ConfigArgs {
    /// Config file (JSON; comments and trailing commas are allowed).
    pub config: PathBuf,
    /// Files, folders or globs to read in place of the config's, relative to the working directory.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub input: Vec<String>,
    /// Directory to write to in place of the config's.
    #[arg(long, value_name = "DIR")]
    pub output: Option<String>,
    /// Override an option; ID is a stage's id, or input, output, limits; VALUE is JSON, else a string.
    #[arg(long = "set", value_name = "ID.OPTION=VALUE")]
    pub sets: Vec<String>,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Decode and process the first N records of each kind of input, and tell what they hold; nothing is written.
    #[arg(long, value_name = "N")]
    pub first: Option<u64>,
}

#[derive(Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Write nothing: tell what the first N records (100) of each kind of input hold, and whether the run could begin.
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "100")]
    pub dry_run: Option<u64>,
    #[command(flatten)]
    pub how: HowArgs,
    /// Replace an earlier run in the output directory; with --append, forget an unfinished part and don't mind another
    /// config.
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
    /// Add only articles that are new or changed to the run in the output directory, as a part of its own; begins a run
    /// if there is none, goes on with what was interrupted.
    #[arg(long, conflicts_with_all = ["resume", "shard"])]
    pub append: bool,
    /// Go on with an interrupted run in the output directory.
    #[arg(long)]
    pub resume: bool,
    /// Read at most this many records.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Process a sample of the articles: a share such as 0.01 or 1%, or so many; the same ones whatever their order.
    #[arg(long, value_name = "SHARE|N", value_parser = parse_sample)]
    pub sample: Option<SampleSize>,
    /// Read the I-th of N parts of the input, for a run of its own on any machine; merge-runs makes one run of all.
    #[arg(long, value_name = "I/N", value_parser = parse_shard, conflicts_with = "limit")]
    pub shard: Option<Shard>,
}

/// How to run, whatever is run.
#[derive(Args)]
pub(crate) struct HowArgs {
    /// Worker threads [default: one a core].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub workers: usize,
    /// Exit with 3 if any record is in the quarantine.
    #[arg(long)]
    pub strict: bool,
    /// No progress and no summary.
    #[arg(long)]
    pub quiet: bool,
    /// How to show progress on stderr.
    #[arg(long, value_enum, default_value_t = ProgressKind::Auto, value_name = "KIND")]
    pub progress: ProgressKind,
    /// Check the invariants of every layer of every article (for authors of stages; slow).
    #[arg(long)]
    pub check_layers: bool,
    /// Size of a batch of input in bytes; changes no output.
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 10, hide = true)]
    pub batch_bytes: usize,
    /// Batches on their way at once; changes no output [default: four a worker].
    #[arg(long, value_name = "N", default_value_t = 0, hide = true)]
    pub in_flight: usize,
    /// Time between commits in milliseconds; changes no output.
    #[arg(long, value_name = "MS", default_value_t = 2000, hide = true)]
    pub commit_ms: u64,
}

#[derive(Args)]
pub(crate) struct RetryArgs {
    /// Directory of the run.
    pub run: PathBuf,
    /// Config file [default: the one that made the run, as it is now].
    #[arg(long, value_name = "CONFIG")]
    pub config: Option<PathBuf>,
    /// Override an option, beside those of the run; ID is a stage's id, or input, output, limits.
    #[arg(long = "set", value_name = "ID.OPTION=VALUE")]
    pub sets: Vec<String>,
    #[command(flatten)]
    pub how: HowArgs,
}

#[derive(Args)]
pub(crate) struct MergeArgs {
    /// Directory to write to.
    pub out: PathBuf,
    /// Directories of the complete runs of all shards, in any order.
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// Replace an earlier run in the directory.
    #[arg(long)]
    pub force: bool,
}

/// `2/5`: the second of five.
fn parse_shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    match numbers {
        Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
        _ => Err("expected I/N with I from 1 to N, for example 2/5".to_owned()),
    }
}

/// `0.01` or `1%` is a share, a whole number so many articles.
fn parse_sample(text: &str) -> Result<SampleSize, String> {
    let percent = text.strip_suffix('%');
    let size = match text.parse::<u64>() {
        Ok(n) if n > 0 => Some(SampleSize::Count(n)),
        _ => {
            let number = percent.unwrap_or(text).parse::<f64>().ok();
            let share = number.map(|n| if percent.is_some() { n / 100.0 } else { n });
            share.filter(|share| *share > 0.0 && *share <= 1.0).map(SampleSize::Share)
        }
    };
    size.ok_or_else(|| "expected a share such as 0.01 or 1%, or a number of articles such as 500".to_owned())
}

#[derive(Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    /// As JSON, with the columns of every layer.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct NewStageArgs {
    /// Its kind: lower case words joined by hyphens. The crate is called newsmill-NAME.
    pub name: String,
    /// Make it in DIR/NAME, with a binary of its own, and not in newsmill's workspace.
    #[arg(long, value_name = "DIR")]
    pub outside: Option<PathBuf>,
    /// newsmill's checkout [default: the one that this binary was built from].
    #[arg(long, value_name = "PATH")]
    pub newsmill: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Config whose stages and sinks to measure.
    #[arg(default_value = "config/news.json")]
    pub config: PathBuf,
    /// Files, folders or globs to read in place of a generated corpus.
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with = "generate")]
    pub corpus: Vec<String>,
    /// Size of the generated corpus: bytes of body text, with kB, MB or GB.
    #[arg(long, value_name = "SIZE", default_value = "64MB", value_parser = crate::commands::parse_size)]
    pub generate: u64,
    /// Seed of the generated corpus.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Numbers of worker threads to measure with.
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_value = "1,2")]
    pub workers: Vec<usize>,
    /// Runs for each number of workers; the median is reported.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub runs: usize,
    /// Override an option, as in `run`.
    #[arg(long = "set", value_name = "ID.OPTION=VALUE")]
    pub sets: Vec<String>,
    /// Measure only these stages, by id, and the sinks of what they write.
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    pub stages: Vec<String>,
    /// As JSON, to be kept.
    #[arg(long)]
    pub json: bool,
    /// Also write a page with plots.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Results saved with --json, to be drawn beside this run's.
    #[arg(long, value_name = "RUN.json", num_args = 1.., requires = "html")]
    pub compare: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressKind {
    /// A bar on a terminal, else plain lines.
    Auto,
    /// A line every ten seconds.
    Plain,
    /// A JSON object a second, one a line.
    Json,
    /// Nothing.
    None,
}
