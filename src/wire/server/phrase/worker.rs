//! The two threads of one streamed phrase: frames are decoded and analysed as they come, the verdict follows the signal log.
//!
//! Both run outside the async runtime and start with the first frame. [`DecodeThread`] orders frames, computes their times, selects
//! those to analyse and decodes them; [`analyse`] passes them to the judge, so that the next frame is decoded while one is analysed.
//! Frames wait in the [`FrameQueue`] until their turn, also after the signal log has come: how long, [`FrameSelection`] says.
//! Cancelling is a flag that bypasses the queue. Dropping the handle cancels and returns; the threads end after their current frame.

use super::decode::{DecodeError, DecodedFrame, decode};
use super::frame_clock::{FrameClock, Sequencer, Stamp};
use super::frame_queue::{CloseOnDrop, ConcludeRequest, FrameQueue, Next, QueuedFrame};
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
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vision::engine::{Caution, Judgement, PhraseEnding, PhraseJudge, PhraseSignals};
use vision::video::{ANALYSED_WIDTH, Frame, limit_width, spawn_worker};

/// Capacity of the event queue; when it is full progress events are dropped, the verdict is not.
const QUEUE_EVENTS: usize = 32;
/// Longest time that the acknowledgement of a file's frame is withheld to slow the client down: half of what strict clients grant an
/// answer. The frame waits on.
const MAX_WAIT: Duration = Duration::from_secs(5);
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
    /// Whether the client announced how many frames come: it has them already, so the phrase is a recording, whatever its pace.
    pub(crate) is_recording: bool,
    /// The session's id, for the log.
    pub(crate) session_id: String,
    /// Receives lag and completeness of the analysis.
    pub(crate) load: Arc<PhraseLoad>,
    /// Receives the cost of a frame.
    pub(crate) cost: FrameCost,
}

/// Handle of the threads.
pub(crate) struct PhraseWorker {
    setup: WorkerSetup,
    /// Events of the threads, once they run.
    events: Option<mpsc::Receiver<PhraseEvent>>,
    queue: Arc<FrameQueue>,
    is_cancelled: Arc<AtomicBool>,
    unanalysed: u64,
    began: Option<Instant>,
    pushed: u64,
}

impl PhraseWorker {
    /// A phrase without threads, which start with its first frame.
    pub(crate) fn new(setup: WorkerSetup) -> Self {
        let (queue, is_cancelled, unanalysed, began, pushed) = (Arc::default(), Arc::default(), 0, None, 0);
        Self { setup, events: None, queue, is_cancelled, unanalysed, began, pushed }
    }

