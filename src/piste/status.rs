//! How a piste stands: a snapshot that is cheap to take and never waited for.

use super::{CameraStatus, JudgeEvent, RecorderStatus};
use apparatus::ApparatusState;
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide};
use std::path::PathBuf;
use std::sync::Arc;

/// Everything that the live screen shows besides the picture.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// What is going on.
    pub phase: Phase,
    /// The camera.
    pub camera: CameraStatus,
    /// The apparatus.
    pub apparatus: ApparatusState,
    /// The recorder.
    pub recorder: RecorderStatus,
    /// The lamps of the phrase: they stay lit until the next one begins.
    pub lamps: PerSide<Lamp>,
    /// Which fencers this machine's eyes see in the picture; `None` while they are closed.
    pub in_picture: Option<PerSide<bool>>,
    /// Pictures that they have looked at so far.
    pub looks: u64,
    /// Whether the engine is loaded; a finished sentence when it cannot be.
    pub engine: Option<Result<(), String>>,
    /// Longest time that the session loop was busy with one thing, in seconds.
    pub longest_step_secs: f64,
}

/// What a piste is doing.
#[derive(Clone, Debug, Default)]
pub enum Phase {
    /// Waiting for the phrase to begin.
    #[default]
    Ready,
    /// A phrase is being fenced.
    Recording {
        /// Since when, on the host clock.
        since: Timestamp,
    },
    /// The lamps lit, or halt was called: the last pictures come in.
    Ending,
    /// The verdict is being made.
    Judging {
        /// Message key of the stage.
        stage: &'static str,
        /// Share of the whole, 0..1.
        share: f32,
    },
    /// It is there; the next phrase can begin.
    Judged(Arc<JudgeEvent>),
    /// There is none; the phrase is on disk.
    Failed {
        /// A finished sentence with the remedy.
        text: String,
        /// The phrase, for judging it here.
        folder: PathBuf,
    },
}
