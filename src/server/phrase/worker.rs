//! The thread of one phrase: decodes and analyses frames as they come, concludes on the signal.
//!
//! One named thread outside the async runtime per open phrase. Its queue is bounded in frames and in bytes, so a client
//! that is faster than the judge waits for its acknowledgements instead of filling memory. Cancelling is a flag that
//! bypasses the queue. Dropping the handle cancels and returns; the thread ends after the frame it is looking at.

use super::analysis::Analysis;
use super::frame_clock::Stamp;
use crate::engine::Judgement;
use crate::fencing::Weapon;
use crate::geometry::PictureSize;
use crate::server::judge::{Judge, JudgeError};
use crate::server::signals::Signals;
use crate::time::Timestamp;
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// Frames that may wait: two seconds at 30 fps.
const QUEUE_FRAMES: usize = 64;
/// Bytes that may wait, in KiB: five uncompressed 1080p pictures, or some 150 JPEGs.
const QUEUE_KIB: u32 = 32 * 1024;
/// Events that may wait for a slow reader; progress beyond is dropped, the verdict is not.
const QUEUE_EVENTS: usize = 32;
/// How long a frame may wait for its place before it is kept but not analysed: half of what strict clients grant an answer.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// What the thread reports.
#[derive(Debug)]
pub(crate) enum PhraseEvent {
    /// The judge has begun the phrase.
    Begun,
    /// How far the frames that wait are analysed, 0..1.
    Progress(f64),
    /// The verdict.
    Concluded(Box<Concluded>),
    /// There will be no verdict.
    Failed(JudgeError),
}

/// The verdict and what it took.
#[derive(Debug)]
pub(crate) struct Concluded {
    /// What was judged.
    pub(crate) judgement: Judgement,
    /// From the signal to the verdict, in seconds.
    pub(crate) conclude_secs: f64,
    /// Frames analysed.
    pub(crate) analysed: u64,
    /// Frames left out because the judge could not keep up.
    pub(crate) skipped: u64,
    /// When each frame was taken, in order of number: analysed or not, decoded or not.
    pub(crate) times: Vec<(i64, Timestamp)>,
}

/// What a phrase needs to begin.
#[derive(Clone)]
pub(crate) struct WorkerSetup {
    /// Who judges.
    pub(crate) judge: Arc<dyn Judge>,
    /// With which weapon.
    pub(crate) weapon: Weapon,
    /// Nominal frames per second, above 0.
    pub(crate) fps: f64,
    /// The size that the session declared.
    pub(crate) announced: PictureSize,
    /// The session's id, for the log.
    pub(crate) session_id: String,
}

/// A frame on its way to the thread.
pub(super) struct QueuedFrame {
    pub(super) stamp: Stamp,
    pub(super) arrived: Instant,
    /// How long it had waited when its turn came.
    pub(super) lag: Duration,
    pub(super) encoding: String,
    pub(super) payload: Bytes,
    /// Gives its bytes' place in the queue back when the frame is done with.
    _place: OwnedSemaphorePermit,
}

enum Command {
    Frame(QueuedFrame),
    Conclude { signals: Signals, at: Instant },
}

/// Handle of the thread.
pub(crate) struct PhraseWorker {
    commands: mpsc::Sender<Command>,
    events: mpsc::Receiver<PhraseEvent>,
    places: Arc<Semaphore>,
    is_cancelled: Arc<AtomicBool>,
    unanalysed: u64,
}

impl PhraseWorker {
    /// Starts the thread; its first event says whether the judge could begin.
    pub(crate) fn spawn(setup: WorkerSetup) -> std::io::Result<Self> {
        let (commands, inbox) = mpsc::channel(QUEUE_FRAMES);
        let (outbox, events) = mpsc::channel(QUEUE_EVENTS);
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let cancelled = Arc::clone(&is_cancelled);
        std::thread::Builder::new().name("phrase".to_owned()).spawn(move || {
            let span = tracing::info_span!("phrase", session = %setup.session_id);
            let _entered = span.enter();
            run(&setup, inbox, &outbox, &cancelled);
        })?;
        let places = Arc::new(Semaphore::new(QUEUE_KIB as usize));
        Ok(Self { commands, events, places, is_cancelled, unanalysed: 0 })
    }

    /// Queues a frame; waits for a place, and gives up on analysing it when none comes free in time.
    pub(crate) async fn push_frame(&mut self, number: i64, stamp_secs: f64, encoding: String, payload: Bytes) {
        let arrived = Instant::now();
        let kib = (payload.len() as u32 / 1024 + 1).min(QUEUE_KIB);
        let queue = async {
            let place = Arc::clone(&self.places).acquire_many_owned(kib).await.ok()?;
            let stamp = Stamp { number, secs: stamp_secs };
            let frame = QueuedFrame { stamp, arrived, lag: Duration::ZERO, encoding, payload, _place: place };
            self.commands.send(Command::Frame(frame)).await.ok()
        };
        if !matches!(tokio::time::timeout(MAX_WAIT, queue).await, Ok(Some(()))) {
            self.unanalysed += 1;
        }
    }

    /// Asks for the verdict. Returns whether the thread is still there to give one.
    pub(crate) async fn conclude(&mut self, signals: Signals) -> bool {
        self.commands.send(Command::Conclude { signals, at: Instant::now() }).await.is_ok()
    }

    /// The next event; `None` once the thread has ended.
    pub(crate) async fn next_event(&mut self) -> Option<PhraseEvent> {
        self.events.recv().await
    }

    /// Frames that found no place in the queue.
    pub(crate) fn unanalysed(&self) -> u64 {
        self.unanalysed
    }
}

impl Drop for PhraseWorker {
    fn drop(&mut self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

fn run(
    setup: &WorkerSetup,
    mut inbox: mpsc::Receiver<Command>,
    events: &mpsc::Sender<PhraseEvent>,
    is_cancelled: &AtomicBool,
) {
    let mut analysis = match setup.judge.begin(setup.weapon) {
        Ok(phrase) => Analysis::new(phrase, setup.fps, setup.announced),
        Err(error) => return drop(events.blocking_send(PhraseEvent::Failed(error))),
    };
    if events.blocking_send(PhraseEvent::Begun).is_err() {
        return;
    }
    while let Some(command) = inbox.blocking_recv() {
        if is_cancelled.load(Ordering::Relaxed) {
            return;
        }
        match command {
            Command::Frame(frame) => analysis.take(frame),
            Command::Conclude { signals, at } => {
                let outcome = analysis.conclude(signals, at, |done| {
                    let _ = events.try_send(PhraseEvent::Progress(done));
                    !is_cancelled.load(Ordering::Relaxed)
                });
                return drop(events.blocking_send(outcome));
            }
        }
    }
}
