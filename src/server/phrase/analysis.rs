//! What the thread of a phrase does with its frames: order, time, decode, look; and in the end, decide.

use super::decode::{DecodeError, decode};
use super::frame_clock::{FRAMES_TO_DECIDE, FrameClock, Stamp};
use super::pace::Pace;
use super::sequencer::Sequencer;
use super::worker::{Concluded, PhraseEvent, QueuedFrame};
use crate::engine::Caution;
use crate::geometry::PictureSize;
use crate::server::judge::{JudgeError, PhraseJudge};
use crate::server::signals::Signals;
use crate::time::{FrameIndex, Timestamp};
use crate::video::Frame;
use std::time::Instant;

/// One phrase in the hands of its thread.
pub(super) struct Analysis<'judge> {
    phrase: Box<dyn PhraseJudge + 'judge>,
    fps: f64,
    announced: PictureSize,
    sequencer: Sequencer<QueuedFrame>,
    undecided: Vec<QueuedFrame>,
    clock: Option<FrameClock>,
    first_arrival: Option<Instant>,
    pace: Pace,
    analysed: u64,
    undecodable: u64,
    first_failure: Option<DecodeError>,
    times: Vec<(i64, Timestamp)>,
}

impl<'judge> Analysis<'judge> {
    /// A phrase that has begun. `fps` is above 0.
    pub(super) fn new(phrase: Box<dyn PhraseJudge + 'judge>, fps: f64, announced: PictureSize) -> Self {
        Self {
            phrase,
            fps,
            announced,
            sequencer: Sequencer::default(),
            undecided: Vec::new(),
            clock: None,
            first_arrival: None,
            pace: Pace::default(),
            analysed: 0,
            undecodable: 0,
            first_failure: None,
            times: Vec::new(),
        }
    }

    /// Takes a frame as it comes; looks at all whose turn it is.
    ///
    /// Its lag is read here, before it waits for its place in the order or for the clock on purpose.
    pub(super) fn take(&mut self, mut frame: QueuedFrame) {
        frame.lag = frame.arrived.elapsed();
        for (_, frame) in self.sequencer.push(frame.stamp.number, frame) {
            self.in_order(frame);
        }
    }

    /// Looks at what still waits and decides. `progress` hears how far it is and says whether to go on.
    pub(super) fn conclude(mut self, signals: Signals, asked: Instant, progress: impl Fn(f64) -> bool) -> PhraseEvent {
        let waiting: Vec<_> = self.sequencer.flush().into_iter().map(|(_, frame)| frame).collect();
        let total = waiting.len().max(1) as f64;
        for (done, frame) in waiting.into_iter().enumerate() {
            self.in_order(frame);
            if !progress(done as f64 / total) {
                return PhraseEvent::Failed(JudgeError("the phrase was called off".to_owned()));
            }
        }
        self.decide_clock();
        if self.analysed == 0 {
            return PhraseEvent::Failed(self.nothing_seen());
        }
        let (analysed, undecodable) = (self.analysed, self.undecodable);
        let skipped = self.pace.skipped() + self.sequencer.late();
        let times = self.times;
        let last = times.last().map_or(Timestamp::ZERO, |(_, at)| *at);
        let mut judgement = self.phrase.conclude(signals.on_the_clock_of_a_clip_until(last));
        judgement.cautions.extend(caution("frames_dropped", skipped));
        judgement.cautions.extend(caution("frames_undecodable", undecodable));
        let conclude_secs = asked.elapsed().as_secs_f64();
        PhraseEvent::Concluded(Box::new(Concluded { judgement, conclude_secs, analysed, skipped, times }))
    }

    fn in_order(&mut self, frame: QueuedFrame) {
        if self.clock.is_some() {
            return self.look(&frame);
        }
        self.undecided.push(frame);
        if self.undecided.len() >= FRAMES_TO_DECIDE {
            self.decide_clock();
        }
    }

    /// Settles whom to believe about time, and looks at the frames that waited for that.
    fn decide_clock(&mut self) {
        let frames = std::mem::take(&mut self.undecided);
        if frames.is_empty() {
            return;
        }
        let stamps: Vec<Stamp> = frames.iter().map(|frame| frame.stamp).collect();
        self.clock = Some(FrameClock::decide(self.fps, &stamps));
        for frame in &frames {
            self.look(frame);
        }
    }

    fn look(&mut self, frame: &QueuedFrame) {
        let Some(clock) = &mut self.clock else { return };
        let at = clock.time_of(frame.stamp);
        self.times.push((frame.stamp.number, at));
        let first = *self.first_arrival.get_or_insert(frame.arrived);
        self.pace.observe(at, frame.arrived.saturating_duration_since(first));
        if !self.pace.takes(frame.lag) {
            return;
        }
        match decode(&frame.encoding, &frame.payload, self.announced) {
            Ok(picture) => self.show(frame.stamp.number, at, picture),
            Err(error) => self.note_undecodable(frame.stamp.number, error),
        }
    }

    fn show(&mut self, number: i64, at: Timestamp, picture: super::decode::Picture) {
        let index = FrameIndex(number.max(0).cast_unsigned());
        // Keypoints are reported in the size that the session declared, so a camera that switched size changes nothing.
        let Some(frame) = Frame::from_rgb(at, index, picture.size, self.announced, picture.rgb) else { return };
        match self.phrase.push_frame(&frame) {
            Ok(()) => self.analysed += 1,
            Err(error) => tracing::warn!(frame = number, %error, "a frame could not be analysed"),
        }
    }

    fn note_undecodable(&mut self, number: i64, error: DecodeError) {
        tracing::warn!(frame = number, %error, "a frame could not be decoded");
        self.undecodable += 1;
        self.first_failure.get_or_insert(error);
    }

    fn nothing_seen(&self) -> JudgeError {
        JudgeError(match &self.first_failure {
            Some(error) => format!("none of the frames could be decoded: {error}"),
            None if self.pace.skipped() + self.sequencer.late() > 0 => "no frame could be analysed".to_owned(),
            None => "No frames to write".to_owned(),
        })
    }
}

fn caution(key: &'static str, count: u64) -> Option<Caution> {
    (count > 0).then_some(Caution { key, value: Some(count as f64) })
}
