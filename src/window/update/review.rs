//! Commands about the clip under review.

use crate::command::{Direction, Export, OwnCall, ReviewCommand, TouchByHand};
use crate::effect::{Effect, ExportRequest, FencerRequest, JudgeRequest, KeptCall, SharedReel};
use crate::model::{
    Beside, DrawCommand, Drawings, Judging, Model, OpenClip, PathFor, Playback, Replay, Review, Screen, Weight,
};
use fencing::time::Timestamp;
use fencing::{PerSide, Side};
use piste::{Command, Event, JudgeEvent, RecordedPhrase};
use recording::PhraseNotes;
use std::sync::Arc;
use vision::engine::Judgement;

/// The demo phrase ships with the program: a call of it is an exercise, and its folder may be read-only.
const DEMO: &str = "assets/demo/demo-phrase.mp4";

/// Carries out a review command.
pub(super) fn update(model: &mut Model, command: ReviewCommand) -> Vec<Effect> {
    use ReviewCommand as R;
    let review = &mut model.review;
    match command {
        R::JudgeAgain => judge_anew(model),
        R::PickFencer(side) => pick(model, side),
        R::FencerHere { x, y } => fencer_here(model, (x, y)),
        R::Undo => undo(model),
        R::CancelJudging => vec![Effect::CancelJudging],
        R::Export(what) => export(model, what),
        R::AskForBeside => super::ask_for_path(model, PathFor::SecondClip),
        R::OpenBeside(path) => vec![Effect::OpenBeside(path)],
        R::CloseBeside => close_beside(model),
        R::CancelExport => vec![Effect::CancelExport],
        R::OwnCall(call) => own_call(model, call),
        R::SkipCall => super::calling::next(model),
        R::Repetition => repetition(model),
        R::Weapon(weapon) => {
            (review.weapon, review.weapon_guessed) = (weapon, false);
            judge(model)
        }
        R::TouchHere(lamps) => touch_here(model, lamps),
        other => {
            look(review, &other);
            Vec::new()
        }
    }
}

/// Commands that change nothing outside the review.
fn look(review: &mut Review, command: &ReviewCommand) {
    use ReviewCommand as R;
    match command {
        R::Appeal { side, outcome } => review.procedure.appeal(*side, *outcome),
        R::Zoom(zoom) => review.viewport.apply(*zoom),
        R::ZoomTimeline { factor, at } => review.zoom_timeline(*factor, *at),
        R::ToggleSkeletons => review.shown.skeletons = !review.shown.skeletons,
        R::ToggleTimeline => review.shown.timeline = !review.shown.timeline,
        R::ToggleVerdict => review.shown.verdict = !review.shown.verdict,
        R::NudgeBeside(frames) => nudge(review, *frames),
        R::Draw(command) => {
            review.picking = None;
            review.drawings.apply(command.clone(), review.playback.now());
        }
        R::ReplayTouch => replay_touch(review),
        transport => {
            review.replay = None;
            drive(review, transport);
        }
    }
}

fn drive(review: &mut Review, command: &ReviewCommand) {
    use ReviewCommand as R;
    let touch = review.touch();
    let event = match command {
        R::ToEvent(direction) => neighbour(review, *direction),
        _ => None,
    };
    let playback = &mut review.playback;
    match command {
        R::TogglePlay => playback.toggle(),
        R::Step(frames) => playback.step(*frames),
        R::SkipMillis(millis) => playback.skip(*millis as f64 / 1000.0),
        R::Shuttle(direction) => playback.shuttle(*direction),
        R::Stop => playback.stop(),
        R::SpeedPercent(percent) => playback.set_speed(f64::from(*percent) / 100.0),
        R::ToStart => playback.to_start(),
        R::ToEnd => playback.to_end(),
        R::ToTouch => touch.into_iter().for_each(|at| playback.seek(at)),
        R::ToEvent(_) => event.into_iter().for_each(|at| playback.seek(at)),
        R::Seek(at) => playback.seek(*at),
        R::LoopStart => playback.mark_loop_start(),
        R::LoopEnd => playback.mark_loop_end(),
        R::MoveLoop { edge, at } => playback.move_loop(*edge, *at),
        R::ToggleLoop => playback.toggle_loop(),
        R::ClearLoop => playback.clear_loop(),
        _ => {}
    }
}

