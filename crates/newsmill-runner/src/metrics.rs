//! Counters and times: plain numbers per batch, added up by the writer in input order.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use newsmill_core::input::Frame;
use newsmill_core::pipeline::Observer;
use serde::{Deserialize, Serialize};

use crate::slow::{SlowArticle, SlowArticles};

/// What became of a run's records. The same for any number of workers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records read.
    pub records: u64,
    /// Articles in the tables.
    pub articles: u64,
    /// Records in the quarantine, by stage and code (`decode/invalid-json`).
    pub failed: BTreeMap<String, u64>,
    /// Articles that a stage dropped, by stage and reason.
    pub dropped: BTreeMap<String, u64>,
    /// Articles that lack the layers of a stage that failed on them, by stage and code.
    pub kept: BTreeMap<String, u64>,
    /// Records that aren't meant to be articles (pictures in a web archive), by code.
    #[serde(default)]
    pub skipped: BTreeMap<String, u64>,
    /// Articles that a run has already as they are, and to which they were to be added.
    #[serde(default)]
    pub unchanged: u64,
    /// Of the articles in the tables, those that an earlier part of the run has with another text.
    #[serde(default)]
    pub changed: u64,
    /// Articles that aren't in the sample.
    #[serde(default)]
    pub left_out: u64,
    /// What is worth noting about files, by code; nothing is lost by it.
    #[serde(default)]
    pub noted: BTreeMap<String, u64>,
    /// The first failure or note of each code in words, with its place.
    #[serde(default)]
    pub examples: BTreeMap<String, String>,
    /// Articles without any text in the body.
    pub empty: u64,
    /// Articles whose date couldn't be read.
    pub unreadable_dates: u64,
    /// Articles whose id an earlier article has; known once the run is complete.
    pub duplicate_ids: u64,
    /// Bytes of UTF-8 of titles and bodies.
    pub text_bytes: u64,
    /// Tokens.
    pub tokens: u64,
    /// Sentences.
    pub sentences: u64,
    /// Mentions.
    pub mentions: u64,
    /// Quotations.
    pub quotes: u64,
}

impl Counts {
    /// Adds another count's numbers to these.
    pub fn add(&mut self, other: &Counts) {
        self.records += other.records;
        self.articles += other.articles;
        self.unchanged += other.unchanged;
        self.changed += other.changed;
        self.left_out += other.left_out;
        self.empty += other.empty;
        self.unreadable_dates += other.unreadable_dates;
        self.text_bytes += other.text_bytes;
        self.tokens += other.tokens;
        self.sentences += other.sentences;
        self.mentions += other.mentions;
        self.quotes += other.quotes;
        let maps = [
            (&mut self.failed, &other.failed),
            (&mut self.dropped, &other.dropped),
            (&mut self.kept, &other.kept),
            (&mut self.skipped, &other.skipped),
            (&mut self.noted, &other.noted),
        ];
        for (mine, theirs) in maps {
            for (key, n) in theirs {
                *mine.entry(key.clone()).or_default() += n;
            }
        }
        for (key, example) in &other.examples {
            self.examples.entry(key.clone()).or_insert_with(|| example.clone());
        }
    }

    /// Keeps the first failure or note of a code.
    pub(crate) fn example(&mut self, frame: &Frame<'_>, stage: &str, code: &str, message: &str) {
        let line = frame.position.line;
        self.examples.entry(format!("{stage}/{code}")).or_insert_with(|| match line {
            0 => format!("{}: {message}", frame.file_name),
            line => format!("{}:{line}: {message}", frame.file_name),
        });
    }

    /// Records in the quarantine.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }
}

/// Adds one to a key's count.
pub(crate) fn count(map: &mut BTreeMap<String, u64>, stage: &str, code: &str) {
    *map.entry(format!("{stage}/{code}")).or_default() += 1;
}

/// Where one worker's time went while it had a batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkerTimes {
    pub decode: Duration,
    pub stages: Vec<Duration>,
    pub encode: Duration,
    /// Before it got the batch.
    pub wait: Duration,
    /// Articles that took long.
    pub slow: Vec<SlowArticle>,
}

