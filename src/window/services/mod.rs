//! Everything the window does that takes time: each piece on a named thread, told back as events, woken by one repaint.
//!
//! The window owns one `Services`; a test hands in its own clock and folders, never its own threads.

mod bout_file;
mod clips;
mod decoder;
mod dialogs;
mod engine_shelf;
mod exports;
mod judge;
mod library;
mod live;
mod newest_file;
mod outlet;
mod piste;
mod settings_file;
mod speech;
mod turn;

pub(crate) use bout_file::BoutFile;
pub(crate) use outlet::Outlet;
pub(crate) use settings_file::{SettingsFile, load_settings};

use super::effect::{Effect, Extent, Heard, LiveEffect, Pane};
use super::event::{Event, LiveEvent};
use super::pictures::Picture;
use capture::sound::{Cue, SoundSettings, Speaker, SpeechProgram};
use decoder::Decoder;
use egui::Context;
use engine_shelf::EngineShelf;
use outlet::Inbox;
use records::library::Entry;
use speech::Speech;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use turn::Turns;
use vision::engine::Engine;
use vision::video::{Cancel, Reel};

/// How long a closing window waits for its settings and its bout: two small files that a healthy disk takes at once.
const LAST_WRITES: Duration = Duration::from_secs(3);

/// Makes an engine when the first phrase is to be judged, on a worker's thread. Tests hand in their own.
pub type EngineMaker = Arc<dyn Fn(&super::model::Settings) -> Result<Engine, String> + Send + Sync>;

/// The window's workers.
pub(crate) struct Services {
    outlet: Outlet,
    events: Inbox,
    decoder: Arc<Decoder>,
    beside: Arc<Decoder>,
    judge: judge::Judge,
    library: library::LibraryWorkers,
    thumbnailer: library::Thumbnailer,
    judge_beside: judge::Judge,
    loading: Cancel,
    loading_beside: Cancel,
    /// Whose clip is the latest, in each of the two places.
    turns: Turns,
    turns_beside: Turns,
    exporting: Cancel,
    settings_file: SettingsFile,
    bout_file: BoutFile,
    speaker: Speaker,
    speech: Speech,
    /// The live piste.
    pub(crate) desk: piste::PisteDesk,
}

