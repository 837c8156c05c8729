//! From a config to something that runs: stages built in order, layers resolved to slots, all problems told at once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use crate::build::{BuildContext, BuildError, LayerSpec, Layers, Renames, Resource};
use crate::config::de::from_node;
use crate::config::json::{Member, Node, Place, Value};
use crate::config::{ConfigFile, Limits, OnError, OutputOptions, Problem, Severity, StageEntry, schema};
use crate::layers::{ArticleRow, ArticleText, Rows, names};
use crate::offsets::OffsetUnit;
use crate::privacy::Privacy;
use crate::registry::{AnyFormat, AnySink, AnyStage, EntryError, Registry};
use crate::sink::{Compression, OutputFile, OutputKind};
use crate::suggest;
use crate::table::{Column, Schema};

/// A checked config with everything built. Immutable and shared by all workers.
pub struct Plan {
    pub(crate) stages: Vec<PlannedStage>,
    pub(crate) sinks: Vec<PlannedSink>,
    pub(crate) layers: Vec<LayerSpec>,
    /// Name of the config file, as messages show it.
    pub file: String,
    /// What to read.
    pub inputs: Vec<PlannedInput>,
    /// Where to write.
    pub output: OutputOptions,
    /// What protects the run from single records.
    pub limits: Limits,
    /// Files that stages loaded.
    pub resources: Vec<Resource>,
    /// What is questionable about the config.
    pub warnings: Vec<Problem>,
    /// The config as it was resolved, without comments.
    pub config: serde_json::Value,
    versions: BTreeMap<String, u32>,
    /// What hides names, if the config asks for it.
    pub(crate) privacy: Option<Privacy>,
}

pub(crate) struct PlannedStage {
    pub id: String,
    pub kind: &'static str,
    pub on_error: OnError,
    pub stage: Box<dyn AnyStage>,
    /// Slots that it writes, in the order of its claims.
    pub writes: Vec<usize>,
}

pub(crate) struct PlannedSink {
    pub kind: &'static str,
    pub sink: Box<dyn AnySink>,
    pub outputs: Vec<OutputFile>,
}

/// An entry of `input`.
pub struct PlannedInput {
    /// Files, folders or globs as given, with their places.
    pub files: Vec<(String, Place)>,
    /// The folder that they are relative to.
    pub base: PathBuf,
    /// The one format of all its files, if the entry names it; else told by each file's name.
    pub kind: Option<&'static str>,
    /// The formats, built with the entry's options.
    pub formats: BTreeMap<&'static str, Arc<dyn AnyFormat>>,
    /// Where the entry stands, for messages.
    pub at: Place,
}

impl Plan {
    /// Builds everything that a config names.
    ///
    /// # Errors
    /// All problems that can be told together, errors and warnings, ordered by their place in the file.
    pub fn new(config: &ConfigFile, registry: &Registry) -> Result<Plan, Vec<Problem>> {
        Builder::new(config, registry).build(Builder::plan)
    }

    /// Builds what a config says of its output alone, over layers that another plan made (see
    /// [`layers`](Plan::layers)): for what is done with rows when no stage runs any more.
    ///
    /// # Errors
    /// As of [`new`](Plan::new).
    pub fn of_tables(
        config: &ConfigFile,
        registry: &Registry,
        layers: Vec<(String, Schema)>,
    ) -> Result<Plan, Vec<Problem>> {
        Builder::new(config, registry).build(|builder| builder.plan_of_tables(layers))
    }

    /// Ids of the stages, in order.
    pub fn stage_ids(&self) -> impl Iterator<Item = &str> {
        self.stages.iter().map(|s| s.id.as_str())
    }

    /// The output files of all sinks, in order; worker buffers are in the same order.
    pub fn outputs(&self) -> impl Iterator<Item = &OutputFile> {
        self.sinks.iter().flat_map(|s| &s.outputs)
    }

    /// The beginning of output `index` (in the order of [`outputs`](Plan::outputs)).
    pub fn header(&self, index: usize, buf: &mut Vec<u8>) {
        if let Some((sink, i)) = self.sink_of(index) {
            sink.sink.header(i, buf);
        }
    }

