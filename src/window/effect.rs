//! The types between `update` and `services`: effects are work outside the model (files, threads, devices, the engine), events are
//! the results.

use crate::command::Export;
use crate::model::{Devices, Drawings, OpenClip, PathFor, Purpose, Settings, Sheet, Teaching, Trial};
use fencing::right_of_way::Verdict;
use fencing::time::{Span, Timestamp};
use fencing::wording::Language;
use fencing::{Call, PerSide, Side, Weapon};
use learning::Label;
use records::library::{Entry, EntryKind, ExportFormat, Finding, FoundResult, LibraryFolders, Probed};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::Judgement;
use vision::video::Reel;

/// Work outside the model. None of it blocks the window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Reads a clip into memory for the review.
    OpenClip(PathBuf),
    /// Opens a phrase that is in memory.
    ShowReel(SharedReel),
    /// Asks for a path with the system's dialog.
    AskForPath(PathFor),
    /// Reads a clip into memory beside the first one.
    OpenBeside(PathBuf),
    /// Judges the clip beside the first one.
    JudgeBeside(Box<JudgeRequest>),
    /// Closes the clip beside the first one.
    CloseBeside,
    /// Judges a clip.
    Judge(Box<JudgeRequest>),
    /// Makes a person in the picture a fencer, then judges again.
    CorrectFencer(Box<FencerRequest>),
    /// Takes the last such correction back.
    UndoFencer(Box<JudgeRequest>),
    /// Stops the judgement that runs.
    CancelJudging,
    /// Saves something made of the clip under review.
    Export(ExportRequest),
    /// Cancels the export.
    CancelExport,
    /// Writes the settings file.
    SaveSettings(Box<Settings>),
    /// Turns full screen on or off.
    SetFullScreen(Extent),
    /// A command for the live piste.
    Piste(piste::Command),
    /// Devices, sound, closing.
    Live(LiveEffect),
    /// Saves the bout.
    SaveBout(Box<Sheet>),
    /// Writes the referee's call into the notes of a clip.
    KeepCall(KeptCall),
    /// Work of the library.
    Library(LibraryEffect),
}

/// A phrase in memory. Compared by address; frames are never compared.
#[derive(Clone, Debug)]
pub(crate) struct SharedReel(pub Arc<Reel>);

impl PartialEq for SharedReel {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Devices, sound, closing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LiveEffect {
    /// Lists cameras, ports and microphones.
    ListDevices,
    /// Tests the connection to a server.
    TryServer(piste::ServerChoice),
    /// Listens on every serial port for a known box.
    FindBox,
    /// Draws priority by lot.
    DrawPriority,
    /// Plays a sound.
    Sound(SoundCue),
    /// Speaks a call.
    Say(Box<SpokenCall>),
    /// Tests the voice and reports the result.
    TryVoice,
    /// The window closes.
    CloseWindow,
}

/// A call to speak.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SpokenCall {
    /// The call.
    pub call: Call,
    /// Its basis; `None` when a server did not give it.
    pub verdict: Option<Verdict>,
    /// Whether another call of the same phrase was spoken before.
    pub corrects: bool,
}

/// A sound in the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SoundCue {
    /// "En garde. Prêts? Allez!"
    Begin,
    /// "Halte!"
    Halt,
    /// The buzzer begins.
    Buzz,
    /// The buzzer ends.
    Hush,
    /// A phrase begins: stops a call that is being spoken.
    Quiet,
}

/// Work of the library.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LibraryEffect {
    /// Scans for phrases; cancels the scan before.
    Look {
        /// Where.
        places: LibraryFolders,
        /// Number of the scan.
        number: u64,
    },
    /// Finds out which of the paths that were dropped are folders.
    SortOut(Vec<PathBuf>),
    /// Judges one phrase of the queue.
    Judge(Box<BatchRequest>),
    /// Stops the phrase of the queue that runs.
    StopJudging,
    /// Collects called phrases, and teaches the judge if that is their purpose.
    Teach(Box<TeachingRequest>),
    /// Stops that; an unfinished file is removed.
    StopTeaching,
    /// Saves a list.
    Export {
        /// How.
        format: ExportFormat,
        /// What.
        entries: Vec<Arc<Entry>>,
        /// Where to.
        path: PathBuf,
        /// What to do if the file exists.
        existing: Existing,
    },
}

/// The referee's call of a clip, to be kept with it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeptCall {
    /// The clip.
    pub clip: PathBuf,
    /// The call.
    pub call: Call,
    /// Whether the referee called before the machine's call was shown.
    pub first: bool,
}

/// What to do if the file exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Replace it: the system's dialog has asked.
    Replace,
    /// Keep it; the new file gets a number.
    Keep,
}

