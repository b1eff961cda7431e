//! Matroska written front to back into a pipe, with unknown lengths: raw frames for ffmpeg, or JPEG frames into a plain file.

use super::element::{cluster_header, element, id, text, unsigned};
use super::head::{OPEN, TICK_NANOS, doc_head, info_lines};
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use std::io::{Result, Write};

/// Coding of the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameCoding {
    /// Rows of RGB triples without padding.
    Rgb24,
    /// One JPEG image per frame.
    Jpeg,
}

/// Writes one video track, one cluster per frame.
pub struct MatroskaWriter<W> {
    to: W,
    zero: Option<Timestamp>,
}

impl<W: Write> MatroskaWriter<W> {
    /// Writes the header.
    pub fn new(mut to: W, size: FrameSize, coding: FrameCoding) -> Result<Self> {
        to.write_all(&head(size, coding))?;
        Ok(Self { to, zero: None })
    }

    /// Adds a frame. The first one's time becomes the stream's zero; an earlier time counts as zero.
    pub fn write(&mut self, at: Timestamp, frame: &[u8]) -> Result<()> {
        let zero = *self.zero.get_or_insert(at);
        let ticks = u64::try_from(at.nanos().saturating_sub(zero.nanos())).unwrap_or(0) / TICK_NANOS;
        self.to.write_all(&cluster_header(ticks, 1, frame.len()))?;
        self.to.write_all(frame)
    }

    /// Flushes and returns the destination.
    pub fn finish(mut self) -> Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

fn head(size: FrameSize, coding: FrameCoding) -> Vec<u8> {
    let mut video = vec![unsigned(id::PIXEL_WIDTH, size.width.into()), unsigned(id::PIXEL_HEIGHT, size.height.into())];
    let codec = match coding {
        FrameCoding::Jpeg => "V_MJPEG",
        FrameCoding::Rgb24 => {
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
    let mut head = doc_head();
    head.extend(id::SEGMENT);
    head.extend(OPEN);
    head.extend(element(id::INFO, &info_lines().concat()));
    head.extend(element(id::TRACKS, &element(id::TRACK_ENTRY, &track.concat())));
    head
}