    /// Encodes a finished row of the reduced output `index`.
    pub fn encode_reduced(&self, index: usize, row: &crate::reduce::ReducedRow, buf: &mut Vec<u8>) {
        if let Some((sink, i)) = self.sink_of(index) {
            sink.sink.encode_reduced(i, row, buf);
        }
    }

    fn sink_of(&self, mut index: usize) -> Option<(&PlannedSink, usize)> {
        for sink in &self.sinks {
            if index < sink.outputs.len() {
                return Some((sink, index));
            }
            index -= sink.outputs.len();
        }
        None
    }

    /// What determines the results: the config without places and names of directories, versions, resource hashes.
    pub fn fingerprint(&self) -> serde_json::Value {
        let resources: Vec<_> = self
            .resources
            .iter()
            .map(|r| json!({ "name": r.name, "hash": format!("{:032x}", r.hash) }))
            .collect();
        let mut limits = json!(self.limits);
        if let Some(limits) = limits.as_object_mut() {
            limits.remove("slow_ms");
        }
        json!({
            "core": env!("CARGO_PKG_VERSION"),
            "stages": self.config["stages"],
            "input": self.config["input"],
            "sinks": self.config["output"]["sinks"],
            "offsets": self.output.offsets.suffix(),
            "compression": self.output.compression,
            "parts": self.output.parts,
            "privacy": self.privacy.as_ref().map(Privacy::identity),
            "raw_in_quarantine": self.output.repeats_records(),
            "limits": limits,
            "versions": self.versions,
            "resources": resources,
        })
    }

    /// The plan for people and for `run.json`: stages with what they read and write, layers with their columns.
    pub fn describe(&self) -> serde_json::Value {
        let readers_of = |id: &str| -> Vec<&str> {
            self.layers.iter().filter(|l| l.readers.iter().any(|r| r == id)).map(|l| &*l.name).collect()
        };
        let stages: Vec<_> = self
            .stages
            .iter()
            .map(|s| {
                let writes: Vec<&str> = s.writes.iter().map(|&slot| &*self.layers[slot].name).collect();
                json!({ "id": s.id, "kind": s.kind, "version": self.versions.get(s.kind),
                        "reads": readers_of(&s.id), "writes": writes, "on_error": s.on_error })
            })
            .collect();
        let layers: Vec<_> = self
            .layers
            .iter()
            .map(|l| {
                let columns: Vec<_> =
                    l.schema.columns.iter().map(|c| json!({ "name": c.name, "doc": c.doc })).collect();
                json!({ "name": &*l.name, "type": l.type_name, "writer": l.writer, "readers": l.readers, "columns": columns,
                        "extends": l.schema.extends })
            })
            .collect();
        let outputs: Vec<_> = self
            .outputs()
            .map(|o| json!({ "file": o.name, "whole_run": matches!(o.kind, OutputKind::Reduced(_)) }))
            .collect();
        json!({ "stages": stages, "layers": layers, "outputs": outputs })
    }

    /// Name, type of storage and columns of every layer, in slot order.
    pub fn layers(&self) -> impl Iterator<Item = (&str, &Schema)> {
        self.layers.iter().map(|l| (&*l.name, &l.schema))
    }
}

struct Builder<'a> {
    config: &'a ConfigFile,
    registry: &'a Registry,
    layers: Layers,
    problems: Vec<Problem>,
    /// Layers that were asked for before anybody wrote them: (entry's id, layer, index of the problem).
    missing: Vec<(String, String, usize)>,
    resources: Vec<Resource>,
    versions: BTreeMap<String, u32>,
    offsets: OffsetUnit,
}

/// Stands for the pipeline itself where layers name their writer.
const OWN: &str = "pipeline";

const STAGE_KEYS: [&str; 6] = ["kind", "id", "reads", "writes", "on_error", "with"];

const SECTIONS: [&str; 5] = ["$schema", "input", "stages", "output", "limits"];

impl<'a> Builder<'a> {
    fn new(config: &'a ConfigFile, registry: &'a Registry) -> Self {
        Builder {
            config,
            registry,
            layers: Layers::default(),
            problems: Vec::new(),
            missing: Vec::new(),
            resources: Vec::new(),
            versions: BTreeMap::new(),
            offsets: OffsetUnit::Char,
        }
    }

