//! Messages of `/stream` in both directions: the only wire types, shared by server and client.
//!
//! Compatible with the reference system's protocol, so that its clients can use this server and this client its servers: metadata as
//! JSON in text messages, payloads as one binary message right after. Our extensions are optional fields that the other side ignores
//! ([`ClientMessage::SessionStart`]'s `window` and `resumable`); a server answers with them only on request, so a foreign client
//! sees exactly the bytes it knows.
//!
//! Hides field names, defaults and tolerances. Knows no socket, thread or engine: serde only.

mod client_message;
mod error_code;
#[cfg(test)]
mod examples;
mod frame_packet;
mod message_type;
mod server_message;
mod validation;

pub use client_message::{ClientMessage, DEFAULT_QUALITY, FrameHeader, Refusal, SessionStart, SignalHeader};
pub use error_code::{ErrorCode, StartRefusal};
pub use frame_packet::{Encoding, RAW_HEADER_BYTES, RawHeader, RawHeaderError, pack_raw};
pub use message_type::MessageType;
pub use server_message::{AckStatus, ErrorReport, Progress, ServerMessage, SessionStarted, UnreadableReply};
pub use validation::{Validation, ValidationInput};

/// Paths where the reference serves the protocol.
pub const STREAM_PATHS: [&str; 2] = ["/stream", "/judge/stream"];

/// Largest `process_complete` that the reference's Python client accepts, in bytes (its library's message limit).
pub const MAX_RESULT_BYTES: usize = 1024 * 1024;

/// Stages of `process_progress` in the order they are sent. A client must accept any other text.
pub const STAGES: [&str; 5] = ["video_reconstruction", "fisheye", "yolo", "decision", "overlay"];
