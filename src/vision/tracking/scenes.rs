//! Tests of the tracker on simulated scenes: people are coloured boxes and the fake pose source knows their positions, so only
//! selection and tracking are tested.

use super::{FencerTracker, TrackSample};
use crate::pose::{KEYPOINTS, Keypoint, Person, Pose, PoseError, PoseSource, Square, joint};
use crate::video::Frame;
use fencing::Side;
use fencing::geometry::{FrameSize, ImagePoint, ImageRect};
use fencing::time::{FrameIndex, Timestamp};

pub(super) const SIZE: FrameSize = FrameSize::new(640, 360);
pub(super) const RED: [u8; 3] = [200, 40, 40];
pub(super) const BLUE: [u8; 3] = [40, 40, 200];
pub(super) const BLACK: [u8; 3] = [10, 10, 10];

/// A simulated person at one moment.
#[derive(Clone, Copy)]
pub(super) struct Figure {
    pub(super) x: f32,
    pub(super) floor: f32,
    pub(super) height: f32,
    /// Distance between the feet in heights.
    pub(super) stance: f32,
    pub(super) colour: [u8; 3],
}

pub(super) fn fencer(x: f32, colour: [u8; 3]) -> Figure {
    Figure { x, floor: 300.0, height: 160.0, stance: 0.4, colour }
}

impl Figure {
    pub(super) fn person(self) -> Person {
        let at = |across: f32, up: f32| ImagePoint::new(self.x + across * self.height, self.floor - up * self.height);
        let mut keypoints = [Keypoint { point: at(0.0, 0.95), score: 0.8 }; KEYPOINTS];
        let half = self.stance / 2.0;
        for (left, right, across, up) in [
            (joint::LEFT_SHOULDER, joint::RIGHT_SHOULDER, 0.1, 0.8),
            (joint::LEFT_ELBOW, joint::RIGHT_ELBOW, 0.15, 0.65),
            (joint::LEFT_WRIST, joint::RIGHT_WRIST, 0.2, 0.6),
            (joint::LEFT_HIP, joint::RIGHT_HIP, 0.08, 0.5),
            (joint::LEFT_KNEE, joint::RIGHT_KNEE, half * 0.7, 0.25),
            (joint::LEFT_ANKLE, joint::RIGHT_ANKLE, half, 0.0),
        ] {
            keypoints[left].point = at(-across, up);
            keypoints[right].point = at(across, up);
        }
        let pose = Pose { keypoints, score: 0.8 };
        Person { pose, bounds: pose.bounds(0.0).unwrap_or_default() }
    }
}

/// Detects exactly the figures of the moment; a crop shows the most central one, or nobody.
pub(super) struct Fake {
    pub(super) people: Vec<Person>,
}

impl PoseSource for Fake {
    fn find_people(&mut self, _: &Frame) -> Result<Vec<Person>, PoseError> {
        Ok(self.people.clone())
    }

    fn poses_in(&mut self, _: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        let no_person = Pose { keypoints: Default::default(), score: 0.0 };
        let central = |square: &Square| {
            let distance = |p: &&Person| p.bounds.centre().distance(square.centre());
            let inside = self.people.iter().filter(|p| square.contains(p.bounds.centre()));
            inside.min_by(|a, b| distance(a).total_cmp(&distance(b))).map_or(no_person, |p| p.pose)
        };
        Ok(squares.iter().map(central).collect())
    }
}

/// A textured hall, shifted by `pan`, with the figures as boxes in front.
pub(super) fn frame(index: u64, figures: &[Figure], pan: i32) -> Frame {
    let (width, height) = (SIZE.width as i32, SIZE.height as i32);
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    let boxes: Vec<(ImageRect, [u8; 3])> = figures.iter().rev().map(|d| (d.person().bounds, d.colour)).collect();
    for y in 0..height {
        for x in 0..width {
            let hall = (((x - pan).div_euclid(16) * 37 + y / 16 * 91).rem_euclid(160)) as u8;
            let at = ImagePoint::new(x as f32, y as f32);
            let figure = boxes.iter().find(|(bounds, _)| inside(*bounds, at));
            rgb.extend(figure.map_or([hall; 3], |(_, colour)| *colour));
        }
    }
    let at = Timestamp::from_secs(index as f64 / 30.0);
    Frame::from_rgb(at, FrameIndex(index), SIZE, SIZE, rgb).unwrap()
}

fn inside(b: ImageRect, at: ImagePoint) -> bool {
    (b.left..b.right).contains(&at.x) && (b.top..b.bottom).contains(&at.y)
}

