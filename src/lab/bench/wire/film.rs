//! What the sessions send: a drawn phrase as JPEG frames, made before anything is measured.

use crate::bench::script;
use bytes::Bytes;
use fencing::{Lamp, Side};
use lab::drawn::{DrawnPhrase, Move, Script, Studio};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use recording::signal_log_of_now;
use vision::video::FrameSource;

/// Frames per second, drawn and sent.
pub(super) const FPS: f64 = 30.0;
/// Quality that the reference's client uses.
const QUALITY: u8 = 85;

/// A phrase to send.
pub(super) struct Film {
    /// How long it lasts.
    pub(super) secs: f64,
    /// Its frames.
    pub(super) jpegs: Vec<Bytes>,
    /// Its signal log.
    pub(super) log: Vec<u8>,
    /// Size of its frames.
    pub(super) size: (u32, u32),
}

impl Film {
    /// Draws so many seconds.
    pub(super) fn draw(secs: f64) -> anyhow::Result<Self> {
        Self::of(script(secs))
    }

    /// Draws one of many phrases that are not alike: the seed says which.
    pub(super) fn drawn_by_lot(seed: u64) -> anyhow::Result<Self> {
        Self::of(by_lot(&mut ChaCha8Rng::seed_from_u64(seed)))
    }

    fn of(script: Script) -> anyhow::Result<Self> {
        let secs = script.secs();
        let mut phrase = DrawnPhrase::new(script, Studio::default());
        let size = (phrase.size().width, phrase.size().height);
        let mut jpegs = Vec::new();
        while let Some(frame) = phrase.next_frame()? {
            let mut jpeg = Vec::new();
            let sides = (u16::try_from(size.0)?, u16::try_from(size.1)?);
            let encoder = jpeg_encoder::Encoder::new(&mut jpeg, QUALITY);
            encoder.encode(&frame.rgb, sides.0, sides.1, jpeg_encoder::ColorType::Rgb)?;
            jpegs.push(Bytes::from(jpeg));
        }
        Ok(Self { secs, jpegs, log: signal_log_of_now(&phrase.signal_log(), "bench"), size })
    }

    /// Nothing to send.
    pub(super) fn empty() -> Self {
        Self { secs: 0.0, jpegs: Vec::new(), log: Vec::new(), size: (1280, 720) }
    }

    /// Mean size of a frame in KiB.
    pub(super) fn mean_kib(&self) -> f64 {
        let total: usize = self.jpegs.iter().map(Bytes::len).sum();
        total as f64 / 1024.0 / self.jpegs.len().max(1) as f64
    }
}

/// Both fencers step and stop as the dice say, then attack; both lamps light.
fn by_lot(dice: &mut ChaCha8Rng) -> Script {
    let mut fencer = || {
        let mut moves = vec![Move::on_guard(dice.random_range(0.2..0.6))];
        for _ in 0..dice.random_range(4..8) {
            let (secs, metres) = (dice.random_range(0.3..0.6), dice.random_range(0.2..0.5));
            moves.push(match dice.random_range(0..4) {
                0 => Move::retreat(secs, metres),
                1 => Move::pause(secs),
                _ => Move::advance(secs, metres),
            });
        }
        moves.push(Move::lunge(dice.random_range(0.3..0.5), dice.random_range(0.6..1.0)));
        moves
    };
    let (left, right) = (fencer(), fencer());
    let length = |moves: &[Move]| moves.iter().map(|one| one.secs).sum::<f64>();
    let touch = length(&left).max(length(&right));
    let both_lit = Script::new(left, right).start(0.0).lamp(touch, Side::Left, Lamp::Valid);
    both_lit.lamp(touch + 0.05, Side::Right, Lamp::Valid).lasting(touch + 0.4)
}
