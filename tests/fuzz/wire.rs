//! What the fuzzer and the generated inputs of the test suite both call: everything of the wire that a stranger writes.
//!
//! Each function takes any bytes. It must neither panic nor take more than its share, and what it lets through must hold.

use fencing::geometry::FrameSize;
use recording::{HitSides, parse_signal_log};
use std::net::IpAddr;
use wire::client::ServerAddress;
use wire::protocol::{ClientMessage, RawHeader, ServerMessage};
use wire::server::untrusted;

/// One target: its name and what it does.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target, for those who run all.
pub(crate) const ALL: [Target; 6] = [
    ("client_message", client_message),
    ("server_message", server_message),
    ("picture", picture),
    ("signal_log", signal_log),
    ("http_words", http_words),
    ("server_address", server_address),
];

/// A text message to the server: understood, or refused with a code; what is understood can be said again.
pub(crate) fn client_message(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match ClientMessage::parse(text) {
        Ok(message) => {
            let again = ClientMessage::parse(&message.to_json("id")).expect("what was understood is understood again");
            assert_eq!(std::mem::discriminant(&message), std::mem::discriminant(&again));
            if let ClientMessage::SessionStart(start) = message {
                assert!(start.fps.is_finite() && start.width > 0 && start.height > 0);
            }
        }
        Err(refusal) => assert!(!refusal.message.is_empty()),
    }
}

/// A text message to the client: read, or an error that quotes no more than its start.
pub(crate) fn server_message(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match ServerMessage::parse(text) {
        Ok(message) => {
            assert!(ServerMessage::parse(&message.to_json()).is_ok(), "{text}");
        }
        Err(error) => assert!(error.to_string().len() < 2000),
    }
}

/// First byte: encoding and announced size. The rest is a frame's payload.
pub(crate) fn picture(data: &[u8]) {
    let [which, payload @ ..] = data else { return };
    let encoding = ["jpeg", "png", "raw", "jpg", "webp"][usize::from(*which % 5)];
    let announced = if which & 0x80 == 0 { FrameSize::new(64, 48) } else { FrameSize::new(1280, 720) };
    if let Some((size, rgb)) = untrusted::picture(encoding, payload, announced) {
        let pixels = u64::from(size.width) * u64::from(size.height);
        assert!(pixels > 0 && pixels <= untrusted::allowed_pixels(announced));
        assert_eq!(rgb.len() as u64, pixels * 3);
    }
    untrusted::jpeg_size(payload);
    if let Ok((header, pixels)) = RawHeader::split(payload) {
        assert_eq!(
            pixels.len() as u64,
            u64::from(header.width) * u64::from(header.height) * u64::from(header.channels)
        );
    }
}

/// First byte: how sides are named. The rest is a signal log.
pub(crate) fn signal_log(data: &[u8]) {
    let [which, log @ ..] = data else { return };
    let sides = [HitSides::Auto, HitSides::Box, HitSides::Camera][usize::from(*which % 3)];
    if let Ok(parsed) = parse_signal_log(log, sides) {
        assert!(parsed.signals.events().len() <= log.len());
        assert!(parsed.signals.events().windows(2).all(|pair| pair[0].at <= pair[1].at));
    }
}

/// File names, ranges and forwarded addresses, one per line.
pub(crate) fn http_words(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let trusted = [IpAddr::from([127, 0, 0, 1])];
    for line in text.lines() {
        let (stem, ending) = untrusted::upload_name(line);
        assert!(!stem.is_empty() && stem.len() <= 200 && ending.len() <= 8);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        assert!(stem.chars().all(is_plain) && ending.chars().all(is_plain), "{stem}.{ending}");
        if let Some((begin, end)) = untrusted::byte_range(line, 1000) {
            assert!(begin < end && end <= 1000, "{line}");
        }
        if let Some(address) = untrusted::forwarded_for(&trusted, line) {
            assert!(!trusted.contains(&address));
        }
    }
}

/// A server as a person types it: what is accepted has a host and nothing that could smuggle another request in.
pub(crate) fn server_address(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(address) = ServerAddress::parse(text, None) {
        let stream = address.stream();
        assert!(stream.ends_with("/stream") && !stream.contains(char::is_whitespace), "{stream}");
    }
}
