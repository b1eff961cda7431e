//! The rules' facts as numbers: how long before the touch each of a fencer's actions began or ended.

use crate::right_of_way::{Evidence, FencerFacts, Observed, Sighting};
use crate::time::Timestamp;

/// Of one fencer.
pub(super) fn of_fencer(evidence: &Evidence, facts: &FencerFacts) -> Vec<f32> {
    let touch = evidence.touch_at.unwrap_or_default();
    let before = |observed: Observed, moment: fn(Sighting) -> Timestamp| {
        observed.yes().map_or(super::NEVER, |seen| (touch.secs_since(moment(seen)) as f32).clamp(0.0, super::NEVER))
    };
    let started = |observed| before(observed, Sighting::start);
    let ended = |observed| before(observed, Sighting::end);
    vec![
        ended(facts.pause),
        ended(facts.retreat),
        ended(facts.pause).min(ended(facts.retreat)),
        started(facts.attack),
        started(facts.extension),
        started(facts.lunge),
        ended(facts.short),
        ended(facts.arm_reset),
        ended(facts.advance),
        started(facts.in_line),
        started(facts.beat),
        f32::from(u8::from(facts.slow_start.yes().is_some())),
        facts.foot_speed.unwrap_or_default() as f32,
    ]
}
