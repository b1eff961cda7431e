//! The two threads of one streamed phrase: frames are decoded and analysed as they come, the verdict follows the signal log.
//!
//! Both run outside the async runtime and start with the first frame. [`DecodeThread`] orders frames, computes their times, selects
//! those to analyse and decodes them; [`analyse`] passes them to the judge, so that the next frame is decoded while one is analysed.
//! The queue is bounded in frames and in bytes: a client that is faster than the judge waits for its acknowledgements instead of
//! filling memory. Cancelling is a flag that bypasses the queue. Dropping the handle cancels and returns; the threads end after
//! their current frame.

use super::decode::{DecodeError, DecodedFrame, decode};
use super::frame_clock::{FrameClock, Sequencer, Stamp};
use super::frame_selection::{FrameCost, FrameSelection, PhraseLoad};
use crate::server::judge::Judge;
use bytes::Bytes;
use fencing::Weapon;
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use vision::engine::{Caution, Judgement, PhraseEnding, PhraseJudge, PhraseSignals};
use vision::video::{ANALYSED_WIDTH, Frame, limit_width, spawn_worker};

/// Capacity of the queue in frames: two seconds at 30 fps.
const QUEUE_FRAMES: usize = 64;
/// Capacity of the queue in KiB: five uncompressed 1080p frames, or some 150 JPEGs.
const QUEUE_KIB: u32 = 32 * 1024;
/// Capacity of the event queue; when it is full progress events are dropped, the verdict is not.
const QUEUE_EVENTS: usize = 32;
/// Longest wait of a file's frame for a place in the queue, after which it is stored but not analysed: half of what strict clients
/// grant an answer.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// The same for a live phrase, whose frames would be lost at the client meanwhile: a client's queue of four seconds overflows.
const MAX_WAIT_LIVE: Duration = Duration::from_millis(20);
/// Ratio of received film to elapsed time above which a phrase is a file.
const FILE_RATE: f64 = 1.5;
/// Shorter bursts, in seconds, prove nothing.
const FILE_PROVEN_SECS: f64 = 0.3;

/// Events of the threads.
#[derive(Debug)]
pub(crate) enum PhraseEvent {
    /// Share of the waiting frames that are analysed, 0..1.
    Progress(f64),
    /// The verdict.
    Concluded(Box<Concluded>),
    /// There will be no verdict.
    Failed(String),
}

/// The verdict with figures of the analysis.
#[derive(Debug)]
pub(crate) struct Concluded {
    /// The judgement.
    pub(crate) judgement: Judgement,
    /// Latency from the signal to the verdict, in seconds.
    pub(crate) conclude_secs: f64,
    /// Frames analysed.
    pub(crate) analysed: u64,
    /// Frames skipped because the judge could not keep up.
    pub(crate) skipped: u64,
    /// Capture time of each frame, in order of number, analysed and decodable or not.
    pub(crate) times: Vec<(i64, Timestamp)>,
}

/// Dependencies and parameters of a phrase.
#[derive(Clone)]
pub(crate) struct WorkerSetup {
    /// The judge.
    pub(crate) judge: Arc<dyn Judge>,
    /// The weapon.
    pub(crate) weapon: Weapon,
    /// Nominal frames per second, above 0.
    pub(crate) fps: f64,
    /// Frame size announced by the session.
    pub(crate) announced: FrameSize,
    /// The session's id, for the log.
    pub(crate) session_id: String,
    /// Receives lag and completeness of the analysis.
    pub(crate) load: Arc<PhraseLoad>,
    /// Receives the cost of a frame.
    pub(crate) cost: FrameCost,
}

/// A frame on its way to the first thread.
struct QueuedFrame {
    stamp: Stamp,
    arrived: Instant,
    /// How long it had waited when its turn came.
    lag: Duration,
    encoding: String,
    payload: Bytes,
    /// Permit for its bytes in the queue, released with the frame.
    place: Option<OwnedSemaphorePermit>,
}

enum Command {
    Frame(QueuedFrame),
    Conclude {
        signals: PhraseSignals,
        asked: Instant,
        /// Frames that found no place in the queue.
        unanalysed: u64,
    },
}

/// Handle of the threads.
pub(crate) struct PhraseWorker {
    setup: WorkerSetup,
    running: Option<Running>,
    places: Arc<Semaphore>,
    is_cancelled: Arc<AtomicBool>,
    unanalysed: u64,
    began: Option<Instant>,
    pushed: u64,
}

struct Running {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<PhraseEvent>,
}

impl PhraseWorker {
    /// A phrase without threads, which start with its first frame.
    pub(crate) fn new(setup: WorkerSetup) -> Self {
        let places = Arc::new(Semaphore::new(QUEUE_KIB as usize));
        let (is_cancelled, unanalysed, began, pushed) = (Arc::default(), 0, None, 0);
        Self { setup, running: None, places, is_cancelled, unanalysed, began, pushed }
    }

