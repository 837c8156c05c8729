//! How sure a quotation is: measured shares of right ones.

use crate::candidates::{Candidate, Template};
use crate::rules::Scope;

/// Probability that content and speaker are right.
pub(crate) fn confidence(c: &Candidate) -> f32 {
    let base: f32 = match c.template {
        Template::Direct | Template::ThatClause => 0.9,
        Template::BareClause | Template::AccordingTo => 0.85,
        _ => 0.6,
    };
    if c.scope == Scope::Attitude { base - 0.1 } else { base }
}
