//! Merging the runs of shards into the run that they are parts of.

use std::io;
use std::path::{Path, PathBuf};

use newsmill_core::config::ConfigFile;
use newsmill_core::config::json::{Node, Place};
use newsmill_core::{Plan, Registry};
use serde_json::{Value, json};

use crate::directory::{Directory, RUN_JSON, SUCCESS, ShardNote};
use crate::identity::Identity;
use crate::metrics::Counts;
use crate::outputs::Outputs;
use crate::outputs::merge::Source;
use crate::run::RunError;

/// What merging made.
#[derive(Clone, Debug)]
pub struct Merged {
    /// As the run of all shards at once would have it.
    pub run_id: String,
    /// Sums over the shards.
    pub counts: Counts,
    /// What is odd about the shards, but no reason not to merge them.
    pub warnings: Vec<String>,
}

/// A shard's directory with what it says of itself.
struct Part {
    dir: Directory,
    note: ShardNote,
    report: Value,
    identity: Identity,
    counts: Counts,
}

/// Merges complete runs of all shards of an input into a new directory.
///
/// # Errors
/// They aren't all shards of one run, or not complete, or files can't be read or written.
pub fn merge(registry: &Registry, out: &Path, runs: &[PathBuf], force: bool) -> Result<Merged, RunError> {
    let mut parts: Vec<Part> = runs.iter().map(|run| Part::open(run)).collect::<Result<_, _>>()?;
    parts.sort_by_key(|part| part.note.shard.number);
    let Some(first) = parts.first() else {
        return Err(RunError::Directory("no run to merge".to_owned()));
    };
    check_together(first, &parts)?;
    let plan = plan_of(first, registry, out)?;
    let dir = Directory::new(out);
    if parts.iter().any(|part| same_place(part.dir.path(), out)) {
        return Err(refused(out, "is one of the runs to merge; choose another directory for the result"));
    }
    let free = || match dir.in_use(&plan) {
        Some(what) if !force => {
            Err(refused(out, &format!("{what}; replace it with --force, or choose another directory")))
        }
        _ => Ok(()),
    };
    free()?;
    let _lock = dir.lock()?;
    free()?;
    dir.clean(&plan)?;
    dir.begin(&first.identity, &plan)?;
    fill(&plan, &dir, &parts)
}

fn refused(dir: &Path, why: &str) -> RunError {
    RunError::Directory(format!("{} {why}", dir.display()))
}

fn same_place(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

impl Part {
    fn open(path: &Path) -> Result<Self, RunError> {
        let dir = Directory::new(path);
        let Some(report) = dir.report() else {
            return Err(refused(path, "holds no run (there is no run.json)"));
        };
        if !dir.is_complete() {
            return Err(refused(
                path,
                "holds a run that isn't complete; go on with it by `run --resume` first",
            ));
        }
        let Some(note) = dir.shard_note() else {
            return Err(refused(path, "holds no shard of a run; shards are made by `run --shard i/n`"));
        };
        let identity = Identity::of_whole(report["fingerprint"].clone());
        let counts = serde_json::from_value(report["counts"].clone())
            .map_err(|e| refused(path, &format!("has a run.json that can't be read: {e}")))?;
        let part = Part { dir, note, report, identity, counts };
        part.check_files()?;
        Ok(part)
    }

    /// A copy that was cut short would be noticed by nobody else.
    fn check_files(&self) -> Result<(), RunError> {
        let outputs = self.report["outputs"].as_array().into_iter().flatten();
        let outputs =
            outputs.filter_map(|o| Some((self.dir.path().join(o["file"].as_str()?), o["bytes"].as_u64()?)));
        let kept = self.note.kept.iter().map(|(name, bytes)| (self.dir.work().join(name), *bytes));
        for (path, bytes) in outputs.chain(kept) {
            let there = std::fs::metadata(&path).map(|m| m.len()).ok();
            if there != Some(bytes) {
                let there = there.map_or("isn't there".to_owned(), |n| format!("has {n} bytes"));
                return Err(RunError::Directory(format!(
                    "{} {there}, but the run wrote {bytes}; copy the whole run, its .newsmill too",
                    path.display()
                )));
            }
        }
        Ok(())
    }

    fn name(&self) -> String {
        let crate::Shard { number, of } = self.note.shard;
        format!("{} (shard {number}/{of})", self.dir.path().display())
    }
}

/// Whether these are all shards of one run, each once.
fn check_together(first: &Part, parts: &[Part]) -> Result<(), RunError> {
    let of = first.note.shard.of;
    for part in parts {
        let differences = first.identity.differences(&part.identity.fingerprint);
        if !differences.is_empty() {
            return Err(RunError::Directory(format!(
                "{} and {} are of different runs: they differ in {}; merge shards of the same config, versions and input",
                first.name(),
                part.name(),
                differences.join(", ")
            )));
        }
        if part.note.shard.of != of {
            return Err(RunError::Directory(format!(
                "{} and {} are of runs that were split differently; merge all shards of one of them",
                first.name(),
                part.name()
            )));
        }
    }
    if let Some(twice) = parts.windows(2).find(|p| p[0].note.shard == p[1].note.shard) {
        return Err(RunError::Directory(format!("{} and {} are the same", twice[0].name(), twice[1].name())));
    }
    let missing: Vec<String> = (1..=of)
        .filter(|number| parts.iter().all(|part| part.note.shard.number != *number))
        .map(|number| format!("{number}/{of}"))
        .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => {
            Err(RunError::Directory(format!("missing: shard {}; name their runs too", missing.join(", "))))
        }
    }
}

