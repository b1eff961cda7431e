//! Per-frame analysis: pose estimation, tracking and lamp detection, with the results of all frames since the last
//! [`FrameAnalyzer::forget_before`].

use super::observed_phrase::Observations;
use super::{EngineError, FrameObservation};
use crate::lamps::LampDetector;
use crate::lens::{Lens, LensSettings};
use crate::pose::{Keypoint, Pose, PoseSource};
use crate::tracking::{FencerTracker, TrackSample, Tracks};
use crate::video::Frame;
use fencing::SignalLog;
use fencing::geometry::{FrameSize, ImagePoint};
use fencing::time::{FrameIndex, Timestamp};

/// Pose source, tracker and lamp detector, with their results so far.
pub(super) struct FrameAnalyzer {
    poses: Box<dyn PoseSource + Send>,
    tracker: FencerTracker,
    lamps: LampDetector,
    lens_settings: LensSettings,
    lens: Option<Lens>,
    tracks: Tracks,
    /// The same after lens correction, computed per frame, because judging has no time for it.
    corrected: Tracks,
    /// Error of the first in the current run of rejected frames.
    refusal: Option<EngineError>,
}

/// Zero of a phrase's clock, and the index of the phrase's first frame in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhraseZero {
    /// On the clock of the frames.
    pub at: Timestamp,
    /// Index of that frame.
    pub frame: FrameIndex,
}

impl FrameAnalyzer {
    pub(super) fn new(poses: Box<dyn PoseSource + Send>, lens_settings: LensSettings) -> Self {
        Self {
            poses,
            tracker: FencerTracker::new(),
            lamps: LampDetector::new(),
            lens_settings,
            lens: None,
            tracks: Tracks::default(),
            corrected: Tracks::default(),
            refusal: None,
        }
    }

    /// Analyses one frame; returns the last observation when this one is not later. A frame that the models or the lens reject is
    /// skipped: it never ends the phrase.
    pub(super) fn analyse(&mut self, frame: &Frame) -> FrameOutcome {
        if let Some(last) = self.tracks.samples.last().filter(|last| frame.at <= last.at) {
            return FrameOutcome::OutOfOrder(FrameObservation { sample: *last, frame_size: self.tracks.frame_size });
        }
        match self.observe(frame) {
            Ok(observation) => {
                self.refusal = None;
                FrameOutcome::Analysed(observation)
            }
            Err(error) => {
                // One line per run of rejections: a failing model would log thirty lines a second.
                if self.refusal.is_none() {
                    tracing::warn!(frame = frame.index.0, %error, "a frame could not be analysed");
                    self.refusal = Some(error);
                }
                FrameOutcome::Refused
            }
        }
    }

    /// The error, when every frame was rejected.
    pub(super) fn take_refusal_of_all(&mut self) -> Option<EngineError> {
        if self.tracks.samples.is_empty() { self.refusal.take() } else { None }
    }

    fn observe(&mut self, frame: &Frame) -> Result<FrameObservation, EngineError> {
        self.prepare_lens(frame.source_size)?;
        let sample = self.tracker.observe(frame, self.poses.as_mut())?;
        self.lamps.observe(frame);
        self.tracks.frame_size = frame.source_size;
        self.tracks.samples.push(sample);
        self.corrected.frame_size = frame.source_size;
        self.corrected.samples.push(self.corrected(&sample));
        Ok(FrameObservation { sample, frame_size: frame.source_size })
    }

    /// Creates the lens for the frame size, which is known from the first frame on.
    fn prepare_lens(&mut self, size: FrameSize) -> Result<(), EngineError> {
        if self.lens.is_none() || self.tracks.frame_size != size {
            self.lens = Some(Lens::new(self.lens_settings, size)?);
        }
        Ok(())
    }

    /// A sample after lens correction.
    fn corrected(&self, sample: &TrackSample) -> TrackSample {
        self.lens.as_ref().map_or(*sample, |lens| lens_corrected(lens, sample))
    }

    /// Drops the results of all frames before `at`; tracking continues.
    pub(super) fn forget_before(&mut self, at: Timestamp) {
        let gone = self.tracks.samples.partition_point(|sample| sample.at < at);
        self.tracks.samples.drain(..gone);
        self.corrected.samples.drain(..gone);
        self.tracker.forget_before(at);
        self.lamps.forget_before(at);
    }

    /// Drops everything, tracks included.
    pub(super) fn reset(&mut self) {
        (self.tracker, self.lamps, self.lens) = (FencerTracker::new(), LampDetector::new(), None);
        (self.tracks, self.corrected) = (Tracks::default(), Tracks::default());
    }

    /// Both fencers in every analysed frame, in time order, in pixels before lens correction.
    pub(super) fn samples(&self) -> &[TrackSample] {
        &self.tracks.samples
    }

    /// The results of all frames.
    pub(super) fn into_observations(self) -> Observations {
        Observations {
            lamps: self.lamps_on(Timestamp::ZERO),
            diagnostics: self.tracker.diagnostics(),
            tracks: self.tracks,
            corrected: self.corrected,
        }
    }

    /// The results up to `until`, on a phrase's own clock.
    pub(super) fn observations_from(&self, zero: PhraseZero, until: Timestamp) -> Observations {
        Observations {
            lamps: self.lamps_on(zero.at),
            diagnostics: self.tracker.diagnostics_from(zero.at),
            tracks: shifted(&self.tracks, zero, until),
            corrected: shifted(&self.corrected, zero, until),
        }
    }

    /// Lamps detected so far.
    fn lamps_on(&self, zero: Timestamp) -> SignalLog {
        let mut seen = SignalLog::default();
        self.lamps.conclude().events.into_iter().for_each(|event| seen.push(event));
        seen.on_clock_from(zero)
    }
}

/// A sample after lens correction.
pub(super) fn lens_corrected(lens: &Lens, sample: &TrackSample) -> TrackSample {
    let straight =
        |pose: Pose| Pose { keypoints: pose.keypoints.map(|k| Keypoint { point: lens.correct(k.point), ..k }), ..pose };
    TrackSample { poses: sample.poses.map(|pose| pose.map(straight)), ..*sample }
}

/// Outcome of one frame.
pub(super) enum FrameOutcome {
    /// It was analysed.
    Analysed(FrameObservation),
    /// It is not later than the previous one, whose observation this is.
    OutOfOrder(FrameObservation),
    /// It could not be analysed.
    Refused,
}

impl FrameOutcome {
    /// The observation for display.
    pub(super) fn observation(self) -> Option<FrameObservation> {
        match self {
            Self::Analysed(observation) | Self::OutOfOrder(observation) => Some(observation),
            Self::Refused => None,
        }
    }
}

/// The samples on a phrase's own clock: its first frame is number 0, and camera motion counts from there.
fn shifted(tracks: &Tracks, zero: PhraseZero, until: Timestamp) -> Tracks {
    let first_shift = tracks.samples.first().map_or(ImagePoint::default(), |first| first.camera_shift);
    let on_phrase_clock = |sample: &TrackSample| TrackSample {
        at: Timestamp::from_nanos(sample.at.nanos().saturating_sub(zero.at.nanos())),
        frame: FrameIndex(sample.frame.0.saturating_sub(zero.frame.0)),
        camera_shift: ImagePoint::new(sample.camera_shift.x - first_shift.x, sample.camera_shift.y - first_shift.y),
        ..*sample
    };
    let samples = tracks.samples.iter().take_while(|sample| sample.at <= until).map(on_phrase_clock).collect();
    Tracks { frame_size: tracks.frame_size, samples }
}
