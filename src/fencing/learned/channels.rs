//! What the nets are fed: two kinds of input made from the same phrase, fifteen steps a second, ending at the touch.
//!
//! *Joints*: every joint's place and step, 3.7 s back. *Outline*: nine series that survive swapped limbs (the front and rear
//! foot, hand, knee and elbow whichever limb they belong to), 2.7 s back. Short phrases are padded in front. Kinds and
//! scales are those of the experiments that the recipe rests on; the two err differently.

use super::series::{Fencer, JOINTS, Phrase, Posture, part};
use crate::PerSide;

/// Which input a net is fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum InputKind {
    /// Ten joints, 3.7 s.
    Joints,
    /// Nine swap-proof series, 2.7 s.
    Outline,
}

/// Pairs of samples are averaged to one step.
const SAMPLES_PER_STEP: usize = 2;
/// Brings metres near one.
const PLACE_SCALE: f32 = 0.7;
/// Brings metres per step near one.
const STEP_SCALE: f32 = 4.0;
/// The padding mask's channel, counted from the last: never dropped, zero where the phrase had not begun.
const COMMON: usize = 3;

impl InputKind {
    /// Both kinds.
    pub(crate) const BOTH: [Self; 2] = [Self::Joints, Self::Outline];

    /// Numbers per fencer and step.
    pub(crate) const fn channels(self) -> usize {
        match self {
            Self::Joints => 4 * JOINTS + 4 + COMMON,
            Self::Outline => 2 * 9 + 2 + COMMON,
        }
    }

    /// Steps of the window.
    pub(crate) const fn steps(self) -> usize {
        match self {
            Self::Joints => 56,
            Self::Outline => 40,
        }
    }

    /// The name in file names.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Joints => "joints",
            Self::Outline => "outline",
        }
    }
}

/// Both fencers' input, each `[steps][channels]` row by row.
pub(crate) fn input(phrase: &Phrase, kind: InputKind) -> PerSide<Vec<f32>> {
    let places = phrase.fencers.as_ref().map(|f| per_step(f, kind));
    let gap: Vec<f32> = per_step_gap(phrase);
    places.map(|own| windowed(&own, &gap, kind))
}

/// Average postures of [`SAMPLES_PER_STEP`] samples, the last step ending with the phrase.
fn averaged(fencer: &Fencer) -> Vec<Posture> {
    let odd = fencer.len() % SAMPLES_PER_STEP;
    let mean = |pair: &[Posture]| {
        let mut out = pair[0];
        for (joint, place) in out.iter_mut().enumerate() {
            for (axis, value) in place.iter_mut().enumerate() {
                *value = pair.iter().map(|p| p[joint][axis]).sum::<f32>() / pair.len() as f32;
            }
        }
        out
    };
    fencer[odd..].chunks(SAMPLES_PER_STEP).map(mean).collect()
}

/// Distance of the front feet per step; the stance puts each two metres from the middle.
fn per_step_gap(phrase: &Phrase) -> Vec<f32> {
    let front = phrase.fencers.as_ref().map(|f| averaged(f).iter().map(foot_in_front).collect::<Vec<_>>());
    front.left.iter().zip(&front.right).map(|(l, r)| -(l + r)).collect()
}

fn foot_in_front(p: &Posture) -> f32 {
    p[part::FRONT_FOOT][0].max(p[part::REAR_FOOT][0])
}

/// One step of one fencer: the series whose differences are fed too, and the others.
struct Step {
    moving: Vec<f32>,
    relative: Vec<f32>,
}

fn per_step(fencer: &Fencer, kind: InputKind) -> Vec<Step> {
    let one = match kind {
        InputKind::Joints => joints_step,
        InputKind::Outline => outline_step,
    };
    averaged(fencer).iter().map(one).collect()
}

fn joints_step(p: &Posture) -> Step {
    let hips = mid_hips(p);
    let hand = p[part::FRONT_HAND];
    let (front, rear) = (p[part::FRONT_FOOT], p[part::REAR_FOOT]);
    Step {
        moving: p.iter().flatten().copied().collect(),
        relative: vec![hand[0] - hips[0], hand[1] - hips[1], front[0] - rear[0], front[1] - rear[1]],
    }
}

fn outline_step(p: &Posture) -> Step {
    let farthest = |a: usize, b: usize| p[a][0].max(p[b][0]);
    let hips = mid_hips(p);
    let front_foot = foot_in_front(p);
    let rear_foot = p[part::FRONT_FOOT][0].min(p[part::REAR_FOOT][0]);
    let hand = farthest(part::FRONT_HAND, part::REAR_HAND);
    let moving = vec![
        hips[0],
        hips[1],
        front_foot,
        rear_foot,
        farthest(part::FRONT_KNEE, part::REAR_KNEE),
        hand,
        farthest(part::FRONT_ELBOW, part::REAR_ELBOW),
        p[part::FRONT_FOOT][1],
        p[part::FRONT_HAND][1],
    ];
    Step { moving, relative: vec![front_foot - rear_foot, hand - hips[0]] }
}

/// The middle of the hips.
pub(crate) fn mid_hips(p: &Posture) -> [f32; 2] {
    let (a, b) = (p[part::REAR_HIP], p[part::FRONT_HIP]);
    [f32::midpoint(a[0], b[0]), f32::midpoint(a[1], b[1])]
}

/// The last steps, padded in front with zeros.
fn windowed(own: &[Step], gap: &[f32], kind: InputKind) -> Vec<f32> {
    let (steps, channels) = (kind.steps(), kind.channels());
    let mut out = vec![0.0; steps * channels];
    let taken = own.len().min(steps);
    for (row, i) in out.chunks_mut(channels).skip(steps - taken).zip(own.len() - taken..) {
        let before = &own[i.saturating_sub(1)].moving;
        let step = own[i].moving.iter().zip(before).map(|(now, before)| (now - before) * STEP_SCALE);
        let place = own[i].moving.iter().map(|v| v * PLACE_SCALE);
        let common = [gap[i] / 4.0, 1.0, i as f32 / 60.0];
        let values = place.chain(step).chain(own[i].relative.iter().copied()).chain(common);
        for (slot, value) in row.iter_mut().zip(values) {
            *slot = value.clamp(-8.0, 8.0);
        }
    }
    out
}
