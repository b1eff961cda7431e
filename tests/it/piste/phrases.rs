//! Phrases from the first step to the verdict.

use super::scene::{Scene, clip_once};
use crate::engine::fakes::engine;
use apparatus::{
    ApparatusSettings, Link, Protocol,
    simulate::{
        ClockQuery, Playback, PtyWire, Script, ScriptEvent, ScriptSettings, Sent, SimulatedBox, SimulationSettings,
        play,
    },
};
use fencing::{Lamp, PerSide, Side, SignalKind, Weapon};
use piste::{ApparatusChoice, Command, Event, JudgedBy, Phase, Pruning, RecordedPhrase};
use recording::{HitSides, PhraseNotes, read_signal_log};
use records::analysis::{ClipRequest, ClipSignals, judge_clip};
use vision::engine::Judgement;
use vision::video::{Cancel, ClipOptions};

/// First touch of the demo clip, in seconds of its clock.
const DEMO_TOUCH_SECS: f64 = 3.46;

/// A phrase of the simulator like the demo's end: both touch, left first, about a second after the start. With the time of its
/// first touch.
fn like_the_demo() -> (ScriptSettings, f64) {
    let touches = |settings| {
        let touch = |t: apparatus::simulate::Timed| match t.what {
            ScriptEvent::Touch(side, _) => Some((side, t.at_secs)),
            _ => None,
        };
        Script::new(settings).flatten().filter_map(touch).collect::<Vec<_>>()
    };
    (1..)
        .map(|seed| ScriptSettings { seed, lit_secs: 1.5, ..ScriptSettings::default() })
        .find_map(|settings| match touches(settings)[..] {
            [(Side::Left, first), (Side::Right, second)] if first < 1.8 && second - first > 0.06 => {
                Some((settings, first))
            }
            _ => None,
        })
        .unwrap()
}

/// The recording judged as any clip is.
fn judged_offline(phrase: &RecordedPhrase) -> Judgement {
    let signals = ClipSignals::Log { path: phrase.log.clone(), hit_sides: HitSides::Auto };
    let options = ClipOptions::default();
    let request = ClipRequest { clip: phrase.clip.clone(), signals, weapon: phrase.weapon, options };
    judge_clip(engine(), &request, &Cancel::new(), &mut |_| ()).unwrap().judgement
}

#[test]
fn a_phrase_of_a_simulated_box_gets_the_verdict_that_its_recording_gets() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("box");
    let mut wire = PtyWire::open(Some(&path), ClockQuery::Answered).unwrap();
    let link = Link::Serial { path: path.display().to_string(), baud: None };
    let apparatus = ApparatusSettings::for_link(link).speaking(Protocol::ReferenceBox);
    let mut scene = Scene::ready(|settings| {
        settings.camera = Some(clip_once());
        settings.apparatus = ApparatusChoice::Box(Box::new(apparatus.clone()));
        settings.judged_by = JudgedBy::Here;
        settings.pre_roll_secs = 0.2;
    });
    let (script, touch_secs) = like_the_demo();
    // The lamps in the video set right what this misses by.
    scene.wait(DEMO_TOUCH_SECS - touch_secs);
    let simulation = SimulationSettings { script, ..SimulationSettings::of(Protocol::ReferenceBox) };
    play(SimulatedBox::new(&simulation), &mut wire, |_: &Sent| Playback::Continue).unwrap();

    let live = scene.until_judged(1);
    scene.until_recorded(1);
    let phrase = scene.recorded().pop().unwrap();
    assert_eq!(live.lamps(), PerSide::new(true, true));
    scene.until("the papers are written", |_| phrase.folder.join("analysis_result.json").is_file());
    let page = std::fs::read_to_string(phrase.folder.join("report.html")).unwrap();
    assert!(page.contains("src=\"data:image/jpeg;base64,"), "the page shows the pictures that decide");
    let name = phrase.folder.file_name().unwrap().to_string_lossy().into_owned();
    scene.until("and one under its name", |_| phrase.folder.join(format!("{name}_result.json")).is_file());
    let offline = judged_offline(&phrase);
    let judgement = live.own_judgement().unwrap();
    assert_eq!(
        (judgement.verdict.call, judgement.verdict.rule),
        (offline.verdict.call, offline.verdict.rule),
        "{:?}",
        scene.summary()
    );
    let touch = |j: &Judgement| j.signals.first_touch().unwrap().at;
    assert!(touch(judgement).secs_since(touch(&offline)).abs() < 0.05, "live and archived touch differ");
    assert_eq!(judgement.signals.events().len(), offline.signals.events().len());

    let kinds = |e: &Event| matches!(e, Event::Started | Event::Touch(Side::Left));
    assert_eq!(scene.told.iter().filter(|e| kinds(e)).count(), 2, "{:?}", scene.summary());
    let notes = PhraseNotes::read(&phrase.folder);
    assert_eq!(notes.machine_call.as_deref(), Some(judgement.verdict.call.as_str()));
    assert_eq!(notes.weapon.as_deref(), Some("sabre"));
}

