//! Client to server: what each message carries, its defaults, and what happens when a field is missing.

use super::fields::{self, Object};
use super::{Encoding, ErrorCode, MessageType};
use serde_json::{Value, json};

/// JPEG quality that a client announces when nobody chose one, the reference's. The server ignores it.
pub const DEFAULT_QUALITY: u8 = 85;

/// Opens a phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionStart {
    /// The client's name for the phrase.
    pub session_id: String,
    /// Frames per second that the client believes it sends. Nominal: never used as a clock when time stamps are good.
    pub fps: f64,
    /// Width of the pictures in pixels.
    pub width: u32,
    /// Height of the pictures in pixels.
    pub height: u32,
    /// Frames to come; 0 or absent when unknown.
    pub expected_frames: Option<i64>,
    /// Frames the client would like to have unacknowledged at once. Absent for a client that waits for every answer.
    pub window: Option<u32>,
    /// Whether the client wants to come back after a broken connection.
    pub resumable: bool,
    /// The secret with which it comes back.
    pub resume_token: Option<String>,
}

/// Announces one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameHeader {
    /// Its number.
    pub frame_number: i64,
    /// When it was taken, in unix seconds by the client's clock; not a number where the client wrote none. The reference
    /// stores it and never looks at it, so whatever stands there is no reason to lose a picture.
    pub timestamp: f64,
    /// How it is packed, as written; [`Encoding::from_wire`] says whether anybody can read it.
    pub encoding: String,
    /// JPEG quality as announced, 1 to 100. Of use to nobody here.
    pub quality: u8,
    /// Bytes to follow as announced. Never trusted.
    pub size: i64,
}

/// Announces the signal log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalHeader {
    /// The file's name at the client. Never used as a path.
    pub filename: String,
    /// Bytes to follow as announced. Never trusted.
    pub size: i64,
}

/// A message to the server.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientMessage {
    /// Opens a phrase.
    SessionStart(SessionStart),
    /// One picture; its bytes are the next message.
    Frame(FrameHeader),
    /// All frames are sent.
    SessionEnd {
        /// How many the client sent.
        total_frames: i64,
    },
    /// The signal log; its bytes are the next message. Judging starts when they are there.
    Signal(SignalHeader),
    /// Calls the phrase off and frees its session.
    SessionAbort,
    /// Are you there? Allowed at any time.
    Ping,
}

/// Why a text message was not understood, and what to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the message wanted to be, where that could be read.
    pub kind: Option<MessageType>,
    /// The code to answer with.
    pub code: ErrorCode,
    /// The text to answer with.
    pub message: String,
}

impl Refusal {
    fn new(kind: Option<MessageType>, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into() }
    }
}

impl ClientMessage {
    /// Reads one text message.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let value: Value = fields::json(text)
            .map_err(|e| Refusal::new(None, ErrorCode::InvalidMessage, format!("Invalid message format: {e}")))?;
        let Value::Object(object) = value else {
            return Err(Refusal::new(None, ErrorCode::InternalError, "a message is a JSON object"));
        };
        let kind = kind_of(&object)?;
        let (code, read) = match kind {
            MessageType::SessionStart => (ErrorCode::SessionStartFailed, session_start(&object)),
            MessageType::Frame => (ErrorCode::FrameProcessingFailed, frame(&object)),
            MessageType::SessionEnd => (ErrorCode::SessionEndFailed, session_end(&object)),
            MessageType::Signal => (ErrorCode::ProcessingFailed, signal(&object)),
            MessageType::SessionAbort => return Ok(Self::SessionAbort),
            MessageType::Ping => return Ok(Self::Ping),
            other => {
                let message = format!("Unknown message type: {}", other.as_str());
                return Err(Refusal::new(Some(other), ErrorCode::UnknownMessageType, message));
            }
        };
        read.map_err(|message| Refusal::new(Some(kind), code, message))
    }

    /// The message as text. `session_id` is carried where the reference requires it.
    pub fn to_json(&self, session_id: &str) -> String {
        let value = match self {
            Self::SessionStart(start) => session_start_json(start),
            Self::Frame(frame) => json!({
                "type": "frame", "session_id": session_id, "frame_number": frame.frame_number,
                "timestamp": frame.timestamp, "encoding": frame.encoding,
                "quality": if frame.encoding == Encoding::Jpeg.as_str() { frame.quality } else { 100 },
                "size": frame.size,
            }),
            Self::SessionEnd { total_frames } => {
                json!({"type": "session_end", "session_id": session_id, "total_frames": total_frames})
            }
            Self::Signal(signal) => {
                json!({"type": "signal", "session_id": session_id, "filename": signal.filename, "size": signal.size})
            }
            Self::SessionAbort => json!({"type": "session_abort", "session_id": session_id}),
            Self::Ping => json!({"type": "ping"}),
        };
        value.to_string()
    }
}

