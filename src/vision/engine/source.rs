//! Quality of a phrase's source: what limits the certainty of a call besides what the frames show, such as damaged or repeated
//! frames and slow motion.
//!
//! The reader of the source reports its findings in a [`SourceQuality`]. Their effect depends on the time of the touch, which is known
//! only once the signals are on the clock of the frames: [`ObservedPhrase::judge`](super::ObservedPhrase::judge) computes it.

use super::Caution;
use super::observed_phrase::DECISION_SPAN_SECS;
use crate::video::FrameRepeats;
use fencing::Side;
use fencing::actions::{ActionKind, Timeline};
use fencing::time::Timestamp;

/// Findings of the reader of a phrase's source, on the clock of the frames. The default is a perfect source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceQuality {
    /// Times of the frames that could not be decoded completely.
    pub damaged_frames: Vec<Timestamp>,
    /// Which frames repeat the previous one.
    pub repeats: FrameRepeats,
    /// Speed of the scene's clock relative to the source's, below 1, where the metadata state slow motion and the user has not confirmed or denied it.
    pub slow_capture: Option<f64>,
    /// Whether the source may be slow motion without metadata: a clip from outside whose speed the user did not state.
    pub may_be_slow: bool,
}

/// The effect on a touch at a known time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct SourceDoubt {
    /// Median seconds between new frames, where frames are repeated: the time resolution.
    pub(super) new_frame_secs: Option<f64>,
    /// How much the observations are discounted, 0 (not at all) to 1 (completely, and right of way is left open).
    pub(super) doubt: f64,
    /// As [`SourceQuality::may_be_slow`].
    pub(super) may_be_slow: bool,
}

impl SourceQuality {
    /// The effect on a touch at `until`, before which `frames` frames were analysed in the decision span.
    pub(super) fn doubt_at(&self, until: Timestamp, frames: usize) -> SourceDoubt {
        let called_on = |at: &Timestamp| *at <= until && until.secs_since(*at) <= DECISION_SPAN_SECS;
        let damaged = self.damaged_frames.iter().filter(|at| called_on(at)).count();
        let doubt = SourceDoubt {
            new_frame_secs: self.repeats.interval_secs(until),
            doubt: 0.0,
            may_be_slow: self.may_be_slow,
        };
        let damaged_share = damaged as f64 / frames.max(1) as f64;
        doubt.combined_with(damaged_share).combined_with(if self.slow_capture.is_some() { 1.0 } else { 0.0 })
    }

    /// Cautions for the reader of the verdict.
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
    /// Combines two doubts: the second applies to what the first leaves.
    #[must_use]
    fn combined_with(self, doubt: f64) -> Self {
        Self { doubt: 1.0 - (1.0 - self.doubt) * (1.0 - doubt.clamp(0.0, 1.0)), ..self }
    }
}

/// A lunge lasts 0.3 to 0.7 s from the first movement of the foot to the landing (Gholipour et al. 2008, Gutierrez-Davila et al.
/// 2013 measured 0.6 s on average); twice as long is no lunge at its own speed.
const MAX_LUNGE_SECS: f64 = 1.4;

/// Whether a fencer's lunge or fleche took implausibly long: the clip is probably slow motion.
pub(super) fn is_implausibly_slow(timeline: &Timeline) -> bool {
    let actions = Side::BOTH.into_iter().flat_map(|side| &timeline.actions[side]);
    actions
        .filter(|action| matches!(action.kind, ActionKind::Lunge | ActionKind::Fleche))
        .any(|action| action.span.secs() > MAX_LUNGE_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubts_add_up_and_never_exceed_all() {
        let half = SourceDoubt::default().combined_with(0.5);
        assert!((half.combined_with(0.5).doubt - 0.75).abs() < 1e-12);
        assert!((half.combined_with(7.0).doubt - 1.0).abs() < 1e-12);
        assert!(half.combined_with(-1.0).doubt.to_bits() == half.doubt.to_bits());
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
