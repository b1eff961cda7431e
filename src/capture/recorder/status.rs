//! Status and events of the recorder.

use fencing::SignalLog;
use fencing::time::Timestamp;
use recording::SignalLogMeta;
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::Reel;

/// Snapshot of the recorder's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecorderStatus {
    /// Seconds in memory, of the main camera.
    pub memory_secs: f64,
    /// Bytes in memory, of both cameras.
    pub memory_bytes: u64,
    /// Free bytes on the disk of the recordings; `None` where the system does not tell.
    pub free_bytes: Option<u64>,
    /// Frames that could not be recorded; 0 unless the disk failed or a camera sent damaged frames only.
    pub lost: u64,
    /// Bytes written since the start.
    pub written_bytes: u64,
    /// What is wrong, as a full sentence with the remedy; `None` without a problem.
    pub trouble: Option<String>,
}

/// Events, in order.
#[derive(Clone, Debug)]
pub enum RecorderEvent {
    /// Phrases that a crash cut off in an earlier run were repaired.
    Recovered(Vec<RecoveredPhrase>),
    /// A phrase has begun and its folder exists.
    Began {
        /// Its folder.
        folder: PathBuf,
        /// The zero of its clock (its first frame) on the host clock.
        zero: Timestamp,
    },
    /// A phrase is on disk, complete unless [`SavedPhrase::cut_off`] states otherwise.
    Saved(Arc<SavedPhrase>),
    /// A phrase could not be stored on disk; its frames may still be in memory.
    NotSaved {
        /// A full sentence with the remedy.
        text: String,
        /// Its frames in memory; times on the host clock.
        reel: Arc<Reel>,
    },
    /// A phrase was cancelled and its files were removed.
    Cancelled,
    /// Old phrases removed by the pruning rule.
    Pruned(Vec<PathBuf>),
    /// A problem, as a full sentence with the remedy. The recorder goes on.
    Trouble(String),
}

/// A phrase on disk.
#[derive(Clone, Debug)]
pub struct SavedPhrase {
    /// Its folder.
    pub folder: PathBuf,
    /// The main camera's clip in it.
    pub clip: PathBuf,
    /// The second camera's clip, where there is one.
    pub second_clip: Option<PathBuf>,
    /// Its signal log.
    pub log: PathBuf,
    /// What the log contains besides the signals.
    pub meta: SignalLogMeta,
    /// Its signals on the clip's clock.
    pub signals: SignalLog,
    /// The zero of the clip's clock on the host clock.
    pub zero: Timestamp,
    /// Frames in the main clip.
    pub frames: u64,
    /// Seconds from the first frame to the last.
    pub secs: f64,
    /// Frames that could not be recorded.
    pub lost: u64,
    /// Why it is incomplete, where the disk refused to the end: a full sentence. The next start repairs the clip.
    pub cut_off: Option<String>,
    /// Its frames in memory; times on the clip's clock.
    pub reel: Arc<Reel>,
}

/// A phrase that was cut off and has been repaired.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveredPhrase {
    /// Its folder.
    pub folder: PathBuf,
    /// The main camera's clip.
    pub clip: PathBuf,
    /// Frames in it.
    pub frames: u64,
    /// Seconds from the first frame to the last.
    pub secs: f64,
}
