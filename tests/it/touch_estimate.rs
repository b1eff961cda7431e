//! The estimated time of the touch against scoring logs, against drawn motion, and mirrored.

use crate::support::shared;
use fencing::geometry::PistePoint;
use fencing::kinematics::{Motion, TIMED_SECS, limb, with_touch_placed};
use fencing::time::Timestamp;
use fencing::{Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource};
use learning::{Question, motion, open};
use proptest::prelude::*;

/// On most phrases the estimate is this near to the log, in seconds.
const NEAR_SECS: f64 = 0.25;

/// Two fencers four metres apart who close at `speed` metres per second each from `start` on, touch and run on, 30 frames a second.
fn closing(start: f64, speed: f32) -> Motion {
    let times: Vec<Timestamp> = (0..120).map(|i| Timestamp::from_secs(f64::from(i) / 30.0)).collect();
    let poses = |sign: f32| {
        let at = |time: &Timestamp| {
            let gone = ((time.secs() - start).max(0.0) as f32 * speed).min(1.8);
            let mut pose = [None; 17];
            for (joint, x, y) in [
                (limb::REAR_HIP, -2.3, 0.9),
                (limb::FRONT_HIP, -2.2, 0.9),
                (limb::REAR_FOOT, -2.6, 0.0),
                (limb::FRONT_FOOT, -2.0, 0.0),
            ] {
                pose[joint] = Some(PistePoint { x: sign * (x + gone), y });
            }
            pose
        };
        times.iter().map(at).collect::<Vec<_>>()
    };
    Motion::from_keypoints(times.clone(), PerSide::new(poses(1.0), poses(-1.0))).expect("a good motion")
}

proptest! {
    /// Where the feet pass 1.3 m of each other, whatever their speed.
    #[test]
    fn drawn_fencers_touch_where_they_close(start in 0.3..1.5_f64, speed in 1.0..3.0_f32) {
        let estimate = closing(start, speed).touch_estimate().expect("feet are seen");
        let passed = start + f64::from((4.0 - 1.3) / 2.0 / speed);
        prop_assert!((estimate.secs() - passed - 0.08).abs() < 0.05, "{} {passed}", estimate.secs());
    }
}

#[test]
fn the_estimate_is_near_the_log_in_most_phrases_and_mirrored_exactly() {
    let mut near = Vec::new();
    for set in ["B", "C"] {
        let Some(path) = shared(&format!("data/phrases/{set}.jsonl.gz")) else { return };
        for line in open(&path).expect("the data can be read").filter_map(Result::ok) {
            let question = Question::read(&line, 1).expect("a record");
            let Some(touch) = question.signals.first_touch() else { continue };
            let Ok(Some(seen)) = motion(&question) else { continue };
            let estimate = seen.touch_estimate().expect("feet are seen");
            near.push((estimate.secs() - touch.at.secs()).abs() <= NEAR_SECS);
            let mirror = motion(&question.mirrored()).expect("as good").expect("as good").touch_estimate();
            assert_eq!(mirror, Some(estimate), "{}", question.id);
        }
    }
    let share = near.iter().filter(|near| **near).count() as f64 / near.len() as f64;
    println!("within {NEAR_SECS} s of the log: {:.1} % of {}", 100.0 * share, near.len());
    assert!(share > 0.75, "{share}");
}

fn lamps(secs: f64, uncertainty_secs: f64) -> SignalLog {
    let mut log = SignalLog::default();
    for side in Side::BOTH {
        let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
        log.push(SignalEvent { at: Timestamp::from_secs(secs), uncertainty_secs, source: SignalSource::Log, kind });
    }
    log
}

#[test]
fn a_sure_touch_stays_and_an_unsure_one_moves_within_its_doubt() {
    let motion = closing(1.0, 2.0);
    let estimate = motion.touch_estimate().expect("feet are seen").secs();
    let placed = |secs: f64, uncertainty: f64| {
        let log = lamps(secs, uncertainty);
        with_touch_placed(&log, &motion).first_touch().expect("a touch")
    };
    assert_eq!(placed(2.5, TIMED_SECS).at, Timestamp::from_secs(2.5));
    assert!((placed(2.0, 1.0).at.secs() - estimate).abs() < 1e-6);
    assert!((placed(estimate + 0.5, 0.2).at.secs() - estimate - 0.3).abs() < 1e-6);
    assert!(placed(2.0, 1.0).uncertainty_secs > TIMED_SECS, "an estimate is no signalled time");
}
