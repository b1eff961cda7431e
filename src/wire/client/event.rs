//! What a remote phrase reports while it runs, and how it can fail.

use serde_json::Value;

/// Something that happened. Counts are totals of the phrase so far.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientEvent {
    /// A connection stands and the phrase is open.
    Connected {
        /// Frames that may be unacknowledged at once; 1 with the reference's servers.
        window: u32,
        /// Whether the server still had what was sent before.
        is_resumed: bool,
    },
    /// Frames went out or were acknowledged.
    Sent {
        /// Frames sent.
        frames: u64,
        /// Of these, acknowledged.
        acknowledged: u64,
        /// Bytes of frames sent.
        bytes: u64,
    },
    /// The server could not take one frame; the phrase goes on.
    FrameRefused(String),
    /// How far judging is.
    Stage {
        /// Its name; any text.
        stage: String,
        /// 0 to 1.
        progress: f64,
        /// For a person.
        message: String,
    },
    /// The connection broke; another attempt follows.
    Reconnecting {
        /// Which attempt, from 1.
        attempt: u32,
        /// Why it broke.
        reason: String,
    },
    /// The verdict: the result object. Nothing follows.
    Judged(Box<Value>),
    /// There is no verdict. Nothing follows.
    Failed(ClientError),
}

/// Why there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The server said no.
    #[error("the server refuses the phrase ({code}): {message}")]
    Refused {
        /// Its code.
        code: String,
        /// Its words.
        message: String,
    },
    /// The token is missing or wrong.
    #[error("the server wants another token; give it with --token")]
    Token,
    /// The server's certificate is signed by nobody who is believed.
    #[error("the server's certificate is not trusted ({0}); name its authority with --ca")]
    Distrusted(String),
    /// No connection could be made or kept.
    #[error("the server cannot be reached ({0}); check its address and that it runs")]
    Unreachable(String),
    /// The local copy could not be written or read.
    #[error("the local copy of the phrase cannot be kept: {0}")]
    LocalCopy(String),
    /// The caller called it off.
    #[error("called off")]
    Cancelled,
}
