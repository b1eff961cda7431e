//! The front door of the vision crate: frames and signals in, a [`Judgement`] out.
//!
//! [`Engine::load`] once per process. For a clip or a stream, [`Engine::begin_phrase`] gives a [`PhraseAnalyzer`]. Beside a
//! piste, where a phrase begins in the past, [`Engine::continuous_analyzer`] gives a [`ContinuousAnalyzer`], which
//! [`AnalyzerThread`] runs on a thread. [`judge_by_lamps`] decides where no right of way is needed. Nothing here reads a file
//! after loading, knows a socket or a window.
//!
//! # One function for all doors
//!
//! A clip (`referee analyze`, the window, an upload, a recording that the piste judges), a phrase on `/stream` and a live phrase all
//! become an [`ObservedPhrase`], and its [`judge`](ObservedPhrase::judge) is the only function that takes signals. It is handed a
//! [`PhraseEnding`]: the signals on the clock of whoever reported them, the last frame, the frames that were left out, and what
//! the source knows of its own quality. There signals are aligned to the lamps that the frames show, a touch outside the phrase is
//! found, doubts and cautions are added, and the call is made. A door decides nothing of this by itself, so one clip with one log has
//! one judgement (`tests/it/engine/one_judgement.rs`).

mod activity;
mod analyzer;
mod continuous;
mod error;
mod frame_analyzer;
mod judge;
mod judgement;
mod observed_phrase;
mod queue;
mod signals;
mod source;

pub use activity::Activity;
pub use analyzer::{FrameObservation, PhraseAnalyzer, PhraseJudge};
pub use continuous::{AnalyzerThread, ContinuousAnalyzer};
pub use error::EngineError;
pub use frame_analyzer::PhraseZero;
pub use judge::judge_by_lamps;
pub use judgement::{Caution, Completeness, Judgement};
pub use observed_phrase::ObservedPhrase;
pub use signals::{PhraseEnding, PhraseSignals, SignalClock};
pub use source::SourceQuality;

// What an `EngineConfig` and a `Judgement` are made of, so that their users need this room alone.
pub use crate::inference::{Backend, BackendChoice, LibraryPlaces};
pub use crate::lens::LensSettings;
pub use crate::pose::{PoseConfig, PoseError, PoseModel, models_dir};
pub use fencing::right_of_way::{DecisionSettings, NoTouchPrior, Pooling};

use crate::inference::Runtime;
use crate::pose::{PoseModels, PoseSource};
use fencing::Weapon;
use fencing::learned::Models;
use frame_analyzer::FrameAnalyzer;
use observed_phrase::PhraseInputs;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything that is loaded once per process.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Which inference library, and where to look for it.
    pub backend: BackendChoice,
    /// Pose models, and for how many phrases at a time.
    pub pose: PoseConfig,
    /// Folder of call models as `referee train` leaves them; `None` means those that are compiled in.
    pub call_models: Option<PathBuf>,
    /// The camera's lens.
    pub lens: LensSettings,
    /// When a call is made and when it is too close.
    pub decision: DecisionSettings,
}

/// What one phrase is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhraseSetup {
    /// The weapon.
    pub weapon: Weapon,
}

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
            Some(folder) => Models::load(folder)?,
            None => Models::embedded()?,
        };
        let shared = Shared { runtime, pose, lens: config.lens, decision: config.decision, learned: Arc::new(learned) };
        Ok(Self { shared: Arc::new(shared), pose_source: None })
    }

    /// The inference library in use.
    pub fn backend(&self) -> &Backend {
        self.shared.runtime.backend()
    }

    /// Loads and runs every model once, so that no phrase has to wait for it. Takes seconds.
    pub fn warm_up(&self) -> Result<(), EngineError> {
        Ok(self.shared.pose.warm_up()?)
    }

    /// The same engine with another source of poses than the loaded models: a recording of poses, or a fake where inference
    /// would cost more than what is measured. `open` is called for every phrase.
    #[must_use]
    pub fn with_pose_source(&self, open: impl Fn() -> Box<dyn PoseSource + Send> + Send + Sync + 'static) -> Self {
        Self { shared: Arc::clone(&self.shared), pose_source: Some(Arc::new(open)) }
    }

    /// Begins a phrase. It holds no model while it does not analyse a frame: any number may be open and share the models.
    pub fn begin_phrase(&self, setup: PhraseSetup) -> PhraseAnalyzer {
        PhraseAnalyzer::new(self.inputs(setup), self.frame_analyzer())
    }

    /// Begins an analysis that goes on from phrase to phrase, as beside a piste. It shares the models likewise.
    pub fn continuous_analyzer(&self) -> ContinuousAnalyzer {
        ContinuousAnalyzer::new(self.inputs(PhraseSetup::default()), self.frame_analyzer())
    }

    fn frame_analyzer(&self) -> FrameAnalyzer {
        let poses = match &self.pose_source {
            Some(open) => open(),
            None => Box::new(self.shared.pose.estimator()),
        };
        FrameAnalyzer::new(poses, self.shared.lens)
    }

    fn inputs(&self, setup: PhraseSetup) -> PhraseInputs {
        PhraseInputs::new(setup, self.shared.decision, Arc::clone(&self.shared.learned))
    }
}
