//! The values of `type`: the reference's enum plus the two names its server sends besides.

/// Kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// Opens a phrase.
    SessionStart,
    /// All frames are sent.
    SessionEnd,
    /// Calls the phrase off.
    SessionAbort,
    /// One picture; its bytes follow.
    Frame,
    /// One picture arrived.
    FrameAck,
    /// The signal log; its bytes follow.
    Signal,
    /// The signal log arrived.
    SignalAck,
    /// Judging begins.
    ProcessStart,
    /// How far judging is.
    ProcessProgress,
    /// The verdict.
    ProcessComplete,
    /// Something failed.
    Error,
    /// Are you there?
    Ping,
    /// Yes.
    Pong,
}

impl MessageType {
    /// The reference's enum: what `type` may be in a message to the server without it being `INVALID_MESSAGE`.
    pub const ALL: [Self; 13] = [
        Self::SessionStart,
        Self::SessionEnd,
        Self::SessionAbort,
        Self::Frame,
        Self::FrameAck,
        Self::Signal,
        Self::SignalAck,
        Self::ProcessStart,
        Self::ProcessProgress,
        Self::ProcessComplete,
        Self::Error,
        Self::Ping,
        Self::Pong,
    ];

    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionStart => "session_start",
            Self::SessionEnd => "session_end",
            Self::SessionAbort => "session_abort",
            Self::Frame => "frame",
            Self::FrameAck => "frame_ack",
            Self::Signal => "signal",
            Self::SignalAck => "signal_ack",
            Self::ProcessStart => "process_start",
            Self::ProcessProgress => "process_progress",
            Self::ProcessComplete => "process_complete",
            Self::Error => "error",
            Self::Ping => "ping",
            Self::Pong => "pong",
        }
    }

    /// The type written so, if the enum has it.
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
