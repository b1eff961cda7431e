//! One clip from file to judgement to artifacts: what `analyze`, the window and an upload to the server all do.
//!
//! Joins the rooms that read files with the engine that reads none. The verdict is handed out first; artifacts are made
//! from it afterwards, so nobody waits for an overlay to learn who scored.

mod artifacts;
mod error;
mod judge_clip;
mod signals;
mod stills;

pub use artifacts::{ArtifactWishes, ArtifactsMade, StillsFrom, Wish, prepare_folder, write_artifacts};
pub use error::AnalysisError;
pub use judge_clip::{JudgedClip, Progress, Stage, judge_clip, judge_clip_with};
pub use signals::{ClipSignals, LoggedSignals, TouchByHand};
pub use stills::{STILL_WIDTH, deciding_stills};

use fencing::Weapon;
use std::path::PathBuf;
use vision::video::ClipOptions;

/// A clip to judge.
#[derive(Clone, Debug)]
pub struct ClipRequest {
    /// The video file.
    pub clip: PathBuf,
    /// Where its signals come from.
    pub signals: ClipSignals,
    /// The weapon.
    pub weapon: Weapon,
    /// Which part to read, and how large.
    pub options: ClipOptions,
}

impl ClipRequest {
    /// Name that results of this clip go by: the signal log's, as the reference does, otherwise the clip's.
    pub fn stem(&self) -> String {
        let named = match &self.signals {
            ClipSignals::Log { path, .. } => path,
            _ => &self.clip,
        };
        named.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}
