//! What the services tell the model: one enum, applied in one place, never from another thread's hands.

use super::effect::Pane;
use super::model::{Devices, OpenClip, Trial};
use fencing::Side;
use fencing::time::Timestamp;
use records::library::{Finding, FoundResult, Probed};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::Judgement;

/// Something that happened outside.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A clip is being read: share of it, 0..1.
    ClipLoading(f32),
    /// A clip is in memory.
    ClipOpened {
        /// The clip.
        clip: OpenClip,
        /// Time of every frame.
        times: Vec<Timestamp>,
    },
    /// A clip could not be read; a finished sentence.
    ClipFailed(String),
    /// A file was chosen in the dialog.
    FileChosen(Pane, PathBuf),
    /// The clip beside the first one is in memory.
    BesideOpened {
        /// The clip.
        clip: OpenClip,
        /// Time of every frame.
        times: Vec<Timestamp>,
    },
    /// The clip beside the first one is judged.
    BesideJudged(Arc<Judgement>),
    /// The dialog was closed without a choice.
    NothingChosen,
    /// This system has no file dialog.
    NoDialog,
    /// The judgement has come so far.
    JudgeProgress {
        /// Message key of the stage.
        stage: &'static str,
        /// Share of the whole, 0..1.
        share: f32,
    },
    /// The phrase is judged.
    Judged {
        /// The verdict and everything it rests on.
        judgement: Arc<Judgement>,
        /// How long it took.
        processing_secs: f64,
    },
    /// The phrase could not be judged; a finished sentence with the remedy.
    JudgeFailed(String),
    /// The judgement was given up.
    JudgeCancelled,
    /// An export has come so far: share of it, 0..1.
    ExportProgress(f32),
    /// The export was given up; nothing was left behind.
    ExportCancelled,
    /// Something was saved there.
    Exported(PathBuf),
    /// Something could not be saved; a finished sentence.
    ExportFailed(String),
    /// The live piste told something.
    Piste(Box<piste::Event>),
    /// Something beside the live piste.
    Live(LiveEvent),
    /// The library's workers told something.
    Library(LibraryEvent),
    /// Anything else that went wrong; a finished sentence.
    Trouble(String),
}

/// What is told beside the live piste.
#[derive(Clone, Debug)]
pub(crate) enum LiveEvent {
    /// Cameras, ports and microphones were looked for.
    DevicesFound(Box<Devices>),
    /// What a server answered.
    ServerTried(Trial),
    /// The voice was asked to say something.
    VoiceTried(Trial),
    /// A box was found, with its link and protocol; or none, with the reason.
    BoxFound(Result<(String, String), String>),
    /// A folder of recordings was chosen.
    RecordingsChosen(PathBuf),
    /// A clip was chosen that stands in for a camera.
    CameraClipChosen(PathBuf),
    /// Priority was drawn.
    PriorityDrawn(Side),
}

/// What the library's workers tell.
#[derive(Clone, Debug)]
pub(crate) enum LibraryEvent {
    /// A look found something.
    Found {
        /// Number of the look.
        number: u64,
        /// What, in order.
        findings: Vec<Finding>,
    },
    /// A look is complete.
    Looked {
        /// Number of the look.
        number: u64,
    },
    /// A folder was chosen in the dialog.
    FolderChosen(PathBuf),
    /// What was dropped, told apart.
    SortedOut {
        /// Files.
        clips: Vec<PathBuf>,
        /// Folders.
        folders: Vec<PathBuf>,
    },
    /// A clip was opened for its picture.
    Probed {
        /// The entry.
        path: PathBuf,
        /// What that told; its picture went another way.
        probed: Probed,
    },
    /// The phrase of the queue has come so far.
    BatchProgress {
        /// Its clip.
        clip: PathBuf,
        /// Message key of the stage.
        stage: &'static str,
        /// Share of it, 0..1.
        share: f32,
    },
    /// The phrase of the queue is judged and its results are on disk.
    BatchDone {
        /// Its clip.
        clip: PathBuf,
        /// The result that was written.
        result: Box<FoundResult>,
    },
    /// The phrase of the queue could not be judged, or its results could not be written; a finished sentence.
    BatchFailed {
        /// Its clip.
        clip: PathBuf,
        /// Why, with the remedy.
        text: String,
    },
    /// The phrase of the queue was stopped; nothing was left behind.
    BatchStopped {
        /// Its clip.
        clip: PathBuf,
    },
    /// The list was saved there.
    Exported(PathBuf),
}
