//! Which of two hands, feet, knees is the front one, over the whole phrase.
//!
//! Pose models name limbs anatomically and swap them at will; sorting by x in every frame swaps them whenever legs cross.
//! So each pair is ordered by the cheapest path through the phrase: a limb should be where it was in the frame before,
//! and the front one should be in front. Both costs are symmetric in left and right, so a mirrored phrase is ordered alike.

use super::motion::RawPose;
use crate::fencing::Side;
use crate::geometry::PistePoint;

/// The pairs of COCO joints that swap: eyes, ears, shoulders, elbows, hands, hips, knees, feet.
const PAIRS: [(usize, usize); 8] = [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)];
/// Price of one metre by which the rear limb stands in front of the front limb, against one metre of jump between frames.
/// Small: crossing legs keep their names for a dozen frames, a swap at the start of the phrase is still undone.
const ORDER_PRICE: f32 = 0.15;

/// Puts the rear limb of each pair at the odd number and the front limb at the even one.
pub(super) fn order_pairs(poses: &mut [RawPose], side: Side) {
    for (rear, front) in PAIRS {
        let swapped = cheapest_path(poses, rear, front, side);
        for (pose, _) in poses.iter_mut().zip(swapped).filter(|(_, swap)| *swap) {
            pose.swap(rear, front);
        }
    }
}

/// For each frame, whether its pair must be exchanged: Viterbi over two states.
fn cheapest_path(poses: &[RawPose], rear: usize, front: usize, side: Side) -> Vec<bool> {
    let mut costs = [0.0_f32; 2];
    let mut came_from: Vec<[usize; 2]> = Vec::with_capacity(poses.len());
    let mut last_seen: [[Option<PistePoint>; 2]; 2] = [[None; 2]; 2];
    for pose in poses {
        let mut next = [0.0; 2];
        let mut from = [0; 2];
        for state in 0..2 {
            let now = in_state(pose, rear, front, state);
            let price = |before: usize| costs[before] + jump(last_seen[before], now);
            from[state] = usize::from(price(1 - state) < price(state)) ^ state;
            next[state] = price(from[state]) + misorder(now, side);
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

/// Price of a rear limb in front of its front limb.
fn misorder(now: [Option<PistePoint>; 2], side: Side) -> f32 {
    match now {
        [Some(rear), Some(front)] => ((rear.x - front.x) * side.forward_sign()).max(0.0) * ORDER_PRICE,
        _ => 0.0,
    }
}
