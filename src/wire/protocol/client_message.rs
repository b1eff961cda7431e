//! Messages from client to server: fields, defaults, and the errors for missing fields.
//!
//! Fields are parsed as tolerantly as duck-typed peers write them: a number in quotes, a whole number as float, an id as number. The
//! reference never checks types, so neither does this where the meaning is clear. A missing field gives its key in quotes,
//! which is the reference's own error text.

use super::{Encoding, ErrorCode, MessageType};
use serde_json::{Map, Value, json};

/// JPEG quality announced by default, the reference's. The server ignores it.
pub const DEFAULT_QUALITY: u8 = 85;

/// Opens a session for a phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionStart {
    /// The client's name for the phrase.
    pub session_id: String,
    /// Frames per second according to the client. Nominal: never used as a clock when timestamps are good.
    pub fps: f64,
    /// Frame width in pixels.
    pub width: u32,
    /// Frame height in pixels.
    pub height: u32,
    /// Frames to come; 0 or absent when unknown. A client that knows has them already, so the phrase is judged as a recording: every frame
    /// is analysed, though the verdict may be later for it.
    pub expected_frames: Option<i64>,
    /// Frames that the client would like to have unacknowledged. Absent for a client that waits for every answer.
    pub window: Option<u32>,
    /// Whether the client wants to resume after a broken connection.
    pub resumable: bool,
    /// The secret for resuming.
    pub resume_token: Option<String>,
}

/// Announces one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameHeader {
    /// Its number.
    pub frame_number: i64,
    /// Capture time in Unix seconds on the client's clock; NaN if the client sent none. The reference stores it without using it, so an
    /// odd value is no reason to lose a frame.
    pub timestamp: f64,
    /// Its encoding as sent; [`Encoding::from_wire`] parses it.
    pub encoding: String,
    /// Announced JPEG quality, 1 to 100. Not used.
    pub quality: u8,
    /// Announced number of bytes. Never trusted.
    pub size: i64,
}

/// Announces the signal log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalHeader {
    /// The client's file name. Never used as a path.
    pub filename: String,
    /// Announced number of bytes. Never trusted.
    pub size: i64,
}

/// A message to the server.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientMessage {
    /// Opens a session.
    SessionStart(SessionStart),
    /// One frame; its bytes are the next message.
    Frame(FrameHeader),
    /// All frames are sent.
    SessionEnd {
        /// Number of frames sent.
        total_frames: i64,
    },
    /// The signal log; its bytes are the next message. Judging starts when they have arrived.
    Signal(SignalHeader),
    /// Cancels the phrase and frees its session.
    SessionAbort,
    /// Keep-alive request. Allowed at any time.
    Ping,
}

/// Why a text message was rejected, with the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its type, where it could be read.
    pub kind: Option<MessageType>,
    /// Error code of the answer.
    pub code: ErrorCode,
    /// Text of the answer.
    pub message: String,
}

impl Refusal {
    fn new(kind: Option<MessageType>, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into() }
    }
}

impl ClientMessage {
    /// Parses a text message.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let value: Value = parse_json(text)
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

    /// The message as JSON. Contains `session_id` where the reference requires it.
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
        session_id: text(object, "session_id")?,
        fps: number(object, "fps")?,
        width: side_length(object, "width")?,
        height: side_length(object, "height")?,
        expected_frames: optional_whole(object, "expected_frames"),
        window: optional_whole(object, "window").and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0),
        resumable: optional_flag(object, "resumable"),
        resume_token: optional_text(object, "resume_token"),
    };
    Ok(ClientMessage::SessionStart(start))
}

fn frame(object: &Object) -> Result<ClientMessage, String> {
    present(object, "session_id")?;
    let quality = optional_whole(object, "quality");
    Ok(ClientMessage::Frame(FrameHeader {
        frame_number: whole_number(object, "frame_number")?,
        timestamp: number_or_none(object, "timestamp")?.unwrap_or(f64::NAN),
        encoding: optional_text(object, "encoding").unwrap_or_else(|| Encoding::Jpeg.as_str().to_owned()),
        quality: quality.and_then(|n| u8::try_from(n).ok()).unwrap_or(DEFAULT_QUALITY),
        size: optional_whole(object, "size").unwrap_or(0),
    }))
}

