//! What the runner relies on, checked for any stage.
//!
//! | rule | what must hold |
//! |---|---|
//! | `identity` | the kind is lower case with hyphens, `ABOUT` one line, `VERSION` at least 1 |
//! | `example` | `EXAMPLE` builds |
//! | `config` | unknown options, values of the wrong type and the setup's bad configs are refused, with a place |
//! | `panic` | no text makes the stage panic |
//! | `check` | the layers' own checks hold on every text |
//! | `rows` | rows have the schema's cells; spans lie in the text; a layer that extends another has as many rows |
//! | `repeat` | the same article gives the same layers, whatever came before, on every thread |
//! | `scratch` | a scratch that has seen other articles gives what a fresh one does |
//! | `group` | articles that are processed together become what each becomes alone |
//! | `linear` | cost grows with the length of the article, not faster |
//!
//! That nothing undeclared is read or written, and that a stage is `Send + Sync`, hold by its types alone: the handles of
//! a plan are the only way to a layer, and [`Stage`] asks for both traits:
//!
//! ```compile_fail,E0277
//! # use newsmill_core::prelude::*;
//! struct Shares(std::rc::Rc<u32>);
//!
//! impl Stage for Shares {
//!     // …
//! #   const KIND: &'static str = "shares";
//! #   const ABOUT: &'static str = "can't be sent to another thread";
//! #   const VERSION: u32 = 1;
//! #   const EXAMPLE: &'static str = "{}";
//! #   type Config = NoOptions;
//! #   type Scratch = ();
//! #   fn build(_: NoOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
//! #       Ok(Shares(std::rc::Rc::new(1)))
//! #   }
//! #   fn run(&self, _: Doc<'_>, _: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
//! #       Ok(Verdict::Keep)
//! #   }
//! }
//! ```

mod linear;
mod options;
mod texts;

use std::path::{Path, PathBuf};

use newsmill_core::prelude::*;
use serde_json::{Value, json};

use crate::pipeline;

/// What stands before the stage under test, and what else the contract should try.
#[derive(Default)]
pub struct Setup {
    registry: Registry,
    entries: Vec<Value>,
    base: Option<PathBuf>,
    with: Option<String>,
    bad: Vec<String>,
    open: Vec<&'static str>,
    any_cost: Option<&'static str>,
}

impl Setup {
    /// A stage that needs nothing but the text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a stage before it, with its example's options.
    #[must_use]
    pub fn after<S: Stage>(self) -> Self {
        self.after_with::<S>(S::EXAMPLE)
    }

    /// Puts a stage before it, with these options (JSON).
    ///
    /// # Panics
    /// The options aren't JSON.
    #[must_use]
    pub fn after_with<S: Stage>(mut self, options: &str) -> Self {
        let options: Value = match serde_json::from_str(options) {
            Ok(options) => options,
            Err(e) => panic!("options of `{}`: {e}", S::KIND),
        };
        self.registry = self.registry.with::<S>();
        self.entries.push(json!({ "kind": S::KIND, "with": options }));
        self
    }

    /// Folder that the stages' files are relative to; by default the working directory.
    #[must_use]
    pub fn base(mut self, base: impl AsRef<Path>) -> Self {
        self.base = Some(base.as_ref().to_owned());
        self
    }

    /// Runs the stage with these options (JSON) in place of its example's.
    #[must_use]
    pub fn with(mut self, options: &str) -> Self {
        self.with = Some(options.to_owned());
        self
    }

    /// Options (JSON) that the stage must refuse.
    #[must_use]
    pub fn refuses(mut self, options: &str) -> Self {
        self.bad.push(options.to_owned());
        self
    }

    /// An option that takes any JSON value, so that no value is of the wrong type.
    #[must_use]
    pub fn open_option(mut self, name: &'static str) -> Self {
        self.open.push(name);
        self
    }

    /// Leaves out the rule `linear`, for this reason.
    #[must_use]
    pub fn any_cost(mut self, reason: &'static str) -> Self {
        self.any_cost = Some(reason);
        self
    }

    fn base_dir(&self) -> &Path {
        self.base.as_deref().unwrap_or(Path::new("."))
    }

    /// The plan with the stage under test last, or why there is none.
    fn plan<S: Stage>(&self, options: &str) -> Result<Plan, String> {
        let before: Vec<String> = self.entries.iter().map(|e| format!("{e},\n")).collect();
        let entry = format!("{{ \"kind\": {:?}, \"with\":\n{options} }}", S::KIND);
        let config = pipeline::config(self.base_dir(), &format!("[{}{entry}]", before.concat()))?;
        pipeline::build(&config, &self.registry)
    }
}

/// A rule that a stage breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule, see the [module](self).
    pub rule: &'static str,
    /// What happened, with which text or option.
    pub message: String,
}

/// Holds a stage to the contract.
///
/// ```
/// use newsmill_testkit::{GivenMentions, GivenTokens, Setup, contract};
///
/// contract::<GivenMentions>(Setup::new().after::<GivenTokens>());
/// ```
///
/// # Panics
/// The stage breaks a rule; the message lists all that it breaks.
pub fn contract<S: Stage>(setup: Setup) {
    let violations = violations::<S>(setup);
    if !violations.is_empty() {
        let lines: Vec<String> =
            violations.iter().map(|v| format!("  {:9} {}\n", v.rule, v.message)).collect();
        panic!("stage `{}` breaks its contract:\n{}", S::KIND, lines.concat());
    }
}

/// The rules that a stage breaks; [`contract`] without the panic.
pub fn violations<S: Stage>(mut setup: Setup) -> Vec<Violation> {
    setup.registry = std::mem::take(&mut setup.registry).with::<S>();
    let mut report = Report::default();
    identity::<S>(&mut report);
    let options = setup.with.clone().unwrap_or_else(|| S::EXAMPLE.to_owned());
    if let Err(e) = setup.plan::<S>(S::EXAMPLE) {
        report.add("example", format!("EXAMPLE doesn't build: {e}"));
    }
    options::check::<S>(&setup, &mut report);
    match setup.plan::<S>(&options) {
        Ok(plan) => {
            texts::check(&plan, &mut report);
            if setup.any_cost.is_none() && report.0.iter().all(|v| v.rule != "panic") {
                linear::check(&plan, &mut report);
            }
        }
        Err(e) if setup.with.is_some() => {
            report.add("example", format!("the setup's options don't build: {e}"))
        }
        Err(_) => {}
    }
    report.0
}

/// Violations found so far: of each rule the first few, so that one fault doesn't fill the screen.
#[derive(Default)]
struct Report(Vec<Violation>);

impl Report {
    fn add(&mut self, rule: &'static str, message: String) {
        if self.0.iter().filter(|v| v.rule == rule).count() < 3 {
            self.0.push(Violation { rule, message });
        }
    }
}

fn identity<S: Stage>(report: &mut Report) {
    let is_kind = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if S::KIND.is_empty() || !S::KIND.chars().all(is_kind) {
        report.add("identity", format!("KIND {:?} isn't lower case with hyphens", S::KIND));
    }
    if S::ABOUT.trim().is_empty() || S::ABOUT.contains('\n') {
        report.add("identity", "ABOUT isn't one line".to_owned());
    }
    if S::VERSION == 0 {
        report.add("identity", "VERSION is 0; start at 1".to_owned());
    }
}
