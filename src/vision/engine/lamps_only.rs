//! The judgement by the lamps only, before any frame, where right of way does not matter.

use super::judgement::{Completeness, Judgement};
use crate::tracking::Tracks;
use fencing::actions::Timeline;
use fencing::right_of_way::{DecisionSettings, Evidence, decide};
use fencing::{SignalLog, Weapon};

/// The rules that use lamps only: one light, off target, equipment fault, double in épée.
const LAMP_RULES: [&str; 4] = ["L1", "L2", "L3", "E1"];

/// The judgement by the lamps only, before any frame: one light, off target, a fault, or a double in épée. `None` where right of way
/// decides. In sabre, crossed feet can still annul a touch, so a judgement with frames takes precedence.
pub fn judge_by_lamps(weapon: Weapon, signals: &SignalLog) -> Option<Judgement> {
    let (timeline, settings) = (Timeline::default(), DecisionSettings::default());
    let evidence = Evidence::gather(&timeline, None, signals, (weapon, &settings));
    let verdict = decide(&evidence, None, &settings);
    LAMP_RULES.contains(&verdict.rule.0).then(|| Judgement {
        weapon,
        verdict,
        timeline,
        tracks: Tracks::default(),
        corrected_tracks: Tracks::default(),
        pixels_per_metre: None,
        signals: signals.clone(),
        completeness: Completeness::default(),
        cautions: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::time::Timestamp;
    use fencing::{Call, Lamp, Side, SignalEvent, SignalKind, SignalSource};

    fn check(weapon: Weapon, lamps: &[(Side, Lamp)], expected: Option<(&str, Call)>) {
        let mut signals = SignalLog::default();
        for (side, lamp) in lamps.iter().copied() {
            let (at, kind) = (Timestamp::from_secs(1.0), SignalKind::Lamp { side, lamp });
            signals.push(SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Apparatus, kind });
        }
        let judged = judge_by_lamps(weapon, &signals).map(|judged| judged.verdict);
        let judged = judged.as_ref().map(|verdict| (verdict.rule.0, verdict.call));
        assert_eq!(judged, expected, "{weapon:?} {lamps:?}");
    }

    #[test]
    fn lamps_decide_where_no_right_of_way_is_asked_for() {
        use Lamp::{Fault, OffTarget, Valid};
        use Side::{Left, Right};
        for weapon in [Weapon::Foil, Weapon::Epee, Weapon::Sabre] {
            check(weapon, &[(Left, Valid)], Some(("L1", Call::Touch(Left))));
            check(weapon, &[(Right, Valid)], Some(("L1", Call::Touch(Right))));
            check(weapon, &[], None);
        }
        check(Weapon::Epee, &[(Left, Valid), (Right, Valid)], Some(("E1", Call::Double)));
        check(Weapon::Foil, &[(Left, OffTarget)], Some(("L2", Call::NoTouch)));
        check(Weapon::Sabre, &[(Right, Fault)], Some(("L3", Call::NoTouch)));
        for (weapon, lamp) in [(Weapon::Sabre, Valid), (Weapon::Foil, Valid), (Weapon::Foil, OffTarget)] {
            check(weapon, &[(Left, Valid), (Right, lamp)], None);
        }
    }
}