/// The event before or after the playhead; events of the frame that is shown do not count.
fn neighbour(review: &Review, direction: Direction) -> Option<fencing::time::Timestamp> {
    let playback = &review.playback;
    let shown = playback.cursor();
    let at_frame = |at| fencing::time::nearest_index(playback.times(), at);
    let events = review.events();
    match direction {
        Direction::Next => events.into_iter().find(|at| at_frame(*at).is_some_and(|i| i > shown)),
        Direction::Previous => events.into_iter().rev().find(|at| at_frame(*at).is_some_and(|i| i < shown)),
    }
}

/// Lets wall time pass for the clip under review.
pub(crate) fn advance(review: &mut Review, elapsed_secs: f64) {
    review.playback.advance(elapsed_secs);
    review.replay = review.replay.and_then(|replay| replay.advanced(&mut review.playback));
}

/// The own call; what it is called when nobody scores alone depends on the weapon. A phrase of the live piste is called there
/// too: both screens show one call.
fn own_call(model: &mut Model, call: OwnCall) -> Vec<Effect> {
    let called = call.call(model.review.weapon);
    let first = model.review.own_call.is_none() && !model.review.verdict_known(model.blind());
    model.review.call(called);
    let mut effects = if is_last_phrase(model) { annotate(model) } else { keep_call(model, called, first) };
    let live = model.piste.phrase.as_ref().and_then(|phrase| phrase.recorded.as_ref());
    if live.is_some_and(|recorded| shows(&model.review, recorded)) {
        effects.extend(super::piste::own_call(model, call));
    }
    if let Some(pass) = &mut model.calling {
        pass.count();
        effects.extend(super::calling::next(model));
    }
    effects
}

/// Whether the clip under review is the phrase that the piste recorded last.
fn is_last_phrase(model: &Model) -> bool {
    let open = model.review.clip.as_ref().map(|clip| clip.path.as_path());
    model.last_phrase.phrase.as_ref().is_some_and(|phrase| open == Some(phrase.clip.as_path()))
}

/// The call of any other clip is kept in the notes beside it, and the library knows it at once.
fn keep_call(model: &mut Model, call: fencing::Call, first: bool) -> Vec<Effect> {
    let Some(clip) = model.review.clip.as_ref().map(|clip| clip.path.clone()) else { return Vec::new() };
    if clip.ends_with(DEMO) {
        return Vec::new();
    }
    model.library.catalogue.set_own_call(&clip, call);
    model.library.relist();
    vec![Effect::KeepCall(KeptCall { clip, call, first })]
}

/// Call and looks at the last phrase of the live piste are kept beside it on disk (t.62.6).
fn annotate(model: &Model) -> Vec<Effect> {
    let review = &model.review;
    let is_open = |p: &&Arc<RecordedPhrase>| review.clip.as_ref().is_some_and(|c| c.path == p.clip);
    let Some(phrase) = model.last_phrase.phrase.as_ref().filter(is_open) else { return Vec::new() };
    let looks = review.procedure.repetitions;
    let notes = PhraseNotes {
        own_call: review.own_call.map(|call| call.as_str().to_owned()),
        looks: (looks > 0).then_some(looks),
        ..PhraseNotes::default()
    };
    vec![Effect::Piste(Command::Annotate(phrase.folder.clone(), Box::new(notes)))]
}

fn repetition(model: &mut Model) -> Vec<Effect> {
    if model.review.procedure.repeat() {
        model.review.playback.to_start();
        model.review.playback.stop();
        model.review.playback.toggle();
    } else {
        model.notices.add(Weight::Warning, "notice-no-repetition-left", model.now_secs);
    }
    annotate(model)
}

