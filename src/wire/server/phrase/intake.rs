//! The first thread of a phrase: order, time, which frames to look at, decoding.

use super::decode::{DecodeError, Picture, decode};
use super::frame_clock::{FrameClock, Sequencer};
use super::looking::{Conclusion, Step};
use super::pace::{Load, Pace};
use super::worker::QueuedFrame;
use fencing::geometry::PictureSize;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};
use vision::engine::{Caution, PhraseEnding, PhraseSignals};
use vision::video::{ANALYSED_WIDTH, Frame, limit_width};

/// One phrase on its way to the eyes.
pub(super) struct Intake {
    eyes: SyncSender<Step>,
    announced: PictureSize,
    sequencer: Sequencer<QueuedFrame>,
    clock: FrameClock<QueuedFrame>,
    /// When the phrase's clock was at zero, as far as the arrival of its frames tells.
    began: Option<Instant>,
    pace: Pace,
    load: Arc<Load>,
    undecodable: u64,
    first_failure: Option<DecodeError>,
    times: Vec<(i64, Timestamp)>,
    /// Whether the eyes still look.
    is_watched: bool,
}

impl Intake {
    /// A phrase without a frame. `fps` is above 0.
    pub(super) fn new(fps: f64, announced: PictureSize, load: Arc<Load>, eyes: SyncSender<Step>) -> Self {
        Self {
            eyes,
            announced,
            sequencer: Sequencer::default(),
            clock: FrameClock::new(fps),
            began: None,
            pace: Pace::default(),
            load,
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
        let held = self.clock.flush();
        self.hand_on(&held);
        let skipped = self.pace.skipped() + self.sequencer.late();
        let undecodable = self.undecodable;
        let caution = Caution { key: "frames_undecodable", value: Some(undecodable as f64) };
        let conclusion = Conclusion {
            ending: PhraseEnding {
                skipped: skipped + undecodable + unanalysed,
                cautions: Vec::from_iter((undecodable > 0).then_some(caution)),
                ..PhraseEnding::new(signals, self.times.last().map_or(Timestamp::ZERO, |(_, at)| *at))
            },
            asked,
            skipped,
            if_nothing_seen: self.nothing_seen(),
            times: std::mem::take(&mut self.times),
        };
        let _eyes_are_gone = self.eyes.send(Step::Conclude(Box::new(conclusion)));
    }

    /// Times the next frame and hands on all whose times are known now. What the clock holds needs no place in the queue: its
    /// bytes are those of the frame that is kept.
    fn in_order(&mut self, mut frame: QueuedFrame) {
        frame.place = None;
        let timed = self.clock.push(frame.stamp, frame);
        self.hand_on(&timed);
    }

    fn hand_on(&mut self, timed: &[(Timestamp, QueuedFrame)]) {
        // By the last of a burst the clock is known best: it arrived when it was taken.
        if let (None, Some((at, last))) = (self.began, timed.last()) {
            self.began = last.arrived.checked_sub(Duration::from_secs_f64(at.secs()));
        }
        for (at, frame) in timed {
            self.analyse(*at, frame);
        }
    }

    fn analyse(&mut self, at: Timestamp, frame: &QueuedFrame) {
        self.times.push((frame.stamp.number, at));
        let began = *self.began.get_or_insert(frame.arrived);
        self.pace.observe(at, frame.arrived.saturating_duration_since(began));
        self.note_load(at, frame);
        let takes = self.is_watched && self.pace.takes(frame.lag);
        if self.pace.telling(frame.lag).is_some() {
            self.load.took(!takes);
        }
        if !takes {
            return;
        }
        let began = Instant::now();
        match decode(&frame.encoding, &frame.payload, self.announced) {
            Ok(picture) => {
                self.load.set_decode_cost(began.elapsed());
                self.show(at, picture);
            }
            Err(error) => self.note_undecodable(frame.stamp.number, error),
        }
    }

    /// Tells whoever admits the next phrase how late this one is and how many frames it brings.
    fn note_load(&mut self, at: Timestamp, frame: &QueuedFrame) {
        if self.pace.is_file() {
            self.load.set_file();
        }
        if let Some(lag) = self.pace.telling(frame.lag) {
            self.load.observe_lag(lag);
            self.load.observe_rate(self.times.len() as f64 / at.secs().max(f64::EPSILON));
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
