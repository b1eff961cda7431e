//! Pictures with their exact times into one stream: a small writer of Matroska.
//!
//! Two uses: raw pictures into ffmpeg's standard input (a plain pipe of pixels has no times), and JPEG pictures as they
//! came from a camera or the network into a file that any player opens, without decoding them. The stream is written
//! front to back with lengths left open, so a recording that is cut off plays up to the cut. Written from the format's
//! description (<https://www.rfc-editor.org/rfc/rfc9559>).

use crate::geometry::PictureSize;
use crate::time::Timestamp;
use std::io::{Result, Write};

/// How the pictures are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureCoding {
    /// Rows of RGB triples without padding.
    Rgb24,
    /// A JPEG file per picture.
    Jpeg,
}

/// Nanoseconds per tick of the stream: a microsecond, far below any camera's jitter.
const TICK_NANOS: u64 = 1_000;
/// A length that is not known: the element ends with its parent or at the next of its kind.
const OPEN: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

mod id {
    pub(super) const EBML: &[u8] = &[0x1A, 0x45, 0xDF, 0xA3];
    pub(super) const DOC_TYPE: &[u8] = &[0x42, 0x82];
    pub(super) const DOC_TYPE_VERSION: &[u8] = &[0x42, 0x87];
    pub(super) const DOC_TYPE_READ_VERSION: &[u8] = &[0x42, 0x85];
    pub(super) const SEGMENT: &[u8] = &[0x18, 0x53, 0x80, 0x67];
    pub(super) const INFO: &[u8] = &[0x15, 0x49, 0xA9, 0x66];
    pub(super) const TIMESTAMP_SCALE: &[u8] = &[0x2A, 0xD7, 0xB1];
    pub(super) const MUXING_APP: &[u8] = &[0x4D, 0x80];
    pub(super) const WRITING_APP: &[u8] = &[0x57, 0x41];
    pub(super) const TRACKS: &[u8] = &[0x16, 0x54, 0xAE, 0x6B];
    pub(super) const TRACK_ENTRY: &[u8] = &[0xAE];
    pub(super) const TRACK_NUMBER: &[u8] = &[0xD7];
    pub(super) const TRACK_UID: &[u8] = &[0x73, 0xC5];
    pub(super) const TRACK_TYPE: &[u8] = &[0x83];
    pub(super) const FLAG_LACING: &[u8] = &[0x9C];
    pub(super) const CODEC_ID: &[u8] = &[0x86];
    pub(super) const VIDEO: &[u8] = &[0xE0];
    pub(super) const PIXEL_WIDTH: &[u8] = &[0xB0];
    pub(super) const PIXEL_HEIGHT: &[u8] = &[0xBA];
    pub(super) const UNCOMPRESSED_FOURCC: &[u8] = &[0x2E, 0xB5, 0x24];
    pub(super) const CLUSTER: &[u8] = &[0x1F, 0x43, 0xB6, 0x75];
    pub(super) const TIMESTAMP: &[u8] = &[0xE7];
    pub(super) const SIMPLE_BLOCK: &[u8] = &[0xA3];
}

/// Writes one video track, a cluster per picture.
pub struct MatroskaWriter<W> {
    to: W,
    zero: Option<Timestamp>,
}

impl<W: Write> MatroskaWriter<W> {
    /// Writes the head of the stream.
    pub fn new(mut to: W, size: PictureSize, coding: PictureCoding) -> Result<Self> {
        to.write_all(&head(size, coding))?;
        Ok(Self { to, zero: None })
    }

    /// Adds a picture. The first one's time becomes the stream's zero; an earlier time than that counts as zero.
    pub fn write(&mut self, at: Timestamp, picture: &[u8]) -> Result<()> {
        let zero = *self.zero.get_or_insert(at);
        let ticks = u64::try_from(at.nanos().saturating_sub(zero.nanos())).unwrap_or(0) / TICK_NANOS;
        let timestamp = unsigned(id::TIMESTAMP, ticks);
        // Track 1, zero ticks after the cluster, key frame.
        let block_head = [0x81, 0, 0, 0x80];
        let block_length = (block_head.len() + picture.len()) as u64;
        let mut front = Vec::with_capacity(64);
        front.extend(id::CLUSTER);
        front.extend(length(timestamp.len() as u64 + 9 + block_length));
        front.extend(timestamp);
        front.extend(id::SIMPLE_BLOCK);
        front.extend(length(block_length));
        front.extend(block_head);
        self.to.write_all(&front)?;
        self.to.write_all(picture)
    }

    /// Flushes and hands back what was written to.
    pub fn finish(mut self) -> Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

fn head(size: PictureSize, coding: PictureCoding) -> Vec<u8> {
    let doc =
        [text(id::DOC_TYPE, "matroska"), unsigned(id::DOC_TYPE_VERSION, 4), unsigned(id::DOC_TYPE_READ_VERSION, 2)];
    let app = concat!("fencing-referee ", env!("CARGO_PKG_VERSION"));
    let info = [unsigned(id::TIMESTAMP_SCALE, TICK_NANOS), text(id::MUXING_APP, app), text(id::WRITING_APP, app)];
    let mut video = vec![unsigned(id::PIXEL_WIDTH, size.width.into()), unsigned(id::PIXEL_HEIGHT, size.height.into())];
    let codec = match coding {
        PictureCoding::Jpeg => "V_MJPEG",
        PictureCoding::Rgb24 => {
            video.push(element(id::UNCOMPRESSED_FOURCC, b"RGB\x18"));
            "V_UNCOMPRESSED"
        }
    };
    let track = [
        unsigned(id::TRACK_NUMBER, 1),
        unsigned(id::TRACK_UID, 1),
        unsigned(id::TRACK_TYPE, 1),
        unsigned(id::FLAG_LACING, 0),
        text(id::CODEC_ID, codec),
        element(id::VIDEO, &video.concat()),
    ];
    let mut head = element(id::EBML, &doc.concat());
    head.extend(id::SEGMENT);
    head.extend(OPEN);
    head.extend(element(id::INFO, &info.concat()));
    head.extend(element(id::TRACKS, &element(id::TRACK_ENTRY, &track.concat())));
    head
}

fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    [id, &length(body.len() as u64), body].concat()
}

fn unsigned(id: &[u8], value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

fn text(id: &[u8], value: &str) -> Vec<u8> {
    element(id, value.as_bytes())
}

/// A length in eight bytes; pictures are far below its 2^56.
fn length(bytes: u64) -> [u8; 8] {
    (bytes | 1 << 56).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_carry_their_marker() {
        assert_eq!(length(5), [1, 0, 0, 0, 0, 0, 0, 5]);
        assert_eq!(element(id::VIDEO, b"ab"), [0xE0, 1, 0, 0, 0, 0, 0, 0, 2, b'a', b'b']);
    }
}
