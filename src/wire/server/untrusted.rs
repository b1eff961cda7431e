//! Entry points for fuzzers and tests: every parser of untrusted input in this module, as the network calls it. Not used
//! otherwise.

use super::connections;
use super::http::{byte_range, multipart};
use super::phrase;
use fencing::geometry::FrameSize;
use std::net::IpAddr;

/// Decodes the payload of a frame in a session that announced this size. Returns the frame's size and RGB bytes.
pub fn picture(encoding: &str, payload: &[u8], announced: FrameSize) -> Option<(FrameSize, Vec<u8>)> {
    phrase::decode(encoding, payload, announced).ok().map(|picture| (picture.size, picture.rgb))
}

/// Most pixels that such a session may send in one frame.
pub fn allowed_pixels(announced: FrameSize) -> u64 {
    phrase::allowed_pixels(announced)
}

/// The size in a JPEG's header, as the video writer reads it.
pub fn jpeg_size(payload: &[u8]) -> Option<FrameSize> {
    phrase::jpeg_size(payload)
}

/// Sanitises a client's file name: stem and extension.
pub fn upload_name(name: &str) -> (String, String) {
    multipart::safe_name(name)
}

/// First byte and the byte after the last of a `Range` header, for a file of this size.
pub fn byte_range(header: &str, size: u64) -> Option<(u64, u64)> {
    byte_range::parse(header)?.as_range(size).ok().map(|range| (range.start, range.end))
}

/// The client named by `X-Forwarded-For`, for a server with these trusted proxies.
pub fn forwarded_for(trusted: &[IpAddr], header: &str) -> Option<IpAddr> {
    connections::client_behind(trusted, &[header])
}
