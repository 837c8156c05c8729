//! `newsmill new-stage`: a crate with a stage that compiles, keeps the contract and runs in a pipeline at once.
//!
//! The template is the crate `newsmill-example-stage`, which is compiled and tested like every other; its names are
//! replaced, nothing else.

mod names;
mod workspace;

use std::path::{Path, PathBuf};

use newsmill_core::Registry;

use super::{FAILED, USAGE};
use crate::cli::NewStageArgs;
use crate::ui;
use names::Names;

/// A file of the new crate: its path there, and the template's text.
type File = (&'static str, &'static str);

macro_rules! template {
    ($path:literal) => {
        include_str!(concat!("../../../newsmill-example-stage/", $path))
    };
}

/// What every new crate has.
const COMMON: [File; 6] = [
    ("src/lib.rs", template!("src/lib.rs")),
    ("tests/stage.rs", template!("tests/stage.rs")),
    ("tests/cases/words.case", template!("tests/cases/words.case")),
    ("tests/cases/min_letters.case", template!("tests/cases/min_letters.case")),
    ("config.json", template!("outside/config.json")),
    ("articles/rain.txt", template!("outside/articles/rain.txt")),
];

/// What it has in newsmill's workspace.
const INSIDE: [File; 1] = [("Cargo.toml", template!("Cargo.toml"))];

/// What it has elsewhere.
const OUTSIDE: [File; 3] = [
    ("Cargo.toml", template!("outside/Cargo.toml")),
    ("src/main.rs", template!("outside/main.rs")),
    (".gitignore", template!("outside/gitignore")),
];

/// Stands in the templates for the path of the checkout.
const CHECKOUT: &str = "NEWSMILL/";

pub(super) fn new_stage(args: &NewStageArgs, registry: &Registry) -> u8 {
    let kinds: Vec<&str> = registry.stages().map(|k| k.kind).collect();
    let names = match Names::new(&args.name, &kinds) {
        Ok(names) => names,
        Err(message) => {
            ui::note(&format!("error: {message}"));
            return USAGE;
        }
    };
    let made = checkout(args.newsmill.as_deref()).and_then(|checkout| match &args.outside {
        Some(dir) => outside(&names, &dir.join(&names.kind), &checkout),
        None => inside(&names, &checkout),
    });
    match made {
        Ok(next) => {
            ui::print(&next);
            0
        }
        Err(message) => {
            ui::note(&format!("error: {message}"));
            FAILED
        }
    }
}

/// The folder of newsmill's sources, absolute.
fn checkout(given: Option<&Path>) -> Result<PathBuf, String> {
    let built_from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = given.unwrap_or(&built_from);
    let found = path.canonicalize().ok().filter(|p| p.join("crates/newsmill-core/Cargo.toml").is_file());
    found.ok_or_else(|| {
        let help = if given.is_some() {
            "name the folder that holds newsmill's Cargo.toml"
        } else {
            "the sources that this binary was built from are gone; name a checkout with --newsmill PATH"
        };
        format!("{} holds no newsmill; {help}", path.display())
    })
}

/// A crate of its own with a binary; returns what to do next.
fn outside(names: &Names, dir: &Path, checkout: &Path) -> Result<String, String> {
    refuse_existing(dir)?;
    let root = checkout.to_str().ok_or("the checkout's path isn't UTF-8; move it, or link to it")?;
    let root = format!("{}/", root.replace('\\', "\\\\").replace('"', "\\\""));
    let fill = |text: &str| names.fill(text).replace(CHECKOUT, &root);
    write_all(dir, COMMON.iter().chain(&OUTSIDE), fill)?;
    // The same versions as newsmill's own, which are known to build, and are there without a network.
    let lock = checkout.join("Cargo.lock");
    if lock.is_file() {
        std::fs::copy(&lock, dir.join("Cargo.lock")).map_err(|e| told(&lock, &e))?;
    }
    let Names { kind, .. } = names;
    Ok(format!(
        "{} holds the stage `{kind}` and a binary that knows it.\n\n  cd {}\n  cargo test\n  cargo run -- run config.json\n\n\
         The stage is src/lib.rs; what it should do stands in tests/cases. Columns of out/{}.csv are the layer's.\n",
        dir.display(),
        dir.display(),
        names.layer
    ))
}

/// A crate of newsmill's workspace, known to its binary; returns what to do next.
fn inside(names: &Names, checkout: &Path) -> Result<String, String> {
    let dir = checkout.join("crates").join(&names.package);
    refuse_existing(&dir)?;
    let edits = workspace::edits(names, checkout)?;
    // From the new crate's folder; it says the same on every machine.
    let fill = |text: &str| names.fill(text).replace(CHECKOUT, "../../");
    write_all(&dir, COMMON.iter().chain(&INSIDE), fill)?;
    let mut edited = String::new();
    for (path, text) in edits {
        std::fs::write(&path, text).map_err(|e| told(&path, &e))?;
        edited += &format!("  {}\n", path.strip_prefix(checkout).unwrap_or(&path).display());
    }
    let Names { kind, package, .. } = names;
    Ok(format!(
        "crates/{package} holds the stage `{kind}`. A line was added to each of\n{edited}\n  cd {}\n  cargo test -p \
         {package}\n  cargo run -- run crates/{package}/config.json\n\nThe stage is src/lib.rs; what it should do stands \
         in tests/cases. Columns of out/{}.csv are the layer's.\n",
        checkout.display(),
        names.layer
    ))
}

fn refuse_existing(dir: &Path) -> Result<(), String> {
    match dir.symlink_metadata() {
        Ok(_) => Err(format!("{} is there already; choose another name or folder", dir.display())),
        Err(_) => Ok(()),
    }
}

fn write_all<'f>(
    dir: &Path,
    files: impl Iterator<Item = &'f File>,
    fill: impl Fn(&str) -> String,
) -> Result<(), String> {
    for (name, text) in files {
        let path = dir.join(name);
        let folder = path.parent().unwrap_or(dir);
        std::fs::create_dir_all(folder).map_err(|e| told(folder, &e))?;
        std::fs::write(&path, fill(text)).map_err(|e| told(&path, &e))?;
    }
    Ok(())
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