impl WorkerTimes {
    pub(crate) fn clear(&mut self) {
        self.stages.fill(Duration::ZERO);
        self.slow.clear();
        (self.decode, self.encode, self.wait) = Default::default();
    }
}

/// Measures the time between its calls.
pub(crate) struct Clock<'a> {
    pub times: &'a mut WorkerTimes,
    pub last: Instant,
}

impl Observer for Clock<'_> {
    fn done(&mut self, stage: Option<usize>) {
        let now = Instant::now();
        let spent = match stage {
            None => &mut self.times.encode,
            Some(i) => {
                if self.times.stages.len() <= i {
                    self.times.stages.resize(i + 1, Duration::ZERO);
                }
                &mut self.times.stages[i]
            }
        };
        *spent += now - self.last;
        self.last = now;
    }
}

/// Where a run's time went; seconds. Worker times are sums over all workers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timings {
    /// From start to end.
    pub total: f64,
    /// Workers.
    pub workers: usize,
    /// The reader, reading.
    pub reading: f64,
    /// The reader, waiting for an empty batch.
    pub reader_waiting: f64,
    /// Workers, decoding records.
    pub decode: f64,
    /// Workers, in each stage: id and seconds.
    pub stages: Vec<(String, f64)>,
    /// Workers, encoding rows.
    pub encode: f64,
    /// Encoder threads, compressing or making Parquet of rows.
    pub encoders: f64,
    /// Workers, waiting for a batch.
    pub workers_waiting: f64,
    /// The writer, writing and syncing.
    pub writing: f64,
    /// The writer, at the end: run-level tables, syncing, renaming.
    pub finishing: f64,
    /// Articles that took longer than `limits.slow_ms`.
    pub slow: SlowArticles,
}

impl Timings {
    pub(crate) fn add(&mut self, times: &WorkerTimes) {
        self.decode += times.decode.as_secs_f64();
        self.encode += times.encode.as_secs_f64();
        self.workers_waiting += times.wait.as_secs_f64();
        for ((_, sum), time) in self.stages.iter_mut().zip(&times.stages) {
            *sum += time.as_secs_f64();
        }
        self.slow.add(&times.slow);
    }

    /// Seconds that workers spent working.
    pub fn busy(&self) -> f64 {
        self.decode + self.encode + self.stages.iter().map(|s| s.1).sum::<f64>()
    }

    /// What held the run up, in one sentence.
    pub fn bottleneck(&self) -> String {
        let busy = self.busy().max(f64::MIN_POSITIVE);
        let share = |seconds: f64| format!("{:.0} %", 100.0 * seconds / busy);
        let idle = self.workers_waiting / (self.workers_waiting + busy);
        if idle > 0.3 && self.reading > self.writing {
            return format!("reading the input: workers waited for it {:.0} % of their time", 100.0 * idle);
        }
        if idle > 0.3 && self.writing > self.reading {
            return format!("writing the output: workers waited for it {:.0} % of their time", 100.0 * idle);
        }
        let mut parts: Vec<(String, f64)> =
            self.stages.iter().map(|(id, s)| (format!("stage `{id}`"), *s)).collect();
        parts.push(("decoding records".to_owned(), self.decode));
        parts.push(("encoding rows".to_owned(), self.encode));
        match parts.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)) {
            Some((what, seconds)) => format!("{what}: {} of worker time", share(seconds)),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottleneck_is_named() {
        let stages = vec![("tokenize".to_owned(), 1.0), ("quotes".to_owned(), 3.0)];
        let busy = Timings { stages, decode: 0.5, encode: 0.5, ..Timings::default() };
        assert_eq!(busy.bottleneck(), "stage `quotes`: 60 % of worker time");
        let idle = Timings { workers_waiting: 5.0, reading: 4.0, ..busy };
        assert_eq!(idle.bottleneck(), "reading the input: workers waited for it 50 % of their time");
    }
}
