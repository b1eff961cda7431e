//! Work of the window that takes time: each on a named thread, with results as events that cause a repaint.
//!
//! The window owns one `Services`; a test hands in its own clock and folders, never its own threads.

mod clips;
mod devices;
mod exports;
mod files;
mod judge;
mod library;
mod piste;
mod speech;
mod teaching;
mod workers;

pub(crate) use files::{BoutFile, DataFolderLock, SettingsFile, load_settings};

use super::effect::{Effect, Event, Extent, LiveEffect, LiveEvent, Pane, SoundCue};
use super::textures::FrameImage;
use capture::sound::{Cue, SoundSettings, Speaker, SpeechProgram};
use clips::Decoder;
use egui::Context;
use files::CallFiles;
use judge::EngineCache;
use records::library::Entry;
use speech::Speech;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vision::engine::Engine;
use vision::video::{Cancel, Reel};
use workers::{EventReceiver, EventSender, Generations};

/// How long a closing window waits for its settings and its bout: two small files that a healthy disk takes at once.
const LAST_WRITES: Duration = Duration::from_secs(3);

/// Makes an engine when the first phrase is to be judged, on a worker's thread. Tests hand in their own.
pub type EngineMaker = Arc<dyn Fn(&super::model::Settings) -> Result<Engine, String> + Send + Sync>;

/// What works for one of the two places of the review.
struct PaneWorkers {
    decoder: Arc<Decoder>,
    judge: judge::Judge,
    loading: Cancel,
    /// Numbers the clips that come to this place.
    generations: Generations,
}

impl PaneWorkers {
    fn start(name: &str, judge: judge::Judge, wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        Ok(Self {
            decoder: Arc::new(Decoder::start(name, move || wake())?),
            judge,
            loading: Cancel::new(),
            generations: Generations::default(),
        })
    }

    /// Reads a clip into memory. The one that is shown stays, and goes on being judged, until the new one is there.
    fn open(&mut self, pane: Pane, path: PathBuf, events: &EventSender) -> Option<Event> {
        self.loading.cancel();
        self.loading = Cancel::new();
        let place = clips::Place { pane, decoder: Arc::clone(&self.decoder), generation: self.generations.next() };
        clips::start(path, place, self.loading.clone(), events)
    }

    /// Shows a phrase that is in memory already, in place of the clip that is open or being opened.
    fn show(&self, reel: Arc<Reel>) {
        self.loading.cancel();
        self.judge.cancel();
        self.generations.next();
        self.decoder.load(reel);
    }
}

/// The window's workers.
pub(crate) struct Services {
    sender: EventSender,
    events: EventReceiver,
    first: PaneWorkers,
    second: PaneWorkers,
    library: library::LibraryWorkers,
    thumbnailer: library::Thumbnailer,
    exporting: Cancel,
    settings_file: SettingsFile,
    bout_file: BoutFile,
    calls: CallFiles,
    speaker: Speaker,
    speech: Speech,
    /// The live piste.
    pub(crate) piste: piste::PisteService,
}

