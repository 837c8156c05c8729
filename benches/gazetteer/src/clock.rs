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

/// Shortest pass in seconds: the system counts CPU time in steps of some milliseconds.
const PASS: f64 = 0.2;

/// Seconds for the work, the best of several passes, each repeated until it is long enough to be measured.
pub fn best(passes: usize, mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    work();
    let repeats = (PASS / start.elapsed().as_secs_f64().max(1e-6)).ceil().max(1.0) as usize;
    let pass = |work: &mut dyn FnMut()| time(|| (0..repeats).for_each(|_| work())) / repeats as f64;
    (0..passes.max(1)).map(|_| pass(&mut work)).fold(f64::INFINITY, f64::min)
}