fn touch_here(model: &mut Model, lamps: TouchByHand) -> Vec<Effect> {
    let lit = match lamps {
        TouchByHand::One(side) => PerSide::from_fn(|s| s == side),
        TouchByHand::Both => PerSide::new(true, true),
    };
    model.review.touch_by_hand = Some((model.review.playback.now(), lit));
    judge(model)
}

/// Asks for a judgement of the open clip, from its kept poses where there are some.
pub(super) fn judge(model: &mut Model) -> Vec<Effect> {
    let Some(request) = judge_request(model) else { return Vec::new() };
    // A phrase with a verdict has kept poses, and a new verdict within milliseconds: no progress flashes up.
    // An analysis that runs goes on and answers this, too.
    if model.review.judgement.is_none() && !matches!(model.review.judging, Judging::Running { .. }) {
        model.review.judging = Judging::Running { stage: "stage-opening", share: 0.0 };
    }
    vec![Effect::Judge(Box::new(request))]
}

/// The same from the frames: corrections of fencers are gone.
fn judge_anew(model: &mut Model) -> Vec<Effect> {
    let Some(request) = judge_request(model) else { return Vec::new() };
    model.review.judging = Judging::Running { stage: "stage-opening", share: 0.0 };
    vec![Effect::Judge(Box::new(JudgeRequest { anew: true, ..request }))]
}

fn judge_request(model: &Model) -> Option<JudgeRequest> {
    Some(JudgeRequest {
        clip: model.review.clip.as_ref()?.path.clone(),
        weapon: model.review.weapon,
        touch_by_hand: model.review.touch_by_hand,
        settings: model.settings.clone(),
        anew: false,
    })
}

/// The next click names a fencer. The frame stands still for it: a click on a moving picture hits somebody else.
fn pick(model: &mut Model, side: Side) -> Vec<Effect> {
    let review = &mut model.review;
    if review.judgement.is_none() {
        model.notices.add(Weight::Warning, "notice-fencer-no-verdict", model.now_secs);
        return Vec::new();
    }
    review.drawings.put_away();
    let again = review.picking == Some(side);
    review.picking = (!again).then_some(side);
    if review.picking.is_some() {
        review.replay = None;
        review.playback.stop();
    }
    Vec::new()
}

/// A fencer was pointed at: the track is followed from this frame both ways, and the phrase judged again.
fn fencer_here(model: &mut Model, point: (f32, f32)) -> Vec<Effect> {
    let (Some(side), Some(judge)) = (model.review.picking.take(), judge_request(model)) else { return Vec::new() };
    vec![Effect::CorrectFencer(Box::new(FencerRequest { judge, side, at: model.review.playback.now(), point }))]
}

fn undo(model: &mut Model) -> Vec<Effect> {
    if model.review.undoes_correction()
        && let Some(request) = judge_request(model)
    {
        return vec![Effect::UndoFencer(Box::new(request))];
    }
    model.review.drawings.apply(DrawCommand::Undo, model.review.playback.now());
    Vec::new()
}

/// One export at a time; a second one waits until the user asks again.
fn export(model: &mut Model, what: Export) -> Vec<Effect> {
    let Some(clip) = &model.review.clip else { return Vec::new() };
    if model.review.exporting.is_some() {
        model.notices.add(Weight::Warning, "notice-export-runs", model.now_secs);
        return Vec::new();
    }
    model.review.exporting = Some(0.0);
    vec![Effect::Export(ExportRequest {
        what,
        clip: clip.path.clone(),
        judgement: model.review.judgement().cloned(),
        processing_secs: model.review.processing_secs,
        drawings: model.review.drawings.clone(),
        part: model.review.playback.running_loop(),
        at: model.review.playback.now(),
        own_call: model.review.own_call,
        folder: model.settings.results_folder.clone(),
        language: model.settings.language(),
    })]
}

/// The second clip is in memory. It is judged, because its touch is where the two are aligned; when it is there before
/// the first one, it waits for it.
pub(super) fn beside_opened(model: &mut Model, clip: OpenClip, times: Vec<Timestamp>) -> Vec<Effect> {
    if model.review.clip.is_none() || model.review.loading.is_some() {
        model.review.waiting_beside = Some((clip, times));
        return Vec::new();
    }
    let request = JudgeRequest {
        clip: clip.path.clone(),
        weapon: model.review.weapon,
        touch_by_hand: None,
        settings: model.settings.clone(),
        anew: false,
    };
    model.review.beside = Some(Beside::of(clip, times));
    vec![Effect::JudgeBeside(Box::new(request))]
}

