//! The grain of a camera's sensor: reproducible, different in every frame, cheap.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Length of the table that rows of grain are cut from; a power of two.
const TABLE: usize = 1 << 16;

/// A table of bell-shaped grain.
#[derive(Clone, Debug)]
pub(super) struct Grain {
    table: Vec<i16>,
    seed: u64,
}

impl Grain {
    /// Grain with a standard deviation of `levels` (of 255).
    pub(super) fn new(levels: f32, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // The sum of four even spreads is near enough to a bell; its standard deviation is sqrt(4 / 12).
        let scale = levels / (4.0f32 / 12.0).sqrt();
        let mut draw = || ((0..4).map(|_| rng.random::<f32>() - 0.5).sum::<f32>() * scale).round() as i16;
        Self { table: (0..TABLE).map(|_| draw()).collect(), seed }
    }

    /// Adds the grain of frame number `index` to rows of RGB pixels.
    pub(super) fn add(&self, rgb: &mut [u8], width: usize, index: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for row in rgb.chunks_exact_mut(width * 3) {
            let grain = self.table.iter().cycle().skip(rng.random_range(0..TABLE));
            for (pixel, level) in row.chunks_exact_mut(3).zip(grain) {
                for value in pixel {
                    *value = (i16::from(*value) + level).clamp(0, 255) as u8;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grain_is_as_strong_as_requested_and_the_same_every_time() {
        let noisy = |index| {
            let mut grey = vec![128u8; 300 * 200 * 3];
            Grain::new(4.0, 7).add(&mut grey, 300, index);
            grey
        };
        let first = noisy(0);
        let spread = first.iter().map(|v| (f64::from(*v) - 128.0).powi(2)).sum::<f64>() / first.len() as f64;
        assert!((spread.sqrt() - 4.0).abs() < 0.3, "{}", spread.sqrt());
        assert_eq!(first, noisy(0));
        assert_ne!(first, noisy(1));
    }
}
