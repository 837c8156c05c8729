//! Building: how a stage or sink claims its layers and loads its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::handle::{Read, ReadTable, Write};
use crate::layer::{AnyTable, Table};
use crate::offsets::OffsetUnit;
use crate::table::Schema;

/// Why a stage, sink or format can't be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// What is wrong, with numbers.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// JSON pointer below the entry's `with` that the error is about (`/files/0`), to find its position.
    pub at: Option<String>,
    /// File and line (from 1) of a resource that the error is about.
    pub resource: Option<(PathBuf, u64)>,
    /// The layer that nobody wrote before, if that is the error: the plan knows whether somebody does later.
    pub(crate) missing_layer: Option<String>,
}

impl BuildError {
    /// An error about the whole entry.
    pub fn new(message: impl Into<String>) -> Self {
        BuildError { message: message.into(), help: None, at: None, resource: None, missing_layer: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which option is meant, as a JSON pointer below `with`.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.at = Some(pointer.into());
        self
    }

    /// Says which line of a resource file is meant.
    #[must_use]
    pub fn in_resource(mut self, path: impl Into<PathBuf>, line: u64) -> Self {
        self.resource = Some((path.into(), line));
        self
    }
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some((path, line)) = &self.resource {
            write!(f, "{}:{line}: ", path.display())?;
        }
        f.write_str(&self.message)?;
        if let Some(help) = &self.help {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {}

/// A file that a stage loaded: part of the run's fingerprint and of `run.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// As the config names it.
    pub name: String,
    /// Where it was found.
    pub path: PathBuf,
    /// Size in bytes.
    pub bytes: u64,
    /// Hash of its content, see [`content_hash`](crate::hash::content_hash).
    pub hash: u128,
}

/// What the plan knows of a layer.
pub(crate) struct LayerSpec {
    pub name: Arc<str>,
    pub type_name: &'static str,
    pub type_id: std::any::TypeId,
    pub schema: Schema,
    pub make: fn() -> Box<dyn AnyTable>,
    /// Id of the entry that writes it.
    pub writer: String,
    /// Ids of the entries that read it.
    pub readers: Vec<String>,
}

impl LayerSpec {
    fn note_reader(&mut self, id: &str) {
        if !self.readers.iter().any(|r| r == id) {
            self.readers.push(id.to_owned());
        }
    }
}

/// All layers of a plan in the making, and what was found wrong with the claims.
#[derive(Default)]
pub(crate) struct Layers {
    pub specs: Vec<LayerSpec>,
    /// Names that an entry that failed to build would have written: reading them isn't a second error.
    pub poisoned: bool,
}

impl Layers {
    pub fn position(&self, name: &str) -> Option<usize> {
        self.specs.iter().position(|s| &*s.name == name)
    }
}

/// Handed to `build`: claims layers and loads files.
pub struct BuildContext<'a> {
    pub(crate) layers: &'a mut Layers,
    /// Id of the entry.
    pub(crate) id: String,
    pub(crate) base: &'a Path,
    pub(crate) renames: Renames<'a>,
    pub(crate) offsets: OffsetUnit,
    pub(crate) written: Vec<usize>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) warnings: Vec<String>,
    /// It writes a table through [`flat`](crate::flat).
    pub(crate) flat: bool,
}

/// An entry's `reads` and `writes`.
#[derive(Clone, Copy)]
pub(crate) struct Renames<'a> {
    pub reads: &'a std::collections::BTreeMap<String, String>,
    pub writes: &'a std::collections::BTreeMap<String, String>,
}

