//! Distance between the fencers and how fast it shrinks.

use super::DistanceSample;
use super::lane::Lane;
use crate::PerSide;
use crate::kinematics::slopes;

/// Distance of the front feet at each grid point, of the hips where no foot was ever seen.
pub(super) fn samples(lanes: &PerSide<Lane>) -> Vec<DistanceSample> {
    let feet_seen = !lanes.left.front_foot.is_empty() && !lanes.right.front_foot.is_empty();
    let place = |lane: &Lane| if feet_seen { lane.front_foot.clone() } else { lane.hips.clone() };
    // Both measure towards the other from one origin, so what is left between them is minus the sum.
    let metres: Vec<f32> = place(&lanes.left).iter().zip(place(&lanes.right)).map(|(l, r)| -(l + r)).collect();
    let times: Vec<_> = (0..metres.len()).map(|i| lanes.left.at(i)).collect();
    let closing = slopes(&times, &metres);
    let sample = |((at, metres), slope): ((_, _), f32)| DistanceSample { at, metres, closing_speed: -slope };
    times.into_iter().zip(metres).zip(closing).map(sample).collect()
}
