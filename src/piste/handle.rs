//! The handle that a window, a command or a test holds while threads of the piste's own do the work.

use super::desk::{Desk, Order};
use super::judging::SightPlace;
use super::lookout::Lookout;
use super::{Command, Event, PisteSettings, Status};
use crossbeam_channel::{Receiver, Sender, bounded};
use fencing::time::HostClock;
use parking_lot::Mutex;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vision::engine::{Engine, FrameObservation};
use vision::video::Frame;

/// Commands that may wait: nobody presses more keys while the desk is busy for some milliseconds.
const ORDERS: usize = 64;
/// Longest wait for the end: the recorder gives a disk that refuses 20 s, and artifacts of one phrase take some seconds.
const CLOSING: Duration = Duration::from_secs(40);
/// How often it is looked at meanwhile.
const CLOSING_STEP: Duration = Duration::from_millis(5);
/// Events that may wait to be taken.
const EVENTS: usize = 1024;

/// Makes the engine, on a thread of its own; a finished sentence when it cannot be made.
pub type EngineSource = Arc<dyn Fn() -> Result<Engine, String> + Send + Sync>;

/// Called after every event and every new picture, from threads of the piste: a window asks for a repaint there.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Why there is no piste.
#[derive(Debug, thiserror::Error)]
pub enum PisteError {
    /// The system has no thread left.
    #[error("the live piste cannot be started ({0}); close other programs and try again")]
    Thread(#[from] std::io::Error),
}

/// What the desk shows to whoever looks.
#[derive(Clone, Default)]
pub(super) struct Shown {
    pub(super) status: Arc<Mutex<Status>>,
    pub(super) sight: SightPlace,
}

/// A live piste. Dropping it ends everything and returns at once: a phrase that is being recorded may then be left as the next
/// start makes it whole. [`Piste::close`] waits instead.
pub struct Piste {
    orders: Sender<Order>,
    shown: Shown,
    lookout: Arc<Lookout>,
    desk: Option<JoinHandle<()>>,
}

impl Piste {
    /// Starts everything that `settings` name and loads the engine in the background. Succeeds without camera, apparatus or
    /// engine: what is missing is said in [`Status`] and tried again.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(
        settings: PisteSettings,
        engine: EngineSource,
        clock: HostClock,
        wake: Wake,
    ) -> Result<(Self, Receiver<Event>), PisteError> {
        let (orders, taken) = bounded(ORDERS);
        let (tell, events) = bounded(EVENTS);
        let (seen, lamps) = bounded(ORDERS);
        let shown = Shown::default();
        let lookout = Lookout::start(clock, seen, Arc::clone(&wake))?;
        let desk = Desk::start(
            settings,
            engine,
            super::desk::Doors {
                clock,
                orders: taken,
                lamps,
                events: tell,
                wake,
                shown: shown.clone(),
                lookout: Arc::clone(&lookout),
            },
        )?;
        let desk = Some(desk);
        Ok((Self { orders, shown, lookout, desk }, events))
    }

    /// Asks for something; never waits. False when the piste is gone or has not answered for a long time.
    pub fn send(&self, command: Command) -> bool {
        self.orders.try_send(Order::Do(command)).is_ok()
    }

    /// Another engine, loaded in the background; phrases that begin before it is there are judged from their recording.
    pub fn load_engine(&self, source: EngineSource) -> bool {
        self.orders.try_send(Order::LoadEngine(source)).is_ok()
    }

    /// Ends everything and waits until what was recorded and judged is on disk: the session loop first, then the recorder, then
    /// the writer of artifacts; forty seconds at most, so that a disk that hangs does not keep the program open.
    pub fn close(mut self) {
        let deadline = Instant::now() + CLOSING;
        let _gone_already = self.orders.send_deadline(Order::Close, deadline);
        let Some(desk) = self.desk.take() else { return };
        while !desk.is_finished() {
            if Instant::now() >= deadline {
                tracing::warn!("the live piste did not end in time; the next start makes its recording whole");
                return;
            }
            std::thread::sleep(CLOSING_STEP);
        }
        let _panicked = desk.join();
    }

    /// How everything stands, as of a few hundredths of a second ago.
    pub fn status(&self) -> Status {
        self.shown.status.lock().clone()
    }

    /// The latest picture in pixels, at most 1280 wide (960 while lamps are looked for), decoded elsewhere; asking keeps them coming. `None` before the
    /// first, and for a moment when nobody had asked for a second.
    pub fn preview(&self) -> Option<Arc<Frame>> {
        self.lookout.preview()
    }

    /// What was last seen of both fencers, whether a phrase runs or not, times on the host clock; `None` before the first look
    /// and where others judge.
    pub fn observation(&self) -> Option<FrameObservation> {
        self.shown.sight.lock().last()
    }
}

impl Drop for Piste {
    fn drop(&mut self) {
        self.lookout.close();
        let _gone_already = self.orders.try_send(Order::Stop);
    }
}