    /// Queues a frame. A frame of a file waits for a place, until [`MAX_WAIT`] or until `let_go` is cancelled because another connection
    /// takes over the phrase; then it is not analysed. A frame of a live phrase hardly waits.
    pub(crate) async fn push_frame(
        &mut self,
        number: i64,
        stamp_secs: f64,
        encoding: String,
        payload: Bytes,
        let_go: &CancellationToken,
    ) {
        let arrived = Instant::now();
        let max_wait = if self.is_file(arrived) { MAX_WAIT } else { MAX_WAIT_LIVE };
        let kib = (payload.len() as u32 / 1024 + 1).min(QUEUE_KIB);
        let places = Arc::clone(&self.places);
        let commands = self.running().map(|running| running.commands.clone());
        let queue = async {
            let place = places.acquire_many_owned(kib).await.ok()?;
            let stamp = Stamp { number, secs: stamp_secs };
            let frame = QueuedFrame { stamp, arrived, lag: Duration::ZERO, encoding, payload, place: Some(place) };
            commands?.send(Command::Frame(frame)).await.ok()
        };
        let queued = tokio::select! {
            biased;
            queued = tokio::time::timeout(max_wait, queue) => matches!(queued, Ok(Some(()))),
            () = let_go.cancelled() => false,
        };
        if !queued {
            self.unanalysed += 1;
            self.setup.load.observe_skipped(true);
        }
    }

    /// Whether frames arrive faster than they were filmed, judged by their number until the threads know better.
    fn is_file(&mut self, now: Instant) -> bool {
        let filmed = self.pushed as f64 / self.setup.fps;
        let passed = now.saturating_duration_since(*self.began.get_or_insert(now)).as_secs_f64();
        self.pushed += 1;
        self.setup.load.is_file() || (filmed > FILE_PROVEN_SECS && filmed > passed * FILE_RATE)
    }

    /// Requests the verdict. Returns whether the threads are running.
    pub(crate) async fn conclude(&mut self, signals: PhraseSignals) -> bool {
        let unanalysed = self.unanalysed;
        let Some(running) = self.running() else { return false };
        running.commands.send(Command::Conclude { signals, asked: Instant::now(), unanalysed }).await.is_ok()
    }

    /// The next event; `None` once the threads have ended. Waits for ever before the first frame.
    pub(crate) async fn next_event(&mut self) -> Option<PhraseEvent> {
        match &mut self.running {
            Some(running) => running.events.recv().await,
            None => std::future::pending().await,
        }
    }

    /// Frames that found no place in the queue.
    pub(crate) fn unanalysed(&self) -> u64 {
        self.unanalysed
    }

    /// The threads, started on first use; `None` when the system cannot create them.
    fn running(&mut self) -> Option<&Running> {
        if self.running.is_none() {
            self.running = start(&self.setup, &self.is_cancelled)
                .inspect_err(|error| tracing::error!(%error, "no thread can be started for a phrase"))
                .ok();
        }
        self.running.as_ref()
    }
}

