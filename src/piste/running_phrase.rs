//! The phrase that is being fenced: its frames and signals so far, and the frames that its verdict and its end still wait for.

use super::judge_event::{JudgeEvent, JudgeEventKind};
use super::live_judge::LiveJudge;
use apparatus::CompletedPhrase;
use capture::camera::CapturedFrame;
use fencing::time::Timestamp;
use fencing::{SignalEvent, SignalLog, Weapon};
use recording::SignalLogMeta;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use time::{OffsetDateTime, PrimitiveDateTime};
use vision::engine::judge_by_lamps;

/// Longest wait for the last frame of a phrase, in seconds: longer than the delay of any camera and cable.
const LAST_FRAME_TIMEOUT_SECS: f64 = 0.25;

/// The phrase that is being fenced.
pub(crate) struct RunningPhrase {
    pub(crate) id: u64,
    pub(crate) weapon: Weapon,
    pub(crate) from: Timestamp,
    /// Time of the first frame, once there is one.
    pub(crate) zero: Option<Timestamp>,
    /// Time of the latest frame.
    pub(crate) last: Timestamp,
    pub(crate) judge: Option<LiveJudge>,
    /// On the host clock.
    pub(crate) signals: SignalLog,
    pub(crate) meta: SignalLogMeta,
    /// Folder, once the recorder has started to write.
    pub(crate) folder: PathBuf,
    /// When no further light could come, once that is so.
    pub(crate) decided: Option<Timestamp>,
    /// The frames that the first verdict still waits for.
    pub(crate) deciding: Option<AwaitedFrames>,
    /// The first verdict.
    pub(crate) first_verdict: Option<Arc<JudgeEvent>>,
    pub(crate) ending: Option<Ending>,
}

/// A phrase whose last frames are on their way.
pub(crate) struct Ending {
    pub(crate) phrase: CompletedPhrase,
    pub(crate) last_frames: AwaitedFrames,
}

/// Frames up to a time that are still on their way from the camera.
pub(crate) struct AwaitedFrames {
    pub(crate) until: Timestamp,
    /// When waiting for them ends.
    pub(crate) deadline: Timestamp,
    pub(crate) are_there: bool,
}

impl AwaitedFrames {
    /// The awaited frames of a phrase whose latest frame is at `last`.
    pub(crate) fn new(until: Timestamp, last: Timestamp, now: Timestamp) -> Self {
        Self { until, deadline: now.plus_secs(LAST_FRAME_TIMEOUT_SECS), are_there: last > until }
    }

    /// Notes a frame; returns whether it is one of them.
    pub(crate) fn take(&mut self, at: Timestamp) -> bool {
        self.are_there |= at > self.until;
        at <= self.until
    }

    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        self.are_there || now >= self.deadline
    }
}

impl RunningPhrase {
    /// A phrase that begins at `from`, still without frames.
    pub(crate) fn new(id: u64, weapon: Weapon, from: Timestamp, judge: Option<LiveJudge>) -> Self {
        let now = wall_clock();
        Self {
            id,
            weapon,
            from,
            zero: None,
            last: Timestamp::from_nanos(i64::MIN),
            judge,
            signals: SignalLog::default(),
            meta: SignalLogMeta { phrase: id.to_string(), started_at: now, ended_at: now, answer: None },
            folder: PathBuf::new(),
            decided: None,
            deciding: None,
            first_verdict: None,
            ending: None,
        }
    }

    /// Replaces the last event of the same kind: the box has told its time more exactly.
    pub(crate) fn correct(&mut self, signal: SignalEvent) {
        let mut corrected = SignalLog::default();
        let mut replaced = false;
        for event in self.signals.events().iter().rev() {
            let same = event.kind == signal.kind && !replaced;
            replaced |= same;
            corrected.push(if same { signal } else { *event });
        }
        self.signals = corrected;
    }

    /// Takes a frame that may belong to the phrase and passes it to a server; this machine's analyzer gets all frames anyway.
    pub(crate) fn take(&mut self, frame: &CapturedFrame) {
        if frame.at < self.from || frame.at <= self.last {
            return;
        }
        self.last = frame.at;
        if let Some(deciding) = &mut self.deciding {
            deciding.take(frame.at);
        }
        if self.ending.as_mut().is_some_and(|ending| !ending.last_frames.take(frame.at)) {
            return;
        }
        self.zero.get_or_insert(frame.at);
        if let Some(judge) = &self.judge {
            judge.frame(frame);
        }
    }

    /// The verdict if the lamps alone decide it, which needs no frame.
    pub(crate) fn by_lamps(&self) -> Option<JudgeEvent> {
        let began = Instant::now();
        let judgement = judge_by_lamps(self.weapon, &self.signals.on_clock_from(self.clock_zero()))?;
        let end = judgement.signals.first_touch().map_or(Timestamp::ZERO, |touch| touch.at);
        Some(JudgeEvent::judged(self.id, judgement, JudgeEventKind::Provisional, (end, began.elapsed())))
    }

    /// Zero of the phrase's clock: its first frame, or its start if there is none.
    pub(crate) fn clock_zero(&self) -> Timestamp {
        self.zero.unwrap_or(self.from)
    }
}

/// Local time; UTC where the system does not know the time zone.
pub(crate) fn wall_clock() -> PrimitiveDateTime {
    let now = OffsetDateTime::now_local().unwrap_or_else(|_| OffsetDateTime::now_utc());
    PrimitiveDateTime::new(now.date(), now.time())
}
