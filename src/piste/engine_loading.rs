//! Loads the engine in the background, and spaces out attempts to open the live analyzer.
//!
//! Phrases that begin before the engine is loaded are judged from their recording.

use super::EngineSource;
use fencing::time::{Backoff, Timestamp};
use parking_lot::{Condvar, Mutex};
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;
use vision::engine::Engine;
use vision::video::{Cancel, guarded, spawn_worker};

/// Interval at which a waiting judge checks whether it was cancelled.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// A slot for the engine; clones share it.
#[derive(Clone, Default)]
pub(crate) struct EngineCell {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    loaded: Mutex<Option<Result<Engine, String>>>,
    changed: Condvar,
}

impl EngineCell {
    /// Starts loading on a thread of its own; `done` is called when the engine is loaded or failed to load.
    pub(crate) fn load(source: EngineSource, done: impl FnOnce() + Send + 'static) -> std::io::Result<Self> {
        let cell = Self::default();
        let place = Arc::clone(&cell.inner);
        spawn_worker(
            "piste-engine",
            || (),
            move || {
                let loaded = guarded("piste-engine", || source());
                let loaded =
                    loaded.unwrap_or_else(|| Err("the engine stopped while it was loaded; see the log".into()));
                *place.loaded.lock() = Some(loaded);
                place.changed.notify_all();
                done();
            },
        )?;
        Ok(cell)
    }

    /// The engine, if it is loaded.
    pub(crate) fn ready(&self) -> Option<Engine> {
        self.inner.loaded.lock().as_ref().and_then(|loaded| loaded.as_ref().ok().cloned())
    }

    /// Whether the engine is loaded, or a finished sentence with the reason why not; `None` while it is loading.
    pub(crate) fn state(&self) -> Option<Result<(), String>> {
        self.inner.loaded.lock().as_ref().map(|loaded| loaded.as_ref().map(|_| ()).map_err(Clone::clone))
    }

    /// Waits for the engine; `None` when cancelled first.
    pub(crate) fn wait(&self, cancel: &Cancel) -> Option<Result<Engine, String>> {
        let mut loaded = self.inner.loaded.lock();
        while loaded.is_none() {
            if cancel.is_cancelled() {
                return None;
            }
            self.inner.changed.wait_for(&mut loaded, CHECK_INTERVAL);
        }
        loaded.clone()
    }
}

/// Pauses between attempts: after closing other programs the referee sees the skeletons again within the longest.
const PAUSES: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(10));

/// The pause between failed attempts.
#[derive(Debug)]
pub(crate) struct RetryPause {
    backoff: Backoff,
    /// When the next attempt is due; `None` after a success.
    again: Option<Timestamp>,
}

impl Default for RetryPause {
    fn default() -> Self {
        Self { backoff: PAUSES, again: None }
    }
}

impl RetryPause {
    /// Whether the next attempt is due.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.again.is_none_or(|again| now >= again)
    }

    /// Notes the outcome of an attempt and returns its value. The first failure in a row is logged.
    pub(crate) fn tried<T>(&mut self, now: Timestamp, outcome: Result<T, impl Display>) -> Option<T> {
        match outcome {
            Ok(opened) => {
                *self = Self::default();
                Some(opened)
            }
            Err(error) => {
                if self.again.is_none() {
                    tracing::warn!(%error, "could not start the analyzer thread; retrying");
                }
                self.again = Some(now.plus_secs(self.backoff.next_wait().as_secs_f64()));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_back_off() {
        let mut opening = RetryPause::default();
        let mut tries = Vec::new();
        for tick in 0..6_000 {
            let now = Timestamp::from_secs(f64::from(tick) * 0.01);
            if opening.is_due(now) {
                tries.push(now.secs());
                assert_eq!(opening.tried(now, Err::<(), _>("none left")), None);
            }
        }
        assert!((8..=13).contains(&tries.len()), "{tries:?}");
        let late = Timestamp::from_secs(100.0);
        assert_eq!(opening.tried(late, Ok::<_, &str>(7)), Some(7));
        assert!(opening.is_due(late));
    }
}
