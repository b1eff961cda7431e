//! What may go wrong beside a piste: no phrase hangs, and what came before the fault is kept.

use super::scene::{Scene, clip_once};
use apparatus::{
    ApparatusSettings, Connection, Link, Protocol,
    simulate::{ClockQuery, PtyWire},
};
use fencing::time::HostClock;
use fencing::{Call, Side};
use piste::{ApparatusChoice, CameraChoice, Command, Event, JudgeEventKind, JudgedBy, Phase, Piste};
use std::sync::Arc;

#[test]
fn a_box_that_is_unplugged_leaves_the_phrase_to_the_keys() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("box");
    let wire = PtyWire::open(Some(&path), ClockQuery::Ignored).unwrap();
    let link = Link::Serial { path: path.display().to_string(), baud: None };
    let mut scene = Scene::ready(|settings| {
        let apparatus = ApparatusSettings::for_link(link.clone()).speaking(Protocol::Fpa);
        settings.apparatus = ApparatusChoice::Box(Box::new(apparatus));
    });
    scene.until("the box is there", |s| s.piste.status().apparatus.connection == Connection::Open);
    scene.send(Command::Start);
    scene.wait(0.3);
    drop(wire);
    scene.until("the loss is shown", |s| matches!(s.piste.status().apparatus.connection, Connection::Waiting { .. }));
    assert!(scene.is_recording());
    scene.lamp(Side::Left);
    scene.until_recorded(1);
    assert!(scene.has_told(|e| matches!(e, Event::Touch(Side::Left))));
}

#[test]
fn a_camera_that_stops_in_the_middle_of_a_phrase_costs_only_what_it_did_not_see() {
    let mut scene = Scene::ready(|settings| settings.camera = Some(clip_once()));
    scene.send(Command::Start);
    scene.until("the clip is over", |s| s.piste.status().camera.age_secs.is_some_and(|age| age > 0.5));
    scene.lamp(Side::Left);
    scene.until_recorded(1);
    let phrase = scene.recorded().pop().unwrap();
    assert!(phrase.reel.frames().len() > 30 && phrase.clip.is_file(), "{:?}", scene.summary());
}

#[test]
fn without_a_camera_the_lamps_alone_are_judged() {
    let mut scene = Scene::open(|settings| {
        settings.camera = None;
        settings.judged_by = JudgedBy::Here;
    });
    scene.until("the engine is there", |s| s.piste.status().engine == Some(Ok(())));
    scene.send(Command::Start);
    // A key is put back by the time that a person takes to press it.
    scene.wait(0.6);
    scene.lamp(Side::Right);
    let ruling = scene.until_judged(1);
    assert_eq!(ruling.call(), Some(Call::Touch(Side::Right)));
}

#[test]
fn a_camera_that_is_not_there_and_an_engine_that_cannot_be_are_reported_and_keep_nothing_from_working() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = super::scene::settings(folder.path());
    settings.camera = Some(CameraChoice::Clip { path: folder.path().join("none.mp4"), repeats: false });
    settings.judged_by = JudgedBy::Here;
    let source = Arc::new(|| Err("no model".to_owned()));
    let (piste, events) = Piste::start(settings, source, HostClock::start(), Arc::new(|| ())).unwrap();
    let mut scene = Scene { piste, events, told: Vec::new(), folder };
    scene.until("both are said", |s| {
        let status = s.piste.status();
        status.camera.trouble.is_some() && status.engine == Some(Err("no model".to_owned()))
    });
    let failed = |e: &Event| matches!(e, Event::Judge(event) if matches!(event.kind, JudgeEventKind::Failed { .. }));
    scene.lamp(Side::Left);
    scene.until("there is no verdict", |s| s.has_told(failed));
    assert!(matches!(scene.piste.status().phase, Phase::Failed { .. }));
}
