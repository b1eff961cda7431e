//! The thread behind the eyes: takes pictures at the pace that the moment asks for, decodes them ahead, and has the engine's
//! worker look at them and, in its turn, judge.

use super::Conclusion;
use super::eyes::{EyesSettings, Shared, Ticket, VerdictPromise};
use super::pace::{Look, Pace};
use crate::judge_event::{JudgeEvent, JudgeEventKind};
use capture::camera::Captured;
use crossbeam_channel::Receiver;
use fencing::geometry::PictureSize;
use fencing::time::{FrameIndex, HostClock, Timestamp};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use vision::engine::{
    Activity, AnalyzerThread, ContinuousAnalyzer, EngineError, Judgement, PhraseEnding, PhraseSetup, PhraseZero,
};
use vision::video::{ANALYSED_WIDTH, Frame, guarded};

/// Frames that wait decoded: one of 960 x 540, so that decoding and inference overlap. The others wait as JPEG, where [`Pace`]
/// sees how old they are; each that waits decoded makes the verdict later by one inference.
const DECODED_BYTES: usize = 2 << 20;
/// A camera that was silent for longer than this may show something else now, in seconds.
const SILENCE_SECS: f64 = 1.0;
/// How often what is too old is let go, in seconds.
const FORGET_EVERY_SECS: f64 = 1.0;

/// What the thread is asked for. Pictures and the rest stand in one queue: what is asked is asked of all pictures before it.
pub(super) enum Order {
    Picture(Captured),
    Afresh,
    Keep(f64),
    Begin {
        from: Timestamp,
        remembered: Vec<Captured>,
        ticket: Arc<Ticket>,
    },
    /// A verdict from what was seen up to now.
    AskAtOnce {
        ticket: Arc<Ticket>,
        conclusion: Box<Conclusion>,
    },
    /// The verdict that was promised.
    Conclude {
        promise: VerdictPromise,
        conclusion: Box<Conclusion>,
    },
}

/// The phrase that is being watched.
struct Phrase {
    from: Timestamp,
    has_zero: bool,
    ticket: Arc<Ticket>,
}

/// The thread's state.
pub(super) struct Looking {
    worker: AnalyzerThread,
    failures: Arc<AtomicU64>,
    /// As many of them as were seen.
    known_failures: u64,
    shared: Arc<Shared>,
    clock: HostClock,
    keep_secs: f64,
    bustle: Arc<Mutex<Activity>>,
    pace: Arc<Mutex<Pace>>,
    /// All pictures since the eyes were opened or began afresh, as far back as phrases may begin, looked at or not.
    offered: VecDeque<(Timestamp, FrameIndex)>,
    /// Number of the last of them.
    number: FrameIndex,
    /// Since when every picture was offered.
    since: Option<Timestamp>,
    size: PictureSize,
    forgot_at: Timestamp,
    phrase: Option<Phrase>,
}

impl Looking {
    pub(super) fn new(settings: EyesSettings, shared: Arc<Shared>) -> Result<Self, EngineError> {
        let EyesSettings { engine, clock, sight, keep_secs } = settings;
        let bustle = Arc::new(Mutex::new(Activity::Nobody));
        let seen = Arc::clone(&bustle);
        let pace = Arc::new(Mutex::new(Pace::default()));
        let measured = Arc::clone(&pace);
        let observed = move |observation, now| {
            sight.lock().take(&observation);
            *seen.lock() = now;
            measured.lock().end_inference(clock.now());
        };
        let at_inference = Arc::clone(&pace);
        let admitted = move |at| at_inference.lock().begin_inference(at, clock.now());
        let worker = AnalyzerThread::spawn(move || engine.continuous_analyzer(), DECODED_BYTES, admitted, observed)?;
        Ok(Self {
            failures: worker.failures(),
            worker,
            known_failures: 0,
            shared,
            clock,
            keep_secs,
            bustle,
            pace,
            offered: VecDeque::new(),
            number: FrameIndex(0),
            since: None,
            size: PictureSize::default(),
            forgot_at: Timestamp::from_nanos(i64::MIN),
            phrase: None,
        })
    }

    /// Works until nobody holds the other end any more.
    pub(super) fn work(mut self, orders: &Receiver<Order>) {
        for order in orders {
            match order {
                // A phrase whose last pictures nobody looks at is not watched to its end.
                Order::Picture(_) if self.shared.closing.load(Ordering::Acquire) => self.phrase = None,
                Order::Picture(picture) => self.picture(&picture),
                Order::Afresh => self.start_afresh(),
                Order::Keep(secs) => self.keep_secs = secs,
                Order::Begin { from, remembered, ticket } => self.begin(from, &remembered, ticket),
                Order::AskAtOnce { ticket, conclusion } => self.ask(ticket, *conclusion, None),
                Order::Conclude { promise, conclusion } => {
                    self.ask(Arc::clone(promise.ticket()), *conclusion, Some(promise));
                    self.phrase = None;
                }
            }
        }
    }

    fn picture(&mut self, picture: &Captured) {
        self.note_failures();
        self.phrase.take_if(|phrase| phrase.ticket.is_called_off());
        let last = self.offered.back().map(|(at, _)| *at);
        if last.is_some_and(|last| picture.at <= last) {
            return;
        }
        let silent = last.is_some_and(|last| picture.at.secs_since(last) > SILENCE_SECS);
        if self.phrase.is_none() && (silent || picture.size != self.size) {
            self.start_afresh();
        }
        self.size = picture.size;
        self.since.get_or_insert(picture.at);
        // Numbered as the recorder writes them: pictures that the camera lost are in no clip.
        self.number.0 += 1 + self.count_missed(picture.at);
        self.offered.push_back((picture.at, self.number));
        self.begin_with(PhraseZero { at: picture.at, frame: self.number });
        self.look(picture);
        self.forget(picture.at);
    }

