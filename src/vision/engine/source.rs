//! Quality of a phrase's source: what limits the certainty of a call besides what was seen, such as damaged or repeated frames.

use fencing::Side;
use fencing::actions::{ActionKind, Timeline};

/// What is known of the source of a phrase, for its judge. The default doubts nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SourceQuality {
    /// Median seconds between frames that show something new, where frames are repeated: moments are known no better than this.
    pub new_frame_secs: Option<f64>,
    /// How little of what was seen may count, 0 (all of it counts) to 1 (nothing does, and right of way is left open).
    pub doubt: f64,
    /// Whether the source may be slow motion that says so nowhere: a clip from outside whose speed nobody named.
    pub may_be_slow: bool,
}

impl SourceQuality {
    /// Both doubts together: what is left of the one is doubted by the other.
    #[must_use]
    pub fn doubted(self, doubt: f64) -> Self {
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
        let half = SourceQuality::default().doubted(0.5);
        assert!((half.doubted(0.5).doubt - 0.75).abs() < 1e-12);
        assert!((half.doubted(7.0).doubt - 1.0).abs() < 1e-12);
        assert!(half.doubted(-1.0).doubt.to_bits() == half.doubt.to_bits());
    }
}
