//! Continuous analysis beside a piste: frames are analysed while nobody fences, the last seconds are kept, and a phrase is cut
//! out of them.
//!
//! A phrase begins in the past: it includes a pre-roll. Analysing the pre-roll only once the phrase has begun would make the
//! verdict late. [`ContinuousAnalyzer`] keeps one clock, the frames' own, and follows both fencers from phrase to phrase;
//! [`AnalyzerThread`] runs it on a thread.

use super::activity::{Activity, activity_of};
use super::frame_analyzer::{FrameAnalyzer, FrameOutcome, PhraseZero};
use super::observed_phrase::{ObservedPhrase, PhraseInputs};
use super::{EngineError, FrameObservation, PhraseSetup};
use crate::video::{ByteQueue, Frame, spawn_worker};
use fencing::time::Timestamp;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Analyses frames before a phrase begins. Made by
/// [`Engine::continuous_analyzer`](super::Engine::continuous_analyzer). Synchronous, no thread, no IO, no clock; memory is
/// bounded by how often [`forget_before`](Self::forget_before) is called.
pub struct ContinuousAnalyzer {
    /// Setup of every phrase.
    inputs: PhraseInputs,
    frames: FrameAnalyzer,
    /// Times of frames that were not analysed.
    skipped: VecDeque<Timestamp>,
    /// Zero of the latest phrase since the last reset.
    zero: Option<PhraseZero>,
}

impl ContinuousAnalyzer {
    pub(super) fn new(inputs: PhraseInputs, frames: FrameAnalyzer) -> Self {
        Self { inputs, frames, skipped: VecDeque::new(), zero: None }
    }

    /// Analyses one frame. A frame not later than the previous one, or that the models reject, is counted as skipped; `None` when it was
    /// rejected.
    pub fn push_frame(&mut self, frame: &Frame) -> Option<FrameObservation> {
        let outcome = self.frames.analyse(frame);
        match &outcome {
            FrameOutcome::Analysed(_) => {}
            FrameOutcome::OutOfOrder(observation) => self.note_skipped(observation.sample.at),
            FrameOutcome::Refused => self.note_skipped(frame.at),
        }
        outcome.observation()
    }

    /// Counts a frame that was skipped for lack of time.
    pub fn note_skipped(&mut self, at: Timestamp) {
        self.skipped.push_back(at);
    }

    /// Drops everything before `at`.
    pub fn forget_before(&mut self, at: Timestamp) {
        self.frames.forget_before(at);
        self.skipped.retain(|skipped| *skipped >= at);
    }

    /// Drops everything, tracks included: the next frame shows another scene.
    pub fn reset(&mut self) {
        self.frames.reset();
        self.skipped.clear();
        self.zero = None;
    }

    /// Begins a phrase, usually in the past, and drops everything before it.
    pub fn begin_phrase(&mut self, zero: PhraseZero) {
        self.forget_before(zero.at);
        self.zero = Some(zero);
    }

    /// The latest phrase up to `until`, on its own clock; `None` when none began since the last reset. The analysis continues.
    pub fn phrase_until(&self, until: Timestamp, setup: PhraseSetup) -> Option<ObservedPhrase> {
        let skipped = self.skipped.iter().filter(|at| **at <= until).count() as u64;
        let inputs = PhraseInputs { setup, skipped, ..self.inputs.clone() };
        Some(ObservedPhrase::new(inputs, self.frames.observations_from(self.zero?, until)))
    }

    /// Number of analysed frames kept.
    pub fn remembered(&self) -> usize {
        self.frames.samples().len()
    }

    /// Whether the fencers move.
    pub fn activity(&self) -> Activity {
        activity_of(self.frames.samples())
    }
}

