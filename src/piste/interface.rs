//! The types that go in and out of a piste: commands, settings, events, status.

use super::{CameraStatus, JudgeEvent, RecorderStatus};
use apparatus::{ApparatusEvent, ApparatusSettings, ApparatusState};
use capture::camera::CameraChoice;
use capture::recorder::Pruning;
use fencing::time::Timestamp;
use fencing::wording::Language;
use fencing::{Lamp, PerSide, Side, SignalKind, SignalLog, Weapon};
use recording::PhraseNotes;
use settings::Secret;
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::Reel;

/// A command for the session. None of them blocks.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// "Allez!": a phrase begins now; its recording begins `pre_roll_secs` earlier.
    Start,
    /// "Halt!": the phrase ends after the post-roll and is judged. If no phrase is running, the last seconds in memory
    /// become one that ends now.
    Halt,
    /// Drops the running phrase without judging it and removes its files. If none is running, cancels the judging of the
    /// last phrase, which stays on disk.
    Cancel,
    /// A key press in place of a lamp or another signal of the box.
    Signal(SignalKind),
    /// Corrects the lamps of the last phrase by hand and judges it again.
    CorrectLamps(PerSide<Lamp>),
    /// Judges a phrase on this machine, whatever the settings: for when the server failed.
    JudgeHere(PathBuf),
    /// Stores notes about a phrase beside it.
    Annotate(PathBuf, Box<PhraseNotes>),
    /// Applies new settings; devices whose settings did not change are left alone.
    Set(Box<PisteSettings>),
}

/// Settings of a piste.
#[derive(Clone, Debug, PartialEq)]
pub struct PisteSettings {
    /// Weapon of the phrases.
    pub weapon: Weapon,
    /// The camera that phrases are judged from; `None` for a piste without video.
    pub camera: Option<CameraChoice>,
    /// A second camera, which is only recorded.
    pub second_camera: Option<CameraChoice>,
    /// Source of the touches.
    pub apparatus: ApparatusChoice,
    /// Who judges the phrases.
    pub judged_by: JudgedBy,
    /// Folder of the recordings; each phrase has a folder in it.
    pub recordings: PathBuf,
    /// Language of the artifacts.
    pub language: Language,
    /// Length of the recording before the start of the phrase, in seconds.
    pub pre_roll_secs: f64,
    /// Length of the recording after the lockout, in seconds.
    pub post_roll_secs: f64,
    /// Length of the recorder's memory, in seconds.
    pub memory_secs: f64,
    /// The microphone, by part of its name; empty for the system's default, `None` for no sound.
    pub microphone: Option<String>,
    /// Which old phrases may be deleted when the disk fills up.
    pub pruning: Pruning,
}

/// Source of the touches.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ApparatusChoice {
    /// Key presses.
    #[default]
    Keys,
    /// Lamps recognised in the video.
    Picture,
    /// A scoring box.
    Box(Box<ApparatusSettings>),
}

/// Who judges phrases.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum JudgedBy {
    /// This machine.
    #[default]
    Here,
    /// A server; this machine only on [`Command::JudgeHere`].
    Server(ServerChoice),
    /// Nobody: phrases are only recorded.
    Nobody,
}

/// A judging server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerChoice {
    /// `HOST[:PORT]` or a `ws://`, `wss://` address.
    pub address: String,
    /// Its access token, if it requires one.
    pub token: Option<Secret>,
}

/// An event of the session.
#[derive(Clone, Debug)]
pub enum Event {
    /// A phrase began.
    Started,
    /// The first lamp of a phrase was lit.
    Touch(Side),
    /// The phrase was cancelled.
    Cancelled,
    /// A phrase is on disk.
    Recorded(Arc<RecordedPhrase>),
    /// A verdict, provisional or final, often before the phrase is on disk; progress; or the reason why there is no verdict.
    Judge(Arc<JudgeEvent>),
    /// An apparatus event that is not part of a phrase: clock, score, cards, names, priority.
    Apparatus(Box<ApparatusEvent>),
    /// Phrases of an earlier run that ended abnormally were repaired.
    Recovered(Vec<PathBuf>),
    /// A problem; a finished sentence with the remedy.
    Trouble(String),
}

/// A recorded phrase.
#[derive(Clone, Debug)]
pub struct RecordedPhrase {
    /// Its folder.
    pub folder: PathBuf,
    /// The clip in it.
    pub clip: PathBuf,
    /// The second camera's clip, where there is one.
    pub second_clip: Option<PathBuf>,
    /// Its signal log.
    pub log: PathBuf,
    /// Its frames in memory, for the instant replay; times on the clip's clock.
    pub reel: Arc<Reel>,
    /// Its signals on the clip's clock.
    pub signals: SignalLog,
    /// The weapon.
    pub weapon: Weapon,
}

/// The state that the live screen shows.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// What the session is doing.
    pub phase: Phase,
    /// The main camera.
    pub camera: CameraStatus,
    /// The apparatus.
    pub apparatus: ApparatusState,
    /// The recorder.
    pub recorder: RecorderStatus,
    /// The lamps of the phrase; they stay lit until the next one begins.
    pub lamps: PerSide<Lamp>,
    /// Which fencers this machine's analyzer sees; `None` while it is closed or has no recent frame.
    pub in_frame: Option<PerSide<bool>>,
    /// Number of frames it has analysed.
    pub analysed_frames: u64,
    /// Whether the engine is loaded, or a finished sentence with the reason why not; `None` while it is loading.
    pub engine: Option<Result<(), String>>,
    /// Longest time that one step of the session loop took, in seconds.
    pub longest_step_secs: f64,
}

/// What the session is doing.
#[derive(Clone, Debug, Default)]
pub enum Phase {
    /// Waiting for the phrase to begin.
    #[default]
    Ready,
    /// A phrase is being fenced.
    Recording {
        /// Start of the phrase on the host clock.
        since: Timestamp,
    },
    /// The lamps were lit or halt was called; the last frames are being recorded.
    Ending,
    /// The phrase is being judged.
    Judging {
        /// Message key of the stage.
        stage: &'static str,
        /// Progress, 0..1.
        share: f32,
    },
    /// There is a verdict; the next phrase can begin.
    Judged(Arc<JudgeEvent>),
    /// There is no verdict; the phrase is on disk.
    Failed {
        /// A finished sentence with the remedy.
        text: String,
        /// Folder of the phrase, for [`Command::JudgeHere`].
        folder: PathBuf,
    },
}
