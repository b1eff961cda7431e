//! A camera that sends prepared frames at any pace: for benches, and for machines without a camera.

use super::pacing::Pacing;
use super::source::{CameraOpener, CameraSource, Pace, RawFrame, Taken};
use super::{CameraError, CameraFormat, Damage, PixelCoding};
use fencing::geometry::FrameSize;
use fencing::time::HostClock;
use std::sync::Arc;
use vision::video::{Cancel, encode_jpeg};

/// Number of prepared frames, which are sent in a loop.
const PICTURES: u32 = 8;

/// A simulated camera.
#[derive(Clone, Debug)]
pub struct SyntheticCamera {
    format: CameraFormat,
    pace: Pace,
    clock: HostClock,
    /// How many frames are sent; `None` for no end.
    limit: Option<u64>,
}

impl SyntheticCamera {
    /// A camera that sends MJPEG of that size and rate without end.
    pub fn new(size: FrameSize, fps: u32, pace: Pace, clock: HostClock) -> Self {
        Self { format: CameraFormat { size, fps: fps.max(1), coding: PixelCoding::Jpeg }, pace, clock, limit: None }
    }

    /// Ends after that many frames.
    #[must_use]
    pub fn ending_after(self, frames: u64) -> Self {
        Self { limit: Some(frames), ..self }
    }
}

impl CameraOpener for SyntheticCamera {
    fn name(&self) -> String {
        "synthetic camera".into()
    }

    fn open(&self, cancel: &Cancel) -> Result<Box<dyn CameraSource>, CameraError> {
        let frames: Result<Vec<_>, _> = (0..PICTURES).map(|phase| render(self.format.size, phase)).collect();
        Ok(Box::new(SyntheticSource {
            format: self.format,
            frames: frames?,
            sent: 0,
            limit: self.limit,
            pacing: Pacing::new(self.pace, self.clock),
            cancel: cancel.clone(),
        }))
    }
}

struct SyntheticSource {
    format: CameraFormat,
    frames: Vec<Arc<[u8]>>,
    sent: u64,
    limit: Option<u64>,
    pacing: Pacing,
    cancel: Cancel,
}

impl CameraSource for SyntheticSource {
    fn format(&self) -> Option<CameraFormat> {
        Some(self.format)
    }

    fn next_frame(&mut self) -> Result<Option<RawFrame>, CameraError> {
        if self.limit.is_some_and(|limit| self.sent >= limit) {
            return Ok(None);
        }
        let due_secs = self.sent as f64 / f64::from(self.format.fps);
        let taken = Taken::At(self.pacing.wait_for(due_secs, &self.cancel));
        let bytes = self.frames[self.sent as usize % self.frames.len()].to_vec();
        self.sent += 1;
        Ok(Some(RawFrame { taken, size: self.format.size, coding: self.format.coding, bytes }))
    }
}

/// Stripes that move over a gradient with sensor noise: compresses about as badly as a hall full of people.
fn render(size: FrameSize, phase: u32) -> Result<Arc<[u8]>, CameraError> {
    let mut grain = 0x9E37_79B9_u32.wrapping_add(phase);
    let mut rgb = Vec::with_capacity(size.width as usize * size.height as usize * 3);
    for y in 0..size.height {
        for x in 0..size.width {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let stripe = if ((x + y / 2 + phase * 24) / 96).is_multiple_of(2) { 60 } else { 0 };
            let level = 40 + x * 100 / size.width.max(1) + stripe + (grain >> 28);
            rgb.extend([level as u8, (level + 10) as u8, (level / 2 + 40) as u8]);
        }
    }
    let jpeg = encode_jpeg(&rgb, size).map_err(|e| Damage::Coding(e.to_string()))?;
    Ok(jpeg.into())
}
