//! What the sessions send: a drawn phrase as JPEG pictures, made before anything is measured.

use crate::cli::bench::script;
use crate::cli::stream::log_of;
use crate::drawn::{DrawnPhrase, Studio};
use crate::video::FrameSource;
use bytes::Bytes;

/// Frames per second, drawn and sent.
pub(super) const FPS: f64 = 30.0;
/// Quality that the reference's client uses.
const QUALITY: u8 = 85;

/// A phrase to send.
pub(super) struct Film {
    /// How long it lasts.
    pub(super) secs: f64,
    /// Its pictures.
    pub(super) jpegs: Vec<Bytes>,
    /// Its signal log.
    pub(super) log: Vec<u8>,
    /// Size of its pictures.
    pub(super) size: (u32, u32),
}

impl Film {
    /// Draws so many seconds.
    pub(super) fn draw(secs: f64) -> anyhow::Result<Self> {
        let mut phrase = DrawnPhrase::new(script(secs), Studio::default());
        let size = (phrase.size().width, phrase.size().height);
        let mut jpegs = Vec::new();
        while let Some(frame) = phrase.next_frame()? {
            let mut jpeg = Vec::new();
            let sides = (u16::try_from(size.0)?, u16::try_from(size.1)?);
            let encoder = jpeg_encoder::Encoder::new(&mut jpeg, QUALITY);
            encoder.encode(&frame.rgb, sides.0, sides.1, jpeg_encoder::ColorType::Rgb)?;
            jpegs.push(Bytes::from(jpeg));
        }
        Ok(Self { secs, jpegs, log: log_of(&phrase.signal_log(), "bench"), size })
    }

    /// Nothing to send.
    pub(super) fn empty() -> Self {
        Self { secs: 0.0, jpegs: Vec::new(), log: Vec::new(), size: (1280, 720) }
    }

    /// Frames of so many seconds, at most all.
    pub(super) fn frames_of(&self, secs: f64) -> usize {
        ((secs * FPS) as usize).min(self.jpegs.len())
    }

    /// Mean size of a picture in KiB.
    pub(super) fn mean_kib(&self) -> f64 {
        let total: usize = self.jpegs.iter().map(Bytes::len).sum();
        total as f64 / 1024.0 / self.jpegs.len().max(1) as f64
    }
}
