//! Free disk space, and the sentences about a disk that is full or refuses.

use super::settings::RecorderSettings;
use recording::FolderError;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often the free space is queried.
const EVERY: Duration = Duration::from_secs(2);

/// Latest figure of the free space.
#[derive(Debug, Default)]
pub(super) struct FreeSpace {
    asked: Option<Instant>,
    free: Option<u64>,
    warning: Option<String>,
}

impl FreeSpace {
    pub(super) fn is_due(&self) -> bool {
        self.asked.is_none_or(|asked| asked.elapsed() >= EVERY)
    }

    /// Takes a new figure; returns the warning when it is new.
    pub(super) fn watch(&mut self, free: Option<u64>, settings: &RecorderSettings) -> Option<String> {
        (self.asked, self.free) = (Some(Instant::now()), free);
        let low = free.filter(|free| *free < settings.warn_free_bytes);
        let was_low = self.warning.is_some();
        self.warning = low.map(|free| {
            let gigabytes = free as f64 / 1e9;
            let place = settings.recordings.display();
            format!("only {gigabytes:.1} GB are free for recordings; free some space or choose another folder: {place}")
        });
        self.warning.clone().filter(|_| !was_low)
    }

    pub(super) fn free_bytes(&self) -> Option<u64> {
        self.free
    }

    pub(super) fn warning(&self) -> Option<String> {
        self.warning.clone()
    }
}

/// Sentence for a refused write during a recording.
pub(super) fn refusal(error: &FolderError) -> String {
    format!("recording is paused and frames are kept in memory: {error}")
}

/// Sentence for a phrase that ended before the disk took all of it.
pub(super) fn incomplete(error: Option<&FolderError>, unwritten: u64, folder: &Path) -> String {
    let why = error.map_or_else(|| format!("the disk was too slow: {}", folder.display()), ToString::to_string);
    format!("the recording of the phrase is incomplete, {unwritten} frames could not be written: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_given_once_until_it_is_over() {
        let settings = RecorderSettings::for_folder("recordings".into());
        let mut space = FreeSpace::default();
        assert!(space.is_due());
        assert_eq!(space.watch(Some(3_000_000_000), &settings), None);
        assert!(space.watch(Some(1_100_000_000), &settings).unwrap().contains("only 1.1 GB"));
        assert_eq!(space.watch(Some(1_000_000_000), &settings), None);
        assert!(space.warning().unwrap().contains("only 1.0 GB"));
        assert_eq!(space.watch(None, &settings), None);
        assert_eq!((space.warning(), space.free_bytes()), (None, None));
        assert!(!space.is_due());
    }
}
