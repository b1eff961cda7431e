//! Upgrades a request to a WebSocket, with limits on messages before they are complete.
//!
//! A text message is small metadata; only a binary message carries a frame. The WebSocket library has one limit for both, so the
//! frame headers are parsed on their way to it ([`LimitedFrames`]): a message over its limit is rejected by its header, before its
//! payload is in memory.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, Method, Response, StatusCode, header};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, error::ProtocolError};

/// Largest text message in bytes: the longest metadata of the protocol is below 2 kB.
pub(super) const MAX_TEXT_BYTES: u64 = 64 * 1024;
/// Largest binary message without a session. Its bytes are discarded; a client that does not wait for `session_started` may send a frame
/// then.
const MAX_BYTES_WITHOUT_SESSION: u64 = 1024 * 1024;

/// A WebSocket of a client.
pub(super) type Socket = WebSocketStream<LimitedFrames<TokioIo<Upgraded>>>;

/// A request to upgrade.
pub(in crate::server) struct Upgrade {
    pending: OnUpgrade,
    accept_key: String,
    max_bytes: usize,
}

/// A WebSocket with its limits.
pub(in crate::server) struct Opened {
    pub(super) socket: Socket,
    pub(super) traffic: Traffic,
}

impl Upgrade {
    /// Checks the handshake of RFC 6455, section 4.2.1. `max_bytes` limits a binary message of an open session.
    pub(in crate::server) fn of(request: &mut Request, max_bytes: usize) -> Result<Self, StatusCode> {
        if request.method() != Method::GET {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        let headers = request.headers();
        let is_handshake = lists(headers, &header::CONNECTION, "upgrade")
            && lists(headers, &header::UPGRADE, "websocket")
            && lists(headers, &header::SEC_WEBSOCKET_VERSION, "13");
        let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| is_handshake).ok_or(StatusCode::BAD_REQUEST)?;
        let accept_key = derive_accept_key(key.as_bytes());
        let pending = request.extensions_mut().remove().ok_or(StatusCode::UPGRADE_REQUIRED)?;
        Ok(Self { pending, accept_key, max_bytes })
    }

    /// The answer that switches protocols.
    pub(in crate::server) fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, header::HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, header::HeaderValue::from_static("websocket"));
        if let Ok(key) = header::HeaderValue::from_str(&self.accept_key) {
            headers.insert(header::SEC_WEBSOCKET_ACCEPT, key);
        }
        response
    }

    /// The socket, after that answer is sent.
    pub(in crate::server) async fn open(self) -> Option<Opened> {
        let upgraded = self.pending.await.ok()?;
        let traffic = Traffic::default();
        traffic.limit_binary(MAX_BYTES_WITHOUT_SESSION);
        let stream = LimitedFrames::new(TokioIo::new(upgraded), traffic.clone());
        let config =
            WebSocketConfig::default().max_message_size(Some(self.max_bytes)).max_frame_size(Some(self.max_bytes));
        let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
        Some(Opened { socket, traffic })
    }
}

/// Whether a header's list contains this token, in any case.
fn lists(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(token))
}

/// Received bytes and current limits of a socket. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Traffic {
    received: Arc<AtomicU64>,
    max_binary: Arc<AtomicU64>,
}

impl Traffic {
    /// Bytes received so far: distinguishes a large message in progress from silence.
    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Sets the limit of binary messages from the next header on.
    pub(super) fn limit_binary(&self, bytes: u64) {
        self.max_binary.store(bytes, Ordering::Relaxed);
    }

    /// Sets the limit for the time without a session.
    pub(super) fn limit_without_session(&self) {
        self.limit_binary(MAX_BYTES_WITHOUT_SESSION);
    }
}

/// A message over its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message is larger than this connection may send")]
struct TooLarge;

/// Close code of RFC 6455, section 7.4.1, for a connection error; `None` when it broke without a fault of the client.
pub(super) fn close_code_of(error: &Error) -> Option<u16> {
    match error {
        Error::Capacity(_) => Some(1009),
        Error::Io(error) if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooLarge>) => {
            Some(1009)
        }
        Error::Utf8(_) => Some(1007),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake | ProtocolError::SendAfterClosing) => None,
        Error::Protocol(_) => Some(1002),
        _ => None,
    }
}

/// Parses the headers of a client's WebSocket frames (RFC 6455, section 5.2) as they pass.
#[derive(Debug, Default)]
struct Headers {
    header: [u8; 14],
    have: usize,
    /// Bytes of the current frame's payload still to come.
    left: u64,
    is_text: bool,
    /// Payload of the current message so far, over all of its fragments.
    total: u64,
}

