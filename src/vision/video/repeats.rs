//! Detects repeated frames: a video of 30 frames per second stored as 60 shows each frame twice, so its time resolution is that of
//! 30. Compares each frame with the previous one on a sparse grid of bytes.

use fencing::time::{Timestamp, median_interval_secs};
use std::sync::Arc;

/// Bytes of a frame that are compared.
const SAMPLES: usize = 11_000;
/// Largest difference of a byte in a repeated frame: encoder noise stays below it.
const NOISE: u8 = 10;
/// Frames with fewer changed samples than this share count as repeated. Of frames that an encoder repeated 0 to 0.0002 of the
/// samples differ, of new frames with two fencers moving 0.003 to 0.15 (clips of 640x360, re-encoded at CRF 14 to 28).
const CHANGED_SHARE: f64 = 0.0005;
/// Time span before the touch on which calls are based, in seconds.
const DECISION_SPAN_SECS: f64 = 2.0;
/// With fewer new frames than this nobody moved, and the rate is unknown.
const MIN_NEW_FRAMES: usize = 6;
/// A conversion from 24 to 30 per second repeats some frames; the rate counts as lower only when most frames are repeats.
const MIN_SLOWDOWN: f64 = 1.5;

/// Which frames of a video repeat the previous one, in time order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrameRepeats {
    frames: Vec<(Timestamp, FrameKind)>,
}

/// Compares each frame with the previous one.
#[derive(Debug, Default)]
pub(super) struct RepeatDetector {
    last: Option<Arc<[u8]>>,
    seen: FrameRepeats,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameKind {
    New,
    Repeated,
}

impl RepeatDetector {
    /// Adds the next frame; all have one size.
    pub(super) fn observe(&mut self, at: Timestamp, rgb: &Arc<[u8]>) {
        let repeated = self.last.as_ref().is_some_and(|last| is_repeated(last, rgb));
        self.seen.frames.push((at, if repeated { FrameKind::Repeated } else { FrameKind::New }));
        self.last = Some(Arc::clone(rgb));
    }

    /// Result so far.
    pub(super) fn frames(&self) -> &FrameRepeats {
        &self.seen
    }
}

impl FrameRepeats {
    /// Whether there is a frame at this time, within half a millisecond, which is far below any frame interval.
    pub(super) fn has_frame_at(&self, at: Timestamp) -> bool {
        const SLACK_SECS: f64 = 0.0005;
        let next = self.frames.partition_point(|(own, _)| own.secs() < at.secs() - SLACK_SECS);
        self.frames.get(next).is_some_and(|(own, _)| own.secs() <= at.secs() + SLACK_SECS)
    }

    /// Median seconds between new frames in the two seconds before `until`, where these are much fewer than all frames.
    pub fn interval_secs(&self, until: Timestamp) -> Option<f64> {
        let called_on = |at: Timestamp| at <= until && until.secs_since(at) <= DECISION_SPAN_SECS;
        let frames: Vec<_> = self.frames.iter().filter(|(at, _)| called_on(*at)).collect();
        let all: Vec<Timestamp> = frames.iter().map(|(at, _)| *at).collect();
        let new: Vec<Timestamp> =
            frames.iter().filter(|(_, newness)| *newness == FrameKind::New).map(|(at, _)| *at).collect();
        let (stored, true_interval) = (median_interval_secs(&all)?, median_interval_secs(&new)?);
        (new.len() >= MIN_NEW_FRAMES && true_interval > MIN_SLOWDOWN * stored).then_some(true_interval)
    }
}

fn is_repeated(last: &[u8], rgb: &[u8]) -> bool {
    // An odd step, so that all colour channels are sampled.
    let step = (rgb.len() / SAMPLES).max(1) | 1;
    let pairs = last.iter().zip(rgb).step_by(step);
    let sampled = pairs.len();
    let changed = pairs.filter(|(a, b)| a.abs_diff(**b) > NOISE).count();
    last.len() == rgb.len() && (changed as f64) < CHANGED_SHARE * sampled as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` frames at `rate` per second, of which every `each`-th is new; an eighth of the image moves.
    fn meter(count: u32, rate: f64, each: u32) -> RepeatDetector {
        let mut meter = RepeatDetector::default();
        for n in 0..count {
            let mut rgb = vec![40; 160 * 90 * 3];
            let scene = n / each;
            let begin = (scene as usize * 997) % 30_000;
            rgb[begin..begin + 5_000].fill(200);
            // Encoder noise.
            rgb.iter_mut().step_by(7).for_each(|byte| *byte += (n % 3) as u8);
            meter.observe(Timestamp::from_secs(f64::from(n) / rate), &rgb.into());
        }
        meter
    }

    #[test]
    fn a_film_of_thirty_stored_as_sixty_is_one_of_thirty() {
        let interval = |meter: RepeatDetector| meter.frames().interval_secs(Timestamp::from_secs(3.0));
        let found = interval(meter(180, 60.0, 2)).unwrap();
        assert!((found - 1.0 / 30.0).abs() < 1e-6, "{found}");
        assert_eq!(interval(meter(180, 60.0, 1)), None, "each is new");
        let found = interval(meter(360, 120.0, 4)).unwrap();
        assert!((found - 1.0 / 30.0).abs() < 1e-6, "{found}");
    }

    #[test]
    fn a_hall_in_which_nobody_moves_tells_nothing() {
        assert_eq!(meter(180, 60.0, 1000).frames().interval_secs(Timestamp::from_secs(3.0)), None);
    }
}
