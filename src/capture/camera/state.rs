//! How a camera stands, as a snapshot in words and numbers.

use super::PixelCoding;
use fencing::geometry::PictureSize;
use fencing::time::Timestamp;
use std::collections::VecDeque;

/// What a camera is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraPhase {
    /// It is being opened for the first time.
    #[default]
    Opening,
    /// Pictures come.
    Running,
    /// It is open, but no picture came for a while.
    Stalled,
    /// It is gone or refused; it is tried again after a pause.
    Waiting,
    /// The clip has ended, or the camera was stopped.
    Ended,
}

/// A camera's state. Cheap to take at any time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CameraState {
    /// Its name.
    pub name: String,
    /// What it is doing.
    pub phase: CameraPhase,
    /// The format that is delivered, such as `1280x720@60 MJPEG`; empty before the first picture.
    pub format: String,
    /// Pictures per second that it promised; `None` where it promises nothing.
    pub promised_fps: Option<u32>,
    /// True size of the pictures.
    pub size: PictureSize,
    /// Pictures per second over the last second; 0 when none came.
    pub measured_fps: f64,
    /// Seconds since the last picture arrived; `None` before the first.
    pub age_secs: Option<f64>,
    /// Pictures that arrived since it was first opened, damaged ones included.
    pub arrived: u64,
    /// Pictures that arrived and could not be used.
    pub damaged: u64,
    /// Pictures that a recorder had no room for.
    pub lost: u64,
    /// Times of pictures that could not be believed and were replaced.
    pub repaired_times: u64,
    /// How often it was opened.
    pub openings: u64,
    /// What is wrong and what is being done about it, as a finished sentence; `None` while all is well.
    pub trouble: Option<String>,
}

/// Pictures per second over the last second.
#[derive(Debug, Default)]
pub(super) struct Rate {
    recent: VecDeque<Timestamp>,
}

/// More pictures per second than any camera gives.
const MOST_RECENT: usize = 2000;

impl Rate {
    /// Counts a picture that was taken at `at`.
    pub(super) fn count(&mut self, at: Timestamp) {
        self.recent.push_back(at);
        while self.recent.len() > MOST_RECENT || self.recent.front().is_some_and(|old| at.secs_since(*old) > 1.0) {
            self.recent.pop_front();
        }
    }

    /// Intervals per second among those counted.
    pub(super) fn per_sec(&self) -> f64 {
        let (Some(first), Some(last)) = (self.recent.front(), self.recent.back()) else { return 0.0 };
        let secs = last.secs_since(*first);
        if secs > 0.0 { (self.recent.len() - 1) as f64 / secs } else { 0.0 }
    }

    pub(super) fn forget(&mut self) {
        self.recent.clear();
    }
}

/// The delivered format in words.
pub(super) fn in_words(size: PictureSize, promised_fps: Option<u32>, coding: PixelCoding) -> String {
    let fps = promised_fps.map(|fps| format!("@{fps}")).unwrap_or_default();
    format!("{}x{}{fps} {}", size.width, size.height, coding.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_second() {
        let mut rate = Rate::default();
        assert_eq!(rate.per_sec(), 0.0);
        (0..100).for_each(|i| rate.count(Timestamp::from_secs(f64::from(i) / 25.0)));
        (1..=60).for_each(|i| rate.count(Timestamp::from_secs(3.96 + f64::from(i) / 60.0)));
        assert!((rate.per_sec() - 60.0).abs() < 0.01, "{}", rate.per_sec());
    }
}
