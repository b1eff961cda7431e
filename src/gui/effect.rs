//! Work that a command asks for and the model cannot do itself: files, threads, the engine. Carried out by `services`.

use super::command::Export;
use super::model::Settings;
use crate::fencing::{Call, PerSide, Weapon};
use crate::time::Timestamp;
use std::path::PathBuf;

/// One piece of work outside the model. None of them blocks the window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Reads a clip into memory for the review.
    OpenClip(PathBuf),
    /// Asks for a clip with the system's dialog.
    AskForClip,
    /// Judges a clip.
    Judge(JudgeRequest),
    /// Stops the judgement that runs.
    CancelJudging,
    /// Saves something made of the clip under review.
    Export(ExportRequest),
    /// Writes the settings file.
    SaveSettings(Box<Settings>),
    /// Window over the whole screen or not.
    SetFullScreen(Extent),
    /// Something for the live piste.
    Piste(crate::piste::Command),
    /// Something for the library's workers.
    Library(LibraryEffect),
}

/// Work of the library.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LibraryEffect {
    /// Looks for phrases in these folders.
    Scan(Vec<PathBuf>),
}

/// How much of the screen the window takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// A window among others.
    Window,
    /// All of it.
    Screen,
}

/// A clip to judge, with everything that the answer depends on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JudgeRequest {
    /// The clip.
    pub clip: PathBuf,
    /// Weapon.
    pub weapon: Weapon,
    /// Lamps and touch named by hand.
    pub touch_by_hand: Option<(Timestamp, PerSide<bool>)>,
    /// The settings in force.
    pub settings: Settings,
}

/// What to save, and where from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExportRequest {
    /// What.
    pub what: Export,
    /// The clip.
    pub clip: PathBuf,
    /// The frame that is shown.
    pub at: Timestamp,
    /// The referee's own call, for the report.
    pub own_call: Option<Call>,
    /// Folder to write into; beside the clip when none is set.
    pub folder: Option<PathBuf>,
    /// Language of what is written.
    pub language: String,
}
