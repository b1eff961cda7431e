//! How the recorder stands, and what it tells.

use fencing::SignalLog;
use fencing::time::Timestamp;
use recording::SignalLogMeta;
use std::path::PathBuf;
use std::sync::Arc;
use vision::video::Reel;

/// How the recorder stands: a snapshot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecorderStatus {
    /// Seconds in memory, of the main camera.
    pub memory_secs: f64,
    /// Bytes in memory, of both cameras.
    pub memory_bytes: u64,
    /// Free bytes on the disk of the recordings; `None` where the system does not say.
    pub free_bytes: Option<u64>,
    /// Pictures that could not be recorded; 0 unless the disk failed or a camera sent no pictures but broken ones.
    pub lost: u64,
    /// Bytes written since the start.
    pub written_bytes: u64,
    /// What is wrong, a finished sentence with the remedy; `None` when all is well.
    pub trouble: Option<String>,
}

/// Something that happened, in order.
#[derive(Clone, Debug)]
pub enum RecorderEvent {
    /// Phrases of an earlier run that was cut off were made whole again.
    Recovered(Vec<RecoveredPhrase>),
    /// A phrase is on disk as far as it has got.
    Began {
        /// Its folder.
        folder: PathBuf,
        /// The zero of its clock (its first picture) on the host clock.
        zero: Timestamp,
    },
    /// A phrase is on disk, whole unless it says otherwise ([`SavedPhrase::cut_off`]).
    Saved(Arc<SavedPhrase>),
    /// A phrase could not be kept on disk; its pictures may still be had from memory.
    NotSaved {
        /// A finished sentence with the remedy.
        text: String,
        /// What of it is in memory; times on the host clock.
        reel: Arc<Reel>,
    },
    /// A phrase was called off; what was on disk is removed.
    Cancelled,
    /// Old phrases that the rule for pruning removed.
    Pruned(Vec<PathBuf>),
    /// Something went wrong; a finished sentence with the remedy. The recorder goes on.
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
    /// What the log says besides the signals.
    pub meta: SignalLogMeta,
    /// Its signals on the clip's clock.
    pub signals: SignalLog,
    /// The zero of the clip's clock on the host clock.
    pub zero: Timestamp,
    /// Pictures in the main clip.
    pub pictures: u64,
    /// Its length in seconds, from the first picture to the last.
    pub secs: f64,
    /// Pictures that could not be recorded.
    pub lost: u64,
    /// Why it is not whole, where the disk refused to the end: a finished sentence. The next start ends its clip properly.
    pub cut_off: Option<String>,
    /// Its pictures in memory; times on the clip's clock.
    pub reel: Arc<Reel>,
}

/// A phrase that was cut off and made whole again.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveredPhrase {
    /// Its folder.
    pub folder: PathBuf,
    /// The main camera's clip.
    pub clip: PathBuf,
    /// Pictures in it.
    pub pictures: u64,
    /// Its length in seconds, from the first picture to the last.
    pub secs: f64,
}
