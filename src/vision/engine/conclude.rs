//! From everything observed to the judgement: motion, actions, right of way. Pure, a few milliseconds.

use super::judgement::{Caution, Judgement};
use super::seen::SeenPhrase;
use fencing::actions::{self, Timeline};
use fencing::kinematics::{Motion, MotionError, with_touch_placed};
use fencing::right_of_way::{Evidence, Verdict, decide};
use fencing::time::Timestamp;
use fencing::{Confidence, Probabilities, SignalEvent, Weapon};
use std::borrow::Cow;

/// Judges what was seen and signalled.
pub(super) fn judge(phrase: SeenPhrase) -> Judgement {
    let heard = &phrase.heard;
    let weapon = heard.setup.weapon;
    // The picture's own lamps count only where nobody else reported anything.
    let signals = if heard.signals.is_empty() { &phrase.seen.lamps } else { &heard.signals }.clone();
    let (corrected, decision) = (&phrase.seen.corrected, &heard.decision);
    // Repaired once, up to the moment after which nothing decides.
    let motion = match signals.first_touch() {
        Some(touch) => Motion::from_tracks_until(corrected, after_touch(touch, weapon)),
        None => Motion::from_tracks(corrected),
    };
    let placed = match &motion {
        Ok(motion) => with_touch_placed(&signals, motion),
        Err(_) => Cow::Borrowed(&signals),
    };
    let timeline = motion.as_ref().map_or_else(|_| Timeline::default(), |m| actions::detect(m, &placed, weapon));
    let evidence = Evidence::gather(&timeline, motion.as_ref().ok(), &placed, (weapon, decision));
    let opinion = match &motion {
        Ok(motion) if weapon != Weapon::Epee => heard.learned.opinion(motion, &placed, &evidence),
        _ => None,
    };
    let mut verdict = decide(&evidence, opinion.as_ref(), decision);
    let completeness = phrase.completeness(signals.first_touch().map(|touch| touch.at));
    let mut cautions = phrase.all_cautions(&completeness);
    if signals.is_empty() {
        nobody_knows(&mut verdict);
        cautions.push(Caution { key: "no_signal", value: None });
    }
    cautions.extend(motion.as_ref().err().and_then(motion_caution));
    Judgement {
        weapon,
        verdict,
        timeline,
        tracks: phrase.seen.tracks,
        corrected_tracks: phrase.seen.corrected,
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

/// That nothing was signalled says nothing about who touched: the lamps may be missing, not the touch.
fn nobody_knows(verdict: &mut Verdict) {
    let third = 1.0 / 3.0;
    verdict.confidence = Confidence(0.0);
    verdict.probabilities = Probabilities { left: third, right: third, none: third };
}

/// A fencer who was not seen is reported by the tracker's own cautions; what is left is odd geometry.
fn motion_caution(error: &MotionError) -> Option<Caution> {
    match error {
        MotionError::SidesExchanged => Some(Caution { key: "sides_exchanged", value: None }),
        MotionError::AbsurdUnits { metres, .. } => {
            Some(Caution { key: "absurd_size", value: Some(f64::from(*metres)) })
        }
        _ => None,
    }
}
