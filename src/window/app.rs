//! Connects the model to the toolkit: events in, commands out, textures to the graphics card. Has hardly any state.

use super::command::{Chord, Command};
use super::effect::{Effect, Event, LibraryEvent, Pane};
use super::model::{Model, Screen};
use super::panels;
use super::services::{DataFolderLock, Services};
use super::textures::Textures;
use super::theme::Tokens;
use super::update::{advance, apply, bound, close_requested, frame_beside, live_time, update};
use super::view::View;
use egui::{Context, Key, Ui};
use fencing::time::Timestamp;
use fencing::wording::Words;

/// What has the keyboard's focus.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    Nothing,
    Control,
    /// A field that is written in.
    Text,
}

/// The window.
pub struct App {
    ctx: Context,
    model: Model,
    services: Services,
    textures: Textures,
    words: Words,
    outbox: Vec<Command>,
    last_secs: Option<f64>,
    /// Index of the frame that is on the screen.
    shown: Option<usize>,
    /// When the live frame was taken and when it was passed to the painter.
    live_times: Option<(Timestamp, Timestamp)>,
    /// Events injected by tests and measurements.
    events: Vec<Event>,
    /// Held for its drop, which unlocks the data folder.
    folder_lock: Option<DataFolderLock>,
}

impl App {
    /// A window over `model`, with `services` to do its work.
    pub(crate) fn new(model: Model, mut services: Services, ctx: &Context) -> Self {
        services.follow(&model.settings);
        super::fonts::install(ctx);
        let words = Words::new(model.settings.language());
        let piste = piste::Command::Set(Box::new(super::update::piste_settings(&model)));
        let mut app = Self {
            ctx: ctx.clone(),
            model,
            services,
            textures: Textures::default(),
            words,
            outbox: Vec::new(),
            last_secs: None,
            shown: None,
            live_times: None,
            events: Vec::new(),
            folder_lock: None,
        };
        app.carry_out(Effect::Piste(piste), ctx);
        app
    }

    /// Keeps the data folder locked while the window is open.
    pub(crate) fn hold(&mut self, lock: Option<DataFolderLock>) {
        self.folder_lock = lock;
    }

    /// The state, for tests.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Carries out a command as if a button had sent it, for tests and the command line.
    pub fn send(&mut self, command: Command) {
        self.outbox.push(command);
    }

    /// Handles an event as if the piste had sent it, for tests and measurements.
    pub fn handle_event(&mut self, event: piste::Event) {
        self.events.push(Event::Piste(Box::new(event)));
    }

    /// Displayed frame of the clip under review; `None` before the first is decoded.
    pub fn frame_shown(&self) -> Option<usize> {
        self.shown
    }

    /// When the displayed live frame was taken and when it was passed to the painter, both on the host clock; for
    /// measurements.
    pub fn live_frame_times(&self) -> Option<(Timestamp, Timestamp)> {
        self.live_times
    }

    fn run_commands(&mut self, ctx: &Context) {
        for command in std::mem::take(&mut self.outbox) {
            let language = self.model.settings.language.clone();
            for effect in update(&mut self.model, command) {
                self.carry_out(effect, ctx);
            }
            if language != self.model.settings.language {
                self.words = Words::new(self.model.settings.language());
            }
        }
    }

    fn carry_out(&mut self, effect: Effect, ctx: &Context) {
        match effect {
            Effect::ShowReel(_) => self.forget_frame(),
            Effect::CloseBeside => self.textures.clear(Pane::Beside),
            _ => {}
        }
        if let Some(event) = self.services.run(effect, ctx) {
            self.apply(event, ctx);
        }
    }

    fn apply(&mut self, event: Event, ctx: &Context) {
        for effect in apply(&mut self.model, event) {
            self.carry_out(effect, ctx);
        }
    }

    fn forget_frame(&mut self) {
        self.textures.clear(Pane::First);
        self.shown = None;
    }

    fn take_events(&mut self, ctx: &Context) {
        let handed_in = std::mem::take(&mut self.events);
        for event in handed_in.into_iter().chain(self.services.take_events()) {
            match event {
                Event::ClipOpened { .. } => self.forget_frame(),
                Event::Library(LibraryEvent::Looked { .. }) => self.textures.retry_thumbnails(),
                _ => {}
            }
            self.apply(event, ctx);
        }
    }

    fn pass_time(&mut self, ctx: &Context) {
        let now = ctx.input(|i| i.time);
        // The bout's clock counts every second, also those that a hidden window slept through.
        let passed = self.last_secs.map_or(0.0, |last| (now - last).max(0.0));
        let elapsed = passed.min(0.25);
        self.last_secs = Some(now);
        self.model.now_secs = now;
        advance(&mut self.model.review, elapsed);
        for effect in live_time(&mut self.model, passed) {
            self.carry_out(effect, ctx);
        }
        let moving = self.model.piste.recording() || self.model.bout.running || self.model.piste.hush_at_secs.is_some();
        if moving {
            // Clocks show tenths; new frames cause repaints on their own.
            ctx.request_repaint_after(std::time::Duration::from_millis(50));
        }
        if self.model.review.playback.shuttle.playing {
            ctx.request_repaint();
        }
    }

