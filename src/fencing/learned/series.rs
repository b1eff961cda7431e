//! One phrase as the learned models see it: both fencers in their own coordinates, thirty times a second, ending at the touch.
//!
//! Own coordinates: x forward towards the opponent, y up, metres. Every joint is its displacement since the first moment of
//! the phrase plus one fixed on-guard stance with the front foot two metres from the middle, so neither the camera's place
//! nor the fencer's build enters. In every pair of joints "front" is the one nearer to the opponent *at that moment*: limbs
//! swap in the data, and sorting makes the swap harmless. Mirrored input gives exactly exchanged halves.

use crate::geometry::PistePoint;
use crate::kinematics::{Motion, TIMED_SECS};
use crate::time::Timestamp;
use crate::{PerSide, Side, SignalLog};
use std::borrow::Cow;

/// Samples per second of a prepared phrase.
pub(crate) const RATE: f64 = 30.0;

/// Frames later than this after the touch are not looked at; the lockout is longer at every weapon that has priority. The
/// motion is repaired again without them: the phrases that were trained on end here, and their last moments are as sharp.
const AFTER_TOUCH_SECS: f64 = 0.13;

/// A blade contact longer before the touch is another exchange, seconds.
const CONTACT_SECS: f64 = 2.0;

/// The longest phrase that is looked at, counted back from its end.
const LONGEST_SECS: f64 = 20.0;

/// Joints that are used: COCO's 7 to 16, elbows to ankles; heads and shoulders are missing from most recordings.
pub(crate) const JOINTS: usize = 10;
const FIRST_JOINT: usize = 7;

/// Places of the joints in a [`Fencer`].
pub(crate) mod part {
    pub(crate) const REAR_ELBOW: usize = 0;
    pub(crate) const FRONT_ELBOW: usize = 1;
    pub(crate) const REAR_HAND: usize = 2;
    pub(crate) const FRONT_HAND: usize = 3;
    pub(crate) const REAR_HIP: usize = 4;
    pub(crate) const FRONT_HIP: usize = 5;
    pub(crate) const REAR_KNEE: usize = 6;
    pub(crate) const FRONT_KNEE: usize = 7;
    pub(crate) const REAR_FOOT: usize = 8;
    pub(crate) const FRONT_FOOT: usize = 9;
}

/// The stance that displacements are added to: a fencer on guard, front foot two metres from the middle, metres.
const STANCE: [[f32; 2]; JOINTS] = [
    [-2.59, 0.90],
    [-2.03, 0.97],
    [-2.58, 0.65],
    [-1.79, 1.01],
    [-2.41, 0.65],
    [-2.16, 0.66],
    [-2.61, 0.36],
    [-1.90, 0.38],
    [-2.57, 0.0],
    [-2.0, 0.0],
];

/// One fencer at one moment: x forward and y up of every joint.
pub(crate) type Posture = [[f32; 2]; JOINTS];

/// The 17 joints of one fencer in one frame, on the piste; `None` where a joint was not seen.
type SeenJoints = [Option<PistePoint>; 17];

/// One fencer's motion, [`RATE`] samples a second.
pub(crate) type Fencer = Vec<Posture>;

/// Both fencers' motion, equally long, and where in it the touch fell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Phrase {
    /// Each fencer's postures, in his own coordinates.
    pub(crate) fencers: PerSide<Fencer>,
    /// Sample of the touch.
    pub(crate) touch: usize,
    /// Sample of the last blade contact before the touch.
    pub(crate) contact: Option<usize>,
}

impl Phrase {
    /// Prepares a phrase from repaired motion and its signals ([`with_touch_placed`](crate::kinematics::with_touch_placed)); `None` where too little was
    /// filmed before the touch.
    ///
    /// It ends [`AFTER_TOUCH_SECS`] after a touch whose time is sure; with an estimated time it ends with the motion, because what
    /// happens after the touch is informative too and its start is unknown.
    pub(crate) fn of_motion(motion: &Motion, signals: &SignalLog) -> Option<Self> {
        let touch = signals.first_touch();
        let seen = match touch {
            Some(touch) if touch.uncertainty_secs <= TIMED_SECS => {
                motion.until(touch.at.plus_secs(AFTER_TOUCH_SECS)).ok()?
            }
            _ => Cow::Borrowed(motion),
        };
        let times = seen.times();
        let end = *times.last()?;
        let oldest = times.partition_point(|at| end.secs_since(*at) > LONGEST_SECS + 1.0);
        let joints = PerSide::from_fn(|side| {
            let body = seen.body(side);
            let at = |i: usize| std::array::from_fn(|joint| body.point(joint, i));
            (oldest..times.len()).map(at).collect::<Vec<SeenJoints>>()
        });
        let fencers = prepare(&times[oldest..], PerSide::new(&joints.left, &joints.right))?;
        let last = fencers.left.len() - 1;
        let sample = |at: Timestamp| last.saturating_sub((end.secs_since(at) * RATE).round().max(0.0) as usize);
        let touch_at = touch.map(|touch| touch.at).or_else(|| seen.touch_estimate()).unwrap_or(end);
        let mattered = |at: &Timestamp| *at <= touch_at && touch_at.secs_since(*at) <= CONTACT_SECS;
        let contact = signals.blade_contacts().filter(mattered).last().map(sample);
        Some(Self { fencers, touch: sample(touch_at), contact })
    }

