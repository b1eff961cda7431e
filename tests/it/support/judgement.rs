//! A judgement made by hand: two stick fencers who meet, a double light, the left one in right of way.

use fencing::actions::{Action, ActionKind, BladeContact, DistanceSample, Timeline};
use fencing::geometry::{FrameSize, ImagePoint};
use fencing::right_of_way::{Fact, RuleId, Truth, Verdict};
use fencing::time::{FrameIndex, Span, Timestamp};
use fencing::{
    Call, Confidence, Lamp, Margin, PerSide, Probabilities, Side, SignalEvent, SignalKind, SignalLog, SignalSource,
    Weapon,
};
use vision::engine::{Caution, Completeness, Judgement};
use vision::pose::{KEYPOINTS, Keypoint, Pose};
use vision::tracking::{TrackSample, Tracks};

/// Joints of a fencer on guard who faces right, in metres around the middle of the hips, y down.
const ON_GUARD: [(f32, f32); KEYPOINTS] = [
    (0.10, -0.75),
    (0.08, -0.80),
    (0.12, -0.80),
    (0.00, -0.78),
    (0.05, -0.78),
    (-0.08, -0.50),
    (0.12, -0.50),
    (-0.25, -0.30),
    (0.30, -0.32),
    (-0.30, -0.55),
    (0.55, -0.40),
    (-0.10, 0.0),
    (0.10, 0.0),
    (-0.25, 0.40),
    (0.32, 0.38),
    (-0.35, 0.80),
    (0.35, 0.80),
];
const METRE: f32 = 150.0;

fn pose(side: Side, hips: ImagePoint, reach: f32) -> Pose {
    let mut keypoints = [Keypoint::default(); KEYPOINTS];
    for (joint, (x, y)) in ON_GUARD.into_iter().enumerate() {
        let forward = x + if joint == 10 { reach } else { 0.0 } + if joint == 8 { reach / 2.0 } else { 0.0 };
        let point = ImagePoint::new(hips.x + forward * METRE * side.forward_sign(), hips.y + y * METRE);
        keypoints[joint] = Keypoint { point, score: 0.9 };
    }
    Pose { keypoints, score: 0.9 }
}

fn at(secs: f64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn sample(index: u64, picture: FrameSize) -> TrackSample {
    let t = index as f64 / 30.0;
    let k = picture.width as f32 / 1280.0;
    let gone = (t as f32 * 150.0).min(270.0);
    let reach = ((t as f32 - 1.0) * 0.8).clamp(0.0, 0.35);
    let scaled = |mut p: Pose| {
        for joint in &mut p.keypoints {
            joint.point = ImagePoint::new(joint.point.x * k, joint.point.y * k);
        }
        p
    };
    let left = scaled(pose(Side::Left, ImagePoint::new(270.0 + gone, 380.0), reach));
    let right = scaled(pose(Side::Right, ImagePoint::new(1010.0 - gone * 0.8, 380.0), reach * 0.5));
    let poses = PerSide::new(Some(left), (index != 7).then_some(right));
    TrackSample { at: at(t), frame: FrameIndex(index), poses, camera_shift: ImagePoint::default() }
}

fn action(kind: ActionKind, from: f64, to: f64) -> Action {
    Action { kind, span: Span::between(at(from), at(to)), confidence: 0.8 }
}

fn signals() -> SignalLog {
    let mut log = SignalLog::default();
    let valid = |side| SignalKind::Lamp { side, lamp: Lamp::Valid };
    for (t, kind) in [
        (0.0, SignalKind::PhraseStart),
        (1.0, SignalKind::BladeContact),
        (1.5, valid(Side::Right)),
        (1.556, SignalKind::LockoutStart),
        (1.67, valid(Side::Left)),
        (1.75, SignalKind::PhraseEnd),
    ] {
        log.push(SignalEvent { at: at(t), uncertainty_secs: 0.066, source: SignalSource::Log, kind });
    }
    log.set_final_lamps(PerSide::new(Lamp::Valid, Lamp::Valid));
    log
}

fn timeline() -> Timeline {
    use ActionKind::{Advance, ArmExtension, Lunge, Pause, Retreat};
    let left = vec![action(Advance, 0.1, 1.0), action(ArmExtension, 1.0, 1.6), action(Lunge, 1.2, 1.7)];
    let right = vec![
        action(Advance, 0.1, 0.7),
        action(Pause, 0.7, 1.1),
        action(Retreat, 1.1, 1.3),
        action(ArmExtension, 1.3, 1.55),
    ];
    let contact = BladeContact {
        at: at(1.0),
        by: Some(Side::Left),
        answered_by: Some(Side::Left),
        confidence: 0.6,
        drive_into: PerSide::default(),
        drive_after: PerSide::default(),
        lead_score: PerSide::default(),
    };
    let distance = vec![DistanceSample { at: at(0.5), metres: 3.1, closing_speed: 1.4 }];
    Timeline { actions: PerSide::new(left, right), blade_contacts: vec![contact], distance, ..Timeline::default() }
}

fn verdict() -> Verdict {
    let span = Some(Span::between(at(0.7), at(1.1)));
    Verdict {
        call: Call::Touch(Side::Left),
        rule: RuleId("B13"),
        article: "t.106.3",
        reason_code: "opponent_pause",
        confidence: Confidence(0.86),
        probabilities: Probabilities { left: 0.86, right: 0.1, none: 0.04 },
        margin: Some(Margin { ahead: Side::Left, secs: 0.12, uncertainty_secs: 0.017 }),
        facts: vec![
            Fact { key: "fact_stopped", side: Some(Side::Right), truth: Truth::Yes, span, confidence: 0.9 },
            Fact { key: "fact_arm_starts", side: Some(Side::Left), truth: Truth::Yes, span, confidence: 0.7 },
        ],
        missing: vec!["missing_blade"],
    }
}

/// The phrase, 60 frames at 30 per second, in a picture of the given size.
pub(crate) fn judgement_in(picture: FrameSize) -> Judgement {
    let tracks = Tracks { frame_size: picture, samples: (0..60).map(|i| sample(i, picture)).collect() };
    Judgement {
        weapon: Weapon::Sabre,
        verdict: verdict(),
        timeline: timeline(),
        corrected_tracks: tracks.clone(),
        tracks,
        pixels_per_metre: Some(METRE * picture.width as f32 / 1280.0),
        signals: signals(),
        completeness: Completeness {
            frames_received: 60,
            frames_analysed: 60,
            seen: PerSide::new(1.0, 0.98),
            longest_gap_secs: 1.0 / 30.0,
            frame_interval_secs: 1.0 / 30.0,
        },
        cautions: vec![Caution { key: "clock_mismatch", value: Some(f64::INFINITY) }],
    }
}

/// The phrase in a picture of 1280 x 720.
pub(crate) fn judgement() -> Judgement {
    judgement_in(FrameSize::new(1280, 720))
}
