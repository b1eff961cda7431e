//! State of one camera: its counters while it is in use, the snapshot for others, and the sentences about problems.

use super::stamps::Stamper;
use super::{CameraControl, CameraFormat, PixelCoding};
use fencing::geometry::FrameSize;
use fencing::time::{HostClock, Timestamp};
use std::collections::VecDeque;

/// What a camera is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraPhase {
    /// Being opened for the first time.
    #[default]
    Opening,
    /// Delivering frames.
    Running,
    /// Open, but no frame arrived for a while.
    Stalled,
    /// Gone or refused; retried after a pause.
    Waiting,
    /// The clip ended, or the camera was stopped.
    Ended,
}

/// Snapshot of a camera's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CameraState {
    /// Its name.
    pub name: String,
    /// What it is doing.
    pub phase: CameraPhase,
    /// The delivered format, such as `1280x720@60 MJPEG`; empty before the first frame.
    pub format: String,
    /// Promised frames per second; `None` where nothing was promised.
    pub promised_fps: Option<u32>,
    /// Actual frame size.
    pub size: FrameSize,
    /// Frames per second over the last second; 0 when none arrived.
    pub measured_fps: f64,
    /// Seconds since the last frame arrived; `None` before the first.
    pub age_secs: Option<f64>,
    /// Frames that arrived since it was first opened, including damaged ones.
    pub arrived: u64,
    /// Frames that arrived and could not be used.
    pub damaged: u64,
    /// Frames dropped because a recorder's queue was full.
    pub lost: u64,
    /// Implausible timestamps that were replaced.
    pub repaired_times: u64,
    /// How often it was opened.
    pub openings: u64,
    /// What is wrong and how the program reacts, as a full sentence; `None` without a problem.
    pub trouble: Option<String>,
}

/// Frames per second over the last second.
#[derive(Debug, Default)]
pub(super) struct Rate {
    recent: VecDeque<Timestamp>,
}

/// More frames per second than any camera delivers.
const MAX_RECENT: usize = 2000;

impl Rate {
    /// Counts a frame taken at `at`.
    pub(super) fn count(&mut self, at: Timestamp) {
        self.recent.push_back(at);
        while self.recent.len() > MAX_RECENT || self.recent.front().is_some_and(|old| at.secs_since(*old) > 1.0) {
            self.recent.pop_front();
        }
    }

    /// Frame intervals per second.
    pub(super) fn per_sec(&self) -> f64 {
        let (Some(first), Some(last)) = (self.recent.front(), self.recent.back()) else { return 0.0 };
        let secs = last.secs_since(*first);
        if secs > 0.0 { (self.recent.len() - 1) as f64 / secs } else { 0.0 }
    }

    pub(super) fn forget(&mut self) {
        self.recent.clear();
    }
}

/// Text form of the delivered format.
pub(super) fn format_text(size: FrameSize, promised_fps: Option<u32>, coding: PixelCoding) -> String {
    let fps = promised_fps.map(|fps| format!("@{fps}")).unwrap_or_default();
    format!("{}x{}{fps} {}", size.width, size.height, coding.name())
}

/// Share of the promised frame rate below which a camera counts as slow.
const MIN_RATE_SHARE: f64 = 0.75;

/// Everything known about one camera.
pub(super) struct CameraStats {
    pub(super) name: String,
    /// Number of the current opening; frames of an abandoned one are discarded.
    pub(super) generation: u64,
    pub(super) openings: u64,
    pub(super) phase: CameraPhase,
    pub(super) promised: Option<CameraFormat>,
    pub(super) delivered: Option<(FrameSize, PixelCoding)>,
    pub(super) stamper: Stamper,
    pub(super) rate: Rate,
    pub(super) arrived: u64,
    pub(super) damaged: u64,
    /// Frames lost by recorders that have unsubscribed since.
    pub(super) lost_before: u64,
    pub(super) last_usable: Option<Timestamp>,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) frames_since_opening: u64,
    pub(super) trouble: Option<String>,
    pub(super) notice: Option<String>,
    /// Error of a control that could not be set.
    pub(super) refused: Option<String>,
    pub(super) controls: Vec<CameraControl>,
    pub(super) control_requests: Vec<ControlRequest>,
    pub(super) is_closed: bool,
}

