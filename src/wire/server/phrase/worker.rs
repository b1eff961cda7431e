//! The threads of one phrase: frames are decoded and looked at as they come, the verdict follows the signal.
//!
//! Two named threads outside the async runtime per phrase that is fenced, none before its first frame: one puts frames in
//! order and decodes, the other looks, so that the next picture is ready when the eyes are. The queue is bounded in frames
//! and in bytes: a client that is faster than the judge waits for its acknowledgements instead of filling memory.
//! Cancelling is a flag that bypasses the queue. Dropping the handle cancels and returns; the threads end after the
//! picture that they are at.

use super::frame_clock::Stamp;
use super::intake::Intake;
use super::looking::look;
use super::pace::{FrameCost, Load};
use crate::server::judge::Judge;
use bytes::Bytes;
use fencing::Weapon;
use fencing::geometry::PictureSize;
use fencing::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use vision::engine::{Judgement, PhraseSignals};

/// Frames that may wait: two seconds at 30 fps.
const QUEUE_FRAMES: usize = 64;
/// Bytes that may wait, in KiB: five uncompressed 1080p pictures, or some 150 JPEGs.
const QUEUE_KIB: u32 = 32 * 1024;
/// Events that may wait for a slow reader; progress beyond is dropped, the verdict is not.
const QUEUE_EVENTS: usize = 32;
/// How long a frame of a file may wait for its place before it is kept but not analysed: half of what strict clients grant an
/// answer.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// The same for a live phrase, whose frames would be lost at the client meanwhile: a client's queue of four seconds overflows.
const MAX_WAIT_LIVE: Duration = Duration::from_millis(20);
/// A phrase that has brought so much more film than time has passed is a file.
const FILE_RATE: f64 = 1.5;
/// Shorter than this, in seconds, a burst proves nothing.
const FILE_PROVEN_SECS: f64 = 0.3;

/// What the thread reports.
#[derive(Debug)]
pub(crate) enum PhraseEvent {
    /// How far the frames that wait are analysed, 0..1.
    Progress(f64),
    /// The verdict.
    Concluded(Box<Concluded>),
    /// There will be no verdict.
    Failed(String),
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
    /// Where the threads note how late and how completely they analyse.
    pub(crate) load: Arc<Load>,
    /// Where they note what a frame costs.
    pub(crate) cost: FrameCost,
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
    pub(super) place: Option<OwnedSemaphorePermit>,
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
    /// A phrase that costs nothing until its first frame comes.
    pub(crate) fn new(setup: WorkerSetup) -> Self {
        let places = Arc::new(Semaphore::new(QUEUE_KIB as usize));
        let (is_cancelled, unanalysed, began, pushed) = (Arc::default(), 0, None, 0);
        Self { setup, running: None, places, is_cancelled, unanalysed, began, pushed }
    }

    /// Queues a frame. A file waits for a place, and gives up on analysing the frame when none comes free in time or `let_go` asks
    /// for the phrase: whoever takes it over cannot wait as long as a frame can. A live phrase does not wait.
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
            self.setup.load.took(true);
        }
    }

    /// Whether frames come faster than they were filmed, as far as their number tells until the threads know better.
    fn is_file(&mut self, now: Instant) -> bool {
        let filmed = self.pushed as f64 / self.setup.fps;
        let passed = now.saturating_duration_since(*self.began.get_or_insert(now)).as_secs_f64();
        self.pushed += 1;
        self.setup.load.is_file() || (filmed > FILE_PROVEN_SECS && filmed > passed * FILE_RATE)
    }

    /// Asks for the verdict. Returns whether the threads are there to give one.
    pub(crate) async fn conclude(&mut self, signals: PhraseSignals) -> bool {
        let unanalysed = self.unanalysed;
        let Some(running) = self.running() else { return false };
        running.commands.send(Command::Conclude { signals, asked: Instant::now(), unanalysed }).await.is_ok()
    }

    /// The next event; `None` once the threads have ended. Waits for ever while no frame has come.
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

    /// The threads, started when they are first wanted; `None` when the machine has none left.
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

/// Starts both threads. Pictures go from one to the other without a queue: decoded, they are large.
fn start(setup: &WorkerSetup, is_cancelled: &Arc<AtomicBool>) -> std::io::Result<Running> {
    let (commands, mut inbox) = mpsc::channel(QUEUE_FRAMES);
    let (outbox, events) = mpsc::channel(QUEUE_EVENTS);
    let (steps, looked_at) = std::sync::mpsc::sync_channel(0);
    let span = tracing::info_span!("phrase", session = %setup.session_id);
    let looking = (setup.clone(), outbox.clone(), Arc::clone(is_cancelled), span.clone());
    std::thread::Builder::new().name("phrase-look".to_owned()).spawn(move || {
        let (setup, events, is_cancelled, span) = looking;
        let _entered = span.enter();
        look(&setup, &looked_at, &events, &is_cancelled);
    })?;
    let mut intake = Intake::new(setup.fps, setup.announced, Arc::clone(&setup.load), steps);
    let is_cancelled = Arc::clone(is_cancelled);
    std::thread::Builder::new().name("phrase-decode".to_owned()).spawn(move || {
        let _entered = span.enter();
        while let Some(command) = inbox.blocking_recv() {
            let goes_on = match command {
                _ if is_cancelled.load(Ordering::Relaxed) => false,
                Command::Frame(frame) => intake.take(frame),
                Command::Conclude { signals, asked, unanalysed } => {
                    return intake.conclude((signals, unanalysed), asked, |done| {
                        let _ = outbox.try_send(PhraseEvent::Progress(done));
                    });
                }
            };
            if !goes_on {
                return;
            }
        }
    })?;
    Ok(Running { commands, events })
}

#[cfg(test)]
mod tests {
    use super::super::looking::Step;
    use super::*;
    use crate::protocol::pack_raw;

    #[test]
    fn a_frames_place_is_that_among_the_frames_that_came() {
        let size = PictureSize::new(4, 2);
        let (eyes, steps) = std::sync::mpsc::sync_channel(8);
        let mut intake = Intake::new(10.0, size, Arc::default(), eyes);
        let places = Arc::new(Semaphore::new(8));
        // One that is never sent, one that cannot be read: the one takes no place in the video, the other has one.
        for (number, is_readable) in [(5, true), (7, true), (8, false), (9, true)] {
            let payload = if is_readable { pack_raw(4, 2, &[7; 24]) } else { vec![1] };
            intake.take(QueuedFrame {
                stamp: Stamp { number, secs: number as f64 / 10.0 },
                arrived: Instant::now(),
                lag: Duration::ZERO,
                encoding: "raw".to_owned(),
                payload: payload.into(),
                place: Arc::clone(&places).try_acquire_owned().ok(),
            });
        }
        intake.conclude((PhraseSignals::default(), 0), Instant::now(), |_| {});
        let shown = steps.try_iter().filter_map(|step| match step {
            Step::Show(frame) => Some((frame.index.0, frame.at.secs())),
            Step::Conclude(_) => None,
        });
        let (indices, times): (Vec<_>, Vec<_>) = shown.unzip();
        assert_eq!(indices, [0, 1, 3]);
        assert!(times.iter().zip([0.0, 0.2, 0.4]).all(|(at, expected)| (at - expected).abs() < 1e-6), "{times:?}");
    }
}