#[test]
fn a_phrase_by_keys_is_recorded_with_what_was_before_and_noted() {
    let mut scene = Scene::ready(|_| ());
    scene.wait(1.0);
    scene.send(Command::Start);
    scene.until("the phrase runs", Scene::is_recording);
    scene.wait(0.5);
    scene.lamp(Side::Right);
    scene.until_recorded(1);
    let phrase = scene.recorded().pop().unwrap();
    let secs = phrase.reel.times().last().unwrap().secs();
    assert!(secs > 1.0, "half a second before, half a second of fencing, the lockout: {secs}");
    let log = read_signal_log(&phrase.log, HitSides::Auto).unwrap().signals;
    assert_eq!(log.lamps(), PerSide::new(Lamp::Off, Lamp::Valid));
    assert!(scene.has_told(|e| matches!(e, Event::Touch(Side::Right))));
    assert!(matches!(scene.piste.status().phase, Phase::Ready) && scene.rulings().is_empty(), "nobody judges");

    let own = PhraseNotes { own_call: Some("right".into()), ..PhraseNotes::default() };
    scene.send(Command::Annotate(phrase.folder.clone(), Box::new(own)));
    scene.until("the notes are there", |_| PhraseNotes::read(&phrase.folder).own_call.is_some());
    assert_eq!(PhraseNotes::read(&phrase.folder).weapon.as_deref(), Some("sabre"));
}

#[test]
fn a_piste_that_is_closed_in_the_middle_of_a_phrase_leaves_it_whole() {
    let mut scene = Scene::ready(|_| ());
    scene.send(Command::Start);
    scene.until("the phrase runs", Scene::is_recording);
    scene.wait(0.5);
    let Scene { piste, folder, .. } = scene;
    piste.close();
    let phrase = std::fs::read_dir(folder.path()).unwrap().flatten().next().unwrap().path();
    let clip = phrase.join(phrase.file_name().unwrap()).with_extension("mkv");
    let info = vision::video::probe(&clip).unwrap();
    assert!(info.duration_secs.is_some_and(|secs| secs > 0.3), "{info:?}");
}

#[test]
fn a_phrase_that_is_called_off_leaves_nothing() {
    let mut scene = Scene::ready(|_| ());
    scene.send(Command::Start);
    scene.until("the phrase runs", Scene::is_recording);
    scene.wait(0.4);
    scene.send(Command::Cancel);
    scene.until("it is called off", |s| s.has_told(|e| matches!(e, Event::Cancelled)));
    let folder = scene.folder.path().to_owned();
    scene.until("the folder is empty", |_| std::fs::read_dir(&folder).is_ok_and(|mut dir| dir.next().is_none()));
    assert!(matches!(scene.piste.status().phase, Phase::Ready) && scene.recorded().is_empty());
}

#[test]
fn two_phrases_in_a_row_lie_in_two_folders_and_share_no_frame() {
    let mut scene = Scene::ready(|_| ());
    scene.wait(0.5);
    scene.lamp(Side::Left);
    scene.until_recorded(1);
    scene.send(Command::Start);
    scene.wait(0.3);
    scene.send(Command::Halt);
    scene.until_recorded(2);
    let [first, second] = &scene.recorded()[..] else { panic!("{:?}", scene.summary()) };
    assert!(first.folder != second.folder && first.clip.is_file() && second.clip.is_file());
    let bytes = |p: &RecordedPhrase| p.reel.frames().iter().map(|f| f.jpeg.as_ptr()).collect::<Vec<_>>();
    let shared = bytes(first).iter().any(|jpeg| bytes(second).contains(jpeg));
    assert!(!shared, "a picture is in both");
}