    /// Requests the frames that are needed and takes those that are decoded.
    fn move_frames(&mut self, ctx: &Context) {
        if self.model.review.clip.is_some() {
            self.services.want_frame(Pane::First, self.model.review.playback.cursor());
        }
        // Only when nothing is displayed: an open clip stays until the next one is open.
        if let (Some(first), None) = (self.services.take_opening(), &self.model.review.clip) {
            self.textures.set(ctx, Pane::First, first);
        }
        if let Some(index) = frame_beside(&self.model.review) {
            self.services.want_frame(Pane::Beside, index);
        }
        for pane in [Pane::First, Pane::Beside] {
            if let Some((index, frame)) = self.services.take_frame(pane) {
                if pane == Pane::First {
                    self.shown = Some(index);
                }
                self.textures.set(ctx, pane, frame);
            }
        }
        self.move_thumbnails(ctx);
    }

    /// The same for the thumbnails of the visible library rows.
    fn move_thumbnails(&mut self, ctx: &Context) {
        for (path, frame) in self.services.take_thumbnails() {
            self.textures.set_thumbnail(ctx, path, frame);
        }
        if self.model.screen == Screen::Library {
            let library = &self.model.library;
            let visible = library.listed.get(library.visible.clone()).unwrap_or_default();
            self.services.want_thumbnails(self.textures.missing_thumbnails(visible));
        }
    }

    /// Reads the state and observations of the piste.
    fn look_at_piste(&mut self, ctx: &Context) {
        if let Some((status, now)) = self.services.piste.status() {
            self.model.piste.stand(status, now);
        }
        if let Some(setup) = &mut self.model.setup {
            setup.see(self.model.piste.status.lamps);
        }
        if let Some(observation) = self.services.piste.observation() {
            self.model.piste.see(observation);
        }
        for event in self.services.piste.take_events() {
            self.inject_event(event, ctx);
        }
        let on_public_screen = self.model.public_screen && self.model.screen != Screen::Review;
        let watched = (self.model.screen == Screen::Piste || on_public_screen) && !self.model.privacy;
        if let Some((taken, frame)) = self.services.piste.take_frame(watched) {
            self.textures.set_live(ctx, frame);
            self.live_times = Some((taken, self.services.piste.now()));
        }
        if ctx.input(|i| i.viewport().close_requested()) && close_requested(&mut self.model) {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
    }

    /// Sets the state of the piste, for tests and screenshots.
    pub fn stand_in(&mut self, status: piste::Status, now: Timestamp) {
        self.model.piste.stand(status, now);
    }

    /// Handles an event as if a piste had sent it, for tests and screenshots.
    pub fn inject_event(&mut self, event: piste::Event, ctx: &Context) {
        self.apply(Event::Piste(Box::new(event)), ctx);
    }

    fn keys(&mut self, ctx: &Context) {
        let focus = match (ctx.text_edit_focused(), ctx.memory(|m| m.focused().is_some())) {
            (true, _) => Focus::Text,
            (false, true) => Focus::Control,
            (false, false) => Focus::Nothing,
        };
        self.press(pressed_chords(ctx), focus);
    }

    /// Turns chords into commands.
    fn press(&mut self, chords: Vec<Chord>, focus: Focus) {
        let scope = self.model.scope();
        for chord in chords {
            if let Some(command) = bound(&mut self.model, &chord) {
                self.outbox.push(command);
                continue;
            }
            // A button that was reached by Tab is pressed by Space and Enter; they mean nothing else then.
            let reserved_for_button =
                focus != Focus::Nothing && !chord.ctrl && matches!(chord.key.as_str(), "Space" | "Enter");
            let writes = chord.key != "Escape" && !chord.is_function_key();
            let reserved_for_text = focus == Focus::Text && !chord.ctrl && writes;
            if let (false, Some(command)) =
                (reserved_for_text || reserved_for_button, self.model.keymap.command_for(&chord, scope))
            {
                self.outbox.push(command.clone());
            }
        }
    }

    fn dropped_files(&mut self, ctx: &Context) {
        let paths: Vec<_> = ctx.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_owned()).collect());
        if !paths.is_empty() {
            self.outbox.push(Command::Open(paths));
        }
    }
}

/// Shows the public screen in a window of its own. Its keys mean what they mean in the main window: the chords are returned.
fn public_screen(ctx: &Context, view: &mut View<'_>) -> Vec<Chord> {
    let title = format!("{} · {}", view.text("public-screen"), super::TITLE);
    let builder = egui::ViewportBuilder::default().with_title(title).with_inner_size([1280.0, 720.0]);
    let id = egui::ViewportId::from_hash_of("public-screen");
    ctx.show_viewport_immediate(id, builder, |ui, class| {
        panels::show_public(ui, view);
        if class == egui::ViewportClass::EmbeddedWindow {
            return Vec::new();
        }
        let ctx = ui.ctx();
        let (closes, full) = ctx.input(|i| (i.viewport().close_requested(), i.viewport().fullscreen));
        if closes {
            view.send(Command::TogglePublicScreen);
        }
        if ctx.input(|i| i.pointer.button_double_clicked(egui::PointerButton::Primary)) {
            ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full.unwrap_or_default()));
        }
        pressed_chords(ctx)
    })
}

