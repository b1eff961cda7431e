//! The one place where commands and events change the model. Knows no toolkit and does no IO: what must be done outside
//! comes back as [`Effect`]s.

mod calling;
mod library;
mod piste;
mod review;

pub(super) use piste::{close_requested, live_time, settings as piste_settings};
pub(super) use review::{advance, frame_beside};

use crate::command::{BoutCommand, Chord, Command, Keymap, Rebound};
use crate::effect::{Effect, Event, Existing, Extent, LibraryEffect, LiveEffect};
use crate::model::{
    CameraPick, Card, Drawings, Judging, Model, OpenClip, PathFor, PathPrompt, Playback, Purpose, Review, Screen,
    Setting, SettingsPage, Setup, Weight,
};
use fencing::time::Timestamp;
use records::library::is_clip_name;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vision::engine::Judgement;

/// Carries out a command and says what must be done outside.
pub(super) fn update(model: &mut Model, command: Command) -> Vec<Effect> {
    match command {
        Command::ToggleFullScreen => toggle_full_screen(model),
        Command::AskForClip => ask_for_path(model, PathFor::Clip),
        Command::OpenTypedPath => typed_path(model),
        Command::BrowsePath => {
            let purpose = model.path_prompt.take().map_or(PathFor::Clip, |prompt| prompt.purpose);
            ask_for_path(model, purpose)
        }
        Command::Open(paths) => open(model, paths),
        Command::Set(setting) => set(model, setting),
        Command::ShowSettings(page) => {
            show_settings(model, page);
            if model.screen == Screen::Settings { Vec::new() } else { update(model, Command::Show(Screen::Settings)) }
        }
        Command::Rebind(key, chord) => rebind(model, key, &chord),
        Command::ReplayLast => review::replay_last(model),
        Command::Review(command) => review::update(model, command),
        Command::Piste(command) => piste::update(model, command),
        Command::Library(command) => library::update(model, command),
        Command::Bout(command) => update_bout(model, command),
        Command::Show(screen) => {
            model.screen = screen;
            (model.binding, model.rebound) = (None, None);
            model.notices.leave_hints();
            if screen == Screen::Library { library::look(model) } else { piste::screen_shown(model) }
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
        Command::TogglePathPrompt => {
            let prompt = PathPrompt { purpose: PathFor::Clip, text: String::new() };
            model.path_prompt = model.path_prompt.is_none().then_some(prompt);
        }
        Command::TypePath(text) => {
            if let Some(prompt) = &mut model.path_prompt {
                prompt.text.clone_from(text);
            }
        }
        Command::ToggleHelp => model.help_open = !model.help_open,
        Command::ShowGuide(guide) => {
            model.help_open = true;
            model.guide.clone_from(guide);
        }
        Command::DismissNotices => model.notices.dismiss(),
        Command::ToggleNoticeHistory => model.notices.history_open = !model.notices.history_open,
        Command::TogglePrivacy => model.privacy = !model.privacy,
        Command::ToggleSetup => {
            model.settings_search.clear();
            model.setup = if model.setup.is_none() { Some(Setup::default()) } else { None };
        }
        Command::TogglePublicScreen => model.public_screen = !model.public_screen,
        Command::SearchSettings(text) => model.settings_search.clone_from(text),
        Command::TurnSettings(pages) => show_settings(model, model.settings_page.turned(*pages)),
        Command::Bind(key) => (model.binding, model.rebound) = (*key, None),
        Command::CloseTop => close_top(model),
        _ => {}
    }
}

/// A page is shown whole, and no command waits for its chord any more.
fn show_settings(model: &mut Model, page: SettingsPage) {
    model.settings_page = page;
    model.settings_search.clear();
    (model.binding, model.rebound) = (None, None);
}

fn toggle_full_screen(model: &mut Model) -> Vec<Effect> {
    model.full_screen = !model.full_screen;
    vec![Effect::SetFullScreen(if model.full_screen { Extent::Screen } else { Extent::Window })]
}

/// Escape closes what lies on top, one thing at a time, and does nothing else.
fn close_top(model: &mut Model) {
    let _closed = model.binding.take().is_some()
        || model.palette.take().is_some()
        || model.path_prompt.take().is_some()
        || model.setup.take().is_some()
        || std::mem::take(&mut model.help_open)
        || std::mem::take(&mut model.notices.history_open)
        || piste::stay(model)
        || model.review.drawings.put_away()
        || model.review.picking.take().is_some()
        || calling::end(model)
        || model.notices.dismiss_staying();
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

/// Opens the system's file dialog: one at a time, for a second one would hide behind the first.
fn ask_for_path(model: &mut Model, purpose: PathFor) -> Vec<Effect> {
    if model.asking_for.is_some() {
        return notice(model, Weight::Hint, "notice-dialog-open");
    }
    model.asking_for = Some(purpose);
    vec![Effect::AskForPath(purpose)]
}

/// A path as people paste it: with quotes, or as a link to a file.
fn typed_path(model: &mut Model) -> Vec<Effect> {
    let Some(prompt) = model.path_prompt.take() else { return Vec::new() };
    let plain = prompt.text.trim().trim_matches(['"', '\'']);
    let plain = plain.strip_prefix("file://").unwrap_or(plain);
    if plain.is_empty() { Vec::new() } else { path_chosen(model, prompt.purpose, plain.into(), Existing::Keep) }
}

/// A path was chosen in the dialog, or typed.
fn path_chosen(model: &mut Model, purpose: PathFor, path: PathBuf, existing: Existing) -> Vec<Effect> {
    match purpose {
        PathFor::Clip => open(model, vec![path]),
        PathFor::SecondClip => vec![Effect::OpenBeside(path)],
        PathFor::LibraryFolder => library::add_folder(model, path),
        PathFor::List(format) => library::save_list(model, format, path, existing),
        PathFor::Records => library::teach(model, Purpose::Records(path), existing),
        PathFor::ClubJudge => library::teach(model, Purpose::Judge(path), Existing::Replace),
        PathFor::Recordings => piste::change_live(model, |live| live.recordings = Some(path)),
        PathFor::CameraClip => piste::change_live(model, |live| live.camera = Some(CameraPick::Clip { path })),
    }
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

/// Gives a command the chord that was pressed for it, where that leaves every other command a chord.
fn rebind(model: &mut Model, key: &'static str, chord: &Chord) -> Vec<Effect> {
    let rebound = model.keymap.rebind(key, chord.clone());
    let exchanged = match &rebound {
        Rebound::Free => None,
        Rebound::Swapped { other, old, .. } => Some(Setting::Shortcut((*other).to_owned(), old.to_string())),
        Rebound::Taken { .. } | Rebound::Unknown { .. } => {
            model.rebound = Some(rebound);
            return Vec::new();
        }
    };
    model.rebound = Some(rebound);
    if let Some(exchanged) = exchanged {
        model.settings.change(exchanged);
    }
    set(model, Setting::Shortcut(key.to_owned(), chord.to_string()))
}

/// Applies an event and says what must be done next.
pub(super) fn apply(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::ClipLoading(share) => {
            model.review.loading = Some(share);
            Vec::new()
        }
        Event::ClipOpened { clip, times } => opened(model, clip, times),
        Event::PathChosen(purpose, path) => {
            model.asking_for = None;
            path_chosen(model, purpose, path, Existing::Replace)
        }
        Event::BesideOpened { clip, times } => review::beside_opened(model, clip, times),
        Event::BesideJudged(judgement) => {
            review::beside_judged(model, judgement);
            Vec::new()
        }
        Event::NothingChosen => {
            model.asking_for = None;
            Vec::new()
        }
        Event::NoDialog(purpose) => no_dialog(model, purpose),
        judging @ (Event::JudgeProgress { .. }
        | Event::Judged { .. }
        | Event::JudgeFailed(_)
        | Event::FencerFailed(_)
        | Event::JudgeCancelled) => apply_judging(model, judging),
        Event::ExportProgress(share) => {
            model.review.exporting = model.review.exporting.map(|_| share);
            Vec::new()
        }
        Event::Exported(path) => exported(model, Weight::Done, format!("notice-saved {}", path.display())),
        Event::ExportFailed(text) => exported(model, Weight::Failure, format!("notice-nothing-saved {text}")),
        Event::ExportCancelled => exported(model, Weight::Done, "notice-export-cancelled"),
        Event::ClipFailed(text) => {
            model.review.loading = None;
            model.review.waiting_beside = None;
            notice(model, Weight::Failure, format!("notice-clip-failed {text}"));
            calling::next(model)
        }
        Event::Piste(event) => {
            let mut effects = review::on_piste_event(model, &event);
            effects.extend(piste::apply(model, *event));
            effects
        }
        Event::Live(event) => piste::apply_live(model, event),
        Event::Library(event) => library::apply(model, event),
        Event::Trouble(text) => notice(model, Weight::Failure, text),
    }
}

/// Events of the judge of the clip under review.
fn apply_judging(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::JudgeProgress { stage, share } => {
            model.review.judging = Judging::Running { stage, share };
        }
        Event::Judged { clip, judgement, processing_secs, corrections } => {
            judged(&mut model.review, &clip, (judgement, processing_secs), corrections);
        }
        Event::JudgeFailed(text) => {
            // A verdict is never given up for one that could not be made.
            model.review.keep_judgement();
            model.review.judging = Judging::Failed(text.clone());
            notice(model, Weight::Failure, format!("notice-judge-failed {text}"));
        }
        Event::FencerFailed(text) => {
            model.review.judging = Judging::Idle;
            notice(model, Weight::Warning, text);
        }
        Event::JudgeCancelled => {
            model.review.judging = Judging::Idle;
        }
        _ => {}
    }
    Vec::new()
}

/// Without a file dialog the path is typed.
fn no_dialog(model: &mut Model, purpose: PathFor) -> Vec<Effect> {
    model.asking_for = None;
    let text = match purpose {
        PathFor::List(format) => library::usual_list(model, format).display().to_string(),
        _ => String::new(),
    };
    model.path_prompt = Some(PathPrompt { purpose, text });
    notice(model, Weight::Hint, "notice-no-dialog")
}

/// A judgement, and how long it took, counts for the clip that it is about, if that is still open.
fn judged(review: &mut Review, clip: &Path, (judgement, processing_secs): (Arc<Judgement>, f64), corrections: usize) {
    if review.clip.as_ref().is_none_or(|open| open.path != clip) {
        return;
    }
    review.processing_secs = processing_secs;
    // A correction leaves the frame that is looked at.
    if let Some(touch) = judgement.signals.first_touch().filter(|_| review.judgement.is_none()) {
        review.playback.seek(touch.at);
    }
    review.take_judgement(judgement);
    review.note_corrections(corrections);
}

/// The one export at a time is over.
fn exported(model: &mut Model, weight: Weight, text: impl Into<String>) -> Vec<Effect> {
    model.review.exporting = None;
    notice(model, weight, text)
}

fn opened(model: &mut Model, clip: OpenClip, times: Vec<Timestamp>) -> Vec<Effect> {
    let waiting = model.review.waiting_beside.take();
    let closing = model.review.beside.is_some().then_some(Effect::CloseBeside);
    let (own_call, weapon) = (clip.own_call, clip.weapon);
    model.review = Review {
        clip: Some(clip),
        drawings: Drawings::on_clip(&times),
        playback: Playback::of(times),
        weapon: weapon.unwrap_or_else(|| model.settings.weapon()),
        weapon_guessed: weapon.is_none(),
        shown: model.review.shown,
        ..Review::default()
    };
    if let Some(call) = own_call {
        model.review.call(call);
    }
    let mut effects: Vec<_> = closing.into_iter().collect();
    // A calling pass does not judge: the machine's call would be hidden.
    if !calling::show_touch(model) {
        effects.extend(review::judge(model));
    }
    if let Some((clip, times)) = waiting {
        effects.extend(review::beside_opened(model, clip, times));
    }
    effects
}

fn notice(model: &mut Model, weight: Weight, text: impl Into<String>) -> Vec<Effect> {
    let at = model.now_secs;
    model.notices.add(weight, text, at);
    Vec::new()
}

/// What a chord means while a command waits for its shortcut; `None` while none does.
pub(super) fn bound(model: &mut Model, chord: &Chord) -> Option<Command> {
    if chord.key == "Escape" {
        return None;
    }
    let key = model.binding.take()?;
    Some(Command::Rebind(key, chord.clone()))
}

/// Carries out a command of the bout; what changed is written down at once.
pub(super) fn update_bout(model: &mut Model, command: BoutCommand) -> Vec<Effect> {
    use BoutCommand as B;
    let bout = &mut model.bout;
    match command {
        B::DrawPriority => return vec![Effect::Live(LiveEffect::DrawPriority)],
        B::Score(side, touches) => bout.score(side, touches),
        B::Card(side, card) => {
            let red = bout.sheet.cards[side].red;
            bout.card(side, card);
            // The rules make a second yellow card a red one, with a touch for the opponent: too much to happen silently.
            if card == Card::Yellow && bout.sheet.cards[side].red > red {
                model.notices.add(Weight::Warning, "notice-second-yellow", model.now_secs);
            }
        }
        B::ClearPriority => bout.priority(None),
        B::ToggleClock => bout.toggle_clock(),
        B::SetClock(secs) => bout.set_clock(secs),
        B::Period(by) => bout.period(by),
        B::Name(side, name) => bout.name(side, name),
        B::Title(title) => bout.title(title),
        B::Undo => {
            let call = bout.undo();
            if call && let Some(phrase) = &mut model.piste.phrase {
                phrase.own_call = None;
            }
        }
        B::New => bout.start_anew(),
    }
    vec![saved_bout(model)]
}

/// The sheet as it stands now, to be kept.
pub(super) fn saved_bout(model: &Model) -> Effect {
    Effect::SaveBout(Box::new(model.bout.sheet.clone()))
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
    fn the_next_chord_becomes_the_shortcut_and_escape_leaves_it() {
        let mut model = Model::default();
        update(&mut model, Command::Bind(Some("cmd-replay-last")));
        update(&mut model, Command::CloseTop);
        assert_eq!(model.binding, None);
        update(&mut model, Command::Bind(Some("cmd-replay-last")));
        let chord: crate::command::Chord = "Ctrl+B".parse().unwrap();
        let effects: Vec<Effect> = bound(&mut model, &chord).into_iter().flat_map(|c| update(&mut model, c)).collect();
        assert!(matches!(&effects[..], [Effect::SaveSettings(_)]));
        assert_eq!((model.binding, model.keymap.chord_of(&Command::ReplayLast)), (None, Some(&chord)));
        assert!(bound(&mut model, &chord).is_none(), "chords mean commands again");
    }

    #[test]
    fn a_chord_of_another_command_is_exchanged_or_refused() {
        let mut model = Model::default();
        let chord = |text: &str| text.parse::<Chord>().unwrap();
        update(&mut model, Command::Rebind("cmd-play", chord("K")));
        let kept = |model: &Model, key: &str| model.settings.shortcuts.get(key).cloned();
        assert_eq!(kept(&model, "cmd-play").as_deref(), Some("K"));
        assert_eq!(kept(&model, "cmd-shuttle-stop").as_deref(), Some("Space"));
        assert!(model.keymap.clashes().is_empty());

        let before = model.settings.shortcuts.clone();
        let effects = update(&mut model, Command::Rebind("cmd-replay-last", chord("Space")));
        assert_eq!((effects, &model.settings.shortcuts), (vec![], &before));
        assert!(matches!(model.rebound, Some(Rebound::Taken { .. })));
    }

    #[test]
    fn another_page_or_screen_ends_waiting_for_a_chord() {
        let mut model = Model::default();
        for leaving in [Command::TurnSettings(-1), Command::Show(Screen::Review)] {
            update(&mut model, Command::Bind(Some("cmd-play")));
            update(&mut model, leaving);
            assert_eq!(model.binding, None);
        }
        assert_eq!(model.settings_page, SettingsPage::Server, "the pages go round");
    }

    #[test]
    fn escape_closes_the_palette_and_a_key_of_its_own_blanks_the_picture() {
        let mut model = Model::default();
        update(&mut model, Command::TogglePalette);
        update(&mut model, Command::CloseTop);
        assert!(model.palette.is_none() && !model.privacy);
        update(&mut model, Command::TogglePrivacy);
        assert!(model.privacy);
    }

    #[test]
    fn escape_takes_a_failure_away_and_does_not_blank_the_picture_for_it() {
        let mut model = Model::default();
        model.notices.add(Weight::Failure, "no disk", 0.0);
        update(&mut model, Command::CloseTop);
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

#[cfg(test)]
mod apply_tests {
    use super::update;
    use super::*;
    use crate::command::{Command, ReviewCommand};

    fn with_clip() -> Model {
        let mut model = Model::default();
        let clip = OpenClip { path: "a.mp4".into(), title: "a".into(), aspect: 16.0 / 9.0, ..OpenClip::default() };
        let times = (0..50).map(|i| Timestamp::from_secs(f64::from(i) * 0.04)).collect();
        let effects = apply(&mut model, Event::ClipOpened { clip, times });
        assert!(
            matches!(&effects[..], [Effect::Judge(r)] if r.clip.ends_with("a.mp4")),
            "an opened clip is judged at once"
        );
        model
    }

    #[test]
    fn a_failed_judgement_leaves_a_way_on() {
        let mut model = with_clip();
        apply(&mut model, Event::JudgeFailed("no ffmpeg".into()));
        assert!(matches!(model.review.judging, Judging::Failed(_)));
        let effects = update(&mut model, Command::Review(ReviewCommand::JudgeAgain));
        assert!(matches!(&effects[..], [Effect::Judge(_)]));
    }

    #[test]
    fn what_is_no_clip_does_not_cost_the_open_one_its_judgement() {
        let mut model = with_clip();
        apply(&mut model, Event::JudgeProgress { stage: "stage-watching", share: 0.73 });
        let effects = update(&mut model, Command::Open(vec!["broken.mp4".into()]));
        assert!(matches!(&effects[..], [Effect::OpenClip(_)]), "nothing is called off: {effects:?}");
        assert!(apply(&mut model, Event::ClipFailed("no video".into())).is_empty(), "nothing is begun again");
        assert!(matches!(model.review.judging, Judging::Running { share, .. } if share == 0.73));
        apply(&mut model, Event::JudgeCancelled);
        assert!(apply(&mut model, Event::ClipFailed("no video".into())).is_empty(), "it was called off by hand");
    }

    fn with_prompt(model: &mut Model, purpose: PathFor, text: &str) -> Vec<Effect> {
        apply(model, Event::NoDialog(purpose));
        update(model, Command::TypePath(text.into()));
        update(model, Command::OpenTypedPath)
    }

    #[test]
    fn a_typed_path_goes_where_it_was_asked_for() {
        let mut model = with_clip();
        assert_eq!(with_prompt(&mut model, PathFor::SecondClip, "b.mp4"), [Effect::OpenBeside("b.mp4".into())]);
        assert_eq!(with_prompt(&mut model, PathFor::Clip, "'b.mp4'"), [Effect::OpenClip("b.mp4".into())]);
    }

    #[test]
    fn one_dialog_at_a_time_is_open() {
        let mut model = Model::default();
        assert_eq!(update(&mut model, Command::AskForClip), [Effect::AskForPath(PathFor::Clip)]);
        assert_eq!(update(&mut model, Command::AskForClip), []);
        apply(&mut model, Event::NothingChosen);
        assert_eq!(update(&mut model, Command::AskForClip), [Effect::AskForPath(PathFor::Clip)]);
    }

    #[test]
    fn escape_closes_one_thing_and_never_blanks_the_picture() {
        let mut model = with_clip();
        update(&mut model, Command::ToggleHelp);
        update(&mut model, Command::TogglePalette);
        update(&mut model, Command::CloseTop);
        assert!(model.help_open && model.palette.is_none());
        for _ in 0..3 {
            update(&mut model, Command::CloseTop);
        }
        assert!(!model.help_open && !model.privacy);
        update(&mut model, Command::TogglePrivacy);
        update(&mut model, Command::CloseTop);
        assert!(model.privacy, "what a key of its own has blanked, that key shows again");
    }

    #[test]
    fn a_new_clip_forgets_the_own_call_of_the_last_one_but_not_what_is_shown() {
        let mut model = with_clip();
        update(&mut model, Command::Review(ReviewCommand::ToggleSkeletons));
        model.review.own_call = Some(fencing::Call::TooClose);
        let clip = OpenClip { path: "b.mp4".into(), title: "b".into(), aspect: 1.0, ..OpenClip::default() };
        apply(&mut model, Event::ClipOpened { clip, times: vec![Timestamp::ZERO] });
        assert!(model.review.own_call.is_none() && !model.review.shown.skeletons);
    }
}

#[cfg(test)]
mod bout_tests {
    use super::*;
    use fencing::Side;

    #[test]
    fn a_touch_is_written_down_and_taken_back() {
        let mut model = Model::default();
        let effects = update_bout(&mut model, BoutCommand::Score(Side::Left, 1));
        assert!(matches!(&effects[..], [Effect::SaveBout(sheet)] if sheet.score.left == 1));
        let effects = update_bout(&mut model, BoutCommand::Undo);
        assert!(matches!(&effects[..], [Effect::SaveBout(sheet)] if sheet.score.left == 0));
    }

    #[test]
    fn priority_is_drawn_outside_the_model() {
        let effects = update_bout(&mut Model::default(), BoutCommand::DrawPriority);
        assert_eq!(effects, [Effect::Live(LiveEffect::DrawPriority)]);
    }
}
