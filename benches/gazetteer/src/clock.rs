//! CPU time of the running thread.

use std::time::Instant;

/// Seconds of CPU time that the thread has had; `None` where the system doesn't tell.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(stat.split(' ').next()?.parse::<u64>().ok()? as f64 / 1e9)
}

/// Seconds that a piece of work takes: CPU time, or wall time where the system doesn't tell.
pub fn time(work: impl FnOnce()) -> f64 {
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    work();
    match (cpu, cpu_seconds()) {
        (Some(before), Some(after)) if after > before => after - before,
        _ => wall.elapsed().as_secs_f64(),
    }
}

/// Seconds for the work on all articles: the sum of each article's best pass. Before an article's turn `warm` brings it into
/// the cache, where a pipeline has it: the stage before has just written it.
pub fn best(passes: usize, articles: usize, mut warm: impl FnMut(usize), mut work: impl FnMut(usize)) -> f64 {
    let mut best = vec![f64::INFINITY; articles];
    for _ in 0..passes.max(1) {
        for (article, best) in best.iter_mut().enumerate() {
            warm(article);
            let start = Instant::now();
            work(article);
            *best = start.elapsed().as_secs_f64().min(*best);
        }
    }
    best.iter().sum()
}