/// Runs a scene of `frames` frames and returns the samples and the tracker.
pub(super) fn play(frames: u64, scene: impl Fn(u64) -> (Vec<Figure>, i32)) -> (Vec<TrackSample>, FencerTracker) {
    let mut tracker = FencerTracker::new();
    let samples = (0..frames)
        .map(|i| {
            let (figures, pan) = scene(i);
            let mut fake = Fake { people: figures.iter().map(|d| d.person()).collect() };
            tracker.observe(&frame(i, &figures, pan), &mut fake).unwrap()
        })
        .collect();
    (samples, tracker)
}

/// Centre of a fencer in the sample.
fn middle(sample: &TrackSample, side: Side) -> Option<f32> {
    Some(sample.poses[side].as_ref()?.bounds(0.2)?.centre().x)
}

pub(super) fn assert_at(sample: &TrackSample, left: f32, right: f32) {
    let seen = (middle(sample, Side::Left), middle(sample, Side::Right));
    let close = |seen: Option<f32>, wanted: f32| seen.is_some_and(|x| (x - wanted).abs() < 3.0);
    assert!(close(seen.0, left) && close(seen.1, right), "frame {:?}: {seen:?}, wanted {left} {right}", sample.frame);
}

#[test]
fn the_referee_between_and_the_next_piste_are_not_fencers() {
    let referee = Figure { x: 320.0, floor: 260.0, height: 150.0, stance: 0.1, colour: BLACK };
    let far = |x| Figure { x, floor: 160.0, height: 70.0, stance: 0.4, colour: RED };
    let (samples, _) =
        play(40, |_| (vec![referee, far(250.0), fencer(180.0, RED), fencer(470.0, BLUE), far(400.0)], 0));
    assert_at(&samples[0], 180.0, 470.0);
    assert_at(&samples[39], 180.0, 470.0);
}

#[test]
fn a_crossing_keeps_left_left_and_right_right() {
    let (samples, _) = play(60, |i| {
        let x = 160.0 + 5.0 * i as f32;
        (vec![fencer(x, RED), fencer(640.0 - x, BLUE)], 0)
    });
    assert_at(&samples[20], 260.0, 380.0);
    assert_at(&samples[59], 455.0, 185.0);
}

#[test]
fn a_fencer_who_is_not_seen_is_none_and_is_found_again() {
    let (samples, tracker) = play(60, |i| {
        let hidden = (20..30).contains(&i);
        let people = [Some(fencer(200.0 + i as f32, RED)), (!hidden).then(|| fencer(480.0, BLUE))];
        (people.into_iter().flatten().collect(), 0)
    });
    assert!(samples[20..30].iter().all(|s| s.poses.right.is_none() && s.poses.left.is_some()));
    assert!(samples[40..].iter().all(|s| s.poses.right.is_some()));
    assert!(tracker.diagnostics().seen.right < tracker.diagnostics().seen.left);
}

#[test]
fn one_person_or_nobody_is_never_a_pair() {
    let check = |people: usize| {
        let (samples, tracker) = play(20, |_| (vec![fencer(200.0, RED)][..people].to_vec(), 0));
        assert!(samples.iter().all(|s| s.poses.left.is_none() && s.poses.right.is_none()));
        let diagnostics = tracker.diagnostics();
        assert!(diagnostics.searches > 1 && diagnostics.most_people == people as u32);
    };
    check(0);
    check(1);
}

#[test]
fn a_pan_is_measured_and_the_fencers_stay_followed() {
    let (samples, _) = play(45, |i| {
        let pan = -3.0 * i as f32;
        (vec![fencer(260.0 + pan, RED), fencer(520.0 + pan, BLUE)], pan as i32)
    });
    let last = &samples[44];
    assert_at(last, 128.0, 388.0);
    assert!((last.camera_shift.x + 132.0).abs() < 8.0 && last.camera_shift.y.abs() < 4.0, "{:?}", last.camera_shift);
}

#[test]
fn a_standing_camera_does_not_drift() {
    let (samples, _) = play(40, |i| (vec![fencer(200.0 + 3.0 * i as f32, RED), fencer(480.0, BLUE)], 0));
    assert!(samples.iter().all(|s| s.camera_shift == ImagePoint::default()));
}

#[test]
fn the_same_scene_gives_the_same_samples_twice() {
    let scene = |i: u64| (vec![fencer(160.0 + 4.0 * i as f32, RED), fencer(480.0, BLUE)], 0);
    assert_eq!(play(50, scene).0, play(50, scene).0);
}
