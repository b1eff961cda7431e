//! Distance and speed over a judged phrase, for the plot under the lanes. Computed once when the verdict comes.

use fencing::kinematics::{Motion, limb, slopes};
use fencing::time::{Timestamp, nearest_index};
use fencing::{PerSide, Side};
use vision::engine::Judgement;

/// What the plot shows: one value for each time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    times: Vec<Timestamp>,
    /// Metres between the front feet.
    pub distance: Vec<f32>,
    /// Metres per second of the hips, towards the opponent; negative is backward.
    pub speed: PerSide<Vec<f32>>,
}

/// Values at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveValues {
    /// Metres between the front feet.
    pub distance: f32,
    /// Metres per second towards the opponent.
    pub speed: PerSide<f32>,
}

impl Curves {
    /// The curves of a judged phrase; `None` when a fencer was not seen.
    pub fn of(judgement: &Judgement) -> Option<Self> {
        let motion = Motion::from_tracks(&judgement.corrected_tracks).ok()?;
        let [left, right] = Side::BOTH.map(|side| motion.forward(side, limb::FRONT_FOOT));
        // Both count towards the opponent from the middle, so the feet meet where their sum is zero.
        let distance = left?.iter().zip(&right?).map(|(l, r)| -(l + r)).collect();
        let hips = |side| Some(middle(&motion.forward(side, limb::FRONT_HIP)?, &motion.forward(side, limb::REAR_HIP)?));
        let speed = |side| Some(slopes(motion.times(), &hips(side)?));
        let speed = PerSide::new(speed(Side::Left)?, speed(Side::Right)?);
        Some(Self { times: motion.times().to_vec(), distance, speed })
    }

    /// Time of every value.
    pub fn times(&self) -> &[Timestamp] {
        &self.times
    }

    /// The values nearest to a moment.
    pub fn at(&self, at: Timestamp) -> Option<CurveValues> {
        let i = nearest_index(&self.times, at)?;
        let speed = |side: Side| self.speed[side].get(i).copied();
        let speed = PerSide::new(speed(Side::Left)?, speed(Side::Right)?);
        Some(CurveValues { distance: *self.distance.get(i)?, speed })
    }

    /// A round number that no distance exceeds, at least 4 m: the distance of the en-garde lines.
    pub fn distance_limit(&self) -> f32 {
        self.distance.iter().copied().fold(4.0_f32, f32::max).ceil()
    }

    /// A round number that no speed exceeds in either direction, at least 2 m/s.
    pub fn speed_limit(&self) -> f32 {
        self.speed.iter().flat_map(|(_, s)| s).fold(2.0_f32, |most, v| most.max(v.abs())).ceil()
    }
}

fn middle(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| f32::midpoint(*a, *b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_value_is_shown_and_limits_are_round() {
        let curves = Curves {
            times: (0..3).map(|i| Timestamp::from_secs(f64::from(i))).collect(),
            distance: vec![4.0, 3.2, 0.8],
            speed: PerSide::new(vec![0.0, 1.0, 3.4], vec![0.0, -0.5, 0.1]),
        };
        let values = curves.at(Timestamp::from_secs(1.2)).unwrap();
        assert_eq!((values.distance, values.speed), (3.2, PerSide::new(1.0, -0.5)));
        assert_eq!((curves.distance_limit(), curves.speed_limit()), (4.0, 4.0));
        assert_eq!(Curves::default().at(Timestamp::ZERO), None);
    }
}
