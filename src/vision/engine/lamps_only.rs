//! The judgement by the lamps only, before any frame, where right of way does not matter.

use super::judgement::{Completeness, Judgement};
use crate::tracking::Tracks;
use fencing::actions::Timeline;
use fencing::right_of_way::{DecisionSettings, Evidence, decide};
use fencing::{SignalLog, Weapon};

/// The rules that use lamps only: one light, off target, equipment fault, double in épée.
const LAMP_RULES: [&str; 4] = ["L1", "L2", "L3", "E1"];

/// The judgement by the lamps only, before any frame: one light, off target, a fault, or a double in épée. `None` where right of way
/// decides. In sabre, crossed feet can still annul a touch ([`may_be_annulled`]), so a judgement with frames takes precedence.
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

/// Whether frames can change a judgement by the lamps: a touch in sabre, where a rear foot that passes the front one annuls it
/// (t.101.5). No other rule that looks at frames comes before those of the lamps.
pub fn may_be_annulled(judgement: &Judgement) -> bool {
    judgement.weapon == Weapon::Sabre && judgement.verdict.call.winner().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fencing::time::Timestamp;
    use fencing::{Call, Lamp, Side, SignalEvent, SignalKind, SignalSource};

    fn judged(weapon: Weapon, lamps: &[(Side, Lamp)]) -> Option<Judgement> {
        let mut signals = SignalLog::default();
        for (side, lamp) in lamps.iter().copied() {
            let (at, kind) = (Timestamp::from_secs(1.0), SignalKind::Lamp { side, lamp });
            signals.push(SignalEvent { at, uncertainty_secs: 0.01, source: SignalSource::Apparatus, kind });
        }
        judge_by_lamps(weapon, &signals)
    }

    fn check(weapon: Weapon, lamps: &[(Side, Lamp)], expected: Option<(&str, Call)>) {
        let judged = judged(weapon, lamps).map(|judged| judged.verdict);
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

    #[test]
    fn only_a_touch_in_sabre_waits_for_the_feet() {
        use Lamp::{Fault, OffTarget, Valid};
        let waits = |weapon, lamp| judged(weapon, &[(Side::Left, lamp)]).map(|judged| may_be_annulled(&judged));
        assert_eq!(waits(Weapon::Sabre, Valid), Some(true));
        assert_eq!(waits(Weapon::Sabre, Fault), Some(false));
        for (weapon, lamp) in [(Weapon::Foil, Valid), (Weapon::Foil, OffTarget), (Weapon::Epee, Valid)] {
            assert_eq!(waits(weapon, lamp), Some(false), "{weapon:?} {lamp:?}");
        }
        let double = judged(Weapon::Epee, &[(Side::Left, Valid), (Side::Right, Valid)]);
        assert_eq!(double.map(|judged| may_be_annulled(&judged)), Some(false));
    }
}
