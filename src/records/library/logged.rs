//! What a signal log tells a list: the person's answer and the moment of the touch. Logs that cannot be used tell nothing.

use super::Entry;
use fencing::Call;
use recording::{HitSides, HumanAnswer, read_signal_log};
use std::path::Path;

/// Fills in what the entry does not know yet.
pub(super) fn fill(entry: &mut Entry, log: &Path) {
    let Ok(parsed) = read_signal_log(log, HitSides::Auto) else { return };
    let answer = parsed.answers.human.map(|answer| match answer {
        HumanAnswer::Winner(side) => Call::Touch(side),
        HumanAnswer::Abstain => Call::NoTouch,
    });
    entry.own_call = entry.own_call.or(answer);
    entry.touch_secs = entry.touch_secs.or(parsed.signals.first_touch().map(|touch| touch.at.secs()));
}
