//! One fencer's course along the piste: a few series that survive swapped limbs, and their speeds.

use crate::learned::channels::mid_hips;
use crate::learned::series::{Fencer, Posture, RATE, part};

/// Samples to each side over which a speed is taken.
const SPEED_REACH: usize = 2;

/// A series with its speed, [`RATE`] samples a second.
pub(super) struct Lane {
    /// Metres forward.
    pub(super) place: Vec<f32>,
    /// Metres per second forward.
    pub(super) speed: Vec<f32>,
}

/// The lanes of one fencer.
pub(super) struct Course {
    pub(super) hips: Lane,
    pub(super) foot: Lane,
    pub(super) rear_foot: Lane,
    pub(super) hand: Lane,
    /// Hand in front of the hips.
    pub(super) arm: Lane,
    /// Front foot in front of the rear foot.
    pub(super) stance: Lane,
    /// Height of the hips.
    pub(super) height: Lane,
    /// Height of the front hand.
    pub(super) hand_height: Lane,
    /// Elbow in front of the hips.
    pub(super) elbow: Lane,
    /// Hand in front of the elbow.
    pub(super) forearm: Lane,
    /// Knee in front of the front foot.
    pub(super) knee: Lane,
}

impl Lane {
    fn of(place: Vec<f32>) -> Self {
        let last = place.len() - 1;
        let speed = (0..place.len())
            .map(|i| {
                let (from, to) = (i.saturating_sub(SPEED_REACH), (i + SPEED_REACH).min(last));
                (place[to] - place[from]) / ((to - from).max(1) as f32) * RATE as f32
            })
            .collect();
        Self { place, speed }
    }

    /// Samples.
    pub(super) fn len(&self) -> usize {
        self.place.len()
    }

    /// The sample `secs` before the end, at the latest the first.
    pub(super) fn index(&self, secs: f32) -> usize {
        (self.len() - 1).saturating_sub((secs * RATE as f32).round() as usize)
    }

    /// Mean speed between `from` and `to` seconds before the end; 0 before the phrase began.
    pub(super) fn mean_speed(&self, from: f32, to: f32) -> f32 {
        let (a, b) = (self.index(from), self.index(to));
        if a >= b { 0.0 } else { (self.place[b] - self.place[a]) / ((b - a) as f32) * RATE as f32 }
    }

    /// Metres gained in the last `secs`.
    pub(super) fn gained(&self, secs: f32) -> f32 {
        self.place[self.len() - 1] - self.place[self.index(secs)]
    }
}

impl Course {
    pub(super) fn of(fencer: &Fencer) -> Self {
        let lane = |f: &dyn Fn(&Posture) -> f32| Lane::of(fencer.iter().map(f).collect());
        let greater = |p: &Posture, a: usize, b: usize| p[a][0].max(p[b][0]);
        let hips = |p: &Posture| mid_hips(p)[0];
        let foot = |p: &Posture| greater(p, part::FRONT_FOOT, part::REAR_FOOT);
        let rear = |p: &Posture| p[part::FRONT_FOOT][0].min(p[part::REAR_FOOT][0]);
        let hand = |p: &Posture| greater(p, part::FRONT_HAND, part::REAR_HAND);
        let elbow = |p: &Posture| greater(p, part::FRONT_ELBOW, part::REAR_ELBOW);
        let knee = |p: &Posture| greater(p, part::FRONT_KNEE, part::REAR_KNEE);
        Self {
            hips: lane(&hips),
            foot: lane(&foot),
            rear_foot: lane(&rear),
            hand: lane(&hand),
            arm: lane(&|p| hand(p) - hips(p)),
            stance: lane(&|p| foot(p) - rear(p)),
            height: lane(&|p| mid_hips(p)[1]),
            hand_height: lane(&|p| p[part::FRONT_HAND][1]),
            elbow: lane(&|p| elbow(p) - hips(p)),
            forearm: lane(&|p| hand(p) - elbow(p)),
            knee: lane(&|p| knee(p) - foot(p)),
        }
    }
}
