//! Error codes of the protocol, and which of them close the connection.

use serde::{Deserialize, Serialize};

/// An `error_code` of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Streaming is switched off.
    StreamingDisabled,
    /// A binary message where metadata was expected.
    ProtocolError,
    /// Not JSON, or an unknown `type`.
    InvalidMessage,
    /// A field is missing, the id is in use, or there is no capacity.
    SessionStartFailed,
    /// A frame, signal or end without a session.
    NoActiveSession,
    /// One frame was rejected; the phrase continues.
    FrameProcessingFailed,
    /// `session_end` lacks a field.
    SessionEndFailed,
    /// Any error between the signal and the verdict.
    ProcessingFailed,
    /// A type that a client must not send.
    UnknownMessageType,
    /// Any other error.
    InternalError,
}

impl ErrorCode {
    /// Every code, in the order of the protocol's table.
    pub const ALL: [Self; 10] = [
        Self::StreamingDisabled,
        Self::ProtocolError,
        Self::InvalidMessage,
        Self::SessionStartFailed,
        Self::NoActiveSession,
        Self::FrameProcessingFailed,
        Self::SessionEndFailed,
        Self::ProcessingFailed,
        Self::UnknownMessageType,
        Self::InternalError,
    ];

    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StreamingDisabled => "STREAMING_DISABLED",
            Self::ProtocolError => "PROTOCOL_ERROR",
            Self::InvalidMessage => "INVALID_MESSAGE",
            Self::SessionStartFailed => "SESSION_START_FAILED",
            Self::NoActiveSession => "NO_ACTIVE_SESSION",
            Self::FrameProcessingFailed => "FRAME_PROCESSING_FAILED",
            Self::SessionEndFailed => "SESSION_END_FAILED",
            Self::ProcessingFailed => "PROCESSING_FAILED",
            Self::UnknownMessageType => "UNKNOWN_MESSAGE_TYPE",
            Self::InternalError => "INTERNAL_ERROR",
        }
    }

    /// Parses a code; `None` for one of a newer server.
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// Whether the phrase can continue: the session is kept and the connection stays open.
    pub const fn is_recoverable(self) -> bool {
        matches!(self, Self::FrameProcessingFailed | Self::UnknownMessageType)
    }

    /// Whether the server closes the connection (1000) after sending it.
    pub const fn closes(self) -> bool {
        !self.is_recoverable()
    }
}

/// Why a session was not opened: the `reason` of `SESSION_START_FAILED`, sent to clients that use an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartRefusal {
    /// The id is in use.
    Exists,
    /// All sessions are taken.
    Full,
    /// The processors have no capacity for another phrase.
    Busy,
    /// No memory is left.
    OutOfMemory,
    /// The server is stopping.
    Stopping,
    /// The judge is not ready yet.
    NotReady,
    /// The session to be resumed is gone, or belongs to another client.
    Gone,
    /// A field has an invalid value.
    Invalid,
    /// A reason of a newer server.
    #[serde(other)]
    Other,
}

impl StartRefusal {
    /// The reason in the text of a server that sends none: the reference's wording of two cases.
    pub(super) fn of_reference_text(text: &str) -> Self {
        if text.starts_with("Maximum ") {
            Self::Full
        } else if text.starts_with("Session ") && text.ends_with(" already exists") {
            Self::Exists
        } else {
            Self::Other
        }
    }

    /// Whether the same request may succeed a little later.
    pub const fn is_temporary(self) -> bool {
        matches!(self, Self::Full | Self::Busy | Self::OutOfMemory | Self::Stopping | Self::NotReady)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_codes_leave_the_connection_open() {
        let open: Vec<_> = ErrorCode::ALL.into_iter().filter(|code| !code.closes()).map(ErrorCode::as_str).collect();
        assert_eq!(open, ["FRAME_PROCESSING_FAILED", "UNKNOWN_MESSAGE_TYPE"]);
    }

    #[test]
    fn codes_survive_the_round_trip() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_wire(code.as_str()), Some(code));
        }
        assert_eq!(ErrorCode::from_wire("NEW_CODE"), None);
    }
}
