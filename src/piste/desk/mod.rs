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
use super::case::{Cases, Progress};
use super::engine_cell::EngineCell;
use super::eye::Eye;
use super::handle::Shown;
use super::judge_event::JudgeEvent;
use super::judging::{Eyes, EyesSettings, RecordingJudge};
use super::lookout::Lookout;
use super::machine::{LONGEST_SECS, Machine, Rolls, Stage, UNSTARTED_SECS};
use super::papers::Papers;
use super::sources::Sources;
use super::{Command, EngineSource, Event, JudgedBy, Phase, PisteSettings, Wake};
use crossbeam_channel::{Receiver, Sender, bounded, select};
use fencing::time::HostClock;
use fencing::{Lamp, PerSide, SignalEvent};
use opening::Opening;
use phrases::Running;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use vision::video::spawn_worker;

/// How often the time itself is looked at: the trigger wants it every few hundredths of a second.
const TICK: Duration = Duration::from_millis(10);
/// How late a box may say that a phrase began, in seconds.
const LATE_BOX_SECS: f64 = 2.0;
/// Events of judges, and complaints, that may wait.
const WAITING_EVENTS: usize = 256;

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
    recording_judge: RecordingJudge,
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
    judge_events: (Sender<JudgeEvent>, Receiver<JudgeEvent>),
    troubles: (Sender<String>, Receiver<String>),
    phrases: u64,
    /// Longest time that taking one thing and what was due with it took, in seconds.
    pub(super) longest_step_secs: f64,
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
        let (judge_events, troubles) = (bounded(WAITING_EVENTS), bounded(WAITING_EVENTS));
        let wake = Arc::clone(&doors.wake);
        let engine = EngineCell::load(engine, move || wake())?;
        let tell: Sender<String> = troubles.0.clone();
        let papers = Papers::start(move |text| {
            let _full = tell.try_send(text);
        })?;
        let recording_judge = RecordingJudge::start()?;
        let on_panic = ended_by_a_defect(&doors);
        spawn_worker("piste-desk", on_panic, move || {
            let (sources, trouble) = Sources::open(&settings, doors.clock);
            let (camera, second) = (settings.camera.as_ref(), settings.second_camera.as_ref());
            let mut eye = Eye::open(camera, second, doors.clock, Arc::clone(&doors.lookout));
            let (book, no_book) = Book::open(&settings, &mut eye, doors.clock);
            let gear =
                Gear { sources, eye, book, engine, eyes: None, opening: Opening::default(), recording_judge, papers };
            let machine = Machine::new(rolls(&settings), doors.clock.now());
            let desk = Self {
                settings,
                doors,
                gear,
                machine,
                running: None,
                cases: Cases::default(),
                lamps: PerSide::default(),
                judge_events,
                troubles,
                phrases: 0,
                longest_step_secs: 0.0,
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
            let (go, took_up) = self.step();
            if go != Go::On {
                break go;
            }
            self.due();
            self.longest_step_secs = self.longest_step_secs.max(took_up.elapsed().as_secs_f64());
            self.show();
        };
        self.leave();
        if end == Go::Close {
            self.gear.book.close();
            self.gear.papers.close();
        }
    }

    /// Takes whatever comes first; when it did.
    fn step(&mut self) -> (Go, Instant) {
        let apparatus = self.gear.sources.events();
        let pictures = self.gear.eye.pictures();
        let booked = self.gear.book.events();
        select! {
            recv(self.doors.orders) -> order => return match order {
                Ok(Order::Do(command)) => timed(|| self.obey(command)),
                Ok(Order::LoadEngine(source)) => timed(|| self.load_engine(source)),
                Ok(Order::Close) => (Go::Close, Instant::now()),
                Ok(Order::Stop) | Err(_) => (Go::Stop, Instant::now()),
            },
            recv(apparatus) -> event => return timed(|| match event {
                Ok(event) => self.signalled(&event),
                Err(_) => self.gear.sources.ended(),
            }),
            recv(pictures) -> picture => return timed(|| match picture {
                Ok(picture) => self.picture(&picture),
                Err(_) => self.gear.eye.ended(),
            }),
            recv(self.doors.lamps) -> lamp => if let Ok(lamp) = lamp { self.gear.sources.seen(lamp); },
            recv(self.judge_events.1) -> event => return timed(|| if let Ok(event) = event { self.judge_event(event); }),
            recv(self.troubles.1) -> text => if let Ok(text) = text { self.trouble(text); },
            recv(booked) -> event => return timed(|| match event {
                Ok(event) => self.booked(event),
                Err(_) => self.lost_recorder(),
            }),
            default(TICK) => {}
        }
        (Go::On, Instant::now())
    }

    /// What is due by now.
    fn due(&mut self) {
        let acts = self.machine.tick(self.now());
        self.act(acts);
        self.look_at_awaited();
        self.keep_eyes_open();
        let live_first = self.awaits_first_verdict();
        self.gear.recording_judge.live_goes_first(live_first);
    }

    /// Whether the lamps are lit, or the lockout is over, and the first verdict of this machine is not there yet.
    fn awaits_first_verdict(&mut self) -> bool {
        match &self.running {
            Some(running) => self.machine.stage() == Stage::Ending && running.at_once.is_none(),
            None => self.cases.latest().is_some_and(|case| {
                case.judge.is_some() && case.rejudging.is_none() && matches!(case.progress, Progress::Judging { .. })
            }),
        }
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
        // Eyes whose thread ended are opened anew.
        self.gear.eyes.take_if(|eyes| eyes.has_ended());
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

/// Does one thing; when it was begun.
fn timed(deed: impl FnOnce()) -> (Go, Instant) {
    let begun = Instant::now();
    deed();
    (Go::On, begun)
}

/// What a panic of this thread leaves: a status that says so, and an event. The recorder ends by itself what it has begun.
fn ended_by_a_defect(doors: &Doors) -> impl FnOnce() + Send + use<> {
    let (status, events, wake) = (Arc::clone(&doors.shown.status), doors.events.clone(), Arc::clone(&doors.wake));
    move || {
        let text = "the live piste stopped because of a defect in the program; what was recorded is on disk, open the \
                    program again and report this";
        status.lock().phase = Phase::Failed { text: text.into(), folder: PathBuf::new() };
        let _nobody_listens = events.try_send(Event::Trouble(text.into()));
        wake();
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
