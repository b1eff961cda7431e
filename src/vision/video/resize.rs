//! Resizing of RGB frames, with one filter for every source, so that a camera, a stream and a clip are analysed alike.

use super::clip::scaled_to;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use fencing::geometry::FrameSize;

/// Width at which frames are analysed, in pixels; wider ones are scaled down. The pose models take crops of 192x256 or 640x640,
/// which a fencer in a frame of this width fills.
pub const ANALYSED_WIDTH: u32 = 960;

/// Scales packed RGB with every source pixel counted, as ffmpeg's bilinear scaling of clips does.
///
/// # Errors
/// A full sentence when a side is 0 or `rgb` is not `from.width * from.height * 3` bytes.
pub fn resize_rgb(rgb: &[u8], from: FrameSize, to: FrameSize) -> Result<Vec<u8>, String> {
    let source = ImageRef::new(from.width, from.height, rgb, PixelType::U8x3).map_err(|e| e.to_string())?;
    let mut resized = Image::new(to.width, to.height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut resized, &options).map_err(|e| e.to_string())?;
    Ok(resized.into_vec())
}

/// Packed RGB at most `max_width` across with its aspect ratio kept, and its size. Never scales up.
///
/// # Errors
/// As [`resize_rgb`].
pub fn limit_width(rgb: Vec<u8>, size: FrameSize, max_width: u32) -> Result<(FrameSize, Vec<u8>), String> {
    let to = scaled_to(size, max_width.max(2));
    let rgb = if to == size { rgb } else { resize_rgb(&rgb, size, to)? };
    Ok((to, rgb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_averages() {
        let rgb: Vec<u8> = (0..16 * 8).flat_map(|i| if i % 2 == 0 { [0; 3] } else { [200; 3] }).collect();
        let (size, small) = limit_width(rgb, FrameSize::new(16, 8), 8).unwrap();
        assert_eq!((size, small.len()), (FrameSize::new(8, 4), 8 * 4 * 3));
        assert!(small.iter().all(|level| (60..=140).contains(level)), "{small:?}");
    }

    #[test]
    fn what_is_narrow_enough_stays_and_what_is_no_picture_is_refused() {
        let size = FrameSize::new(4, 2);
        assert_eq!(limit_width(vec![7; 24], size, 960), Ok((size, vec![7; 24])));
        assert!(limit_width(vec![7; 23], size, 2).is_err());
    }
}
