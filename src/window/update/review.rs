//! Commands about the clip under review.

use crate::command::{Direction, Export, ReviewCommand, TouchByHand};
use crate::effect::{Effect, ExportRequest, JudgeRequest, Pane};
use crate::model::{Judging, Model, Review, Weight};
use fencing::{Call, PerSide};
use piste::{Command, RecordedPhrase};
use recording::PhraseNotes;
use std::sync::Arc;

/// Carries out a review command.
pub(super) fn update(model: &mut Model, command: ReviewCommand) -> Vec<Effect> {
    use ReviewCommand as R;
    let review = &mut model.review;
    match command {
        R::JudgeAgain => judge(model),
        R::CancelJudging => vec![Effect::CancelJudging],
        R::Export(what) => export(model, what),
        R::AskForBeside => vec![Effect::AskForClip(Pane::Beside)],
        R::OpenBeside(path) => vec![Effect::OpenBeside(path)],
        R::CloseBeside => super::beside::close(model),
        R::CancelExport => vec![Effect::CancelExport],
        R::OwnCall(call) => {
            own_call(review, call);
            annotate(model)
        }
        R::Repetition => repetition(model),
        R::Weapon(weapon) => {
            review.weapon = weapon;
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
        R::ToggleSkeletons => review.shown.skeletons = !review.shown.skeletons,
        R::ToggleTimeline => review.shown.timeline = !review.shown.timeline,
        R::ToggleVerdict => review.shown.verdict = !review.shown.verdict,
        R::NudgeBeside(frames) => super::beside::nudge(review, *frames),
        R::Draw(command) => review.drawings.apply(*command),
        R::ReplayTouch => super::replay::replay_touch(review),
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

fn own_call(review: &mut Review, call: Call) {
    review.own_call = Some(call);
    review.procedure.opine("opinion-referee", call);
}

/// What is said of a phrase of the live piste is kept beside it on disk (t.62.6); a clip from elsewhere keeps no notes.
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

/// Asks for a judgement of the open clip.
pub(super) fn judge(model: &mut Model) -> Vec<Effect> {
    let Some(clip) = &model.review.clip else { return Vec::new() };
    let request = JudgeRequest {
        clip: clip.path.clone(),
        weapon: model.review.weapon,
        touch_by_hand: model.review.touch_by_hand,
        settings: model.settings.clone(),
    };
    model.review.judging = Judging::Running { stage: "stage-opening", share: 0.0 };
    vec![Effect::Judge(Box::new(request))]
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
