//! The one event type of every judge: this machine while the phrase is fenced, this machine from the recording, or a server.
//!
//! A judge fills in what it knows and sends it to the session loop, which adds what only the loop knows (folder, delay) and
//! passes the same event on to the window.

use crossbeam_channel::Sender;
use fencing::time::Timestamp;
use fencing::{Call, Confidence, Lamp, PerSide, Side, SignalLog, Weapon};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use vision::engine::Judgement;

/// Share of the frames that may be skipped before a verdict is only provisional: one frame in twenty, which gap repair bridges.
const MAX_SKIPPED_SHARE: f64 = 0.05;

/// Something that a judge tells about one phrase.
#[derive(Clone, Debug)]
pub struct JudgeEvent {
    /// Number of the phrase in this session, from 1.
    pub phrase: u64,
    /// Its folder; empty while the recorder has not begun to write it.
    pub folder: PathBuf,
    /// Whether no later phrase had begun when this was announced.
    pub is_current: bool,
    /// Who judged.
    pub origin: JudgeOrigin,
    /// Whether every frame was analysed that should have been.
    pub thoroughness: Thoroughness,
    /// Seconds from the moment at which all that counts had happened (the lockout was over, halt was called) to this event.
    pub delay_secs: f64,
    /// How long judging took.
    pub processing: Duration,
    /// Time of the last frame on the clip's clock.
    pub end: Timestamp,
    /// What a server said besides the call; `None` where this machine judged.
    pub server: Option<ServerReport>,
    /// What happened.
    pub kind: JudgeEventKind,
}

/// What can happen to the judging of a phrase.
#[derive(Clone, Debug)]
pub enum JudgeEventKind {
    /// Judging goes on.
    Progress {
        /// Message key of the stage.
        stage: &'static str,
        /// Share of the whole, 0..1.
        share: f32,
    },
    /// A verdict that a better founded one follows: made the moment no light could come any more, or from too few frames.
    Provisional(Arc<Judgement>),
    /// The verdict that stands.
    Final(Arc<Judgement>),
    /// There is no verdict.
    Failed {
        /// A finished sentence with the remedy.
        text: String,
        /// Whether the session judges the recording instead; such a failure is not announced.
        falls_back: bool,
    },
}

/// Who judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum JudgeOrigin {
    /// This machine, while the phrase was fenced.
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
    /// It was.
    #[default]
    Full,
    /// The analysis could not keep up with the camera: the recording should be judged.
    Coarse,
}

/// What a server's answer holds besides the call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerReport {
    /// How sure, 0..1; `None` when the server does not say.
    pub confidence: Option<f64>,
    /// Name of the rule, where the server gives one.
    pub rule: Option<String>,
    /// The reasons as the server words them; may be empty.
    pub reason: String,
}

impl JudgeEvent {
    /// An event of a judge at this machine, without timings.
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

    /// The verdict, where this event brings one.
    pub fn judgement(&self) -> Option<&Arc<Judgement>> {
        match &self.kind {
            JudgeEventKind::Provisional(judgement) | JudgeEventKind::Final(judgement) => Some(judgement),
            JudgeEventKind::Progress { .. } | JudgeEventKind::Failed { .. } => None,
        }
    }

    /// The verdict with tracks, facts and reasons; `None` for a server's, of which only the call and its words are known.
    pub fn own_judgement(&self) -> Option<&Arc<Judgement>> {
        self.judgement().filter(|_| self.server.is_none())
    }

    /// The call, where this event brings one.
    pub fn call(&self) -> Option<Call> {
        self.judgement().map(|judgement| judgement.verdict.call)
    }

    /// How sure, 0..1; `None` without a verdict and when a server does not say.
    pub fn confidence(&self) -> Option<f64> {
        match &self.server {
            Some(server) => server.confidence,
            None => self.judgement().map(|judgement| judgement.verdict.confidence.0),
        }
    }

    /// Name of the rule that decided.
    pub fn rule(&self) -> Option<&str> {
        match &self.server {
            Some(server) => server.rule.as_deref(),
            None => self.judgement().map(|judgement| judgement.verdict.rule.0),
        }
    }

