//! Formats of cameras, and how people write them.

use super::{CameraError, PixelCoding};
use fencing::geometry::PictureSize;
use std::fmt;
use std::str::FromStr;

/// Largest side of a picture that is believed, in pixels.
pub(super) const MAX_SIDE: u32 = 16_384;

/// A size, a rate and a coding that a camera can deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CameraFormat {
    /// Pixels.
    pub size: PictureSize,
    /// Promised pictures per second.
    pub fps: u32,
    /// How a picture is coded.
    pub coding: PixelCoding,
}

impl PixelCoding {
    /// Every coding, the preferred ones first: JPEG leaves room on the cable for 60 pictures per second.
    pub const ALL: [Self; 5] = [Self::Jpeg, Self::Nv12, Self::Yuyv, Self::Rgb, Self::Bgr];

    /// As people and `referee cameras` write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "MJPEG",
            Self::Rgb => "RGB",
            Self::Bgr => "BGR",
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
        }
    }

    /// Bytes of a picture, where the coding fixes them.
    pub const fn picture_bytes(self, size: PictureSize) -> Option<usize> {
        let pixels = size.width as usize * size.height as usize;
        match self {
            Self::Jpeg => None,
            Self::Rgb | Self::Bgr => Some(pixels * 3),
            Self::Yuyv => Some(size.width.div_ceil(2) as usize * 4 * size.height as usize),
            Self::Nv12 => Some(pixels + size.width.div_ceil(2) as usize * 2 * size.height.div_ceil(2) as usize),
        }
    }
}

impl fmt::Display for CameraFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}@{} {}", self.size.width, self.size.height, self.fps, self.coding.name())
    }
}

impl FromStr for CameraFormat {
    type Err = CameraError;

    /// Reads `1280x720@60 MJPEG`; capitals and spaces do not matter.
    fn from_str(text: &str) -> Result<Self, CameraError> {
        parse(text).ok_or_else(|| CameraError::FormatText { text: text.to_owned() })
    }
}

fn parse(text: &str) -> Option<CameraFormat> {
    let plain = text.trim().to_ascii_lowercase();
    let (numbers, coding) = plain.split_once(char::is_whitespace)?;
    let (size, fps) = numbers.split_once('@')?;
    let (width, height) = size.split_once('x')?;
    let side = |text: &str| text.parse::<u32>().ok().filter(|side| (1..=MAX_SIDE).contains(side));
    let coding = match coding.trim() {
        "mjpeg" | "mjpg" | "jpeg" => PixelCoding::Jpeg,
        "yuyv" | "yuy2" => PixelCoding::Yuyv,
        "nv12" => PixelCoding::Nv12,
        "rgb" => PixelCoding::Rgb,
        "bgr" => PixelCoding::Bgr,
        _ => return None,
    };
    let fps = fps.parse().ok().filter(|fps| (1..=1000).contains(fps))?;
    Some(CameraFormat { size: PictureSize::new(side(width)?, side(height)?), fps, coding })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nonsense_is_no_format() {
        for text in
            ["", "720p", "1280x720 MJPEG", "0x720@60 MJPEG", "1280x720@0 MJPEG", "1280x720@60 H264", "1e3x2@1 RGB"]
        {
            assert!(text.parse::<CameraFormat>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_format_is_read_as_it_is_written(w in 1u32..9000, h in 1u32..9000, fps in 1u32..500, coding in 0usize..5) {
            let format = CameraFormat { size: PictureSize::new(w, h), fps, coding: PixelCoding::ALL[coding] };
            prop_assert_eq!(format.to_string().parse::<CameraFormat>().unwrap(), format);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,30}") {
            let _ = text.parse::<CameraFormat>();
        }
    }
}