fn kind_of(object: &Object) -> Result<MessageType, Refusal> {
    let invalid =
        |what: String| Refusal::new(None, ErrorCode::InvalidMessage, format!("Invalid message format: {what}"));
    let kind = object.get("type").ok_or_else(|| invalid("'type'".to_owned()))?;
    let known = kind.as_str().and_then(MessageType::from_wire);
    known.ok_or_else(|| invalid(format!("{kind} is not a valid MessageType")))
}

fn session_start(object: &Object) -> Result<ClientMessage, String> {
    let start = SessionStart {
        session_id: fields::text(object, "session_id")?,
        fps: fields::number(object, "fps")?,
        width: fields::side_length(object, "width")?,
        height: fields::side_length(object, "height")?,
        expected_frames: fields::optional_whole(object, "expected_frames"),
        window: fields::optional_whole(object, "window").and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0),
        resumable: fields::flag(object, "resumable"),
        resume_token: fields::optional_text(object, "resume_token"),
    };
    Ok(ClientMessage::SessionStart(start))
}

fn frame(object: &Object) -> Result<ClientMessage, String> {
    fields::present(object, "session_id")?;
    let quality = fields::optional_whole(object, "quality");
    Ok(ClientMessage::Frame(FrameHeader {
        frame_number: fields::whole(object, "frame_number")?,
        timestamp: fields::number_or_none(object, "timestamp")?.unwrap_or(f64::NAN),
        encoding: fields::optional_text(object, "encoding").unwrap_or_else(|| Encoding::Jpeg.as_str().to_owned()),
        quality: quality.and_then(|n| u8::try_from(n).ok()).unwrap_or(DEFAULT_QUALITY),
        size: fields::optional_whole(object, "size").unwrap_or(0),
    }))
}

fn session_end(object: &Object) -> Result<ClientMessage, String> {
    fields::present(object, "session_id")?;
    fields::present(object, "total_frames")?;
    Ok(ClientMessage::SessionEnd { total_frames: fields::optional_whole(object, "total_frames").unwrap_or(0) })
}

fn signal(object: &Object) -> Result<ClientMessage, String> {
    fields::present(object, "session_id")?;
    let filename = fields::text(object, "filename")?;
    fields::present(object, "size")?;
    let size = fields::optional_whole(object, "size").unwrap_or(0);
    Ok(ClientMessage::Signal(SignalHeader { filename, size }))
}

fn session_start_json(start: &SessionStart) -> Value {
    let mut value = json!({
        "type": "session_start", "session_id": start.session_id, "fps": start.fps,
        "width": start.width, "height": start.height,
        "expected_frames": start.expected_frames, "video_format": "bgr24",
    });
    if let Some(object) = value.as_object_mut() {
        object.extend(start.window.map(|window| ("window".to_owned(), json!(window))));
        object.extend(start.resumable.then(|| ("resumable".to_owned(), json!(true))));
        object.extend(start.resume_token.as_ref().map(|token| ("resume_token".to_owned(), json!(token))));
    }
    value
}
