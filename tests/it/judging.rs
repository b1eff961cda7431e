//! What must hold for every phrase, whatever the fencers do: mirror, time, camera, frame rate, lockout, order of the lamps.

use fencing::actions;
use fencing::geometry::PistePoint;
use fencing::kinematics::{Motion, MotionError, RawPose};
use fencing::right_of_way::{DecisionSettings, Evidence, NO_ACTION_RULE, Verdict, decide, reference};
use fencing::time::Timestamp;
use fencing::{Call, Lamp, PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};
use proptest::prelude::*;

const TOUCH_SECS: f64 = 2.0;

/// How one fencer moves: he sets off, may stop for a while, and attacks.
#[derive(Clone, Copy, Debug)]
struct Style {
    sets_off: f64,
    speed: f64,
    stops: f64,
    stop_length: f64,
    arm: f64,
}

fn style() -> impl Strategy<Value = Style> {
    (0.0..0.6, 0.4..1.6, 0.3..1.8, 0.0..0.9, 0.8..1.9).prop_map(|(sets_off, speed, stops, stop_length, arm)| Style {
        sets_off,
        speed,
        stops,
        stop_length,
        arm,
    })
}

/// Metres forward of the body at a time.
fn forward(style: Style, secs: f64) -> f64 {
    let moving = |from: f64, to: f64| (secs.min(to) - from).max(0.0);
    let resumes = style.stops + style.stop_length;
    style.speed * (moving(style.sets_off, style.stops.max(style.sets_off)) + moving(resumes.max(style.sets_off), 9.0))
}

/// A fencer on guard in his own direction: rear joints odd, front joints even, moved forward, the arm out after its time.
fn pose(side: Side, style: Style, secs: f64) -> RawPose {
    let body = forward(style, secs) - 2.4;
    let reach = 0.25 + 0.35 * ((secs - style.arm) / 0.2).clamp(0.0, 1.0);
    let sign = f64::from(side.forward_sign());
    let at = |x: f64, y: f64| Some(PistePoint { x: (sign * (body + x)) as f32, y: y as f32 });
    let mut pose: RawPose = [None; 17];
    let joints = [
        (5, -0.1, 1.15),
        (6, 0.1, 1.15),
        (7, -0.25, 1.0),
        (8, reach * 0.5, 1.1),
        (9, -0.3, 1.2),
        (10, reach, 1.15),
        (11, -0.08, 0.7),
        (12, 0.08, 0.7),
        (13, -0.2, 0.35),
        (14, 0.25, 0.35),
        (15, -0.3, 0.0),
        (16, 0.4, 0.0),
    ];
    for (joint, x, y) in joints {
        pose[joint] = at(x, y);
    }
    pose
}

fn times(fps: f64, secs: f64) -> Vec<Timestamp> {
    (0..=(secs * fps) as usize).map(|i| Timestamp::from_secs(i as f64 / fps)).collect()
}

fn keypoints(styles: PerSide<Style>, times: &[Timestamp]) -> PerSide<Vec<RawPose>> {
    PerSide::from_fn(|side| times.iter().map(|t| pose(side, styles[side], t.secs())).collect())
}

fn both_lamps(left_secs: f64, right_secs: f64) -> SignalLog {
    let mut log = SignalLog::default();
    for (side, secs) in [(Side::Left, left_secs), (Side::Right, right_secs)] {
        let kind = SignalKind::Lamp { side, lamp: Lamp::Valid };
        log.push(event(secs, kind));
    }
    log
}

fn event(secs: f64, kind: SignalKind) -> SignalEvent {
    SignalEvent { at: Timestamp::from_secs(secs), uncertainty_secs: 0.0, source: SignalSource::Log, kind }
}

fn gathered(motion: &Motion, log: &SignalLog, weapon: Weapon) -> Evidence {
    Evidence::gather(&actions::detect(motion, log, weapon), Some(motion), log, (weapon, &DecisionSettings::default()))
}

