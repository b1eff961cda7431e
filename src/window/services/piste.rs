//! The window's live piste: opened when there is a camera or a box; gets commands, and its state is read for each repaint.

use super::EngineMaker;
use super::workers::{self, EventSender};
use crate::effect::Event;
use crate::model::Settings;
use crate::textures::FrameImage;
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use fencing::time::{HostClock, Timestamp};
use parking_lot::Mutex;
use piste::{ApparatusChoice, Command, EngineSource, Event as PisteEvent, Piste, PisteSettings, Status, Wake};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use vision::engine::FrameObservation;

/// How often frames are asked for while none come.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// The newest frame, ready for the graphics card, and when it was taken.
type Slot = Arc<Mutex<Option<(Timestamp, FrameImage)>>>;

/// A piste that is open.
struct Open {
    piste: Arc<Piste>,
    events: Receiver<PisteEvent>,
    frame: Slot,
    /// Whether the window displays the frame; otherwise nothing is decoded.
    watched: Arc<AtomicBool>,
}

/// The window's hold on the piste.
pub(crate) struct PisteService {
    clock: HostClock,
    make_engine: EngineMaker,
    /// What the engine of live phrases is made from.
    engine_settings: Settings,
    open: Option<Open>,
}

impl PisteService {
    /// No piste yet; its engine will be made by `make_engine`.
    pub(super) fn new(make_engine: EngineMaker) -> Self {
        Self { clock: HostClock::start(), make_engine, engine_settings: Settings::default(), open: None }
    }

    /// Hands a command to the piste; the first settings that name a camera or a box open it.
    pub(super) fn run(&mut self, command: Command, events: &EventSender) -> Option<Event> {
        match (&self.open, command) {
            (Some(open), command) => {
                let gone = || Event::Trouble("notice-piste-gone".to_owned());
                (!open.piste.send(command)).then(gone)
            }
            (None, Command::Set(settings)) if has_something_to_hear(&settings) => self.open(*settings, events),
            (None, _) => None,
        }
    }

    /// Other settings: where the engine depends on them, it is loaded anew in the background.
    pub(super) fn settings_changed(&mut self, settings: &Settings) {
        let lens = |s: &Settings| (s.lens_enabled, s.lens_strength, s.lens_balance);
        let depends = |s: &Settings| (lens(s), s.min_confidence, s.call_models.clone());
        let changed = depends(settings) != depends(&self.engine_settings);
        // Live frames need the fast pose model; the accurate one is for clips.
        self.engine_settings = Settings { accurate: false, ..settings.clone() };
        if let (true, Some(open)) = (changed, &self.open) {
            open.piste.load_engine(self.engine_source());
        }
    }

    fn engine_source(&self) -> EngineSource {
        let (make, settings) = (Arc::clone(&self.make_engine), self.engine_settings.clone());
        Arc::new(move || make(&settings))
    }

    fn open(&mut self, settings: PisteSettings, sender: &EventSender) -> Option<Event> {
        let (bell, rings) = bounded(1);
        let window = Arc::clone(&sender.wake);
        let wake: Wake = Arc::new(move || {
            let _rung_already = bell.try_send(());
            window();
        });
        match Piste::start(settings, self.engine_source(), self.clock, wake) {
            Ok((piste, events)) => {
                let open = Open { piste: Arc::new(piste), events, frame: Slot::default(), watched: Arc::default() };
                let failed = start_painter(&open, rings, sender);
                self.open = Some(open);
                failed
            }
            Err(error) => Some(Event::Trouble(error.to_string())),
        }
    }

    /// Ends the piste and waits until everything that was recorded is on disk.
    pub(crate) fn close(&mut self) {
        // The painter holds the piste for the moment of one frame at most; then dropping it ends it as well.
        if let Some(piste) = self.open.take().and_then(|open| Arc::into_inner(open.piste)) {
            piste.close();
        }
    }

    /// State of the piste, and what time it is on the host clock; `None` while there is no piste.
    pub(crate) fn status(&self) -> Option<(Status, Timestamp)> {
        self.open.as_ref().map(|open| (open.piste.status(), self.clock.now()))
    }

    /// The host clock's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What happened since the last call.
    pub(crate) fn take_events(&self) -> Vec<PisteEvent> {
        self.open.iter().flat_map(|open| open.events.try_iter()).collect()
    }

    /// The newest frame since the last call and when it was taken, on the host clock; frames are only made while they
    /// are watched.
    pub(crate) fn take_frame(&self, watched: bool) -> Option<(Timestamp, FrameImage)> {
        let open = self.open.as_ref()?;
        open.watched.store(watched, Ordering::Relaxed);
        open.frame.lock().take()
    }

    /// What the engine saw last.
    pub(crate) fn observation(&self) -> Option<FrameObservation> {
        self.open.as_ref().and_then(|open| open.piste.observation())
    }
}

/// Without a camera and a box there is nothing to open.
fn has_something_to_hear(settings: &PisteSettings) -> bool {
    settings.camera.is_some() || matches!(settings.apparatus, ApparatusChoice::Box(_))
}

/// A thread that turns the newest frame into what the graphics card takes, so that the window's thread only hands it on.
/// Ends with the piste, whose threads hold the other end of the bell.
fn start_painter(open: &Open, rings: Receiver<()>, events: &EventSender) -> Option<Event> {
    let piste: Weak<Piste> = Arc::downgrade(&open.piste);
    let (slot, watched, wake) = (Arc::clone(&open.frame), Arc::clone(&open.watched), Arc::clone(&events.wake));
    workers::start("live-picture", events, Event::Trouble, move |_| {
        let mut last = None;
        // Frames are only decoded on request, so request them regularly until the first one arrives.
        while !matches!(rings.recv_timeout(ASK_AGAIN), Err(RecvTimeoutError::Disconnected)) {
            let asked = watched.load(Ordering::Relaxed).then(|| piste.upgrade()).flatten();
            let Some(frame) = asked.and_then(|piste| piste.preview()).filter(|frame| last != Some(frame.at)) else {
                continue;
            };
            last = Some(frame.at);
            let (width, height) = (frame.size.width as usize, frame.size.height as usize);
            *slot.lock() = FrameImage::from_rgb(width, height, &frame.rgb).map(|image| (frame.at, image));
            wake();
        }
    })
}
