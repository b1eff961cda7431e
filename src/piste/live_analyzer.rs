//! The live analyzer: analyses the main camera all the time, so that the seconds before a phrase are analysed when they happen
//! and only arithmetic is left when the lamps light.
//!
//! The session loop hands in every frame and never waits: frames that find the queue full are skipped and counted. One thread
//! selects frames (see [`frame_pacing`](super::frame_pacing)) and decodes them ahead; the engine's worker behind it analyses
//! them and judges.

use super::frame_pacing::{FrameDecision, FramePacing};
use super::judge_event::{JudgeEvent, JudgeEventKind, JudgeEventSender};
use super::live_judge::Conclusion;
use capture::camera::CapturedFrame;
use crossbeam_channel::{Receiver, Sender};
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, HostClock, Timestamp};
use fencing::{PerSide, Side, Weapon};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use vision::engine::{
    Activity, AnalyzerThread, ContinuousAnalyzer, Engine, EngineError, FrameObservation, Judgement, PhraseEnding,
    PhraseSetup, PhraseZero,
};
use vision::video::{ANALYSED_WIDTH, Frame, guarded, spawn_worker};

/// Capacity of the queue: ten seconds at 60 fps. The frames are also in the recorder's memory.
const QUEUE_CAPACITY: usize = 600;
/// Longest wait for room in the queue at the end of a phrase.
const END_TIMEOUT: Duration = Duration::from_millis(200);

/// Settings of a live analyzer.
pub(crate) struct LiveAnalyzerSettings {
    pub(crate) engine: Engine,
    pub(crate) clock: HostClock,
    pub(crate) observation: SharedObservation,
    /// How far back a phrase may begin, in seconds.
    pub(crate) keep_secs: f64,
}

/// The session loop's handle of the analyzer. Dropping it closes the analyzer once every request is answered.
pub(crate) struct LiveAnalyzer {
    requests: Sender<Request>,
    shared: Arc<Shared>,
}

/// Shared by the session loop and the analyzer's thread.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Number of frames that found the queue full since the thread last looked.
    pub(crate) missed: AtomicU64,
    /// Set when no more frames are to be analysed.
    pub(crate) closing: AtomicBool,
    /// Set when the thread has ended because of a defect.
    ended: AtomicBool,
}

/// One phrase under analysis. Dropping it cancels its judging.
pub(crate) struct LiveWatch {
    requests: Sender<Request>,
    watched: Arc<WatchedPhrase>,
}

/// The analyzer's side of a [`LiveWatch`].
pub(crate) struct WatchedPhrase {
    pub(crate) weapon: Weapon,
    pub(crate) events: JudgeEventSender,
    cancelled: AtomicBool,
}

impl LiveAnalyzer {
    /// Opens an analyzer on threads of its own.
    pub(crate) fn open(settings: LiveAnalyzerSettings) -> Result<Self, String> {
        let (requests, queue) = crossbeam_channel::bounded(QUEUE_CAPACITY);
        let shared = Arc::new(Shared::default());
        let analyzer = AnalyzerLoop::new(settings, Arc::clone(&shared)).map_err(|error| error.to_string())?;
        let panicked = Arc::clone(&shared);
        // Promised verdicts are dropped with the queue, which sends the phrases to their recordings.
        let on_panic = move || panicked.ended.store(true, Ordering::Release);
        let body = move || analyzer.work(&queue);
        spawn_worker("piste-analyzer", on_panic, body).map_err(|error| error.to_string())?;
        Ok(Self { requests, shared })
    }

    /// Whether the thread has ended because of a defect; a new analyzer can be opened.
    pub(crate) fn has_ended(&self) -> bool {
        self.shared.ended.load(Ordering::Acquire)
    }