/// The touch of the second clip is known.
pub(super) fn beside_judged(model: &mut Model, judgement: Arc<Judgement>) {
    if let Some(beside) = &mut model.review.beside {
        beside.judgement = Some(judgement);
    }
}

/// Moves the second clip against the first.
fn nudge(review: &mut Review, frames: i64) {
    if let Some(beside) = &mut review.beside {
        beside.nudge_frames = beside.nudge_frames.saturating_add(frames);
    }
}

/// Closes the second clip; the first one has the whole room again.
fn close_beside(model: &mut Model) -> Vec<Effect> {
    model.review.beside.take().map(|_| Effect::CloseBeside).into_iter().collect()
}

/// The frame of the second clip that belongs to the one shown of the first; `None` without a second clip.
pub(crate) fn frame_beside(review: &Review) -> Option<usize> {
    review.beside.as_ref().map(|beside| beside.frame_at(review.playback.now(), review.anchor()))
}

/// Takes what the replay needs from an event of the piste; the live screen handles the same event afterwards.
pub(super) fn on_piste_event(model: &mut Model, event: &Event) -> Vec<Effect> {
    match event {
        Event::Recorded(phrase) => phrase_recorded(model, phrase),
        Event::Judge(ruling) if ruling.judgement().is_some() => {
            ruled(model, ruling);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Keeps the phrase for the replay. It is opened at once unless another clip is being looked at, and plays by itself when
/// the settings say so.
fn phrase_recorded(model: &mut Model, phrase: &Arc<RecordedPhrase>) -> Vec<Effect> {
    model.last_phrase.phrase = Some(Arc::clone(phrase));
    if model.settings.auto_replay {
        return replay_last(model);
    }
    let busy = model.screen == Screen::Review && model.review.clip.is_some();
    if busy { Vec::new() } else { open(model, phrase) }
}

/// Takes a verdict; when its phrase is open in the review, it is shown there too.
fn ruled(model: &mut Model, ruling: &Arc<JudgeEvent>) {
    model.last_phrase.ruling = Some(Arc::clone(ruling));
    let is_open =
        model.last_phrase.phrase.as_ref().is_some_and(|p| p.folder == ruling.folder && shows(&model.review, p));
    if is_open {
        take(&mut model.review, ruling);
    }
}

/// Brings the last phrase in front and plays its touch: at full speed first, then slower.
pub(super) fn replay_last(model: &mut Model) -> Vec<Effect> {
    let Some(phrase) = model.last_phrase.phrase.clone() else {
        let at = model.now_secs;
        model.notices.add(crate::model::Weight::Hint, "notice-no-phrase-yet", at);
        return Vec::new();
    };
    let effects = if shows(&model.review, &phrase) { Vec::new() } else { open(model, &phrase) };
    model.screen = Screen::Review;
    replay_touch(&mut model.review);
    effects
}

/// Brings the last phrase in front, standing still at a moment on the clip's clock.
pub(super) fn show_last_at(model: &mut Model, at: fencing::time::Timestamp) -> Vec<Effect> {
    let Some(phrase) = model.last_phrase.phrase.clone() else { return replay_last(model) };
    let effects = if shows(&model.review, &phrase) { Vec::new() } else { open(model, &phrase) };
    model.screen = Screen::Review;
    model.review.replay = None;
    model.review.playback.stop();
    model.review.playback.seek(at);
    effects
}

/// Plays the touch of the open clip by itself.
pub(super) fn replay_touch(review: &mut Review) {
    let touch = review.touch().unwrap_or(review.playback.extent().1);
    review.replay = Some(Replay::start(&mut review.playback, touch));
}

pub(super) fn shows(review: &Review, phrase: &RecordedPhrase) -> bool {
    review.clip.as_ref().is_some_and(|c| c.path == phrase.clip)
}

fn open(model: &mut Model, phrase: &RecordedPhrase) -> Vec<Effect> {
    let size = phrase.reel.size();
    let title = phrase.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let aspect = size.width.max(1) as f32 / size.height.max(1) as f32;
    let live = model
        .piste
        .phrase
        .as_ref()
        .filter(|live| live.recorded.as_ref().is_some_and(|recorded| recorded.folder == phrase.folder));
    let own_call = live.and_then(|live| live.own_call);
    model.review = Review {
        clip: Some(OpenClip { path: phrase.clip.clone(), title, aspect, weapon: Some(phrase.weapon), own_call }),
        drawings: Drawings::on_clip(&phrase.reel.times()),
        playback: Playback::of(phrase.reel.times()),
        weapon: phrase.weapon,
        shown: model.review.shown,
        signals: phrase.signals.clone(),
        ..Review::default()
    };
    if let Some(at) = model.review.touch() {
        model.review.playback.seek(at);
    }
    if let Some(ruling) = model.last_phrase.ruling_of(&phrase.folder).cloned() {
        take(&mut model.review, &ruling);
    }
    if let Some(call) = own_call {
        model.review.call(call);
    }
    vec![Effect::ShowReel(SharedReel(Arc::clone(&phrase.reel)))]
}

fn take(review: &mut Review, ruling: &JudgeEvent) {
    match ruling.own_judgement() {
        Some(judgement) => {
            review.processing_secs = ruling.delay_secs;
            review.take_judgement(Arc::clone(judgement));
        }
        None => ruling.call().into_iter().for_each(|call| review.procedure.opine("opinion-machine", call)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Command, ReviewCommand};
    use crate::effect::Event;
    use crate::update::{apply, update};

    fn clip(name: &str) -> OpenClip {
        OpenClip { path: name.into(), title: name.into(), aspect: 1.0, ..OpenClip::default() }
    }

    fn times() -> Vec<Timestamp> {
        (0..10).map(|i| Timestamp::from_secs(f64::from(i))).collect()
    }

    fn open_first(model: &mut Model) -> Vec<Effect> {
        apply(model, Event::ClipOpened { clip: clip("a.mp4"), times: times() })
    }

    #[test]
    fn one_transport_drives_both() {
        let mut model = Model::default();
        open_first(&mut model);
        let effects = apply(&mut model, Event::BesideOpened { clip: clip("b.mp4"), times: times() });
        assert!(matches!(&effects[..], [Effect::JudgeBeside(r)] if r.clip.ends_with("b.mp4")));
        update(&mut model, Command::Review(ReviewCommand::Step(4)));
        update(&mut model, Command::Review(ReviewCommand::NudgeBeside(1)));
        assert_eq!((model.review.playback.cursor(), frame_beside(&model.review)), (4, Some(5)));
        assert_eq!(update(&mut model, Command::Review(ReviewCommand::CloseBeside)), [Effect::CloseBeside]);
        assert_eq!(frame_beside(&model.review), None);
    }

    #[test]
    fn two_clips_dropped_together_wait_for_each_other() {
        let mut model = Model::default();
        let effects = update(&mut model, Command::Open(vec!["a.mp4".into(), "b.mp4".into()]));
        assert_eq!(effects.len(), 2);
        assert_eq!(apply(&mut model, Event::BesideOpened { clip: clip("b.mp4"), times: times() }), []);
        let effects = open_first(&mut model);
        assert!(effects.iter().any(|e| matches!(e, Effect::JudgeBeside(_))) && model.review.beside.is_some());
        let effects = open_first(&mut model);
        assert!(effects.contains(&Effect::CloseBeside) && model.review.beside.is_none(), "a new clip stands alone");
    }
}

#[cfg(test)]
mod replay_tests {
    use super::*;
    use fencing::geometry::FrameSize;
    use fencing::time::Timestamp;
    use fencing::{Lamp, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};
    use piste::{JudgeEventKind, ServerReport};
    use vision::engine::Judgement;
    use vision::video::Reel;

    fn phrase(name: &str) -> Arc<RecordedPhrase> {
        let mut reel = Reel::default();
        for i in 0..100 {
            reel.push_jpeg(Timestamp::from_secs(f64::from(i) * 0.05), FrameSize::new(1280, 720), vec![0_u8]);
        }
        let mut signals = SignalLog::default();
        let (side, lamp) = (Side::Left, Lamp::Valid);
        let at = Timestamp::from_secs(4.0);
        let kind = SignalKind::Lamp { side, lamp };
        signals.push(SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Log, kind });
        let folder = std::path::PathBuf::from(name);
        let (clip, log) = (folder.join("clip.mp4"), folder.join("signals.txt"));
        let reel = Arc::new(reel);
        Arc::new(RecordedPhrase { folder, clip, second_clip: None, log, reel, signals, weapon: Weapon::Foil })
    }

    /// A server's verdict, of which only the call is known.
    fn verdict(folder: &str) -> Arc<JudgeEvent> {
        let kind = JudgeEventKind::Final(Arc::new(Judgement::without_frames()));
        let server = Some(ServerReport::default());
        Arc::new(JudgeEvent { folder: folder.into(), delay_secs: 0.4, server, ..JudgeEvent::new(1, kind) })
    }

    #[test]
    fn a_recorded_phrase_stands_at_its_touch_before_anything_is_read() {
        let mut model = Model { screen: Screen::Piste, ..Model::default() };
        let effects = on_piste_event(&mut model, &Event::Recorded(phrase("a")));
        assert!(matches!(&effects[..], [Effect::ShowReel(_)]), "{effects:?}");
        assert_eq!(model.review.playback.now(), Timestamp::from_secs(4.0));
        assert_eq!((model.screen, model.review.weapon), (Screen::Piste, Weapon::Foil));
        assert!(replay_last(&mut model).is_empty(), "it is open already");
        assert!(model.screen == Screen::Review && model.review.playback.shuttle.playing);
    }

    #[test]
    fn a_clip_that_is_being_looked_at_stays_until_the_replay_is_asked_for() {
        let mut model = Model::default();
        model.review.clip =
            Some(OpenClip { path: "mine.mp4".into(), title: "mine".into(), aspect: 1.0, ..OpenClip::default() });
        assert_eq!(on_piste_event(&mut model, &Event::Recorded(phrase("a"))), []);
        on_piste_event(&mut model, &Event::Judge(verdict("a")));
        assert!(model.review.procedure.opinions.is_empty(), "the verdict is not about my clip");
        assert_eq!(replay_last(&mut model).len(), 1);
        assert_eq!(model.review.procedure.opinions.len(), 1, "the verdict came before the replay and counts now");
    }

    #[test]
    fn with_automatic_replay_the_review_comes_to_the_front() {
        let mut model = Model { screen: Screen::Piste, ..Model::default() };
        model.settings.auto_replay = true;
        on_piste_event(&mut model, &Event::Recorded(phrase("a")));
        assert!(model.screen == Screen::Review && model.review.replay.is_some());
        on_piste_event(&mut model, &Event::Judge(verdict("b")));
        assert!(model.review.procedure.opinions.is_empty(), "a verdict about another phrase");
    }

    #[test]
    fn a_call_about_a_recorded_phrase_is_kept_beside_it() {
        use crate::command::{Command, ReviewCommand};
        let call = Command::Review(ReviewCommand::OwnCall(OwnCall::For(Side::Right)));
        let mut model = Model::default();
        assert_eq!(crate::update::update(&mut model, call.clone()), [], "a clip from elsewhere keeps no notes");
        on_piste_event(&mut model, &Event::Recorded(phrase("a")));
        let effects = crate::update::update(&mut model, call);
        let [Effect::Piste(piste::Command::Annotate(folder, notes))] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((folder.ends_with("a"), notes.own_call.as_deref()), (true, Some("right")));
    }

    #[test]
    fn without_a_phrase_the_key_says_so() {
        let mut model = Model::default();
        assert!(replay_last(&mut model).is_empty() && model.notices.history().len() == 1);
    }
}
