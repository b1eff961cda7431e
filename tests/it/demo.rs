//! Drawn fencers keep their promises: same bytes every time, true joints, lamps and times, and models that follow them.

use crate::support::in_project;
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::{FrameIndex, Timestamp};
use fencing::{Lamp, PerSide, Side, SignalKind};
use lab::drawn::{
    Bystander, DEMO_NAME, DrawnPhrase, FrameTimes, Hand, Move, Pan, Script, Studio, demo_script, demo_studio,
};
use recording::{HitSides, read_signal_log};
use std::path::PathBuf;
use vision::inference::{BackendChoice, Runtime, RuntimePaths};
use vision::pose::{KEYPOINTS, Pose, PoseConfig, PoseModels, PoseSource, Square, joint};
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource};

fn small(script: Script) -> DrawnPhrase {
    DrawnPhrase::new(script, Studio::default().with_size(640, 360))
}

fn frame_at(phrase: &DrawnPhrase, secs: f64) -> Frame {
    phrase.frame_at(Timestamp::from_secs(secs), FrameIndex(7)).expect("a frame has a size")
}

#[test]
fn the_same_script_gives_the_same_bytes_and_another_seed_does_not() {
    let studio = |seed| Studio { seed, bystanders: vec![Bystander::walking(-2.0, -1.5, 1.0)], ..Studio::default() };
    let bytes = |seed| {
        let mut phrase = DrawnPhrase::new(demo_script(), studio(seed).with_size(480, 270).with_rate(4.0));
        let mut all = Vec::new();
        while let Ok(Some(frame)) = phrase.next_frame() {
            all.extend_from_slice(&frame.rgb);
        }
        all
    };
    let first = bytes(1);
    assert!(first == bytes(1), "two runs differ");
    assert!(first != bytes(2), "the seed changes nothing");
}

#[test]
fn frames_carry_the_times_that_were_asked_for() {
    let uneven = [0.0, 0.031, 0.112, 0.113].map(Timestamp::from_secs);
    let studio = Studio { frame_times: FrameTimes::Listed(uneven.to_vec()), ..Studio::default() };
    let mut phrase = DrawnPhrase::new(demo_script(), studio.with_size(320, 180));
    let mut seen = Vec::new();
    while let Ok(Some(frame)) = phrase.next_frame() {
        assert_eq!(frame.index, FrameIndex(seen.len() as u64));
        seen.push(frame.at);
    }
    assert_eq!(seen, uneven);
}

#[test]
fn every_joint_of_the_demo_lies_in_the_picture_and_left_stays_left() {
    let phrase = DrawnPhrase::new(demo_script(), demo_studio());
    let picture = phrase.size();
    for at in phrase.frame_times() {
        let joints = phrase.true_joints(*at);
        for (side, pose) in joints.iter() {
            let inside = |p: ImagePoint| {
                (0.0..picture.width as f32).contains(&p.x) && (0.0..picture.height as f32).contains(&p.y)
            };
            assert!(pose.keypoints.iter().all(|k| inside(k.point)), "{side:?} at {} s", at.secs());
        }
        let hips = joints.map(|pose| pose.keypoints[joint::LEFT_HIP].point.x);
        assert!(hips.left < hips.right);
    }
}

#[test]
fn joints_follow_a_turning_camera() {
    let pan = |metres| Studio { pan: Pan::sweep(0.0, 1.0, metres), ..Studio::default() };
    let still = DrawnPhrase::new(demo_script(), pan(0.0));
    let turned = DrawnPhrase::new(demo_script(), pan(0.5));
    let end = Timestamp::from_secs(1.0);
    let nose = |phrase: &DrawnPhrase| phrase.true_joints(end).left.keypoints[joint::NOSE].point.x;
    let shift = turned.true_camera_shift(end);
    assert!((shift.x + 0.5 * 168.0).abs() < 0.1 && shift.y == 0.0, "{shift:?}");
    assert!((nose(&turned) - nose(&still) - shift.x).abs() < 0.01);
}

#[test]
fn a_left_handed_fencer_reaches_with_the_left_arm() {
    let mut script = Script::new([Move::extend(0.3)], [Move::extend(0.3)]);
    script.hands = PerSide::new(Hand::Left, Hand::Right);
    let joints = small(script).true_joints(Timestamp::from_secs(0.3));
    let x = |pose: &Pose, number: usize| pose.keypoints[number].point.x;
    assert!(x(&joints.left, joint::LEFT_WRIST) > x(&joints.left, joint::RIGHT_WRIST) + 50.0);
    assert!(x(&joints.right, joint::RIGHT_WRIST) < x(&joints.right, joint::LEFT_WRIST) - 50.0);
}

/// Mean red, green and blue in the middle of a box.
fn mean_colour(frame: &Frame, area: ImageRect) -> [f32; 3] {
    let centre = area.centre();
    let mut sum = [0.0; 3];
    for (dx, dy) in (-3..=3).flat_map(|dx| (-3..=3).map(move |dy| (dx, dy))) {
        let (x, y) = ((centre.x as i32 + dx) as usize, (centre.y as i32 + dy) as usize);
        let at = (y * frame.size.width as usize + x) * 3;
        (0..3).for_each(|c| sum[c] += f32::from(frame.rgb[at + c]) / 49.0);
    }
    sum
}