    /// The next frame of the main camera.
    pub(crate) fn frame(&self, frame: &CapturedFrame) {
        if self.requests.try_send(Request::Frame(frame.clone())).is_err() {
            self.shared.missed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The camera changed or is gone: observations so far are discarded.
    pub(crate) fn reset(&self) {
        let _full = self.requests.send_timeout(Request::Reset, END_TIMEOUT);
    }

    /// Sets how far back a phrase may begin, in seconds.
    pub(crate) fn keep(&self, secs: f64) {
        let _full = self.requests.send_timeout(Request::Keep(secs), END_TIMEOUT);
    }

    /// Begins a phrase with the first frame at or after `from`; `remembered` are the recorder's frames since then, for an
    /// analyzer that was not open yet. `None` when the analyzer cannot analyse the phrase.
    pub(crate) fn begin(
        &self,
        from: Timestamp,
        remembered: Vec<CapturedFrame>,
        weapon: Weapon,
        events: JudgeEventSender,
    ) -> Option<LiveWatch> {
        let watched = Arc::new(WatchedPhrase { weapon, events, cancelled: AtomicBool::new(false) });
        let begin = Request::Begin { from, remembered, watched: Arc::clone(&watched) };
        self.requests.send_timeout(begin, END_TIMEOUT).ok()?;
        Some(LiveWatch { requests: self.requests.clone(), watched })
    }
}

impl Drop for LiveAnalyzer {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
    }
}

impl LiveWatch {
    pub(crate) fn request_first_verdict(&self, conclusion: Conclusion) {
        let watched = Arc::clone(&self.watched);
        // If the queue is full now, the final verdict comes about as early.
        let _full = self.requests.try_send(Request::FirstVerdict { watched, conclusion: Box::new(conclusion) });
    }

    pub(crate) fn conclude(&self, conclusion: Conclusion) -> bool {
        let promise = VerdictPromise { watched: Arc::clone(&self.watched), is_open: true };
        match self.requests.send_timeout(Request::Conclude { promise, conclusion: Box::new(conclusion) }, END_TIMEOUT) {
            Ok(()) => true,
            Err(refused) => {
                // The caller judges the phrase otherwise: nothing was promised.
                if let Request::Conclude { promise, .. } = refused.into_inner() {
                    promise.withdraw();
                }
                false
            }
        }
    }
}

impl Drop for LiveWatch {
    fn drop(&mut self) {
        self.watched.cancelled.store(true, Ordering::Release);
    }
}

impl WatchedPhrase {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }
}

/// Guarantees a last event about a phrase: if it is dropped unkept, by a panic or by an analyzer that has ended, it sends the
/// phrase to its recording, so that nobody waits for ever.
pub(crate) struct VerdictPromise {
    watched: Arc<WatchedPhrase>,
    is_open: bool,
}

impl VerdictPromise {
    pub(crate) fn watched(&self) -> &Arc<WatchedPhrase> {
        &self.watched
    }

    pub(crate) fn keep(mut self, event: JudgeEvent) {
        self.is_open = false;
        self.watched.events.send(event);
    }

    fn withdraw(mut self) {
        self.is_open = false;
    }
}

impl Drop for VerdictPromise {
    fn drop(&mut self) {
        if self.is_open && !self.watched.is_cancelled() {
            let why = "nobody watched the phrase from its beginning to its end";
            self.watched.events.send(JudgeEvent::unwatched(self.watched.events.phrase, why));
        }
    }
}

/// Capacity of the queue of decoded frames: one of 960 x 540, so that decoding and inference overlap. The other frames wait as
/// JPEG, where [`FramePacing`] sees their age; each decoded frame that waits delays the verdict by one inference.
const DECODED_BYTES: usize = 2 << 20;
/// After a longer silence a camera may show something else, in seconds.
const SILENCE_SECS: f64 = 1.0;
/// Interval at which old observations are discarded, in seconds.
const DISCARD_INTERVAL_SECS: f64 = 1.0;

/// Requests of the session loop. Frames and requests share one queue, so that a request applies to all frames before it.
pub(crate) enum Request {
    Frame(CapturedFrame),
    Reset,
    Keep(f64),
    Begin {
        from: Timestamp,
        remembered: Vec<CapturedFrame>,
        watched: Arc<WatchedPhrase>,
    },
    /// Requests a first verdict from the frames so far.
    FirstVerdict {
        watched: Arc<WatchedPhrase>,
        conclusion: Box<Conclusion>,
    },
    /// Requests the promised verdict.
    Conclude {
        promise: VerdictPromise,
        conclusion: Box<Conclusion>,
    },
}