/// What knows the tables of the shards.
fn plan_of(part: &Part, registry: &Registry, out: &Path) -> Result<Plan, RunError> {
    let root = Node::from_json(&part.report["config"], &Place::default());
    let name = part.dir.path().join(RUN_JSON).display().to_string();
    let mut config = ConfigFile { name, base: PathBuf::new(), root };
    config.set_output(&out.to_string_lossy()).map_err(|p| RunError::Problems(vec![p]))?;
    Plan::of_tables(&config, registry, part.note.layers.clone()).map_err(RunError::Problems)
}

fn fill(plan: &Plan, dir: &Directory, parts: &[Part]) -> Result<Merged, RunError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut outputs = Outputs::open(plan, dir, None, threads)?;
    let sources: Vec<Source<'_>> =
        parts.iter().map(|part| Source { dir: &part.dir, articles: part.counts.articles }).collect();
    outputs.take_over(&sources)?;
    let finished = outputs.finish(None)?;
    let mut counts = Counts::default();
    parts.iter().for_each(|part| counts.add(&part.counts));
    counts.duplicate_ids = finished.duplicates.articles;
    let first = &parts[0];
    let run_id = first.identity.id.clone();
    let mut report = report(parts, &counts);
    report["duplicate_ids"] = json!(finished.duplicates.ids);
    report["outputs"] = finished.files.iter().map(|(name, n)| json!({ "file": name, "bytes": n })).collect();
    let mut bytes = serde_json::to_vec_pretty(&report).map_err(io::Error::other)?;
    bytes.push(b'\n');
    dir.write_whole(&dir.path().join(RUN_JSON), &bytes)?;
    dir.write_whole(&dir.path().join(SUCCESS), format!("{run_id}\n").as_bytes())?;
    dir.remove_work()?;
    let other_build = parts.iter().find(|part| part.note.build != first.note.build);
    let warning = |part: &Part| {
        format!(
            "{} and {} were made by different builds of newsmill of the same versions",
            first.name(),
            part.name()
        )
    };
    Ok(Merged { run_id, counts, warnings: other_build.map(warning).into_iter().collect() })
}

/// `run.json` of the whole: what the shards have in common, sums, and each shard's own times.
fn report(parts: &[Part], counts: &Counts) -> Value {
    let mut report = parts[0].report.clone();
    let all = |key: &str| parts.iter().map(|p| p.report[key].clone()).collect::<Vec<Value>>();
    let text = |key: &str| all(key).into_iter().filter_map(|v| v.as_str().map(str::to_owned));
    report["run_id"] = json!(parts[0].identity.id);
    report["fingerprint"] = parts[0].identity.fingerprint.clone();
    report["started"] = json!(text("started").min());
    report["finished"] = json!(text("finished").max());
    report["counts"] = json!(counts);
    report["failed"] = json!(counts.failures());
    report["peak_memory_bytes"] = json!(all("peak_memory_bytes").iter().filter_map(Value::as_u64).max());
    let shards: Vec<Value> = parts
        .iter()
        .map(|p| {
            let own = |key: &str| p.report[key].clone();
            json!({ "number": p.note.shard.number, "run_id": own("run_id"), "started": own("started"),
                    "finished": own("finished"), "articles": p.counts.articles, "timings": own("timings") })
        })
        .collect();
    if let Some(members) = report.as_object_mut() {
        members.remove("timings");
        members.remove("bottleneck");
        members.insert("shards".to_owned(), Value::Array(shards));
    }
    report
}