/// A phrase of the queue, with everything that its results depend on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BatchRequest {
    /// The clip.
    pub clip: PathBuf,
    /// How it lies: results of a recorded phrase go into its own folder, others into a fresh one.
    pub kind: EntryKind,
    /// Weapon.
    pub weapon: Weapon,
    /// The settings in force.
    pub settings: Settings,
}

/// Called phrases to collect.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TeachingRequest {
    /// The phrases with their labels, oldest first.
    pub phrases: Vec<(Arc<Entry>, Label)>,
    /// What for, and where to.
    pub purpose: Purpose,
    /// What to do if a file of records exists there.
    pub existing: Existing,
    /// The settings in force.
    pub settings: Settings,
}

/// One of the two clips of the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pane {
    /// The clip under review.
    First,
    /// The one beside it.
    Beside,
}

/// Mode of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// A normal window.
    Window,
    /// Full screen.
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
    /// Whether the frames are analysed again, even if their poses are kept.
    pub anew: bool,
}

/// A person in the picture who is a fencer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FencerRequest {
    /// The clip.
    pub judge: JudgeRequest,
    /// Which fencer.
    pub side: Side,
    /// Time of the frame.
    pub at: Timestamp,
    /// A point on the person, as shares of the picture's width and height.
    pub point: (f32, f32),
}

/// What to save, and where from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExportRequest {
    /// What.
    pub what: Export,
    /// The clip.
    pub clip: PathBuf,
    /// The verdict that is shown; a clip without overlay and a still need none.
    pub judgement: Option<Arc<Judgement>>,
    /// Seconds that judging took.
    pub processing_secs: f64,
    /// Lines and angles that go into stills and overlay clips.
    pub drawings: Drawings,
    /// The frame that is shown.
    pub at: Timestamp,
    /// The loop, when it runs: a clip is saved from its start to its end only.
    pub part: Option<Span>,
    /// The referee's own call, for the report.
    pub own_call: Option<Call>,
    /// Folder to write into; beside the clip when none is set.
    pub folder: Option<PathBuf>,
    /// Language of what is written.
    pub language: Language,
}

/// A result or event from outside the model.
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
    /// A path was chosen in the system's dialog, which has asked before it replaces a file.
    PathChosen(PathFor, PathBuf),
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
    /// This system has no file dialog: the path must be typed.
    NoDialog(PathFor),
    /// Progress of a judgement.
    JudgeProgress {
        /// Message key of the stage.
        stage: &'static str,
        /// Progress, 0..1.
        share: f32,
    },
    /// The phrase is judged.
    Judged {
        /// Its clip, which another may have replaced meanwhile.
        clip: PathBuf,
        /// The verdict and everything it rests on.
        judgement: Arc<Judgement>,
        /// How long it took.
        processing_secs: f64,
        /// How many corrections of fencers it rests on.
        corrections: usize,
    },
    /// A fencer could not be corrected: a message key, with a text after it where there is one. The verdict stays.
    FencerFailed(String),
    /// The phrase could not be judged; a finished sentence with the remedy.
    JudgeFailed(String),
    /// The judgement was cancelled.
    JudgeCancelled,
    /// Progress of an export, 0..1.
    ExportProgress(f32),
    /// The export was cancelled; no file was left behind.
    ExportCancelled,
    /// Something was saved there.
    Exported(PathBuf),
    /// Something could not be saved; a finished sentence.
    ExportFailed(String),
    /// An event of the live piste.
    Piste(Box<piste::Event>),
    /// Something beside the live piste.
    Live(LiveEvent),
    /// An event of the library's workers.
    Library(LibraryEvent),
    /// Another problem; a finished sentence.
    Trouble(String),
}

/// An event of devices, sound or closing.
#[derive(Clone, Debug)]
pub(crate) enum LiveEvent {
    /// Lists of cameras, ports and microphones.
    DevicesFound(Box<Devices>),
    /// Result of the server test.
    ServerTried(Trial),
    /// Result of the voice test.
    VoiceTried(Trial),
    /// A box was found, with its link and protocol; or none, with the reason.
    BoxFound(Result<(String, String), String>),
    /// Priority was drawn.
    PriorityDrawn(Side),
}

/// An event of the library's workers.
#[derive(Clone, Debug)]
pub(crate) enum LibraryEvent {
    /// Findings of a scan.
    Found {
        /// Number of the scan.
        number: u64,
        /// What, in order.
        findings: Vec<Finding>,
    },
    /// A scan is complete.
    Looked {
        /// Number of the scan.
        number: u64,
    },
    /// Dropped paths, separated.
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
        /// Its properties; the thumbnail is delivered separately.
        probed: Probed,
    },
    /// Progress of the phrase of the queue.
    BatchProgress {
        /// Its clip.
        clip: PathBuf,
        /// Message key of the stage.
        stage: &'static str,
        /// Progress, 0..1.
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
    /// How far teaching is.
    Teaching(Teaching),
}
