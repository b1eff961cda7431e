//! Settings of the recorder, already resolved.

use std::path::PathBuf;

/// Settings of the recorder.
#[derive(Clone, Debug, PartialEq)]
pub struct RecorderSettings {
    /// Folder in which every phrase gets a folder of its own.
    pub recordings: PathBuf,
    /// Seconds of the past kept in memory.
    pub memory_secs: f64,
    /// Most bytes of one camera's frames in memory, whatever the seconds: 60 s of 1080p60 fit into a gigabyte.
    pub memory_bytes: u64,
    /// Free bytes below which the recorder warns.
    pub warn_free_bytes: u64,
    /// Which old phrases are removed.
    pub pruning: Pruning,
}

impl RecorderSettings {
    /// A minute in memory, at most a gigabyte per camera; a warning below two gigabytes of free disk; no pruning.
    pub fn for_folder(recordings: PathBuf) -> Self {
        Self {
            recordings,
            memory_secs: 60.0,
            memory_bytes: 1_000_000_000,
            warn_free_bytes: 2_000_000_000,
            pruning: Pruning::Never,
        }
    }
}

/// Which old phrases are removed. None, unless the user asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Pruning {
    /// None.
    #[default]
    Never,
    /// Those older than that many days.
    OlderThanDays(u32),
    /// The oldest, while less than that many gigabytes (10^9 bytes) are free.
    KeepFreeGigabytes(f64),
    /// The oldest, beyond that many phrases.
    KeepNewest(u32),
}

/// One of the two cameras.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CameraRole {
    /// The camera that the judge uses. Its first frame is the zero of a phrase's clock.
    Main,
    /// The camera that is only recorded.
    Second,
}

impl CameraRole {
    /// Both cameras.
    pub const BOTH: [Self; 2] = [Self::Main, Self::Second];

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Main => 0,
            Self::Second => 1,
        }
    }
}