impl BuildContext<'_> {
    /// Id of the entry that is being built.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Claims to read the layer that is called `name` (before the entry's renaming).
    ///
    /// # Errors
    /// No earlier stage writes it, or it has another type.
    pub fn read<T: Table>(&mut self, name: &str) -> Result<Read<T>, BuildError> {
        let slot = self.find(name)?;
        let spec = &mut self.layers.specs[slot];
        if spec.type_id != std::any::TypeId::of::<T>() {
            return Err(BuildError::new(format!(
                "layer `{}` holds {}, but this stage reads {}",
                spec.name,
                short(spec.type_name),
                short(std::any::type_name::<T>())
            ))
            .help("choose another layer with \"reads\""));
        }
        spec.note_reader(&self.id);
        Ok(Read::new(slot as u32, spec.name.clone()))
    }

    /// Claims to read a layer if an earlier stage writes it.
    ///
    /// # Errors
    /// It has another type than asked for.
    pub fn read_optional<T: Table>(&mut self, name: &str) -> Result<Option<Read<T>>, BuildError> {
        match self.layers.position(self.renamed(name)) {
            Some(_) => self.read(name).map(Some),
            None => Ok(None),
        }
    }

    /// Claims to read a layer of any type as a table.
    ///
    /// # Errors
    /// No earlier stage writes it.
    pub fn read_any(&mut self, name: &str) -> Result<ReadTable, BuildError> {
        let slot = self.find(name)?;
        let spec = &mut self.layers.specs[slot];
        spec.note_reader(&self.id);
        Ok(ReadTable::new(slot as u32, spec.name.clone()))
    }

    /// The layers that continue the rows of this one, in the order of their stages.
    pub fn extensions(&mut self, table: &ReadTable) -> Vec<ReadTable> {
        let id = self.id.clone();
        let of_table = |s: &LayerSpec| s.schema.extends.as_deref() == Some(table.name());
        let mut found = Vec::new();
        for (slot, spec) in self.layers.specs.iter_mut().enumerate().filter(|(_, s)| of_table(s)) {
            spec.note_reader(&id);
            found.push(ReadTable::new(slot as u32, spec.name.clone()));
        }
        found
    }

    /// The columns of a layer.
    pub fn schema(&self, table: &ReadTable) -> &Schema {
        &self.layers.specs[table.slot()].schema
    }

    /// The columns of a layer that this stage reads.
    pub fn schema_of<T>(&self, handle: &Read<T>) -> &Schema {
        &self.layers.specs[handle.slot()].schema
    }

    /// Claims to write the layer `name` (before the entry's renaming) with its type's own columns.
    ///
    /// # Errors
    /// Another stage writes a layer of that name.
    pub fn write<T: Table>(&mut self, name: &str) -> Result<Write<T>, BuildError> {
        self.write_with_schema(name, T::schema())
    }

    /// Claims to write a layer whose columns are known only now.
    ///
    /// # Errors
    /// Another stage writes a layer of that name.
    pub fn write_with_schema<T: Table>(
        &mut self,
        name: &str,
        schema: Schema,
    ) -> Result<Write<T>, BuildError> {
        let name = self.renames.writes.get(name).map_or(name, String::as_str);
        if let Some(other) = self.layers.position(name) {
            return Err(BuildError::new(format!(
                "layer `{name}` is written by `{}` already",
                self.layers.specs[other].writer
            ))
            .help(format!(
                "give this one another name: \"writes\": {{ \"{name}\": \"{}_{name}\" }}",
                self.id
            )));
        }
        let name: Arc<str> = name.into();
        self.written.push(self.layers.specs.len());
        self.layers.specs.push(LayerSpec {
            name: name.clone(),
            type_name: std::any::type_name::<T>(),
            type_id: std::any::TypeId::of::<T>(),
            schema,
            make: || Box::new(T::default()),
            writer: self.id.clone(),
            readers: Vec::new(),
        });
        Ok(Write::new(self.written.len() as u32 - 1, name))
    }

    /// Reads a file, relative to the config file, and records its hash as part of the run's identity.
    ///
    /// # Errors
    /// It can't be read.
    pub fn file(&mut self, path: &str) -> Result<Vec<u8>, BuildError> {
        let full = self.base.join(path);
        let bytes = std::fs::read(&full).map_err(|e| {
            BuildError::new(format!("can't read {}: {e}", full.display())).help(
                "resource paths are relative to the config file; check the spelling, or give an absolute path",
            )
        })?;
        let hash = crate::hash::content_hash(&bytes);
        self.resources.push(Resource { name: path.to_owned(), path: full, bytes: bytes.len() as u64, hash });
        Ok(bytes)
    }

    /// Reports something questionable that doesn't keep the entry from being built; shown with the entry's position
    /// among the plan's warnings. Say where, what, and what to do.
    pub fn warn(&mut self, message: impl Into<String>) {
        self.warnings.push(message.into());
    }

    /// Resolves a path as [`file`](Self::file) does, without reading it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.base.join(path)
    }

    /// The unit of offsets in tables, for sinks.
    pub fn offsets(&self) -> OffsetUnit {
        self.offsets
    }

    /// What the plan collects from an entry: files and warnings.
    pub(crate) fn findings(self) -> (Vec<Resource>, Vec<String>) {
        (self.resources, self.warnings)
    }

    fn renamed<'n>(&'n self, name: &'n str) -> &'n str {
        self.renames.reads.get(name).map_or(name, String::as_str)
    }

    fn find(&self, name: &str) -> Result<usize, BuildError> {
        let name = self.renamed(name);
        self.layers.position(name).ok_or_else(|| {
            let known: Vec<&str> = self.layers.specs.iter().map(|s| &*s.name).collect();
            let hint = match crate::suggest::nearest(name, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "no stage before this one writes a layer".to_owned(),
                None => format!("layers written before this point: {}", known.join(", ")),
            };
            let error =
                BuildError::new(format!("no stage before this one writes the layer `{name}`")).help(hint);
            BuildError { missing_layer: Some(name.to_owned()), ..error }
        })
    }
}

/// `newsmill_core::layers::tokens::Tokens` → `Tokens`.
fn short(type_name: &str) -> &str {
    type_name.rsplit("::").next().unwrap_or(type_name)
}
