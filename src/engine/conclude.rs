//! From everything observed to the judgement: motion, actions, right of way. Pure, a few milliseconds.

use super::analyzer::PhraseAnalyzer;
use super::judgement::{Caution, Judgement};
use crate::actions::{self, Timeline};
use crate::fencing::Weapon;
use crate::kinematics::{Motion, MotionError};
use crate::right_of_way::{Evidence, decide};

/// Judges what an analyzer has gathered.
pub(super) fn judge(phrase: &mut PhraseAnalyzer) -> Judgement {
    let weapon = phrase.setup.weapon;
    // The picture's own lamps count only where nobody else reported anything.
    let signals = if phrase.signals.is_empty() { phrase.lamps_seen() } else { phrase.signals.clone() };
    // Repaired once, up to the moment after which nothing decides.
    let motion = match signals.first_touch() {
        Some(touch) => Motion::from_tracks_until(&phrase.corrected, touch.at.plus_secs(weapon.timings().lockout_secs)),
        None => Motion::from_tracks(&phrase.corrected),
    };
    let timeline = motion.as_ref().map_or_else(|_| Timeline::default(), |m| actions::detect(m, &signals, weapon));
    let evidence = Evidence::gather(&timeline, motion.as_ref().ok(), &signals, (weapon, &phrase.decision));
    let opinion = match &motion {
        Ok(motion) if weapon != Weapon::Epee => phrase.learned.opinion(motion, evidence.touch_at),
        _ => None,
    };
    let verdict = decide(&evidence, opinion, &phrase.decision);
    let completeness = phrase.completeness(signals.first_touch().map(|touch| touch.at));
    let mut cautions = phrase.all_cautions(&completeness);
    if signals.is_empty() {
        cautions.push(Caution { key: "no_signal", value: None });
    }
    cautions.extend(motion.as_ref().err().and_then(motion_caution));
    Judgement {
        weapon,
        verdict,
        timeline,
        tracks: phrase.tracks.clone(),
        corrected_tracks: phrase.corrected.clone(),
        pixels_per_metre: motion.ok().and_then(|m| m.pixels_per_metre()),
        signals,
        completeness,
        cautions,
    }
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
