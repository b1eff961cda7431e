//! The first thread of a phrase: order, time, which frames to look at, decoding.

use super::decode::{DecodeError, Picture, decode};
use super::frame_clock::{FRAMES_TO_DECIDE, FrameClock, Stamp};
use super::lag::Lag;
use super::looking::{Conclusion, Step};
use super::pace::Pace;
use super::sequencer::Sequencer;
use super::worker::QueuedFrame;
use fencing::geometry::PictureSize;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Instant;
use vision::engine::{Caution, PhraseEnding, PhraseSignals};
use vision::video::{ANALYSED_WIDTH, Frame, limit_width};

/// One phrase on its way to the eyes.
pub(super) struct Intake {
    eyes: SyncSender<Step>,
    fps: f64,
    announced: PictureSize,
    sequencer: Sequencer<QueuedFrame>,
    undecided: Vec<QueuedFrame>,
    clock: Option<FrameClock>,
    first_arrival: Option<Instant>,
    pace: Pace,
    lag: Arc<Lag>,
    undecodable: u64,
    first_failure: Option<DecodeError>,
    times: Vec<(i64, Timestamp)>,
    /// Whether the eyes still look.
    is_watched: bool,
}

impl Intake {
    /// A phrase without a frame. `fps` is above 0.
    pub(super) fn new(fps: f64, announced: PictureSize, lag: Arc<Lag>, eyes: SyncSender<Step>) -> Self {
        Self {
            eyes,
            fps,
            announced,
            sequencer: Sequencer::default(),
            undecided: Vec::new(),
            clock: None,
            first_arrival: None,
            pace: Pace::default(),
            lag,
            undecodable: 0,
            first_failure: None,
            times: Vec::new(),
            is_watched: true,
        }
    }

    /// Takes a frame as it comes and hands on all whose turn it is. Returns whether there is any use in more.
    ///
    /// Its lag is read here, before it waits for its place in the order or for the clock on purpose.
    pub(super) fn take(&mut self, mut frame: QueuedFrame) -> bool {
        frame.lag = frame.arrived.elapsed();
        for (_, frame) in self.sequencer.push(frame.stamp.number, frame) {
            self.in_order(frame);
        }
        self.is_watched
    }

    /// Hands on what still waits and asks for the verdict by the signals. `unanalysed` frames of the phrase were never handed
    /// in; `progress` hears how far it is, 0..1.
    pub(super) fn conclude(
        mut self,
        (signals, unanalysed): (PhraseSignals, u64),
        asked: Instant,
        progress: impl Fn(f64),
    ) {
        let waiting: Vec<_> = self.sequencer.flush().into_iter().map(|(_, frame)| frame).collect();
        let total = waiting.len().max(1) as f64;
        for (done, frame) in waiting.into_iter().enumerate() {
            self.in_order(frame);
            progress(done as f64 / total);
        }
        self.decide_clock();
        let skipped = self.pace.skipped() + self.sequencer.late();
        let undecodable = self.undecodable;
        let caution = Caution { key: "frames_undecodable", value: Some(undecodable as f64) };
        let conclusion = Conclusion {
            ending: PhraseEnding {
                signals,
                end: self.times.last().map_or(Timestamp::ZERO, |(_, at)| *at),
                skipped: skipped + undecodable + unanalysed,
                cautions: Vec::from_iter((undecodable > 0).then_some(caution)),
            },
            asked,
            skipped,
            if_nothing_seen: self.nothing_seen(),
            times: std::mem::take(&mut self.times),
        };
        let _eyes_are_gone = self.eyes.send(Step::Conclude(Box::new(conclusion)));
    }

    fn in_order(&mut self, frame: QueuedFrame) {
        if self.clock.is_some() {
            return self.hand_on(&frame);
        }
        self.undecided.push(frame);
        if self.undecided.len() >= FRAMES_TO_DECIDE {
            self.decide_clock();
        }
    }

    /// Settles whom to believe about time, and hands on the frames that waited for that.
    fn decide_clock(&mut self) {
        let frames = std::mem::take(&mut self.undecided);
        if frames.is_empty() {
            return;
        }
        let stamps: Vec<Stamp> = frames.iter().map(|frame| frame.stamp).collect();
        self.clock = Some(FrameClock::decide(self.fps, &stamps));
        for frame in &frames {
            self.hand_on(frame);
        }
    }

    fn hand_on(&mut self, frame: &QueuedFrame) {
        let Some(clock) = &mut self.clock else { return };
        let at = clock.time_of(frame.stamp);
        self.times.push((frame.stamp.number, at));
        let first = *self.first_arrival.get_or_insert(frame.arrived);
        self.pace.observe(at, frame.arrived.saturating_duration_since(first));
        if let Some(lag) = self.pace.telling(frame.lag) {
            self.lag.observe(lag);
        }
        if !self.is_watched || !self.pace.takes(frame.lag) {
            return;
        }
        match decode(&frame.encoding, &frame.payload, self.announced) {
            Ok(picture) => self.show(at, picture),
            Err(error) => self.note_undecodable(frame.stamp.number, error),
        }
    }

    /// Shows the frame that was timed last. Its place is that in the video that is filed: a number that no frame came for
    /// takes none, as at the reference.
    fn show(&mut self, at: Timestamp, picture: Picture) {
        let index = FrameIndex(self.times.len().saturating_sub(1) as u64);
        // As wide as a clip is read, so that both are seen alike.
        let Ok((size, rgb)) = limit_width(picture.rgb, picture.size, ANALYSED_WIDTH) else { return };
        // Keypoints are reported in the size that the session declared, so a camera that switched size changes nothing.
        let Some(frame) = Frame::from_rgb(at, index, size, self.announced, rgb) else { return };
        self.is_watched = self.eyes.send(Step::Show(frame)).is_ok();
    }

    fn note_undecodable(&mut self, number: i64, error: DecodeError) {
        tracing::warn!(frame = number, %error, "a frame could not be decoded");
        self.undecodable += 1;
        self.first_failure.get_or_insert(error);
    }

    fn nothing_seen(&self) -> String {
        match &self.first_failure {
            Some(error) => format!("none of the frames could be decoded: {error}"),
            None if self.pace.skipped() + self.sequencer.late() > 0 => "no frame could be analysed".to_owned(),
            None => "No frames to write".to_owned(),
        }
    }
}
