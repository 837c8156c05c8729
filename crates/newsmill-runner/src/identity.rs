//! Whether two runs would give the same results: the fingerprint, and the run id that derives from it.

use std::fs::File;
use std::io::Read;

use newsmill_core::Plan;
use newsmill_core::hash::{content_hash, content_hash_of};
use serde_json::{Value, json};

use crate::files::Inputs;
use crate::run::RunOptions;

/// A run's fingerprint and id.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub fingerprint: Value,
    /// 16 hexadecimal digits.
    pub id: String,
}

impl Identity {
    /// Of a plan over these files, of which it looks at both ends, and of what else a run is, by a name.
    pub(crate) fn new(
        plan: &Plan,
        inputs: &Inputs<'_>,
        options: &RunOptions,
        (name, more): (&str, Value),
    ) -> std::io::Result<Self> {
        let mut fingerprint = plan.fingerprint();
        // Where the files lie is no part of it: what they are is.
        if let Some(entries) = fingerprint["input"].as_array_mut() {
            for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
                entry.remove("files");
            }
        }
        fingerprint["files"] =
            json!({ "count": inputs.files.len(), "hash": format!("{:032x}", inputs.identity()?) });
        fingerprint["limit"] = json!(options.limit);
        fingerprint["runner"] = json!(env!("CARGO_PKG_VERSION"));
        if let Some(shard) = options.shard {
            fingerprint["shard"] = json!(shard);
        }
        if let Some(sample) = options.sample {
            fingerprint["sample"] = json!(sample);
        }
        if !more.is_null() {
            fingerprint[name] = more;
        }
        Ok(Identity::of(fingerprint))
    }

    fn of(fingerprint: Value) -> Self {
        let id = format!("{:016x}", (content_hash(fingerprint.to_string().as_bytes()) >> 64) as u64);
        Identity { fingerprint, id }
    }

    /// Of the whole that a shard with this fingerprint is a part of.
    pub(crate) fn of_whole(mut fingerprint: Value) -> Self {
        if let Some(parts) = fingerprint.as_object_mut() {
            parts.remove("shard");
        }
        Identity::of(fingerprint)
    }

    /// Which parts differ from another run's, for a message.
    pub(crate) fn differences(&self, other: &Value) -> Vec<String> {
        let keys =
            |value: &Value| value.as_object().into_iter().flat_map(|m| m.keys().cloned()).collect::<Vec<_>>();
        let mut all = keys(&self.fingerprint);
        all.extend(keys(other));
        all.sort_unstable();
        all.dedup();
        all.retain(|key| self.fingerprint[key.as_str()] != other[key.as_str()]);
        all
    }
}

/// A hash of the running program's file, if it can be read. Piece by piece: as a whole it would be most of the memory
/// that a run takes.
pub(crate) fn build() -> Option<String> {
    let mut program = File::open(std::env::current_exe().ok()?).ok()?;
    let (mut hash, mut piece) = (0, Vec::with_capacity(PIECE));
    loop {
        piece.clear();
        program.by_ref().take(PIECE as u64).read_to_end(&mut piece).ok()?;
        if piece.is_empty() {
            return Some(format!("{hash:032x}"));
        }
        hash = content_hash_of(&[&u128::to_le_bytes(hash), &piece]);
    }
}

/// Bytes of the program that are read at once.
const PIECE: usize = 1 << 20;
