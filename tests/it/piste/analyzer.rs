//! The analyzer is always open: the seconds before a phrase are analysed when they happen, and the first verdict
//! does not wait for the post-roll.

use super::scene::{Scene, clip_once};
use fencing::{Call, Side};
use piste::{Command, JudgedBy};
use std::sync::Arc;

const PRE_ROLL_SECS: f64 = 3.0;
/// Frames that even a slow machine analyses in that time, of 90.
const FEW: u64 = 20;

/// A piste whose analyzer has run for longer than the pre-roll.
fn open_eyes() -> Scene {
    let mut scene = Scene::ready(|settings| {
        settings.judged_by = JudgedBy::Here;
        settings.pre_roll_secs = PRE_ROLL_SECS;
        settings.post_roll_secs = 4.0;
    });
    scene.until("the pre-roll was seen", |s| {
        let status = s.piste.status();
        status.analysed_frames > 2 * FEW && status.recorder.memory_secs > PRE_ROLL_SECS + 0.5
    });
    // Give a lagging machine time: what counts is that the analysis does not wait for the phrase.
    scene.until("the eyes are near the present", |s| s.piste.status().in_frame.is_some());
    scene
}

/// Fences for a moment until both lamps are lit and waits for the first verdict: how many frames it is based on, and how many were analysed by then
/// since there had been `before`.
fn fenced(scene: &mut Scene, before: u64) -> (u64, u64) {
    scene.send(Command::Start);
    scene.wait(0.8);
    for side in Side::BOTH {
        scene.lamp(side);
    }
    scene.until("there is a first verdict", |s| s.rulings().len() == 1);
    let first = Arc::clone(&scene.rulings()[0]);
    assert_eq!((first.is_final(), first.is_current), (false, true));
    let analysed = first.judgement().unwrap().completeness.frames_analysed;
    (analysed, scene.piste.status().analysed_frames - before)
}

#[test]
fn the_seconds_before_a_phrase_are_analysed_before_it_begins_and_the_verdict_comes_before_its_recording() {
    let mut scene = open_eyes();
    assert!(scene.piste.observation().is_some(), "skeletons are there before any phrase");
    let before = scene.piste.status().analysed_frames;
    let (analysed, since) = fenced(&mut scene, before);
    // An analyzer opened at the start of the phrase would have analysed only its frames.
    assert!(analysed > since, "{analysed} pictures of the phrase, {since} looked at since it was called");
    assert!(scene.recorded().is_empty(), "the post-roll is still being recorded");

    scene.until_judged(1);
    scene.until_recorded(1);
    let folder = &scene.recorded()[0].folder;
    assert!(scene.rulings().iter().all(|ruling| ruling.folder == *folder), "every verdict knows its phrase");
}

#[test]
fn another_camera_leaves_nothing_of_what_was_seen() {
    let mut scene = open_eyes();
    let mut other = super::scene::settings(scene.folder.path());
    (other.judged_by, other.pre_roll_secs, other.post_roll_secs) = (JudgedBy::Here, PRE_ROLL_SECS, 2.0);
    other.camera = Some(clip_once());
    let before = scene.piste.status().analysed_frames;
    scene.send(Command::Set(Box::new(other)));
    scene.until("the other camera is seen", |s| s.piste.status().analysed_frames > before + 2);
    let (analysed, since) = fenced(&mut scene, before);
    assert!(analysed <= since, "{analysed} pictures of the phrase, {since} looked at since the camera changed");
}

#[test]
fn one_light_is_reported_before_a_frame_of_it_was_analysed() {
    let mut scene = Scene::ready(|settings| {
        settings.judged_by = JudgedBy::Here;
        settings.post_roll_secs = 1.0;
    });
    scene.send(Command::Start);
    scene.wait(0.4);
    scene.lamp(Side::Left);
    scene.until("there is a first verdict", |s| s.rulings().len() == 1);
    let first = Arc::clone(&scene.rulings()[0]);
    assert_eq!((first.is_final(), first.call(), first.is_current), (false, Some(Call::Touch(Side::Left)), true));
    let seen = first.judgement().unwrap().completeness;
    assert_eq!(seen.frames_received, 0, "the lamps waited for pictures");
    let last = scene.until_judged(1);
    assert!(last.judgement().unwrap().completeness.frames_analysed > 0, "the papers have them");
    assert_eq!(last.call(), first.call(), "{:?}", scene.summary());
}