/// The phrase under analysis.
struct Phrase {
    from: Timestamp,
    has_zero: bool,
    watched: Arc<WatchedPhrase>,
}

/// State of the analyzer's thread.
pub(crate) struct AnalyzerLoop {
    worker: AnalyzerThread,
    failures: Arc<AtomicU64>,
    /// How many of them were handled.
    known_failures: u64,
    shared: Arc<Shared>,
    clock: HostClock,
    keep_secs: f64,
    activity: Arc<Mutex<Activity>>,
    pacing: Arc<Mutex<FramePacing>>,
    /// All frames since the analyzer was opened or reset, analysed or not, as far back as phrases may begin.
    offered: VecDeque<(Timestamp, FrameIndex)>,
    /// Index of the last of them.
    number: FrameIndex,
    /// Since when every frame was offered.
    since: Option<Timestamp>,
    size: FrameSize,
    discarded_at: Timestamp,
    phrase: Option<Phrase>,
}

impl AnalyzerLoop {
    pub(crate) fn new(settings: LiveAnalyzerSettings, shared: Arc<Shared>) -> Result<Self, EngineError> {
        let LiveAnalyzerSettings { engine, clock, observation: shared_observation, keep_secs } = settings;
        let activity = Arc::new(Mutex::new(Activity::Nobody));
        let latest = Arc::clone(&activity);
        let pacing = Arc::new(Mutex::new(FramePacing::default()));
        let measured = Arc::clone(&pacing);
        let observed = move |observation, now| {
            shared_observation.lock().take(&observation);
            *latest.lock() = now;
            measured.lock().end_inference(clock.now());
        };
        let at_inference = Arc::clone(&pacing);
        let admitted = move |at| at_inference.lock().begin_inference(at, clock.now());
        let worker = AnalyzerThread::spawn(move || engine.continuous_analyzer(), DECODED_BYTES, admitted, observed)?;
        Ok(Self {
            failures: worker.failures(),
            worker,
            known_failures: 0,
            shared,
            clock,
            keep_secs,
            activity,
            pacing,
            offered: VecDeque::new(),
            number: FrameIndex(0),
            since: None,
            size: FrameSize::default(),
            discarded_at: Timestamp::from_nanos(i64::MIN),
            phrase: None,
        })
    }

    /// Runs until the queue is closed.
    pub(crate) fn work(mut self, requests: &Receiver<Request>) {
        for order in requests {
            match order {
                // A phrase whose last frames are not analysed cannot be judged live.
                Request::Frame(_) if self.shared.closing.load(Ordering::Acquire) => self.phrase = None,
                Request::Frame(frame) => self.frame(&frame),
                Request::Reset => self.reset(),
                Request::Keep(secs) => self.keep_secs = secs,
                Request::Begin { from, remembered, watched } => self.begin(from, &remembered, watched),
                Request::FirstVerdict { watched, conclusion } => self.ask(watched, *conclusion, None),
                Request::Conclude { promise, conclusion } => {
                    self.ask(Arc::clone(promise.watched()), *conclusion, Some(promise));
                    self.phrase = None;
                }
            }
        }
    }

    fn frame(&mut self, frame: &CapturedFrame) {
        self.note_failures();
        self.phrase.take_if(|phrase| phrase.watched.is_cancelled());
        let last = self.offered.back().map(|(at, _)| *at);
        if last.is_some_and(|last| frame.at <= last) {
            return;
        }
        let silent = last.is_some_and(|last| frame.at.secs_since(last) > SILENCE_SECS);
        if self.phrase.is_none() && (silent || frame.size != self.size) {
            self.reset();
        }
        self.size = frame.size;
        self.since.get_or_insert(frame.at);
        // Numbered as the recorder writes them: frames that the camera lost are in no clip.
        self.number.0 += 1 + self.count_missed(frame.at);
        self.offered.push_back((frame.at, self.number));
        self.begin_with(PhraseZero { at: frame.at, frame: self.number });
        self.offer(frame);
        self.discard(frame.at);
    }