    fn build(mut self, plan: impl FnOnce(&mut Self) -> Option<Plan>) -> Result<Plan, Vec<Problem>> {
        let plan = plan(&mut self);
        let mut problems = self.problems;
        problems.sort_by_key(|p| p.at.clone());
        match plan {
            Some(mut plan) if problems.iter().all(|p| p.severity == Severity::Warning) => {
                plan.warnings = problems;
                Ok(plan)
            }
            _ => Err(problems),
        }
    }

    fn plan_of_tables(&mut self, layers: Vec<(String, Schema)>) -> Option<Plan> {
        let none = BTreeMap::new();
        for (name, schema) in layers {
            let renames = Renames { reads: &none, writes: &none };
            let mut cx = context(&mut self.layers, self.config, OWN, renames);
            // Names are distinct in the plan that the layers come from.
            let _ = cx.write_with_schema::<Rows>(&name, schema);
        }
        let output = self.section::<OutputOptions>("output", &["sinks"]).unwrap_or_default();
        self.offsets = output.offsets;
        let sinks = self.sinks(&output);
        Some(self.finish(Vec::new(), sinks, Vec::new(), output, Limits::default()))
    }

    fn plan(&mut self) -> Option<Plan> {
        let config = self.config;
        let Value::Object(members) = &config.root.value else {
            self.error(&config.root.at, format!("the config is {}, not an object", config.root.kind()));
            return None;
        };
        for member in members.iter().filter(|m| !SECTIONS.contains(&m.key.as_str())) {
            self.unknown("key", &member.key, &member.key_at, &SECTIONS[1..]);
        }
        self.add_own_layers();
        let limits = self.section::<Limits>("limits", &[]).unwrap_or_default();
        let output = self.section::<OutputOptions>("output", &["sinks"]).unwrap_or_default();
        self.offsets = output.offsets;
        self.check_sections(&limits, &output);
        let inputs = self.inputs();
        self.add_carried_layer(&inputs);
        let stages = self.stages();
        self.explain_missing();
        let privacy = self.privacy(&output, &stages);
        let sinks = self.sinks(&output);
        self.warn_unused();
        Some(Plan { privacy, ..self.finish(stages, sinks, inputs, output, limits) })
    }

    fn finish(
        &mut self,
        stages: Vec<PlannedStage>,
        sinks: Vec<PlannedSink>,
        inputs: Vec<PlannedInput>,
        output: OutputOptions,
        limits: Limits,
    ) -> Plan {
        Plan {
            stages,
            sinks,
            file: self.config.name.clone(),
            layers: std::mem::take(&mut self.layers.specs),
            inputs,
            output,
            limits,
            resources: std::mem::take(&mut self.resources),
            warnings: Vec::new(),
            config: crate::privacy::without_key(self.config.root.to_json()),
            versions: std::mem::take(&mut self.versions),
            privacy: None,
        }
    }

    /// What hides names, if that is asked for and can be done.
    fn privacy(&mut self, output: &OutputOptions, stages: &[PlannedStage]) -> Option<Privacy> {
        let options = output.privacy.clone()?;
        let Builder { registry, layers, .. } = self;
        match Privacy::new(options, registry.keyed_hash, &layers.specs, stages) {
            Ok(privacy) => Some(privacy),
            Err(_) if layers.poisoned => None,
            Err((pointer, message)) => {
                let at = self.config.root.place(pointer).clone();
                self.error(&at, message);
                None
            }
        }
    }

    /// The pipeline's own layers, `articles` in slot 0.
    fn add_own_layers(&mut self) {
        let none = BTreeMap::new();
        let mut cx = context(&mut self.layers, self.config, OWN, Renames { reads: &none, writes: &none });
        // The first claims of an empty plan can't clash.
        let _ = cx.write::<ArticleRow>(names::ARTICLES);
        let _ = cx.write::<ArticleText>(names::TEXTS);
    }