fn verdict(motion: &Motion, log: &SignalLog, weapon: Weapon) -> Verdict {
    decide(
        &gathered(motion, log, weapon),
        None,
        &DecisionSettings { min_confidence: 0.0, ..DecisionSettings::default() },
    )
}

fn motion(styles: PerSide<Style>, fps: f64) -> Motion {
    let times = times(fps, 2.6);
    Motion::from_keypoints(times.clone(), keypoints(styles, &times)).expect("a whole phrase")
}

fn mirrored(poses: PerSide<Vec<RawPose>>) -> PerSide<Vec<RawPose>> {
    let flip = |p: RawPose| p.map(|p| p.map(|p| PistePoint { x: -p.x, y: p.y }));
    poses.swapped().map(|poses| poses.into_iter().map(flip).collect())
}

/// Both stand, sway a little, and a key lights both lamps: no side is leaned to.
#[test]
fn where_nobody_moved_there_is_nothing_to_judge() {
    let stands = Style { sets_off: 9.0, speed: 0.0, stops: 9.5, stop_length: 0.0, arm: 9.0 };
    let sways = |secs: f64| 0.03 * (3.0 * secs).sin();
    let times = times(30.0, 2.6);
    let poses = PerSide::from_fn(|side| {
        let swaying = |t: &Timestamp| {
            pose(side, stands, 0.0).map(|p| p.map(|p| PistePoint { x: p.x + sways(t.secs()) as f32, ..p }))
        };
        times.iter().map(swaying).collect()
    });
    let motion = Motion::from_keypoints(times, poses).unwrap();
    let log = both_lamps(TOUCH_SECS, TOUCH_SECS);
    let still = verdict(&motion, &log, Weapon::Sabre);
    assert_eq!((still.call, still.rule, still.confidence.0), (Call::TooClose, NO_ACTION_RULE, 0.0));
    assert_eq!(still.probabilities.left, still.probabilities.right);
    let attacks = Style { sets_off: 0.2, speed: 1.2, arm: 1.5, ..stands };
    let one = self::motion(PerSide::new(attacks, stands), 30.0);
    assert_ne!(verdict(&one, &log, Weapon::Sabre).rule, NO_ACTION_RULE, "one of them attacked");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_mirrored_phrase_gets_the_mirrored_verdict(left in style(), right in style(), contact in 1.0..2.0_f64) {
        let times = times(30.0, 2.6);
        let poses = keypoints(PerSide::new(left, right), &times);
        let mut log = both_lamps(TOUCH_SECS, TOUCH_SECS);
        log.push(event(contact, SignalKind::BladeContact));
        let one = Motion::from_keypoints(times.clone(), poses.clone()).unwrap();
        let other = Motion::from_keypoints(times, mirrored(poses)).unwrap();
        let (a, b) = (verdict(&one, &log, Weapon::Sabre), verdict(&other, &log, Weapon::Sabre));
        prop_assert_eq!(a.call.mirrored(), b.call);
        prop_assert_eq!((a.rule, a.confidence, a.reason_code), (b.rule, b.confidence, b.reason_code));
        prop_assert_eq!((a.probabilities.left, a.probabilities.none), (b.probabilities.right, b.probabilities.none));
        let baseline = |m: &Motion| reference::call(&gathered(m, &log, Weapon::Sabre));
        prop_assert_eq!((baseline(&one).0.mirrored(), baseline(&one).1), baseline(&other));
    }

    #[test]
    fn shifting_time_and_moving_the_piste_change_nothing(left in style(), right in style(), by in 1_u32..9) {
        let by = f64::from(by);
        let base = times(30.0, 2.6);
        let poses = keypoints(PerSide::new(left, right), &base);
        let moved = |x: f32, y: f32| poses.clone().map(|poses| {
            let shift = |p: PistePoint| PistePoint { x: p.x + x, y: p.y + y };
            poses.into_iter().map(|pose| pose.map(|p| p.map(shift))).collect()
        });
        let of = |motion: &Motion, secs| {
            let verdict = verdict(motion, &both_lamps(TOUCH_SECS + secs, TOUCH_SECS + secs), Weapon::Sabre);
            (verdict.call, verdict.rule)
        };
        // A phrase on a knife's edge, which rounding alone may tip, says nothing: neither a millimetre nor a hundredth of one from
        // frame to frame may matter. Eight metres away a coordinate is rounded to a thousandth of a millimetre.
        let shaken = |sign: f32| poses.clone().map(|poses| {
            let noise = |i: usize, p: PistePoint| PistePoint { x: p.x + sign * 1e-5 * ((i * 7919 % 13) as f32 - 6.0) / 6.0, ..p };
            poses.into_iter().enumerate().map(|(i, pose)| pose.map(|p| p.map(|p| noise(i, p)))).collect()
        });
        let nudged = [moved(-1e-3, 0.0), moved(1e-3, 0.0), shaken(1.0), shaken(-1.0)]
            .map(|poses| Motion::from_keypoints(base.clone(), poses).unwrap());
        let here = Motion::from_keypoints(base.clone(), poses.clone()).unwrap();
        prop_assume!(nudged.iter().all(|nudged| of(nudged, 0.0) == of(&here, 0.0)));
        let later = base.iter().map(|t| t.plus_secs(by)).collect();
        let there = Motion::from_keypoints(later, moved(by as f32, -0.5)).unwrap();
        prop_assert_eq!(of(&here, 0.0), of(&there, by));
    }

    #[test]
    fn frames_after_the_lockout_never_matter(left in style(), right in style(), after in style()) {
        let long = times(30.0, 4.0);
        let mut poses = keypoints(PerSide::new(left, right), &long);
        let whole = Motion::from_keypoints(long.clone(), poses.clone()).unwrap();
        let end = TOUCH_SECS + Weapon::Sabre.timings().lockout_secs;
        for side in Side::BOTH {
            for (pose_then, at) in poses[side].iter_mut().zip(&long).filter(|(_, at)| at.secs() > end) {
                *pose_then = pose(side.opponent(), after, at.secs() * 3.0);
            }
        }
        let other = Motion::from_keypoints(long, poses).unwrap();
        let log = both_lamps(TOUCH_SECS, TOUCH_SECS);
        prop_assert_eq!(verdict(&whole, &log, Weapon::Sabre), verdict(&other, &log, Weapon::Sabre));
    }

    #[test]
    fn the_order_of_the_lamps_never_matters(left in style(), right in style(), gap in 0.0..0.17_f64) {
        let motion = motion(PerSide::new(left, right), 30.0);
        let one = verdict(&motion, &both_lamps(TOUCH_SECS, TOUCH_SECS + gap), Weapon::Sabre);
        let other = verdict(&motion, &both_lamps(TOUCH_SECS + gap, TOUCH_SECS), Weapon::Sabre);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn epee_never_asks_for_priority(left in style(), right in style()) {
        let motion = motion(PerSide::new(left, right), 30.0);
        let verdict = verdict(&motion, &both_lamps(TOUCH_SECS, TOUCH_SECS), Weapon::Epee);
        prop_assert_eq!((verdict.call, verdict.rule.0), (Call::Double, "E1"));
    }
}

/// Clear phrases come out alike at every frame rate: one stops, the other does not.
#[test]
fn frame_rates_agree_on_a_clear_phrase() {
    let steady = Style { sets_off: 0.1, speed: 0.8, stops: 9.0, stop_length: 0.0, arm: 1.7 };
    let stopper = Style { sets_off: 0.1, speed: 0.8, stops: 0.9, stop_length: 0.7, arm: 1.75 };
    for (styles, winner) in [(PerSide::new(steady, stopper), Side::Left), (PerSide::new(stopper, steady), Side::Right)]
    {
        for fps in [15.0, 30.0, 60.0] {
            let verdict = verdict(&motion(styles, fps), &both_lamps(TOUCH_SECS, TOUCH_SECS), Weapon::Sabre);
            assert_eq!(verdict.call, Call::Touch(winner), "{fps} fps: {verdict:?}");
        }
    }
}

#[test]
fn limbs_that_swap_and_jump_do_not_change_a_clear_call() {
    let steady = Style { sets_off: 0.1, speed: 0.8, stops: 9.0, stop_length: 0.0, arm: 1.7 };
    let stopper = Style { sets_off: 0.1, speed: 0.8, stops: 0.9, stop_length: 0.7, arm: 1.75 };
    let times = times(30.0, 2.6);
    let mut poses = keypoints(PerSide::new(steady, stopper), &times);
    for (i, pose) in poses.right.iter_mut().enumerate() {
        if i % 5 == 2 {
            pose.swap(15, 16);
            pose.swap(9, 10);
        }
        if i % 9 == 4 {
            pose[16] = Some(PistePoint { x: -3.0, y: 1.0 });
        }
        if i % 7 == 3 {
            pose[12] = None;
        }
    }
    let motion = Motion::from_keypoints(times, poses).unwrap();
    assert_eq!(verdict(&motion, &both_lamps(TOUCH_SECS, TOUCH_SECS), Weapon::Sabre).call, Call::Touch(Side::Left));
}

#[test]
fn one_broken_frame_or_joint_refuses_nobody() {
    let steady = Style { sets_off: 0.1, speed: 0.8, stops: 9.0, stop_length: 0.0, arm: 1.7 };
    let stopper = Style { sets_off: 0.1, speed: 0.8, stops: 0.9, stop_length: 0.7, arm: 1.75 };
    let times = times(30.0, 2.6);
    let good = keypoints(PerSide::new(steady, stopper), &times);
    let call = |poses: PerSide<Vec<RawPose>>| {
        let motion = Motion::from_keypoints(times.clone(), poses).expect("it can be judged");
        verdict(&motion, &both_lamps(TOUCH_SECS, TOUCH_SECS), Weapon::Sabre).call
    };
    let mut exchanged = good.clone();
    (exchanged.left[0], exchanged.right[0]) = (good.right[0], good.left[0]);
    assert_eq!(call(exchanged), Call::Touch(Side::Left), "the fencers are confused in the first frame");
    let mut lost = good.clone();
    lost.left.iter_mut().for_each(|pose| pose[15] = Some(PistePoint { x: -1.0, y: 8.0 }));
    assert_eq!(call(lost), Call::Touch(Side::Left), "one ankle is elsewhere all along");
}

#[test]
fn who_is_hardly_seen_is_judged_with_little_confidence() {
    let steady = Style { sets_off: 0.1, speed: 0.8, stops: 9.0, stop_length: 0.0, arm: 1.7 };
    let stopper = Style { sets_off: 0.1, speed: 0.8, stops: 0.9, stop_length: 0.7, arm: 1.75 };
    let times = times(30.0, 2.6);
    let confidence = |seen_every: usize| {
        let mut poses = keypoints(PerSide::new(steady, stopper), &times);
        let unseen = |(i, pose): (usize, &mut RawPose)| {
            if i % seen_every != 0 {
                *pose = [None; 17];
            }
        };
        poses.right.iter_mut().enumerate().for_each(unseen);
        let motion = Motion::from_keypoints(times.clone(), poses).expect("it can be judged");
        verdict(&motion, &both_lamps(TOUCH_SECS, TOUCH_SECS), Weapon::Sabre).confidence.0
    };
    let (whole, half, hardly) = (confidence(1), confidence(2), confidence(12));
    assert!(whole > half && half > hardly && hardly < 0.6, "{whole} {half} {hardly}");
}

#[test]
fn what_cannot_be_a_phrase_is_refused_by_name() {
    let calm = Style { sets_off: 0.1, speed: 0.5, stops: 9.0, stop_length: 0.0, arm: 1.0 };
    let good_times = times(30.0, 1.0);
    let good = keypoints(PerSide::new(calm, calm), &good_times);
    let made = |times: &[Timestamp], poses: PerSide<Vec<RawPose>>| Motion::from_keypoints(times.to_vec(), poses).err();
    assert_eq!(made(&[], PerSide::default()), Some(MotionError::NoFrames));
    let mut unsorted = good_times.clone();
    unsorted.swap(3, 4);
    assert_eq!(made(&unsorted, good.clone()), Some(MotionError::TimesOutOfOrder { frame: 4 }));
    let mut broken = good.clone();
    broken.right[2][10] = Some(PistePoint { x: f32::NAN, y: 1.0 });
    assert_eq!(made(&good_times, broken), Some(MotionError::NotANumber { side: Side::Right, frame: 2, joint: 10 }));
    let mut alone = good.clone();
    alone.left = vec![[None; 17]; good_times.len()];
    assert!(matches!(made(&good_times, alone), Some(MotionError::FencerMissing { side: Side::Left, seen: 0, .. })));
    let giants = good.clone().map(|poses| {
        let grow = |p: PistePoint| PistePoint { x: p.x * 100.0, y: p.y * 100.0 };
        poses.into_iter().map(|pose| pose.map(|p| p.map(grow))).collect()
    });
    assert!(matches!(made(&good_times, giants), Some(MotionError::AbsurdUnits { .. })));
    assert_eq!(made(&good_times, good.clone().swapped()), Some(MotionError::SidesExchanged));
    let short = PerSide::new(good.left[1..].to_vec(), good.right.clone());
    assert!(matches!(made(&good_times, short), Some(MotionError::LengthMismatch { side: Side::Left, .. })));
}

/// A key is pressed by hand, and a box may stop its clock a moment before it names the lamp: only a touch that is later than both
/// times may be off was fenced after the halt.
#[test]
fn a_touch_at_the_very_halt_is_not_annulled() {
    let ruled = |touch: f64, other: f64, kind: SignalKind| {
        let mut log = SignalLog::default();
        log.push(event(touch, SignalKind::Lamp { side: Side::Left, lamp: Lamp::Valid }));
        log.push(SignalEvent { uncertainty_secs: 0.2, ..event(other, kind) });
        let settings = DecisionSettings::default();
        let evidence = Evidence::gather(&actions::Timeline::default(), None, &log, (Weapon::Sabre, &settings));
        decide(&evidence, None, &settings).rule.0
    };
    assert_eq!([ruled(2.0, 1.9, SignalKind::Halt), ruled(2.0, 1.5, SignalKind::Halt)], ["L1", "A2"]);
    assert_eq!([ruled(2.0, 2.1, SignalKind::PhraseStart), ruled(2.0, 2.5, SignalKind::PhraseStart)], ["L1", "A2"]);
}

#[test]
fn without_poses_single_lights_are_ruled_and_doubles_are_too_close() {
    let ruled = |log: &SignalLog| {
        let settings = DecisionSettings::default();
        let evidence = Evidence::gather(&actions::Timeline::default(), None, log, (Weapon::Sabre, &settings));
        decide(&evidence, None, &settings)
    };
    let mut single = SignalLog::default();
    single.push(event(1.0, SignalKind::Lamp { side: Side::Right, lamp: Lamp::Valid }));
    assert_eq!((ruled(&single).call, ruled(&single).reason_code), (Call::Touch(Side::Right), "single_light"));
    let double = ruled(&both_lamps(1.0, 1.1));
    assert_eq!(double.call, Call::TooClose);
    assert!(double.missing.contains(&"missing_poses"), "{:?}", double.missing);
}