/// Asks for the whole screen once more when the window is on it: X11 forgets what was asked before.
fn fill_the_screen(ctx: &Context) {
    const ON_THE_SCREEN: u64 = 3;
    match ctx.cumulative_pass_nr() {
        ON_THE_SCREEN => ctx.send_viewport_cmd(egui::ViewportCommand::Maximized(true)),
        pass if pass < ON_THE_SCREEN => ctx.request_repaint(),
        _ => {}
    }
}

/// Keys that went down in this frame, a held key again with every repeat.
fn pressed_chords(ctx: &Context) -> Vec<Chord> {
    ctx.input(|input| {
        let pressed = |e: &egui::Event| match e {
            egui::Event::Key { key, physical_key, pressed: true, modifiers, .. } => {
                Some(chord_of(typed(*key, *physical_key, *modifiers), *modifiers))
            }
            _ => None,
        };
        input.events.iter().filter_map(pressed).collect()
    })
}

/// With Shift a digit writes something else, which is another thing on every keyboard; the plus is meant as it is written.
fn typed(key: Key, physical: Option<Key>, modifiers: egui::Modifiers) -> Key {
    let digit = physical.filter(|key| key.name().parse::<u8>().is_ok());
    if modifiers.shift && key != Key::Plus { digit.unwrap_or(key) } else { key }
}

fn chord_of(key: Key, modifiers: egui::Modifiers) -> Chord {
    // Where the plus is typed with Shift, Shift says nothing more.
    let shift = modifiers.shift && key != Key::Plus;
    let key = match key {
        Key::ArrowLeft => "ArrowLeft".to_owned(),
        Key::ArrowRight => "ArrowRight".to_owned(),
        Key::ArrowUp => "ArrowUp".to_owned(),
        Key::ArrowDown => "ArrowDown".to_owned(),
        Key::Equals => "Plus".to_owned(),
        other => format!("{other:?}").trim_start_matches("Num").to_owned(),
    };
    Chord { ctrl: modifiers.command, shift, alt: modifiers.alt, key }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        fill_the_screen(ctx);
        self.dropped_files(ctx);
        self.take_events(ctx);
        self.look_at_piste(ctx);
        self.keys(ctx);
        self.run_commands(ctx);
        self.pass_time(ctx);
        self.move_frames(ctx);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        let bout = Effect::SaveBout(Box::new(self.model.bout.sheet.clone()));
        let _not_started = self.services.run(bout, &self.ctx.clone());
        self.services.close();
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let tokens = Tokens::of(self.model.settings.theme, self.model.settings.text_scale);
        tokens.apply(ui.ctx(), self.model.settings.motion);
        // Piste and bout are scoreboards too, read from across the hall: they fill the window that they are given.
        let scoreboard = tokens.seen_from_afar(ui.ctx());
        let mut view = View {
            model: &self.model,
            words: &self.words,
            tokens: &tokens,
            textures: &self.textures,
            heading: None,
            out: std::mem::take(&mut self.outbox),
        };
        panels::show_chrome(ui, &mut view);
        match view.model.screen {
            Screen::Piste => {
                view.tokens = &scoreboard;
                panels::show_piste(ui, &mut view);
                view.tokens = &tokens;
            }
            Screen::Review => panels::show_review(ui, &mut view),
            Screen::Library => panels::show_library(ui, &mut view),
            Screen::Bout => {
                view.tokens = &scoreboard;
                panels::show_bout(ui, &mut view);
                view.tokens = &tokens;
            }
            Screen::Settings => panels::show_settings(ui, &mut view),
        }
        panels::show_overlays(ui, &mut view);
        panels::show_setup(ui, &mut view);
        let pressed = if self.model.public_screen { public_screen(ui.ctx(), &mut view) } else { Vec::new() };
        self.outbox = view.out;
        self.press(pressed, Focus::Nothing);
        if !self.outbox.is_empty() {
            ui.ctx().request_repaint();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Modifiers;

    #[test]
    fn a_digit_with_shift_is_that_digit_on_every_keyboard() {
        let chord = |key, physical, modifiers| chord_of(typed(key, Some(physical), modifiers), modifiers).to_string();
        assert_eq!(chord(Key::Exclamationmark, Key::Num1, Modifiers::SHIFT), "Shift+1", "English and German");
        assert_eq!(chord(Key::Num3, Key::Num3, Modifiers::SHIFT), "Shift+3", "French");
        assert_eq!(chord(Key::Minus, Key::Num6, Modifiers::NONE), "Minus", "French");
        assert_eq!(chord(Key::Plus, Key::Num1, Modifiers::SHIFT), "Plus", "Swiss");
        assert_eq!(chord(Key::Num1, Key::Num1, Modifiers::COMMAND), "Ctrl+1");
        assert_eq!(chord(Key::E, Key::E, Modifiers::SHIFT), "Shift+E");
    }
}
