//! Client to server: what each message carries, its defaults, and what happens when a field is missing.
//!
//! Fields are read the way a duck-typed peer writes them: a number in quotes, a float that is whole, an id that is a number. The
//! reference never checks types, so neither may we where the meaning is plain. A field that is missing yields its key in
//! quotes, which is the reference's own error text.

use super::{Encoding, ErrorCode, MessageType};
use serde_json::{Map, Value, json};

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

/// What JSON has no word for and Python writes all the same, longest first.
const NO_NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Reads JSON, with Python's words for what is no number as `null`: its clients write them, and the reference reads them.
fn parse_json(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(text).or_else(|error| match without_no_numbers(text) {
        Some(plain) => serde_json::from_str(&plain).map_err(|_| error),
        None => Err(error),
    })
}

/// The text with `null` for those words outside of quotes; `None` when there are none.
fn without_no_numbers(text: &str) -> Option<String> {
    let (mut plain, mut rest, mut is_quoted, mut is_changed) = (String::new(), text, false, false);
    while let Some(next) = rest.chars().next() {
        let word = NO_NUMBERS.iter().find(|word| !is_quoted && rest.starts_with(*word));
        let length = match word {
            Some(word) => word.len(),
            // What follows a backslash in quotes ends nothing.
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

/// The key in quotes, as Python words a missing one.
fn missing(key: &str) -> String {
    format!("'{key}'")
}

fn required<'a>(object: &'a Object, key: &str) -> Result<&'a Value, String> {
    object.get(key).ok_or_else(|| missing(key))
}

/// Fails unless the key is there, whatever its value.
fn present(object: &Object, key: &str) -> Result<(), String> {
    required(object, key).map(|_| ())
}

/// A required text; numbers are taken as they are written.
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

/// A number that must be there; `None` where what is there is none.
fn number_or_none(object: &Object, key: &str) -> Result<Option<f64>, String> {
    required(object, key).map(as_number)
}

/// A required whole number.
fn whole_number(object: &Object, key: &str) -> Result<i64, String> {
    as_whole(required(object, key)?).ok_or_else(|| format!("'{key}' must be a whole number"))
}

/// A required positive whole number that a picture's side can have.
fn side_length(object: &Object, key: &str) -> Result<u32, String> {
    let length = whole_number(object, key)?;
    u32::try_from(length).ok().filter(|l| *l > 0).ok_or_else(|| format!("'{key}' must be above 0, not {length}"))
}

/// An optional whole number; anything unreadable counts as absent.
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
