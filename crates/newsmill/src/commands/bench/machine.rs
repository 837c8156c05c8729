//! Facts about the machine and the process, as far as the system tells them (Linux: `/proc`).

use std::fs;

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Machine {
    pub system: String,
    pub cpu: Option<String>,
    pub cores: usize,
    pub memory_bytes: Option<u64>,
    /// Processes that wanted to run in the last minute: above 1, other work shared the machine.
    pub load: Option<f64>,
}

impl Machine {
    pub fn of_this() -> Machine {
        let value_of = |file: &str, key: &str| {
            let text = fs::read_to_string(file).ok()?;
            let line = text.lines().find(|l| l.starts_with(key))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let kibibytes = |text: String| text.split(' ').next()?.parse::<u64>().ok().map(|k| k * 1024);
        let load = fs::read_to_string("/proc/loadavg").ok();
        Machine {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            cpu: value_of("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: value_of("/proc/meminfo", "MemTotal").and_then(kibibytes),
            load: load.and_then(|l| l.split(' ').next()?.parse().ok()),
        }
    }
}

/// The process's time on all cores so far.
pub(super) fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The command's name stands in brackets and may hold spaces; user and system time are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    // USER_HZ is 100 on every Linux architecture that Rust's standard library supports.
    Some(ticks / 100.0)
}

/// The largest resident size since the last [`reset_peak`], bytes.
pub(super) fn peak_resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().split(' ').next()?.parse::<u64>().ok().map(|k| k * 1024)
}

/// Forgets the largest resident size; where the system doesn't let us, it stays that of the whole process.
pub(super) fn reset_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}