fn session_end(object: &Object) -> Result<ClientMessage, String> {
    present(object, "session_id")?;
    present(object, "total_frames")?;
    Ok(ClientMessage::SessionEnd { total_frames: optional_whole(object, "total_frames").unwrap_or(0) })
}

fn signal(object: &Object) -> Result<ClientMessage, String> {
    present(object, "session_id")?;
    let filename = text(object, "filename")?;
    present(object, "size")?;
    let size = optional_whole(object, "size").unwrap_or(0);
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

/// A JSON object.
type Object = Map<String, Value>;

/// Values that JSON lacks but Python writes, longest first.
const NO_NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Parses JSON with Python's non-finite numbers as `null`: the reference's clients write them, and its server reads them.
fn parse_json(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(text).or_else(|error| match without_no_numbers(text) {
        Some(plain) => serde_json::from_str(&plain).map_err(|_| error),
        None => Err(error),
    })
}

/// The text with those values replaced by `null` outside of strings; `None` when there are none.
fn without_no_numbers(text: &str) -> Option<String> {
    let (mut plain, mut rest, mut is_quoted, mut is_changed) = (String::new(), text, false, false);
    while let Some(next) = rest.chars().next() {
        let word = NO_NUMBERS.iter().find(|word| !is_quoted && rest.starts_with(*word));
        let length = match word {
            Some(word) => word.len(),
            // An escaped quote does not end the string.
            None if is_quoted && next == '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            None => next.len_utf8(),
        };
        plain.push_str(if word.is_some() { "null" } else { &rest[..length] });
        is_changed |= word.is_some();
        is_quoted ^= next == '"';
        rest = &rest[length..];
    }
    is_changed.then_some(plain)
}

/// The key in quotes: Python's text for a missing key.
fn missing(key: &str) -> String {
    format!("'{key}'")
}

fn required<'a>(object: &'a Object, key: &str) -> Result<&'a Value, String> {
    object.get(key).ok_or_else(|| missing(key))
}

/// Fails unless the key exists, whatever its value.
fn present(object: &Object, key: &str) -> Result<(), String> {
    required(object, key).map(|_| ())
}

/// A required text; numbers are accepted.
fn text(object: &Object, key: &str) -> Result<String, String> {
    match required(object, key)? {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(format!("'{key}' must be a text")),
    }
}

/// A required finite number.
fn number(object: &Object, key: &str) -> Result<f64, String> {
    as_number(required(object, key)?).ok_or_else(|| format!("'{key}' must be a number"))
}

/// A required field; `None` where it is not a number.
fn number_or_none(object: &Object, key: &str) -> Result<Option<f64>, String> {
    required(object, key).map(as_number)
}

/// A required whole number.
fn whole_number(object: &Object, key: &str) -> Result<i64, String> {
    as_whole(required(object, key)?).ok_or_else(|| format!("'{key}' must be a whole number"))
}

/// A required frame width or height: a positive whole number.
fn side_length(object: &Object, key: &str) -> Result<u32, String> {
    let length = whole_number(object, key)?;
    u32::try_from(length).ok().filter(|l| *l > 0).ok_or_else(|| format!("'{key}' must be above 0, not {length}"))
}

/// An optional whole number; anything else counts as absent.
fn optional_whole(object: &Object, key: &str) -> Option<i64> {
    object.get(key).and_then(as_whole)
}

/// An optional text; anything else counts as absent.
fn optional_text(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// An optional switch; only `true` is on.
fn optional_flag(object: &Object, key: &str) -> bool {
    object.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn as_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|n| n.is_finite())
}

fn as_whole(value: &Value) -> Option<i64> {
    let exact = value.as_i64();
    exact.or_else(|| as_number(value).filter(|n| n.fract() == 0.0 && n.abs() < 9e15).map(|n| n as i64))
}
