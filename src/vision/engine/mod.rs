//! The one front door: frames and signals in, a [`Judgement`] out.
//!
//! [`Engine::load`] once per process; [`Engine::begin_phrase`] gives a [`PhraseAnalyzer`], which borrows the models for each
//! look. Beside a piste, where a phrase begins in the past, [`Engine::open_eyes`] gives a [`StandingWatch`] that has already
//! looked, in the background a [`StandingWorker`]. Both end in a [`SeenPhrase`], which takes the phrase's signals in one way
//! for every door: [`SeenPhrase::judge`]. Where the lamps alone decide, [`judge_by_lamps`] asks nobody. Nothing here reads
//! a file after loading, knows a socket or a window.

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
mod signals;
mod standing;
mod standing_worker;
mod watch;

pub use analyzer::{FrameObservation, PhraseAnalyzer, PhraseJudge};
pub use bustle::Bustle;
pub use by_lamps::judge_by_lamps;
pub use error::EngineError;
pub use judgement::{Caution, Completeness, Judgement};
pub use seen::SeenPhrase;
pub use setup::{EngineConfig, PhraseSetup};
pub use signals::{PhraseEnding, PhraseSignals, SignalClock};
pub use standing::StandingWatch;
pub use standing_worker::StandingWorker;
pub use watch::PhraseZero;

// What an `EngineConfig` and a `Judgement` are made of, so that their users need this room alone.
pub use crate::inference::{Backend, BackendChoice, LibraryPlaces};
pub use crate::lens::LensSettings;
pub use crate::pose::{PoseConfig, PoseError, PoseModel, models_dir};
pub use fencing::right_of_way::{DecisionSettings, Pooling};

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
    /// Where poses come from instead of the loaded models.
    pose_source: Option<Arc<PoseSourceOpener>>,
}

/// Opens a source of poses for one phrase.
type PoseSourceOpener = dyn Fn() -> Box<dyn PoseSource + Send> + Send + Sync;

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
            Some(folder) => Models::load(&runtime, folder)?,
            None => Models::embedded(&runtime)?,
        };
        let shared = Shared { runtime, pose, lens: config.lens, decision: config.decision, learned: Arc::new(learned) };
        Ok(Self { shared: Arc::new(shared), pose_source: None })
    }

    /// The inference library in use.
    pub fn backend(&self) -> &Backend {
        self.shared.runtime.backend()
    }

    /// Loads and runs once whatever may be needed later, so that no phrase has to wait for it. Takes seconds.
    pub fn warm_up(&self) -> Result<(), EngineError> {
        Ok(self.shared.pose.warm_up()?)
    }

    /// The same engine with other eyes than the loaded pose models: a recording of poses, or a fake where models would cost
    /// more than what is measured. `open` is called for every phrase.
    #[must_use]
    pub fn with_pose_source(&self, open: impl Fn() -> Box<dyn PoseSource + Send> + Send + Sync + 'static) -> Self {
        Self { shared: Arc::clone(&self.shared), pose_source: Some(Arc::new(open)) }
    }

    /// Begins a phrase. It holds no model: any number may be open, and those that look at the same moment share.
    pub fn begin_phrase(&self, setup: PhraseSetup) -> PhraseAnalyzer {
        PhraseAnalyzer::new(self.heard(setup), self.watch())
    }

    /// Opens eyes that look before a phrase begins. They hold no model while they do not look.
    pub fn open_eyes(&self) -> StandingWatch {
        StandingWatch::new(self.heard(PhraseSetup::default()), self.watch())
    }

    fn watch(&self) -> Watch {
        let poses = match &self.pose_source {
            Some(open) => open(),
            None => Box::new(self.shared.pose.estimator()),
        };
        Watch::new(poses, self.shared.lens)
    }

    fn heard(&self, setup: PhraseSetup) -> Heard {
        Heard::new(setup, self.shared.decision, Arc::clone(&self.shared.learned))
    }
}
