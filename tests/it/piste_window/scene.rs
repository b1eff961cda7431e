//! A piste that is told by hand: its states, a phrase, a verdict.

use crate::support::judgement::judgement;
use crate::support::window::{self as support, Window};
use egui_kittest::HarnessBuilder;
use fencing::time::Timestamp;
use fencing::{Call, Lamp, PerSide, SignalLog, Weapon};
use piste::{Event, JudgeEvent, JudgeEventKind, Phase, RecordedPhrase, Status};
use std::sync::Arc;
use vision::video::Reel;
use window::command::Command;
use window::model::Screen;
use window::{App, WindowOptions, engine_maker};

pub(super) fn window(screen: Screen) -> Window {
    window_with(WindowOptions::default(), screen)
}

/// The same with options of the test's own.
pub(super) fn window_with(options: WindowOptions, screen: Screen) -> Window {
    shown(support::window(options), screen)
}

/// The live screen, painted by what the builder names.
pub(super) fn window_on(builder: HarnessBuilder<App>) -> Window {
    shown(support::window_built(builder, WindowOptions::default(), engine_maker()), Screen::Piste)
}

fn shown(mut window: Window, screen: Screen) -> Window {
    window.state_mut().send(Command::Show(screen));
    window.run_steps(3);
    window
}

pub(super) fn stand(window: &mut Window, phase: Phase, lamps: PerSide<Lamp>) {
    let mut status = Status { phase, lamps, ..Status::default() };
    status.camera.name = "test camera".into();
    status.camera.measured_fps = 59.9;
    status.engine = Some(Ok(()));
    window.state_mut().stand_in(status, Timestamp::from_secs(100.0));
    window.run_steps(3);
}

pub(super) fn tell(window: &mut Window, event: Event) {
    let ctx = window.ctx.clone();
    window.state_mut().inject_event(event, &ctx);
    window.run_steps(3);
}

pub(super) fn phrase() -> Arc<RecordedPhrase> {
    Arc::new(RecordedPhrase {
        folder: "/nowhere/1".into(),
        clip: "/nowhere/1/phrase.mkv".into(),
        second_clip: None,
        log: "/nowhere/1/phrase.txt".into(),
        reel: Arc::new(Reel::default()),
        signals: SignalLog::default(),
        weapon: Weapon::Sabre,
    })
}

/// The verdict of the made-up phrase, with this call.
pub(super) fn ruling(call: Call) -> Arc<JudgeEvent> {
    let mut judgement = judgement();
    judgement.verdict.call = call;
    let kind = JudgeEventKind::Final(Arc::new(judgement));
    Arc::new(JudgeEvent { folder: "/nowhere/1".into(), delay_secs: 0.2, ..JudgeEvent::new(1, kind) })
}

pub(super) const BOTH: PerSide<Lamp> = PerSide::new(Lamp::Valid, Lamp::Valid);
pub(super) const DARK: PerSide<Lamp> = PerSide::new(Lamp::Off, Lamp::Off);

/// A whole phrase up to its verdict.
pub(super) fn judged(window: &mut Window, call: Call) {
    stand(window, Phase::Ready, DARK);
    tell(window, Event::Started);
    stand(window, Phase::Recording { since: Timestamp::from_secs(97.0) }, BOTH);
    tell(window, Event::Recorded(phrase()));
    let ruling = ruling(call);
    tell(window, Event::Judge(Arc::clone(&ruling)));
    stand(window, Phase::Judged(ruling), BOTH);
}