    /// Queues a frame. For a file it returns when few frames wait, after [`MAX_WAIT`], or when `let_go` is cancelled because another
    /// connection takes over the phrase; for a live phrase at once.
    pub(crate) async fn push_frame(
        &mut self,
        number: i64,
        stamp_secs: f64,
        encoding: String,
        payload: Bytes,
        let_go: &CancellationToken,
    ) {
        let arrived = Instant::now();
        let is_file = self.is_file(arrived);
        let stamp = Stamp { number, secs: stamp_secs };
        let frame = QueuedFrame { stamp, arrived, lag: Duration::ZERO, encoding, payload };
        if !(self.is_running() && self.queue.push(frame)) {
            self.unanalysed += 1;
            self.setup.load.observe_skipped(true);
        } else if is_file {
            tokio::select! {
                biased;
                _in_time = tokio::time::timeout(MAX_WAIT, self.queue.room()) => {}
                () = let_go.cancelled() => {}
            }
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
    pub(crate) fn conclude(&mut self, signals: PhraseSignals) -> bool {
        let request = ConcludeRequest { signals, asked: Instant::now(), unanalysed: self.unanalysed };
        self.is_running() && self.queue.conclude(request)
    }

    /// The next event; `None` once the threads have ended. Waits for ever before the first frame.
    pub(crate) async fn next_event(&mut self) -> Option<PhraseEvent> {
        match &mut self.events {
            Some(events) => events.recv().await,
            None => std::future::pending().await,
        }
    }

    /// Frames that could not be queued.
    pub(crate) fn unanalysed(&self) -> u64 {
        self.unanalysed
    }

    /// Starts the threads on first use; returns whether the system could create them.
    fn is_running(&mut self) -> bool {
        if self.events.is_none() {
            self.events = start(&self.setup, &self.queue, &self.is_cancelled)
                .inspect_err(|error| tracing::error!(%error, "no thread can be started for a phrase"))
                .ok();
        }
        self.events.is_some()
    }
}

impl Drop for PhraseWorker {
    fn drop(&mut self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
        self.queue.close();
    }
}

/// Starts both threads. The channel between them has no buffer: decoded frames are large.
fn start(
    setup: &WorkerSetup,
    queue: &Arc<FrameQueue>,
    is_cancelled: &Arc<AtomicBool>,
) -> std::io::Result<mpsc::Receiver<PhraseEvent>> {
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
    let mut decoder = DecodeThread::new(setup, Arc::clone(queue), steps);
    let (queue, is_cancelled) = (Arc::clone(queue), Arc::clone(is_cancelled));
    spawn_worker(
        "phrase-decode",
        || (),
        move || {
            let _entered = span.enter();
            let _closed_at_the_end = CloseOnDrop(&queue);
            let report = |done| drop(outbox.try_send(PhraseEvent::Progress(done)));
            while let Some(next) = queue.next() {
                let goes_on = match next {
                    _ if is_cancelled.load(Ordering::Relaxed) => false,
                    Next::Frame(frame) => decoder.take(frame, report),
                    Next::Conclude(request) => return decoder.conclude(request),
                };
                if !goes_on {
                    return;
                }
            }
        },
    )?;
    Ok(events)
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
    setup: WorkerSetup,
    queue: Arc<FrameQueue>,
    sequencer: Sequencer<QueuedFrame>,
    clock: FrameClock<QueuedFrame>,
    /// Arrival time that corresponds to the zero of the phrase's clock.
    began: Option<Instant>,
    selection: FrameSelection,
    /// Frames that waited when the verdict was requested.
    backlog_at_request: Option<usize>,
    undecodable: u64,
    first_failure: Option<DecodeError>,
    times: Vec<(i64, Timestamp)>,
    /// Whether the second thread still receives.
    is_analysed: bool,
}

impl DecodeThread {
    /// A phrase without a frame.
    fn new(setup: &WorkerSetup, queue: Arc<FrameQueue>, steps: SyncSender<Step>) -> Self {
        Self {
            steps,
            setup: setup.clone(),
            queue,
            sequencer: Sequencer::default(),
            clock: FrameClock::new(setup.fps),
            began: None,
            selection: FrameSelection::new(setup.is_recording),
            backlog_at_request: None,
            undecodable: 0,
            first_failure: None,
            times: Vec::new(),
            is_analysed: true,
        }
    }

    /// Adds a frame and passes on all that are in order now. Returns whether more frames are needed. Once the verdict is requested,
    /// `progress` is called with the share of the waiting frames that is done, 0..1.
    ///
    /// The frame's lag is measured here, before it waits for its order or for the clock.
    fn take(&mut self, mut frame: QueuedFrame, progress: impl Fn(f64)) -> bool {
        frame.lag = frame.arrived.elapsed();
        for (_, frame) in self.sequencer.push(frame.stamp.number, frame) {
            self.in_order(frame);
        }
        let backlog = self.queue.backlog();
        if backlog.asked.is_some() {
            let all = *self.backlog_at_request.get_or_insert(backlog.frames + 1);
            progress(1.0 - backlog.frames as f64 / all as f64);
        }
        self.is_analysed
    }

    /// Passes on what still waits for its order or time, and requests the verdict.
    fn conclude(mut self, request: ConcludeRequest) {
        for (_, frame) in self.sequencer.flush() {
            self.in_order(frame);
        }
        let held = self.clock.flush();
        self.pass_on_all(&held);
        let ConcludeRequest { signals, asked, unanalysed } = request;
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

    /// Computes the time of the next frame and passes on all whose times are known now.
    fn in_order(&mut self, frame: QueuedFrame) {
        let timed = self.clock.push(frame.stamp, frame);
        self.pass_on_all(&timed);
    }

    fn pass_on_all(&mut self, timed: &[(Timestamp, QueuedFrame)]) {
        // The last frame of a burst fixes the clock best: it arrived when it was taken.
        if let (None, Some((at, last))) = (self.began, timed.last()) {
            self.began = last.arrived.checked_sub(Duration::from_secs_f64(at.secs()));
        }
        for (place, (at, frame)) in timed.iter().enumerate() {
            self.pass_on(*at, frame, timed.len() - place);
        }
    }

    /// Decodes a frame with known time and passes it to the judge, unless it is skipped to keep up. `waiting` frames are timed and not yet
    /// passed on, this one included.
    fn pass_on(&mut self, at: Timestamp, frame: &QueuedFrame, waiting: usize) {
        self.times.push((frame.stamp.number, at));
        let began = *self.began.get_or_insert(frame.arrived);
        self.selection.observe(at, frame.arrived.saturating_duration_since(began));
        self.note_load(at, frame);
        let accepts = self.is_analysed && self.accepts(waiting);
        if self.selection.load_lag(frame.lag).is_some() {
            self.setup.load.observe_skipped(!accepts);
        }
        if !accepts {
            return;
        }
        let began = Instant::now();
        match decode(&frame.encoding, &frame.payload, self.setup.announced) {
            Ok(picture) => {
                self.setup.load.set_decode_cost(began.elapsed());
                self.show(at, picture);
            }
            Err(error) => self.note_undecodable(frame.stamp.number, error),
        }
    }

    /// Whether the next frame is analysed, so that these and the queued ones are worked off in time.
    fn accepts(&mut self, timed: usize) -> bool {
        let backlog = self.queue.backlog();
        let cost = self.setup.load.cost_secs().unwrap_or_else(|| self.setup.cost.secs());
        let work_secs = (timed + backlog.frames) as f64 * cost;
        self.selection.accepts(work_secs, backlog.asked.map(|asked| asked.elapsed()))
    }

    /// Updates the lag and rate of this phrase for admission.
    fn note_load(&mut self, at: Timestamp, frame: &QueuedFrame) {
        if self.selection.is_file() {
            self.setup.load.set_file();
        }
        if let Some(lag) = self.selection.load_lag(frame.lag) {
            self.setup.load.observe_lag(lag);
            self.setup.load.observe_rate(self.times.len() as f64 / at.secs().max(f64::EPSILON));
        }
    }

    /// Passes on the frame whose time was computed last. Its index is its position in the saved video: a missing number has none, as
    /// in the reference.
    fn show(&mut self, at: Timestamp, picture: DecodedFrame) {
        let index = FrameIndex(self.times.len().saturating_sub(1) as u64);
        // At the width of the clip reader, so that both are analysed alike.
        let Ok((size, rgb)) = limit_width(picture.rgb, picture.size, ANALYSED_WIDTH) else { return };
        // Keypoints are reported in the announced size, so a camera that switched its size has no effect.
        let Some(frame) = Frame::from_rgb(at, index, size, self.setup.announced, rgb) else { return };
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
    use crate::server::judge::Readiness;

    struct NoJudge;

    impl Judge for NoJudge {
        fn begin(&self, _: Weapon) -> Box<dyn PhraseJudge + '_> {
            unreachable!("the first thread alone is tested")
        }

        fn readiness(&self) -> Readiness {
            Readiness::default()
        }
    }

    fn setup(fps: f64, is_recording: bool) -> WorkerSetup {
        WorkerSetup {
            judge: Arc::new(NoJudge),
            weapon: Weapon::Sabre,
            fps,
            announced: FrameSize::new(4, 2),
            is_recording,
            session_id: "test".to_owned(),
            load: Arc::default(),
            cost: FrameCost::default(),
        }
    }

    fn frame(number: i64, secs: f64, payload: Vec<u8>) -> QueuedFrame {
        let stamp = Stamp { number, secs };
        let (arrived, encoding) = (Instant::now(), "raw".to_owned());
        QueuedFrame { stamp, arrived, lag: Duration::ZERO, encoding, payload: payload.into() }
    }

    fn request(asked: Instant) -> ConcludeRequest {
        ConcludeRequest { signals: PhraseSignals::default(), asked, unanalysed: 0 }
    }

    #[test]
    fn a_frames_place_is_that_among_the_frames_that_came() {
        let (decoded, steps) = std::sync::mpsc::sync_channel(8);
        let mut decoder = DecodeThread::new(&setup(10.0, false), Arc::default(), decoded);
        // One missing number, one undecodable frame: the first takes no position in the video, the second does.
        for (number, is_readable) in [(5, true), (7, true), (8, false), (9, true)] {
            let payload = if is_readable { pack_raw(4, 2, &[7; 24]) } else { vec![1] };
            decoder.take(frame(number, number as f64 / 10.0, payload), |_| {});
        }
        decoder.conclude(request(Instant::now()));
        let shown = steps.try_iter().filter_map(|step| match step {
            Step::Show(frame) => Some((frame.index.0, frame.at.secs())),
            Step::Conclude(_) => None,
        });
        let (indices, times): (Vec<_>, Vec<_>) = shown.unzip();
        assert_eq!(indices, [0, 1, 3]);
        assert!(times.iter().zip([0.0, 0.2, 0.4]).all(|(at, expected)| (at - expected).abs() < 1e-6), "{times:?}");
    }

    /// How many of 200 frames at 30 fps, at 50 ms each, are analysed when they all wait at the signal.
    fn analysed_of_a_backlog(is_recording: bool) -> (usize, u64, f64) {
        let setup = setup(30.0, is_recording);
        setup.load.observe_cost(Duration::from_millis(50));
        let queue = Arc::new(FrameQueue::default());
        let arrived = Instant::now();
        for number in 0..200 {
            let secs = number as f64 / 30.0;
            // Each frame arrived when it was filmed.
            let frame = frame(number, secs, pack_raw(4, 2, &[7; 24]));
            assert!(queue.push(QueuedFrame { arrived: arrived + Duration::from_secs_f64(secs), ..frame }));
        }
        assert!(queue.conclude(request(Instant::now())));
        let (decoded, steps) = std::sync::mpsc::sync_channel(256);
        let mut decoder = DecodeThread::new(&setup, Arc::clone(&queue), decoded);
        let done = std::cell::Cell::new(0.0);
        while let Some(Next::Frame(frame)) = queue.next() {
            assert!(decoder.take(frame, |share| done.set(share)));
        }
        decoder.conclude(request(Instant::now()));
        let (shown, ending): (Vec<_>, Vec<_>) = steps.try_iter().partition(|step| matches!(step, Step::Show(_)));
        let Some(Step::Conclude(conclusion)) = ending.into_iter().next() else { panic!("no conclusion") };
        assert_eq!(shown.len() as u64 + conclusion.skipped, 200);
        (shown.len(), conclusion.skipped, done.get())
    }

    #[test]
    fn a_recording_that_waits_is_analysed_whole_and_a_live_phrase_as_far_as_its_time_goes() {
        assert_eq!(analysed_of_a_backlog(true), (200, 0, 1.0));
        // 10 s of work in 2 s: a fifth at first; the frames cost nothing here, so that the rest fits more and more.
        let (analysed, skipped, done) = analysed_of_a_backlog(false);
        assert!(skipped > 50 && analysed > 40, "{analysed} analysed, {skipped} skipped");
        assert!((done - 1.0).abs() < 1e-9, "{done}");
    }
}
