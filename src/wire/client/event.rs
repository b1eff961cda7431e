//! Events and errors of a remote phrase.

use serde_json::Value;

/// An event. Counts are totals of the phrase so far.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientEvent {
    /// A connection is established and the session is open.
    Connected {
        /// Frames that may be unacknowledged; 1 with the reference's servers.
        window: u32,
        /// Whether the server still had what was sent before.
        is_resumed: bool,
    },
    /// Frames were sent or acknowledged.
    Sent {
        /// Frames sent.
        frames: u64,
        /// Of these, acknowledged.
        acknowledged: u64,
        /// Bytes of frames sent.
        bytes: u64,
    },
    /// The server rejected one frame; the phrase continues.
    FrameRefused(String),
    /// Progress of judging.
    Stage {
        /// Name of the stage; any text.
        stage: String,
        /// 0 to 1.
        progress: f64,
        /// Text for the user.
        message: String,
    },
    /// The connection broke; another attempt follows.
    Reconnecting {
        /// Number of the attempt, from 1.
        attempt: u32,
        /// Why it broke.
        reason: String,
    },
    /// The verdict: the result object. The last event.
    Judged(Box<Value>),
    /// There is no verdict. The last event.
    Failed(ClientError),
}

/// Why there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The server refused the phrase.
    #[error("the server refuses the phrase ({code}): {message}")]
    Refused {
        /// The error code.
        code: String,
        /// The error message.
        message: String,
    },
    /// The token is missing or wrong.
    #[error("the server wants another token; give it with --token")]
    Token,
    /// The server's certificate is not signed by a trusted authority.
    #[error("the server's certificate is not trusted ({0}); name its authority with --ca")]
    Untrusted(String),
    /// No connection could be established or kept.
    #[error("the server cannot be reached ({0}); check its address and that it runs")]
    Unreachable(String),
    /// The local copy could not be written or read.
    #[error("the local copy of the phrase cannot be kept: {0}")]
    LocalCopy(String),
    /// Cancelled by the caller.
    #[error("cancelled")]
    Cancelled,
}
