//! What a recorder needs to know. Plain data, resolved already.

use std::path::PathBuf;

/// Everything that a recorder needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct RecorderSettings {
    /// Where phrases are recorded: one folder each.
    pub recordings: PathBuf,
    /// How much of the past is held in memory, in seconds.
    pub memory_secs: f64,
    /// Most bytes of one camera's pictures in memory, whatever the seconds: 60 s of 1080p60 fit into a gigabyte.
    pub memory_bytes: u64,
    /// Below so many free bytes the recorder warns.
    pub warn_free_bytes: u64,
    /// Which old phrases may go.
    pub pruning: Pruning,
}

impl RecorderSettings {
    /// A minute in memory, at most a gigabyte per camera; a warning below two gigabytes of free disk; nothing is pruned.
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

/// Which old phrases may be removed. Never anything without being told to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Pruning {
    /// None.
    #[default]
    Never,
    /// Those older than so many days.
    OlderThanDays(u32),
    /// The oldest, while less than so many gigabytes (10^9 bytes) are free.
    KeepFreeGigabytes(f64),
    /// The oldest, beyond so many.
    KeepNewest(u32),
}

/// Which of two cameras.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CameraSeat {
    /// The one that is judged by. Its first picture is the zero of a phrase's clock.
    Main,
    /// The one that is only recorded beside it.
    Second,
}

impl CameraSeat {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Main, Self::Second];

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Main => 0,
            Self::Second => 1,
        }
    }
}
