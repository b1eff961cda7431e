//! Corrections in the review: a fencer is pointed out in the picture, weapon and lamps are changed, all from kept poses. The pose source
//! knows the drawn fencers, so only what the window and the engine make of it is tested.

use crate::engine::fakes::engine_with;
use crate::support::in_project;
use crate::support::window::{Window, wait, window_judging_by};
use egui_kittest::kittest::Queryable;
use fencing::geometry::{ImagePoint, ImageRect};
use fencing::time::Timestamp;
use fencing::wording::{Language, Words};
use fencing::{PerSide, Side, Weapon};
use lab::drawn::{DrawnPhrase, demo_script, demo_studio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use vision::engine::PoseError;
use vision::pose::{Keypoint, Person, Pose, PoseSource, Square};
use vision::video::Frame;
use window::command::{Command, ReviewCommand as R};
use window::model::{Judging, Model};
use window::{App, EngineMaker, WindowOptions};

/// The drawn fencers and a person who stands behind the right one. The right fencer is not found until `right_is_found`.
#[derive(Clone)]
struct Eyes {
    phrase: DrawnPhrase,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    right_is_found: AtomicBool,
    inferences: AtomicUsize,
    /// The only frame in which the right fencer is found; `None` for all.
    right_only_at: Mutex<Option<Timestamp>>,
}

/// Where the bystander stands, in shares of the picture's width: behind the right fencer.
const BYSTANDER_AT: f32 = 0.9;

impl Eyes {
    fn joints(&self, at: Timestamp) -> PerSide<Pose> {
        self.phrase.true_joints(at)
    }

    /// The left fencer as drawn in the first frame, moved aside.
    fn bystander(&self, width: f32) -> Pose {
        let pose = self.joints(Timestamp::ZERO).left;
        let shift = BYSTANDER_AT * width - body(&pose).centre().x;
        let aside = |k: Keypoint| Keypoint { point: ImagePoint::new(k.point.x + shift, k.point.y), ..k };
        Pose { keypoints: pose.keypoints.map(aside), ..pose }
    }

    fn people(&self, frame: &Frame) -> Vec<Person> {
        let joints = self.joints(frame.at);
        let mut poses = vec![joints.left, self.bystander(frame.source_size.width as f32)];
        let only_at = *self.shared.right_only_at.lock().expect("no test panicked");
        if self.shared.right_is_found.load(Ordering::Relaxed) && only_at.is_none_or(|only| only == frame.at) {
            poses.push(joints.right);
        }
        poses.into_iter().filter_map(|pose| Some(Person { pose, bounds: pose.bounds(0.2)? })).collect()
    }
}

impl PoseSource for Eyes {
    fn find_people(&mut self, frame: &Frame) -> Result<Vec<Person>, PoseError> {
        self.shared.inferences.fetch_add(1, Ordering::Relaxed);
        Ok(self.people(frame))
    }

    fn poses_in(&mut self, frame: &Frame, squares: &[Square]) -> Result<Vec<Pose>, PoseError> {
        self.shared.inferences.fetch_add(squares.len(), Ordering::Relaxed);
        let people = self.people(frame);
        let nobody = Pose { keypoints: [Keypoint::default(); 17], score: 0.0 };
        let nearest = |square: &Square| {
            let distance = |p: &&Person| p.bounds.centre().distance(square.centre());
            let inside = people.iter().filter(|p| square.contains(p.bounds.centre()));
            inside.min_by(|a, b| distance(a).total_cmp(&distance(b))).map_or(nobody, |p| p.pose)
        };
        Ok(squares.iter().map(nearest).collect())
    }
}

struct Scene {
    window: Window,
    eyes: Eyes,
    /// The folder of the clip.
    folder: tempfile::TempDir,
}

/// The demo phrase, judged with the bystander as the right fencer.
fn judged_with_a_bystander() -> Scene {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["demo-phrase.mp4", "demo-phrase.txt"] {
        std::fs::copy(in_project("assets/demo").join(name), folder.path().join(name)).expect("the demo is there");
    }
    let eyes = Eyes { phrase: DrawnPhrase::new(demo_script(), demo_studio()), shared: Arc::default() };
    let (made, clip) = (eyes.clone(), folder.path().join("demo-phrase.mp4"));
    let maker: EngineMaker = Arc::new(move |_| Ok(engine_with(made.clone())));
    let mut window = window_judging_by(WindowOptions { clips: vec![clip], ..WindowOptions::default() }, maker);
    wait(&mut window, "the verdict", |app| app.model().review.judgement.is_some());
    Scene { window, eyes, folder }
}

impl Scene {
    fn model(&self) -> &Model {
        self.window.state().model()
    }

    fn send(&mut self, command: R) {
        self.window.state_mut().send(Command::Review(command));
        self.window.run_steps(3);
    }

    fn inferences(&self) -> usize {
        self.eyes.shared.inferences.load(Ordering::Relaxed)
    }

    /// Clicks a point of the clip in the picture.
    fn click(&mut self, at: ImagePoint) {
        let picture = self.window.get_by_label("Picture").rect();
        let size = self.model().review.judgement.as_ref().expect("judged").tracks.frame_size;
        let share = egui::vec2(at.x / size.width as f32, at.y / size.height as f32);
        let place = picture.min + share * picture.size();
        self.window.hover_at(place);
        self.window.run_steps(1);
        self.window.drag_at(place);
        self.window.drop_at(place);
        self.window.run_steps(2);
    }

    /// The middle of the drawn right fencer in the frame on the screen.
    fn right_fencer(&self) -> ImagePoint {
        body(&self.eyes.joints(self.model().review.playback.now()).right).centre()
    }

    /// Points the right fencer out and waits until the phrase is judged again.
    fn point_out_the_right_fencer(&mut self) {
        self.eyes.shared.right_is_found.store(true, Ordering::Relaxed);
        self.window.key_press_modifiers(egui::Modifiers::ALT, egui::Key::Num3);
        self.window.run_steps(3);
        assert!(self.window.query_by_label_contains("Click the right fencer").is_some(), "the next click is explained");
        let at = self.right_fencer();
        self.click(at);
        wait(&mut self.window, "the correction", |app| app.model().review.corrections.len() == 1);
    }

    /// Share of the frames in which the right fencer's track is the drawn right fencer.
    fn right_share(&self) -> f64 {
        let tracks = &self.model().review.judgement.as_ref().expect("judged").tracks;
        let fits = |sample: &&vision::tracking::TrackSample| {
            let drawn = body(&self.eyes.joints(sample.at).right);
            sample.poses.right.is_some_and(|pose| body(&pose).centre().distance(drawn.centre()) < 2.0)
        };
        tracks.samples.iter().filter(fits).count() as f64 / tracks.samples.len() as f64
    }

    /// Sends a command that needs no inference; returns how long the answer took, in milliseconds.
    fn answered(&mut self, command: R, what: &str, done: impl Fn(&App) -> bool) -> f64 {
        let (inferences, started) = (self.inferences(), Instant::now());
        self.send(command);
        wait(&mut self.window, what, done);
        let millis = started.elapsed().as_secs_f64() * 1000.0;
        assert_eq!(self.inferences(), inferences, "{what}: the poses are kept");
        millis
    }
}

fn body(pose: &Pose) -> ImageRect {
    pose.bounds(0.2).unwrap_or_default()
}

fn weapon_of(app: &App) -> Option<Weapon> {
    app.model().review.judgement.as_ref().map(|judgement| judgement.weapon)
}

#[test]
fn a_click_on_the_right_person_mends_every_frame_and_is_taken_back() {
    let mut scene = judged_with_a_bystander();
    assert!(scene.right_share() < 0.05, "the bystander was taken for the right fencer: {}", scene.right_share());
    let wrong = scene.model().review.judgement.clone().expect("judged");
    let frame = scene.model().review.playback.cursor();
    scene.point_out_the_right_fencer();
    assert!(scene.right_share() > 0.95, "{}", scene.right_share());
    let review = &scene.model().review;
    assert_eq!((review.playback.cursor(), review.picking), (frame, None), "the frame that is looked at stays");
    let by_hand = |model: &Model| {
        let judgement = model.review.judgement.as_ref().expect("judged");
        judgement.cautions.iter().any(|caution| caution.key == "fencer_by_hand")
    };
    assert!(by_hand(scene.model()), "the verdict says that it rests on a person's word");
    scene.answered(R::Undo, "undo", |app| app.model().review.corrections.is_empty());
    let review = &scene.model().review;
    assert_eq!(review.judgement.as_ref().expect("judged").tracks, wrong.tracks);
    assert!(!by_hand(scene.model()));
}

/// The sentence under the picture, the facts and the marks of the timeline name the times of the signals.
fn assert_epee_times_have_one_source(scene: &Scene) {
    let judgement = scene.model().review.judgement.as_ref().expect("judged");
    let sentence = Words::new(Language::English).lights_apart(&judgement.signals, Weapon::Epee);
    let sentence = sentence.expect("the demo has two lights");
    assert!(scene.window.query_by_label(&sentence).is_some(), "{sentence}");
    let lights = judgement.verdict.facts.iter().filter(|fact| fact.key == "fact_lamp_valid");
    let of_facts: Vec<_> = lights.map(|fact| (fact.side, fact.span.map(|span| span.start))).collect();
    let of_signals = Side::BOTH.map(|side| (Some(side), judgement.signals.first_lit(side).map(|(at, _)| at)));
    assert_eq!(of_facts, of_signals);
}

#[test]
fn weapon_lights_and_exchanged_fencers_are_answered_from_kept_poses() {
    let mut scene = judged_with_a_bystander();
    scene.point_out_the_right_fencer();
    let weapon = scene.answered(R::Weapon(Weapon::Epee), "épée", |app| weapon_of(app) == Some(Weapon::Epee));
    assert_epee_times_have_one_source(&scene);
    let lights = scene.answered(R::TouchHere(window::command::TouchByHand::One(Side::Left)), "the light", |app| {
        app.model().review.judgement.as_ref().is_some_and(|j| j.signals.first_lit(Side::Right).is_none())
    });
    let before = scene.model().review.judgement.as_ref().expect("judged").tracks.clone();
    scene.send(R::PickFencer(Side::Left));
    let (inferences, started) = (scene.inferences(), Instant::now());
    let at = scene.right_fencer();
    scene.click(at);
    wait(&mut scene.window, "the exchange", |app| app.model().review.corrections.len() == 2);
    let exchange = started.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(scene.inferences(), inferences, "an exchange needs no inference");
    let now = scene.model().review.playback.cursor();
    let after = &scene.model().review.judgement.as_ref().expect("judged").tracks;
    assert_eq!(after.samples[now].poses, before.samples[now].poses.swapped());
    println!("answered from kept poses: weapon {weapon:.0} ms, lights {lights:.0} ms, exchange {exchange:.0} ms");
}

#[test]
fn a_correction_that_fails_keeps_the_verdict() {
    let mut scene = judged_with_a_bystander();
    let verdict = scene.model().review.judgement.clone();
    scene.send(R::PickFencer(Side::Right));
    scene.click(ImagePoint::new(5.0, 5.0));
    wait(&mut scene.window, "the answer", |app| {
        app.model().notices.history().iter().any(|notice| notice.text.contains("notice-fencer-nobody"))
    });
    assert!(scene.window.query_by_label_contains("Nobody was found there").is_some());
    let review = &scene.model().review;
    assert!(matches!(review.judging, Judging::Idle) && review.corrections.is_empty());
    assert_eq!(review.judgement, verdict);
    scene.send(R::PickFencer(Side::Left));
    scene.window.key_press(egui::Key::Escape);
    scene.window.run_steps(3);
    assert_eq!(scene.model().review.picking, None, "Escape puts it away");
}

#[test]
fn a_clip_that_is_gone_is_still_judged_again_and_a_failure_keeps_the_verdict() {
    let mut scene = judged_with_a_bystander();
    std::fs::remove_file(scene.folder.path().join("demo-phrase.mp4")).expect("it was there");
    scene.answered(R::Weapon(Weapon::Foil), "foil", |app| weapon_of(app) == Some(Weapon::Foil));
    let verdict = scene.model().review.judgement.clone();
    scene.send(R::JudgeAgain);
    wait(&mut scene.window, "the failure", |app| matches!(app.model().review.judging, Judging::Failed(_)));
    assert!(scene.window.query_by_label_contains("could not be judged").is_some());
    let review = &scene.model().review;
    assert_eq!((&review.judgement, review.weapon), (&verdict, Weapon::Foil), "the verdict and its weapon stay");
}

#[test]
fn a_side_that_is_on_nobody_is_said_to_be_lost() {
    let mut scene = judged_with_a_bystander();
    let lost = |scene: &Scene| scene.window.query_by_label_contains("Right fencer lost").is_some();
    assert!(!lost(&scene), "somebody is followed");
    // The right fencer is found in the frame of the click and in no other.
    let at = scene.model().review.playback.now();
    *scene.eyes.shared.right_only_at.lock().expect("no test panicked") = Some(at);
    scene.point_out_the_right_fencer();
    assert!(!lost(&scene), "in this frame the right fencer is there");
    scene.send(R::Step(-1));
    assert!(lost(&scene), "and in the one before nobody, not the bystander");
    scene.send(R::ToggleSkeletons);
    assert!(!lost(&scene), "hidden with the skeletons");
}
