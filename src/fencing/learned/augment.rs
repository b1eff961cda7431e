//! Slightly different views of a phrase for the nets to train on: nothing that would change a referee's mind.

use super::series::{Fencer, JOINTS, Phrase};
use crate::{PerSide, Side};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Shortest phrase that is left by a cut, in samples.
const SHORTEST: usize = 12;

/// Standard deviation of a joint's noise in the copies that a judgement averages over, in metres: about a pixel on a fencer of sixty
/// pixels, a third of what the pose models err on labelled stills (models/README.md).
const POSE_NOISE_METRES: f32 = 0.03;

/// One view of a phrase: end cut by up to 0.2 s, speed, size, shape, and joints moved a little.
pub(crate) fn view(phrase: &Phrase, rng: &mut ChaCha8Rng) -> Phrase {
    let cut = if rng.random_bool(0.7) { rng.random_range(0..=6) } else { 0 };
    let speed = if rng.random_bool(0.5) { rng.random_range(0.88..1.14_f32) } else { 1.0 };
    let scale = rng.random_range(0.9..1.1_f32);
    let aspect = rng.random_range(-0.08..0.08_f32);
    let noisy = rng.random_bool(0.5);
    let kept = phrase.len().saturating_sub(cut).max(SHORTEST.min(phrase.len()));
    let mut changed = |fencer: &Fencer, stretch: f32| {
        let mut out = at_speed(&fencer[..kept], speed);
        scale_displacement(&mut out, [scale * stretch, scale]);
        offset_joints(&mut out, 0.05, rng);
        if noisy {
            shake_joints(&mut out, 0.03, rng);
        }
        out
    };
    let left = changed(&phrase.fencers.left, 1.0 + aspect);
    let right = changed(&phrase.fencers.right, 1.0 - aspect);
    let touch = phrase.touch.min(left.len() - 1);
    Phrase { fencers: PerSide::new(left, right), touch, ..*phrase }
}

/// A copy of a phrase as another camera or encoding would have shown it: every joint a little elsewhere for the whole phrase and once more in
/// every frame, by [`POSE_NOISE_METRES`]. `seed` decides everything; `swapped` gives each fencer the noise that the other has without, so
/// that the copies of a mirrored phrase are the mirrored copies.
pub(crate) fn noisy(phrase: &Phrase, seed: u64, swapped: bool) -> Phrase {
    let changed = |side: Side| {
        let stream = u64::from((side == Side::Left) == swapped);
        let mut rng = ChaCha8Rng::seed_from_u64(2 * seed + stream);
        let mut fencer = phrase.fencers[side].clone();
        offset_joints(&mut fencer, POSE_NOISE_METRES, &mut rng);
        shake_joints(&mut fencer, POSE_NOISE_METRES, &mut rng);
        fencer
    };
    Phrase { fencers: PerSide::from_fn(changed), ..phrase.clone() }
}

/// The same motion at another speed, ending at the same posture.
fn at_speed(fencer: &[[[f32; 2]; JOINTS]], speed: f32) -> Fencer {
    if speed == 1.0 {
        return fencer.to_vec();
    }
    let last = fencer.len() - 1;
    let count = (last as f32 / speed) as usize;
    let sample = |k: usize| {
        let at = last as f32 - (count - k) as f32 * speed;
        let before = (at.max(0.0) as usize).min(last);
        let share = (at - before as f32).clamp(0.0, 1.0);
        let mut out = fencer[before];
        for (slot, next) in out.as_flattened_mut().iter_mut().zip(fencer[(before + 1).min(last)].as_flattened()) {
            *slot += (next - *slot) * share;
        }
        out
    };
    (0..=count).map(sample).collect()
}

fn scale_displacement(fencer: &mut Fencer, [x, y]: [f32; 2]) {
    let Some(start) = fencer.first().copied() else { return };
    for posture in fencer {
        for (joint, from) in posture.iter_mut().zip(start) {
            *joint = [from[0] + (joint[0] - from[0]) * x, from[1] + (joint[1] - from[1]) * y];
        }
    }
}

/// Two uniform draws summed: close enough to a normal of this spread.
fn wobble(rng: &mut ChaCha8Rng, spread: f32) -> f32 {
    (rng.random::<f32>() + rng.random::<f32>() - 1.0) * spread * 2.45
}

fn offset_joints(fencer: &mut Fencer, spread: f32, rng: &mut ChaCha8Rng) {
    let mut offsets = [[0.0; 2]; JOINTS];
    offsets.as_flattened_mut().iter_mut().for_each(|o| *o = wobble(rng, spread));
    for posture in fencer {
        for (value, offset) in posture.as_flattened_mut().iter_mut().zip(offsets.as_flattened()) {
            *value += offset;
        }
    }
}

fn shake_joints(fencer: &mut Fencer, spread: f32, rng: &mut ChaCha8Rng) {
    for value in fencer.iter_mut().flat_map(|posture| posture.as_flattened_mut()) {
        *value += wobble(rng, spread);
    }
}
