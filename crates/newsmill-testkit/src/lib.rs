//! Tests for stages: cases that a linguist can read, the contract that every stage is held to, scores against gold.
//!
//! A test of a stage is a text and what the layers should say of it, written down as text and compared as text
//! ([`check_dir`]): reviewing a change of behaviour is reading a diff. What every stage must hold whatever it does is
//! one call ([`contract`](contract())). Both run the real [`Plan`](newsmill_core::Plan) in memory, with no input and no
//! output.
//!
//! ```
//! use newsmill_core::Registry;
//! use newsmill_testkit::{GivenTokens, plan, render, run};
//!
//! let plan = plan(&Registry::new().with::<GivenTokens>(), "given-tokens");
//! let workspace = run(&plan, "It rained. Nobody minded.");
//! assert_eq!(render(&plan, &workspace, "sentences").unwrap(), ["It rained .", "Nobody minded ."]);
//! ```
//!
//! The price of comparing text is that a case shows no offsets; the layers' own checks, run on every case, and the
//! contract's row checks cover those.

pub mod case;
pub mod check;
pub mod contract;
pub mod diff;
pub mod given;
pub mod odd;
pub mod pipeline;
pub mod render;
pub mod score;
pub mod table;

pub use check::check_dir;
pub use contract::{Setup, contract};
pub use given::{GivenMentions, GivenTokens};
pub use pipeline::{plan, plan_in, rows, run, run_titled};
pub use render::render;
pub use score::Score;
