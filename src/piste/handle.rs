//! The handle of a session for a window, a command or a test.

use super::live_analyzer::SharedObservation;
use super::preview::PreviewWorker;
use super::session_loop::SessionLoop;
use super::{Command, Event, Phase, PisteSettings, Status};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::SignalEvent;
use fencing::time::HostClock;
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vision::engine::{Engine, FrameObservation};
use vision::video::Frame;

/// Capacity of the command queue; the session loop is never busy for more than some milliseconds.
const QUEUE_CAPACITY: usize = 64;
/// Longest wait for the session to end: the recorder retries a failing disk for 20 s, artifacts of one phrase take some seconds.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(40);
/// Interval at which it is checked whether the session has ended.
const CLOSE_CHECK_INTERVAL: Duration = Duration::from_millis(5);
/// Capacity of the event queue.
const EVENT_CAPACITY: usize = 1024;

/// Loads the engine; runs on a thread of its own. The error is a finished sentence.
pub type EngineSource = Arc<dyn Fn() -> Result<Engine, String> + Send + Sync>;

/// Called after every event and every new preview frame, on threads of the session, so that a window can repaint.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Why a session could not be started.
#[derive(Debug, thiserror::Error)]
pub enum PisteError {
    /// The system has no thread left.
    #[error("the live piste cannot be started ({0}); close other programs and try again")]
    Thread(#[from] std::io::Error),
}

/// The state that the session loop shares with the handle.
#[derive(Clone, Default)]
pub(crate) struct SharedState {
    pub(crate) status: Arc<Mutex<Status>>,
    pub(crate) observation: SharedObservation,
}

/// Requests of the handle.
pub(crate) enum Request {
    Do(Command),
    LoadEngine(EngineSource),
    /// End without waiting.
    Stop,
    /// End and finish writing; the handle waits.
    Close,
}

/// Inputs and outputs of the session loop.
pub(crate) struct Channels {
    pub(crate) clock: HostClock,
    pub(crate) requests: Receiver<Request>,
    pub(crate) lamps: Receiver<SignalEvent>,
    pub(crate) events: Sender<Event>,
    pub(crate) wake: Wake,
    pub(crate) shared_state: SharedState,
    pub(crate) preview_worker: Arc<PreviewWorker>,
}

impl Channels {
    /// What remains to be done after a panic of the session loop: a status and an event that say so. The recorder finishes on its own.
    pub(crate) fn on_panic(&self) -> impl FnOnce() + Send + use<> {
        let (status, events, wake) =
            (Arc::clone(&self.shared_state.status), self.events.clone(), Arc::clone(&self.wake));
        move || {
            let text = "the live piste stopped because of a defect in the program; what was recorded is on disk, open the \
                        program again and report this";
            status.lock().phase = Phase::Failed { text: text.into(), folder: PathBuf::new() };
            let _nobody_listens = events.try_send(Event::Trouble(text.into()));
            wake();
        }
    }
}

/// A running session. Dropping it ends everything without waiting; a phrase that is being recorded may then need repair at the
/// next start. [`Piste::close`] waits instead.
pub struct Piste {
    requests: Sender<Request>,
    shared_state: SharedState,
    preview_worker: Arc<PreviewWorker>,
    session: Option<JoinHandle<()>>,
}

impl Piste {
    /// Opens all devices in `settings` and loads the engine in the background. Succeeds without camera, apparatus or engine:
    /// [`Status`] shows what is missing, and opening it is retried.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub fn start(
        settings: PisteSettings,
        engine: EngineSource,
        clock: HostClock,
        wake: Wake,
    ) -> Result<(Self, Receiver<Event>), PisteError> {
        let (requests, receiver) = bounded(QUEUE_CAPACITY);
        let (event_sender, events) = bounded(EVENT_CAPACITY);
        let (lamp_sender, lamps) = bounded(QUEUE_CAPACITY);
        let shared_state = SharedState::default();
        let preview_worker = PreviewWorker::start(clock, lamp_sender, Arc::clone(&wake))?;
        let session = SessionLoop::start(
            settings,
            engine,
            Channels {
                clock,
                requests: receiver,
                lamps,
                events: event_sender,
                wake,
                shared_state: shared_state.clone(),
                preview_worker: Arc::clone(&preview_worker),
            },
        )?;
        let session = Some(session);
        Ok((Self { requests, shared_state, preview_worker, session }, events))
    }

    /// Queues a command; never blocks. False when the session has ended or its queue is full.
    pub fn send(&self, command: Command) -> bool {
        self.requests.try_send(Request::Do(command)).is_ok()
    }

    /// Loads another engine in the background; phrases that begin before it is loaded are judged from their recording.
    pub fn load_engine(&self, source: EngineSource) -> bool {
        self.requests.try_send(Request::LoadEngine(source)).is_ok()
    }

    /// Ends the session and waits until everything recorded and judged is on disk: first the session loop, then the recorder,
    /// then the artifact writer. Gives up after `CLOSE_TIMEOUT`, so that a disk that hangs does not keep the program open.
    pub fn close(mut self) {
        let deadline = Instant::now() + CLOSE_TIMEOUT;
        let _gone_already = self.requests.send_deadline(Request::Close, deadline);
        let Some(session) = self.session.take() else { return };
        while !session.is_finished() {
            if Instant::now() >= deadline {
                tracing::warn!("the live piste did not end in time; the next start makes its recording whole");
                return;
            }
            std::thread::sleep(CLOSE_CHECK_INTERVAL);
        }
        let _panicked = session.join();
    }

    /// The state of some hundredths of a second ago.
    pub fn status(&self) -> Status {
        self.shared_state.status.lock().clone()
    }

    /// The latest frame, at most 1280 pixels wide (960 while lamps are looked for), decoded on another thread. Frames are decoded
    /// only while this is called at least once a second; `None` before the first.
    pub fn preview(&self) -> Option<Arc<Frame>> {
        self.preview_worker.preview()
    }

    /// What the analyzer last saw of both fencers, during a phrase or not, times on the host clock; `None` before the first
    /// analysed frame and when a server judges.
    pub fn observation(&self) -> Option<FrameObservation> {
        self.shared_state.observation.lock().last()
    }
}

impl Drop for Piste {
    fn drop(&mut self) {
        self.preview_worker.close();
        let _gone_already = self.requests.try_send(Request::Stop);
    }
}