    /// The columns of the input that are carried through: a layer that continues `articles`.
    fn add_carried_layer(&mut self, inputs: &[PlannedInput]) {
        let mut columns: Vec<Column> = Vec::new();
        for name in inputs.iter().flat_map(|i| i.formats.values()).flat_map(|f| f.carried()) {
            if !columns.iter().any(|c| c.name == name.as_str()) {
                columns.push(Column::text(name.clone(), "carried through from the input"));
            }
        }
        if columns.is_empty() {
            return;
        }
        let none = BTreeMap::new();
        let mut cx = context(&mut self.layers, self.config, OWN, Renames { reads: &none, writes: &none });
        // The name isn't taken yet: only the pipeline itself has written anything.
        let _ = cx.write_with_schema::<Rows>(names::CARRIED, Schema::extending(names::ARTICLES, columns));
    }

    fn section<T: for<'de> Deserialize<'de> + Default>(&mut self, key: &str, without: &[&str]) -> Option<T> {
        let node = without_keys(self.config.root.get(key)?, without);
        match from_node(&node) {
            Ok(section) => Some(section),
            Err(e) => {
                self.error(&e.at.unwrap_or_default(), e.message);
                None
            }
        }
    }

    /// What a type can't say.
    fn check_sections(&mut self, limits: &Limits, output: &OutputOptions) {
        let root = &self.config.root;
        let ratio = limits.max_failures.ratio;
        if !(0.0..=1.0).contains(&ratio) {
            let at = root.place("/limits/max_failures/ratio").clone();
            self.error(&at, format!("`ratio` is {ratio}; it is the share of failed articles, from 0 to 1"));
        }
        if output.dir.trim().is_empty() {
            let at = root.place("/output/dir").clone();
            self.error(&at, "the output directory's name is empty; name one, for example \"out\"".to_owned());
        }
    }

    fn array(&mut self, section: &str, inside: Option<&str>, required: bool) -> Vec<Node> {
        let parent = match inside {
            Some(p) => self.config.root.get(p),
            None => Some(&self.config.root),
        };
        match parent.and_then(|p| p.get(section)) {
            Some(Node { value: Value::Array(entries), .. }) => entries.clone(),
            Some(other) => {
                let (at, kind) = (other.at.clone(), other.kind());
                self.error(&at, format!("`{section}` is {kind}; it must be an array of objects"));
                Vec::new()
            }
            None => {
                if required {
                    let at = parent.map_or(Place { line: 1, column: 1, set: None }, |p| p.at.clone());
                    let name = inside.map_or(section.to_owned(), |p| format!("{p}.{section}"));
                    self.error(&at, format!("`{name}` is missing; add it"));
                }
                Vec::new()
            }
        }
    }

    fn inputs(&mut self) -> Vec<PlannedInput> {
        #[derive(Deserialize)]
        struct Entry {
            files: Vec<String>,
            #[serde(default)]
            kind: Option<String>,
        }
        let mut inputs = Vec::new();
        for node in self.array("input", None, true) {
            let entry: Entry = match from_node(&node) {
                Ok(entry) => entry,
                Err(e) => {
                    self.error(e.at.as_ref().unwrap_or(&node.at), e.message);
                    continue;
                }
            };
            if entry.files.is_empty() {
                self.error(node.place("/files"), "`files` is empty; name a file, folder or glob".to_owned());
            }
            let registry = self.registry;
            let kind = match &entry.kind {
                Some(kind) => match registry.formats.get_key_value(kind.as_str()) {
                    Some((&kind, _)) => Some(kind),
                    None => {
                        let known: Vec<&str> = registry.formats.keys().copied().collect();
                        self.unknown("input kind", kind, node.place("/kind"), &known);
                        continue;
                    }
                },
                None => None,
            };
            let formats = self.formats(&node, kind);
            let base = self.config.base.clone();
            let place = |(i, file)| (file, node.place(&format!("/files/{i}")).clone());
            let files = entry.files.into_iter().enumerate().map(place).collect();
            inputs.push(PlannedInput { files, base, kind, formats, at: node.at });
        }
        inputs
    }

