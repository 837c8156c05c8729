//! Runs every case file of a folder and compares, or rewrites, its expectations.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use newsmill_core::{Article, Plan, Registry, Workspace};

use crate::case::{Case, Section, rewrite};
use crate::diff::diff;
use crate::pipeline;
use crate::render::{cells, fixed_columns, render};

/// Whether expectations are compared or replaced by what the stages say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Compare.
    Compare,
    /// Rewrite the files' expectation sections.
    Update,
}

/// Runs every case file of a folder (`.case`, `.gold`, `.txt`) through the stages that `config` names, see
/// [`plan`](crate::plan()), and compares the sections that the file has. With `NEWSMILL_UPDATE=1` in the environment the
/// sections are rewritten instead: review the change as a diff.
///
/// In `mentions` and `quotes` only the columns that the section has are compared, in tables of other layers those that
/// its first line names.
///
/// # Panics
/// A case differs, can't be read, or fails; the message names file and section and shows the difference. A folder
/// without a case is a failure too.
pub fn check_dir(dir: impl AsRef<Path>, registry: &Registry, config: &str) {
    #[expect(clippy::disallowed_methods, reason = "the switch is for people who run tests, not an option")]
    let update = std::env::var("NEWSMILL_UPDATE").is_ok_and(|v| v == "1");
    let mode = if update { Mode::Update } else { Mode::Compare };
    let report = check_dir_with(dir.as_ref(), registry, config, mode);
    if let Err(message) = report {
        panic!("{message}");
    }
}

/// As [`check_dir`], with the mode given and the outcome returned: the number of cases.
///
/// # Errors
/// What [`check_dir`] panics with.
pub fn check_dir_with(dir: &Path, registry: &Registry, config: &str, mode: Mode) -> Result<usize, String> {
    let files = case_files(dir)?;
    if files.is_empty() {
        return Err(format!("{}: no case file (.case, .gold or .txt)", dir.display()));
    }
    let mut runner = Runner { registry, config, plans: BTreeMap::new() };
    let failures: Vec<String> =
        files.iter().filter_map(|file| runner.file(file, mode).err().map(|e| named(file, &e))).collect();
    if failures.is_empty() {
        return Ok(files.len());
    }
    let hint = "set NEWSMILL_UPDATE=1 to accept what the stages say now, then review the diff";
    Err(format!("{} of {} cases differ ({hint})\n\n{}", failures.len(), files.len(), failures.join("\n")))
}

fn named(file: &Path, message: &str) -> String {
    message
        .lines()
        .map(|l| if l.starts_with("  ") { format!("{l}\n") } else { format!("{}: {l}\n", file.display()) })
        .collect()
}

/// The case files of a folder, by name.
fn case_files(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let is_case = |p: &PathBuf| {
        matches!(p.extension().and_then(|e| e.to_str()), Some("case" | "gold" | "txt")) && p.is_file()
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).filter(is_case).collect();
    files.sort();
    Ok(files)
}

/// A case's article as headline and text.
///
/// # Errors
/// The article's file can't be found or read.
pub fn article(case: &Case, file: &Path) -> Result<(String, String), String> {
    if let Some(text) = &case.text {
        return Ok((case.title.clone(), text.clone()));
    }
    let name = case.article_file.as_deref().unwrap_or_default();
    let near = file.ancestors().skip(1);
    let candidates = near.flat_map(|dir| [dir.join(name), dir.join("corpus").join(name)]);
    let path = candidates.into_iter().find(|p| p.is_file());
    let path = path.ok_or_else(|| format!("no article `{name}` in a corpus folder at or above the case"))?;
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok((case.title.clone(), text))
}

/// Plans are kept by their overrides: building one may load large resources.
struct Runner<'a> {
    registry: &'a Registry,
    config: &'a str,
    plans: BTreeMap<Vec<String>, (Plan, Workspace)>,
}

impl Runner<'_> {
    fn file(&mut self, file: &Path, mode: Mode) -> Result<(), String> {
        let source = fs::read_to_string(file).map_err(|e| e.to_string())?;
        let case = Case::parse(&source)?;
        let (title, text) = article(&case, file)?;
        if !self.plans.contains_key(&case.sets) {
            let plan = self.plan(&case.sets)?;
            let workspace = plan.workspace();
            self.plans.insert(case.sets.clone(), (plan, workspace));
        }
        let Some((plan, workspace)) = self.plans.get_mut(&case.sets) else { return Ok(()) };
        let mut article = Article::titled("test", &title, &text);
        article.meta.date.clone_from(&case.date);
        article.meta.language.clone_from(&case.language);
        pipeline::process(plan, workspace, article)?;
        let mut differences = String::new();
        let mut replacements = Vec::new();
        for section in &case.sections {
            let all =
                render(plan, workspace, &section.name).map_err(|e| format!("== {}: {e}", section.name))?;
            let (expected, actual) = comparable(section, &all);
            if expected != actual {
                // The first line of a table names its columns.
                let header = usize::from(names_columns(&section.name));
                let rows = |lines: &[String]| lines.len().saturating_sub(header);
                let counts = format!("{} expected, {} found", rows(&expected), rows(&actual));
                differences.push_str(&format!(
                    "{}: == {} ({counts})\n{}",
                    section.line,
                    section.name,
                    diff(&expected, &actual)
                ));
                replacements.push((section.range.clone(), actual));
            }
        }
        match mode {
            _ if differences.is_empty() => Ok(()),
            Mode::Compare => Err(differences),
            Mode::Update => fs::write(file, rewrite(&source, &replacements)).map_err(|e| e.to_string()),
        }
    }

    fn plan(&self, sets: &[String]) -> Result<Plan, String> {
        let mut config = pipeline::config(Path::new("."), self.config)?;
        for set in sets {
            config.set(set).map_err(|p| p.to_string())?;
        }
        pipeline::build(&config, self.registry)
    }
}

/// Whether the first line of a section names columns.
fn names_columns(section: &str) -> bool {
    section != newsmill_core::layers::names::SENTENCES && fixed_columns(section).is_none()
}

/// A section's lines and the stages' lines, reduced to the columns that the section has.
fn comparable(section: &Section, actual: &[String]) -> (Vec<String>, Vec<String>) {
    if section.lines.is_empty() {
        return (Vec::new(), actual.to_vec());
    }
    if section.name == newsmill_core::layers::names::SENTENCES {
        return (section.lines.iter().map(|l| l.trim_end().to_owned()).collect(), actual.to_vec());
    }
    let expected: Vec<Vec<String>> = section.lines.iter().map(|l| cells(l)).collect();
    let actual: Vec<Vec<String>> = actual.iter().map(|l| cells(l)).collect();
    let columns: Vec<Option<usize>> = match fixed_columns(&section.name) {
        Some(width) => {
            let given = expected.iter().map(Vec::len).max().unwrap_or(width);
            (0..given.max(1)).map(Some).collect()
        }
        None => {
            let header = actual.first().cloned().unwrap_or_default();
            expected[0].iter().map(|name| header.iter().position(|h| h == name)).collect()
        }
    };
    let pick =
        |row: &Vec<String>, at: Option<usize>| at.and_then(|i| row.get(i)).cloned().unwrap_or_default();
    let join = |row: Vec<String>| row.join(" | ").trim_end().to_owned();
    let expected =
        expected.iter().map(|row| join((0..columns.len()).map(|i| pick(row, Some(i))).collect())).collect();
    let actual = actual.iter().map(|row| join(columns.iter().map(|&at| pick(row, at)).collect())).collect();
    (expected, actual)
}
