//! The one place where commands and events change the model. Knows no toolkit and does no IO: what must be done outside
//! comes back as [`Effect`]s.

mod apply;
mod beside;
mod bout;
mod library;
mod live;
mod piste;
mod replay;
mod review;

pub(super) use apply::apply;
pub(super) use beside::frame_beside;
pub(super) use live::close_requested;
pub(super) use piste::{live_time, settings as piste_settings};
pub(super) use review::advance;

use super::command::{Command, Keymap};
use super::effect::{Effect, Extent, LibraryEffect, Pane};
use super::model::{Model, Screen, Setting};
use records::library::is_clip_name;
use std::path::PathBuf;

/// Carries out a command and says what must be done outside.
pub(super) fn update(model: &mut Model, command: Command) -> Vec<Effect> {
    match command {
        Command::ToggleFullScreen => toggle_full_screen(model),
        Command::AskForClip => vec![Effect::AskForClip(Pane::First)],
        Command::OpenTypedPath => open_typed(model),
        Command::Open(paths) => open(model, paths),
        Command::Set(setting) => set(model, setting),
        Command::ReplayLast => replay::replay_last(model),
        Command::Review(command) => review::update(model, command),
        Command::Piste(command) => piste::update(model, command),
        Command::Library(command) => library::update(model, command),
        Command::Bout(command) => bout::update(model, command),
        Command::Show(screen) => {
            model.screen = screen;
            model.notices.leave_hints();
            if screen == Screen::Library { library::look(model) } else { live::screen_shown(model) }
        }
        shown => {
            show(model, &shown);
            Vec::new()
        }
    }
}

/// Commands that only change what is in front.
fn show(model: &mut Model, command: &Command) {
    match command {
        Command::TogglePalette => model.palette = model.palette.is_none().then(String::new),
        Command::TogglePathPrompt => model.path_prompt = model.path_prompt.is_none().then(String::new),
        Command::TypePath(text) => model.path_prompt = model.path_prompt.is_some().then(|| text.clone()),
        Command::ToggleHelp => model.help_open = !model.help_open,
        Command::DismissNotices => model.notices.dismiss(),
        Command::ToggleNoticeHistory => model.notices.history_open = !model.notices.history_open,
        Command::TogglePrivacy => escape(model),
        _ => {}
    }
}

fn toggle_full_screen(model: &mut Model) -> Vec<Effect> {
    model.full_screen = !model.full_screen;
    vec![Effect::SetFullScreen(if model.full_screen { Extent::Screen } else { Extent::Window })]
}

/// Escape closes what lies on top, a notice at last; with nothing there it blanks the pictures, or brings them back.
fn escape(model: &mut Model) {
    let closed = model.review.drawings.put_away()
        || model.palette.take().is_some()
        || model.path_prompt.take().is_some()
        || std::mem::take(&mut model.help_open)
        || std::mem::take(&mut model.notices.history_open)
        || (!model.privacy && model.notices.dismiss_staying());
    model.privacy ^= !closed;
}

/// One clip is reviewed at once; anything else is looked at first: a folder, or several clips, go to the library.
fn open(model: &mut Model, paths: Vec<PathBuf>) -> Vec<Effect> {
    match paths.as_slice() {
        [] => Vec::new(),
        [clip] if is_clip_name(clip) => {
            model.screen = Screen::Review;
            open_clip(model, clip.clone())
        }
        // Two clips on the review stand side by side; anywhere else, and more of them, are for the library.
        [first, second] if model.screen == Screen::Review && is_clip_name(first) && is_clip_name(second) => {
            model.review.loading = Some(0.0);
            vec![Effect::OpenClip(first.clone()), Effect::OpenBeside(second.clone())]
        }
        _ => vec![Effect::Library(LibraryEffect::SortOut(paths))],
    }
}

/// What is shown stays until the clip is open.
fn open_clip(model: &mut Model, clip: PathBuf) -> Vec<Effect> {
    model.review.loading = Some(0.0);
    vec![Effect::OpenClip(clip)]
}

/// A path as people paste it: with quotes, or as a link to a file.
fn open_typed(model: &mut Model) -> Vec<Effect> {
    let typed = model.path_prompt.take().unwrap_or_default();
    let plain = typed.trim().trim_matches(['"', '\'']);
    let plain = plain.strip_prefix("file://").unwrap_or(plain);
    if plain.is_empty() { Vec::new() } else { open(model, vec![plain.into()]) }
}

fn set(model: &mut Model, setting: Setting) -> Vec<Effect> {
    let piste_before = piste::settings(model);
    model.settings.change(setting);
    model.keymap = Keymap::with_changes(&model.settings.shortcuts);
    let mut effects = vec![Effect::SaveSettings(Box::new(model.settings.clone()))];
    let piste_now = piste::settings(model);
    if piste_now != piste_before {
        effects.push(Effect::Piste(::piste::Command::Set(Box::new(piste_now))));
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ThemeChoice, Weight};

    #[test]
    fn a_setting_is_changed_and_saved() {
        let mut model = Model::default();
        let effects = update(&mut model, Command::Set(Setting::Theme(ThemeChoice::Light)));
        assert_eq!(model.settings.theme, ThemeChoice::Light);
        assert!(matches!(&effects[..], [Effect::SaveSettings(s)] if s.theme == ThemeChoice::Light));
    }

    #[test]
    fn escape_closes_the_palette_before_it_blanks_the_picture() {
        let mut model = Model::default();
        update(&mut model, Command::TogglePalette);
        update(&mut model, Command::TogglePrivacy);
        assert!(model.palette.is_none() && !model.privacy);
        update(&mut model, Command::TogglePrivacy);
        assert!(model.privacy);
    }

    #[test]
    fn escape_takes_a_failure_away_and_does_not_blank_the_picture_for_it() {
        let mut model = Model::default();
        model.notices.add(Weight::Failure, "no disk", 0.0);
        update(&mut model, Command::TogglePrivacy);
        assert_eq!((model.privacy, model.notices.staying().count()), (false, 0));
    }

    #[test]
    fn a_hint_goes_when_any_other_screen_is_shown() {
        for screen in Screen::ALL {
            let mut model = Model::default();
            model.notices.add(Weight::Hint, "press H", 0.0);
            update(&mut model, Command::Show(screen));
            assert_eq!(model.notices.staying().count(), 0, "{screen:?}");
        }
    }

    #[test]
    fn opening_goes_to_the_review() {
        let mut model = Model::default();
        let effects = update(&mut model, Command::Open(vec!["a.mp4".into()]));
        assert_eq!((model.screen, effects), (Screen::Review, vec![Effect::OpenClip("a.mp4".into())]));
    }
}
