//! From checked settings to what the engine is loaded with.

use super::{AnalysisSettings, Places};
use vision::engine::{
    BackendChoice, DecisionSettings, EngineConfig, LensSettings, PoseConfig, PoseError, PoseModel, models_dir,
};
use vision::lens::Correction;

impl AnalysisSettings {
    /// What to load for `phrases` phrases looked at at the same moment on this machine. Fails when the shipped models are nowhere to be found.
    pub fn engine_config(&self, places: &Places, phrases: usize) -> Result<EngineConfig, PoseError> {
        let folder = models_dir(self.models_dir.as_deref(), &places.resource_dirs)?;
        let pose = PoseConfig { model: self.pose_model(), at_once: phrases, ..PoseConfig::new(folder) };
        Ok(EngineConfig {
            backend: self.backend(places),
            pose,
            call_models: self.call_models.clone(),
            lens: self.lens(),
            decision: self.decision(),
        })
    }

    fn pose_model(&self) -> PoseModel {
        match (&self.model, self.accurate) {
            (Some(own), _) => PoseModel::Yolo(own.clone()),
            (None, true) => PoseModel::Thunder,
            (None, false) => PoseModel::Lightning,
        }
    }

    /// Which inference library to use, and where it may lie.
    pub fn backend(&self, places: &Places) -> BackendChoice {
        if self.built_in_inference {
            return BackendChoice::BuiltIn;
        }
        BackendChoice::Automatic(places.library_places(self.ort_library.clone()))
    }

    /// The lens, switched off where no correction was asked for.
    pub fn lens(&self) -> LensSettings {
        match self.fisheye {
            Some(f) => LensSettings { enabled: true, strength: f.strength, balance: f.balance },
            None => LensSettings { enabled: false, ..LensSettings::default() },
        }
    }

    /// How the corrected video is made; `None` where no correction was asked for.
    pub fn correction(&self) -> Option<Correction> {
        self.fisheye.map(|fisheye| Correction { lens: self.lens(), keeps_sound: fisheye.keeps_audio })
    }

    fn decision(&self) -> DecisionSettings {
        let shipped = DecisionSettings::default();
        DecisionSettings {
            min_confidence: self.min_confidence.unwrap_or(shipped.min_confidence),
            pooling: self.doubt.unwrap_or(shipped.pooling),
            no_touch_prior: self.no_touch.share(),
            ..shipped
        }
    }
}
