//! The engine, loaded in the background: phrases that begin before it is there are judged from their recording.

use super::EngineSource;
use parking_lot::{Condvar, Mutex};
use std::sync::Arc;
use std::time::Duration;
use vision::engine::Engine;
use vision::video::{Cancel, guarded};

/// How often a waiting judge looks whether it was called off.
const LOOK: Duration = Duration::from_millis(100);

/// A place for an engine; cheap to clone, all clones see the same.
#[derive(Clone, Default)]
pub(super) struct EngineCell {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    loaded: Mutex<Option<Result<Engine, String>>>,
    changed: Condvar,
}

impl EngineCell {
    /// Starts loading on a thread of its own; `done` is called when the engine is there or cannot be.
    pub(super) fn load(source: EngineSource, done: impl FnOnce() + Send + 'static) -> std::io::Result<Self> {
        let cell = Self::default();
        let place = Arc::clone(&cell.inner);
        std::thread::Builder::new().name("piste-engine".into()).spawn(move || {
            let loaded = guarded("piste-engine", || source());
            let loaded = loaded.unwrap_or_else(|| Err("the engine stopped while it was loaded; see the log".into()));
            *place.loaded.lock() = Some(loaded);
            place.changed.notify_all();
            done();
        })?;
        Ok(cell)
    }

    /// The engine, if it is loaded.
    pub(super) fn ready(&self) -> Option<Engine> {
        self.inner.loaded.lock().as_ref().and_then(|loaded| loaded.as_ref().ok().cloned())
    }

    /// Whether it is loaded; a finished sentence when it cannot be.
    pub(super) fn state(&self) -> Option<Result<(), String>> {
        self.inner.loaded.lock().as_ref().map(|loaded| loaded.as_ref().map(|_| ()).map_err(Clone::clone))
    }

    /// Waits for it; `None` when called off first.
    pub(super) fn wait(&self, cancel: &Cancel) -> Option<Result<Engine, String>> {
        let mut loaded = self.inner.loaded.lock();
        while loaded.is_none() {
            if cancel.is_cancelled() {
                return None;
            }
            self.inner.changed.wait_for(&mut loaded, LOOK);
        }
        loaded.clone()
    }
}