impl Headers {
    /// Parses the next bytes. `max_binary` limits a binary message.
    fn pass(&mut self, mut bytes: &[u8], max_binary: u64) -> Result<(), TooLarge> {
        while !bytes.is_empty() {
            if self.left > 0 {
                let skipped = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
                self.left -= skipped as u64;
                bytes = &bytes[skipped..];
                continue;
            }
            self.header[self.have] = bytes[0];
            self.have += 1;
            bytes = &bytes[1..];
            if self.have == self.header_length() {
                self.begin(max_binary)?;
            }
        }
        Ok(())
    }

    /// Length of the current header: known with its second byte.
    fn header_length(&self) -> usize {
        if self.have < 2 {
            return 2;
        }
        let extended = match self.header[1] & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mask = if self.header[1] & 0x80 == 0 { 0 } else { 4 };
        2 + extended + mask
    }

    fn begin(&mut self, max_binary: u64) -> Result<(), TooLarge> {
        let [first, second, rest @ ..] = self.header;
        let length = match second & 0x7F {
            126 => u64::from(u16::from_be_bytes([rest[0], rest[1]])),
            127 => u64::from_be_bytes([rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6], rest[7]]),
            short => u64::from(short),
        };
        (self.have, self.left) = (0, length);
        let opcode = first & 0x0F;
        // Control frames are short; the library checks that.
        if opcode >= 8 {
            return Ok(());
        }
        if opcode != 0 {
            (self.is_text, self.total) = (opcode == 1, 0);
        }
        self.total = self.total.saturating_add(length);
        let max = if self.is_text { MAX_TEXT_BYTES } else { max_binary };
        if self.total > max { Err(TooLarge) } else { Ok(()) }
    }
}

/// A stream of WebSocket frames that ends with an error at the first message over its limit.
#[derive(Debug)]
pub(super) struct LimitedFrames<S> {
    stream: S,
    traffic: Traffic,
    headers: Headers,
    is_over: bool,
}

impl<S> LimitedFrames<S> {
    fn new(stream: S, traffic: Traffic) -> Self {
        Self { stream, traffic, headers: Headers::default(), is_over: false }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LimitedFrames<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_over {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, TooLarge)));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let new = &buf.filled()[before..];
        self.traffic.received.fetch_add(new.len() as u64, Ordering::Relaxed);
        let max_binary = self.traffic.max_binary.load(Ordering::Relaxed);
        // Earlier messages are still handled; the error follows them.
        self.is_over = self.headers.pass(new, max_binary).is_err();
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LimitedFrames<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A masked frame's header with a payload of zeros.
    fn frame(first: u8, length: u64) -> Vec<u8> {
        let mut bytes = vec![first];
        match length {
            0..126 => bytes.push(0x80 | length as u8),
            126..65536 => bytes.extend([&[0xFE][..], &(length as u16).to_be_bytes()].concat()),
            _ => bytes.extend([&[0xFF][..], &length.to_be_bytes()].concat()),
        }
        bytes.extend([0; 4]);
        bytes.extend(vec![0; length.min(1 << 20) as usize]);
        bytes
    }

    #[test]
    fn a_message_over_its_limit_is_known_by_its_headers_however_they_are_cut() {
        const TEXT: u64 = MAX_TEXT_BYTES;
        let check = |frames: &[(u8, u64)], expected: bool| {
            let bytes: Vec<u8> = frames.iter().flat_map(|(first, length)| frame(*first, *length)).collect();
            for size in [1, 7, bytes.len()] {
                let mut headers = Headers::default();
                let is_over = bytes.chunks(size).any(|chunk| headers.pass(chunk, 200_000).is_err());
                assert_eq!(is_over, expected, "{frames:?} in pieces of {size}");
            }
        };
        check(&[(0x81, TEXT), (0x82, 200_000), (0x81, 5)], false);
        check(&[(0x81, TEXT + 1)], true);
        check(&[(0x82, 200_001)], true);
        check(&[(0x81, 10), (0x82, 1 << 40)], true);
        // Fragments of one message, with a ping between them, count together.
        check(&[(0x01, TEXT - 100), (0x89, 100), (0x80, 100)], false);
        check(&[(0x01, TEXT - 100), (0x89, 100), (0x80, 101)], true);
        check(&[(0x02, 150_000), (0x80, 50_001)], true);
    }

    #[test]
    fn each_fault_of_a_client_has_its_close_code() {
        let too_long = tokio_tungstenite::tungstenite::error::CapacityError::MessageTooLong { size: 9, max_size: 8 };
        assert_eq!(close_code_of(&Error::Capacity(too_long)), Some(1009));
        assert_eq!(close_code_of(&Error::Io(io::Error::other(TooLarge))), Some(1009));
        assert_eq!(close_code_of(&Error::Utf8(String::new())), Some(1007));
        assert_eq!(close_code_of(&Error::Protocol(ProtocolError::UnmaskedFrameFromClient)), Some(1002));
        assert_eq!(close_code_of(&Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)), None);
        assert_eq!(close_code_of(&Error::Io(io::Error::other("the name of the host is too long"))), None);
    }
}