/// Runs a [`ContinuousAnalyzer`] on a thread of its own. Dropping it returns at once; queued frames are still processed.
///
/// Frames and tasks share one queue, so a task runs after all frames before it. The queue is bounded in bytes; pushing a frame waits
/// for space. After a panic the analyzer is created anew: its observations and the phrase in progress are lost, and
/// [`failures`](Self::failures) counts it.
pub struct AnalyzerThread {
    queue: Arc<ByteQueue<Job>>,
    failures: Arc<AtomicU64>,
}

enum Job {
    Frame(Frame),
    Task(Box<dyn FnOnce(&mut ContinuousAnalyzer) + Send>),
}

/// Creates an analyzer; called again after a panic.
type MakeAnalyzer = Box<dyn Fn() -> ContinuousAnalyzer + Send>;

/// Called before the analysis of a frame of this time; a rejected frame is counted as skipped.
type Admitted = Box<dyn FnMut(Timestamp) -> bool + Send>;

/// Called with the observation of every analysed frame.
type Observed = Box<dyn FnMut(FrameObservation, Activity) + Send>;

impl AnalyzerThread {
    /// Starts a thread with the analyzer from `make`. It analyses the frames that `admitted` accepts when their turn comes, and calls
    /// `observed` after each of them.
    ///
    /// # Errors
    /// [`EngineError::Thread`] when the system has no thread left.
    pub fn spawn(
        make: impl Fn() -> ContinuousAnalyzer + Send + 'static,
        queue_bytes: usize,
        admitted: impl FnMut(Timestamp) -> bool + Send + 'static,
        observed: impl FnMut(FrameObservation, Activity) + Send + 'static,
    ) -> Result<Self, EngineError> {
        let queue = Arc::new(ByteQueue::new(queue_bytes));
        let failures = Arc::new(AtomicU64::new(0));
        let body = ThreadBody {
            queue: Arc::clone(&queue),
            failures: Arc::clone(&failures),
            make: Box::new(make),
            admitted: Box::new(admitted),
            observed: Box::new(observed),
        };
        spawn_worker("continuous-analysis", || (), move || body.run()).map_err(EngineError::Thread)?;
        Ok(Self { queue, failures })
    }

    /// Queues the next frame; waits while the queue is full. False when the thread has ended.
    pub fn push_frame(&self, frame: Frame) -> bool {
        let bytes = frame.rgb.len();
        self.queue.put(Job::Frame(frame), bytes).is_ok()
    }

    /// Runs a task after all frames queued before it. False when the thread has ended.
    pub fn then(&self, task: impl FnOnce(&mut ContinuousAnalyzer) + Send + 'static) -> bool {
        self.queue.put(Job::Task(Box::new(task)), 0).is_ok()
    }

    /// How often the analyzer had to be created anew; can be read from any thread, also in tasks.
    pub fn failures(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.failures)
    }
}

impl Drop for AnalyzerThread {
    fn drop(&mut self) {
        self.queue.close();
    }
}

struct ThreadBody {
    queue: Arc<ByteQueue<Job>>,
    failures: Arc<AtomicU64>,
    make: MakeAnalyzer,
    admitted: Admitted,
    observed: Observed,
}

impl ThreadBody {
    fn run(mut self) {
        let mut analyzer = (self.make)();
        while let Some(job) = self.queue.take() {
            if catch_unwind(AssertUnwindSafe(|| self.work(&mut analyzer, job))).is_err() {
                // Logged once: a defect may repeat with every frame.
                if self.failures.fetch_add(1, Ordering::Release) == 0 {
                    tracing::error!(error = %EngineError::Defect, "the live analysis is restarted");
                }
                analyzer = (self.make)();
            }
        }
    }

    fn work(&mut self, analyzer: &mut ContinuousAnalyzer, job: Job) {
        match job {
            Job::Frame(frame) if !(self.admitted)(frame.at) => analyzer.note_skipped(frame.at),
            Job::Frame(frame) => {
                if let Some(observation) = analyzer.push_frame(&frame) {
                    (self.observed)(observation, analyzer.activity());
                }
            }
            Job::Task(task) => task(analyzer),
        }
    }
}
