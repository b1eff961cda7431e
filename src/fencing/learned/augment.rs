//! Slightly different views of a phrase for the nets to train on: nothing that would change a referee's mind.

use super::series::{Fencer, JOINTS, Phrase};
use crate::PerSide;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Shortest phrase that is left by a cut, in samples.
const SHORTEST: usize = 12;

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
        offset_joints(&mut out, rng);
        if noisy {
            shake_joints(&mut out, rng);
        }
        out
    };
    let left = changed(&phrase.fencers.left, 1.0 + aspect);
    let right = changed(&phrase.fencers.right, 1.0 - aspect);
    let touch = phrase.touch.min(left.len() - 1);
    Phrase { fencers: PerSide::new(left, right), touch, ..*phrase }
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

fn offset_joints(fencer: &mut Fencer, rng: &mut ChaCha8Rng) {
    let mut offsets = [[0.0; 2]; JOINTS];
    offsets.as_flattened_mut().iter_mut().for_each(|o| *o = wobble(rng, 0.05));
    for posture in fencer {
        for (value, offset) in posture.as_flattened_mut().iter_mut().zip(offsets.as_flattened()) {
            *value += offset;
        }
    }
}

fn shake_joints(fencer: &mut Fencer, rng: &mut ChaCha8Rng) {
    for value in fencer.iter_mut().flat_map(|posture| posture.as_flattened_mut()) {
        *value += wobble(rng, 0.03);
    }
}
