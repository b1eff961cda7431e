//! A phrase in memory, each frame as a JPEG with its exact time.
//!
//! A phrase lasts seconds: with every frame separately in memory, stepping in either direction is an array index, which review, the
//! pre-roll buffer and the recorder need. Frames are compressed so that a minute of 1080p60 stays under a gigabyte; decoding
//! one takes milliseconds.

use super::Frame;
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// JPEG quality of frames compressed here: visually clean at review size.
const QUALITY: u8 = 88;

/// Why a frame could not be stored or decoded.
#[derive(Debug, thiserror::Error)]
pub enum ReelError {
    /// The encoder failed.
    #[error("a frame of {0}x{1} could not be compressed")]
    Encode(u32, u32),
    /// The bytes are not a JPEG image.
    #[error("a stored frame is damaged and cannot be shown: {0}")]
    Decode(String),
    /// The index is out of range.
    #[error("the phrase has no frame {0}")]
    NoFrame(usize),
}

/// One compressed frame.
#[derive(Clone, Debug)]
pub struct ReelFrame {
    /// Time of capture.
    pub at: Timestamp,
    /// The image.
    pub jpeg: Arc<[u8]>,
}

/// The frames of one phrase in time order.
#[derive(Clone, Debug, Default)]
pub struct Reel {
    size: FrameSize,
    frames: Vec<ReelFrame>,
    bytes: usize,
}

impl Reel {
    /// Compresses a frame and adds it.
    pub fn push(&mut self, frame: &Frame) -> Result<(), ReelError> {
        let jpeg = encode_jpeg(&frame.rgb, frame.size)?;
        self.push_jpeg(frame.at, frame.size, jpeg);
        Ok(())
    }

    /// Adds a JPEG frame as cameras and sockets deliver it.
    pub fn push_jpeg(&mut self, at: Timestamp, size: FrameSize, jpeg: impl Into<Arc<[u8]>>) {
        let jpeg = jpeg.into();
        self.bytes += jpeg.len();
        self.size = size;
        self.frames.push(ReelFrame { at, jpeg });
    }

    /// All frames.
    pub fn frames(&self) -> &[ReelFrame] {
        &self.frames
    }

    /// Times of all frames.
    pub fn times(&self) -> Vec<Timestamp> {
        self.frames.iter().map(|f| f.at).collect()
    }

    /// Frame size.
    pub fn size(&self) -> FrameSize {
        self.size
    }

    /// Memory used by the frames.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Decodes a frame.
    pub fn decode(&self, index: usize) -> Result<Frame, ReelError> {
        let stored = self.frames.get(index).ok_or(ReelError::NoFrame(index))?;
        let (size, rgb) = decode_jpeg(&stored.jpeg)?;
        Frame::from_rgb(stored.at, FrameIndex(index as u64), size, size, rgb)
            .ok_or_else(|| ReelError::Decode("its size is wrong".into()))
    }
}

/// Compresses packed RGB.
pub fn encode_jpeg(rgb: &[u8], size: FrameSize) -> Result<Vec<u8>, ReelError> {
    let refused = || ReelError::Encode(size.width, size.height);
    let (width, height) =
        (u16::try_from(size.width).map_err(|_| refused())?, u16::try_from(size.height).map_err(|_| refused())?);
    let mut jpeg = Vec::with_capacity(rgb.len() / 10);
    let encoder = jpeg_encoder::Encoder::new(&mut jpeg, QUALITY);
    encoder.encode(rgb, width, height, jpeg_encoder::ColorType::Rgb).map_err(|_| refused())?;
    Ok(jpeg)
}

/// Size and packed RGB of a JPEG image; grey ones are converted.
pub fn decode_jpeg(jpeg: &[u8]) -> Result<(FrameSize, Vec<u8>), ReelError> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let rgb = decoder.decode().map_err(|e| ReelError::Decode(e.to_string()))?;
    let info = decoder.info().ok_or_else(|| ReelError::Decode("it has no header".into()))?;
    Ok((FrameSize::new(u32::from(info.width), u32::from(info.height)), rgb))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(secs: f64, level: u8) -> Frame {
        let size = FrameSize::new(64, 48);
        let rgb = vec![level; 64 * 48 * 3];
        Frame::from_rgb(Timestamp::from_secs(secs), FrameIndex(0), size, size, rgb).unwrap()
    }

    #[test]
    fn a_frame_comes_back_with_its_time_and_nearly_its_pixels() {
        let mut reel = Reel::default();
        reel.push(&frame(0.5, 100)).unwrap();
        reel.push(&frame(0.7, 200)).unwrap();
        let shown = reel.decode(1).unwrap();
        assert_eq!((shown.at, shown.size), (Timestamp::from_secs(0.7), FrameSize::new(64, 48)));
        assert!(shown.rgb.iter().all(|p| p.abs_diff(200) < 4));
        assert!(reel.bytes() < 64 * 48 * 3);
    }

    #[test]
    fn damage_is_an_error_and_not_a_panic() {
        let mut reel = Reel::default();
        reel.push_jpeg(Timestamp::ZERO, FrameSize::new(8, 8), vec![0xFF, 0xD8, 1, 2, 3]);
        assert!(matches!(reel.decode(0), Err(ReelError::Decode(_))));
        assert!(matches!(reel.decode(9), Err(ReelError::NoFrame(9))));
    }
}
