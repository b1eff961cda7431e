//! Decodes frames from the network, within limits that are checked before any pixel is allocated.
//!
//! A tiny PNG can claim 30,000 x 30,000 pixels; so the header is parsed first and the frame rejected. A frame that cannot be decoded is
//! skipped; it never ends a phrase.

use crate::protocol::{Encoding, RawHeader};
use fencing::geometry::FrameSize;
use std::io::Cursor;
use vision::video::{exif_orientation, upright};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// How many times more pixels a frame may have than the session announced (a camera that switched up).
const MAX_OVERSIZE: u64 = 4;
/// Always accepted: 1920 x 1080. Larger only in proportion to the announced size.
const MIN_LIMIT: u64 = 1920 * 1080;
/// Never accepted; 8K has 33 million.
const MAX_LIMIT: u64 = 40_000_000;

/// Why a frame could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    /// An unknown encoding.
    #[error("unknown encoding '{0}'; send jpeg, png or raw")]
    UnknownEncoding(String),
    /// Too many pixels.
    #[error("a frame of {width}x{height} is larger than this session may send ({allowed} pixels)")]
    TooLarge {
        /// Pixels per row in the header.
        width: u64,
        /// Rows in the header.
        height: u64,
        /// Pixels allowed.
        allowed: u64,
    },
    /// The bytes do not match the encoding.
    #[error("the {encoding} cannot be decoded: {reason}")]
    Broken {
        /// The expected encoding.
        encoding: &'static str,
        /// The cause.
        reason: String,
    },
}

/// A decoded frame: packed RGB.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecodedFrame {
    /// Its size.
    pub(crate) size: FrameSize,
    /// `height` rows of `width` RGB triples.
    pub(crate) rgb: Vec<u8>,
}

/// Decodes one payload. `announced` is the frame size of the session and limits what is accepted.
pub(crate) fn decode(encoding: &str, payload: &[u8], announced: FrameSize) -> Result<DecodedFrame, DecodeError> {
    let allowed = allowed_pixels(announced);
    match Encoding::from_wire(encoding) {
        Some(Encoding::Jpeg) => decode_jpeg(payload, allowed),
        Some(Encoding::Png) => decode_png(payload, allowed),
        Some(Encoding::Raw) => decode_raw(payload, allowed),
        None => Err(unknown(encoding)),
    }
}

fn unknown(encoding: &str) -> DecodeError {
    DecodeError::UnknownEncoding(encoding.chars().take(20).collect())
}

fn broken(encoding: &'static str, reason: &dyn std::fmt::Display) -> DecodeError {
    DecodeError::Broken { encoding, reason: reason.to_string() }
}

/// The size in a payload's header, within the same limits; decodes no pixel.
pub(super) fn image_size(encoding: &str, payload: &[u8], announced: FrameSize) -> Result<FrameSize, DecodeError> {
    let allowed = allowed_pixels(announced);
    let (width, height) = match Encoding::from_wire(encoding) {
        Some(Encoding::Jpeg) => {
            let size = jpeg_size(payload).ok_or_else(|| broken("jpeg", &"no size in its header"))?;
            if jpeg_orientation(payload) >= 5 { (size.height, size.width) } else { (size.width, size.height) }
        }
        Some(Encoding::Png) => png_dimensions(payload)?,
        Some(Encoding::Raw) => {
            let (header, _) = RawHeader::split(payload).map_err(|e| broken("raw", &e))?;
            (header.width, header.height)
        }
        None => return Err(unknown(encoding)),
    };
    match check_size(u64::from(width), u64::from(height), allowed)? {
        FrameSize { width: 0, .. } | FrameSize { height: 0, .. } => Err(broken("picture", &"it has no pixels")),
        size => Ok(size),
    }
}

/// Most pixels per frame for a session that announced this size.
pub(crate) fn allowed_pixels(announced: FrameSize) -> u64 {
    let pixels = u64::from(announced.width) * u64::from(announced.height);
    pixels.saturating_mul(MAX_OVERSIZE).clamp(MIN_LIMIT, MAX_LIMIT)
}

