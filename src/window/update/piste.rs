//! Commands and events of the live screen.

use crate::command::{CloseAnswer, LampsByHand, OwnCall, PisteCommand};
use crate::effect::{Effect, LiveEffect, LiveEvent, SoundCue, SpokenCall};
use crate::model::{
    ApparatusKind, Closing, Devices, LivePhrase, LiveSettings, Model, Offer, PathFor, Screen, Setting, SettingsPage,
    Trial, Weight,
};
use crate::update::{review, saved_bout, set};
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
        P::Halt => vec![Effect::Piste(Command::Halt), sound(SoundCue::Halt)],
        P::Cancel => vec![Effect::Piste(Command::Cancel)],
        P::Lamps(lamps) => lamps_by_hand(model, lamps),
        P::OwnCall(call) => own_call(model, call),
        P::Replay(at) => replay(model, at),
        P::JudgeHere => judge_here(model),
        P::Close(answer) => close(model, answer),
        P::ListDevices => list_devices(model),
        P::TryVoice => vec![Effect::Live(LiveEffect::TryVoice)],
        P::TryServer(server) => {
            model.piste.devices.server_tried = Trial::Running;
            vec![Effect::Live(LiveEffect::TryServer(server))]
        }
        P::FindBox => {
            model.piste.devices.box_found = Trial::Running;
            vec![Effect::Live(LiveEffect::FindBox)]
        }
        P::AskForRecordings => super::ask_for_path(model, PathFor::Recordings),
        P::AskForCameraClip => super::ask_for_path(model, PathFor::CameraClip),
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
        Offer::Start | Offer::Next => vec![Effect::Piste(Command::Start), sound(SoundCue::Begin)],
        Offer::ChooseCamera => {
            (model.screen, model.settings_page) = (Screen::Settings, SettingsPage::Camera);
            model.settings_search.clear();
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

/// The referee's own call: kept with the phrase, shown in the review, and scored unless the apparatus keeps the score.
pub(super) fn own_call(model: &mut Model, call: OwnCall) -> Vec<Effect> {
    let weapon = model.settings.weapon();
    let before = model.piste.phrase.as_ref().and_then(|phrase| phrase.own_call);
    if !model.piste.call(call, weapon) {
        return Vec::new();
    }
    model.piste.mark_seen(model.settings.blind_mode);
    let (called, recorded) = match &model.piste.phrase {
        Some(phrase) => (phrase.own_call, phrase.recorded.clone()),
        None => (None, None),
    };
    if let (Some(recorded), Some(called)) = (recorded, called)
        && review::shows(&model.review, &recorded)
    {
        model.review.call(called);
    }
    let mut effects = annotate(model);
    if let Some(called) = called.filter(|_| model.settings.call_scores && !model.bout.followed.score) {
        model.bout.award(before, called);
        effects.push(saved_bout(model));
    }
    effects
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

/// Handles an event of the piste.
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
        Fact::Weapon(weapon) if weapon != model.settings.weapon() => set(model, Setting::Weapon(weapon)),
        Fact::ReplayWanted => replay(model, None),
        _ if model.bout.follow(event) => vec![saved_bout(model)],
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
    effects.push(sound(SoundCue::Quiet));
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
    vec![sound(SoundCue::Buzz)]
}

fn hush(model: &mut Model) -> Vec<Effect> {
    model.piste.hush_at_secs.take().map(|_| sound(SoundCue::Hush)).into_iter().collect()
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
    effects.extend(closed_after_saving(model));
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
    let mut effects = vec![saved_bout(model)];
    effects.extend(annotate(model));
    effects.extend(closed_after_saving(model));
    effects
}

/// Handles an event of a judge.
fn judge(model: &mut Model, event: Arc<JudgeEvent>) -> Vec<Effect> {
    match &event.kind {
        JudgeEventKind::Provisional(_) | JudgeEventKind::Final(_) => judged(model, event),
        JudgeEventKind::Failed { text, .. } => notice(model, Weight::Failure, format!("notice-judge-failed {text}")),
        JudgeEventKind::Progress { .. } => Vec::new(),
    }
}

/// A verdict counts for its own phrase alone. One that is quicker than the recorder is about the phrase that was fenced last
/// when it was announced; one about an earlier phrase is in that phrase's folder and does not cover the running one.
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
fn sound(what: SoundCue) -> Effect {
    Effect::Live(LiveEffect::Sound(what))
}

/// Lets time pass on the live side; `elapsed_secs` on the window's clock.
pub(crate) fn live_time(model: &mut Model, elapsed_secs: f64) -> Vec<Effect> {
    model.piste.mark_seen(model.settings.blind_mode);
    notice_not_saved(model);
    let mut effects = speak_call(model);
    if model.piste.hush_at_secs.is_some_and(|at| model.now_secs >= at) {
        effects.extend(hush(model));
    }
    let shown_before = model.bout.sheet.clock_secs.ceil();
    if model.bout.advance(elapsed_secs) {
        effects.extend(buzz(model));
    }
    // Every second that the clock counts is kept: a window that ends, however it ends, opens again at the same time.
    if model.bout.sheet.clock_secs.ceil() < shown_before {
        effects.push(saved_bout(model));
    }
    effects
}

/// Says the machine's call as soon as no light can come any more and it may be seen, and again, as a correction, only when the
/// one that stands is another: never before the referee's own in blind mode. A hurried one is not worth its breath.
fn speak_call(model: &mut Model) -> Vec<Effect> {
    let visible = model.piste.visible_ruling(model.settings.blind_mode);
    let Some(ruling) =
        visible.filter(|verdict| verdict.is_final() || verdict.thoroughness == Thoroughness::Full).map(Arc::clone)
    else {
        return Vec::new();
    };
    let Some(call) = ruling.call() else { return Vec::new() };
    let new = |phrase: &&mut LivePhrase| phrase.spoken != Some(call);
    let Some(phrase) = model.piste.phrase.as_mut().filter(new) else { return Vec::new() };
    let corrects = phrase.spoken.replace(call).is_some();
    if !model.settings.live.voice {
        return Vec::new();
    }
    let verdict = ruling.own_judgement().map(|judgement| judgement.verdict.clone());
    vec![Effect::Live(LiveEffect::Say(Box::new(SpokenCall { call, verdict, corrects })))]
}

/// Opens the phrase in the review, out of memory, at a moment; at its touch without one.
fn replay(model: &mut Model, at: Option<Timestamp>) -> Vec<Effect> {
    match at {
        Some(at) => review::show_last_at(model, at),
        None => review::replay_last(model),
    }
}

/// Looks for cameras, ports and microphones, one search at a time.
pub(super) fn list_devices(model: &mut Model) -> Vec<Effect> {
    if std::mem::replace(&mut model.piste.devices.searching, true) {
        return Vec::new();
    }
    vec![Effect::Live(LiveEffect::ListDevices)]
}

/// A screen came in front: the first time that one shows what can be chosen, it is looked for.
pub(super) fn screen_shown(model: &mut Model) -> Vec<Effect> {
    let chooses = match model.screen {
        Screen::Piste => !model.camera_chosen(),
        Screen::Settings => true,
        _ => false,
    };
    if chooses && !model.piste.devices.searched { list_devices(model) } else { Vec::new() }
}

/// The user wants to close the window; true when it must stay open for now.
pub(crate) fn close_requested(model: &mut Model) -> bool {
    match model.piste.closing {
        Closing::Leaving => false,
        Closing::Saving | Closing::NotSaved => true,
        Closing::Open | Closing::Asking => {
            let stays = model.piste.recording();
            model.piste.closing = if stays { Closing::Asking } else { Closing::Leaving };
            if stays {
                model.screen = Screen::Piste;
            }
            stays
        }
    }
}

/// What the referee answered. Whatever state the recorder is in, each answer leads out of the question.
pub(super) fn close(model: &mut Model, answer: CloseAnswer) -> Vec<Effect> {
    match answer {
        CloseAnswer::Stay => {
            stay(model);
            Vec::new()
        }
        CloseAnswer::Save if model.piste.recording() => {
            model.piste.closing = Closing::Saving;
            vec![Effect::Piste(Command::Halt)]
        }
        CloseAnswer::Save => leave(model),
        CloseAnswer::Discard => {
            let mut effects = vec![Effect::Piste(Command::Cancel)];
            effects.extend(leave(model));
            effects
        }
    }
}

/// Puts the question away and keeps the window; whether it was asked.
pub(super) fn stay(model: &mut Model) -> bool {
    let asked = matches!(model.piste.closing, Closing::Asking | Closing::Saving | Closing::NotSaved);
    if asked {
        model.piste.closing = Closing::Open;
    }
    asked
}

/// A phrase that ended without being saved (a full disk, no frame) is not waited for any longer.
fn notice_not_saved(model: &mut Model) {
    let ended = matches!(model.piste.status.phase, Phase::Ready | Phase::Failed { .. });
    if model.piste.closing == Closing::Saving && ended {
        model.piste.closing = Closing::NotSaved;
    }
}

fn leave(model: &mut Model) -> Vec<Effect> {
    model.piste.closing = Closing::Leaving;
    vec![Effect::Live(LiveEffect::CloseWindow)]
}

/// The phrase is safe: the window that waited for it closes.
pub(super) fn closed_after_saving(model: &mut Model) -> Vec<Effect> {
    let waits = matches!(model.piste.closing, Closing::Saving | Closing::NotSaved);
    if waits { leave(model) } else { Vec::new() }
}

/// Handles an event of devices, sound and closing.
pub(super) fn apply_live(model: &mut Model, event: LiveEvent) -> Vec<Effect> {
    let devices = &mut model.piste.devices;
    match event {
        LiveEvent::DevicesFound(found) => {
            let before = std::mem::take(devices);
            let (box_found, server_tried, voice_tried) = (before.box_found, before.server_tried, before.voice_tried);
            *devices = Devices { box_found, server_tried, voice_tried, searching: false, searched: true, ..*found };
            Vec::new()
        }
        LiveEvent::ServerTried(trial) => {
            devices.server_tried = trial;
            Vec::new()
        }
        LiveEvent::VoiceTried(trial) => {
            devices.voice_tried = trial;
            Vec::new()
        }
        LiveEvent::BoxFound(found) => box_found(model, found),
        LiveEvent::PriorityDrawn(side) => {
            model.bout.priority(Some(side));
            vec![saved_bout(model)]
        }
    }
}

/// Changes the live settings.
pub(super) fn change_live(model: &mut Model, change: impl FnOnce(&mut LiveSettings)) -> Vec<Effect> {
    let mut live = model.settings.live.clone();
    change(&mut live);
    set(model, Setting::Live(Box::new(live)))
}

fn box_found(model: &mut Model, found: Result<(String, String), String>) -> Vec<Effect> {
    match found {
        Ok((link, protocol)) => {
            model.piste.devices.box_found = Trial::Works(format!("{protocol}, {link}"));
            change_live(model, |live| (live.box_link, live.box_protocol) = (link, protocol))
        }
        Err(text) => {
            model.piste.devices.box_found = Trial::Fails(text);
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::CloseAnswer;
    use crate::effect::Event as WindowEvent;
    use crate::model::Closing;
    use crate::update::{apply as apply_event, close_requested, update as run};
    use fencing::{Call, SignalLog, Weapon};
    use piste::Status;
    use recording::PhraseNotes;
    use vision::video::Reel;

    fn ready() -> Model {
        let mut model = Model::default();
        model.piste.status.camera.name = "a camera".into();
        model
    }

    fn phase(model: &mut Model, phase: Phase, now: f64) {
        let camera = model.piste.status.camera.clone();
        model.piste.stand(Status { phase, camera, ..Status::default() }, Timestamp::from_secs(now));
    }

    fn after(model: &mut Model, event: Event) -> Vec<Effect> {
        apply_event(model, WindowEvent::Piste(Box::new(event)))
    }

    fn phrase() -> Arc<RecordedPhrase> {
        Arc::new(RecordedPhrase {
            folder: "/r/1".into(),
            clip: "/r/1/phrase.mkv".into(),
            second_clip: None,
            log: "/r/1/phrase.txt".into(),
            reel: Arc::new(Reel::default()),
            signals: SignalLog::default(),
            weapon: Weapon::Sabre,
        })
    }

    fn ruling(call: Call) -> Arc<JudgeEvent> {
        let mut judgement = vision::engine::Judgement::without_frames();
        judgement.verdict.call = call;
        let kind = JudgeEventKind::Final(Arc::new(judgement));
        Arc::new(JudgeEvent { folder: "/r/1".into(), delay_secs: 0.2, ..JudgeEvent::new(1, kind) })
    }

    /// The same before a better founded one follows.
    fn provisional(call: Call, thoroughness: Thoroughness) -> Arc<JudgeEvent> {
        let event = (*ruling(call)).clone();
        let kind = event.judgement().map(|judgement| JudgeEventKind::Provisional(Arc::clone(judgement)));
        Arc::new(JudgeEvent { thoroughness, kind: kind.unwrap(), ..event })
    }

    fn notes(effects: &[Effect]) -> Option<PhraseNotes> {
        effects.iter().find_map(|e| match e {
            Effect::Piste(Command::Annotate(_, notes)) => Some((**notes).clone()),
            _ => None,
        })
    }

    fn piste(command: PisteCommand) -> crate::command::Command {
        crate::command::Command::Piste(command)
    }

    #[test]
    fn the_big_button_follows_the_state() {
        let mut model = Model::default();
        assert_eq!(model.piste.offer(model.camera_chosen()), Offer::ChooseCamera);
        run(&mut model, piste(PisteCommand::Go));
        assert_eq!(model.screen, Screen::Settings, "without a camera it leads to where one is chosen");

        let mut model = ready();
        let since = Timestamp::from_secs(10.0);
        let table = [
            (Phase::Ready, Offer::Start, true),
            (Phase::Recording { since }, Offer::Recording(3.0), false),
            (Phase::Ending, Offer::Ending, false),
            (Phase::Judging { stage: "stage-watching", share: 0.5 }, Offer::Judging("stage-watching", 0.5), false),
            (Phase::Judged(ruling(Call::Simultaneous)), Offer::Next, true),
        ];
        for (now, offer, starts) in table {
            phase(&mut model, now, 13.0);
            assert_eq!(model.piste.offer(true), offer);
            let effects = run(&mut model, piste(PisteCommand::Go));
            assert_eq!(effects.first() == Some(&Effect::Piste(Command::Start)), starts, "{offer:?}");
        }
    }

    #[test]
    fn both_calls_are_kept_with_the_phrase_whichever_came_first() {
        let left = PisteCommand::OwnCall(OwnCall::For(Side::Left));
        for (blind, early) in [(false, false), (true, false), (false, true)] {
            let mut model = ready();
            run(&mut model, crate::command::Command::Set(Setting::BlindMode(blind)));
            model.bout.name(Side::Left, "Rossi".into());
            after(&mut model, Event::Started);
            if early {
                run(&mut model, piste(left.clone()));
            }
            assert!(notes(&after(&mut model, Event::Recorded(phrase()))).is_some(), "the bout is kept with it at once");
            let judged = after(&mut model, Event::Judge(ruling(Call::Touch(Side::Right))));
            assert_eq!(model.piste.visible_ruling(blind).is_some(), !blind, "blind mode hides it until the own call");
            let kept = if early { notes(&judged) } else { notes(&run(&mut model, piste(left.clone()))) }.unwrap();
            assert!(model.piste.visible_ruling(blind).is_some());
            assert_eq!(
                (kept.own_call.as_deref(), kept.machine_call.as_deref(), kept.own_call_first),
                (Some("left"), Some("right"), blind || early),
                "blind {blind}, early {early}"
            );
            assert_eq!((kept.left.as_deref(), kept.number), (Some("Rossi"), Some(1)));
        }
    }

    #[test]
    fn keys_are_lamps_before_the_verdict_and_set_them_right_after_it() {
        let mut model = ready();
        let both = || piste(PisteCommand::Lamps(LampsByHand::Both));
        phase(&mut model, Phase::Recording { since: Timestamp::ZERO }, 1.0);
        assert_eq!(run(&mut model, both()).len(), 2);
        let white = run(&mut model, piste(PisteCommand::Lamps(LampsByHand::White(Side::Left))));
        let lamp = SignalKind::Lamp { side: Side::Left, lamp: Lamp::OffTarget };
        assert_eq!(white, [Effect::Piste(Command::Signal(lamp))]);
        phase(&mut model, Phase::Judged(ruling(Call::Simultaneous)), 2.0);
        let corrected = Effect::Piste(Command::CorrectLamps(PerSide::new(Lamp::Valid, Lamp::Valid)));
        assert_eq!(run(&mut model, both()), [corrected]);
    }

    #[test]
    fn a_lamp_key_that_comes_while_the_phrase_is_judged_adds_its_lamp() {
        let mut model = ready();
        phase(&mut model, Phase::Judging { stage: "stage-watching", share: 0.5 }, 1.0);
        model.piste.status.lamps = PerSide::new(Lamp::Valid, Lamp::Off);
        let right = run(&mut model, piste(PisteCommand::Lamps(LampsByHand::One(Side::Right))));
        assert_eq!(right, [Effect::Piste(Command::CorrectLamps(PerSide::new(Lamp::Valid, Lamp::Valid)))]);
    }

    #[test]
    fn a_failed_server_leaves_one_click_to_judge_here() {
        let mut model = ready();
        phase(&mut model, Phase::Failed { text: "no answer".into(), folder: "/r/1".into() }, 1.0);
        let effects = run(&mut model, piste(PisteCommand::JudgeHere));
        assert_eq!(effects, [Effect::Piste(Command::JudgeHere("/r/1".into()))]);
        assert_eq!(model.piste.offer(true), Offer::Next, "the next phrase need not wait for it");
    }

    #[test]
    fn closing_while_recording_asks_saves_and_then_closes() {
        let mut model = ready();
        assert!(!close_requested(&mut model), "an idle window closes");
        let mut model = ready();
        after(&mut model, Event::Started);
        phase(&mut model, Phase::Recording { since: Timestamp::ZERO }, 1.0);
        assert!(close_requested(&mut model) && model.piste.closing == Closing::Asking);
        let effects = run(&mut model, piste(PisteCommand::Close(CloseAnswer::Save)));
        assert_eq!((effects, model.piste.closing), (vec![Effect::Piste(Command::Halt)], Closing::Saving));
        assert!(close_requested(&mut model), "it stays open until the phrase is safe");
        let effects = after(&mut model, Event::Recorded(phrase()));
        assert!(effects.contains(&Effect::Live(LiveEffect::CloseWindow)) && !close_requested(&mut model));
    }

    #[test]
    fn a_verdict_of_an_earlier_phrase_does_not_cover_the_running_one() {
        let mut model = ready();
        after(&mut model, Event::Started);
        let running = Arc::new(RecordedPhrase { folder: "/r/2".into(), ..(*phrase()).clone() });
        after(&mut model, Event::Recorded(running));
        after(&mut model, Event::Judge(ruling(Call::Simultaneous)));
        assert!(model.piste.visible_ruling(false).is_none());
    }

    #[test]
    fn a_verdict_quicker_than_the_recorder_shows_at_once_and_is_noted_when_the_phrase_is_kept() {
        let mut model = ready();
        after(&mut model, Event::Started);
        let earlier = JudgeEvent { is_current: false, folder: "/r/0".into(), ..(*ruling(Call::Simultaneous)).clone() };
        after(&mut model, Event::Judge(Arc::new(earlier)));
        assert!(model.piste.visible_ruling(false).is_none(), "a verdict about the phrase before");
        after(&mut model, Event::Judge(provisional(Call::Touch(Side::Left), Thoroughness::Full)));
        let shown = |model: &Model| model.piste.visible_ruling(false).and_then(|ruling| ruling.call());
        assert_eq!(shown(&model), Some(Call::Touch(Side::Left)));
        let kept = notes(&after(&mut model, Event::Recorded(phrase()))).unwrap();
        assert_eq!(kept.machine_call.as_deref(), Some("left"));
        after(&mut model, Event::Judge(ruling(Call::Touch(Side::Right))));
        assert_eq!(shown(&model), Some(Call::Touch(Side::Right)), "the verdict that stands");
    }

    /// Each with whether it corrects what was said before.
    fn calls_said(effects: &[Effect]) -> Vec<(Call, bool)> {
        let speak_call = |effect: &Effect| match effect {
            Effect::Live(LiveEffect::Say(spoken)) => Some((spoken.call, spoken.corrects)),
            _ => None,
        };
        effects.iter().filter_map(speak_call).collect()
    }

    #[test]
    fn a_call_is_spoken_once_when_it_stands_and_never_before_the_referees_own() {
        let left = (Call::Touch(Side::Left), false);
        for (voice, blind_mode, wanted) in [(true, false, vec![left]), (false, false, vec![]), (true, true, vec![])] {
            let mut model = ready();
            (model.settings.live.voice, model.settings.blind_mode) = (voice, blind_mode);
            after(&mut model, Event::Started);
            after(&mut model, Event::Recorded(phrase()));
            after(&mut model, Event::Judge(provisional(Call::Simultaneous, Thoroughness::Coarse)));
            assert_eq!(calls_said(&live_time(&mut model, 0.02)), [], "it may change yet");
            after(&mut model, Event::Judge(ruling(left.0)));
            assert_eq!(calls_said(&live_time(&mut model, 0.02)), wanted, "voice {voice}, blind {blind_mode}");
            assert_eq!(calls_said(&live_time(&mut model, 0.02)), [], "once");
            if blind_mode {
                run(&mut model, piste(PisteCommand::OwnCall(OwnCall::For(Side::Right))));
                assert_eq!(calls_said(&live_time(&mut model, 0.02)), [left], "after the own call");
            }
            let effects = after(&mut model, Event::Started);
            assert!(effects.contains(&sound(SoundCue::Quiet)), "a new phrase cuts it short");
        }
    }

    #[test]
    fn the_first_verdict_is_spoken_and_the_one_that_stands_only_where_it_differs() {
        let (left, right) = (Call::Touch(Side::Left), Call::Touch(Side::Right));
        for (stands, wanted) in [(left, vec![]), (right, vec![(right, true)])] {
            let mut model = ready();
            model.settings.live.voice = true;
            after(&mut model, Event::Started);
            after(&mut model, Event::Judge(provisional(left, Thoroughness::Full)));
            assert_eq!(
                calls_said(&live_time(&mut model, 0.02)),
                [(left, false)],
                "while the post-roll is being recorded"
            );
            after(&mut model, Event::Recorded(phrase()));
            after(&mut model, Event::Judge(ruling(stands)));
            assert_eq!(calls_said(&live_time(&mut model, 0.02)), wanted);
            assert_eq!(calls_said(&live_time(&mut model, 0.02)), [], "once");
        }
    }
}