impl Drop for PhraseWorker {
    fn drop(&mut self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

/// Starts both threads. The channel between them has no buffer: decoded frames are large.
fn start(setup: &WorkerSetup, is_cancelled: &Arc<AtomicBool>) -> std::io::Result<Running> {
    let (commands, mut inbox) = mpsc::channel(QUEUE_FRAMES);
    let (outbox, events) = mpsc::channel(QUEUE_EVENTS);
    let (steps, decoded) = std::sync::mpsc::sync_channel(0);
    let span = tracing::info_span!("phrase", session = %setup.session_id);
    let analysis = (setup.clone(), outbox.clone(), Arc::clone(is_cancelled), span.clone());
    spawn_worker(
        "phrase-analyse",
        || (),
        move || {
            let (setup, events, is_cancelled, span) = analysis;
            let _entered = span.enter();
            analyse(&setup, &decoded, &events, &is_cancelled);
        },
    )?;
    let mut decoder = DecodeThread::new(setup.fps, setup.announced, Arc::clone(&setup.load), steps);
    let is_cancelled = Arc::clone(is_cancelled);
    spawn_worker(
        "phrase-decode",
        || (),
        move || {
            let _entered = span.enter();
            while let Some(command) = inbox.blocking_recv() {
                let goes_on = match command {
                    _ if is_cancelled.load(Ordering::Relaxed) => false,
                    Command::Frame(frame) => decoder.take(frame),
                    Command::Conclude { signals, asked, unanalysed } => {
                        return decoder.conclude((signals, unanalysed), asked, |done| {
                            let _ = outbox.try_send(PhraseEvent::Progress(done));
                        });
                    }
                };
                if !goes_on {
                    return;
                }
            }
        },
    )?;
    Ok(Running { commands, events })
}

/// Messages from the first thread to the second.
enum Step {
    /// The next frame.
    Show(Frame),
    /// The phrase has ended.
    Conclude(Box<Conclusion>),
}

/// Facts at the end of a phrase.
struct Conclusion {
    /// Signals, last frame, skipped frames.
    ending: PhraseEnding,
    /// Time of the request for the verdict.
    asked: Instant,
    /// Frames skipped to keep up, or too late for their place.
    skipped: u64,
    /// Capture time of each frame, in order of number.
    times: Vec<(i64, Timestamp)>,
    /// Error message for a phrase without any analysed frame.
    if_nothing_analysed: String,
}

/// State of the first thread: order, times, selection, decoding.
struct DecodeThread {
    /// Sender to the second thread.
    steps: SyncSender<Step>,
    announced: FrameSize,
    sequencer: Sequencer<QueuedFrame>,
    clock: FrameClock<QueuedFrame>,
    /// Arrival time that corresponds to the zero of the phrase's clock.
    began: Option<Instant>,
    selection: FrameSelection,
    load: Arc<PhraseLoad>,
    undecodable: u64,
    first_failure: Option<DecodeError>,
    times: Vec<(i64, Timestamp)>,
    /// Whether the second thread still receives.
    is_analysed: bool,
}

impl DecodeThread {
    /// A phrase without a frame. `fps` is above 0.
    fn new(fps: f64, announced: FrameSize, load: Arc<PhraseLoad>, steps: SyncSender<Step>) -> Self {
        Self {
            steps,
            announced,
            sequencer: Sequencer::default(),
            clock: FrameClock::new(fps),
            began: None,
            selection: FrameSelection::default(),
            load,
            undecodable: 0,
            first_failure: None,
            times: Vec::new(),
            is_analysed: true,
        }
    }

    /// Adds a frame and passes on all that are in order now. Returns whether more frames are needed.
    ///
    /// Its lag is measured here, before it waits for its order or for the clock.
    fn take(&mut self, mut frame: QueuedFrame) -> bool {
        frame.lag = frame.arrived.elapsed();
        for (_, frame) in self.sequencer.push(frame.stamp.number, frame) {
            self.in_order(frame);
        }
        self.is_analysed
    }

    /// Passes on what still waits and requests the verdict. `unanalysed` frames were never passed in; `progress` is called with the share
    /// done, 0..1.
    fn conclude(mut self, (signals, unanalysed): (PhraseSignals, u64), asked: Instant, progress: impl Fn(f64)) {
        let waiting: Vec<_> = self.sequencer.flush().into_iter().map(|(_, frame)| frame).collect();
        let total = waiting.len().max(1) as f64;
        for (done, frame) in waiting.into_iter().enumerate() {
            self.in_order(frame);
            progress(done as f64 / total);
        }
        let held = self.clock.flush();
        self.pass_on_all(&held);
        let skipped = self.selection.skipped() + self.sequencer.late();
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
            if_nothing_analysed: self.nothing_analysed(),
            times: std::mem::take(&mut self.times),
        };
        let _second_thread_has_ended = self.steps.send(Step::Conclude(Box::new(conclusion)));
    }

    /// Computes the time of the next frame and passes on all whose times are known now. Frames held by the clock need no permit: their
    /// bytes are those of the stored frame.
    fn in_order(&mut self, mut frame: QueuedFrame) {
        frame.place = None;
        let timed = self.clock.push(frame.stamp, frame);
        self.pass_on_all(&timed);
    }

    fn pass_on_all(&mut self, timed: &[(Timestamp, QueuedFrame)]) {
        // The last frame of a burst fixes the clock best: it arrived when it was taken.
        if let (None, Some((at, last))) = (self.began, timed.last()) {
            self.began = last.arrived.checked_sub(Duration::from_secs_f64(at.secs()));
        }
        for (at, frame) in timed {
            self.pass_on(*at, frame);
        }
    }

    /// Decodes a frame with known time and passes it to the judge, unless it is skipped to keep up.
    fn pass_on(&mut self, at: Timestamp, frame: &QueuedFrame) {
        self.times.push((frame.stamp.number, at));
        let began = *self.began.get_or_insert(frame.arrived);
        self.selection.observe(at, frame.arrived.saturating_duration_since(began));
        self.note_load(at, frame);
        let accepts = self.is_analysed && self.selection.accepts(frame.lag);
        if self.selection.load_lag(frame.lag).is_some() {
            self.load.observe_skipped(!accepts);
        }
        if !accepts {
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

    /// Updates the lag and rate of this phrase for admission.
    fn note_load(&mut self, at: Timestamp, frame: &QueuedFrame) {
        if self.selection.is_file() {
            self.load.set_file();
        }
        if let Some(lag) = self.selection.load_lag(frame.lag) {
            self.load.observe_lag(lag);
            self.load.observe_rate(self.times.len() as f64 / at.secs().max(f64::EPSILON));
        }
    }

    /// Passes on the frame whose time was computed last. Its index is its position in the saved video: a missing number has none, as
    /// in the reference.
    fn show(&mut self, at: Timestamp, picture: DecodedFrame) {
        let index = FrameIndex(self.times.len().saturating_sub(1) as u64);
        // At the width of the clip reader, so that both are analysed alike.
        let Ok((size, rgb)) = limit_width(picture.rgb, picture.size, ANALYSED_WIDTH) else { return };
        // Keypoints are reported in the announced size, so a camera that switched its size has no effect.
        let Some(frame) = Frame::from_rgb(at, index, size, self.announced, rgb) else { return };
        self.is_analysed = self.steps.send(Step::Show(frame)).is_ok();
    }

    fn note_undecodable(&mut self, number: i64, error: DecodeError) {
        tracing::warn!(frame = number, %error, "a frame could not be decoded");
        self.undecodable += 1;
        self.first_failure.get_or_insert(error);
    }

    fn nothing_analysed(&self) -> String {
        match &self.first_failure {
            Some(error) => format!("none of the frames could be decoded: {error}"),
            None if self.selection.skipped() + self.sequencer.late() > 0 => "no frame could be analysed".to_owned(),
            None => "No frames to write".to_owned(),
        }
    }
}

/// The second thread: passes frames to the judge until the phrase ends or is cancelled.
fn analyse(setup: &WorkerSetup, steps: &Receiver<Step>, events: &mpsc::Sender<PhraseEvent>, is_cancelled: &AtomicBool) {
    let mut phrase = setup.judge.begin(setup.weapon);
    let mut is_shown = false;
    while let Ok(step) = steps.recv() {
        if is_cancelled.load(Ordering::Relaxed) {
            return;
        }
        match step {
            Step::Show(frame) => {
                let began = Instant::now();
                phrase.push_frame(&frame);
                // Admission of further phrases uses the cost of a frame.
                setup.load.observe_cost(began.elapsed());
                setup.cost.learn(&setup.load);
                is_shown = true;
            }
            Step::Conclude(conclusion) => {
                let event = if is_shown {
                    decide(phrase, *conclusion)
                } else {
                    PhraseEvent::Failed(conclusion.if_nothing_analysed)
                };
                return drop(events.blocking_send(event));
            }
        }
    }
}

fn decide(phrase: Box<dyn PhraseJudge + '_>, conclusion: Conclusion) -> PhraseEvent {
    let Conclusion { ending, asked, skipped, times, .. } = conclusion;
    match phrase.conclude(ending) {
        Ok(judgement) => {
            let (conclude_secs, analysed) = (asked.elapsed().as_secs_f64(), judgement.completeness.frames_analysed);
            PhraseEvent::Concluded(Box::new(Concluded { judgement, conclude_secs, analysed, skipped, times }))
        }
        Err(error) => PhraseEvent::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::pack_raw;

    #[test]
    fn a_frames_place_is_that_among_the_frames_that_came() {
        let size = FrameSize::new(4, 2);
        let (decoded, steps) = std::sync::mpsc::sync_channel(8);
        let mut decoder = DecodeThread::new(10.0, size, Arc::default(), decoded);
        let places = Arc::new(Semaphore::new(8));
        // One missing number, one undecodable frame: the first takes no position in the video, the second does.
        for (number, is_readable) in [(5, true), (7, true), (8, false), (9, true)] {
            let payload = if is_readable { pack_raw(4, 2, &[7; 24]) } else { vec![1] };
            decoder.take(QueuedFrame {
                stamp: Stamp { number, secs: number as f64 / 10.0 },
                arrived: Instant::now(),
                lag: Duration::ZERO,
                encoding: "raw".to_owned(),
                payload: payload.into(),
                place: Arc::clone(&places).try_acquire_owned().ok(),
            });
        }
        decoder.conclude((PhraseSignals::default(), 0), Instant::now(), |_| {});
        let shown = steps.try_iter().filter_map(|step| match step {
            Step::Show(frame) => Some((frame.index.0, frame.at.secs())),
            Step::Conclude(_) => None,
        });
        let (indices, times): (Vec<_>, Vec<_>) = shown.unzip();
        assert_eq!(indices, [0, 1, 3]);
        assert!(times.iter().zip([0.0, 0.2, 0.4]).all(|(at, expected)| (at - expected).abs() < 1e-6), "{times:?}");
    }
}
