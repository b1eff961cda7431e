//! A piste for tests: the demo clip as its camera, a folder of its own, and a long time-out.

use crate::engine::fakes::engine;
use crate::support::in_project;
use crossbeam_channel::Receiver;
use fencing::time::HostClock;
use fencing::wording::Language;
use fencing::{Lamp, Side, SignalKind, Weapon};
use piste::{
    ApparatusChoice, CameraChoice, Command, Event, JudgeEvent, JudgedBy, Phase, Piste, PisteSettings, Pruning,
    RecordedPhrase,
};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Generous: the machine may be busy. Nothing is asserted about time.
const TIMEOUT: Duration = Duration::from_mins(10);

/// The demo clip, again and again.
pub(super) fn endless_clip() -> CameraChoice {
    CameraChoice::Clip { path: in_project("assets/demo/demo-phrase.mp4"), repeats: true }
}

/// The demo clip, once.
pub(super) fn clip_once() -> CameraChoice {
    CameraChoice::Clip { path: in_project("assets/demo/demo-phrase.mp4"), repeats: false }
}

/// Sabre, keys, an endless clip, nobody judges.
pub(crate) fn settings(recordings: &Path) -> PisteSettings {
    PisteSettings {
        weapon: Weapon::Sabre,
        camera: Some(endless_clip()),
        second_camera: None,
        apparatus: ApparatusChoice::Keys,
        judged_by: JudgedBy::Nobody,
        recordings: recordings.to_owned(),
        pre_roll_secs: 0.3,
        post_roll_secs: 0.2,
        memory_secs: 20.0,
        microphone: None,
        pruning: Pruning::Never,
        language: Language::English,
    }
}

/// A live piste with its events so far.
pub(super) struct Scene {
    pub(super) piste: Piste,
    pub(super) events: Receiver<Event>,
    pub(super) told: Vec<Event>,
    pub(super) folder: tempfile::TempDir,
}

impl Scene {
    /// Opens a piste whose settings are as `change` makes them.
    pub(super) fn open(change: impl FnOnce(&mut PisteSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(folder.path());
        change(&mut settings);
        // Loaded before the clip begins to play.
        let loaded = engine().clone();
        let source = Arc::new(move || Ok(loaded.clone()));
        let (piste, events) = Piste::start(settings, source, HostClock::start(), Arc::new(|| ())).unwrap();
        Self { piste, events, told: Vec::new(), folder }
    }

    /// The same, once frames arrive and the engine is loaded.
    pub(super) fn ready(change: impl FnOnce(&mut PisteSettings)) -> Self {
        let mut scene = Self::open(change);
        scene.until("pictures come", |s| s.piste.status().camera.age_secs.is_some());
        scene.until("the engine is there", |s| s.piste.status().engine == Some(Ok(())));
        scene
    }

    pub(super) fn send(&self, command: Command) {
        assert!(self.piste.send(command), "the piste takes no command");
    }

    pub(super) fn lamp(&self, side: Side) {
        self.send(Command::Signal(SignalKind::Lamp { side, lamp: Lamp::Valid }));
    }

    /// Waits; events are kept as they come.
    pub(super) fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            assert!(begun.elapsed() < TIMEOUT, "gave up waiting until {what}: {:?}", self.summary());
            if let Ok(event) = self.events.recv_timeout(Duration::from_millis(10)) {
                self.told.push(event);
            }
        }
    }

    pub(super) fn wait(&mut self, secs: f64) {
        let begun = Instant::now();
        self.until("time has passed", |_| begun.elapsed().as_secs_f64() >= secs);
    }

    pub(super) fn recorded(&self) -> Vec<Arc<RecordedPhrase>> {
        let recorded = |e: &Event| if let Event::Recorded(phrase) = e { Some(Arc::clone(phrase)) } else { None };
        self.told.iter().filter_map(recorded).collect()
    }

    pub(super) fn rulings(&self) -> Vec<Arc<JudgeEvent>> {
        let ruling = |e: &Event| match e {
            Event::Judge(event) if event.judgement().is_some() => Some(Arc::clone(event)),
            _ => None,
        };
        self.told.iter().filter_map(ruling).collect()
    }

    /// Waits for so many recorded phrases.
    pub(super) fn until_recorded(&mut self, count: usize) {
        self.until("phrases are recorded", |s| s.recorded().len() >= count);
    }

    /// Waits for so many verdicts that stand; the last of them.
    pub(super) fn until_judged(&mut self, count: usize) -> Arc<JudgeEvent> {
        let standing = |s: &Self| s.rulings().into_iter().filter(|r| r.is_final()).collect::<Vec<_>>();
        self.until("there is a verdict", |s| standing(s).len() >= count);
        standing(self).pop().unwrap()
    }

    pub(super) fn has_told(&self, wanted: impl Fn(&Event) -> bool) -> bool {
        self.told.iter().any(wanted)
    }

    pub(super) fn is_recording(&self) -> bool {
        matches!(self.piste.status().phase, Phase::Recording { .. })
    }

    /// The events, without the frames.
    pub(super) fn summary(&self) -> Vec<String> {
        let short = |event: &Event| match event {
            Event::Recorded(phrase) => format!("recorded {} pictures", phrase.reel.frames().len()),
            Event::Judge(event) => {
                format!("{:?} {:?} final: {} {:?}", event.call(), event.origin, event.is_final(), event.thoroughness)
            }
            other => format!("{other:?}").chars().take(200).collect(),
        };
        let status = self.piste.status();
        let mut all: Vec<String> = self.told.iter().map(short).collect();
        all.push(format!("{:?} {:?}", status.camera, status.recorder));
        all
    }
}