    /// Whether the verdict stands.
    pub fn is_final(&self) -> bool {
        matches!(self.kind, JudgeEventKind::Final(_))
    }

    /// The lamps that count as touches.
    pub fn lamps(&self) -> PerSide<bool> {
        self.judgement().map_or_else(PerSide::default, |judgement| {
            judgement.signals.lamps().map(|lamp| matches!(lamp, Lamp::Valid | Lamp::OffTarget))
        })
    }

    /// The same with the verdict of `judgement`, made by this machine.
    pub(super) fn judged(
        phrase: u64,
        judgement: Judgement,
        kind: fn(Arc<Judgement>) -> JudgeEventKind,
        (end, processing): (Timestamp, Duration),
    ) -> Self {
        let seen = judgement.completeness;
        let skipped = seen.frames_received.saturating_sub(seen.frames_analysed);
        let coarse = skipped as f64 > MAX_SKIPPED_SHARE * seen.frames_received as f64;
        let thoroughness = if coarse { Thoroughness::Coarse } else { Thoroughness::Full };
        Self { thoroughness, processing, end, ..Self::new(phrase, kind(Arc::new(judgement))) }
    }

    /// There is no verdict; `text` is a finished sentence with the remedy.
    pub(super) fn failed(phrase: u64, text: impl Into<String>) -> Self {
        Self::new(phrase, JudgeEventKind::Failed { text: text.into(), falls_back: false })
    }

    /// The phrase could not be watched while it was fenced; the session judges its recording.
    pub(super) fn unwatched(phrase: u64, why: impl Into<String>) -> Self {
        Self::new(phrase, JudgeEventKind::Failed { text: why.into(), falls_back: true })
    }

    /// A server's result as the wire format gives it: ours says the call itself, the reference's only who won. `None` when it
    /// says neither.
    pub(super) fn of_server(phrase: u64, result: &Value, asked: &ServerQuestion<'_>) -> Option<Self> {
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
        let judgement = Judgement::of_call(asked.weapon, call, sure, asked.signals.clone());
        Some(Self {
            origin: JudgeOrigin::Server(asked.address.to_owned()),
            processing: asked.took,
            end: judgement.signals.first_touch().map(|touch| touch.at).unwrap_or_default(),
            server: Some(server),
            ..Self::new(phrase, JudgeEventKind::Final(Arc::new(judgement)))
        })
    }

    /// The event as it is announced: with what only the session loop knows.
    pub(super) fn announced(
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
pub(super) struct ServerQuestion<'a> {
    pub(super) address: &'a str,
    pub(super) weapon: Weapon,
    /// On the clip's clock.
    pub(super) signals: &'a SignalLog,
    /// From the question to the answer.
    pub(super) took: Duration,
}

/// A call as results spell it; the reference says `none` where nobody gets a touch.
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

/// Where a judge sends its events about one phrase. Progress is dropped when the queue is full; the last event is not.
#[derive(Clone)]
pub(super) struct JudgeEventSender {
    pub(super) phrase: u64,
    pub(super) events: Sender<JudgeEvent>,
}

impl JudgeEventSender {
    pub(super) fn progress(&self, stage: &'static str, share: f32) {
        let _full = self.events.try_send(JudgeEvent::new(self.phrase, JudgeEventKind::Progress { stage, share }));
    }

    /// Waits for room: the session loop takes events many times a second.
    pub(super) fn send(&self, event: JudgeEvent) {
        let _gone = self.events.send(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(result: &Value, expected: Option<(Call, Option<f64>)>) {
        let (signals, took) = (SignalLog::default(), Duration::ZERO);
        let asked = ServerQuestion { address: "judge:8080", weapon: Weapon::Sabre, signals: &signals, took };
        let heard = JudgeEvent::of_server(1, result, &asked);
        assert_eq!(heard.and_then(|event| Some((event.call()?, event.confidence()))), expected, "{result}");
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