impl Services {
    /// Starts the workers of a window; `make_engine` is called once, when it is first needed.
    /// Small pictures are kept between runs in `thumbnails`; calls are said by `speech_program`.
    pub(crate) fn start(
        ctx: &Context,
        make_engine: EngineMaker,
        settings_file: SettingsFile,
        thumbnails: Option<PathBuf>,
        speech_program: Option<SpeechProgram>,
    ) -> std::io::Result<Self> {
        let ctx = ctx.clone();
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || ctx.request_repaint());
        let desk = piste::PisteDesk::new(Arc::clone(&make_engine));
        let [waker, waker_beside] = [Arc::clone(&wake), Arc::clone(&wake)];
        let (outlet, events) = Outlet::of_this_thread(wake);
        let shelf = Arc::new(EngineShelf::new(make_engine));
        let speech = Speech::new(speech_program, &outlet);
        let judge = judge::Judge::new(Arc::clone(&shelf));
        Ok(Self {
            thumbnailer: library::Thumbnailer::start(thumbnails, &outlet)?,
            library: library::LibraryWorkers::new(Arc::clone(&shelf)),
            outlet,
            events,
            decoder: Arc::new(Decoder::start("review-decoder", move || waker())?),
            beside: Arc::new(Decoder::start("beside-decoder", move || waker_beside())?),
            judge_beside: judge.sharing_engine(),
            judge,
            loading: Cancel::new(),
            loading_beside: Cancel::new(),
            turns: Turns::default(),
            turns_beside: Turns::default(),
            exporting: Cancel::new(),
            bout_file: BoutFile::beside(settings_file.path.as_deref()),
            settings_file,
            speaker: Speaker::start(SoundSettings::default()),
            speech,
            desk,
        })
    }

    /// Starts a piece of work.
    pub(crate) fn run(&mut self, effect: Effect, ctx: &Context) {
        match effect {
            Effect::OpenClip(path) => self.open(path),
            Effect::AskForClip(pane) => dialogs::ask_for_clip(pane, &self.outlet),
            Effect::OpenBeside(path) => self.open_beside(path),
            Effect::JudgeBeside(request) => self.judge_beside.start(*request, Pane::Beside, &self.outlet),
            Effect::CloseBeside => self.close_beside(),
            Effect::ShowReel(reel) => self.show(reel.0),
            Effect::Judge(request) => self.judge.start(*request, Pane::First, &self.outlet),
            Effect::CancelJudging => self.judge.cancel(),
            Effect::Export(request) => {
                self.exporting = Cancel::new();
                exports::start(request, self.exporting.clone(), &self.outlet);
            }
            Effect::CancelExport => self.exporting.cancel(),
            Effect::SaveSettings(settings) => {
                self.follow(&settings);
                self.settings_file.save(&settings, &self.outlet);
            }
            Effect::SetFullScreen(extent) => {
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(extent == Extent::Screen));
            }
            Effect::Piste(command) => self.desk.run(command, &self.outlet),
            Effect::Live(LiveEffect::CloseWindow) => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            Effect::Live(LiveEffect::Sound(what)) => self.sound(what),
            Effect::Live(LiveEffect::Say(call)) => self.speech.say(&call),
            Effect::Live(LiveEffect::TryVoice) => {
                let tried = self.speech.test();
                self.outlet.send(Event::Live(LiveEvent::VoiceTried(tried)));
            }
            Effect::Live(effect) => live::run(effect, &self.outlet),
            Effect::SaveBout(sheet) => self.bout_file.save(*sheet, &self.outlet),
            Effect::Library(effect) => self.library.run(effect, &self.outlet),
        }
    }

    fn open(&mut self, path: PathBuf) {
        self.loading.cancel();
        self.judge.cancel();
        let cancel = Cancel::new();
        self.loading = cancel.clone();
        clips::start(
            path,
            clips::Place { pane: Pane::First, decoder: Arc::clone(&self.decoder), turn: self.turns.next() },
            cancel,
            &self.outlet,
        );
    }

    fn open_beside(&mut self, path: PathBuf) {
        self.close_beside();
        let cancel = Cancel::new();
        self.loading_beside = cancel.clone();
        clips::start(
            path,
            clips::Place { pane: Pane::Beside, decoder: Arc::clone(&self.beside), turn: self.turns_beside.next() },
            cancel,
            &self.outlet,
        );
    }

    /// Gives the second clip's memory back.
    fn close_beside(&self) {
        self.loading_beside.cancel();
        self.judge_beside.cancel();
        self.turns_beside.next();
        self.beside.load(Arc::default());
    }

    fn decoder_of(&self, pane: Pane) -> &Decoder {
        match pane {
            Pane::First => &self.decoder,
            Pane::Beside => &self.beside,
        }
    }

    /// A phrase in memory takes the place of the clip that is open or being opened.
    fn show(&self, reel: Arc<Reel>) {
        self.loading.cancel();
        self.judge.cancel();
        self.turns.next();
        self.decoder.load(reel);
    }

    /// Takes over what the settings say about engine and sound.
    pub(crate) fn follow(&mut self, settings: &super::model::Settings) {
        self.desk.settings_changed(settings);
        self.speaker.set(settings.live.sound());
        self.speech.follow(settings);
    }

    fn sound(&self, what: Heard) {
        match what {
            Heard::Begin => {
                self.speech.hush();
                self.speaker.say(Cue::Begin);
            }
            Heard::Quiet => self.speech.hush(),
            Heard::Halt => self.speaker.say(Cue::Halt),
            Heard::Buzz => self.speaker.buzz(),
            Heard::Hush => self.speaker.hush(),
        }
    }

    /// Wants a frame on the screen.
    pub(crate) fn want_picture(&self, pane: Pane, index: usize) {
        self.decoder_of(pane).want(index);
    }

    /// The picture that is ready.
    pub(crate) fn take_picture(&self, pane: Pane) -> Option<(usize, Picture)> {
        self.decoder_of(pane).take_ready()
    }

    /// The first picture of a clip that is being opened.
    pub(crate) fn take_opening(&self) -> Option<Picture> {
        self.decoder.take_opening()
    }

    /// Wants small pictures of these entries, the most wanted first, and of no others.
    pub(crate) fn want_thumbnails(&self, entries: Vec<Arc<Entry>>) {
        self.thumbnailer.want(entries);
    }

    /// Small pictures that are ready; `None` where a clip has none.
    pub(crate) fn take_thumbnails(&self) -> Vec<(PathBuf, Option<Picture>)> {
        self.thumbnailer.take_ready()
    }

    /// Events that came in.
    pub(crate) fn take_events(&self) -> Vec<Event> {
        self.events.take()
    }

    /// Waits until what was last changed is on disk, but not for ever: a disk that hangs does not keep the window open.
    pub(crate) fn close(&mut self) {
        self.desk.close();
        let deadline = Instant::now() + LAST_WRITES;
        let written = [self.settings_file.finish(deadline), self.bout_file.finish(deadline)];
        if written.contains(&false) {
            tracing::warn!(
                "the last change of the settings or of the bout could not be written before the window closed"
            );
        }
    }
}

/// Starts a named thread; tells the user when the system has none left.
pub(crate) fn spawn(name: &str, outlet: &Outlet, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = std::thread::Builder::new().name(name.to_owned()).spawn(work) {
        outlet.send(Event::Trouble(format!(
            "The system has no thread left for this: {error}. Close other programs and try again."
        )));
    }
}
