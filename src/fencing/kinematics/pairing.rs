//! Which of two hands, feet, knees is the front one, over the whole phrase.
//!
//! Pose models name limbs anatomically and swap them at will; sorting by x in every frame swaps them whenever legs cross.
//! So each pair is ordered by the cheapest path through the phrase: a limb should be where it was in the frame before,
//! and the front one should be in front. Both costs are symmetric in left and right, so a mirrored phrase is ordered alike.

use super::motion::RawPose;
use crate::Side;
use crate::geometry::PistePoint;
use crate::time::{Timestamp, median_interval_secs};

/// The pairs of COCO joints that swap: shoulders, elbows, hands, hips, knees, feet.
const PAIRS: [(usize, usize); 6] = [(5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)];
/// Price of one metre by which the rear limb stands in front of the front limb for a second, against one metre of jump.
/// Small: crossing legs keep their names for 0.4 s, a swap at the start of the phrase is still undone.
const ORDER_PRICE: f32 = 4.5;
/// A frame counts for no longer than this, in seconds: how the limbs stood within a gap is unknown.
const LONGEST_FRAME_SECS: f32 = 0.1;

/// Puts the rear limb of each pair at the odd number and the front limb at the even one.
pub(super) fn order_pairs(poses: &mut [RawPose], times: &[Timestamp], side: Side) {
    let prices = order_prices(times);
    for (rear, front) in PAIRS {
        let swapped = cheapest_path(poses, &prices, [rear, front], side);
        for (pose, _) in poses.iter_mut().zip(swapped).filter(|(_, swap)| *swap) {
            pose.swap(rear, front);
        }
    }
}

/// What a metre of disorder costs in each frame: as much in a second of 15 frames as in one of 60.
fn order_prices(times: &[Timestamp]) -> Vec<f32> {
    let usual = median_interval_secs(times).unwrap_or_default() as f32;
    let secs = |i: usize| i.checked_sub(1).map_or(usual, |before| times[i].secs_since(times[before]) as f32);
    (0..times.len()).map(|i| secs(i).min(LONGEST_FRAME_SECS) * ORDER_PRICE).collect()
}

/// For each frame, whether its pair must be exchanged: Viterbi over two states.
fn cheapest_path(poses: &[RawPose], prices: &[f32], [rear, front]: [usize; 2], side: Side) -> Vec<bool> {
    let mut costs = [0.0_f32; 2];
    let mut came_from: Vec<[usize; 2]> = Vec::with_capacity(poses.len());
    let mut last_seen: [[Option<PistePoint>; 2]; 2] = [[None; 2]; 2];
    for (pose, order_price) in poses.iter().zip(prices) {
        let mut next = [0.0; 2];
        let mut from = [0; 2];
        for state in 0..2 {
            let now = in_state(pose, rear, front, state);
            let price = |before: usize| costs[before] + jump(last_seen[before], now);
            from[state] = usize::from(price(1 - state) < price(state)) ^ state;
            next[state] = price(from[state]) + order_price * misorder(now, side);
        }
        let remembered = [0, 1].map(|state| {
            let now = in_state(pose, rear, front, state);
            let before = last_seen[from[state]];
            [now[0].or(before[0]), now[1].or(before[1])]
        });
        last_seen = remembered;
        costs = next;
        came_from.push(from);
    }
    walk_back(&came_from, usize::from(costs[1] < costs[0]))
}

fn walk_back(came_from: &[[usize; 2]], last: usize) -> Vec<bool> {
    let mut state = last;
    let mut swapped = vec![false; came_from.len()];
    for (i, from) in came_from.iter().enumerate().rev() {
        swapped[i] = state == 1;
        state = from[state];
    }
    swapped
}

/// `[rear, front]` of a pose when the pair is taken as it is (0) or exchanged (1).
fn in_state(pose: &RawPose, rear: usize, front: usize, state: usize) -> [Option<PistePoint>; 2] {
    if state == 0 { [pose[rear], pose[front]] } else { [pose[front], pose[rear]] }
}

/// Metres by which both limbs moved since they were last seen.
fn jump(before: [Option<PistePoint>; 2], now: [Option<PistePoint>; 2]) -> f32 {
    let step = |a: Option<PistePoint>, b: Option<PistePoint>| match (a, b) {
        (Some(a), Some(b)) => ((a.x - b.x).powi(2) + (a.y - b.y).powi(2)).sqrt(),
        _ => 0.0,
    };
    step(before[0], now[0]) + step(before[1], now[1])
}

/// Metres by which a rear limb stands in front of its front limb.
fn misorder(now: [Option<PistePoint>; 2], side: Side) -> f32 {
    match now {
        [Some(rear), Some(front)] => ((rear.x - front.x) * side.forward_sign()).max(0.0),
        _ => 0.0,
    }
}
