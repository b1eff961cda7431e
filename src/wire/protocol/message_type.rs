//! Values of `type`: the reference's enum plus the two names that its server sends besides.

/// Type of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// Opens a session.
    SessionStart,
    /// All frames are sent.
    SessionEnd,
    /// Cancels the phrase.
    SessionAbort,
    /// One frame; its bytes follow.
    Frame,
    /// One frame was received.
    FrameAck,
    /// The signal log; its bytes follow.
    Signal,
    /// The signal log was received.
    SignalAck,
    /// Judging begins.
    ProcessStart,
    /// Progress of judging.
    ProcessProgress,
    /// The verdict.
    ProcessComplete,
    /// An error.
    Error,
    /// Keep-alive request.
    Ping,
    /// Keep-alive answer.
    Pong,
}

impl MessageType {
    /// The reference's enum: the types that do not give `INVALID_MESSAGE` in a message to the server.
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

    /// Parses a type of the enum.
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
