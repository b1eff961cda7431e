//! Quality of a phrase's source: what limits the certainty of a call besides what the frames show, such as damaged or repeated
//! frames and slow motion.
//!
//! Whoever reads the source reports what it found in a [`SourceQuality`]. How much of it counts depends on when the touch fell, which
//! is known only once the signals are on the clock of the frames: [`ObservedPhrase::judge`](super::ObservedPhrase::judge) works that out.

use super::Caution;
use super::observed_phrase::CALLED_ON_SECS;
use crate::video::FrameRepeats;
use fencing::Side;
use fencing::actions::{ActionKind, Timeline};
use fencing::time::Timestamp;

/// What the reader of a phrase's source found, on the clock of the frames. The default doubts nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceQuality {
    /// Times of the frames that could not be decoded, in parts or at all.
    pub damaged_frames: Vec<Timestamp>,
    /// Which frames repeat the one before.
    pub repeats: FrameRepeats,
    /// Speed of the scene's clock against the source's, below 1, where the metadata names slow motion and nobody confirmed or denied it.
    pub slow_capture: Option<f64>,
    /// Whether the source may be slow motion that says so nowhere: a clip from outside whose speed nobody named.
    pub may_be_slow: bool,
}

/// The same for a touch at a known moment: what the judge counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct SourceDoubt {
    /// Median seconds between frames that show something new, where frames are repeated: moments are known no better than this.
    pub(super) new_frame_secs: Option<f64>,
    /// How little of what was seen may count, 0 (all of it counts) to 1 (nothing does, and right of way is left open).
    pub(super) doubt: f64,
    /// As [`SourceQuality::may_be_slow`].
    pub(super) may_be_slow: bool,
}

impl SourceQuality {
    /// What counts for a touch at `until`, before which `frames` frames were analysed in the time that calls are made on.
    pub(super) fn doubt_at(&self, until: Timestamp, frames: usize) -> SourceDoubt {
        let called_on = |at: &Timestamp| *at <= until && until.secs_since(*at) <= CALLED_ON_SECS;
        let damaged = self.damaged_frames.iter().filter(|at| called_on(at)).count();
        let doubt = SourceDoubt {
            new_frame_secs: self.repeats.interval_secs(until),
            doubt: 0.0,
            may_be_slow: self.may_be_slow,
        };
        let damaged_share = damaged as f64 / frames.max(1) as f64;
        doubt.doubted(damaged_share).doubted(if self.slow_capture.is_some() { 1.0 } else { 0.0 })
    }

    /// What the reader of the verdict should know of it.
    pub(super) fn cautions(&self, doubt: &SourceDoubt) -> Vec<Caution> {
        let damaged = self.damaged_frames.len();
        let all = [
            (damaged > 0).then_some(Caution { key: "damaged_frames", value: Some(damaged as f64) }),
            doubt.new_frame_secs.map(|secs| Caution { key: "repeated_frames", value: Some(secs) }),
            self.slow_capture.map(|speed| Caution { key: "slow_capture", value: Some(1.0 / speed) }),
        ];
        all.into_iter().flatten().collect()
    }
}

impl SourceDoubt {
    /// Both doubts together: what is left of the one is doubted by the other.
    #[must_use]
    fn doubted(self, doubt: f64) -> Self {
        Self { doubt: 1.0 - (1.0 - self.doubt) * (1.0 - doubt.clamp(0.0, 1.0)), ..self }
    }
}

/// A lunge lasts 0.3 to 0.7 s from the first movement of the foot to the landing (Gholipour et al. 2008, Gutierrez-Davila et al.
/// 2013 measured 0.6 s on average); twice as long is no lunge at its own speed.
const LONGEST_LUNGE_SECS: f64 = 1.4;

/// Whether a fencer's lunge or fleche took implausibly long: the clip is probably slow motion.
pub(super) fn is_implausibly_slow(timeline: &Timeline) -> bool {
    let actions = Side::BOTH.into_iter().flat_map(|side| &timeline.actions[side]);
    actions
        .filter(|action| matches!(action.kind, ActionKind::Lunge | ActionKind::Fleche))
        .any(|action| action.span.secs() > LONGEST_LUNGE_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubts_add_up_and_never_exceed_all() {
        let half = SourceDoubt::default().doubted(0.5);
        assert!((half.doubted(0.5).doubt - 0.75).abs() < 1e-12);
        assert!((half.doubted(7.0).doubt - 1.0).abs() < 1e-12);
        assert!(half.doubted(-1.0).doubt.to_bits() == half.doubt.to_bits());
    }

    #[test]
    fn damage_counts_in_the_two_seconds_before_the_touch() {
        let damaged = |secs: &[f64]| {
            let damaged_frames = secs.iter().map(|secs| Timestamp::from_secs(*secs)).collect();
            SourceQuality { damaged_frames, ..SourceQuality::default() }
        };
        let doubt = |source: &SourceQuality| source.doubt_at(Timestamp::from_secs(5.0), 10).doubt;
        assert!((doubt(&damaged(&[3.5, 4.0, 5.0])) - 0.3).abs() < 1e-12);
        let elsewhere = damaged(&[1.0, 2.9, 5.1]);
        assert!(doubt(&elsewhere).abs() < 1e-12, "long before the touch, and after it");
        let cautions = elsewhere.cautions(&SourceDoubt::default());
        assert_eq!(cautions, [Caution { key: "damaged_frames", value: Some(3.0) }], "reported all the same");
    }

    #[test]
    fn slow_motion_by_the_metadata_leaves_nothing_to_count() {
        let source = SourceQuality { slow_capture: Some(0.25), ..SourceQuality::default() };
        let doubt = source.doubt_at(Timestamp::from_secs(5.0), 10);
        assert!((doubt.doubt - 1.0).abs() < 1e-12);
        assert_eq!(source.cautions(&doubt), [Caution { key: "slow_capture", value: Some(4.0) }]);
    }
}
