//! newsmill: from a news corpus to tables of who was named and who said what.
//!
//! This crate is the facade: the kinds that ship with newsmill ([`builtin`]) and the command line ([`main`]). A binary
//! that knows a stage of your own is three lines:
//!
//! ```no_run
//! # use newsmill_core::prelude::*;
//! # struct Readability;
//! # impl Stage for Readability {
//! #     const KIND: &'static str = "readability";
//! #     const ABOUT: &'static str = "";
//! #     const VERSION: u32 = 1;
//! #     const EXAMPLE: &'static str = "{}";
//! #     type Config = NoOptions;
//! #     type Scratch = ();
//! #     fn build(_: NoOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> { Ok(Readability) }
//! #     fn run(&self, _: Doc<'_>, _: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> { Ok(Verdict::Keep) }
//! # }
//! fn main() -> std::process::ExitCode {
//!     newsmill::main(newsmill::builtin().with::<Readability>())
//! }
//! ```

mod builtin;
mod cli;
mod commands;
mod progress;
mod ui;

use std::process::ExitCode;

use clap::Parser;
use newsmill_core::Registry;

pub use builtin::builtin;

/// The command line with the kinds of this registry: parses the process's arguments and does what they say.
///
/// Exit codes: 0 complete, 1 failed, 2 usage or config, 3 too many failures, 130 interrupted.
pub fn main(registry: Registry) -> ExitCode {
    let arguments = match cli::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A full disk or a reader that has gone away: there is no other place to say so.
            let _ = error.print();
            cli::hint(&error, std::env::args().skip(1));
            return ExitCode::from(error.exit_code().try_into().unwrap_or(2));
        }
    };
    ui::log_to_stderr(arguments.verbose);
    newsmill_runner::quiet_contained_panics();
    commands::dispatch(arguments.command, &registry)
}
