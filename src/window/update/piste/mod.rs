//! Commands and events of the live screen.

use super::{bout, live};
use crate::command::{LampsByHand, OwnCall, PisteCommand};
use crate::effect::{Effect, Heard, LiveEffect, SpokenCall};
use crate::model::{ApparatusKind, LivePhrase, Model, Offer, Screen, Setting, Trial, Weight};
use apparatus::{ApparatusEvent, Fact};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalKind};
use piste::{Command, Event, JudgeEvent, JudgeEventKind, Phase, PisteSettings, RecordedPhrase, Thoroughness};
use std::path::PathBuf;
use std::sync::Arc;

/// The piste as the settings describe it.
pub(crate) fn settings(model: &Model) -> PisteSettings {
    model.settings.live.piste(model.settings.weapon(), model.settings.language(), &model.default_recordings)
}

/// Carries out a command of the live screen.
pub(super) fn update(model: &mut Model, command: PisteCommand) -> Vec<Effect> {
    use PisteCommand as P;
    match command {
        P::Go => go(model),
        P::Halt => vec![Effect::Piste(Command::Halt), heard(Heard::Halt)],
        P::Cancel => vec![Effect::Piste(Command::Cancel)],
        P::Lamps(lamps) => lamps_by_hand(model, lamps),
        P::OwnCall(call) => own_call(model, call),
        P::Replay(at) => replay(model, at),
        P::JudgeHere => judge_here(model),
        P::Close(answer) => live::close(model, answer),
        P::ListDevices => live::list_devices(model),
        P::TryVoice => vec![Effect::Live(LiveEffect::TryVoice)],
        P::TryServer(server) => {
            model.piste.devices.server_tried = Trial::Running;
            vec![Effect::Live(LiveEffect::TryServer(server))]
        }
        P::FindBox => {
            model.piste.devices.box_found = Trial::Running;
            vec![Effect::Live(LiveEffect::FindBox)]
        }
        P::AskForRecordings => vec![Effect::Live(LiveEffect::AskForRecordings)],
        P::AskForCameraClip => vec![Effect::Live(LiveEffect::AskForCameraClip)],
        P::ToggleVerdict => {
            model.piste.shown.verdict = !model.piste.shown.verdict;
            Vec::new()
        }
        P::Toggle(part) => {
            model.piste.shown.toggle(part);
            Vec::new()
        }
    }
}

