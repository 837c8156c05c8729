//! Panics in stages are contained by the pipeline and end in the quarantine; they needn't shout on stderr as well.

use std::cell::Cell;
use std::panic;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Has panics of worker threads logged at debug level instead of printed. Call it once, before the first run; without
/// it everything works the same, but noisily.
pub fn quiet_contained_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if CONTAINED.get() {
            tracing::debug!("contained: {info}");
        } else {
            before(info);
        }
    }));
}

/// Says that panics of this thread are contained.
pub(crate) fn contained_here() {
    CONTAINED.set(true);
}
