//! The entry point of the vision crate: frames and signals in, a [`Judgement`] out.
//!
//! [`Engine::load`] once per process. For a clip or a stream, [`Engine::begin_phrase`] gives a [`PhraseAnalyzer`]. At a piste,
//! where a phrase begins in the past, [`Engine::continuous_analyzer`] gives a [`ContinuousAnalyzer`], which
//! [`AnalyzerThread`] runs on a thread. [`judge_by_lamps`] decides phrases without right of way. Reads no file after loading, and
//! knows no socket or window. [`Engine::correct_fencer`] replaces a wrong person in a phrase that was analysed.
//!
//! # One function for all sources
//!
//! A clip (`referee analyze`, the window, an upload, a recording judged by the piste), a phrase on `/stream` and a live phrase all
//! become an [`ObservedPhrase`], and its [`judge`](ObservedPhrase::judge) is the only function that takes signals. Its argument is a
//! [`PhraseEnding`]: the signals on the clock of their source, the last frame, the number of skipped frames, and the quality of the
//! source. It aligns the signals to the lamps in the frames, detects a touch outside the phrase, adds doubts and cautions, and makes
//! the call. The callers decide nothing of this, so one clip with one log has one judgement
//! (`tests/it/engine/one_judgement.rs`).

mod activity;
mod analyzer;
mod continuous;
mod error;
mod fencer;
mod frame_analyzer;
mod judgement;
mod lamps_only;
mod observed_phrase;
mod signals;
mod source;

pub use activity::Activity;
pub use analyzer::{FrameObservation, PhraseAnalyzer, PhraseJudge};
pub use continuous::{AnalyzerThread, ContinuousAnalyzer};
pub use error::EngineError;
pub use fencer::FencerError;
pub use frame_analyzer::PhraseZero;
pub use judgement::{Caution, Completeness, Judgement};
pub use lamps_only::{judge_by_lamps, may_be_annulled};
pub use observed_phrase::ObservedPhrase;
pub use signals::{PhraseEnding, PhraseSignals, SignalClock};
pub use source::SourceQuality;

// Parts of an `EngineConfig` and a `Judgement`, so that users need to import this module only.
pub use crate::inference::{Backend, BackendChoice, RuntimePaths};
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

/// Configuration of the engine.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// Which inference library, and where to search for it.
    pub backend: BackendChoice,
    /// Pose models, and for how many phrases at a time.
    pub pose: PoseConfig,
    /// Folder of call models as `referee train` writes them; `None` for the built-in ones.
    pub call_models: Option<PathBuf>,
    /// The camera's lens.
    pub lens: LensSettings,
    /// Thresholds of calls.
    pub decision: DecisionSettings,
}

/// Properties of one phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhraseSetup {
    /// The weapon.
    pub weapon: Weapon,
}

/// Loaded once per process; cheap to clone and share. Owns models and configuration, but no phrase.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<LoadedEngine>,
    /// Source of poses instead of the loaded models.
    pose_source: Option<Arc<PoseSourceOpener>>,
}

/// Opens a pose source for one phrase.
type PoseSourceOpener = dyn Fn() -> Box<dyn PoseSource + Send> + Send + Sync;

struct LoadedEngine {
    runtime: Runtime,
    pose: PoseModels,
    lens: LensSettings,
    decision: DecisionSettings,
    learned: Arc<Models>,
}

impl Engine {
    /// Starts the inference library and loads every model, so that nothing is loaded during a phrase.
    pub fn load(config: &EngineConfig) -> Result<Self, EngineError> {
        let runtime = Runtime::start(&config.backend)?;
        let pose = PoseModels::load(&runtime, &config.pose)?;
        let learned = match &config.call_models {
            Some(folder) => Models::load(folder)?,
            None => Models::embedded()?,
        };
        let shared =
            LoadedEngine { runtime, pose, lens: config.lens, decision: config.decision, learned: Arc::new(learned) };
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

    /// The same engine with another pose source instead of the loaded models: recorded poses, or a fake where inference would cost more
    /// than what is measured. `open` is called for every phrase.
    #[must_use]
    pub fn with_pose_source(&self, open: impl Fn() -> Box<dyn PoseSource + Send> + Send + Sync + 'static) -> Self {
        Self { shared: Arc::clone(&self.shared), pose_source: Some(Arc::new(open)) }
    }

    /// Begins a phrase. It holds no model between frames: any number of phrases may be open and share the models.
    pub fn begin_phrase(&self, setup: PhraseSetup) -> PhraseAnalyzer {
        PhraseAnalyzer::new(self.inputs(setup), self.frame_analyzer())
    }

    /// Begins an analysis that continues from phrase to phrase, as at a piste. It shares the models likewise.
    pub fn continuous_analyzer(&self) -> ContinuousAnalyzer {
        ContinuousAnalyzer::new(self.inputs(PhraseSetup::default()), self.frame_analyzer())
    }

    fn frame_analyzer(&self) -> FrameAnalyzer {
        FrameAnalyzer::new(self.pose_source(), self.shared.lens)
    }

    /// The pose source of one phrase.
    fn pose_source(&self) -> Box<dyn PoseSource + Send> {
        match &self.pose_source {
            Some(open) => open(),
            None => Box::new(self.shared.pose.estimator()),
        }
    }

    fn inputs(&self, setup: PhraseSetup) -> PhraseInputs {
        PhraseInputs::new(setup, self.shared.decision, Arc::clone(&self.shared.learned))
    }
}
