//! One picture as the camera gave it, and how it becomes pixels: never on the thread that captures.

use super::pixels::{rgb_from_bgr, rgb_from_nv12, rgb_from_yuyv};
use super::{CameraError, Damage, jpeg_head};
use fencing::geometry::PictureSize;
use fencing::time::{FrameIndex, Timestamp};
use std::sync::Arc;
use vision::video::{Frame, decode_jpeg, encode_jpeg, limit_width};

/// How the bytes of a [`Captured`] are to be read.
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

/// A picture in the camera's own coding. Cheap to clone: the bytes are shared.
#[derive(Clone, Debug)]
pub struct Captured {
    /// When it was taken, on the host clock; later than that of the picture before.
    pub at: Timestamp,
    /// Its number since the camera was first opened; a gap is a lost picture.
    pub index: FrameIndex,
    /// Size in pixels.
    pub size: PictureSize,
    /// How to read `bytes`.
    pub coding: PixelCoding,
    /// The picture.
    pub bytes: Arc<[u8]>,
}

impl Captured {
    /// The picture as it came, in [`coding`](Self::coding).
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The picture as a JPEG file: as it came, or compressed here (about 7 ms for 1280x720).
    pub fn jpeg(&self) -> Result<Arc<[u8]>, CameraError> {
        if self.coding == PixelCoding::Jpeg {
            jpeg_head::measure(&self.bytes)?;
            return Ok(Arc::clone(&self.bytes));
        }
        let (size, rgb) = self.rgb()?;
        let jpeg = encode_jpeg(&rgb, size).map_err(|e| Damage::Coding(e.to_string()))?;
        Ok(jpeg.into())
    }

    /// The picture in pixels, at most `max_width` across with its shape kept, as clips are delivered.
    pub fn frame(&self, max_width: u32) -> Result<Frame, CameraError> {
        let (source_size, rgb) = self.rgb()?;
        let (size, rgb) = limit_width(rgb, source_size, max_width).map_err(Damage::Coding)?;
        let expected = size.width as usize * size.height as usize * 3;
        let got = rgb.len();
        Frame::from_rgb(self.at, self.index, size, source_size, rgb)
            .ok_or_else(|| Damage::Length { expected, got }.into())
    }

    /// True size and packed RGB.
    fn rgb(&self) -> Result<(PictureSize, Vec<u8>), CameraError> {
        if self.coding == PixelCoding::Jpeg {
            jpeg_head::measure(&self.bytes)?;
            return Ok(decode_jpeg(&self.bytes).map_err(|e| Damage::Coding(e.to_string()))?);
        }
        let expected = self.coding.picture_bytes(self.size).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(coding: PixelCoding, size: PictureSize, bytes: Vec<u8>) -> Captured {
        Captured { at: Timestamp::from_secs(1.5), index: FrameIndex(7), size, coding, bytes: bytes.into() }
    }

    /// A grey picture in every coding: Y = 126 is 50 % grey in the range of video.
    #[test]
    fn grey_is_grey_in_every_coding() {
        let size = PictureSize::new(32, 16);
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
            let picture = captured(coding, size, bytes);
            for frame in [picture.frame(1000).unwrap(), picture.frame(16).unwrap()] {
                assert_eq!((frame.at, frame.index, frame.source_size), (picture.at, picture.index, size));
                assert!(frame.rgb.iter().all(|level| level.abs_diff(128) <= 2), "{coding:?}");
            }
            assert_eq!(picture.frame(16).unwrap().size, PictureSize::new(16, 8));
            let (again, _) = decode_jpeg(&picture.jpeg().unwrap()).unwrap();
            assert_eq!(again, size);
        }
    }

    #[test]
    fn damage_is_a_typed_error() {
        let size = PictureSize::new(32, 16);
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
            let picture = captured(coding, size, bytes);
            assert!(matches!(picture.frame(960), Err(CameraError::Damaged(_))), "{coding:?}");
        }
        assert!(captured(PixelCoding::Rgb, PictureSize::new(0, 0), Vec::new()).frame(960).is_err());
    }
}
