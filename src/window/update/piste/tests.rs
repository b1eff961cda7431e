//! The live screen's state as a story: what is asked for and what is told, without any piste.

use super::*;
use crate::command::CloseAnswer;
use crate::event::Event as WindowEvent;
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

fn told(model: &mut Model, event: Event) -> Vec<Effect> {
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
    let mut judgement = vision::engine::Judgement::of_nothing_seen();
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
        told(&mut model, Event::Started);
        if early {
            run(&mut model, piste(left.clone()));
        }
        assert!(notes(&told(&mut model, Event::Recorded(phrase()))).is_some(), "the bout is kept with it at once");
        let judged = told(&mut model, Event::Judge(ruling(Call::Touch(Side::Right))));
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
    told(&mut model, Event::Started);
    phase(&mut model, Phase::Recording { since: Timestamp::ZERO }, 1.0);
    assert!(close_requested(&mut model) && model.piste.closing == Closing::Asking);
    let effects = run(&mut model, piste(PisteCommand::Close(CloseAnswer::Save)));
    assert_eq!((effects, model.piste.closing), (vec![Effect::Piste(Command::Halt)], Closing::Saving));
    assert!(close_requested(&mut model), "it stays open until the phrase is safe");
    let effects = told(&mut model, Event::Recorded(phrase()));
    assert!(effects.contains(&Effect::Live(LiveEffect::CloseWindow)) && !close_requested(&mut model));
}

#[test]
fn a_verdict_of_an_earlier_phrase_does_not_cover_the_running_one() {
    let mut model = ready();
    told(&mut model, Event::Started);
    let running = Arc::new(RecordedPhrase { folder: "/r/2".into(), ..(*phrase()).clone() });
    told(&mut model, Event::Recorded(running));
    told(&mut model, Event::Judge(ruling(Call::Simultaneous)));
    assert!(model.piste.visible_ruling(false).is_none());
}

#[test]
fn a_verdict_quicker_than_the_recorder_shows_at_once_and_is_noted_when_the_phrase_is_kept() {
    let mut model = ready();
    told(&mut model, Event::Started);
    let earlier = JudgeEvent { is_current: false, folder: "/r/0".into(), ..(*ruling(Call::Simultaneous)).clone() };
    told(&mut model, Event::Judge(Arc::new(earlier)));
    assert!(model.piste.visible_ruling(false).is_none(), "a verdict about the phrase before");
    told(&mut model, Event::Judge(provisional(Call::Touch(Side::Left), Thoroughness::Full)));
    let shown = |model: &Model| model.piste.visible_ruling(false).and_then(|ruling| ruling.call());
    assert_eq!(shown(&model), Some(Call::Touch(Side::Left)));
    let kept = notes(&told(&mut model, Event::Recorded(phrase()))).unwrap();
    assert_eq!(kept.machine_call.as_deref(), Some("left"));
    told(&mut model, Event::Judge(ruling(Call::Touch(Side::Right))));
    assert_eq!(shown(&model), Some(Call::Touch(Side::Right)), "the verdict that stands");
}

/// Each with whether it corrects what was said before.
fn calls_said(effects: &[Effect]) -> Vec<(Call, bool)> {
    let said = |effect: &Effect| match effect {
        Effect::Live(LiveEffect::Say(spoken)) => Some((spoken.call, spoken.corrects)),
        _ => None,
    };
    effects.iter().filter_map(said).collect()
}

#[test]
fn a_call_is_said_once_when_it_stands_and_never_before_the_referees_own() {
    let left = (Call::Touch(Side::Left), false);
    for (voice, blind_mode, wanted) in [(true, false, vec![left]), (false, false, vec![]), (true, true, vec![])] {
        let mut model = ready();
        (model.settings.live.voice, model.settings.blind_mode) = (voice, blind_mode);
        told(&mut model, Event::Started);
        told(&mut model, Event::Recorded(phrase()));
        told(&mut model, Event::Judge(provisional(Call::Simultaneous, Thoroughness::Coarse)));
        assert_eq!(calls_said(&live_time(&mut model, 0.02)), [], "it may change yet");
        told(&mut model, Event::Judge(ruling(left.0)));
        assert_eq!(calls_said(&live_time(&mut model, 0.02)), wanted, "voice {voice}, blind {blind_mode}");
        assert_eq!(calls_said(&live_time(&mut model, 0.02)), [], "once");
        if blind_mode {
            run(&mut model, piste(PisteCommand::OwnCall(OwnCall::For(Side::Right))));
            assert_eq!(calls_said(&live_time(&mut model, 0.02)), [left], "after the own call");
        }
        let effects = told(&mut model, Event::Started);
        assert!(effects.contains(&heard(Heard::Quiet)), "a new phrase cuts it short");
    }
}

#[test]
fn the_first_verdict_is_said_and_the_one_that_stands_only_where_it_differs() {
    let (left, right) = (Call::Touch(Side::Left), Call::Touch(Side::Right));
    for (stands, wanted) in [(left, vec![]), (right, vec![(right, true)])] {
        let mut model = ready();
        model.settings.live.voice = true;
        told(&mut model, Event::Started);
        told(&mut model, Event::Judge(provisional(left, Thoroughness::Full)));
        assert_eq!(calls_said(&live_time(&mut model, 0.02)), [(left, false)], "while the post-roll is being recorded");
        told(&mut model, Event::Recorded(phrase()));
        told(&mut model, Event::Judge(ruling(stands)));
        assert_eq!(calls_said(&live_time(&mut model, 0.02)), wanted);
        assert_eq!(calls_said(&live_time(&mut model, 0.02)), [], "once");
    }
}
