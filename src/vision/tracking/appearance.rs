//! A fencer's clothes as a coarse colour histogram of the torso: enough to distinguish two people after a crossing.

use crate::pose::{Pose, joint};
use crate::video::Frame;
use fencing::geometry::{ImagePoint, ImageRect};

const LEVELS: usize = 4;
const BINS: usize = LEVELS * LEVELS * LEVELS;

/// Samples along each side of the torso's box.
const SAMPLES: usize = 12;

/// Colour histogram of the torso; sums to 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Appearance {
    shares: [f32; BINS],
    /// How white it is, 0..1: bright and without colour.
    pub(super) whiteness: f32,
}

impl Appearance {
    /// The appearance of the person with this pose; `None` when the torso lies outside the frame.
    pub(super) fn of(frame: &Frame, pose: &Pose) -> Option<Self> {
        let corners = [joint::LEFT_SHOULDER, joint::RIGHT_SHOULDER, joint::LEFT_HIP, joint::RIGHT_HIP];
        let torso = ImageRect::around(corners.map(|j| pose.keypoints[j].point))?;
        let least = torso.height() * 0.3;
        let half = torso.width().max(least) / 2.0;
        let centre = torso.centre();
        let mut shares = [0.0; BINS];
        let (mut white, mut count) = (0.0, 0.0);
        for i in 0..SAMPLES * SAMPLES {
            let across = (i % SAMPLES) as f32 / (SAMPLES - 1) as f32 - 0.5;
            let down = (i / SAMPLES) as f32 / (SAMPLES - 1) as f32;
            let at = ImagePoint::new(centre.x + across * half * 1.6, torso.top + down * torso.height());
            let Some([r, g, b]) = pixel(frame, at) else { continue };
            let level = |v: u8| usize::from(v) * LEVELS / 256;
            shares[(level(r) * LEVELS + level(g)) * LEVELS + level(b)] += 1.0;
            let (low, high) = (r.min(g).min(b), r.max(g).max(b));
            white += (f32::from(low) / 255.0) * (1.0 - f32::from(high - low) / 255.0);
            count += 1.0;
        }
        (count > 0.0).then(|| Self { shares: shares.map(|s| s / count), whiteness: white / count })
    }

    /// 1 for the same colours, 0 for none in common.
    pub(super) fn similarity(&self, other: &Self) -> f32 {
        self.shares.iter().zip(&other.shares).map(|(a, b)| a.min(*b)).sum()
    }

    /// Blends in the current appearance slowly: light changes slowly.
    pub(super) fn learn(&mut self, seen: &Self) {
        for (mine, now) in self.shares.iter_mut().zip(&seen.shares) {
            *mine += 0.05 * (now - *mine);
        }
    }
}

fn pixel(frame: &Frame, at: ImagePoint) -> Option<[u8; 3]> {
    let (scale_x, scale_y) = frame.source_from_carried();
    let (x, y) = (at.x / scale_x, at.y / scale_y);
    let inside = x >= 0.0 && y >= 0.0 && x < frame.size.width as f32 && y < frame.size.height as f32;
    let start = inside.then(|| (y as usize * frame.size.width as usize + x as usize) * 3)?;
    frame.rgb.get(start..start + 3)?.try_into().ok()
}
