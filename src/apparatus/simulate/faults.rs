//! What goes wrong on a wire, from a seed: garbled, lost and invented bytes, the wrong rate.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How bad the wire is. All rates are per byte, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// Bytes replaced by another one.
    pub garbled: f64,
    /// Bytes that never arrive.
    pub lost: f64,
    /// Bytes invented between two others.
    pub noise: f64,
    /// The receiver samples at another rate: no byte is what it was.
    pub wrong_baud: WrongBaud,
}

/// Whether the rate is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WrongBaud {
    /// It is right.
    #[default]
    No,
    /// It is wrong.
    Yes,
}

/// A bad wire.
#[derive(Clone, Debug)]
pub struct BadWire {
    faults: Faults,
    random: ChaCha8Rng,
}

impl BadWire {
    /// A wire whose faults come from a seed.
    pub fn new(faults: Faults, seed: u64) -> Self {
        Self { faults, random: ChaCha8Rng::seed_from_u64(seed ^ 0x0BAD_3143) }
    }

    /// What arrives of `bytes`.
    pub fn carry(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if self.strikes(self.faults.noise) {
                out.push(self.random.random());
            }
            if self.strikes(self.faults.lost) {
                continue;
            }
            out.push(self.damaged(*byte));
        }
        out
    }

    fn damaged(&mut self, byte: u8) -> u8 {
        if self.faults.wrong_baud == WrongBaud::Yes {
            return byte.rotate_left(3) ^ self.random.random::<u8>();
        }
        if self.strikes(self.faults.garbled) { byte ^ self.random.random_range(1..=255u8) } else { byte }
    }

    fn strikes(&mut self, rate: f64) -> bool {
        rate > 0.0 && self.random.random_bool(rate.min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_strike_as_often_as_they_should() {
        let bytes = vec![0x55u8; 100_000];
        let garbled = BadWire::new(Faults { garbled: 0.01, ..Faults::default() }, 1).carry(&bytes);
        let wrong = garbled.iter().filter(|b| **b != 0x55).count();
        assert!(garbled.len() == bytes.len() && (850..1150).contains(&wrong), "{wrong}");
        let lost = BadWire::new(Faults { lost: 0.01, ..Faults::default() }, 1).carry(&bytes);
        assert!((98_850..99_150).contains(&lost.len()));
        assert_eq!(BadWire::new(Faults::default(), 1).carry(&bytes), bytes);
    }
}