fn check_size(width: u64, height: u64, allowed: u64) -> Result<FrameSize, DecodeError> {
    let pixels = width.saturating_mul(height);
    if pixels > allowed {
        return Err(DecodeError::TooLarge { width, height, allowed });
    }
    Ok(FrameSize::new(width as u32, height as u32))
}

fn decode_jpeg(payload: &[u8], allowed: u64) -> Result<DecodedFrame, DecodeError> {
    let broken = |e: &dyn std::fmt::Display| broken("jpeg", e);
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(payload), options);
    decoder.decode_headers().map_err(|e| broken(&e))?;
    let (width, height) = decoder.dimensions().ok_or_else(|| broken(&"no size in its header"))?;
    let size = check_size(width as u64, height as u64, allowed)?;
    let rgb = decoder.decode().map_err(|e| broken(&e))?;
    let picture = whole(size, rgb, "jpeg")?;
    // Phones store the sensor's rows and an orientation.
    let orientation = decoder.exif().and_then(|exif| exif_orientation(exif)).unwrap_or(1);
    let (size, rgb) = upright(picture.size, picture.rgb, orientation);
    Ok(DecodedFrame { size, rgb })
}

/// The EXIF orientation of a JPEG, 1 (upright) to 8; 1 if missing.
pub(super) fn jpeg_orientation(payload: &[u8]) -> u8 {
    let mut decoder = JpegDecoder::new(ZCursor::new(payload));
    let read = decoder.decode_headers().is_ok();
    decoder.exif().filter(|_| read).and_then(|exif| exif_orientation(exif)).unwrap_or(1)
}

/// The size in a JPEG's header; `None` if missing.
pub(crate) fn jpeg_size(payload: &[u8]) -> Option<FrameSize> {
    let mut decoder = JpegDecoder::new(ZCursor::new(payload));
    decoder.decode_headers().ok()?;
    let (width, height) = decoder.dimensions()?;
    Some(FrameSize::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?))
}

fn decode_png(payload: &[u8], allowed: u64) -> Result<DecodedFrame, DecodeError> {
    let (width, height) = png_dimensions(payload)?;
    let size = check_size(u64::from(width), u64::from(height), allowed)?;
    let mut reader = image::ImageReader::with_format(Cursor::new(payload), image::ImageFormat::Png);
    let mut limits = image::Limits::default();
    // Sixteen-bit RGBA is the widest pixel of a PNG; the decoder keeps one row more.
    limits.max_alloc = Some(allowed * 8 + 1_000_000);
    reader.limits(limits);
    let rgb = reader.decode().map_err(|e| broken("png", &e))?.into_rgb8().into_raw();
    whole(size, rgb, "png")
}

fn png_dimensions(payload: &[u8]) -> Result<(u32, u32), DecodeError> {
    let reader = image::ImageReader::with_format(Cursor::new(payload), image::ImageFormat::Png);
    reader.into_dimensions().map_err(|e| broken("png", &e))
}

fn decode_raw(payload: &[u8], allowed: u64) -> Result<DecodedFrame, DecodeError> {
    let (header, pixels) = RawHeader::split(payload).map_err(|e| broken("raw", &e))?;
    let size = check_size(u64::from(header.width), u64::from(header.height), allowed)?;
    let rgb = match header.channels {
        1 => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        _ => pixels.chunks_exact(3).flat_map(|bgr| [bgr[2], bgr[1], bgr[0]]).collect(),
    };
    whole(size, rgb, "raw")
}

