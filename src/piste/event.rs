//! What a piste tells: a bounded stream of things that happened, in order.

use super::JudgeEvent;
use apparatus::ApparatusEvent;
use fencing::{Side, SignalLog, Weapon};
use std::path::PathBuf;
use std::sync::Arc;
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
    /// A verdict about a phrase, provisional or final, often before the phrase is recorded; or why there is none.
    Judge(Arc<JudgeEvent>),
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
