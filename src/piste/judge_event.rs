//! The event of all three judges: this machine live, this machine from the recording, and a server.
//!
//! A judge fills in what it knows and sends the event to the session loop, which adds what only the loop knows (folder, delay)
//! and forwards it to the window.

use crossbeam_channel::Sender;
use fencing::time::Timestamp;
use fencing::{Call, Confidence, Lamp, PerSide, Side, SignalLog, Weapon};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use vision::engine::Judgement;

/// Share of skipped frames above which a verdict is only provisional: one frame in twenty, which gap repair bridges.
const MAX_SKIPPED_SHARE: f64 = 0.05;

/// An event of a judge about one phrase.
#[derive(Clone, Debug)]
pub struct JudgeEvent {
    /// Number of the phrase in this session, from 1.
    pub phrase: u64,
    /// Folder of the phrase; empty while the recorder has not started to write it.
    pub folder: PathBuf,
    /// Whether no later phrase had begun when the event was announced.
    pub is_current: bool,
    /// Who judged.
    pub origin: JudgeOrigin,
    /// Whether every frame was analysed that should have been.
    pub thoroughness: Thoroughness,
    /// Seconds from the end of the lockout or the call of halt to this event.
    pub delay_secs: f64,
    /// Time that judging took.
    pub processing: Duration,
    /// Time of the last frame on the clip's clock.
    pub end: Timestamp,
    /// What a server answered besides the call; `None` when this machine judged.
    pub server: Option<ServerReport>,
    /// What happened.
    pub kind: JudgeEventKind,
}

/// Kind of a judge's event.
#[derive(Clone, Debug)]
pub enum JudgeEventKind {
    /// Judging progressed.
    Progress {
        /// Message key of the stage.
        stage: &'static str,
        /// Progress, 0..1.
        share: f32,
    },
    /// A first verdict that a better one follows: made before the phrase was complete, or from too few frames.
    Provisional(Arc<Judgement>),
    /// The verdict that stands.
    Final(Arc<Judgement>),
    /// There is no verdict.
    Failed {
        /// A finished sentence with the remedy.
        text: String,
        /// Whether the session judges the recording instead; then the failure is not announced.
        falls_back: bool,
    },
}

/// Who judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum JudgeOrigin {
    /// This machine, live.
    #[default]
    Live,
    /// This machine, from the recording.
    Recording,
    /// A server, named by its address.
    Server(String),
}

/// Whether every frame was analysed that should have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thoroughness {
    /// Every frame was.
    #[default]
    Full,
    /// The analysis could not keep up with the camera; the recording should be judged.
    Coarse,
}

/// What a server answered besides the call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerReport {
    /// Confidence, 0..1; `None` when the server gives none.
    pub confidence: Option<f64>,
    /// Name of the rule; `None` when the server gives none.
    pub rule: Option<String>,
    /// The reasons in the server's words; may be empty.
    pub reason: String,
}

impl JudgeEvent {
    /// An event of a judge on this machine, without timings.
    pub fn new(phrase: u64, kind: JudgeEventKind) -> Self {
        Self {
            phrase,
            folder: PathBuf::new(),
            is_current: true,
            origin: JudgeOrigin::Live,
            thoroughness: Thoroughness::Full,
            delay_secs: 0.0,
            processing: Duration::ZERO,
            end: Timestamp::ZERO,
            server: None,
            kind,
        }
    }

    /// The verdict, if the event has one.
    pub fn judgement(&self) -> Option<&Arc<Judgement>> {
        match &self.kind {
            JudgeEventKind::Provisional(judgement) | JudgeEventKind::Final(judgement) => Some(judgement),
            JudgeEventKind::Progress { .. } | JudgeEventKind::Failed { .. } => None,
        }
    }

    /// The verdict with tracks, facts and reasons; `None` for a server's verdict, which has only the call and its reasons.
    pub fn own_judgement(&self) -> Option<&Arc<Judgement>> {
        self.judgement().filter(|_| self.server.is_none())
    }

    /// The call, if the event has one.
    pub fn call(&self) -> Option<Call> {
        self.judgement().map(|judgement| judgement.verdict.call)
    }

    /// Confidence, 0..1; `None` without a verdict and when the server gives none.
    pub fn confidence(&self) -> Option<f64> {
        match &self.server {
            Some(server) => server.confidence,
            None => self.judgement().map(|judgement| judgement.verdict.confidence.0),
        }
    }

    /// Name of the deciding rule.
    pub fn rule(&self) -> Option<&str> {
        match &self.server {
            Some(server) => server.rule.as_deref(),
            None => self.judgement().map(|judgement| judgement.verdict.rule.0),
        }
    }

    /// Whether the verdict is final.
    pub fn is_final(&self) -> bool {
        matches!(self.kind, JudgeEventKind::Final(_))
    }

