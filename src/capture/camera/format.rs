//! Camera formats: their text form, and which of those offered is opened.

use super::{CameraError, PixelCoding};
use fencing::geometry::FrameSize;
#[cfg(any(feature = "camera", test))]
use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

/// Largest plausible side of a frame, in pixels.
pub(super) const MAX_SIDE: u32 = 16_384;

/// A frame size, frame rate and pixel coding that a camera can deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CameraFormat {
    /// In pixels.
    pub size: FrameSize,
    /// Promised frames per second.
    pub fps: u32,
    /// Pixel coding.
    pub coding: PixelCoding,
}

impl PixelCoding {
    /// Every coding, preferred ones first: JPEG leaves room on the USB bus for 60 frames per second.
    pub const ALL: [Self; 5] = [Self::Jpeg, Self::Nv12, Self::Yuyv, Self::Rgb, Self::Bgr];

    /// As `referee cameras` prints it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "MJPEG",
            Self::Rgb => "RGB",
            Self::Bgr => "BGR",
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
        }
    }

    /// Bytes per frame; `None` where the coding does not fix them.
    pub const fn frame_bytes(self, size: FrameSize) -> Option<usize> {
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

    /// Parses `1280x720@60 MJPEG`; case and spaces do not matter.
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
    Some(CameraFormat { size: FrameSize::new(side(width)?, side(height)?), fps, coding })
}

/// Preferred frame size in pixels: large enough for two fencers on a piste of 14 m, and cameras reach 60 frames per second at it.
#[cfg(any(feature = "camera", test))]
const PREFERRED_SIZE: FrameSize = FrameSize::new(1280, 720);
/// Preferred frame rate: a blade moves 20 cm between two frames at 30 per second.
#[cfg(any(feature = "camera", test))]
const PREFERRED_FPS: u32 = 60;
/// Sort key of a format, smaller is better. What cannot be compensated counts first: a rate too low to see who began, or too few
/// pixels to see a hand; then the distance to the preferred size and rate, then the pixel coding.
#[cfg(any(feature = "camera", test))]
fn distance(format: &CameraFormat) -> (u32, u64, u32, usize) {
    let pixels = |size: FrameSize| u64::from(size.width) * u64::from(size.height);
    let slow = match format.fps {
        50.. => 0,
        25..50 => 1,
        15..25 => 3,
        0..15 => 6,
    };
    let small = match format.size.width {
        1280.. => 0,
        960..1280 => 1,
        640..960 => 2,
        0..640 => 5,
    };
    let size_off = pixels(format.size).abs_diff(pixels(PREFERRED_SIZE));
    let coding = PixelCoding::ALL.iter().position(|coding| *coding == format.coding).unwrap_or(usize::MAX);
    (slow + small, size_off, PREFERRED_FPS.abs_diff(format.fps), coding)
}

/// Sorts formats best first and removes duplicates.
#[cfg(any(feature = "camera", test))]
pub(super) fn best_first(mut formats: Vec<CameraFormat>) -> Vec<CameraFormat> {
    formats.sort_by_key(|format| (distance(format), Reverse(format.size.width)));
    formats.dedup();
    formats
}

/// The format to open: exactly the requested one, or the best offered (`offered` sorted by [`best_first`]).
#[cfg(any(feature = "camera", test))]
pub(super) fn choose(
    name: &str,
    wanted: Option<CameraFormat>,
    offered: &[CameraFormat],
) -> Result<CameraFormat, CameraError> {
    let best = offered.first().ok_or_else(|| CameraError::NoUsableFormat { name: name.to_owned() })?;
    let Some(wanted) = wanted else { return Ok(*best) };
    offered.iter().find(|format| **format == wanted).copied().ok_or_else(|| CameraError::FormatNotOffered {
        name: name.to_owned(),
        wanted,
        offered: offered.to_vec(),
    })
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
            let format = CameraFormat { size: FrameSize::new(w, h), fps, coding: PixelCoding::ALL[coding] };
            prop_assert_eq!(format.to_string().parse::<CameraFormat>().unwrap(), format);
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,30}") {
            let _ = text.parse::<CameraFormat>();
        }
    }

    fn format(text: &str) -> CameraFormat {
        text.parse().unwrap()
    }

    #[test]
    fn the_best_format_is_fast_large_enough_and_compressed() {
        let check = |offered: &[&str], wanted: &str| {
            let sorted = best_first(offered.iter().map(|text| format(text)).collect());
            assert_eq!(choose("cam", None, &sorted).unwrap(), format(wanted), "{offered:?}");
        };
        check(
            &["1920x1080@30 MJPEG", "1280x720@60 MJPEG", "1280x720@60 YUYV", "640x480@120 MJPEG"],
            "1280x720@60 MJPEG",
        );
        check(&["1280x720@10 YUYV", "640x480@30 YUYV", "1280x720@30 MJPEG"], "1280x720@30 MJPEG");
        check(&["320x180@60 YUYV", "1280x720@30 NV12"], "1280x720@30 NV12");
        check(&["1920x1080@5 YUYV", "640x480@30 YUYV"], "640x480@30 YUYV");
        check(&["1280x720@25 YUYV", "640x360@40 YUYV", "320x180@60 MJPEG"], "1280x720@25 YUYV");
        check(&["1920x1080@50 MJPEG", "1280x720@50 MJPEG"], "1280x720@50 MJPEG");
    }

    #[test]
    fn a_format_that_is_not_there_is_refused_with_those_that_are() {
        let offered = [format("640x480@30 YUYV")];
        let error = choose("Cam", Some(format("1280x720@60 MJPEG")), &offered).unwrap_err().to_string();
        assert!(error.contains("1280x720@60 MJPEG") && error.contains("640x480@30 YUYV"), "{error}");
        assert!(matches!(choose("Cam", None, &[]), Err(CameraError::NoUsableFormat { .. })));
    }
}
