//! A verdict wherever it was made, in the one shape that the desk handles.

use crate::{Ruling, RulingOrigin, Standing};
use fencing::time::Timestamp;
use fencing::{Call, Lamp, PerSide, Side, SignalLog};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use vision::engine::Judgement;

/// Share of the pictures that may be skipped before a verdict is only provisional.
const MOST_SKIPPED: f64 = 0.05;

/// Whether everything was looked at that should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thoroughness {
    /// It was.
    Full,
    /// The analysis could not keep up: the recording should be judged.
    Coarse,
}

/// One verdict.
#[derive(Clone, Debug)]
pub(crate) struct Opinion {
    pub(crate) origin: RulingOrigin,
    pub(crate) call: Call,
    pub(crate) confidence: Option<f64>,
    pub(crate) rule: Option<String>,
    pub(crate) words: String,
    pub(crate) lamps: PerSide<bool>,
    pub(crate) touch: Option<Timestamp>,
    pub(crate) judgement: Option<Arc<Judgement>>,
    pub(crate) thoroughness: Thoroughness,
    /// Time of the last picture on the clip's clock.
    pub(crate) end: Timestamp,
    /// How long judging took.
    pub(crate) processing: Duration,
}

impl Opinion {
    /// Our own engine's.
    pub(crate) fn ours(judgement: Judgement, origin: RulingOrigin, end: Timestamp, processing: Duration) -> Self {
        let verdict = &judgement.verdict;
        let seen = judgement.completeness;
        let skipped = seen.frames_received.saturating_sub(seen.frames_analysed);
        let coarse = skipped as f64 > MOST_SKIPPED * seen.frames_received as f64;
        Self {
            origin,
            call: verdict.call,
            confidence: Some(verdict.confidence.0),
            rule: Some(verdict.rule.0.to_owned()),
            words: String::new(),
            lamps: lit(&judgement.signals),
            touch: judgement.signals.first_touch().map(|touch| touch.at),
            thoroughness: if coarse { Thoroughness::Coarse } else { Thoroughness::Full },
            judgement: Some(Arc::new(judgement)),
            end,
            processing,
        }
    }

    /// As it is told: about the phrase in `folder`, `delay_secs` after all that counts had happened.
    pub(crate) fn ruling(&self, folder: PathBuf, standing: Standing, (delay_secs, is_current): (f64, bool)) -> Ruling {
        Ruling {
            folder,
            standing,
            is_current,
            origin: self.origin.clone(),
            call: self.call,
            confidence: self.confidence,
            words: self.words.clone(),
            lamps: self.lamps,
            judgement: self.judgement.clone(),
            delay_secs: delay_secs.max(0.0),
            touch: self.touch,
        }
    }

    /// A server's: ours says the call itself, the reference's only who won. `None` when it says neither.
    pub(super) fn of_server(result: &Value, address: &str, signals: &SignalLog, took: Duration) -> Option<Self> {
        let verdict = &result["verdict"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let call = verdict["call"].as_str().or_else(|| result["winner"].as_str()).and_then(call_of)?;
        let touch = signals.first_touch().map(|touch| touch.at);
        Some(Self {
            origin: RulingOrigin::Server(address.to_owned()),
            call,
            confidence: verdict["confidence"].as_f64().filter(|c| (0.0..=1.0).contains(c)),
            rule: text(&verdict["rule"]),
            words: text(&result["natural_language_reason"]).or_else(|| text(&result["reason"])).unwrap_or_default(),
            lamps: lit(signals),
            touch,
            judgement: None,
            thoroughness: Thoroughness::Full,
            end: touch.unwrap_or_default(),
            processing: took,
        })
    }
}

/// The lamps that count as touches.
pub(crate) fn lit(signals: &SignalLog) -> PerSide<bool> {
    signals.lamps().map(|lamp| matches!(lamp, Lamp::Valid | Lamp::OffTarget))
}

/// A call as results spell it; the reference says `none` where nobody gets a touch.
fn call_of(word: &str) -> Option<Call> {
    match word {
        "left" => Some(Call::Touch(Side::Left)),
        "right" => Some(Call::Touch(Side::Right)),
        "simultaneous" => Some(Call::Simultaneous),
        "double" => Some(Call::Double),
        "no_touch" => Some(Call::NoTouch),
        "too_close" | "none" | "abstain" => Some(Call::TooClose),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(result: &Value, expected: Option<(Call, Option<f64>)>) {
        let heard = Opinion::of_server(result, "judge:8080", &SignalLog::default(), Duration::ZERO);
        assert_eq!(heard.map(|o| (o.call, o.confidence)), expected, "{result}");
    }

    #[test]
    fn our_servers_and_the_references_results_are_understood_and_nonsense_is_no_verdict() {
        let sure = json!({"winner": "left", "verdict": {"call": "left", "confidence": 0.9}});
        check(&sure, Some((Call::Touch(Side::Left), Some(0.9))));
        check(&json!({"winner": "right", "reason": "x"}), Some((Call::Touch(Side::Right), None)));
        check(&json!({"winner": "none"}), Some((Call::TooClose, None)));
        check(&json!({"verdict": {"call": "double", "confidence": 7}}), Some((Call::Double, None)));
        check(&json!({"winner": 4}), None);
        check(&json!([1, 2]), None);
    }
}