    /// The lamps that count as touches.
    pub fn lamps(&self) -> PerSide<bool> {
        self.judgement().map_or_else(PerSide::default, |judgement| judgement.signals.lamps().map(Lamp::is_touch))
    }

    /// The event with `judgement`, made on this machine.
    pub(crate) fn judged(
        phrase: u64,
        judgement: Judgement,
        kind: fn(Arc<Judgement>) -> JudgeEventKind,
        (end, processing): (Timestamp, Duration),
    ) -> Self {
        let completeness = judgement.completeness;
        let skipped = completeness.frames_received.saturating_sub(completeness.frames_analysed);
        let coarse = skipped as f64 > MAX_SKIPPED_SHARE * completeness.frames_received as f64;
        let thoroughness = if coarse { Thoroughness::Coarse } else { Thoroughness::Full };
        Self { thoroughness, processing, end, ..Self::new(phrase, kind(Arc::new(judgement))) }
    }

    /// A judge's failure; `text` is a finished sentence with the remedy.
    pub(crate) fn failed(phrase: u64, text: impl Into<String>) -> Self {
        Self::new(phrase, JudgeEventKind::Failed { text: text.into(), falls_back: false })
    }

    /// The phrase could not be judged live; the session judges its recording.
    pub(crate) fn unwatched(phrase: u64, why: impl Into<String>) -> Self {
        Self::new(phrase, JudgeEventKind::Failed { text: why.into(), falls_back: true })
    }

    /// Reads a server's result: ours names the call, the reference's only the winner. `None` when it has neither.
    pub(crate) fn of_server(phrase: u64, result: &Value, question: &ServerQuestion<'_>) -> Option<Self> {
        let verdict = &result["verdict"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let call = verdict["call"].as_str().or_else(|| result["winner"].as_str()).and_then(parse_call)?;
        let confidence = verdict["confidence"].as_f64().filter(|c| (0.0..=1.0).contains(c));
        let server = ServerReport {
            confidence,
            rule: text(&verdict["rule"]),
            reason: text(&result["natural_language_reason"]).or_else(|| text(&result["reason"])).unwrap_or_default(),
        };
        let sure = Confidence(confidence.unwrap_or_default());
        let judgement = Judgement::of_call(question.weapon, call, sure, question.signals.clone());
        Some(Self {
            origin: JudgeOrigin::Server(question.address.to_owned()),
            processing: question.took,
            end: judgement.signals.first_touch().map(|touch| touch.at).unwrap_or_default(),
            server: Some(server),
            ..Self::new(phrase, JudgeEventKind::Final(Arc::new(judgement)))
        })
    }

    /// Completes the event with what only the session loop knows.
    pub(crate) fn announced(
        &self,
        folder: PathBuf,
        is_final: bool,
        (delay_secs, is_current): (f64, bool),
    ) -> Arc<Self> {
        let mut event = Self { folder, is_current, delay_secs: delay_secs.max(0.0), ..self.clone() };
        if let Some(judgement) = self.judgement().cloned() {
            event.kind =
                if is_final { JudgeEventKind::Final(judgement) } else { JudgeEventKind::Provisional(judgement) };
        }
        Arc::new(event)
    }
}

/// What a server was asked.
pub(crate) struct ServerQuestion<'a> {
    pub(crate) address: &'a str,
    pub(crate) weapon: Weapon,
    /// Signals on the clip's clock.
    pub(crate) signals: &'a SignalLog,
    /// Time from the question to the answer.
    pub(crate) took: Duration,
}

/// A call as results spell it; the reference writes `none` when nobody scores.
fn parse_call(word: &str) -> Option<Call> {
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

/// Sends a judge's events about one phrase. Progress is dropped when the queue is full, the last event is not.
#[derive(Clone)]
pub(crate) struct JudgeEventSender {
    pub(crate) phrase: u64,
    pub(crate) events: Sender<JudgeEvent>,
}

impl JudgeEventSender {
    pub(crate) fn progress(&self, stage: &'static str, share: f32) {
        let _full = self.events.try_send(JudgeEvent::new(self.phrase, JudgeEventKind::Progress { stage, share }));
    }

    /// Blocks while the queue is full; the session loop empties it many times a second.
    pub(crate) fn send(&self, event: JudgeEvent) {
        let _gone = self.events.send(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(result: &Value, expected: Option<(Call, Option<f64>)>) {
        let (signals, took) = (SignalLog::default(), Duration::ZERO);
        let question = ServerQuestion { address: "judge:8080", weapon: Weapon::Sabre, signals: &signals, took };
        let event = JudgeEvent::of_server(1, result, &question);
        assert_eq!(event.and_then(|event| Some((event.call()?, event.confidence()))), expected, "{result}");
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
