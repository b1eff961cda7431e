//! One fencer's movement as a handful of series on an even grid of time, measured towards the opponent.
//!
//! Everything is metres and metres per second in the fencer's own direction, so no detector knows which side it looks at
//! and a mirrored phrase gives the mirrored actions by construction.

use crate::Side;
use crate::geometry::PistePoint;
use crate::kinematics::{Motion, limb, slopes};
use crate::time::{Span, Timestamp};

/// Points per second of the grid.
pub(super) const GRID_FPS: f64 = 30.0;

/// One fencer on the grid. Series of joints that were never seen are empty.
pub(super) struct Lane<'a> {
    motion: &'a Motion,
    side: Side,
    /// Middle of the hips.
    pub(super) hips: Vec<f32>,
    /// Front and rear foot.
    pub(super) front_foot: Vec<f32>,
    /// See above.
    pub(super) rear_foot: Vec<f32>,
    /// Height of the front foot.
    pub(super) front_foot_height: Vec<f32>,
    /// Weapon hand along the piste.
    pub(super) hand: Vec<f32>,
    /// Weapon hand ahead of the hips.
    pub(super) reach: Vec<f32>,
    /// Speeds of hips, front foot, rear foot and reach.
    pub(super) hips_speed: Vec<f32>,
    /// See above.
    pub(super) front_foot_speed: Vec<f32>,
    /// See above.
    pub(super) rear_foot_speed: Vec<f32>,
    /// See above.
    pub(super) reach_speed: Vec<f32>,
}

impl<'a> Lane<'a> {
    /// One fencer of a resampled motion.
    pub(super) fn new(motion: &'a Motion, side: Side) -> Self {
        let forward = |joint| motion.forward(side, joint).unwrap_or_default();
        let hips = mean_of_pair(forward(limb::REAR_HIP), forward(limb::FRONT_HIP));
        let (front_foot, rear_foot) = (forward(limb::FRONT_FOOT), forward(limb::REAR_FOOT));
        let hand = forward(limb::FRONT_HAND);
        let reach: Vec<f32> = hand.iter().zip(&hips).map(|(hand, hip)| hand - hip).collect();
        let speed = |series: &[f32]| slopes(motion.times(), series);
        Self {
            hips_speed: speed(&hips),
            front_foot_speed: speed(&front_foot),
            rear_foot_speed: speed(&rear_foot),
            reach_speed: speed(&reach),
            front_foot_height: motion.height(side, limb::FRONT_FOOT).unwrap_or_default(),
            motion,
            side,
            hand,
            hips,
            front_foot,
            rear_foot,
            reach,
        }
    }

    /// Number of grid points.
    pub(super) fn len(&self) -> usize {
        self.motion.times().len()
    }

    /// Time of a grid point; the last one's for an index beyond.
    pub(super) fn at(&self, i: usize) -> Timestamp {
        let times = self.motion.times();
        times.get(i).or(times.last()).copied().unwrap_or_default()
    }

    /// The first grid point that is not before `at`, or one past the end.
    pub(super) fn index_from(&self, at: Timestamp) -> usize {
        self.motion.times().partition_point(|t| *t < at)
    }

    /// From the first to the last point of a run of indices.
    pub(super) fn span(&self, run: &std::ops::Range<usize>) -> Span {
        Span { start: self.at(run.start), end: self.at(run.end.saturating_sub(1).max(run.start)) }
    }

    /// Share of a run in which all of `joints` were really seen, 0..1.
    pub(super) fn seen(&self, run: &std::ops::Range<usize>, joints: &[usize]) -> f32 {
        let body = self.motion.body(self.side);
        let whole = run.clone().filter(|i| joints.iter().all(|joint| body.seen(*joint, *i))).count();
        whole as f32 / run.len().max(1) as f32
    }

    /// Distance between the feet along the piste; `None` when they were never seen.
    pub(super) fn stance(&self, i: usize) -> Option<f32> {
        Some(self.front_foot.get(i)? - self.rear_foot.get(i)?)
    }

    /// Angle at joint `b` between `a` and `c`, in degrees 0..=180.
    pub(super) fn angle(&self, i: usize, a: usize, b: usize, c: usize) -> Option<f32> {
        let point = |joint| self.motion.body(self.side).point(joint, i);
        let (a, b, c) = (point(a)?, point(b)?, point(c)?);
        let arm = |p: PistePoint| (p.x - b.x, p.y - b.y);
        let ((ax, ay), (cx, cy)) = (arm(a), arm(c));
        let lengths = ax.hypot(ay) * cx.hypot(cy);
        (lengths > 1e-6).then(|| ((ax * cx + ay * cy) / lengths).clamp(-1.0, 1.0).acos().to_degrees())
    }
}

fn mean_of_pair(a: Vec<f32>, b: Vec<f32>) -> Vec<f32> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b,
        (_, true) => a,
        _ => a.iter().zip(&b).map(|(a, b)| (a + b) / 2.0).collect(),
    }
}
