//! The one front door: frames and signals in, a [`Judgement`] out.
//!
//! [`Engine::load`] once per process; [`Engine::begin_phrase`] gives a [`PhraseAnalyzer`], which borrows the models for each
//! look; who needs it in the background wraps that in a [`PhraseWorker`]. Beside a piste, where a phrase begins in the past,
//! [`Engine::open_eyes`] gives a [`StandingWatch`] that has already looked, in the background a [`StandingWorker`];
//! where the lamps alone decide, [`judge_by_lamps`] asks nobody. Nothing here reads a file after loading, knows a
//! socket or a window.

mod analyzer;
mod bustle;
mod by_lamps;
mod cautions;
mod conclude;
mod error;
mod judgement;
mod queue;
mod seen;
mod setup;
mod standing;
mod standing_worker;
mod watch;
mod worker;

pub use analyzer::{FrameObservation, PhraseAnalyzer};
pub use bustle::Bustle;
pub use by_lamps::judge_by_lamps;
pub use error::EngineError;
pub use judgement::{Caution, Completeness, Judgement};
pub use seen::SeenPhrase;
pub use setup::{EngineConfig, PhraseSetup};
pub use standing::StandingWatch;
pub use standing_worker::StandingWorker;
pub use watch::PhraseZero;
pub use worker::{DEFAULT_QUEUE_BYTES, Offered, PhraseWorker, WorkerEvent};

// What an `EngineConfig` and a `Judgement` are made of, so that their users need this room alone.
pub use crate::inference::{Backend, BackendChoice, LibraryPlaces};
pub use crate::lens::LensSettings;
pub use crate::pose::{PoseConfig, PoseError, PoseModel, models_dir};
pub use fencing::right_of_way::{DecisionSettings, NoTouchPrior, Pooling};

use crate::inference::Runtime;
use crate::pose::{PoseModels, PoseSource};
use fencing::learned::Models;
use seen::Heard;
use std::sync::Arc;
use watch::Watch;

/// Loaded once per process; cheap to clone and share. Owns models and settings, holds no phrase.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    runtime: Runtime,
    pose: PoseModels,
    lens: LensSettings,
    decision: DecisionSettings,
    learned: Arc<Models>,
}

impl Engine {
    /// Starts the inference library and loads every model, so that nothing is loaded when the lamps light.
    pub fn load(config: &EngineConfig) -> Result<Self, EngineError> {
        let runtime = Runtime::start(&config.backend)?;
        let pose = PoseModels::load(&runtime, &config.pose)?;
        let learned = match &config.call_models {
            Some(folder) => Models::load(folder)?,
            None => Models::embedded()?,
        };
        let shared = Shared { runtime, pose, lens: config.lens, decision: config.decision, learned: Arc::new(learned) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The inference library in use.
    pub fn backend(&self) -> &Backend {
        self.shared.runtime.backend()
    }

    /// Loads and runs once whatever may be needed later, so that no phrase has to wait for it. Takes seconds.
    pub fn warm_up(&self) -> Result<(), EngineError> {
        Ok(self.shared.pose.warm_up()?)
    }

    /// Begins a phrase. It holds no model: any number may be open, and those that look at the same moment share.
    pub fn begin_phrase(&self, setup: PhraseSetup) -> PhraseAnalyzer {
        self.begin_phrase_with(setup, Box::new(self.shared.pose.estimator()))
    }

    /// Begins a phrase with other eyes than the loaded models: a recording of poses, or a fake in tests.
    pub fn begin_phrase_with(&self, setup: PhraseSetup, eyes: Box<dyn PoseSource + Send>) -> PhraseAnalyzer {
        PhraseAnalyzer::new(self.heard(setup), Watch::new(eyes, self.shared.lens))
    }

    /// Opens eyes that look before a phrase begins. They hold no model while they do not look.
    pub fn open_eyes(&self) -> StandingWatch {
        self.open_eyes_with(Box::new(self.shared.pose.estimator()))
    }

    /// The same with other eyes than the loaded models.
    pub fn open_eyes_with(&self, eyes: Box<dyn PoseSource + Send>) -> StandingWatch {
        StandingWatch::new(self.heard(PhraseSetup::default()), Watch::new(eyes, self.shared.lens))
    }

    fn heard(&self, setup: PhraseSetup) -> Heard {
        Heard::new(setup, self.shared.decision, Arc::clone(&self.shared.learned))
    }
}