    /// The first frame of a phrase that had none yet is its zero.
    fn begin_with(&mut self, zero: PhraseZero) {
        if let Some(phrase) = self.phrase.as_mut().filter(|p| !p.has_zero && zero.at >= p.from) {
            phrase.has_zero = true;
            self.report_zero(zero);
        }
    }

    fn offer(&mut self, frame: &CapturedFrame) {
        let activity = if self.phrase.is_some() { Activity::Moving } else { *self.activity.lock() };
        let offer = self.pacing.lock().decide(frame.at, self.clock.now(), activity);
        match offer {
            FrameDecision::Analyse => match frame.decode(ANALYSED_WIDTH) {
                Ok(decoded) => {
                    let _ended = self.worker.push_frame(Frame { index: self.number, ..decoded });
                }
                Err(error) => {
                    tracing::warn!(%error, "a frame could not be decoded");
                    self.skipped(frame.at, 1);
                }
            },
            FrameDecision::Pass => {}
            FrameDecision::Skip => self.skipped(frame.at, 1),
        }
    }

    /// Counts frames that the session loop could not hand in as skipped just before this one.
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

    fn discard(&mut self, now: Timestamp) {
        if now.secs_since(self.discarded_at) < DISCARD_INTERVAL_SECS {
            return;
        }
        self.discarded_at = now;
        let oldest = now.plus_secs(-self.keep_secs);
        let oldest = self.phrase.as_ref().map_or(oldest, |phrase| oldest.min(phrase.from));
        let gone = self.offered.partition_point(|(at, _)| *at < oldest);
        self.offered.drain(..gone);
        self.since = self.since.map(|since| since.max(oldest));
        self.worker.then(move |watch| watch.forget_before(oldest));
    }

    fn reset(&mut self) {
        self.offered.clear();
        self.since = None;
        *self.pacing.lock() = FramePacing::default();
        *self.activity.lock() = Activity::Nobody;
        self.worker.then(ContinuousAnalyzer::reset);
    }

    /// A worker that was restarted has lost the observations before.
    fn note_failures(&mut self) {
        let failures = self.failures.load(Ordering::Acquire);
        if failures != self.known_failures {
            self.known_failures = failures;
            self.offered.clear();
            self.since = None;
        }
    }

    fn begin(&mut self, from: Timestamp, remembered: &[CapturedFrame], watched: Arc<WatchedPhrase>) {
        self.note_failures();
        self.phrase = None;
        let first = remembered.first().map_or(from, |frame| frame.at);
        let was_there = self.since.is_some_and(|since| since <= first);
        if !was_there && !remembered.is_empty() {
            self.reset();
        }
        self.phrase = Some(Phrase { from, has_zero: false, watched });
        if let Some((at, frame)) = self.offered.iter().copied().find(|(at, _)| *at >= from) {
            self.begin_with(PhraseZero { at, frame });
        }
        if !was_there {
            for frame in remembered {
                self.frame(frame);
            }
        }
    }

    fn report_zero(&self, zero: PhraseZero) {
        let (failures, known) = (Arc::clone(&self.failures), self.known_failures);
        self.worker.then(move |watch| {
            if failures.load(Ordering::Acquire) == known {
                watch.begin_phrase(zero);
            }
        });
    }

    /// Has the worker judge after all earlier frames: a first verdict, or the final one if there is a promise.
    fn ask(&mut self, watched: Arc<WatchedPhrase>, conclusion: Conclusion, promise: Option<VerdictPromise>) {
        let phrase = self.phrase.as_ref().filter(|phrase| Arc::ptr_eq(&phrase.watched, &watched));
        // Dropping the promise sends the phrase to its recording.
        let Some((has_zero, from)) = phrase.map(|phrase| (phrase.has_zero, phrase.from)) else { return };
        if !has_zero {
            if promise.is_none() {
                return;
            }
            // A phrase without frames still has its lamps.
            self.begin_with(PhraseZero { at: from, frame: FrameIndex(0) });
        }
        let asked = Instant::now();
        self.worker.then(move |watch| {
            if watched.is_cancelled() {
                return;
            }
            let kind = if promise.is_some() { JudgeEventKind::Final } else { JudgeEventKind::Provisional };
            let setup = PhraseSetup { weapon: watched.weapon };
            let judged = guarded("continuous-analysis", || judge(watch, setup, conclusion)).flatten();
            let Some((judgement, end)) = judged else { return };
            let event = JudgeEvent::judged(watched.events.phrase, judgement, kind, (end, asked.elapsed()));
            match promise {
                Some(promise) => promise.keep(event),
                None => watched.events.send(event),
            }
        });
    }
}

