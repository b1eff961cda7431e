//! The one thread at which everything meets: pictures, signals, commands, verdicts. Never waits for any of them alone.
//!
//! Nothing here takes long: pictures are passed on as they are, and whatever decodes, judges or writes has a thread of its
//! own. What happened is told as [`Event`]s, how things stand is shown in [`Status`].

mod obey;
mod opening;
mod phrases;
mod show;
mod verdicts;

use super::book::Book;
use super::case::Cases;
use super::engine_cell::EngineCell;
use super::eye::Eye;
use super::handle::Shown;
use super::judging::{Eyes, EyesSettings, Word};
use super::lookout::Lookout;
use super::machine::{LONGEST_SECS, Machine, Rolls, UNSTARTED_SECS};
use super::papers::Papers;
use super::sources::Sources;
use super::{Command, EngineSource, Event, JudgedBy, PisteSettings, Wake};
use crossbeam_channel::{Receiver, Sender, bounded, select};
use fencing::time::HostClock;
use fencing::{Lamp, PerSide, SignalEvent};
use opening::Opening;
use phrases::Running;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the time itself is looked at: the trigger wants it every few hundredths of a second.
const TICK: Duration = Duration::from_millis(10);
/// How late a box may say that a phrase began, in seconds.
const LATE_BOX_SECS: f64 = 2.0;
/// Words of judges that may wait.
const WORDS: usize = 256;

/// What the handle may order.
pub(super) enum Order {
    Do(Command),
    LoadEngine(EngineSource),
    /// End; nobody waits.
    Stop,
    /// End; somebody waits until everything is on disk.
    Close,
}

/// What comes in and goes out.
pub(super) struct Doors {
    pub(super) clock: HostClock,
    pub(super) orders: Receiver<Order>,
    pub(super) lamps: Receiver<SignalEvent>,
    pub(super) events: Sender<Event>,
    pub(super) wake: Wake,
    pub(super) shown: Shown,
    pub(super) lookout: Arc<Lookout>,
}

/// Everything that stands beside the piste.
struct Gear {
    sources: Sources,
    eye: Eye,
    book: Book,
    engine: EngineCell,
    /// Open while the engine is loaded and phrases are judged here.
    eyes: Option<Eyes>,
    opening: Opening,
    papers: Papers,
}

/// The desk.
pub(super) struct Desk {
    settings: PisteSettings,
    doors: Doors,
    gear: Gear,
    machine: Machine,
    running: Option<Running>,
    cases: Cases,
    lamps: PerSide<Lamp>,
    words: (Sender<Word>, Receiver<Word>),
    troubles: (Sender<String>, Receiver<String>),
    phrases: u64,
}

/// Whether the desk goes on.
#[derive(PartialEq, Eq)]
enum Go {
    On,
    Stop,
    Close,
}

impl Desk {
    /// Opens everything and starts the thread.
    pub(super) fn start(
        settings: PisteSettings,
        engine: EngineSource,
        doors: Doors,
    ) -> std::io::Result<JoinHandle<()>> {
        let (words, troubles) = (bounded(WORDS), bounded(WORDS));
        let wake = Arc::clone(&doors.wake);
        let engine = EngineCell::load(engine, move || wake())?;
        let tell: Sender<String> = troubles.0.clone();
        let papers = Papers::start(move |text| {
            let _full = tell.try_send(text);
        })?;
        std::thread::Builder::new().name("piste-desk".into()).spawn(move || {
            let (sources, trouble) = Sources::open(&settings, doors.clock);
            let (camera, second) = (settings.camera.as_ref(), settings.second_camera.as_ref());
            let mut eye = Eye::open(camera, second, doors.clock, Arc::clone(&doors.lookout));
            let (book, no_book) = Book::open(&settings, &mut eye, doors.clock);
            let gear = Gear { sources, eye, book, engine, eyes: None, opening: Opening::default(), papers };
            let machine = Machine::new(rolls(&settings), doors.clock.now());
            let desk = Self {
                settings,
                doors,
                gear,
                machine,
                running: None,
                cases: Cases::default(),
                lamps: PerSide::default(),
                words,
                troubles,
                phrases: 0,
            };
            desk.run(trouble.into_iter().chain(no_book).collect());
        })
    }

