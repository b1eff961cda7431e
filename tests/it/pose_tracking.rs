//! Pose models on real footage: both fencers followed to the touch; damaged models are refused with a reason.

use crate::support::{in_project, shared};
use fencing::time::{FrameIndex, Timestamp};
use lab::drawn::{DrawnPhrase, Studio, demo_script};
use std::path::Path;
use vision::inference::{BackendChoice, InferenceError, Runtime, Session};
use vision::pose::{Person, PoseConfig, PoseError, PoseEstimator, PoseModel, PoseModels, PoseSource, models_dir};
use vision::tracking::{FencerTracker, TrackDiagnostics, TrackSample};
use vision::video::{Cancel, ClipOptions, ClipReader, Frame, FrameSource};

/// The built-in engine is on every machine, so the tests of this process use it.
fn runtime() -> Runtime {
    Runtime::start(&BackendChoice::BuiltIn).expect("the built-in engine starts")
}

fn followed(clip: &Path, to_secs: Option<f64>) -> (Vec<TrackSample>, TrackDiagnostics) {
    let config = PoseConfig::new(models_dir(None, &[]).unwrap());
    let mut source = PoseModels::load(&runtime(), &config).unwrap().estimator();
    let options = ClipOptions { to_secs, ..ClipOptions::default() };
    let mut reader = ClipReader::open(clip, &options, &Cancel::default()).unwrap();
    let mut tracker = FencerTracker::new();
    let mut samples = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        samples.push(tracker.observe(&frame, &mut source).unwrap());
    }
    (samples, tracker.diagnostics())
}

#[test]
fn both_fencers_are_followed_to_the_touch() {
    // Frame of the touch as clips.json gives it, or as seen in the footage; the least share of frames with both.
    let check = |name: &str, touch: usize, least: f32| {
        let Some(clip) = shared(&format!("clips/{name}")) else { return };
        let (samples, diagnostics) = followed(&clip, Some(touch as f64 / 25.0));
        let before = &samples[..touch.min(samples.len())];
        let both = before.iter().filter(|s| s.poses.left.is_some() && s.poses.right.is_some()).count();
        assert!(both as f32 >= least * before.len() as f32, "{name}: both in {both} of {}", before.len());
        let ordered = before.iter().filter(|s| left_of(s)).count();
        assert!(ordered as f32 >= 0.98 * both as f32, "{name}: left is left in {ordered} of {both}");
        assert!(diagnostics.shot_changes.is_empty(), "{name}: {diagnostics:?}");
    };
    check("sabre-3809.mp4", 45, 0.97);
    check("epee-double.mp4", 48, 0.97);
    check("sabre-club.mp4", 45, 0.97);
    check("sabre-furseal.mp4", 127, 0.97);
}

/// Whether the left fencer's middle is left of the right fencer's.
fn left_of(sample: &TrackSample) -> bool {
    let middle = |pose: &vision::pose::Pose| pose.bounds(0.2).map(|b| b.centre().x);
    let left = sample.poses.left.as_ref().and_then(middle);
    let right = sample.poses.right.as_ref().and_then(middle);
    left.zip(right).is_some_and(|(left, right)| left < right)
}

#[test]
fn nobody_is_followed_where_nobody_fences() {
    let Some(clip) = shared("clips/no-fencers.mp4") else { return };
    let (samples, diagnostics) = followed(&clip, Some(1.0));
    assert!(samples.iter().all(|s| s.poses.left.is_none() && s.poses.right.is_none()));
    assert!(diagnostics.searches > 0 && diagnostics.most_people == 0);
}

#[test]
fn missing_damaged_and_foreign_models_are_refused_with_a_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let missing = Session::from_file(&runtime, &dir.path().join("none.onnx"), 1).unwrap_err();
    assert!(matches!(missing, InferenceError::Unreadable { .. }), "{missing}");
    let model = std::fs::read(in_project("models/movenet_singlepose_lightning_192.onnx")).unwrap();
    for (name, bytes) in
        [("empty.onnx", &b""[..]), ("text.onnx", b"not a model"), ("half.onnx", &model[..model.len() / 2])]
    {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let error = Session::from_file(&runtime, &path, 1).unwrap_err();
        assert!(error.to_string().ends_with(name), "{error}");
    }
    let lightning = in_project("models/movenet_singlepose_lightning_192.onnx");
    let config = PoseConfig { model: PoseModel::Yolo(lightning), ..PoseConfig::new(in_project("models")) };
    let error = PoseModels::load(&runtime, &config).unwrap_err();
    assert!(matches!(error, PoseError::UnknownLayout { .. }) && error.to_string().contains("[1,56,N]"), "{error}");
}

#[test]
fn phrases_that_share_one_set_of_models_see_what_they_would_see_alone() {
    let models = PoseModels::load(&runtime(), &PoseConfig::new(in_project("models"))).unwrap();
    let phrase = DrawnPhrase::new(demo_script(), Studio::default().with_size(320, 180));
    let at = |i: u64| phrase.frame_at(Timestamp::from_secs(i as f64), FrameIndex(i));
    let frames: Vec<_> = (0..3).filter_map(at).collect();
    let look = |eyes: &mut PoseEstimator, frame: &Frame| {
        let people = eyes.find_people(frame).unwrap();
        let squares: Vec<_> = people.iter().map(Person::square).collect();
        (people, eyes.poses_in(frame, &squares).unwrap())
    };
    let alone: Vec<_> = frames.iter().map(|frame| look(&mut models.estimator(), frame)).collect();
    let watch = || -> Vec<_> {
        let mut eyes = models.estimator();
        frames.iter().map(|frame| look(&mut eyes, frame)).collect()
    };
    let together = std::thread::scope(|scope| [scope.spawn(watch), scope.spawn(watch)].map(|t| t.join().unwrap()));
    assert!(together.iter().all(|seen| *seen == alone));
    assert!(alone.iter().all(|(people, poses)| people.len() >= 2 && poses.len() == people.len()));
}
