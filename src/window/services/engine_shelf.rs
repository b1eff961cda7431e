//! The one engine of the window: loaded when it is first needed, kept until a setting that it depends on changes.

use super::EngineMaker;
use crate::model::Settings;
use parking_lot::Mutex;
use vision::engine::Engine;

/// The settings that an engine depends on.
#[derive(Clone, Debug, PartialEq)]
struct EngineKey {
    accurate: bool,
    lens: (bool, f64, f64),
    min_confidence: f64,
}

impl EngineKey {
    fn of(settings: &Settings) -> Self {
        let lens = (settings.lens_enabled, settings.lens_strength, settings.lens_balance);
        Self { accurate: settings.accurate, lens, min_confidence: settings.min_confidence }
    }
}

/// Shared by everything in the window that judges clips.
pub(super) struct EngineShelf {
    make: EngineMaker,
    loaded: Mutex<Option<(EngineKey, Engine)>>,
}

impl EngineShelf {
    pub(super) fn new(make: EngineMaker) -> Self {
        Self { make, loaded: Mutex::new(None) }
    }

    /// The engine for these settings; waits while another thread loads it. The error is a finished sentence.
    pub(super) fn engine_for(&self, settings: &Settings) -> Result<Engine, String> {
        let key = EngineKey::of(settings);
        let mut place = self.loaded.lock();
        if let Some((_, engine)) = place.as_ref().filter(|(for_key, _)| *for_key == key) {
            return Ok(engine.clone());
        }
        let engine = (self.make)(settings)?;
        *place = Some((key, engine.clone()));
        Ok(engine)
    }
}