impl Services {
    /// Starts the workers of a window; `make_engine` is called once, when it is first needed.
    /// Thumbnails are kept between runs in `thumbnails`; calls are said by `speech_program`.
    pub(crate) fn start(
        ctx: &Context,
        make_engine: EngineMaker,
        settings_file: SettingsFile,
        thumbnails: Option<PathBuf>,
        speech_program: Option<SpeechProgram>,
    ) -> std::io::Result<Self> {
        let ctx = ctx.clone();
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || ctx.request_repaint());
        let piste = piste::PisteService::new(Arc::clone(&make_engine));
        let (sender, events) = EventSender::channel(Arc::clone(&wake));
        let engine = Arc::new(EngineCache::new(make_engine));
        let judge = judge::Judge::new(Arc::clone(&engine));
        Ok(Self {
            thumbnailer: library::Thumbnailer::start(thumbnails, &sender)?,
            library: library::LibraryWorkers::new(engine),
            second: PaneWorkers::start("second-decoder", judge.sharing_engine(), Arc::clone(&wake))?,
            first: PaneWorkers::start("review-decoder", judge, wake)?,
            exporting: Cancel::new(),
            bout_file: BoutFile::beside(settings_file.path.as_deref()),
            settings_file,
            calls: CallFiles::default(),
            speaker: Speaker::start(SoundSettings::default()),
            speech: Speech::new(speech_program, &sender),
            piste,
            sender,
            events,
        })
    }

    /// Starts a piece of work. What comes of it at once (most often that it could not be started) comes back; the rest comes
    /// through [`Services::take_events`].
    pub(crate) fn run(&mut self, effect: Effect, ctx: &Context) -> Option<Event> {
        let sender = &self.sender;
        match effect {
            Effect::OpenClip(path) => self.first.open(Pane::First, path, sender),
            Effect::AskForPath(purpose) => devices::ask_for_path(purpose, sender),
            Effect::OpenBeside(path) => self.second.open(Pane::Beside, path, sender),
            Effect::JudgeBeside(request) => self.second.judge.start(*request, Pane::Beside, sender),
            Effect::CloseBeside => done(|| self.second.show(Arc::default())),
            Effect::ShowReel(reel) => done(|| self.first.show(reel.0)),
            Effect::Judge(request) => self.first.judge.start(*request, Pane::First, sender),
            Effect::CorrectFencer(request) => {
                let reel = self.first.decoder.reel();
                self.first.judge.correct(*request, reel, Pane::First, sender)
            }
            Effect::UndoFencer(request) => self.first.judge.undo(*request, Pane::First, sender),
            Effect::CancelJudging => done(|| self.first.judge.cancel()),
            Effect::Export(request) => {
                self.exporting = Cancel::new();
                exports::start(request, self.exporting.clone(), sender)
            }
            Effect::CancelExport => done(|| self.exporting.cancel()),
            Effect::SaveSettings(settings) => {
                self.follow(&settings);
                self.settings_file.save(&settings, &self.sender)
            }
            Effect::SetFullScreen(extent) => {
                let whole = extent == Extent::Screen;
                done(|| ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(whole)))
            }
            Effect::Piste(command) => self.piste.run(command, sender),
            Effect::Live(effect) => self.run_live(effect, ctx),
            Effect::SaveBout(sheet) => self.bout_file.save(*sheet, sender),
            Effect::KeepCall(call) => self.calls.keep(call, sender),
            Effect::Library(effect) => self.library.run(effect, sender),
        }
    }

    fn run_live(&mut self, effect: LiveEffect, ctx: &Context) -> Option<Event> {
        match effect {
            LiveEffect::ListDevices => devices::list(&self.sender),
            LiveEffect::TryServer(server) => devices::test_server(server, &self.sender),
            LiveEffect::FindBox => devices::find_scoring_box(&self.sender),
            LiveEffect::DrawPriority => Some(devices::draw_lot()),
            LiveEffect::Sound(what) => done(|| self.sound(what)),
            LiveEffect::Say(call) => self.speech.say(&call),
            LiveEffect::TryVoice => Some(Event::Live(LiveEvent::VoiceTried(self.speech.test()))),
            LiveEffect::CloseWindow => done(|| ctx.send_viewport_cmd(egui::ViewportCommand::Close)),
        }
    }

    fn pane(&self, pane: Pane) -> &PaneWorkers {
        match pane {
            Pane::First => &self.first,
            Pane::Beside => &self.second,
        }
    }

    /// Takes over what the settings say about engine and sound.
    pub(crate) fn follow(&mut self, settings: &super::model::Settings) {
        self.piste.settings_changed(settings);
        self.speaker.set(settings.live.sound());
        self.speech.follow(settings);
    }

    fn sound(&self, what: SoundCue) {
        match what {
            SoundCue::Begin => {
                self.speech.hush();
                self.speaker.say(Cue::Begin);
            }
            SoundCue::Quiet => self.speech.hush(),
            SoundCue::Halt => self.speaker.say(Cue::Halt),
            SoundCue::Buzz => self.speaker.buzz(),
            SoundCue::Hush => self.speaker.hush(),
        }
    }

    /// Wants a frame on the screen.
    pub(crate) fn want_frame(&self, pane: Pane, index: usize) {
        self.pane(pane).decoder.want(index);
    }

    /// The frame that is ready.
    pub(crate) fn take_frame(&self, pane: Pane) -> Option<(usize, FrameImage)> {
        self.pane(pane).decoder.take_ready()
    }

    /// The first frame of a clip that is being opened.
    pub(crate) fn take_opening(&self) -> Option<FrameImage> {
        self.first.decoder.take_opening()
    }

    /// Wants thumbnails of these entries, the most wanted first, and of no others.
    pub(crate) fn want_thumbnails(&self, entries: Vec<Arc<Entry>>) {
        self.thumbnailer.want(entries);
    }

    /// Thumbnails that are ready; `None` where a clip has none.
    pub(crate) fn take_thumbnails(&self) -> Vec<(PathBuf, Option<FrameImage>)> {
        self.thumbnailer.take_ready()
    }

    /// Events that came in.
    pub(crate) fn take_events(&self) -> Vec<Event> {
        self.events.take()
    }

    /// Waits until what was last changed is on disk, but not for ever: a disk that hangs does not keep the window open.
    pub(crate) fn close(&mut self) {
        self.piste.close();
        let deadline = Instant::now() + LAST_WRITES;
        let written =
            [self.settings_file.finish(deadline), self.bout_file.finish(deadline), self.calls.finish(deadline)];
        if written.contains(&false) {
            tracing::warn!(
                "the last change of the settings, of the bout or of a call could not be written before the window closed"
            );
        }
    }
}

/// For work that is done at once and has nothing to report.
fn done(work: impl FnOnce()) -> Option<Event> {
    work();
    None
}