    /// The first picture of a phrase that had none yet is its zero.
    fn begin_with(&mut self, zero: PhraseZero) {
        if let Some(phrase) = self.phrase.as_mut().filter(|p| !p.has_zero && zero.at >= p.from) {
            phrase.has_zero = true;
            self.tell_zero(zero);
        }
    }

    fn look(&mut self, picture: &Captured) {
        let bustle = if self.phrase.is_some() { Activity::Moving } else { *self.bustle.lock() };
        let look = self.pace.lock().decide(picture.at, self.clock.now(), bustle);
        match look {
            Look::At => match picture.frame(ANALYSED_WIDTH) {
                Ok(frame) => {
                    let _ended = self.worker.push_frame(Frame { index: self.number, ..frame });
                }
                Err(error) => {
                    tracing::warn!(%error, "a picture could not be decoded");
                    self.skipped(picture.at, 1);
                }
            },
            Look::Past => {}
            Look::Skip => self.skipped(picture.at, 1),
        }
    }

    /// Pictures that the desk could not hand in count as skipped just before this one.
    fn count_missed(&self, at: Timestamp) -> u64 {
        let missed = self.shared.missed.swap(0, Ordering::Relaxed);
        if missed > 0 {
            self.skipped(at, missed);
        }
        missed
    }

    fn skipped(&self, at: Timestamp, times: u64) {
        self.worker.then(move |watch| (0..times).for_each(|_| watch.note_skipped(at)));
    }

    fn forget(&mut self, now: Timestamp) {
        if now.secs_since(self.forgot_at) < FORGET_EVERY_SECS {
            return;
        }
        self.forgot_at = now;
        let oldest = now.plus_secs(-self.keep_secs);
        let oldest = self.phrase.as_ref().map_or(oldest, |phrase| oldest.min(phrase.from));
        let gone = self.offered.partition_point(|(at, _)| *at < oldest);
        self.offered.drain(..gone);
        self.since = self.since.map(|since| since.max(oldest));
        self.worker.then(move |watch| watch.forget_before(oldest));
    }

    fn start_afresh(&mut self) {
        self.offered.clear();
        self.since = None;
        *self.pace.lock() = Pace::default();
        *self.bustle.lock() = Activity::Nobody;
        self.worker.then(ContinuousAnalyzer::reset);
    }

    /// Eyes that were opened anew have not seen what was before.
    fn note_failures(&mut self) {
        let failures = self.failures.load(Ordering::Acquire);
        if failures != self.known_failures {
            self.known_failures = failures;
            self.offered.clear();
            self.since = None;
        }
    }

    fn begin(&mut self, from: Timestamp, remembered: &[Captured], ticket: Arc<Ticket>) {
        self.note_failures();
        self.phrase = None;
        let first = remembered.first().map_or(from, |picture| picture.at);
        let was_there = self.since.is_some_and(|since| since <= first);
        if !was_there && !remembered.is_empty() {
            self.start_afresh();
        }
        self.phrase = Some(Phrase { from, has_zero: false, ticket });
        if let Some((at, frame)) = self.offered.iter().copied().find(|(at, _)| *at >= from) {
            self.begin_with(PhraseZero { at, frame });
        }
        if !was_there {
            for picture in remembered {
                self.picture(picture);
            }
        }
    }

    fn tell_zero(&self, zero: PhraseZero) {
        let (failures, known) = (Arc::clone(&self.failures), self.known_failures);
        self.worker.then(move |watch| {
            if failures.load(Ordering::Acquire) == known {
                watch.begin_phrase(zero);
            }
        });
    }

    /// Has the worker judge after all pictures before: in passing, or for good where a verdict was promised.
    fn ask(&mut self, ticket: Arc<Ticket>, conclusion: Conclusion, promise: Option<VerdictPromise>) {
        let phrase = self.phrase.as_ref().filter(|phrase| Arc::ptr_eq(&phrase.ticket, &ticket));
        // A promise that is dropped here sends the phrase to its recording.
        let Some((has_zero, from)) = phrase.map(|phrase| (phrase.has_zero, phrase.from)) else { return };
        if !has_zero {
            if promise.is_none() {
                return;
            }
            // A phrase that nobody filmed has its lamps.
            self.begin_with(PhraseZero { at: from, frame: FrameIndex(0) });
        }
        let asked = Instant::now();
        self.worker.then(move |watch| {
            if ticket.is_called_off() {
                return;
            }
            let kind = if promise.is_some() { JudgeEventKind::Final } else { JudgeEventKind::Provisional };
            let setup = PhraseSetup { weapon: ticket.weapon };
            let judged = guarded("continuous-analysis", || judge(watch, setup, conclusion)).flatten();
            let Some((judgement, end)) = judged else { return };
            let event = JudgeEvent::judged(ticket.events.phrase, judgement, kind, (end, asked.elapsed()));
            match promise {
                Some(promise) => promise.keep(event),
                None => ticket.events.send(event),
            }
        });
    }
}

/// The phrase that began last, judged by its signals, and the time of its last frame; `None` when the analyzer did not see it begin.
fn judge(watch: &ContinuousAnalyzer, setup: PhraseSetup, conclusion: Conclusion) -> Option<(Judgement, Timestamp)> {
    let phrase = watch.phrase_until(conclusion.until, setup)?;
    let end = phrase.end().unwrap_or_default();
    let judged = phrase.judge(PhraseEnding::new(conclusion.signals, end));
    let judgement = judged.inspect_err(|error| tracing::warn!(%error, "a live phrase could not be judged")).ok()?;
    Some((judgement, end))
}
