//! A bound on the bytes of input that are on their way, beside the bound on batches.
//!
//! Batches hold about the same number of bytes unless a record is larger than a batch. Without this, a corpus of
//! articles at the size limit would hold `in_flight` times the limit.

use std::sync::{Condvar, Mutex, PoisonError};

/// Counts bytes on their way.
pub(crate) struct Flow {
    limit: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    bytes: usize,
    closed: bool,
}

impl Flow {
    /// At most `limit` bytes, or one batch if it is larger.
    pub(crate) fn new(limit: usize) -> Self {
        Flow { limit, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits until there is room. `false` if nobody will ever make room.
    pub(crate) fn enter(&self, bytes: usize) -> bool {
        let full = |s: &mut State| !s.closed && s.bytes > 0 && s.bytes + bytes > self.limit;
        let guard = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.changed.wait_while(guard, full).unwrap_or_else(PoisonError::into_inner);
        state.bytes += bytes;
        !state.closed
    }

    pub(crate) fn leave(&self, bytes: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bytes = state.bytes.saturating_sub(bytes);
        self.changed.notify_one();
    }

    /// Lets everybody through who waits.
    pub(crate) fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }
}
