//! What each fencer did, from motion made for it: every kind of action is found where it was put, for either fencer.

use fencing::actions::{Action, ActionKind, Timeline, detect};
use fencing::geometry::PistePoint;
use fencing::kinematics::{Motion, RawPose};
use fencing::time::Timestamp;
use fencing::{PerSide, Side, SignalEvent, SignalKind, SignalLog, SignalSource, Weapon};

const TOUCH_SECS: f64 = 2.4;
const FPS: f64 = 30.0;

/// Where the parts of a fencer are at a moment, metres forward in his own direction from where his hips began.
#[derive(Clone, Copy, Debug)]
struct Stand {
    hips: f64,
    front_foot: f64,
    rear_foot: f64,
    /// The hand before the hips.
    reach: f64,
}

/// On guard, moved forward by `hips`.
fn on_guard(hips: f64) -> Stand {
    Stand { hips, front_foot: hips + 0.3, rear_foot: hips - 0.3, reach: 0.3 }
}

/// 0 before `from`, 1 after `to`, evenly in between.
fn share(secs: f64, from: f64, to: f64) -> f64 {
    ((secs - from) / (to - from)).clamp(0.0, 1.0)
}

fn pose(side: Side, stand: Stand) -> RawPose {
    let sign = f64::from(side.forward_sign());
    let at = |x: f64, y: f64| Some(PistePoint { x: (sign * (x - 2.4)) as f32, y: y as f32 });
    let Stand { hips, front_foot, rear_foot, reach } = stand;
    // A bent elbow hangs below the line from shoulder to hand, a straight one lies on it.
    let (elbow, hang) = (0.1 + (reach - 0.1) / 2.0, (0.62 - reach).clamp(0.0, 0.25));
    let joints = [
        (5, hips - 0.1, 1.15),
        (6, hips + 0.1, 1.15),
        (7, hips - 0.25, 1.0),
        (8, hips + elbow, 1.15 - hang),
        (9, hips - 0.3, 1.1),
        (10, hips + reach, 1.15),
        (11, hips - 0.08, 0.7),
        (12, hips + 0.08, 0.7),
        (13, f64::midpoint(hips, rear_foot) - 0.05, 0.35),
        (14, f64::midpoint(hips, front_foot) + 0.05, 0.35),
        (15, rear_foot, 0.0),
        (16, front_foot, 0.0),
    ];
    let mut pose: RawPose = [None; 17];
    for (joint, x, y) in joints {
        pose[joint] = at(x, y);
    }
    pose
}

fn log(contact: Option<f64>) -> SignalLog {
    let mut log = SignalLog::default();
    let mut add = |secs: f64, kind| {
        let at = Timestamp::from_secs(secs);
        log.push(SignalEvent { at, uncertainty_secs: 0.0, source: SignalSource::Log, kind });
    };
    if let Some(secs) = contact {
        add(secs, SignalKind::BladeContact);
    }
    for side in Side::BOTH {
        add(TOUCH_SECS, SignalKind::Lamp { side, lamp: fencing::Lamp::Valid });
    }
    log
}

/// The timeline when `who` moves as `his` says and the other as `others` says.
fn timeline(who: Side, his: &dyn Fn(f64) -> Stand, others: &dyn Fn(f64) -> Stand, contact: Option<f64>) -> Timeline {
    let times: Vec<Timestamp> = (0..75).map(|i| Timestamp::from_secs(f64::from(i) / FPS)).collect();
    let poses = PerSide::from_fn(|side| {
        let stand = |t: &Timestamp| if side == who { his(t.secs()) } else { others(t.secs()) };
        times.iter().map(|t| pose(side, stand(t))).collect::<Vec<_>>()
    });
    let motion = Motion::from_keypoints(times, poses).expect("a whole phrase");
    detect(&motion, &log(contact), Weapon::Sabre)
}

fn still(_: f64) -> Stand {
    on_guard(0.0)
}

/// What he did of a kind, for each side as the one who does it.
fn found(kind: ActionKind, his: &dyn Fn(f64) -> Stand) -> Vec<Vec<Action>> {
    let of = |who| timeline(who, his, &still, None).actions[who].clone();
    Side::BOTH.map(of).into_iter().map(|all| all.into_iter().filter(|a| a.kind == kind).collect()).collect()
}

/// There is one of the kind that covers these times, give or take `slack`, for either side alike.
fn check(kind: ActionKind, his: &dyn Fn(f64) -> Stand, (from, to): (f64, f64), slack: f64) {
    let both = found(kind, his);
    assert_eq!(both[0], both[1], "{kind:?} of the left and of the right");
    let near = |a: &&Action| (a.span.start.secs() - from).abs() <= slack && (a.span.end.secs() - to).abs() <= slack;
    let hits = both[0].iter().filter(near).count();
    assert_eq!(hits, 1, "{kind:?} from {from} to {to}: {:?}", both[0]);
    assert!(both[0].iter().all(|a| a.confidence > 0.9), "all of it was seen: {:?}", both[0]);
}

fn none(kind: ActionKind, his: &dyn Fn(f64) -> Stand) {
    assert!(found(kind, his).iter().all(Vec::is_empty), "{kind:?}: {:?}", found(kind, his));
}