/// Left by programs that were killed, and by an export beside the clip.
const LEFT: [&str; 3] = [".part-a1b2c3.html", ".unfinished-a1b2c3.mp4", "_result.json"];

#[test]
fn a_phrase_of_an_earlier_session_keeps_its_log_and_goes_when_old_phrases_go() {
    let mut scene = Scene::ready(|settings| settings.judged_by = JudgedBy::Here);
    scene.send(Command::Start);
    scene.wait(0.4);
    scene.lamp(Side::Left);
    scene.until_judged(1);
    scene.until_recorded(1);
    let phrase = scene.recorded().pop().unwrap();
    let Scene { piste, folder, .. } = scene;
    piste.close();
    let mut log = std::fs::read_to_string(&phrase.log).unwrap();
    log.push_str("Winner: Right\n");
    std::fs::write(&phrase.log, &log).unwrap();

    let recordings = folder.path().to_owned();
    let mut scene = Scene::ready(|s| (s.recordings, s.judged_by) = (recordings, JudgedBy::Here));
    scene.send(Command::JudgeHere(phrase.folder.clone()));
    assert_eq!(scene.until_judged(1).folder, phrase.folder);
    scene.piste.close();
    assert!(phrase.folder.join("summary.txt").is_file() && phrase.folder.join("report.html").is_file());
    assert_eq!(std::fs::read_to_string(&phrase.log).unwrap(), log, "what a person confirmed is lost");

    let name = phrase.folder.file_name().unwrap().to_string_lossy();
    for left in LEFT {
        let file = if left.starts_with('.') { left.to_owned() } else { format!("{name}{left}") };
        std::fs::write(phrase.folder.join(file), b"x").unwrap();
    }
    let (recordings, pruning) = (folder.path().to_owned(), Pruning::KeepNewest(0));
    let mut scene = Scene::open(|s| (s.recordings, s.pruning) = (recordings, pruning));
    scene.until("the phrase is removed", |_| !phrase.folder.exists());
}

#[test]
fn lamps_set_right_by_hand_are_judged_again() {
    let mut scene = Scene::ready(|settings| settings.judged_by = JudgedBy::Here);
    scene.send(Command::Start);
    scene.wait(0.4);
    scene.lamp(Side::Left);
    let first = scene.until_judged(1);
    assert_eq!(first.lamps(), PerSide::new(true, false), "{:?}", scene.summary());
    scene.send(Command::CorrectLamps(PerSide::new(Lamp::Off, Lamp::Valid)));
    let second = scene.until_judged(2);
    assert_eq!((second.lamps(), &second.folder), (PerSide::new(false, true), &first.folder));
    let phrase = scene.recorded().pop().unwrap();
    let lamps = |log: &RecordedPhrase| read_signal_log(&log.log, HitSides::Auto).unwrap().signals.lamps();
    scene.until("the log is set right", |_| lamps(&phrase) == PerSide::new(Lamp::Off, Lamp::Valid));
}

#[test]
fn a_lamp_that_is_added_while_the_phrase_is_judged_counts() {
    let mut scene = Scene::ready(|settings| settings.judged_by = JudgedBy::Here);
    scene.send(Command::Start);
    scene.wait(0.4);
    scene.lamp(Side::Left);
    let ended = |s: &Scene| matches!(s.piste.status().phase, Phase::Judging { .. } | Phase::Judged(_));
    scene.until("the phrase is over", ended);
    scene.send(Command::CorrectLamps(PerSide::new(Lamp::Valid, Lamp::Valid)));
    let both = |e: &Event| matches!(e, Event::Judge(event) if event.lamps() == PerSide::new(true, true));
    scene.until("both lamps count", |s| s.has_told(both));
    assert_eq!(scene.recorded().len(), 1);
}

#[test]
fn other_settings_leave_the_camera_alone() {
    let mut scene = Scene::ready(|_| ());
    let mut other = super::scene::settings(scene.folder.path());
    other.weapon = Weapon::Foil;
    scene.send(Command::Set(Box::new(other)));
    scene.send(Command::Signal(SignalKind::Lamp { side: Side::Left, lamp: Lamp::OffTarget }));
    scene.until_recorded(1);
    assert_eq!(scene.recorded()[0].weapon, Weapon::Foil);
    assert_eq!(scene.piste.status().camera.openings, 1);
}
