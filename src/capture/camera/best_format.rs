//! Which of a camera's formats is opened: the wanted one, or the best for watching a phrase.

use super::{CameraError, CameraFormat, PixelCoding};
use fencing::geometry::PictureSize;
use std::cmp::Reverse;

/// The wished picture, in pixels: fencers on a piste of 14 m are large enough, and cameras reach 60 pictures per second.
const WANTED_SIZE: PictureSize = PictureSize::new(1280, 720);
/// The wished rate: a blade moves 20 cm between two pictures at 30 per second.
const WANTED_FPS: u32 = 60;
/// How far a format is from the wished one; less is better. What cannot be made up for counts first: too few pictures per
/// second to see who began, or too few pixels to see a hand; then nearness to the wished size and rate, then the coding.
fn distance(format: &CameraFormat) -> (u32, u64, u32, usize) {
    let pixels = |size: PictureSize| u64::from(size.width) * u64::from(size.height);
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
    let size_off = pixels(format.size).abs_diff(pixels(WANTED_SIZE));
    let coding = PixelCoding::ALL.iter().position(|coding| *coding == format.coding).unwrap_or(usize::MAX);
    (slow + small, size_off, WANTED_FPS.abs_diff(format.fps), coding)
}

/// Sorts formats, the best first, without repeats.
pub(super) fn best_first(mut formats: Vec<CameraFormat>) -> Vec<CameraFormat> {
    formats.sort_by_key(|format| (distance(format), Reverse(format.size.width)));
    formats.dedup();
    formats
}

/// The format to open: the wanted one exactly, or the best of those offered (sorted by [`best_first`]).
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