/// The big button. Without a camera it leads to where one is chosen; while a phrase runs it does nothing.
fn go(model: &mut Model) -> Vec<Effect> {
    match model.piste.offer(model.camera_chosen()) {
        Offer::Start | Offer::Next => vec![Effect::Piste(Command::Start), heard(Heard::Begin)],
        Offer::ChooseCamera => {
            model.screen = Screen::Settings;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// While a phrase runs the keys are lamps; while it is judged they add the lamp that came late; after the verdict they set the
/// lamps right.
fn lamps_by_hand(model: &Model, lamps: LampsByHand) -> Vec<Effect> {
    let lit = PerSide::from_fn(|side| match lamps {
        LampsByHand::Both => Lamp::Valid,
        LampsByHand::One(one) if one == side => Lamp::Valid,
        LampsByHand::White(one) if one == side => Lamp::OffTarget,
        _ => Lamp::Off,
    });
    let known = model.piste.status.lamps;
    match model.piste.status.phase {
        Phase::Judged(_) | Phase::Failed { .. } => return vec![Effect::Piste(Command::CorrectLamps(lit))],
        Phase::Judging { .. } => {
            let added = PerSide::from_fn(|side| if lit[side] == Lamp::Off { known[side] } else { lit[side] });
            return vec![Effect::Piste(Command::CorrectLamps(added))];
        }
        Phase::Ready | Phase::Recording { .. } | Phase::Ending => {}
    }
    let signal = |side| Effect::Piste(Command::Signal(SignalKind::Lamp { side, lamp: lit[side] }));
    Side::BOTH.into_iter().filter(|side| lit[*side] != Lamp::Off).map(signal).collect()
}

fn own_call(model: &mut Model, call: OwnCall) -> Vec<Effect> {
    let weapon = model.settings.weapon();
    if !model.piste.call(call, weapon) {
        return Vec::new();
    }
    model.piste.mark_seen(model.settings.blind_mode);
    annotate(model)
}

/// Keeps with the phrase what is known of it, once it has a folder.
fn annotate(model: &Model) -> Vec<Effect> {
    let Some(phrase) = &model.piste.phrase else { return Vec::new() };
    let Some(recorded) = &phrase.recorded else { return Vec::new() };
    let notes = Box::new(phrase.notes(recorded.weapon));
    vec![Effect::Piste(Command::Annotate(recorded.folder.clone(), notes))]
}

fn judge_here(model: &Model) -> Vec<Effect> {
    match &model.piste.status.phase {
        Phase::Failed { folder, .. } => vec![Effect::Piste(Command::JudgeHere(folder.clone()))],
        _ => Vec::new(),
    }
}

/// Applies what the piste told.
pub(super) fn apply(model: &mut Model, event: Event) -> Vec<Effect> {
    match event {
        Event::Started => started(model),
        Event::Touch(_) => touched(model),
        Event::Cancelled => cancelled(model),
        Event::Recorded(phrase) => recorded(model, &phrase),
        Event::Judge(event) => judge(model, event),
        Event::Trouble(text) => notice(model, Weight::Failure, text),
        Event::Apparatus(event) => apparatus(model, &event),
        Event::Recovered(folders) => recovered(model, &folders),
    }
}

/// The box leads the bout; its weapon is the piste's, and its remote may ask for the replay.
fn apparatus(model: &mut Model, event: &ApparatusEvent) -> Vec<Effect> {
    match event.fact {
        Fact::Weapon(weapon) if weapon != model.settings.weapon() => super::set(model, Setting::Weapon(weapon)),
        Fact::ReplayWanted => replay(model, None),
        _ if model.bout.follow(event) => vec![bout::saved(model)],
        _ => Vec::new(),
    }
}

fn notice(model: &mut Model, weight: Weight, text: impl Into<String>) -> Vec<Effect> {
    model.notices.add(weight, text, model.now_secs);
    Vec::new()
}

fn recovered(model: &mut Model, folders: &[PathBuf]) -> Vec<Effect> {
    let Some(first) = folders.first() else { return Vec::new() };
    notice(model, Weight::Hint, format!("notice-recovered {}", first.display()))
}

fn started(model: &mut Model) -> Vec<Effect> {
    let began = model.piste.now;
    let sheet = model.bout.sheet.clone();
    model.piste.phrase = Some(LivePhrase { began, sheet, ..LivePhrase::default() });
    model.piste.shown.verdict = true;
    let mut effects = hush(model);
    effects.push(heard(Heard::Quiet));
    effects
}

/// How long the buzzer sounds, in seconds: a box's own sounds for one to two.
const BUZZER_SECS: f64 = 1.5;

/// A box has a buzzer of its own.
fn touched(model: &mut Model) -> Vec<Effect> {
    if model.settings.live.apparatus == ApparatusKind::Box { Vec::new() } else { buzz(model) }
}

fn buzz(model: &mut Model) -> Vec<Effect> {
    model.piste.hush_at_secs = Some(model.now_secs + BUZZER_SECS);
    vec![heard(Heard::Buzz)]
}

fn hush(model: &mut Model) -> Vec<Effect> {
    model.piste.hush_at_secs.take().map(|_| heard(Heard::Hush)).into_iter().collect()
}

/// A phrase that was called off is gone; one that is recorded already only loses its judgement.
fn cancelled(model: &mut Model) -> Vec<Effect> {
    let is_kept = model.piste.phrase.as_ref().is_some_and(|p| p.recorded.is_some());
    if is_kept {
        return notice(model, Weight::Done, "notice-judging-cancelled");
    }
    model.piste.phrase = None;
    notice(model, Weight::Done, "notice-phrase-cancelled");
    let mut effects = hush(model);
    effects.extend(live::closed_after_saving(model));
    effects
}

fn recorded(model: &mut Model, recorded: &Arc<RecordedPhrase>) -> Vec<Effect> {
    model.bout.sheet.phrases += 1;
    let (now, clock_secs) = (model.piste.now, model.bout.sheet.clock_secs);
    let sheet = model.bout.sheet.clone();
    let phrase = model.piste.phrase.get_or_insert_with(|| LivePhrase { began: now, sheet, ..LivePhrase::default() });
    phrase.number = Some(model.bout.sheet.phrases);
    phrase.sheet.clock_secs = clock_secs;
    phrase.recorded = Some(Arc::clone(recorded));
    let mut effects = vec![bout::saved(model)];
    effects.extend(annotate(model));
    effects.extend(live::closed_after_saving(model));
    effects
}

/// Takes what a judge told.
fn judge(model: &mut Model, event: Arc<JudgeEvent>) -> Vec<Effect> {
    match &event.kind {
        JudgeEventKind::Provisional(_) | JudgeEventKind::Final(_) => judged(model, event),
        JudgeEventKind::Failed { text, .. } => notice(model, Weight::Failure, format!("notice-judge-failed {text}")),
        JudgeEventKind::Progress { .. } => Vec::new(),
    }
}

/// A verdict counts for its own phrase alone. One that is quicker than the recorder is about the phrase that was fenced last
/// when it was told so; one about an earlier phrase is in that phrase's folder and does not cover the running one.
fn judged(model: &mut Model, ruling: Arc<JudgeEvent>) -> Vec<Effect> {
    let Some(phrase) = &model.piste.phrase else { return Vec::new() };
    let is_its_own = phrase.recorded.as_ref().map_or(ruling.is_current, |recorded| recorded.folder == ruling.folder);
    if is_its_own { ruled(model, ruling) } else { Vec::new() }
}

fn ruled(model: &mut Model, ruling: Arc<JudgeEvent>) -> Vec<Effect> {
    if let Some(phrase) = &mut model.piste.phrase {
        phrase.ruling = Some(ruling);
    }
    model.piste.mark_seen(model.settings.blind_mode);
    annotate(model)
}

/// The loudspeaker knows by itself what the settings allow.
fn heard(what: Heard) -> Effect {
    Effect::Live(LiveEffect::Sound(what))
}

/// Lets time pass on the live side; `elapsed_secs` on the window's clock.
pub(crate) fn live_time(model: &mut Model, elapsed_secs: f64) -> Vec<Effect> {
    model.piste.mark_seen(model.settings.blind_mode);
    let mut effects = said(model);
    if model.piste.hush_at_secs.is_some_and(|at| model.now_secs >= at) {
        effects.extend(hush(model));
    }
    if model.bout.advance(elapsed_secs) {
        effects.extend(buzz(model));
        effects.push(bout::saved(model));
    }
    effects
}

/// Says the machine's call as soon as no light can come any more and it may be seen, and again, as a correction, only when the
/// one that stands is another: never before the referee's own in blind mode. A hurried one is not worth its breath.
fn said(model: &mut Model) -> Vec<Effect> {
    let visible = model.piste.visible_ruling(model.settings.blind_mode);
    let Some(ruling) =
        visible.filter(|verdict| verdict.is_final() || verdict.thoroughness == Thoroughness::Full).map(Arc::clone)
    else {
        return Vec::new();
    };
    let Some(call) = ruling.call() else { return Vec::new() };
    let new = |phrase: &&mut LivePhrase| phrase.said != Some(call);
    let Some(phrase) = model.piste.phrase.as_mut().filter(new) else { return Vec::new() };
    let corrects = phrase.said.replace(call).is_some();
    if !model.settings.live.voice {
        return Vec::new();
    }
    let verdict = ruling.own_judgement().map(|judgement| judgement.verdict.clone());
    vec![Effect::Live(LiveEffect::Say(Box::new(SpokenCall { call, verdict, corrects })))]
}

/// Opens the phrase in the review, out of memory, at a moment; at its touch without one.
fn replay(model: &mut Model, at: Option<Timestamp>) -> Vec<Effect> {
    match at {
        Some(at) => super::replay::show_last_at(model, at),
        None => super::replay::replay_last(model),
    }
}

#[cfg(test)]
mod tests;