#[test]
fn footwork_forward_standing_and_back() {
    // Forward to 0.6 s, standing to 1.0 s, forward to 1.4 s, back to 1.8 s, forward again.
    let feet = |t: f64| {
        let forward = 0.7 * share(t, 0.1, 0.6) + 0.6 * share(t, 1.0, 1.4) + 0.9 * share(t, 1.8, 2.5);
        on_guard(forward - 0.5 * share(t, 1.4, 1.8))
    };
    check(ActionKind::Advance, &feet, (0.1, 0.6), 0.1);
    check(ActionKind::Pause, &feet, (0.6, 1.0), 0.1);
    check(ActionKind::Advance, &feet, (1.0, 1.4), 0.1);
    check(ActionKind::Retreat, &feet, (1.4, 1.8), 0.1);
    check(ActionKind::FinalMovement, &feet, (1.8, 2.4), 0.12);
    none(ActionKind::Lunge, &feet);
    none(ActionKind::Fleche, &feet);
}

#[test]
fn a_lunge_opens_the_stance_and_a_fleche_crosses_it() {
    let lunge = |t: f64| {
        let out = share(t, 1.9, 2.2);
        Stand { hips: 0.5 * out, front_foot: 0.3 + 0.9 * out, rear_foot: -0.3, reach: 0.3 + 0.35 * share(t, 1.8, 2.0) }
    };
    // The stance passes 0.9 m a third of the way through; the lockout's pictures still show it.
    check(ActionKind::Lunge, &lunge, (2.0, 2.47), 0.12);
    none(ActionKind::Fleche, &lunge);
    let fleche = |t: f64| {
        let run = share(t, 1.8, 2.4);
        Stand { hips: 1.5 * run, front_foot: 0.3 + 1.0 * run, rear_foot: -0.3 + 2.4 * run, reach: 0.6 }
    };
    let both = found(ActionKind::Fleche, &fleche);
    assert_eq!(both[0], both[1]);
    // The feet pass each other 0.43 of the way, at 2.06 s.
    let passes = |a: &Action| a.span.start.secs() < 2.06 && a.span.end.secs() > 2.06 && a.span.secs() < 0.4;
    assert!(both[0].len() == 1 && passes(&both[0][0]), "{:?}", both[0]);
    // A rear foot that is quickly drawn up to the front one, and a front foot that then goes on, is a step.
    none(ActionKind::Fleche, &|t| {
        let (up, on) = (share(t, 1.6, 1.8), share(t, 1.9, 2.1));
        Stand { hips: 0.25 * up + 0.3 * on, front_foot: 0.3 + 0.5 * on, rear_foot: -0.3 + 0.55 * up, reach: 0.3 }
    });
}

#[test]
fn the_arm_goes_out_comes_back_and_stands_in_line() {
    let thrust = |t: f64| Stand { reach: 0.3 + 0.35 * (share(t, 1.0, 1.2) - share(t, 1.5, 1.7)), ..on_guard(0.0) };
    check(ActionKind::ArmExtension, &thrust, (1.0, 1.6), 0.12);
    check(ActionKind::ArmWithdrawal, &thrust, (1.6, 1.7), 0.12);
    none(ActionKind::PointInLine, &thrust);
    // On guard with a bent arm, the hand as far ahead as an extended one's: the extension begins with the thrust.
    let from_far = |t: f64| Stand { reach: 0.5 + 0.15 * share(t, 1.0, 1.1), ..on_guard(0.0) };
    check(ActionKind::ArmExtension, &from_far, (1.0, 2.47), 0.12);
    // Out at 0.7 s and held: a line; held while the feet attack: none.
    let line = |t: f64| Stand { reach: 0.3 + 0.35 * share(t, 0.5, 0.7), ..on_guard(0.0) };
    check(ActionKind::PointInLine, &line, (0.75, 2.37), 0.15);
    none(ActionKind::PointInLine, &|t| Stand { hips: t, front_foot: t + 0.3, rear_foot: t - 0.3, ..line(t) });
}

#[test]
fn whose_hand_drove_into_the_blades_beat_and_whoever_answered_parried() {
    const CONTACT: f64 = 1.5;
    let drives = |t: f64| Stand { reach: 0.3 + 0.2 * share(t, 1.3, CONTACT), ..on_guard(0.0) };
    let goes_on = |t: f64| Stand { reach: 0.3 + 0.4 * share(t, 1.3, 1.7), ..on_guard(0.0) };
    let answers = |t: f64| Stand { reach: 0.3 + 0.2 * share(t, CONTACT, 1.7), ..on_guard(0.0) };
    for side in Side::BOTH {
        let blade = |timeline: &Timeline| {
            let of = |side: Side| {
                let kinds = timeline.actions[side].iter().map(|a| a.kind);
                kinds.filter(|k| matches!(k, ActionKind::Beat | ActionKind::Parry)).collect::<Vec<_>>()
            };
            (of(side), of(side.opponent()), timeline.blade_contacts[0].by)
        };
        let beaten = blade(&timeline(side, &goes_on, &still, Some(CONTACT)));
        assert_eq!(beaten, (vec![ActionKind::Beat], vec![], Some(side)));
        let parried = blade(&timeline(side, &drives, &answers, Some(CONTACT)));
        assert_eq!(parried, (vec![], vec![ActionKind::Parry], Some(side)));
        // Without a hand that moved nobody is said to have done it.
        let unclear = blade(&timeline(side, &still, &still, Some(CONTACT)));
        assert_eq!(unclear, (vec![], vec![], None));
    }
}
