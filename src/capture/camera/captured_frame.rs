//! One frame as the camera delivered it, and its conversion to pixels, which never runs on the capture thread.

use super::{CameraError, Damage, jpeg_head};
use fencing::geometry::FrameSize;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;
use vision::video::{Frame, decode_jpeg, encode_jpeg, limit_width};

/// How the bytes of a [`CapturedFrame`] are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelCoding {
    /// A JPEG file.
    Jpeg,
    /// Rows of RGB triples without padding.
    Rgb,
    /// Rows of BGR triples without padding.
    Bgr,
    /// 4:2:2, packed as Y0 U Y1 V.
    Yuyv,
    /// 4:2:0, a plane of Y, then one of interleaved U and V.
    Nv12,
}

/// A frame in the camera's own coding. Cheap to clone: the bytes are shared.
#[derive(Clone, Debug)]
pub struct CapturedFrame {
    /// Capture time on the host clock; strictly later than that of the frame before.
    pub at: Timestamp,
    /// Number since the camera was first opened; a gap is a lost frame.
    pub index: FrameIndex,
    /// In pixels.
    pub size: FrameSize,
    /// Coding of `bytes`.
    pub coding: PixelCoding,
    /// The coded frame.
    pub bytes: Arc<[u8]>,
}

impl CapturedFrame {
    /// The coded frame, in [`coding`](Self::coding).
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The frame as JPEG: the camera's own bytes, or compressed here (about 7 ms for 1280x720).
    pub fn jpeg(&self) -> Result<Arc<[u8]>, CameraError> {
        if self.coding == PixelCoding::Jpeg {
            jpeg_head::measure(&self.bytes)?;
            return Ok(Arc::clone(&self.bytes));
        }
        let (size, rgb) = self.rgb()?;
        let jpeg = encode_jpeg(&rgb, size).map_err(|e| Damage::Coding(e.to_string()))?;
        Ok(jpeg.into())
    }

    /// Decoded RGB, scaled down to at most `max_width` pixels across with the aspect ratio kept, as the clip reader does.
    pub fn decode(&self, max_width: u32) -> Result<Frame, CameraError> {
        let (source_size, rgb) = self.rgb()?;
        let (size, rgb) = limit_width(rgb, source_size, max_width).map_err(Damage::Coding)?;
        let expected = size.width as usize * size.height as usize * 3;
        let got = rgb.len();
        Frame::from_rgb(self.at, self.index, size, source_size, rgb)
            .ok_or_else(|| Damage::Length { expected, got }.into())
    }

    /// Full size and packed RGB.
    fn rgb(&self) -> Result<(FrameSize, Vec<u8>), CameraError> {
        if self.coding == PixelCoding::Jpeg {
            jpeg_head::measure(&self.bytes)?;
            return Ok(decode_jpeg(&self.bytes).map_err(|e| Damage::Coding(e.to_string()))?);
        }
        let expected = self.coding.frame_bytes(self.size).unwrap_or_default();
        let got = self.bytes.len();
        if got != expected || got == 0 {
            return Err(Damage::Length { expected, got }.into());
        }
        let rgb = match self.coding {
            PixelCoding::Jpeg | PixelCoding::Rgb => self.bytes.to_vec(),
            PixelCoding::Bgr => rgb_from_bgr(&self.bytes),
            PixelCoding::Yuyv => rgb_from_yuyv(&self.bytes, self.size),
            PixelCoding::Nv12 => rgb_from_nv12(&self.bytes, self.size),
        };
        Ok((self.size, rgb))
    }
}

/// One pixel, BT.601 in 8.8 fixed point.
fn push_rgb(rgb: &mut Vec<u8>, y: u8, u: u8, v: u8) {
    let (y, u, v) = (298 * (i32::from(y) - 16), i32::from(u) - 128, i32::from(v) - 128);
    let level = |sum: i32| ((sum + 128) >> 8).clamp(0, 255) as u8;
    rgb.extend([level(y + 409 * v), level(y - 100 * u - 208 * v), level(y + 516 * u)]);
}

/// RGB of packed 4:2:2; an odd last column uses half of its pair.
pub(super) fn rgb_from_yuyv(bytes: &[u8], size: FrameSize) -> Vec<u8> {
    let width = size.width as usize;
    let mut rgb = Vec::with_capacity(width * size.height as usize * 3);
    for row in bytes.chunks_exact(width.div_ceil(2).max(1) * 4) {
        for (at, pair) in row.chunks_exact(4).enumerate() {
            push_rgb(&mut rgb, pair[0], pair[1], pair[3]);
            if at * 2 + 1 < width {
                push_rgb(&mut rgb, pair[2], pair[1], pair[3]);
            }
        }
    }
    rgb
}

