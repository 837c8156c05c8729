//! The rule `linear`: cost per byte may not grow with the length of the article.
//!
//! The time of the stage alone on one long text is set against that on a short one of the same making. It is the thread's
//! CPU time (elsewhere than on Linux the clock's), the least of several runs, and only a large excess counts: a linear
//! stage has an excess of 1 (somewhat more where caches are outgrown), one that looks at every pair has [`FACTOR`].

use std::time::Duration;

use newsmill_core::pipeline::Observer;
use newsmill_core::prelude::*;

use super::Report;
use crate::odd;

const SHORT: usize = 4 << 10;
const FACTOR: usize = 16;
/// Between 1 and [`FACTOR`], nearer to the latter.
const LIMIT: f64 = 6.0;
/// Costs below this are call overhead, not growth.
const NOISE: Duration = Duration::from_micros(20);
const ATTEMPTS: usize = 3;

pub(super) fn check(plan: &Plan, report: &mut Report) {
    for (name, text) in odd::growing() {
        let (short, long) = (text(SHORT), text(SHORT * FACTOR));
        let excess = least_excess(plan, &short, &long);
        if excess >= LIMIT {
            let sizes = format!("{} KiB against {} KiB", (SHORT * FACTOR) / 1024, SHORT / 1024);
            report.add("linear", format!("{name}: a byte costs {excess:.0} times as much in {sizes}"));
            return;
        }
    }
}

/// The least excess of a few attempts; the first that is small enough ends them.
fn least_excess(plan: &Plan, short: &str, long: &str) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..ATTEMPTS {
        least = least.min(excess(plan, short, long));
        if least < LIMIT {
            break;
        }
    }
    least
}

/// How many times as much a byte of the long text costs.
fn excess(plan: &Plan, short: &str, long: &str) -> f64 {
    let short = least(plan, short, 5).max(NOISE);
    let long = least(plan, long, 3);
    long.as_secs_f64() / short.as_secs_f64() / FACTOR as f64
}

/// The least time that the last stage took for a text.
fn least(plan: &Plan, text: &str, runs: usize) -> Duration {
    let mut workspace = plan.workspace();
    let last = plan.stage_ids().count() - 1;
    let mut least = Duration::MAX;
    for _ in 0..runs {
        workspace.article = Article::new("growing", text);
        let mut watch = Watch { last, since: now(), taken: Duration::ZERO };
        plan.process(&mut workspace, &mut [], &mut watch);
        least = least.min(watch.taken);
    }
    least
}

/// Takes the time of one stage.
struct Watch {
    last: usize,
    since: Duration,
    taken: Duration,
}

impl Observer for Watch {
    fn done(&mut self, stage: Option<usize>) {
        let now = now();
        if stage == Some(self.last) {
            self.taken = now - self.since;
        }
        self.since = now;
    }
}

/// CPU time of this thread since some moment.
#[cfg(target_os = "linux")]
fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Time since the first call.
#[cfg(not(target_os = "linux"))]
fn now() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}
