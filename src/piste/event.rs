//! What a piste tells: a bounded stream of things that happened, in order.

use apparatus::ApparatusEvent;
use fencing::time::Timestamp;
use fencing::{Call, PerSide, Side, SignalLog, Weapon};
use std::path::PathBuf;
use std::sync::Arc;
use vision::engine::Judgement;
use vision::video::Reel;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A phrase began.
    Started,
    /// The first lamp of a phrase lit up.
    Touch(Side),
    /// The phrase was called off.
    Cancelled,
    /// A phrase is on disk and in memory.
    Recorded(Arc<RecordedPhrase>),
    /// It is judged, at once or for good; often before it is recorded.
    Judged(Arc<Ruling>),
    /// It could not be judged; it is on disk.
    JudgeFailed {
        /// A finished sentence with the remedy.
        text: String,
        /// The phrase.
        folder: PathBuf,
    },
    /// The apparatus said something beyond the phrase: clock, score, cards, names, priority.
    Apparatus(Box<ApparatusEvent>),
    /// Phrases of an earlier run that was cut off were made whole again.
    Recovered(Vec<PathBuf>),
    /// Anything that went wrong; a finished sentence with the remedy.
    Trouble(String),
}

/// A phrase that was recorded.
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
    /// Its pictures in memory, for the instant replay; times on the clip's clock.
    pub reel: Arc<Reel>,
    /// Its signals on the clip's clock.
    pub signals: SignalLog,
    /// The weapon.
    pub weapon: Weapon,
}

/// Who judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulingOrigin {
    /// This machine, while the phrase was fenced.
    Live,
    /// This machine, from the recording.
    Recording,
    /// A server, named by its address.
    Server(String),
}

/// Whether a verdict will be followed by a better founded one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It stands.
    #[default]
    Final,
    /// Made the moment no light could come any more; of one light, before anybody looked at a picture of it. The pictures of the post-roll are still looked at for the lamps in them,
    /// which can set the touch right; the verdict that stands follows a moment later.
    AtOnce,
    /// The analysis could not keep up with the camera: the recording is being judged, and that verdict counts.
    Provisional,
}

/// A verdict about a recorded phrase, wherever it was made.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// The phrase; empty while the recorder has not begun to write it.
    pub folder: PathBuf,
    /// Whether it stands.
    pub standing: Standing,
    /// Whether no later phrase had begun when it was told.
    pub is_current: bool,
    /// Who judged.
    pub origin: RulingOrigin,
    /// The call.
    pub call: Call,
    /// How sure, 0..1; `None` when a server did not say.
    pub confidence: Option<f64>,
    /// The reasons as a server worded them; empty for our own, which are worded from `judgement`.
    pub words: String,
    /// The lamps that counted.
    pub lamps: PerSide<bool>,
    /// Everything that our own engine knows; `None` for a server's verdict.
    pub judgement: Option<Arc<Judgement>>,
    /// Seconds from the moment at which all that counts had happened (the lockout was over, halt was called) to this verdict.
    pub delay_secs: f64,
    /// The touch, on the clip's clock.
    pub touch: Option<Timestamp>,
}
