//! `newsmill gazetteer`: compiling, checking, asking and importing name lists.

mod import;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use newsmill_core::lexicon::{Lexicon, NameFlags};
use newsmill_gazetteer::artefact::{self, REMEDY};
use newsmill_gazetteer::read::{self, ListError};
use newsmill_gazetteer::{Compiler, Names, flags};

use super::{FAILED, USAGE};
use crate::ui;

/// What to do with name lists.
#[derive(Subcommand)]
pub(crate) enum GazetteerCommand {
    /// Compile lists to one file, which loads without being rebuilt: `"files": ["names.nmg"]` in a config.
    Build {
        /// The file to write (.nmg).
        out: PathBuf,
        #[command(flatten)]
        lists: Lists,
    },
    /// Tell mistakes, duplicates and clashes of lists; of a compiled list, whether its sources have changed.
    Check {
        #[command(flatten)]
        lists: Lists,
    },
    /// Show what a name may stand for, and where it is listed.
    Find {
        /// The name; case and diacritics don't matter.
        name: String,
        #[command(flatten)]
        lists: Lists,
    },
    /// Turn a dump of others into a list.
    #[command(subcommand)]
    Import(import::Import),
}

/// Lists of names, later ones over earlier ones.
#[derive(Args)]
pub(crate) struct Lists {
    /// CSV, TSV, JSON lines or compiled lists.
    #[arg(required = true, value_name = "LIST")]
    pub files: Vec<PathBuf>,
}

pub(super) fn gazetteer(command: &GazetteerCommand) -> u8 {
    let done = match command {
        GazetteerCommand::Build { out, lists } => build(out, lists),
        GazetteerCommand::Check { lists } => check(lists),
        GazetteerCommand::Find { name, lists } => find(name, lists),
        GazetteerCommand::Import(command) => import::import(command),
    };
    done.unwrap_or_else(|(code, message)| {
        ui::note(&format!("error: {message}"));
        code
    })
}

/// An exit code and what to say.
type Failure = (u8, String);

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path)
        .map_err(|e| (USAGE, format!("can't read {}: {e}; check the spelling", path.display())))
}

fn list_error(path: &str, e: &ListError) -> Failure {
    (USAGE, format!("{path}:{}: {}; {}", e.line, e.message, e.help))
}

fn warn(warnings: &[String]) {
    warnings.iter().for_each(|w| ui::note(&format!("warning: {w}")));
}

fn build(out: &Path, lists: &Lists) -> Result<u8, Failure> {
    let mut sources = Vec::new();
    for path in &lists.files {
        sources.push((path.display().to_string(), bytes_of(path)?));
    }
    let (bytes, warnings) = artefact::build(&sources).map_err(|(path, e)| list_error(&path, &e))?;
    warn(&warnings);
    write_whole(out, &bytes)?;
    let size = ui::grouped(bytes.len() as u64);
    let names = artefact::open(bytes).map_err(|e| (FAILED, format!("{}: {e}; {REMEDY}", out.display())))?;
    Ok(ui::print(&format!("{}: {}, {size} bytes\n", out.display(), counts(&names))))
}

/// Beside its place first, so that a run that reads the old file meets either it or the new one.
fn write_whole(out: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let part = part_of(out);
    let told = |e: std::io::Error| (FAILED, format!("can't write {}: {e}", out.display()));
    std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, out)).map_err(told)
}

/// What a file is called until all of it is written.
fn part_of(out: &Path) -> PathBuf {
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    part.into()
}

fn counts(names: &Names) -> String {
    let [entities, forms] = [names.len(), names.name_count()].map(|n| ui::grouped(n as u64));
    format!("{entities} entities, {forms} names")
}

fn compile(lists: &Lists) -> Result<(Names, Vec<String>), Failure> {
    let mut compiler = Compiler::default();
    for path in &lists.files {
        let name = path.display().to_string();
        let bytes = bytes_of(path)?;
        if let (true, [_]) = (artefact::is_artefact(&name, &bytes), lists.files.as_slice()) {
            let names = artefact::open(bytes).map_err(|e| (FAILED, format!("{name}: {e}; {REMEDY}")))?;
            return Ok((names, Vec::new()));
        }
        read::read(&name, &bytes, &mut compiler).map_err(|e| list_error(&name, &e))?;
    }
    Ok(compiler.finish())
}

fn check(lists: &Lists) -> Result<u8, Failure> {
    let (names, mut warnings) = compile(lists)?;
    for path in &lists.files {
        let bytes = bytes_of(path)?;
        // What isn't compiled has no sources; what is malformed was told above.
        for source in artefact::sources(&bytes).unwrap_or_default() {
            warnings.extend(changed(&source).map(|what| format!("{}: {what}", path.display())));
        }
    }
    warn(&warnings);
    Ok(ui::print(&format!("{}, {} warnings\n", counts(&names), warnings.len())))
}

/// How a source differs from what was compiled.
fn changed(source: &artefact::Source) -> Option<String> {
    match std::fs::read(&source.name) {
        Err(_) => Some(format!("its source {} can't be read from here", source.name)),
        Ok(bytes) if format!("{:032x}", newsmill_core::hash::content_hash(&bytes)) != source.hash => {
            Some(format!("stale: its source {} has changed since; {REMEDY}", source.name))
        }
        Ok(_) => None,
    }
}

fn find(name: &str, lists: &Lists) -> Result<u8, Failure> {
    let (names, _) = compile(lists)?;
    let (found, distance) = match names.find(name) {
        Some(found) => (found, 0),
        None => match names.nearest(name, 2) {
            Some(near) => (near.name, near.distance),
            None => {
                return Err((
                    FAILED,
                    format!("no list has \"{name}\", nor one name within two letters of it"),
                ));
            }
        },
    };
    let near = if distance > 0 { format!(" ({distance} letters off)") } else { String::new() };
    let mut text = format!("{}{near}\n", names.name(found));
    let places = names.places_of(found);
    for candidate in names.candidates(found) {
        let e = names.entry(candidate.entry);
        let kind = [e.kind, e.subtype, e.country].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>();
        text += &format!(
            "  {} {} ({}), prior {}{}\n",
            e.id,
            e.name,
            kind.join(", "),
            e.prior,
            words(candidate.flags)
        );
        for (_, place) in places.iter().filter(|(entry, _)| *entry == candidate.entry) {
            text += &format!("    {}:{}\n", place.file, place.line);
        }
    }
    Ok(ui::print(&text))
}

/// The flags as a list would have them.
fn words(bits: NameFlags) -> String {
    let is_set = |word: &&str| {
        let bit = flags::parse(word).map(|f| f.name).unwrap_or_default();
        bit != NameFlags::default() && bits.has(bit)
    };
    let words: Vec<&str> = flags::FLAG_WORDS.iter().map(|(word, _)| *word).filter(is_set).collect();
    if words.is_empty() { String::new() } else { format!(", {}", words.join(" ")) }
}