    /// The phrase without what happened later than `secs` after the touch.
    pub(crate) fn until_after_touch(&self, secs: f64) -> Self {
        let kept = (self.touch + (secs * RATE).round() as usize + 1).clamp(5, self.len());
        Self { fencers: self.fencers.as_ref().map(|f| f[..kept].to_vec()), ..*self }
    }

    /// Samples.
    pub(crate) fn len(&self) -> usize {
        self.fencers.left.len()
    }
}

/// Both fencers on the grid from what was seen at `times`; `None` with fewer than five samples or where a fencer was never seen.
fn prepare(times: &[Timestamp], seen: PerSide<&[SeenJoints]>) -> Option<PerSide<Fencer>> {
    let end = *times.last()?;
    let before_end: Vec<f64> = times.iter().map(|at| at.secs_since(end)).collect();
    let grid = grid(*before_end.first()?);
    let fencer = |side: Side| own_motion(&before_end, seen[side], side, &grid);
    let fencers = PerSide::new(fencer(Side::Left)?, fencer(Side::Right)?);
    (grid.len() >= 5).then_some(fencers)
}

/// Moments to sample, in seconds before the end (so negative), earliest first; the last is 0.
fn grid(first: f64) -> Vec<f64> {
    let steps = ((-first).min(LONGEST_SECS) * RATE + 0.01).floor().max(0.0) as i64;
    (-steps..=0).map(|k| k as f64 / RATE).collect()
}

/// One fencer's motion in own coordinates on the grid; `None` when hips or feet were never seen.
fn own_motion(at: &[f64], seen: &[SeenJoints], side: Side, grid: &[f64]) -> Option<Fencer> {
    let raw = sorted_pairs(seen, side);
    let mut columns = Vec::with_capacity(JOINTS);
    for joint in 0..JOINTS {
        columns.push(column(at, &raw, joint, grid));
    }
    columns[part::FRONT_HIP].as_ref()?;
    columns[part::FRONT_FOOT].as_ref()?;
    let hip_motion = columns[part::FRONT_HIP].clone();
    let filled: Option<Vec<Vec<[f32; 2]>>> = columns.into_iter().map(|c| c.or_else(|| hip_motion.clone())).collect();
    Some(placed_on_guard(&filled?))
}

/// Own coordinates, and within each pair the joint nearer to the opponent second.
fn sorted_pairs(seen: &[SeenJoints], side: Side) -> Vec<[Option<[f32; 2]>; JOINTS]> {
    let sign = side.forward_sign();
    let own = |p: PistePoint| (p.x.is_finite() && p.y.is_finite()).then_some([sign * p.x, p.y]);
    let in_order = |joints: &SeenJoints| {
        let mut out = [None; JOINTS];
        for (i, place) in out.iter_mut().enumerate() {
            *place = joints[FIRST_JOINT + i].and_then(own);
        }
        for pair in out.chunks_mut(2) {
            if let [Some(rear), Some(front)] = pair
                && rear[0] > front[0]
            {
                pair.swap(0, 1);
            }
        }
        out
    };
    seen.iter().map(in_order).collect()
}

/// One joint on the grid: gaps filled linearly, held at the ends, freed of single jumps by a median of five.
fn column(at: &[f64], raw: &[[Option<[f32; 2]>; JOINTS]], joint: usize, grid: &[f64]) -> Option<Vec<[f32; 2]>> {
    let known: Vec<(f64, [f32; 2])> = at.iter().zip(raw).filter_map(|(t, r)| Some((*t, r[joint]?))).collect();
    if known.len() < 2 {
        return None;
    }
    let sampled: Vec<[f32; 2]> = grid.iter().map(|t| interpolated(&known, *t)).collect();
    Some(median_of_five(&sampled))
}

/// The value at `t` on the line between its neighbours; the nearest end's value outside.
fn interpolated(known: &[(f64, [f32; 2])], t: f64) -> [f32; 2] {
    let after = known.partition_point(|(at, _)| *at < t).clamp(1, known.len() - 1);
    let ((t0, a), (t1, b)) = (known[after - 1], known[after]);
    let share = if t1 > t0 { ((t - t0) / (t1 - t0)).clamp(0.0, 1.0) as f32 } else { 1.0 };
    [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}

fn median_of_five(values: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let last = values.len() - 1;
    let median = |i: usize, axis: usize| {
        let mut five = [-2isize, -1, 0, 1, 2].map(|d| values[(i as isize + d).clamp(0, last as isize) as usize][axis]);
        five.sort_by(f32::total_cmp);
        five[2]
    };
    (0..values.len()).map(|i| [median(i, 0), median(i, 1)]).collect()
}

/// Displacement since the first sample, added to the stance.
fn placed_on_guard(columns: &[Vec<[f32; 2]>]) -> Fencer {
    let posture = |i: usize| {
        let mut out = STANCE;
        for (place, column) in out.iter_mut().zip(columns) {
            place[0] += column[i][0] - column[0][0];
            place[1] += column[i][1] - column[0][1];
        }
        out
    };
    (0..columns[0].len()).map(posture).collect()
}
