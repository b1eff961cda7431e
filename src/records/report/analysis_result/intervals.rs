//! Pauses, arm extensions and lunges in the reference's format, in frames and seconds.

use super::shape::{ArmExtension, Lunges, Pause, SidedStretch, Stretch};
use super::{Frames, last_listed, rounded, secs};
use crate::report::joints::{FrontRear, angle_degrees, joints_of, place};
use fencing::Side;
use fencing::actions::{Action, ActionKind};
use fencing::time::{Span, Timestamp};

/// Longest time from the end of an extension to the hit that counts as near, in seconds (the reference's 4 of 15 frames).
const NEAR_HIT_SECS: f64 = 4.0 / 15.0;
/// Elbow angle above which the reference counts an arm as extended, in degrees.
const EXTENDED_DEGREES: f64 = 140.0;

fn stretch(frames: &Frames<'_>, span: Span) -> Stretch {
    Stretch {
        start_frame: frames.number(span.start),
        end_frame: frames.number(span.end),
        start_time: secs(span.start),
        end_time: secs(span.end),
        duration: rounded(span.secs()),
    }
}

fn actions_of<'a>(frames: &'a Frames<'_>, side: Side, kinds: &'a [ActionKind]) -> impl Iterator<Item = &'a Action> {
    frames.judgement.timeline.actions[side].iter().filter(|action| kinds.contains(&action.kind))
}

/// Pauses and retreats of one fencer.
pub(super) fn pauses(frames: &Frames<'_>, side: Side) -> Vec<Pause> {
    let listed = actions_of(frames, side, &[ActionKind::Pause, ActionKind::Retreat]);
    let one = |a: &Action| Pause { stretch: stretch(frames, a.span), is_retreat: a.kind == ActionKind::Retreat };
    last_listed(listed.map(one).collect())
}

/// Lunges of both fencers, and the last one that began.
pub(super) fn lunges(frames: &Frames<'_>) -> Lunges {
    let of = |side| actions_of(frames, side, &[ActionKind::Lunge]);
    let listed = |side| last_listed(of(side).map(|a| stretch(frames, a.span)).collect());
    let all = Side::BOTH.into_iter().flat_map(|side| of(side).map(move |a| (side, a.span)));
    let latest = all.max_by_key(|(_, span)| span.start);
    Lunges {
        left: listed(Side::Left),
        right: listed(Side::Right),
        latest: latest.map(|(side, span)| SidedStretch { side: side.as_str(), stretch: stretch(frames, span) }),
    }
}

/// Arm extensions of one fencer, with measures of the joints within them.
pub(super) fn arm_extensions(frames: &Frames<'_>, side: Side) -> Vec<ArmExtension> {
    let listed = actions_of(frames, side, &[ActionKind::ArmExtension]);
    last_listed(listed.map(|action| arm_extension(frames, side, action.span)).collect())
}

fn arm_extension(frames: &Frames<'_>, side: Side, span: Span) -> ArmExtension {
    let first = frames.times.partition_point(|t| *t < span.start);
    let within: Vec<(Timestamp, FrontRear)> = frames.judgement.corrected_tracks.samples[first..]
        .iter()
        .take_while(|sample| span.contains(sample.at))
        .map(|sample| (sample.at, joints_of(sample, side)))
        .collect();
    let angles = || within.iter().filter_map(|(at, joints)| Some((*at, elbow_degrees(joints)?)));
    let effective = angles().find(|(_, degrees)| *degrees >= EXTENDED_DEGREES).map_or(span.start, |(at, _)| at);
    let scale = super::measures::scale(frames.judgement);
    let reaches = within.iter().filter_map(|(_, joints)| Some(reach_pixels(joints)? / scale?));
    let near = |touch: Timestamp| {
        (-NEAR_HIT_SECS..=NEAR_HIT_SECS).contains(&touch.secs_since(span.end)) || span.contains(touch)
    };
    ArmExtension {
        stretch: stretch(frames, span),
        avg_distance: mean(reaches).map(rounded),
        avg_angle: mean(angles().map(|(_, degrees)| degrees)).map(rounded),
        effective_start_frame: frames.number(effective),
        effective_start_time: secs(effective),
        near_hit: frames.judgement.signals.first_touch().is_some_and(|e| near(e.at)),
    }
}

fn elbow_degrees(joints: &FrontRear) -> Option<f64> {
    angle_degrees(joints[place::FRONT_SHOULDER]?, joints[place::FRONT_ELBOW]?, joints[place::FRONT_WRIST]?)
}

/// Distance of the weapon hand from the front hip.
fn reach_pixels(joints: &FrontRear) -> Option<f64> {
    Some(f64::from(joints[place::FRONT_WRIST]?.distance(joints[place::FRONT_HIP]?)))
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), v| (sum + v, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
