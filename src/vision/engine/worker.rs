//! The only thread of the engine: judges one phrase in the background while its frames arrive.
//!
//! The producer (window, server) hands in frames and signals and gets events back. The queue is bounded in bytes: a
//! live source [`offers`](PhraseWorker::offer_frame) and counts what was skipped, a file or a socket
//! [`pushes`](PhraseWorker::push_frame) and waits. Cancelling bypasses the queue, so a full queue can never delay it.
//! Dropping the worker returns at once, without joining, so a window never hangs on close; unless `conclude` was called,
//! the frames that still wait are dropped with it.

use super::queue::{ByteQueue, Refused};
use super::{EngineError, FrameObservation, Judgement, PhraseAnalyzer};
use crate::video::Frame;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use fencing::{SignalEvent, SignalLog};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Frames waiting for analysis, at most: about two seconds of 960x540 at 30 fps.
pub const DEFAULT_QUEUE_BYTES: usize = 96 << 20;

/// Observations that the receiver has not taken yet, at most; older ones are of no use to anybody, so newer ones are dropped.
const EVENT_SLOTS: usize = 64;

/// What the worker tells its owner.
#[derive(Debug)]
pub enum WorkerEvent {
    /// A frame was analysed (dropped when nobody reads).
    Observed(Box<FrameObservation>),
    /// The phrase is judged. Last event.
    Judged(Box<Judgement>),
    /// The phrase could not be judged. Last event.
    Failed(EngineError),
    /// The owner cancelled. Last event.
    Cancelled,
}

enum Command {
    Frame(Frame),
    Signal(SignalEvent),
    Signals(Box<SignalLog>),
    Conclude,
}

/// Whether a live frame was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It will be analysed.
    Taken,
    /// The analysis is behind: the frame was skipped and counted.
    Skipped,
    /// The worker has ended.
    Ended,
}

/// The owner's end of one phrase under analysis.
pub struct PhraseWorker {
    queue: Arc<ByteQueue<Command>>,
    cancelled: Arc<AtomicBool>,
    skipped: Arc<AtomicU64>,
    concluded: AtomicBool,
}

impl PhraseWorker {
    /// Starts a named thread that feeds `analyzer`; `wake` is called after every event (a window asks for a repaint there).
    pub fn spawn(
        analyzer: PhraseAnalyzer,
        queue_bytes: usize,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(Self, Receiver<WorkerEvent>), EngineError> {
        let queue = Arc::new(ByteQueue::new(queue_bytes));
        let cancelled = Arc::new(AtomicBool::new(false));
        let skipped = Arc::new(AtomicU64::new(0));
        let (events, received) = crossbeam_channel::bounded(EVENT_SLOTS);
        let thread = Thread {
            queue: Arc::clone(&queue),
            cancelled: Arc::clone(&cancelled),
            skipped: Arc::clone(&skipped),
            events,
            wake: Box::new(wake),
        };
        std::thread::Builder::new()
            .name("phrase-analysis".into())
            .spawn(move || thread.run(analyzer))
            .map_err(EngineError::Thread)?;
        Ok((Self { queue, cancelled, skipped, concluded: AtomicBool::new(false) }, received))
    }

    /// Hands in a live frame; skips it rather than wait.
    pub fn offer_frame(&self, frame: Frame) -> Offered {
        let bytes = frame.rgb.len();
        match self.queue.offer(Command::Frame(frame), bytes) {
            Ok(()) => Offered::Taken,
            Err(Refused::Full(_)) => {
                self.skipped.fetch_add(1, Ordering::Relaxed);
                Offered::Skipped
            }
            Err(Refused::Closed(_)) => Offered::Ended,
        }
    }

    /// Hands in a frame that must not be lost; waits while the queue is full. False when the worker has ended.
    pub fn push_frame(&self, frame: Frame) -> bool {
        let bytes = frame.rgb.len();
        self.queue.put(Command::Frame(frame), bytes).is_ok()
    }

    /// Hands in one signal.
    pub fn push_signal(&self, signal: SignalEvent) {
        let _ended = self.queue.put(Command::Signal(signal), 0);
    }

    /// Replaces all signals by a complete log.
    pub fn set_signals(&self, signals: SignalLog) {
        let _ended = self.queue.put(Command::Signals(Box::new(signals)), 0);
    }

    /// No more frames: judge once those handed in are analysed.
    pub fn conclude(&self) {
        self.concluded.store(true, Ordering::Relaxed);
        let _ended = self.queue.put(Command::Conclude, 0);
        self.queue.close();
    }

    /// Drops everything at once; the last event is [`WorkerEvent::Cancelled`].
    pub fn cancel(&self) {
        // First the flag, so that the thread sees it when the closed queue wakes it.
        self.cancelled.store(true, Ordering::Release);
        self.queue.close_and_clear();
    }

    /// Bytes of frames that wait for analysis.
    pub fn waiting_bytes(&self) -> usize {
        self.queue.waiting_bytes()
    }
}

impl Drop for PhraseWorker {
    fn drop(&mut self) {
        if !*self.concluded.get_mut() {
            self.cancel();
        }
    }
}

struct Thread {
    queue: Arc<ByteQueue<Command>>,
    cancelled: Arc<AtomicBool>,
    skipped: Arc<AtomicU64>,
    events: Sender<WorkerEvent>,
    wake: Box<dyn Fn() + Send>,
}

impl Thread {
    fn run(self, analyzer: PhraseAnalyzer) {
        let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.last_event(analyzer)));
        let last = judged.unwrap_or(WorkerEvent::Failed(EngineError::Defect));
        self.queue.close_and_clear();
        // The owner may have gone; then nobody wants the answer.
        let _gone = self.events.send(last);
        (self.wake)();
    }

    /// Works the queue down; its end without `Conclude` means that the owner dropped the phrase.
    fn last_event(&self, mut analyzer: PhraseAnalyzer) -> WorkerEvent {
        while let Some(command) = self.queue.take() {
            if self.cancelled.load(Ordering::Acquire) {
                return WorkerEvent::Cancelled;
            }
            match command {
                Command::Frame(frame) => match analyzer.push_frame(&frame) {
                    Ok(observation) => self.tell(WorkerEvent::Observed(Box::new(observation))),
                    Err(error) => return WorkerEvent::Failed(error),
                },
                Command::Signal(signal) => analyzer.push_signal(signal),
                Command::Signals(signals) => analyzer.set_signals(*signals),
                Command::Conclude => {
                    analyzer.note_skipped(self.skipped.load(Ordering::Relaxed));
                    return WorkerEvent::Judged(Box::new(analyzer.conclude()));
                }
            }
        }
        WorkerEvent::Cancelled
    }

    fn tell(&self, event: WorkerEvent) {
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = self.events.try_send(event) {
            return;
        }
        (self.wake)();
    }
}