#[test]
fn lamps_burn_in_the_picture_from_the_scripted_moment() {
    let script = Script::default().lamp(0.5, Side::Left, Lamp::Valid).lamp(0.8, Side::Right, Lamp::Valid).lasting(1.0);
    let phrase = small(script);
    let lit = |secs: f64| {
        let (frame, areas) = (frame_at(&phrase, secs), phrase.lamp_areas(Timestamp::from_secs(secs)));
        let [red, ..] = mean_colour(&frame, areas.left);
        let [_, green, _] = mean_colour(&frame, areas.right);
        PerSide::new(red > 200.0, green > 200.0)
    };
    assert_eq!(lit(0.49), PerSide::new(false, false));
    assert_eq!(lit(0.50), PerSide::new(true, false));
    assert_eq!(lit(0.80), PerSide::new(true, true));
}

fn demo_file(ending: &str) -> PathBuf {
    in_project(&format!("assets/demo/{DEMO_NAME}.{ending}"))
}

#[test]
fn the_shipped_log_reads_back_as_it_was_scripted_and_holds_no_answer() {
    let text = std::fs::read_to_string(demo_file("txt")).expect("the demo log is there");
    assert!(!text.to_lowercase().contains("winner"), "an answer in the demo log");
    let log = read_signal_log(&demo_file("txt"), HitSides::default()).expect("the demo log is readable").signals;
    let scripted = demo_script().signal_log();
    assert_eq!(log.lamps(), PerSide::new(Lamp::Valid, Lamp::Valid));
    for side in Side::BOTH {
        let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
        assert_eq!(log.first_time_of(kind), scripted.first_time_of(kind), "{side:?}");
    }
}

#[test]
fn the_shipped_clip_is_the_scripted_phrase() {
    let phrase = DrawnPhrase::new(demo_script(), demo_studio());
    let options = ClipOptions { max_width: 1280, ..ClipOptions::default() };
    let mut clip = ClipReader::open(&demo_file("mp4"), &options, &Cancel::new()).expect("the demo clip opens");
    for (number, at) in phrase.frame_times().iter().enumerate() {
        let frame = clip.next_frame().expect("it decodes").expect("no frame is missing");
        assert!((frame.at.secs() - at.secs()).abs() < 0.002, "frame {number} at {}", frame.at.secs());
        if number % 40 == 0 {
            let drawn = phrase.frame_at(*at, frame.index).expect("a frame has a size");
            let off = frame.rgb.iter().zip(drawn.rgb.iter()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>();
            let mean = off / drawn.rgb.len() as f64;
            assert!(mean < 6.0, "frame {number} differs by {mean:.1} levels: draw the demo again (referee-lab draw)");
        }
    }
    assert!(clip.next_frame().expect("it ends well").is_none(), "more frames than scripted");
}

/// Share of a pose's joints within 0.2 torso lengths of the truth.
fn agreement(found: &Pose, truth: &Pose) -> f32 {
    let point = |number: usize| truth.keypoints[number].point;
    let middle = |a: usize, b: usize| {
        let (a, b) = (point(a), point(b));
        ImagePoint::new(f32::midpoint(a.x, b.x), f32::midpoint(a.y, b.y))
    };
    let torso = middle(joint::LEFT_SHOULDER, joint::RIGHT_SHOULDER).distance(middle(joint::LEFT_HIP, joint::RIGHT_HIP));
    let close = found.keypoints.iter().zip(&truth.keypoints).filter(|(f, t)| f.point.distance(t.point) < 0.2 * torso);
    close.count() as f32 / KEYPOINTS as f32
}

#[test]
fn the_shipped_models_follow_drawn_fencers() {
    let runtime = Runtime::start(&BackendChoice::Automatic(RuntimePaths::default())).expect("a backend starts");
    let models = PoseModels::load(&runtime, &PoseConfig::new(in_project("models"))).expect("the models load");
    let mut eyes = models.estimator();
    let phrase = DrawnPhrase::new(demo_script(), demo_studio());
    let (mut sum, mut count) = (0.0, 0.0);
    for secs in [0.2, 1.6, 2.3, 3.0, 3.3, 3.6] {
        let (frame, truth) = (frame_at(&phrase, secs), phrase.true_joints(Timestamp::from_secs(secs)));
        let people = eyes.find_people(&frame).expect("the finder runs");
        for (side, pose) in truth.iter() {
            let bounds = pose.bounds(0.5).expect("true joints have a box");
            assert!(people.iter().any(|p| p.bounds.iou(bounds) > 0.3), "{side:?} not found at {secs} s");
            let read = eyes.poses_in(&frame, &[Square::for_person(bounds)]).expect("the reader runs");
            sum += read.first().map_or(0.0, |found| agreement(found, pose));
            count += 1.0;
        }
    }
    assert!(sum / count > 0.9, "only {:.2} of the joints are where they really are", sum / count);
}
