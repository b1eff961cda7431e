//! Server to client: every answer, written byte for byte as the reference's clients know it and read as tolerantly as they read.

use super::{ErrorCode, StartRefusal, Validation};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether a frame was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AckStatus {
    /// It was.
    Received,
    /// Its number had come before; the first copy is kept.
    Duplicate,
    /// Anything a newer server says.
    #[serde(other)]
    Other,
}

/// Answer to `session_start`. Everything but the id is there only if the client asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionStarted {
    /// The client's name for the phrase.
    #[serde(default)]
    pub session_id: String,
    /// Frames the client may have unacknowledged at once; absent means one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
    /// The secret with which this session can be resumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume_token: Option<String>,
    /// The next frame number that is wanted: everything below has arrived. Only in the answer to a resumption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_frame: Option<i64>,
}

/// How far judging is.
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
    /// For a person to read.
    #[serde(default)]
    pub message: String,
}

/// Something failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReport {
    /// The phrase, when there is one.
    #[serde(default)]
    pub session_id: Option<String>,
    /// An [`ErrorCode`] as text, so that a newer server's codes can be shown.
    pub error_code: String,
    /// For a person to read.
    #[serde(default)]
    pub error_message: String,
    /// Whether the phrase can go on.
    #[serde(default)]
    pub recoverable: bool,
    /// Why a phrase was not opened; only for clients that ask for an extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StartRefusal>,
    /// When asking again may help; only for clients that ask for an extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
}

impl ErrorReport {
    /// A report with the code's own recoverability.
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

    /// Why a phrase was not opened, also by a server that says so in words alone.
    pub fn start_refusal(&self) -> StartRefusal {
        self.reason.unwrap_or_else(|| StartRefusal::of_reference_text(&self.error_message))
    }
}

/// A message to the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The phrase is open.
    SessionStarted(SessionStarted),
    /// One frame arrived.
    FrameAck {
        /// The client's name for the phrase.
        #[serde(default)]
        session_id: String,
        /// The frame's number.
        frame_number: i64,
        /// Whether it was new.
        status: AckStatus,
    },
    /// All frames arrived, and what is odd about them.
    SessionEnded {
        /// The client's name for the phrase.
        #[serde(default)]
        session_id: String,
        /// What is odd; never a refusal.
        #[serde(default)]
        validation: Validation,
    },
    /// The signal log arrived.
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
    /// How far judging is.
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
    /// Something failed.
    Error(ErrorReport),
    /// Yes, I am here.
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
        // Every field is a text, a number or JSON already: this cannot fail, and an empty object says so if it ever does.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// Reads one answer. Unknown fields are ignored; an unknown type is an error that the caller may pass over.
    pub fn parse(text: &str) -> Result<Self, UnreadableReply> {
        serde_json::from_str(text)
            .map_err(|e| UnreadableReply { reason: e.to_string(), start: text.chars().take(80).collect() })
    }
}