    /// Builds the entry's one format, or all formats with those of the entry's options that they know.
    fn formats(
        &mut self,
        node: &Node,
        kind: Option<&'static str>,
    ) -> BTreeMap<&'static str, Arc<dyn AnyFormat>> {
        let options = without_keys(node, &["kind", "files"]);
        let registry = self.registry;
        let chosen: Vec<_> =
            registry.formats.values().filter(|f| kind.is_none_or(|k| k == f.kind.kind)).collect();
        let known: Vec<(&str, Vec<String>)> =
            chosen.iter().map(|f| (f.kind.kind, schema::option_names(&f.kind))).collect();
        if let Value::Object(members) = &options.value {
            let all: Vec<&str> =
                known.iter().flat_map(|(_, names)| names.iter().map(String::as_str)).collect();
            for member in members.iter().filter(|m| !all.contains(&m.key.as_str())) {
                let mut all = all.clone();
                all.extend(["kind", "files"]);
                all.sort_unstable();
                all.dedup();
                self.unknown("key", &member.key, &member.key_at, &all);
            }
        }
        let mut formats = BTreeMap::new();
        let none = BTreeMap::new();
        for (format, (_, names)) in chosen.iter().zip(&known) {
            let mut own = options.clone();
            if let Value::Object(members) = &mut own.value {
                members.retain(|m| names.contains(&m.key));
            }
            let renames = Renames { reads: &none, writes: &none };
            let mut cx = context(&mut self.layers, self.config, format.kind.kind, renames);
            let built = (format.build)(&own, &mut cx);
            let (mut resources, warnings) = cx.findings();
            self.warn(&node.at, warnings);
            match built {
                Ok(built) => {
                    self.resources.append(&mut resources);
                    self.versions.insert(format.kind.kind.to_owned(), format.kind.version);
                    formats.insert(format.kind.kind, built);
                }
                Err(e) => self.entry_error(e, &own, format.kind.kind),
            }
        }
        formats
    }

    fn stages(&mut self) -> Vec<PlannedStage> {
        let mut planned: Vec<PlannedStage> = Vec::new();
        let mut ids: BTreeMap<String, Place> = BTreeMap::new();
        for node in self.array("stages", None, true) {
            if self.has_misplaced_options(&node) {
                self.layers.poisoned = true;
                continue;
            }
            let entry: StageEntry = match from_node(&node) {
                Ok(entry) => entry,
                Err(e) => {
                    self.layers.poisoned = true;
                    self.error(e.at.as_ref().unwrap_or(&node.at), e.message);
                    continue;
                }
            };
            let id = entry.id.clone().unwrap_or_else(|| entry.kind.clone());
            if let Some(first) = ids.insert(id.clone(), node.at.clone()) {
                let fix = format!("give this one an id: \"id\": \"{id}2\"");
                self.error(
                    &node.at,
                    format!("stage id `{id}` is used twice, first on line {}; {fix}", first.line),
                );
            }
            let registry = self.registry;
            let Some(known) = registry.stages.get(entry.kind.as_str()) else {
                self.layers.poisoned = true;
                let kinds: Vec<&str> = registry.stages.keys().copied().collect();
                self.unknown("stage kind", &entry.kind, node.get("kind").map_or(&node.at, |n| &n.at), &kinds);
                continue;
            };
            let options = node.get("with").cloned().unwrap_or_else(|| empty_object(&node.at));
            let renames = Renames { reads: &entry.reads, writes: &entry.writes };
            let mut cx = context(&mut self.layers, self.config, &id, renames);
            let built = (known.build)(&options, &mut cx);
            let writes = std::mem::take(&mut cx.written);
            let (mut resources, warnings) = cx.findings();
            self.resources.append(&mut resources);
            self.warn(&node.at, warnings);
            match built {
                Ok(stage) => {
                    self.versions.insert(entry.kind.clone(), known.kind.version);
                    planned.push(PlannedStage {
                        id,
                        kind: known.kind.kind,
                        on_error: entry.on_error,
                        stage,
                        writes,
                    });
                }
                Err(e) => {
                    // First the error: a claim by example that fails silences errors about missing layers.
                    self.entry_error(e, &options, &id);
                    if writes.is_empty() {
                        self.claim_by_example(known, &id, renames);
                    }
                }
            }
        }
        planned
    }

    /// Options of the stage beside its `kind` are a mistake that a list of known keys doesn't explain.
    fn has_misplaced_options(&mut self, node: &Node) -> bool {
        let (Value::Object(members), Some(Value::String(kind))) =
            (&node.value, node.get("kind").map(|k| &k.value))
        else {
            return false;
        };
        let Some(stage) = self.registry.stages.get(kind.as_str()) else { return false };
        let options = schema::option_names(&stage.kind);
        let is_misplaced = |m: &&Member| options.contains(&m.key) && !STAGE_KEYS.contains(&&*m.key);
        let misplaced: Vec<&Member> = members.iter().filter(is_misplaced).collect();
        for member in &misplaced {
            let message =
                format!("\"{}\" is an option of `{kind}`; options stand under \"with\"", member.key);
            self.error(&member.key_at, message);
        }
        !misplaced.is_empty()
    }

    /// A stage that can't be built claims its layers all the same, by its example config, so that one mistake doesn't
    /// raise a chain of false ones.
    fn claim_by_example(&mut self, known: &crate::registry::StageKind, id: &str, renames: Renames<'_>) {
        let mut cx = context(&mut self.layers, self.config, id, renames);
        let example = crate::config::json::parse(known.kind.example);
        if !example.is_ok_and(|node| (known.build)(&node, &mut cx).is_ok()) {
            self.layers.poisoned = true;
        }
    }

    fn sinks(&mut self, output: &OutputOptions) -> Vec<PlannedSink> {
        let none = BTreeMap::new();
        let mut planned: Vec<PlannedSink> = Vec::new();
        let parts = output.parts.is_some();
        let mut files: Vec<(Place, OutputFile)> = Vec::new();
        for node in self.array("sinks", Some("output"), true) {
            let kind = match node.get("kind").map(|n| &n.value) {
                Some(Value::String(kind)) => kind.clone(),
                _ => {
                    self.error(
                        &node.at,
                        "the key \"kind\" is missing; add it, for example \"kind\": \"csv\"".into(),
                    );
                    continue;
                }
            };
            let registry = self.registry;
            let Some(known) = registry.sinks.get(kind.as_str()) else {
                let kinds: Vec<&str> = registry.sinks.keys().copied().collect();
                self.unknown("sink kind", &kind, node.get("kind").map_or(&node.at, |n| &n.at), &kinds);
                continue;
            };
            let options = without_keys(&node, &["kind"]);
            let renames = Renames { reads: &none, writes: &none };
            let id = format!("output.sinks/{}", planned.len());
            let mut cx = context(&mut self.layers, self.config, &id, renames);
            cx.offsets = self.offsets;
            let built = (known.build)(&options, &mut cx);
            let flat = cx.flat;
            let (mut resources, warnings) = cx.findings();
            self.resources.append(&mut resources);
            self.warn(&node.at, warnings);
            if !flat && built.is_ok() && output.privacy.is_some() {
                let message = format!(
                    "the sink `{kind}` doesn't write its tables through `newsmill_core::flat`, so `privacy` can't hide names \
                     in them; leave one of the two out"
                );
                self.error(&node.at, message);
            }
            match built {
                Ok(sink) => {
                    let mut outputs = sink.outputs();
                    for file in &mut outputs {
                        if file.container.is_none() && Compression::of_name(&file.name) == Compression::None {
                            file.name += output.compression.ending();
                        }
                    }
                    for file in &outputs {
                        self.check_file(file, &files, parts, &node);
                        files.push((node.at.clone(), file.clone()));
                    }
                    self.versions.insert(kind, known.kind.version);
                    planned.push(PlannedSink { kind: known.kind.kind, sink, outputs });
                }
                Err(e) => self.entry_error(e, &options, &id),
            }
        }
        planned
    }

    /// A sink's file must have a place of its own inside the directory.
    fn check_file(&mut self, file: &OutputFile, others: &[(Place, OutputFile)], parts: bool, node: &Node) {
        let name = &file.name;
        let at = node.place("/file");
        if let Some((first, _)) = others.iter().find(|(_, other)| *name == other.name) {
            let line = first.line;
            self.error(
                at,
                format!("file `{name}` is written by the sink on line {line} already; give this one another \"file\""),
            );
        } else if let Some((first, other)) = others.iter().find(|(_, other)| file.collides(other, parts)) {
            let what = if parts { "a folder of parts" } else { "a folder" };
            let message = format!(
                "`{name}` can't stand beside `{}` of the sink on line {}: one is {what} where the other is a file; give \
                 this one another \"file\"",
                other.name, first.line
            );
            self.error(at, message);
        }
        if !file.is_allowed() {
            let message =
                format!("no sink can write \"{name}\"; choose another file inside the output directory");
            self.error(at, message);
        }
    }

    fn entry_error(&mut self, error: EntryError, options: &Node, id: &str) {
        match error {
            EntryError::Type(e) => self.error(e.at.as_ref().unwrap_or(&options.at), e.message),
            EntryError::Build(e) => {
                if let Some(layer) = &e.missing_layer {
                    if self.layers.poisoned {
                        return;
                    }
                    self.missing.push((id.to_owned(), layer.clone(), self.problems.len()));
                }
                let at = e.at.as_deref().map_or(&options.at, |pointer| options.place(pointer));
                let prefix = if e.missing_layer.is_some() { format!("`{id}`: ") } else { String::new() };
                self.error(at, format!("{prefix}{e}"));
            }
        }
    }

    /// If a later stage writes what an earlier one misses, the fix is to move it.
    fn explain_missing(&mut self) {
        for (id, layer, problem) in std::mem::take(&mut self.missing) {
            if let Some(spec) = self.layers.specs.iter().find(|s| *s.name == layer) {
                self.problems[problem].message = format!(
                    "`{id}` reads the layer `{layer}`, which `{}` writes only later; move `{}` before it",
                    spec.writer, spec.writer
                );
            }
        }
    }

    fn warn_unused(&mut self) {
        if self.problems.iter().any(|p| p.severity == Severity::Error) {
            return;
        }
        let mut unused: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for spec in self.layers.specs.iter().filter(|s| s.writer != OWN) {
            unused.entry(&spec.writer).or_default().push(&spec.name);
        }
        for spec in self.layers.specs.iter().filter(|s| !s.readers.is_empty()) {
            unused.remove(spec.writer.as_str());
        }
        let warn = |(writer, layers): (&&str, &Vec<&str>)| Problem {
            file: self.config.name.clone(),
            at: None,
            severity: Severity::Warning,
            message: format!(
                "nobody reads or exports what `{writer}` writes ({}); add a sink, or leave the stage out",
                layers.join(", ")
            ),
        };
        let problems: Vec<Problem> = unused.iter().map(warn).collect();
        self.problems.extend(problems);
    }

    fn unknown(&mut self, what: &str, given: &str, at: &Place, known: &[&str]) {
        let hint = match suggest::nearest(given, known) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("known: {}", known.join(", ")),
        };
        self.error(at, format!("unknown {what} \"{given}\"; {hint}"));
    }

    fn warn(&mut self, at: &Place, messages: Vec<String>) {
        let file = &self.config.name;
        self.problems.extend(messages.into_iter().map(|message| Problem {
            file: file.clone(),
            at: Some(at.clone()),
            severity: Severity::Warning,
            message,
        }));
    }

    fn error(&mut self, at: &Place, message: String) {
        let at = (at.line > 0 || at.set.is_some()).then(|| at.clone());
        self.problems.push(Problem {
            file: self.config.name.clone(),
            at,
            severity: Severity::Error,
            message,
        });
    }
}

fn context<'a>(
    layers: &'a mut Layers,
    config: &'a ConfigFile,
    id: &str,
    renames: Renames<'a>,
) -> BuildContext<'a> {
    BuildContext {
        layers,
        id: id.to_owned(),
        base: &config.base,
        renames,
        offsets: OffsetUnit::Char,
        written: Vec::new(),
        resources: Vec::new(),
        warnings: Vec::new(),
        flat: false,
    }
}

fn without_keys(node: &Node, keys: &[&str]) -> Node {
    let mut node = node.clone();
    if let Value::Object(members) = &mut node.value {
        members.retain(|m: &Member| !keys.contains(&m.key.as_str()));
    }
    node
}

fn empty_object(at: &Place) -> Node {
    Node { value: Value::Object(Vec::new()), at: at.clone() }
}

impl From<BuildError> for EntryError {
    fn from(error: BuildError) -> Self {
        EntryError::Build(error)
    }
}