    fn run(mut self, troubles: Vec<String>) {
        for text in troubles {
            self.trouble(text);
        }
        self.look_for_lamps();
        self.show();
        let end = loop {
            match self.step() {
                Go::On => {}
                end => break end,
            }
            self.due();
            self.show();
        };
        self.leave();
        if end == Go::Close {
            self.gear.book.close();
            self.gear.papers.close();
        }
    }

    /// Takes whatever comes first.
    fn step(&mut self) -> Go {
        let apparatus = self.gear.sources.events();
        let keys = self.gear.sources.key_events();
        let pictures = self.gear.eye.pictures();
        let booked = self.gear.book.events();
        select! {
            recv(self.doors.orders) -> order => match order {
                Ok(Order::Do(command)) => self.obey(command),
                Ok(Order::LoadEngine(source)) => self.load_engine(source),
                Ok(Order::Close) => return Go::Close,
                Ok(Order::Stop) | Err(_) => return Go::Stop,
            },
            recv(apparatus) -> event => match event {
                Ok(event) => self.signalled(&event),
                Err(_) => self.gear.sources.ended(),
            },
            recv(keys) -> event => if let Ok(event) = event { self.signalled(&event); },
            recv(pictures) -> picture => match picture {
                Ok(picture) => self.picture(&picture),
                Err(_) => self.gear.eye.ended(),
            },
            recv(self.doors.lamps) -> lamp => if let Ok(lamp) = lamp { self.gear.sources.seen(lamp); },
            recv(self.words.1) -> word => if let Ok(word) = word { self.word(word); },
            recv(self.troubles.1) -> text => if let Ok(text) = text { self.trouble(text); },
            recv(booked) -> event => match event {
                Ok(event) => self.booked(event),
                Err(_) => self.lost_recorder(),
            },
            default(TICK) => {}
        }
        Go::On
    }

    /// What is due by now.
    fn due(&mut self) {
        let acts = self.machine.tick(self.now());
        self.act(acts);
        self.look_at_awaited();
        self.keep_eyes_open();
    }

    fn now(&self) -> fencing::time::Timestamp {
        self.doors.clock.now()
    }

    /// Opens this machine's eyes as soon as there is an engine, and closes them when others judge.
    fn keep_eyes_open(&mut self) {
        if self.settings.judged_by != JudgedBy::Here {
            // A phrase that was begun with them is judged by them.
            self.gear.eyes.take_if(|_| self.running.is_none());
            return;
        }
        let now = self.now();
        let is_due = self.gear.eyes.is_none() && self.gear.opening.is_due(now);
        let Some(engine) = self.gear.engine.ready().filter(|_| is_due) else { return };
        let (clock, sight) = (self.doors.clock, Arc::clone(&self.doors.shown.sight));
        let opened = Eyes::open(EyesSettings { engine, clock, sight, keep_secs: kept_secs(&self.settings) });
        self.gear.eyes = self.gear.opening.tried(now, opened);
    }

    /// Tells an event. Who takes none for a long time loses the newest.
    fn tell(&self, event: Event) {
        if self.doors.events.try_send(event).is_err() {
            tracing::warn!("an event of the piste was not taken");
        }
        (self.doors.wake)();
    }

    fn trouble(&self, text: String) {
        self.tell(Event::Trouble(text));
    }

    fn look_for_lamps(&self) {
        self.doors.lookout.look_for_lamps(self.gear.sources.looks_for_lamps());
    }
}

/// How far back a phrase may begin, in seconds: as one that nobody started, or with its pre-roll, and a box may be late.
fn kept_secs(settings: &PisteSettings) -> f64 {
    settings.pre_roll_secs.clamp(UNSTARTED_SECS, LONGEST_SECS) + LATE_BOX_SECS
}

/// The machine's part of the settings.
fn rolls(settings: &PisteSettings) -> Rolls {
    Rolls { weapon: settings.weapon, pre_roll_secs: settings.pre_roll_secs, post_roll_secs: settings.post_roll_secs }
}
