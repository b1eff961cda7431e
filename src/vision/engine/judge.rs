//! From observations and signals to the judgement: motion, actions, right of way; or from the lamps only where right of way does not
//! matter. Pure functions, a few milliseconds.

use super::judgement::{Caution, Completeness, Judgement};
use super::observed_phrase::ObservedPhrase;
use super::source::is_implausibly_slow;
use crate::tracking::Tracks;
use fencing::actions::{self, Timeline};
use fencing::kinematics::{Motion, MotionError, with_touch_placed};
use fencing::right_of_way::{DecisionSettings, Evidence, Verdict, decide, needs_right_of_way};
use fencing::time::Timestamp;
use fencing::{Confidence, Probabilities, SignalEvent, SignalLog, Weapon};
use std::borrow::Cow;

/// Judges observations and signals.
pub(super) fn judge(phrase: ObservedPhrase) -> Judgement {
    let inputs = &phrase.inputs;
    let weapon = inputs.setup.weapon;
    // The lamps in the frames count only without signals.
    let signals = if inputs.signals.is_empty() { &phrase.observations.lamps } else { &inputs.signals }.clone();
    let (corrected, decision) = (&phrase.observations.corrected, &inputs.decision);
    // Gaps are repaired once, up to the time after which nothing decides.
    let motion = match signals.first_touch() {
        Some(touch) => Motion::from_tracks_until(corrected, after_touch(touch, weapon)),
        None => Motion::from_tracks(corrected),
    };
    let placed = match &motion {
        Ok(motion) => with_touch_placed(&signals, motion),
        Err(_) => Cow::Borrowed(&signals),
    };
    let timeline = motion.as_ref().map_or_else(|_| Timeline::default(), |m| actions::detect(m, &placed, weapon));
    let slow = inputs.source.may_be_slow && is_implausibly_slow(&timeline);
    let mut evidence = Evidence::gather(&timeline, motion.as_ref().ok(), &placed, (weapon, decision));
    evidence.source_doubt = if slow { 1.0 } else { inputs.source.doubt };
    let between_new = inputs.source.new_frame_secs.unwrap_or(0.0);
    evidence.timing_uncertainty_secs = evidence.timing_uncertainty_secs.max(between_new / 2.0);
    let prediction = match &motion {
        Ok(motion) if needs_right_of_way(&evidence, decision) => inputs.learned.prediction(motion, &placed, &evidence),
        _ => None,
    };
    let mut verdict = decide(&evidence, prediction.as_ref(), decision);
    let completeness = phrase.completeness(signals.first_touch().map(|touch| touch.at));
    let mut cautions = phrase.all_cautions(&completeness);
    if slow {
        cautions.push(Caution { key: "slow_motion", value: None });
    }
    if signals.is_empty() {
        set_touch_unknown(&mut verdict);
        cautions.push(Caution { key: "no_signal", value: None });
    }
    cautions.extend(motion.as_ref().err().and_then(motion_caution));
    Judgement {
        weapon,
        verdict,
        timeline,
        tracks: phrase.observations.tracks,
        corrected_tracks: phrase.observations.corrected,
        pixels_per_metre: motion.ok().and_then(|m| m.pixels_per_metre()),
        signals,
        completeness,
        cautions,
    }
}

/// The moment after which nothing decides: the end of the lockout, or where a touch of uncertain time may have fallen at the latest.
fn after_touch(touch: SignalEvent, weapon: Weapon) -> Timestamp {
    touch.at.plus_secs(weapon.timings().lockout_secs.max(touch.uncertainty_secs))
}

/// Adjusts a verdict without signals: the lamps may be missing, not the touch.
fn set_touch_unknown(verdict: &mut Verdict) {
    verdict.confidence = Confidence(0.0);
    verdict.probabilities = Probabilities::EVEN;
}

/// The tracker's own cautions report a fencer who was not detected; this covers odd geometry.
fn motion_caution(error: &MotionError) -> Option<Caution> {
    match error {
        MotionError::SidesExchanged => Some(Caution { key: "sides_exchanged", value: None }),
        MotionError::AbsurdUnits { metres, .. } => {
            Some(Caution { key: "absurd_size", value: Some(f64::from(*metres)) })
        }
        _ => None,
    }
}

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
