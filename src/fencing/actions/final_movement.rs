//! The last forward movement before the touch: when it began, how fast and how far it went.

use super::lane::Lane;
use super::timeline::Measures;
use super::{Action, ActionKind};
use crate::kinematics::limb;
use crate::time::Timestamp;

/// The touch belongs to a movement whose peak lies this close before it, in seconds (`call-experiments`: last 0.8 s).
const PEAK_SECS: f64 = 0.8;
/// The movement began where the speed passes this share of its peak (`call-experiments`: onset at 25 %).
const ONSET_SHARE: f32 = 0.25;
/// Slower than this at its peak it is no forward movement, in metres per second.
const MIN_PEAK: f32 = 0.35;

/// The last forward movement of the hips before the touch, if there was one.
pub(super) fn final_movement(lane: &Lane, touch: Timestamp) -> Option<Action> {
    let (onset, peak) = onset_and_peak(lane, &lane.hips_speed, touch)?;
    let end = lane.index_from(touch).min(lane.len().saturating_sub(1)).max(peak);
    let run = onset..end + 1;
    let confidence = lane.seen(&run, &[limb::FRONT_HIP, limb::REAR_HIP]);
    Some(Action { kind: ActionKind::FinalMovement, span: lane.span(&run), confidence })
}

/// Numbers of the last forward movement.
pub(super) fn measures(lane: &Lane, touch: Timestamp) -> Measures {
    let foot = onset_and_peak(lane, &lane.front_foot_speed, touch);
    let hand = onset_and_peak(lane, &lane.reach_speed, touch);
    let end = lane.index_from(touch).min(lane.len().saturating_sub(1));
    Measures {
        foot_onset: foot.map(|(onset, _)| lane.at(onset)),
        foot_speed: foot.map(|(_, peak)| lane.front_foot_speed[peak]),
        foot_travel: foot.map(|(onset, _)| lane.front_foot[end.max(onset)] - lane.front_foot[onset]),
        hand_onset: hand.map(|(onset, _)| lane.at(onset)),
        hand_speed: hand.map(|(_, peak)| lane.reach_speed[peak]),
        hips_onset: onset_and_peak(lane, &lane.hips_speed, touch).map(|(onset, _)| lane.at(onset)),
    }
}

/// Where a speed last rose to its peak before the touch, and that peak.
fn onset_and_peak(lane: &Lane, speed: &[f32], touch: Timestamp) -> Option<(usize, usize)> {
    let first = lane.index_from(touch.plus_secs(-PEAK_SECS));
    let last = (lane.index_from(touch) + 1).min(speed.len());
    let peak = (first..last).max_by(|a, b| speed[*a].total_cmp(&speed[*b]))?;
    if speed[peak] < MIN_PEAK {
        return None;
    }
    let slow = (0..peak).rev().find(|i| speed[*i] < speed[peak] * ONSET_SHARE);
    Some((slow.map_or(0, |i| i + 1), peak))
}
