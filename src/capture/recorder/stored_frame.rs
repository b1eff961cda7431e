//! Frames as the recorder stores them: JPEG, whatever the camera sends. A camera's own JPEG is stored byte for byte.

use super::ring_buffer::Timed;
use crate::camera::CapturedFrame;
use fencing::geometry::FrameSize;
use fencing::time::Timestamp;
use std::sync::Arc;
use vision::video::{decode_jpeg, encode_jpeg, resize_rgb};

/// A frame in memory. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StoredFrame {
    pub(super) at: Timestamp,
    pub(super) size: FrameSize,
    pub(super) jpeg: Arc<[u8]>,
}

impl Timed for StoredFrame {
    fn at(&self) -> Timestamp {
        self.at
    }

    fn bytes(&self) -> usize {
        self.jpeg.len()
    }
}

impl StoredFrame {
    /// Converts a captured frame; `None` for bytes that cannot be decoded.
    pub(super) fn of(captured: &CapturedFrame) -> Option<Self> {
        Some(Self { at: captured.at, size: captured.size, jpeg: captured.jpeg().ok()? })
    }

    /// The same frame in another size, letterboxed where the aspect ratio differs; `None` when it cannot be decoded.
    pub(super) fn fitted(&self, size: FrameSize) -> Option<Self> {
        let (own, rgb) = decode_jpeg(&self.jpeg).ok()?;
        let scale = (f64::from(size.width) / f64::from(own.width)).min(f64::from(size.height) / f64::from(own.height));
        let scaled = |side: u32, most: u32| ((f64::from(side) * scale).round() as u32).clamp(1, most);
        let inner = FrameSize::new(scaled(own.width, size.width), scaled(own.height, size.height));
        let small = resize_rgb(&rgb, own, inner).ok()?;
        let jpeg = encode_jpeg(&framed(inner, &small, size), size).ok()?;
        Some(Self { at: self.at, size, jpeg: jpeg.into() })
    }
}

/// Centres `inner` in a black frame of `size`.
fn framed(inner: FrameSize, rgb: &[u8], size: FrameSize) -> Vec<u8> {
    let (row, inner_row) = (size.width as usize * 3, inner.width as usize * 3);
    let mut out = vec![0; row * size.height as usize];
    let left = (size.width - inner.width) as usize / 2 * 3;
    let top = (size.height - inner.height) as usize / 2;
    for (to, from) in out.chunks_exact_mut(row).skip(top).zip(rgb.chunks_exact(inner_row)) {
        to[left..left + inner_row].copy_from_slice(from);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::PixelCoding;
    use fencing::time::FrameIndex;

    fn captured(coding: PixelCoding, size: (u32, u32), bytes: Vec<u8>) -> CapturedFrame {
        let size = FrameSize::new(size.0, size.1);
        CapturedFrame { at: Timestamp::ZERO, index: FrameIndex(0), size, coding, bytes: bytes.into() }
    }

    #[test]
    fn bytes_that_are_no_picture_are_refused() {
        for (coding, bytes) in [
            (PixelCoding::Jpeg, vec![]),
            (PixelCoding::Jpeg, vec![0xFF, 0xD8, 0xFF, 0xD9]),
            (PixelCoding::Jpeg, b"GIF89a".to_vec()),
            (PixelCoding::Rgb, vec![1; 5]),
            (PixelCoding::Yuyv, vec![1; 32 * 16 * 2 - 1]),
            (PixelCoding::Nv12, vec![]),
        ] {
            assert_eq!(StoredFrame::of(&captured(coding, (32, 16), bytes)), None, "{coding:?}");
        }
    }

    #[test]
    fn another_size_is_fitted_without_distortion() {
        let wide = StoredFrame::of(&captured(PixelCoding::Rgb, (64, 16), vec![200; 64 * 16 * 3])).unwrap();
        let fitted = wide.fitted(FrameSize::new(32, 32)).unwrap();
        let (size, rgb) = decode_jpeg(&fitted.jpeg).unwrap();
        assert_eq!(size, FrameSize::new(32, 32));
        let level = |row: usize| rgb[(row * 32 + 16) * 3];
        assert!(level(2) < 40 && level(16) > 170 && level(29) < 40);
    }
}
