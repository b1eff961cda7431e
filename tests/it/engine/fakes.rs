//! An engine for tests, with a pose source that knows drawn fencers without a model.

use crate::support::in_project;
use fencing::{PerSide, Side, Weapon};
use lab::drawn::{DrawnPhrase, Script, Studio, demo_script};
use std::sync::OnceLock;
use vision::engine::{
    BackendChoice, DecisionSettings, Engine, EngineConfig, LensSettings, PhraseAnalyzer, PhraseEnding, PhraseSetup,
    PhraseSignals, PoseConfig, PoseError, RuntimePaths, SignalClock,
};
use vision::pose::{Keypoint, Person, Pose, PoseSource, Square};
use vision::video::{Frame, FrameSource};

/// The shipped models, loaded once for all tests of this module.
pub(crate) fn engine() -> &'static Engine {
    static LOADED: OnceLock<Engine> = OnceLock::new();
    LOADED.get_or_init(|| {
        let config = EngineConfig {
            backend: BackendChoice::Automatic(RuntimePaths::default()),
            pose: PoseConfig { parallel_phrases: 4, ..PoseConfig::new(in_project("models")) },
            call_models: None,
            lens: LensSettings::default(),
            decision: DecisionSettings::default(),
        };
        Engine::load(&config).expect("the shipped models load")
    })
}

/// The people in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cast {
    Both,
    LeftAlone,
    Nobody,
}

/// Eyes that know where the drawn joints are.
#[derive(Clone)]
pub(crate) struct TrueEyes {
    phrase: DrawnPhrase,
    cast: Cast,
}

impl TrueEyes {
    pub(crate) fn new(cast: Cast) -> Self {
        Self { phrase: small_phrase(), cast }
    }

    fn people(&self, frame: &Frame) -> Vec<Pose> {
        let joints: PerSide<Pose> = self.phrase.true_joints(frame.at);
        match self.cast {
            Cast::Both => Side::BOTH.map(|side| joints[side]).to_vec(),
            Cast::LeftAlone => vec![joints.left],
            Cast::Nobody => Vec::new(),
        }
    }
}

impl PoseSource for TrueEyes {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        let person = |pose: Pose| Some(Person { pose, bounds: pose.bounds(0.5)? });
        Ok(self.people(frame).into_iter().filter_map(person).collect())
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        let people = self.find_people(frame)?;
        let nobody = Pose { keypoints: [Keypoint::default(); 17], score: 0.0 };
        let nearest = |square: &Square| {
            let distance = |p: &&Person| p.bounds.centre().distance(square.centre());
            let inside = people.iter().filter(|p| square.contains(p.bounds.centre()));
            inside.min_by(|a, b| distance(a).total_cmp(&distance(b))).map_or(nobody, |p| p.pose)
        };
        Ok(squares.iter().map(nearest).collect())
    }
}

/// The demo phrase in a small picture that costs little to draw, up to just after both lamps.
pub(crate) fn small_phrase() -> DrawnPhrase {
    DrawnPhrase::new(small_script(), Studio::default().with_size(320, 180))
}

/// What happens in it.
pub(super) fn small_script() -> Script {
    demo_script().lasting(3.8)
}

/// Its frames.
pub(super) fn small_frames() -> Vec<Frame> {
    let mut phrase = small_phrase();
    std::iter::from_fn(|| phrase.next_frame().unwrap_or_default()).collect()
}

/// A sabre phrase analysed with the true poses.
pub(super) fn watched_by(eyes: impl PoseSource + Clone + Send + Sync + 'static) -> PhraseAnalyzer {
    engine_with(eyes).begin_phrase(PhraseSetup { weapon: Weapon::Sabre })
}

/// The engine with another pose source than the models.
pub(crate) fn engine_with(eyes: impl PoseSource + Clone + Send + Sync + 'static) -> Engine {
    engine().with_pose_source(move || Box::new(eyes.clone()))
}

/// What the box said of the small phrase, on the clock of its frames.
pub(super) fn small_ending(frames: &[Frame]) -> PhraseEnding {
    let clock = SignalClock::Apparatus { offset_uncertainty_secs: 0.0 };
    let end = frames.last().map(|frame| frame.at).unwrap_or_default();
    PhraseEnding::new(PhraseSignals::new(small_phrase().signal_log(), clock), end)
}