/// RGB of planar 4:2:0 (NV12).
pub(super) fn rgb_from_nv12(bytes: &[u8], size: FrameSize) -> Vec<u8> {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut rgb = Vec::with_capacity(width * height * 3);
    let (luma, chroma) = bytes.split_at((width * height).min(bytes.len()));
    let chroma_row = width.div_ceil(2).max(1) * 2;
    for (at, row) in luma.chunks_exact(width.max(1)).enumerate() {
        let colours = chroma.chunks_exact(chroma_row).nth(at / 2).unwrap_or_default();
        for (ys, colour) in row.chunks(2).zip(colours.chunks_exact(2)) {
            for y in ys {
                push_rgb(&mut rgb, *y, colour[0], colour[1]);
            }
        }
    }
    rgb
}

/// RGB of BGR triples.
pub(super) fn rgb_from_bgr(bytes: &[u8]) -> Vec<u8> {
    let mut rgb = bytes.to_vec();
    rgb.chunks_exact_mut(3).for_each(|pixel| pixel.swap(0, 2));
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(coding: PixelCoding, size: FrameSize, bytes: Vec<u8>) -> CapturedFrame {
        CapturedFrame { at: Timestamp::from_secs(1.5), index: FrameIndex(7), size, coding, bytes: bytes.into() }
    }

    /// A grey image in every coding: Y = 126 is 50 % grey in video range.
    #[test]
    fn grey_is_grey_in_every_coding() {
        let size = FrameSize::new(32, 16);
        let pixels = 32 * 16;
        let rgb = vec![128; pixels * 3];
        let nv12 = [vec![126; pixels], vec![128; pixels / 2]].concat();
        for (coding, bytes) in [
            (PixelCoding::Jpeg, encode_jpeg(&rgb, size).unwrap()),
            (PixelCoding::Rgb, rgb.clone()),
            (PixelCoding::Bgr, rgb),
            (PixelCoding::Yuyv, [126, 128].repeat(pixels)),
            (PixelCoding::Nv12, nv12),
        ] {
            let frame = captured(coding, size, bytes);
            for frame in [frame.decode(1000).unwrap(), frame.decode(16).unwrap()] {
                assert_eq!((frame.at, frame.index, frame.source_size), (frame.at, frame.index, size));
                assert!(frame.rgb.iter().all(|level| level.abs_diff(128) <= 2), "{coding:?}");
            }
            assert_eq!(frame.decode(16).unwrap().size, FrameSize::new(16, 8));
            let (again, _) = decode_jpeg(&frame.jpeg().unwrap()).unwrap();
            assert_eq!(again, size);
        }
    }

    #[test]
    fn damage_is_a_typed_error() {
        let size = FrameSize::new(32, 16);
        let whole = encode_jpeg(&[9; 32 * 16 * 3], size).unwrap();
        let mut broken = whole.clone();
        let middle = broken.len() / 3;
        broken[20..middle].fill(0);
        for (coding, bytes) in [
            (PixelCoding::Jpeg, Vec::new()),
            (PixelCoding::Jpeg, whole[..whole.len() - 9].to_vec()),
            (PixelCoding::Jpeg, broken),
            (PixelCoding::Rgb, Vec::new()),
            (PixelCoding::Rgb, vec![1; 10]),
            (PixelCoding::Yuyv, vec![1; 32 * 16 * 2 + 1]),
            (PixelCoding::Nv12, vec![1; 32 * 16]),
        ] {
            let frame = captured(coding, size, bytes);
            assert!(matches!(frame.decode(960), Err(CameraError::Damaged(_))), "{coding:?}");
        }
        assert!(captured(PixelCoding::Rgb, FrameSize::new(0, 0), Vec::new()).decode(960).is_err());
    }

    #[test]
    fn colours_come_out_right() {
        let check = |yuv: [u8; 3], wanted: [u8; 3]| {
            let [y, u, v] = yuv;
            let size = FrameSize::new(2, 2);
            let packed = rgb_from_yuyv(&[y, u, y, v].repeat(2), size);
            let planes = rgb_from_nv12(&[y, y, y, y, u, v], size);
            assert_eq!(packed, planes);
            let near = packed.chunks(3).all(|rgb| rgb.iter().zip(wanted).all(|(got, w)| got.abs_diff(w) <= 2));
            assert!(near, "{yuv:?}: {packed:?} is not {wanted:?}");
        };
        check([16, 128, 128], [0, 0, 0]);
        check([235, 128, 128], [255, 255, 255]);
        check([81, 90, 240], [255, 0, 0]);
        check([145, 54, 34], [0, 255, 0]);
        check([41, 240, 110], [0, 0, 255]);
    }

    #[test]
    fn odd_sizes_keep_their_pixels() {
        let size = FrameSize::new(3, 3);
        assert_eq!(rgb_from_yuyv(&[126, 128].repeat(12), size).len(), 27);
        assert_eq!(rgb_from_nv12(&[126; 9 + 8], size).len(), 27);
    }
}