/// A requested control value; kept, so that it is set again after the camera was reopened.
pub(super) struct ControlRequest {
    pub(super) control: String,
    pub(super) value: f64,
    pub(super) is_applied: bool,
}

impl CameraStats {
    pub(super) fn new(name: String, clock: HostClock) -> Self {
        Self {
            name,
            generation: 0,
            openings: 0,
            phase: CameraPhase::Opening,
            promised: None,
            delivered: None,
            stamper: Stamper::new(clock),
            rate: Rate::default(),
            arrived: 0,
            damaged: 0,
            lost_before: 0,
            last_usable: None,
            opened_at: None,
            frames_since_opening: 0,
            trouble: None,
            notice: None,
            refused: None,
            controls: Vec::new(),
            control_requests: Vec::new(),
            is_closed: false,
        }
    }

    /// Counts a usable frame.
    pub(super) fn count_frame(&mut self, at: Timestamp, arrived: Timestamp, size: FrameSize, coding: PixelCoding) {
        self.rate.count(at);
        self.last_usable = Some(arrived);
        self.frames_since_opening += 1;
        self.phase = CameraPhase::Running;
        let before = self.delivered.replace((size, coding));
        if before == Some((size, coding)) {
            return;
        }
        let promised = self.promised.map(|promised| (promised.size, promised.coding));
        let name = &self.name;
        let words = |(size, coding)| format_text(size, None, coding);
        self.notice = match (before, promised) {
            (Some(before), _) => {
                let now = words((size, coding));
                Some(format!(
                    "{name} changed its format from {} to {now} on its own; choose its format again",
                    words(before)
                ))
            }
            (None, Some(promised)) if promised != (size, coding) => {
                let (promised, now) = (words(promised), words((size, coding)));
                Some(format!("{name} promised {promised} and sends {now}; choose another format if that is not wanted"))
            }
            (None, _) => None,
        };
    }

    pub(super) fn state(&self, now: Timestamp, noticed_secs: f64, lost: u64) -> CameraState {
        let age_secs = self.last_usable.map(|last| now.secs_since(last).max(0.0));
        let is_silent = self.phase == CameraPhase::Running && age_secs.is_some_and(|age| age > noticed_secs);
        let phase = if is_silent { CameraPhase::Stalled } else { self.phase };
        let measured_fps = if age_secs.is_some_and(|age| age < 1.0) { self.rate.per_sec() } else { 0.0 };
        let fps = self.promised.map(|promised| promised.fps);
        let size = self.delivered.map_or_else(FrameSize::default, |(size, _)| size);
        CameraState {
            name: self.name.clone(),
            phase,
            format: self.delivered.map(|(size, coding)| format_text(size, fps, coding)).unwrap_or_default(),
            promised_fps: fps,
            size,
            measured_fps,
            age_secs,
            arrived: self.arrived,
            damaged: self.damaged,
            lost: self.lost_before + lost,
            repaired_times: self.stamper.repaired(),
            openings: self.openings,
            trouble: self.trouble_text(phase, age_secs.unwrap_or_default(), measured_fps),
        }
    }

    fn trouble_text(&self, phase: CameraPhase, age_secs: f64, fps: f64) -> Option<String> {
        let silence_text = || {
            format!("no frames from {} for {age_secs:.0} s; check its cable, it is reopened automatically", self.name)
        };
        let stalled = (phase == CameraPhase::Stalled).then(silence_text);
        self.trouble
            .clone()
            .or(stalled)
            .or_else(|| self.refused.clone())
            .or_else(|| self.notice.clone())
            .or_else(|| self.slow(fps))
    }

    /// Sentence for a camera that is slower than promised, as cheap ones are in the dark.
    fn slow(&self, fps: f64) -> Option<String> {
        let promised = f64::from(self.promised?.fps);
        let is_slow = self.frames_since_opening > 2 * promised as u64 && fps > 0.0 && fps < MIN_RATE_SHARE * promised;
        let name = &self.name;
        is_slow.then(|| {
            format!("{name} sends fewer than the {promised:.0} frames per second it promised; give it more light, or a shorter exposure")
        })
    }
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