fn whole(size: FrameSize, rgb: Vec<u8>, encoding: &'static str) -> Result<DecodedFrame, DecodeError> {
    let expected = size.width as usize * size.height as usize * 3;
    if expected == 0 || rgb.len() != expected {
        let reason = format!("{} bytes of pixels where {expected} belong", rgb.len());
        return Err(DecodeError::Broken { encoding, reason });
    }
    Ok(DecodedFrame { size, rgb })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::pack_raw;
    use proptest::prelude::*;

    const HD: FrameSize = FrameSize::new(1280, 720);

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 7]));
        picture.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        bytes
    }

    #[test]
    fn the_three_encodings_give_the_same_pixels() {
        let from_png = decode("png", &png(4, 2), HD).unwrap();
        assert_eq!(from_png.size, FrameSize::new(4, 2));
        let from_raw = decode("raw", &pack_raw(4, 2, &from_png.rgb), HD).unwrap();
        assert_eq!(from_raw, from_png);
        let mut jpeg = Vec::new();
        jpeg_encoder::Encoder::new(&mut jpeg, 100).encode(&[200; 48], 4, 4, jpeg_encoder::ColorType::Rgb).unwrap();
        let from_jpeg = decode("jpg", &jpeg, HD).unwrap();
        assert!(from_jpeg.rgb.iter().all(|v| v.abs_diff(200) < 4), "{:?}", from_jpeg.rgb);
    }

    #[test]
    fn a_jpeg_that_a_phone_took_upright_is_turned_as_its_exif_says() {
        let mut jpeg = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 100);
        // One entry in big-endian order: orientation 6, a quarter turn clockwise.
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        encoder.add_app_segment(1, exif.to_vec()).unwrap();
        // The left half is white: upright it is the upper one.
        let rows = (0..32).flat_map(|_| (0..64).flat_map(|x| [if x < 32 { 255 } else { 0 }; 3]));
        encoder.encode(&rows.collect::<Vec<u8>>(), 64, 32, jpeg_encoder::ColorType::Rgb).unwrap();
        let picture = decode("jpeg", &jpeg, HD).unwrap();
        assert_eq!(picture.size, FrameSize::new(32, 64));
        assert_eq!(image_size("jpeg", &jpeg, HD).unwrap(), picture.size);
        let (above, below) = picture.rgb.split_at(picture.rgb.len() / 2);
        assert!(above[..32 * 3 * 28].iter().all(|v| *v > 200) && below[32 * 3 * 4..].iter().all(|v| *v < 50));
        assert_eq!(jpeg_orientation(&jpeg), 6);
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_refused_by_its_header() {
        let mut bomb = png(1, 1);
        bomb[16..20].copy_from_slice(&30_000u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&30_000u32.to_be_bytes());
        let mut checksum = flate2::Crc::new();
        checksum.update(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.sum().to_be_bytes());
        let error = decode("png", &bomb, HD).unwrap_err();
        assert_eq!(error, DecodeError::TooLarge { width: 30_000, height: 30_000, allowed: 1280 * 720 * 4 });
        let raw = RawHeader { height: 30_000, width: 30_000, channels: 3 }.to_bytes();
        assert!(matches!(decode("raw", &raw, HD), Err(DecodeError::Broken { .. })));
    }

    #[test]
    fn more_than_the_session_announced_is_allowed_only_so_far() {
        assert_eq!(allowed_pixels(FrameSize::new(64, 64)), MIN_LIMIT);
        assert_eq!(allowed_pixels(HD), 1280 * 720 * 4);
        assert_eq!(allowed_pixels(FrameSize::new(u32::MAX, u32::MAX)), MAX_LIMIT);
    }

    #[test]
    fn what_nobody_reads_says_so() {
        let error = decode("webp", &[1], HD).unwrap_err().to_string();
        assert_eq!(error, "unknown encoding 'webp'; send jpeg, png or raw");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_picture_or_an_error(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            encoding in proptest::sample::select(vec!["jpeg", "png", "raw"]),
        ) {
            let _ = decode(encoding, &bytes, HD);
            let mut with_head = png(2, 2);
            with_head.truncate(20 + bytes.len() % 40);
            with_head.extend(&bytes);
            let _ = decode("png", &with_head, HD);
        }
    }
}
