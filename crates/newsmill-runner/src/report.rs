//! `run.json`: what was run, on what, with which result, so that it can be repeated and cited.

use serde_json::{Value, json};

use crate::TABLES_VERSION;
use crate::run::Summary;
use crate::session::Session;

/// Everything that is known of a run.
pub(crate) fn report(
    session: &Session<'_>,
    summary: &Summary,
    outputs: &[(String, u64)],
    finished: u64,
) -> Value {
    let Session { plan, inputs, options, .. } = session;
    let outputs: Vec<Value> =
        outputs.iter().map(|(name, bytes)| json!({ "file": name, "bytes": bytes })).collect();
    let resources: Vec<Value> = plan
        .resources
        .iter()
        .map(|r| json!({ "name": r.name, "bytes": r.bytes, "hash": format!("{:032x}", r.hash) }))
        .collect();
    let warnings: Vec<String> = plan.warnings.iter().map(|w| w.to_string()).collect();
    let times = &summary.timings;
    json!({
        "newsmill": env!("CARGO_PKG_VERSION"),
        "tables_version": TABLES_VERSION,
        "run_id": summary.run_id,
        "status": summary.status.name(),
        "exit_code": summary.status.exit_code(),
        "started": newsmill_input::date::iso_of_unix(session.started),
        "finished": newsmill_input::date::iso_of_unix(finished),
        "input": { "files": inputs.files.len(), "bytes": inputs.bytes(), "skipped": inputs.skipped,
                   "remarks": inputs.remarks },
        "counts": summary.counts,
        "duplicate_ids": summary.duplicates,
        "failed": summary.counts.failures(),
        "timings": times,
        "bottleneck": times.bottleneck(),
        "peak_memory_bytes": peak_memory(),
        "outputs": outputs,
        "offsets": plan.output.offsets,
        "resources": resources,
        "config": plan.config,
        "plan": plan.describe(),
        "command": options.command,
        "part": summary.part,
        "fingerprint": session.identity.fingerprint,
        "warnings": warnings,
    })
}

/// The most memory that the process had resident so far; bytes. Told by Linux only.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}
