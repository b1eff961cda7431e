//! Messages from server to client, written byte for byte as the reference's clients expect them and parsed as tolerantly as they do.

use super::{ErrorCode, StartRefusal, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether a frame was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AckStatus {
    /// New.
    Received,
    /// Its number was received before; the first copy is kept.
    Duplicate,
    /// A status of a newer server.
    #[serde(other)]
    Other,
}

/// Answer to `session_start`. All fields but the id are present only on request of the client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStarted {
    /// The client's name for the phrase.
    #[serde(default)]
    pub session_id: String,
    /// Frames that the client may have unacknowledged; absent means one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    /// The secret for resuming this session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume_token: Option<String>,
    /// The next expected frame number: all lower ones have arrived. Only in the answer to a resumption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_frame: Option<i64>,
}

/// Progress of judging.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The client's name for the phrase.
    #[serde(default)]
    pub session_id: String,
    /// One of [`super::STAGES`], or anything else.
    pub stage: String,
    /// 0 to 1 within the stage.
    #[serde(default)]
    pub progress: f64,
    /// Text for the user.
    #[serde(default)]
    pub message: String,
}

/// An error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReport {
    /// The session, if there is one.
    #[serde(default)]
    pub session_id: Option<String>,
    /// An [`ErrorCode`] as text, so that codes of a newer server can be shown.
    pub error_code: String,
    /// Text for the user.
    #[serde(default)]
    pub error_message: String,
    /// Whether the phrase can continue.
    #[serde(default)]
    pub recoverable: bool,
    /// Why a session was not opened; only for clients that use an extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StartRefusal>,
    /// When a retry may help; only for clients that use an extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
}

impl ErrorReport {
    /// An error with the code's own recoverability.
    pub fn new(session_id: Option<&str>, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            session_id: session_id.map(str::to_owned),
            error_code: code.as_str().to_owned(),
            error_message: message.into(),
            recoverable: code.is_recoverable(),
            reason: None,
            retry_after_seconds: None,
        }
    }

    /// Why a session was not opened, also from a server that sends a text only.
    pub fn start_refusal(&self) -> StartRefusal {
        self.reason.unwrap_or_else(|| StartRefusal::of_reference_text(&self.error_message))
    }
}

/// A message to the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The session is open.
    SessionStarted(SessionStarted),
    /// One frame was received.
    FrameAck {
        /// The client's name for the phrase.
        #[serde(default)]
        session_id: String,
        /// The frame's number.
        frame_number: i64,
        /// Whether it was new.
        status: AckStatus,
    },
    /// All frames were received, with the issues found.
    SessionEnded {
        /// The client's name for the phrase.
        #[serde(default)]
        session_id: String,
        /// The issues; never a refusal.
        #[serde(default)]
        validation: Validation,
    },
    /// The signal log was received.
    SignalAck {
        /// The client's name for the phrase.
        #[serde(default)]
        session_id: String,
        /// Always `received`.
        status: AckStatus,
    },
    /// Judging begins.
    ProcessStart {
        /// The client's name for the phrase.
        #[serde(default)]
        session_id: String,
    },
    /// Progress of judging.
    ProcessProgress(Progress),
    /// The verdict.
    ProcessComplete {
        /// The client's name for the phrase.
        #[serde(default)]
        session_id: String,
        /// The result object (`analysis_result.json`).
        #[serde(default)]
        result: Value,
    },
    /// An error.
    Error(ErrorReport),
    /// Answer to a keep-alive request.
    Pong,
}

/// An answer that is not of this protocol.
#[derive(Debug, thiserror::Error)]
#[error("the server's answer is not of this protocol ({reason}): {start}")]
pub struct UnreadableReply {
    reason: String,
    start: String,
}

impl ServerMessage {
    /// The message as compact JSON.
    pub fn to_json(&self) -> String {
        // Every field is text, number or JSON, so this cannot fail; an empty object would show it.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Parses an answer. Ignores unknown fields; an unknown type is an error that the caller may skip.
    pub fn parse(text: &str) -> Result<Self, UnreadableReply> {
        serde_json::from_str(text)
            .map_err(|e| UnreadableReply { reason: e.to_string(), start: text.chars().take(80).collect() })
    }
}