/// Judges the phrase that began last by its signals; also returns the time of its last frame. `None` when the analyzer did not
/// see it begin.
fn judge(watch: &ContinuousAnalyzer, setup: PhraseSetup, conclusion: Conclusion) -> Option<(Judgement, Timestamp)> {
    let phrase = watch.phrase_until(conclusion.until, setup)?;
    let end = phrase.end().unwrap_or_default();
    let judged = phrase.judge(PhraseEnding::new(conclusion.signals, end));
    let judgement = judged.inspect_err(|error| tracing::warn!(%error, "a live phrase could not be judged")).ok()?;
    Some((judgement, end))
}

/// A fencer not seen for longer than this is not in the frame, in seconds: hands and referees hide one for less.
const MISSED_SECS: f64 = 1.0;
/// Observations older than this are not current, in seconds.
const STALE_SECS: f64 = 1.0;

/// The latest observations, on the host clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LatestObservation {
    last: Option<FrameObservation>,
    observed_at: Option<Timestamp>,
    seen_at: PerSide<Option<Timestamp>>,
    analysed_frames: u64,
}

pub(crate) type SharedObservation = Arc<Mutex<LatestObservation>>;

impl LatestObservation {
    /// Stores the observation of a frame.
    pub(crate) fn take(&mut self, observation: &FrameObservation) {
        self.note(observation.sample.at, observation.sample.poses.map(|pose| pose.is_some()));
        self.last = Some(*observation);
    }

    fn note(&mut self, at: Timestamp, seen: PerSide<bool>) {
        self.analysed_frames += 1;
        self.observed_at = Some(at);
        for side in Side::BOTH.into_iter().filter(|side| seen[*side]) {
            self.seen_at[side] = Some(at);
        }
    }

    /// The camera changed: observations are discarded.
    pub(crate) fn discard(&mut self) {
        *self = Self { analysed_frames: self.analysed_frames, ..Self::default() };
    }

    /// Number of frames analysed so far.
    pub(crate) fn analysed_frames(&self) -> u64 {
        self.analysed_frames
    }

    /// The latest observation.
    pub(crate) fn last(&self) -> Option<FrameObservation> {
        self.last
    }

    /// Which fencers are in the frame; `None` when no frame was analysed recently.
    pub(crate) fn in_frame(&self, now: Timestamp) -> Option<PerSide<bool>> {
        let observed_at = self.observed_at?;
        let seen = |at: Option<Timestamp>| at.is_some_and(|at| observed_at.secs_since(at) < MISSED_SECS);
        (now.secs_since(observed_at) < STALE_SECS).then(|| self.seen_at.map(seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recently_seen_fencers_are_in_the_frame_and_old_observations_do_not_count() {
        let at = Timestamp::from_secs;
        let mut observation = LatestObservation::default();
        assert_eq!(observation.in_frame(at(0.0)), None);
        for (secs, right) in [(5.0, true), (5.5, false), (5.9, false), (6.1, false)] {
            observation.note(at(secs), PerSide::new(true, right));
            assert_eq!(observation.in_frame(at(secs + 0.1)), Some(PerSide::new(true, secs < 6.0)), "{secs}");
        }
        assert_eq!((observation.in_frame(at(8.0)), observation.analysed_frames()), (None, 4));
        observation.discard();
        assert_eq!((observation.in_frame(at(6.2)), observation.analysed_frames()), (None, 4));
    }
}
